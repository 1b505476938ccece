//! Tours for navigation devices and for Ovital.

use crate::geo::{ChinaShift, LonLat};
use crate::output::escaped;

/// A tour: its name, and its stops in order, each with name and words.
pub struct TourPlaces<'a> {
    /// Its name.
    pub name: String,
    /// Where it begins (WGS 84).
    pub start: LonLat,
    /// Where it ends (WGS 84).
    pub end: LonLat,
    /// The stops (WGS 84).
    pub stops: Vec<(LonLat, &'a str, &'a str)>,
}

/// Tours as routes (GPX 1.1, Topografix 2004), one after the other, each from its start over its stops to its end.
pub fn to_gpx_routes(tours: &[TourPlaces<'_>]) -> Vec<u8> {
    let mut out = String::from(
        "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n\
         <gpx version=\"1.1\" creator=\"Qiancun\" xmlns=\"http://www.topografix.com/GPX/1/1\">\n",
    );
    for tour in tours {
        out += &format!("  <rte><name>{}</name>\n", escaped(&tour.name));
        let mut point = |at: LonLat, name: &str, words: &str| {
            let (name, words) = (escaped(name), escaped(words));
            let desc = if words.is_empty() { String::new() } else { format!("<desc>{words}</desc>") };
            out += &format!(
                "    <rtept lat=\"{}\" lon=\"{}\"><name>{name}</name>{desc}</rtept>\n",
                at.lat_deg, at.lon_deg
            );
        };
        point(tour.start, &tour.name, "");
        for (i, (at, name, words)) in tour.stops.iter().enumerate() {
            point(*at, &format!("{} {name}", i + 1), words);
        }
        point(tour.end, &tour.name, "");
        out += "  </rte>\n";
    }
    (out + "</gpx>\n").into_bytes()
}

/// Tours for Ovital (奥维): KML 2.2 in GCJ-02, a folder for each with its stops and its line, as that program reads `.ovkml`.
pub fn to_ovkml(tours: &[TourPlaces<'_>], title: &str) -> Vec<u8> {
    let mut out = format!(
        "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n<kml xmlns=\"http://www.opengis.net/kml/2.2\"><Document>\n<name>{}</name>\n",
        escaped(title)
    );
    for tour in tours {
        let placed = |at: LonLat| {
            let at = ChinaShift::Gcj02.of(at);
            format!("{:.8},{:.8},0", at.lon_deg, at.lat_deg)
        };
        out += &format!("<Folder><name>{}</name>\n", escaped(&tour.name));
        for (i, (at, name, words)) in tour.stops.iter().enumerate() {
            out += &format!(
                "<Placemark><name>{} {}</name><description>{}</description><Point><coordinates>{}</coordinates></Point></Placemark>\n",
                i + 1,
                escaped(name),
                escaped(words),
                placed(*at)
            );
        }
        let ways = std::iter::once(tour.start).chain(tour.stops.iter().map(|s| s.0)).chain([tour.end]);
        let line: Vec<String> = ways.map(placed).collect();
        out += &format!(
            "<Placemark><name>{}</name><LineString><coordinates>{}</coordinates></LineString></Placemark>\n</Folder>\n",
            escaped(&tour.name),
            line.join(" ")
        );
    }
    (out + "</Document></kml>\n").into_bytes()
}

/// Stops of tours as texts for Ovital (奥维): a line each, its parts separated by blanks: the mark of GCJ-02 (`g`), longitude, latitude, name, words. In
/// Ovital's form the order of the columns is chosen as that.
pub fn to_ovital_text(tours: &[TourPlaces<'_>]) -> Vec<u8> {
    let plain = |text: &str| text.split_whitespace().collect::<Vec<_>>().join("_");
    let mut out = String::new();
    for tour in tours {
        for (i, (at, name, words)) in tour.stops.iter().enumerate() {
            let at = ChinaShift::Gcj02.of(*at);
            let [name, words] = [plain(&format!("{}.{}-{name}", plain(&tour.name), i + 1)), plain(words)];
            out += &format!("g {:.8} {:.8} {name} {words}\r\n", at.lon_deg, at.lat_deg);
        }
    }
    out.into_bytes()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::read::{Progress, read_file};

    #[test]
    fn both_are_read_again_where_they_belong() {
        let stop = |lon: f64, name: &'static str| (LonLat::new(lon, 40.05), name, "旱厕 & <1>");
        let tours = [
            TourPlaces {
                name: "第 1 天".into(),
                start: LonLat::new(116.1, 40.0),
                end: LonLat::new(116.1, 40.0),
                stops: vec![stop(116.2, "东沟村"), stop(116.3, "西沟村")],
            },
            TourPlaces {
                name: "第 2 天".into(),
                start: LonLat::new(116.1, 40.0),
                end: LonLat::new(116.1, 40.0),
                stops: vec![stop(116.4, "后沟村")],
            },
        ];
        let text = String::from_utf8(to_ovital_text(&tours)).expect("text");
        let first: Vec<&str> = text.lines().next().unwrap_or_default().split(' ').collect();
        assert_eq!((first.len(), first[0], first[4]), (5, "g", "旱厕_&_<1>"), "{first:?}");
        assert!(first[3].ends_with("1-东沟村"), "{first:?}");
        let gpx = String::from_utf8(to_gpx_routes(&tours)).expect("text");
        assert_eq!((gpx.matches("<rte>").count(), gpx.matches("<rtept").count()), (2, 7));
        let dir = tempfile::tempdir().expect("a folder");
        let path = dir.path().join("round.ovkml");
        std::fs::write(&path, to_ovkml(&tours, "海淀")).expect("written");
        let read = read_file(&path, &Progress::new()).expect("read");
        assert_eq!(read.len(), 5);
        // Ovital's coordinates are shifted; read again they are where they were, to a centimetre.
        let first = read.geometry.coords.first().copied().unwrap_or_default();
        assert!((first[0] - 116.2).abs() < 1e-7 && (first[1] - 40.05).abs() < 1e-7, "{first:?}");
    }
}
