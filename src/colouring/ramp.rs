//! Colour ramps: ColorBrewer, fitted to the map's paper, borders and labels.
//!
//! Sequential ramps leave out ColorBrewer's lightest end, which is whiter than the map ground (#f3f1ea) and would look
//! like a hole in the map, and its darkest, in which the hover and selection outlines drown. Diverging ramps keep
//! their neutral middle a little darker than the paper for the same reason.

use colorous::{Color, Gradient};

/// What a ramp is made for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum RampKind {
    /// From little to much.
    Sequential,
    /// Away from a middle, to both sides.
    Diverging,
    /// Categories without order.
    Qualitative,
}

/// A set of colours that can be chosen.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Ramp {
    /// ColorBrewer's name, used in project files.
    pub key: &'static str,
    /// What it is made for.
    pub kind: RampKind,
}

const fn ramp(key: &'static str, kind: RampKind) -> Ramp {
    Ramp { key, kind }
}

/// All ramps, in the order in which they are offered; the first is the default. None of them pairs red with green.
pub const RAMPS: &[Ramp] = &[
    ramp("YlGnBu", RampKind::Sequential),
    ramp("Blues", RampKind::Sequential),
    ramp("Greens", RampKind::Sequential),
    ramp("Oranges", RampKind::Sequential),
    ramp("Purples", RampKind::Sequential),
    ramp("YlOrBr", RampKind::Sequential),
    ramp("BrBG", RampKind::Diverging),
    ramp("PuOr", RampKind::Diverging),
    ramp("RdBu", RampKind::Diverging),
    ramp("Dark2", RampKind::Qualitative),
    ramp("Set2", RampKind::Qualitative),
    ramp("Paired", RampKind::Qualitative),
];

/// The five steps of the default ramp, sRGB: the token "sequential, 5".
const YL_GN_BU: [[u8; 3]; 5] =
    [[0xff, 0xff, 0xcc], [0xc7, 0xe9, 0xb4], [0x7f, 0xcd, 0xbb], [0x41, 0xb6, 0xc4], [0x1d, 0x6f, 0xa5]];

/// Part of a sequential gradient that is used.
const SEQUENTIAL_SPAN: (f64, f64) = (0.2, 0.94);
/// Part of a diverging gradient that is used.
const DIVERGING_SPAN: (f64, f64) = (0.08, 0.92);
/// CIELAB lightness, 0 to 100, from which a diverging ramp is darkened, and what remains of the lightness beyond: the
/// neutral middle comes down from 97 to 90; the map ground has 95.
const DIVERGING_LIGHT: (f64, f64) = (70.0, 0.75);
/// Share of black (positive) or white (negative) that a second round through a qualitative ramp is mixed with.
const ROUND_SHIFT: f64 = 0.32;

/// `n` colours of a ramp, sRGB, those of low values first unless `reversed`. An unknown key gives the default ramp.
///
/// Where a qualitative ramp has fewer than `n` colours it starts again, darker (lighter for the dark Dark2).
///
/// # References
/// M. Harrower, C. A. Brewer (2003), ColorBrewer.org: an online tool for selecting colour schemes for maps. *The
/// Cartographic Journal* 40(1), 27–37. <https://doi.org/10.1179/000870403235002042>
pub fn colours(key: &str, n: usize, reversed: bool) -> Vec<[u8; 3]> {
    let mut colours = match key {
        "Blues" => sequential(colorous::BLUES, n),
        "Greens" => sequential(colorous::GREENS, n),
        "Oranges" => sequential(colorous::ORANGES, n),
        "Purples" => sequential(colorous::PURPLES, n),
        "YlOrBr" => sequential(colorous::YELLOW_ORANGE_BROWN, n),
        "BrBG" => diverging(colorous::BROWN_GREEN, n),
        "PuOr" => diverging(colorous::PURPLE_ORANGE, n),
        "RdBu" => diverging(colorous::RED_BLUE, n),
        "Dark2" => qualitative(&colorous::DARK2, n, -ROUND_SHIFT),
        "Set2" => qualitative(&colorous::SET2, n, ROUND_SHIFT),
        "Paired" => qualitative(&colorous::PAIRED, n, ROUND_SHIFT),
        _ => (0..n).map(|i| default_at(share(i, n))).collect(),
    };
    if reversed {
        colours.reverse();
    }
    colours
}

/// Where colour `i` of `n` stands between 0 and 1; a single one stands in the upper middle.
fn share(i: usize, n: usize) -> f64 {
    if n < 2 { 0.6 } else { i as f64 / (n - 1) as f64 }
}

fn sequential(gradient: Gradient, n: usize) -> Vec<[u8; 3]> {
    let (low, high) = SEQUENTIAL_SPAN;
    (0..n).map(|i| gradient.eval_continuous(low + (high - low) * share(i, n)).into_array()).collect()
}

fn diverging(gradient: Gradient, n: usize) -> Vec<[u8; 3]> {
    let (low, high) = DIVERGING_SPAN;
    let (light, kept) = DIVERGING_LIGHT;
    let colour = |i| {
        let [l, a, b] = lab_from_srgb(gradient.eval_continuous(low + (high - low) * share(i, n)).into_array());
        srgb_from_lab([l.min(light) + (l - light).max(0.0) * kept, a, b])
    };
    (0..n).map(colour).collect()
}

fn qualitative(scheme: &[Color], n: usize, shift: f64) -> Vec<[u8; 3]> {
    let towards = if shift > 0.0 { 0.0 } else { 255.0 };
    let mixed = |colour: &Color, round: usize| {
        let part = 1.0 - (1.0 - shift.abs()).powi(round as i32);
        colour.into_array().map(|c| (f64::from(c) * (1.0 - part) + towards * part).round() as u8)
    };
    scheme.iter().cycle().take(n).enumerate().map(|(i, c)| mixed(c, i / scheme.len())).collect()
}

/// The default ramp at a share of 0 to 1: straight lines in CIELAB between its five steps.
fn default_at(t: f64) -> [u8; 3] {
    let at = t.clamp(0.0, 1.0) * (YL_GN_BU.len() - 1) as f64;
    let (from, part) = (at.floor() as usize, at.fract());
    match (YL_GN_BU.get(from), YL_GN_BU.get(from + 1)) {
        (Some(&a), Some(&b)) if part > 0.0 => {
            let (a, b) = (lab_from_srgb(a), lab_from_srgb(b));
            srgb_from_lab(std::array::from_fn(|i| a[i] + (b[i] - a[i]) * part))
        }
        (Some(&a), _) => a,
        _ => YL_GN_BU[0],
    }
}

/// D65 white point of sRGB in CIE XYZ.
const WHITE: [f64; 3] = [0.950_47, 1.0, 1.088_83];

/// Linear light, 0 to 1, of an sRGB colour (IEC 61966-2-1).
fn linear_from_srgb(rgb: [u8; 3]) -> [f64; 3] {
    rgb.map(|c| {
        let c = f64::from(c) / 255.0;
        if c <= 0.040_45 { c / 12.92 } else { ((c + 0.055) / 1.055).powf(2.4) }
    })
}

fn srgb_from_linear(linear: [f64; 3]) -> [u8; 3] {
    linear.map(|c| {
        let c = c.clamp(0.0, 1.0);
        let encoded = if c <= 0.003_130_8 { c * 12.92 } else { 1.055 * c.powf(1.0 / 2.4) - 0.055 };
        (encoded * 255.0).round() as u8
    })
}

/// CIELAB (CIE 15:2004) of an sRGB colour: lightness 0 to 100, green–red, blue–yellow.
fn lab_from_srgb(rgb: [u8; 3]) -> [f64; 3] {
    lab_from_linear(linear_from_srgb(rgb))
}

fn lab_from_linear([r, g, b]: [f64; 3]) -> [f64; 3] {
    let xyz = [
        0.412_456_4 * r + 0.357_576_1 * g + 0.180_437_5 * b,
        0.212_672_9 * r + 0.715_152_2 * g + 0.072_175 * b,
        0.019_333_9 * r + 0.119_192 * g + 0.950_304_1 * b,
    ];
    let f = |t: f64| if t > 216.0 / 24_389.0 { t.cbrt() } else { (24_389.0 / 27.0 * t + 16.0) / 116.0 };
    let [x, y, z] = std::array::from_fn(|i| f(xyz[i] / WHITE[i]));
    [116.0 * y - 16.0, 500.0 * (x - y), 200.0 * (y - z)]
}

fn srgb_from_lab([l, a, b]: [f64; 3]) -> [u8; 3] {
    let fy = (l + 16.0) / 116.0;
    let f = |t: f64| if t > 6.0 / 29.0 { t.powi(3) } else { (116.0 * t - 16.0) * 27.0 / 24_389.0 };
    let [x, y, z] = [f(fy + a / 500.0) * WHITE[0], f(fy) * WHITE[1], f(fy - b / 200.0) * WHITE[2]];
    srgb_from_linear([
        3.240_454_2 * x - 1.537_138_5 * y - 0.498_531_4 * z,
        -0.969_266 * x + 1.876_010_8 * y + 0.041_556 * z,
        0.055_643_4 * x - 0.204_025_9 * y + 1.057_225_2 * z,
    ])
}

#[cfg(test)]
mod tests {
    use super::*;

    const PAPER: [u8; 3] = [0xf3, 0xf1, 0xea];

    /// Full protanopia and deuteranopia on linear light: G. M. Machado, M. M. Oliveira, L. A. F. Fernandes (2009), A
    /// physiologically-based model for simulation of color vision deficiency. *IEEE Transactions on Visualization and
    /// Computer Graphics* 15(6), 1291–1298, severity 1.0. <https://doi.org/10.1109/TVCG.2009.113>
    const EYES: [[[f64; 3]; 3]; 3] = [
        [[1.0, 0.0, 0.0], [0.0, 1.0, 0.0], [0.0, 0.0, 1.0]],
        [[0.152_286, 1.052_583, -0.204_868], [0.114_503, 0.786_281, 0.099_216], [-0.003_882, -0.048_116, 1.051_998]],
        [[0.367_322, 0.860_646, -0.227_968], [0.280_085, 0.672_501, 0.047_413], [-0.011_820, 0.042_940, 0.968_881]],
    ];

    /// Colour difference ΔE*ab (CIE 1976) as one kind of eye sees it; 2.3 is just noticeable.
    fn delta_e(eye: &[[f64; 3]; 3], a: [u8; 3], b: [u8; 3]) -> f64 {
        let seen = |rgb: [u8; 3]| {
            let l = linear_from_srgb(rgb);
            lab_from_linear(eye.map(|row| (0..3).map(|i| row[i] * l[i]).sum::<f64>().clamp(0.0, 1.0)))
        };
        let (a, b) = (seen(a), seen(b));
        (0..3).map(|i| (a[i] - b[i]).powi(2)).sum::<f64>().sqrt()
    }

    fn of(kind: RampKind) -> impl Iterator<Item = &'static str> {
        RAMPS.iter().filter(move |r| r.kind == kind).map(|r| r.key)
    }

    #[test]
    fn the_tokens_are_kept() {
        assert_eq!(colours("YlGnBu", 5, false), YL_GN_BU);
        assert_eq!(colours("no such ramp", 5, false), YL_GN_BU);
        assert_eq!(colours("YlGnBu", 9, false)[4], YL_GN_BU[2]);
        let mut back = colours("YlGnBu", 5, true);
        back.reverse();
        assert_eq!(back, YL_GN_BU);
    }

    #[test]
    fn any_number_of_colours() {
        for ramp in RAMPS {
            for n in 0..=30 {
                assert_eq!(colours(ramp.key, n, false).len(), n);
            }
        }
    }

    #[test]
    fn sequential_ramps_darken_and_stand_off_the_paper() {
        for key in of(RampKind::Sequential) {
            for n in 2..=9 {
                let c = colours(key, n, false);
                assert!(c.iter().map(|&c| lab_from_srgb(c)[0]).is_sorted_by(|a, b| a > b), "{key} {n}");
                assert!(c.iter().all(|&c| delta_e(&EYES[0], c, PAPER) >= 10.0), "{key} {n} {c:02x?}");
                assert!(c.iter().all(|&c| lab_from_srgb(c)[0] >= 20.0), "{key} {n}");
            }
        }
    }

    #[test]
    fn neighbouring_classes_differ_for_all_eyes() {
        for key in of(RampKind::Sequential).chain(of(RampKind::Diverging)) {
            for n in 2..=9 {
                for pair in colours(key, n, false).windows(2) {
                    let least = EYES.iter().map(|e| delta_e(e, pair[0], pair[1])).fold(f64::INFINITY, f64::min);
                    assert!(least >= if n <= 5 { 8.0 } else { 4.0 }, "{key} {n}: {pair:02x?} {least:.1}");
                }
            }
        }
    }

    #[test]
    fn diverging_arms_are_not_taken_for_each_other() {
        for key in of(RampKind::Diverging) {
            let c = colours(key, 5, false);
            for eye in &EYES {
                assert!(delta_e(eye, c[0], c[4]) >= 25.0 && delta_e(eye, c[1], c[3]) >= 12.0, "{key}");
            }
        }
    }

    #[test]
    fn categories_differ_beyond_the_length_of_the_scheme() {
        for key in of(RampKind::Qualitative) {
            let c = colours(key, 16, false);
            for (i, &a) in c.iter().enumerate() {
                assert!(c.iter().skip(i + 1).all(|&b| delta_e(&EYES[0], a, b) >= 6.0), "{key} {i}");
            }
        }
    }
}
