//! The transverse Mercator projection back to longitude and latitude, where nothing but the projection is to be undone: zones of CGCS2000 and UTM,
//! in which most surveyed files lie. Nearly twice as fast as the general way, and the same to a tenth of a micrometre.
//!
//! Krüger's series to the sixth order in the third flattening (Krüger 1912; Poder and Engsager, "Some conformal mappings and transformations for
//! geodesy and topographic cartography", 1998; Karney, "Transverse Mercator with an accuracy of a few nanometers", 2011).

/// Farther from the central meridian than this, in units of the rectifying radius, the series is not used: some 85 degrees.
const MOST_EASTING: f64 = 2.623_395_162_778;

/// A zone.
#[derive(Clone, Debug)]
pub(super) struct Zone {
    /// Rectifying radius times the scale on the central meridian, in metres.
    radius_m: f64,
    /// Longitude of the central meridian in degrees.
    lon_deg: f64,
    /// False easting and northing in metres.
    false_m: [f64; 2],
    /// From rectifying to conformal coordinates.
    back: [f64; 6],
    /// From conformal to geographic latitude.
    latitude: [f64; 6],
}

/// The value of a parameter of a PROJ definition.
fn value<'a>(definition: &'a str, key: &str) -> Option<&'a str> {
    definition.split_whitespace().find_map(|p| p.strip_prefix('+')?.strip_prefix(key)?.strip_prefix('='))
}

/// Semi-major axis and flattening of a definition's ellipsoid; `None` where it is not one of those that need no shift to WGS 84.
fn ellipsoid(definition: &str) -> Option<[f64; 2]> {
    const GRS80: [f64; 2] = [6_378_137.0, 1.0 / 298.257_222_101];
    const WGS84: [f64; 2] = [6_378_137.0, 1.0 / 298.257_223_563];
    match (value(definition, "ellps"), value(definition, "datum")) {
        (Some("GRS80"), None) | (None, Some("NAD83")) => Some(GRS80),
        (Some("WGS84"), None) | (None, Some("WGS84")) => Some(WGS84),
        (None, None) => {
            let number = |key| value(definition, key).and_then(|v| v.parse::<f64>().ok());
            let (a, rf) = (number("a")?, number("rf")?);
            (a > 6.3e6 && a < 6.4e6 && rf > 200.0 && rf < 400.0).then_some([a, 1.0 / rf])
        }
        _ => None,
    }
}

impl Zone {
    /// The zone of a PROJ definition; `None` for every other definition, which the general way computes.
    pub(super) fn of(definition: &str) -> Option<Self> {
        let words = |p: &str| p.trim_start_matches('+').split('=').next().unwrap_or("").to_owned();
        let known = [
            "proj", "zone", "south", "lat_0", "lon_0", "k", "k_0", "x_0", "y_0", "ellps", "datum", "a", "rf", "units",
            "no_defs", "type",
        ];
        if definition.split_whitespace().any(|p| !known.contains(&words(p).as_str())) {
            return None;
        }
        let number = |key: &str, usual: f64| match value(definition, key) {
            None => Some(usual),
            Some(text) => text.parse::<f64>().ok().filter(|v| v.is_finite()),
        };
        let is_metres = value(definition, "units").is_none_or(|u| u == "m");
        if !is_metres || number("lat_0", 0.0)? != 0.0 {
            return None;
        }
        let [a, f] = ellipsoid(definition)?;
        let (lon_deg, scale, false_m) = match value(definition, "proj")? {
            "utm" => {
                let zone = number("zone", f64::NAN).filter(|z| (1.0..=60.0).contains(z))?;
                let is_south = definition.split_whitespace().any(|p| p == "+south");
                (6.0 * zone - 183.0, 0.9996, [500_000.0, if is_south { 10_000_000.0 } else { 0.0 }])
            }
            "tmerc" => {
                let scale = number("k", number("k_0", 1.0)?)?;
                (number("lon_0", 0.0)?, scale, [number("x_0", 0.0)?, number("y_0", 0.0)?])
            }
            _ => return None,
        };
        let n = f / (2.0 - f);
        let n2 = n * n;
        let radius_m = scale * a / (1.0 + n) * (1.0 + n2 * (1.0 / 4.0 + n2 * (1.0 / 64.0 + n2 / 256.0)));
        Some(Self { radius_m, lon_deg, false_m, back: back(n), latitude: latitude(n) })
    }

    /// Longitude and latitude in degrees of an easting and a northing in metres; `None` where the projection does not reach.
    pub(super) fn to_degrees(&self, [x, y]: [f64; 2]) -> Option<[f64; 2]> {
        let (eta, xi) = ((x - self.false_m[0]) / self.radius_m, (y - self.false_m[1]) / self.radius_m);
        // Written so that what is no number is out of reach too.
        if !(eta.abs() <= MOST_EASTING && xi.is_finite()) {
            return None;
        }
        let (sin, cos) = (2.0 * xi).sin_cos();
        let e = (2.0 * eta).exp();
        let (sinh, cosh) = ((e - 1.0 / e) / 2.0, (e + 1.0 / e) / 2.0);
        let [d_xi, d_eta] = complex_series(&self.back, [sin, cos], [sinh, cosh]);
        let (xi, eta) = (xi + d_xi, eta + d_eta);
        // On the sphere of conformal latitudes.
        let (sin_xi, cos_xi) = xi.sin_cos();
        let e = eta.exp();
        let sinh_eta = (e - 1.0 / e) / 2.0;
        let modulus = (sinh_eta * sinh_eta + cos_xi * cos_xi).sqrt();
        let (lon, conformal) = (sinh_eta.atan2(cos_xi), sin_xi.atan2(modulus));
        // Sine and cosine of twice the conformal latitude, without computing them from it.
        let of = 2.0 * modulus / (sinh_eta * sinh_eta + 1.0);
        let lat = conformal + real_series(&self.latitude, [of * sin_xi, of * modulus - 1.0]);
        let lon = self.lon_deg + lon.to_degrees();
        let lon = if lon > 180.0 {
            lon - 360.0
        } else if lon < -180.0 {
            lon + 360.0
        } else {
            lon
        };
        Some([lon, lat.to_degrees()])
    }
}

/// Sum of `c[k] sin(2(k + 1)x)` by Clenshaw's recurrence, from the sine and cosine of 2x.
fn real_series(c: &[f64; 6], [sin, cos]: [f64; 2]) -> f64 {
    let (mut one, mut two) = (0.0, 0.0);
    for value in c.iter().rev() {
        (one, two) = (value + 2.0 * cos * one - two, one);
    }
    sin * one
}

/// The same of a complex argument, real and imaginary part, from sines and cosines of twice the one and hyperbolic ones of twice the other.
fn complex_series(c: &[f64; 6], [sin, cos]: [f64; 2], [sinh, cosh]: [f64; 2]) -> [f64; 2] {
    let (re, im) = (2.0 * cos * cosh, -2.0 * sin * sinh);
    let (mut one, mut two) = ([0.0, 0.0], [0.0, 0.0]);
    for value in c.iter().rev() {
        let next = [value + re * one[0] - im * one[1] - two[0], re * one[1] + im * one[0] - two[1]];
        (one, two) = (next, one);
    }
    let (re, im) = (sin * cosh, cos * sinh);
    [re * one[0] - im * one[1], re * one[1] + im * one[0]]
}

/// A polynomial in the third flattening, lowest power first.
fn polynomial(n: f64, c: &[f64]) -> f64 {
    c.iter().rev().fold(0.0, |sum, c| c + n * sum)
}

/// From rectifying to conformal coordinates (Karney 2011, eq. 36, to the sixth order; subtracted there, added here).
fn back(n: f64) -> [f64; 6] {
    [
        polynomial(n, &[0.0, -1.0 / 2.0, 2.0 / 3.0, -37.0 / 96.0, 1.0 / 360.0, 81.0 / 512.0, -96_199.0 / 604_800.0]),
        polynomial(n, &[0.0, 0.0, -1.0 / 48.0, -1.0 / 15.0, 437.0 / 1_440.0, -46.0 / 105.0, 1_118_711.0 / 3_870_720.0]),
        polynomial(n, &[0.0, 0.0, 0.0, -17.0 / 480.0, 37.0 / 840.0, 209.0 / 4_480.0, -5_569.0 / 90_720.0]),
        polynomial(n, &[0.0, 0.0, 0.0, 0.0, -4_397.0 / 161_280.0, 11.0 / 504.0, 830_251.0 / 7_257_600.0]),
        polynomial(n, &[0.0, 0.0, 0.0, 0.0, 0.0, -4_583.0 / 161_280.0, 108_847.0 / 3_991_680.0]),
        polynomial(n, &[0.0, 0.0, 0.0, 0.0, 0.0, 0.0, -20_648_693.0 / 638_668_800.0]),
    ]
}

/// From conformal to geographic latitude (Poder and Engsager 1998, to the sixth order).
fn latitude(n: f64) -> [f64; 6] {
    [
        polynomial(n, &[0.0, 2.0, -2.0 / 3.0, -2.0, 116.0 / 45.0, 26.0 / 45.0, -2_854.0 / 675.0]),
        polynomial(n, &[0.0, 0.0, 7.0 / 3.0, -8.0 / 5.0, -227.0 / 45.0, 2_704.0 / 315.0, 2_323.0 / 945.0]),
        polynomial(n, &[0.0, 0.0, 0.0, 56.0 / 15.0, -136.0 / 35.0, -1_262.0 / 105.0, 73_814.0 / 2_835.0]),
        polynomial(n, &[0.0, 0.0, 0.0, 0.0, 4_279.0 / 630.0, -332.0 / 35.0, -399_572.0 / 14_175.0]),
        polynomial(n, &[0.0, 0.0, 0.0, 0.0, 0.0, 4_174.0 / 315.0, -144_838.0 / 6_237.0]),
        polynomial(n, &[0.0, 0.0, 0.0, 0.0, 0.0, 0.0, 601_676.0 / 22_275.0]),
    ]
}

#[cfg(test)]
mod tests {
    use super::*;
    use proj4rs::Proj;
    use proj4rs::transform::transform;

    #[test]
    fn it_is_the_general_way_to_a_tenth_of_a_micrometre() {
        let degrees = Proj::from_proj_string("+proj=longlat +datum=WGS84 +no_defs").expect("read");
        for definition in [
            "+proj=utm +zone=51 +datum=WGS84 +units=m +no_defs",
            "+proj=utm +zone=23 +south +ellps=GRS80 +units=m +no_defs +type=crs",
            "+proj=tmerc +lat_0=0 +lon_0=117 +k=1 +x_0=39500000 +y_0=0 +ellps=GRS80 +units=m +no_defs",
            "+proj=tmerc +lat_0=0 +lon_0=180 +k=0.9999 +x_0=500000 +y_0=0 +a=6378137 +rf=298.257222101 +no_defs",
        ] {
            let zone = Zone::of(definition).expect("a zone");
            let proj = Proj::from_proj_string(definition).expect("read");
            for i in 0..2_000 {
                let of = |k: f64| (f64::from(i) * k).fract();
                let x = zone.false_m[0] + (of(0.618_033_988_7) - 0.5) * 4e6;
                let y = zone.false_m[1] + (of(0.754_877_666_2) - 0.5) * 1.8e7;
                let [lon, lat] = zone.to_degrees([x, y]).expect("in reach");
                let mut general = (x, y, 0.0);
                transform(&proj, &degrees, &mut general).expect("in reach");
                let off = [general.0.to_degrees() - lon, general.1.to_degrees() - lat];
                let off = [(off[0] + 540.0).rem_euclid(360.0) - 180.0, off[1]];
                // 1e-12 of a degree is a tenth of a micrometre.
                assert!(
                    off[0].abs() * lat.to_radians().cos() < 1e-12 && off[1].abs() < 1e-12,
                    "{definition}: {x} {y}: {off:?}"
                );
            }
        }
    }

    #[test]
    fn other_definitions_are_left_to_the_general_way() {
        for definition in [
            "+proj=lcc +lat_1=49 +lat_2=44 +lat_0=46.5 +lon_0=3 +x_0=700000 +y_0=6600000 +ellps=GRS80 +units=m +no_defs",
            "+proj=tmerc +lat_0=49 +lon_0=-2 +k=0.9996012717 +x_0=400000 +y_0=-100000 +ellps=airy +units=m +no_defs",
            "+proj=tmerc +lat_0=0 +lon_0=117 +k=1 +x_0=500000 +y_0=0 +ellps=krass +units=m +no_defs",
            "+proj=utm +zone=51 +ellps=intl +towgs84=1,2,3 +units=m +no_defs",
            "+proj=tmerc +lat_0=0 +lon_0=117 +k=1 +x_0=500000 +y_0=0 +ellps=GRS80 +units=us-ft +no_defs",
            "+proj=utm +zone=99 +datum=WGS84",
        ] {
            assert!(Zone::of(definition).is_none(), "{definition}");
        }
        let zone = Zone::of("+proj=utm +zone=51 +datum=WGS84").expect("a zone");
        assert_eq!((zone.to_degrees([f64::NAN, 0.0]), zone.to_degrees([5e7, 0.0])), (None, None));
    }
}
