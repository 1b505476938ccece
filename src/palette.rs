//! Every colour, size and spacing of the window, light and dark. Nothing else in the program names a raw colour.

use egui::Color32;

use crate::render;

/// Colours of features that no theme colours, sRGB.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct PlainColours {
    /// Areas.
    pub fill: [u8; 3],
    /// Lines.
    pub line: [u8; 3],
    /// Points.
    pub symbol: [u8; 3],
}

/// The tokens of one appearance.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Tokens {
    /// Whether this is the dark appearance.
    pub dark: bool,
    /// Text.
    pub ink: Color32,
    /// Secondary text.
    pub ink_secondary: Color32,
    /// Panels.
    pub panel: Color32,
    /// Fields and chips.
    pub field: Color32,
    /// Rules.
    pub line: Color32,
    /// Ground of the map.
    pub ground: Color32,
    /// The one accent, jade.
    pub accent: Color32,
    /// Ground of what is chosen.
    pub accent_ground: Color32,
    /// Text on the accent.
    pub on_accent: Color32,
    /// Judgement: good.
    pub good: Color32,
    /// Judgement: warning.
    pub warn: Color32,
    /// Judgement: bad.
    pub bad: Color32,
    /// Text on the colour of what is bad.
    pub on_mark: Color32,
    /// Ground of numbers that stand for several symbols.
    pub cluster: Color32,
    /// Ground of the hatch.
    pub hatch_ground: Color32,
    /// Lines of the missing hatch.
    pub hatch_line: Color32,
    /// Borders between towns and of the district.
    pub border_strong: Color32,
    /// What nothing colours, as data.
    pub plain: PlainColours,
}

const fn rgb(hex: u32) -> Color32 {
    Color32::from_rgb((hex >> 16) as u8, (hex >> 8) as u8, hex as u8)
}

/// Light.
pub const LIGHT: Tokens = Tokens {
    dark: false,
    ink: rgb(0x1c2731),
    ink_secondary: rgb(0x5d6a76),
    panel: rgb(0xffffff),
    field: rgb(0xf4f5f6),
    line: rgb(0xe1e4e8),
    ground: rgb(0xf3f1ea),
    accent: rgb(0x0f766e),
    accent_ground: rgb(0xe3f1ef),
    on_accent: rgb(0xffffff),
    good: rgb(0x0f7035),
    warn: rgb(0xa34a06),
    bad: rgb(0xbe123c),
    on_mark: rgb(0xffffff),
    cluster: rgb(0x5d6a76),
    hatch_ground: rgb(0xececea),
    hatch_line: rgb(0xb9bcbf),
    border_strong: rgb(0x334155),
    plain: PlainColours { fill: [0xc9, 0xde, 0xd8], line: [0x3f, 0x7f, 0x93], symbol: [0x0f, 0x76, 0x6e] },
};

/// Dark.
pub const DARK: Tokens = Tokens {
    dark: true,
    ink: rgb(0xe6ebf0),
    ink_secondary: rgb(0x98a5b1),
    panel: rgb(0x1a2026),
    field: rgb(0x242b32),
    line: rgb(0x2b333b),
    ground: rgb(0x12171c),
    accent: rgb(0x3fb8a9),
    accent_ground: rgb(0x16302e),
    on_accent: rgb(0x0c1a18),
    good: rgb(0x4ade80),
    warn: rgb(0xf0a24a),
    bad: rgb(0xfb7185),
    on_mark: rgb(0x2a0a12),
    cluster: rgb(0x52606d),
    hatch_ground: rgb(0x262c32),
    hatch_line: rgb(0x4a525a),
    border_strong: rgb(0x0b1220),
    plain: PlainColours { fill: [0x35, 0x55, 0x52], line: [0x6f, 0xb3, 0xc4], symbol: [0x3f, 0xb8, 0xa9] },
};

/// Light, with text and rims that stand out as strongly as they can.
pub const STARK_LIGHT: Tokens = Tokens {
    ink: rgb(0x000000),
    ink_secondary: rgb(0x1c1c1c),
    field: rgb(0xffffff),
    line: rgb(0x000000),
    ground: rgb(0xffffff),
    accent: rgb(0x004c45),
    accent_ground: rgb(0xcfe9e5),
    good: rgb(0x00501e),
    warn: rgb(0x6b2c00),
    bad: rgb(0x8f0020),
    cluster: rgb(0x26303a),
    hatch_line: rgb(0x6b6f73),
    border_strong: rgb(0x000000),
    ..LIGHT
};

/// Dark, in the same way.
pub const STARK_DARK: Tokens = Tokens {
    ink: rgb(0xffffff),
    ink_secondary: rgb(0xe6e6e6),
    panel: rgb(0x000000),
    field: rgb(0x000000),
    line: rgb(0xffffff),
    ground: rgb(0x000000),
    accent: rgb(0x6ff0de),
    accent_ground: rgb(0x0b3a35),
    on_accent: rgb(0x000000),
    good: rgb(0x7dffa8),
    warn: rgb(0xffc27a),
    bad: rgb(0xff9aa8),
    cluster: rgb(0x3a4650),
    hatch_line: rgb(0x8f979f),
    ..DARK
};

/// What darkens the window behind that of which is spoken.
pub const SHADE: Color32 = Color32::from_black_alpha(96);
/// A texture in its own colours.
pub const UNTINTED: Color32 = Color32::WHITE;
/// Selection: rose over a white casing.
pub const SELECTION: [u8; 4] = [0xe1, 0x1d, 0x48, 255];
/// Border of the area within the radius of a clinic.
pub const COVERAGE: [u8; 4] = [0x5b, 0x21, 0xb6, 240];
/// Its casing.
pub const COVERAGE_CASING: [u8; 4] = [255, 255, 255, 190];
/// Casing of the selection.
pub const CASING: [u8; 4] = [255, 255, 255, 235];
/// Colours of the facilities' symbols, in the order of `SymbolKind`: improved, rebuilt, dry and other toilets, clinics,
/// township clinics, sewage stations, waste points, car parks, pocket parks, fitness sets.
pub const SYMBOLS: [[u8; 3]; 11] = [
    [0x0f, 0x76, 0x6e],
    [0x6d, 0x4f, 0xc2],
    [0xc2, 0x41, 0x0c],
    [0x47, 0x55, 0x69],
    [0xbe, 0x12, 0x3c],
    [0x7c, 0x2d, 0x5e],
    [0x1e, 0x5a, 0xa8],
    [0x8a, 0x5a, 0x08],
    [0x33, 0x4e, 0x8c],
    [0x3f, 0x7d, 0x20],
    [0xa2, 0x1c, 0xaf],
];
/// A screen that is to show nothing.
pub const BLANK: Color32 = rgb(0x000000);
/// Text of labels on light classes, halo on dark ones.
pub const LABEL_DARK: Color32 = rgb(0x1c2731);
/// Text of labels on dark classes, halo on light ones.
pub const LABEL_LIGHT: Color32 = rgb(0xffffff);

/// Paper of notes on the map.
pub const NOTE: Color32 = rgb(0xfde68a);

/// Photos on the map, where nobody says another colour: no ramp and no symbol has it.
pub const PHOTO: [u8; 3] = [0xd4, 0x14, 0x8a];

/// Lines and areas of notes without a colour of their own.
pub const NOTE_LINE: Color32 = rgb(0xb4540a);

/// Colours of tours of a round, one after the other: white numbers are read on each.
pub const TOUR_INKS: [[u8; 3]; 8] = [
    [0xb8, 0x1d, 0x5b],
    [0x1d, 0x4e, 0xd8],
    [0xa1, 0x3d, 0x00],
    [0x0f, 0x76, 0x6e],
    [0x6d, 0x28, 0xd9],
    [0x3f, 0x62, 0x12],
    [0x9f, 0x12, 0x39],
    [0x33, 0x41, 0x55],
];

/// The colour of a tour, counted from 0.
pub fn tour_colour(tour: usize) -> Color32 {
    let [r, g, b] = TOUR_INKS.get(tour % TOUR_INKS.len()).copied().unwrap_or([0; 3]);
    Color32::from_rgb(r, g, b)
}

/// Colours that a note can have: each is told from the others, and stands out on the ramps, for people with any colour vision.
pub const NOTE_INKS: [(&str, [u8; 3]); 6] = [
    ("red", [0xc2, 0x2f, 0x2f]),
    ("orange", [0xd9, 0x77, 0x06]),
    ("blue", [0x1d, 0x5f, 0xa8]),
    ("green", [0x1f, 0x7a, 0x4d]),
    ("purple", [0x7b, 0x3f, 0xa0]),
    ("black", [0x26, 0x2b, 0x29]),
];

/// Border between villages beside a pale one.
pub const PALE_BORDER: Color32 = rgb(0x9fb0a8);

/// Sizes in points.
pub mod size {
    /// Height of the top bar.
    pub const TOP_BAR: f32 = 48.0;
    /// Width of the left panel.
    pub const LEFT: f32 = 236.0;
    /// Width of the card.
    pub const RIGHT: f32 = 308.0;
    /// Height of the row of tabs.
    pub const TABS: f32 = 36.0;
    /// Height of the status bar.
    pub const STATUS: f32 = 24.0;
    /// Height of a row.
    pub const ROW: f32 = 28.0;
    /// Height of the open drawer.
    pub const DRAWER: f32 = 286.0;
    /// Padding of panels.
    pub const PAD: i8 = 12;
    /// Width of the selection's line.
    pub const SELECTION: f32 = 2.8;
    /// Width of its casing.
    pub const CASING: f32 = 6.0;
    /// Width of the line around what the pointer is on.
    pub const HOVER: f32 = 2.0;
    /// Text of labels.
    pub const LABEL: f32 = 11.0;
    /// The same in meetings, read from the far end of a table.
    pub const MEETING_LABEL: f32 = 24.0;
}

/// The tokens of an appearance: dark or light, as strong as they can be or as usual.
pub fn tokens(dark: bool, is_stark: bool) -> &'static Tokens {
    match (dark, is_stark) {
        (false, false) => &LIGHT,
        (true, false) => &DARK,
        (false, true) => &STARK_LIGHT,
        (true, true) => &STARK_DARK,
    }
}

fn unit(c: Color32, alpha: f32) -> [f32; 4] {
    let [r, g, b, _] = c.to_array().map(|v| f32::from(v) / 255.0);
    [r, g, b, alpha]
}

/// A colour of data, as the chosen eyes see it.
pub fn data_colour(rgb: [u8; 3]) -> Color32 {
    let [r, g, b] = seen(rgb);
    Color32::from_rgb(r, g, b)
}

/// Whose eyes a map is looked at with, to judge its colours.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Vision {
    /// As it is.
    #[default]
    Usual,
    /// Without the receptors for red.
    Protanopia,
    /// Without those for green.
    Deuteranopia,
    /// Without those for blue.
    Tritanopia,
    /// In shades of grey, as a black-and-white printer has it.
    Grey,
}

impl Vision {
    /// All of them.
    pub const ALL: [Self; 5] = [Self::Usual, Self::Protanopia, Self::Deuteranopia, Self::Tritanopia, Self::Grey];

    /// Stable name; in language files `vision.<key>`.
    pub fn key(self) -> &'static str {
        match self {
            Self::Usual => "usual",
            Self::Protanopia => "protanopia",
            Self::Deuteranopia => "deuteranopia",
            Self::Tritanopia => "tritanopia",
            Self::Grey => "grey",
        }
    }

    /// A colour as these eyes see it: Machado, Oliveira & Fernandes 2009, severity 1, in linear light; grey by ITU-R BT.709.
    pub fn sees(self, rgb: [u8; 3]) -> [u8; 3] {
        let matrix: [[f32; 3]; 3] = match self {
            Self::Usual => return rgb,
            Self::Protanopia => [
                [0.152_286, 1.052_583, -0.204_868],
                [0.114_503, 0.786_281, 0.099_216],
                [-0.003_882, -0.048_116, 1.051_998],
            ],
            Self::Deuteranopia => [
                [0.367_322, 0.860_646, -0.227_968],
                [0.280_085, 0.672_501, 0.047_413],
                [-0.011_820, 0.042_940, 0.968_881],
            ],
            Self::Tritanopia => [
                [1.255_528, -0.076_749, -0.178_779],
                [-0.078_411, 0.930_809, 0.147_602],
                [0.004_733, 0.691_367, 0.303_900],
            ],
            Self::Grey => [[0.2126, 0.7152, 0.0722]; 3],
        };
        let linear = rgb.map(|v| {
            let v = f32::from(v) / 255.0;
            if v <= 0.040_45 { v / 12.92 } else { ((v + 0.055) / 1.055).powf(2.4) }
        });
        matrix.map(|row| {
            let light = row.iter().zip(linear).map(|(a, b)| a * b).sum::<f32>().clamp(0.0, 1.0);
            let v = if light <= 0.003_130_8 { light * 12.92 } else { 1.055 * light.powf(1.0 / 2.4) - 0.055 };
            (v * 255.0 + 0.5) as u8
        })
    }
}

/// The eyes that this window looks with: one for the program, since every swatch and every village is seen by them.
static VISION: std::sync::atomic::AtomicU8 = std::sync::atomic::AtomicU8::new(0);

/// Looks with other eyes.
pub fn look_as(vision: Vision) {
    let number = Vision::ALL.iter().position(|v| *v == vision).unwrap_or(0);
    VISION.store(number as u8, std::sync::atomic::Ordering::Relaxed);
}

/// A colour of data as the chosen eyes see it.
pub fn seen(rgb: [u8; 3]) -> [u8; 3] {
    let number = VISION.load(std::sync::atomic::Ordering::Relaxed);
    Vision::ALL.get(usize::from(number)).copied().unwrap_or_default().sees(rgb)
}

impl Tokens {
    /// How strong the ground of a state is: its own colour, over the panel.
    const fn tint_strength(&self) -> f32 {
        if self.dark { 0.16 } else { 0.09 }
    }

    /// The ground of words in a colour that judges: the same colour, weak, so that the words stand out from it.
    pub fn tint(&self, ink: Color32) -> Color32 {
        ink.gamma_multiply(self.tint_strength())
    }

    /// What the map is drawn with beside its data.
    pub fn map(&self) -> render::Palette {
        render::Palette {
            ground: unit(self.ground, 1.0),
            borders: [
                unit(LABEL_LIGHT, if self.dark { 0.55 } else { 0.75 }),
                unit(if self.dark { rgb(0x0b1220) } else { self.border_strong }, 1.0),
                unit(if self.dark { rgb(0x64748b) } else { self.border_strong }, 1.0),
                unit(self.accent, 1.0),
            ],
            border_widths_pt: [0.9, 1.6, 2.2, 1.6],
            pale_border: unit(PALE_BORDER, 0.9),
            hatch_ground: unit(self.hatch_ground, 1.0),
            hatch_line: unit(self.hatch_line, 1.0),
            rim: unit(LABEL_LIGHT, 1.0),
            symbol_pt: 7.0,
        }
    }
}

/// Relative luminance of a colour, 0 to 1 (WCAG 2.2).
fn luminance([r, g, b]: [u8; 3]) -> f32 {
    let linear = |v: u8| {
        let c = f32::from(v) / 255.0;
        if c <= 0.040_45 { c / 12.92 } else { ((c + 0.055) / 1.055).powf(2.4) }
    };
    0.2126 * linear(r) + 0.7152 * linear(g) + 0.0722 * linear(b)
}

/// Contrast of two colours, 1 to 21 (WCAG 2.2).
///
/// ```
/// use qiancun::palette::contrast;
///
/// assert_eq!(contrast([0; 3], [255; 3]).round(), 21.0);
/// ```
pub fn contrast(a: [u8; 3], b: [u8; 3]) -> f32 {
    let (a, b) = (luminance(a), luminance(b));
    (a.max(b) + 0.05) / (a.min(b) + 0.05)
}

/// Whether white text, with its dark rim, reads better on a colour than dark text with a light one does: below a relative luminance of 0.32
/// (WCAG 2.2), which looks better on the blues of the ramps than 0.22, where both would have the same contrast without a rim.
pub fn is_dark(colour: [u8; 3]) -> bool {
    luminance(colour) < 0.32
}

#[cfg(test)]
mod tests {
    use super::*;

    fn of(c: Color32) -> [u8; 3] {
        [c.r(), c.g(), c.b()]
    }

    /// A colour at a strength over another one.
    fn over(ink: Color32, strength: f32, ground: Color32) -> [u8; 3] {
        let mix = |a: u8, b: u8| (f32::from(a) * strength + f32::from(b) * (1.0 - strength)).round() as u8;
        [mix(ink.r(), ground.r()), mix(ink.g(), ground.g()), mix(ink.b(), ground.b())]
    }

    #[test]
    fn every_text_stands_out_from_its_ground() {
        for t in [&LIGHT, &DARK, &STARK_LIGHT, &STARK_DARK] {
            for (name, ink) in [
                ("ink", t.ink),
                ("secondary", t.ink_secondary),
                ("accent", t.accent),
                ("good", t.good),
                ("warn", t.warn),
                ("bad", t.bad),
            ] {
                for (on, ground) in
                    [("panel", t.panel), ("field", t.field), ("accent", t.accent_ground), ("map", t.ground)]
                {
                    let found = contrast(of(ink), of(ground));
                    assert!(found >= 4.5, "{name} on {on}, dark {}: {found:.2}", t.dark);
                }
            }
            for (name, ink, ground) in [
                ("accent", t.on_accent, t.accent),
                ("bad", t.on_mark, t.bad),
                ("warn", t.on_mark, t.warn),
                ("cluster", LABEL_LIGHT, t.cluster),
            ] {
                let found = contrast(of(ink), of(ground));
                assert!(found >= 4.5, "on {name}, dark {}: {found:.2}", t.dark);
            }
            // Gaps and states on their own colour, weak, over panels.
            for (name, ink) in [("bad", t.bad), ("warn", t.warn), ("good", t.good), ("secondary", t.ink_secondary)] {
                let found = contrast(of(ink), over(ink, t.tint_strength(), t.panel));
                assert!(found >= 4.5, "{name} on its own tint, dark {}: {found:.2}", t.dark);
            }
        }
        for tour in TOUR_INKS {
            assert!(contrast(of(LABEL_LIGHT), tour) >= 4.5, "{tour:?}");
        }
    }

    #[test]
    fn names_stand_out_from_every_class() {
        let best = |fill| contrast(of(if is_dark(fill) { LABEL_LIGHT } else { LABEL_DARK }), fill);
        // What white on #41b6c4 was: 2.4.
        assert!(best([0x41, 0xb6, 0xc4]) > 6.0);
        // In the middle neither reads well by itself: there names have rims, from which they stand out.
        assert!(contrast(of(LABEL_LIGHT), of(LABEL_DARK)) > 12.0);
        for grey in 0..=255_u8 {
            assert!(best([grey; 3]) >= 2.8, "{grey}");
        }
    }
}
