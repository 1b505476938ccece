//! How a layer is drawn, where a person says so.

use serde::{Deserialize, Serialize};

use crate::model::{Dataset, PartKind};

/// The fill of areas of which only the outline is drawn.
pub const NO_FILL: &str = "none";

/// Colour of outlines without a fill, where nobody chose another: white would not be seen.
pub const HOLLOW_OUTLINE: [u8; 3] = [0x6b, 0x78, 0x85];

/// Their width in points.
pub const HOLLOW_OUTLINE_PT: f32 = 1.4;

/// Width of lines in points where nobody chose another.
pub const USUAL_LINE_PT: f32 = 1.6;

/// How a line is broken.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Dash {
    /// Long pieces.
    Dashed,
    /// Dots.
    Dotted,
    /// Long pieces and dots in turn, as maps draw administrative borders.
    DashDot,
}

impl Dash {
    /// All of them.
    pub const ALL: [Self; 3] = [Self::Dashed, Self::Dotted, Self::DashDot];

    /// As the project has it.
    pub fn key(self) -> &'static str {
        match self {
            Self::Dashed => "dashed",
            Self::Dotted => "dotted",
            Self::DashDot => "dash-dot",
        }
    }

    /// Lengths of ink, gap, ink, gap of a line of this width, in the same unit.
    pub fn lengths(self, width: f32) -> [f32; 4] {
        let unit = width.max(1.0);
        match self {
            Self::Dashed => [unit * 4.0, unit * 2.5, unit * 4.0, unit * 2.5],
            Self::Dotted => [unit, unit * 2.0, unit, unit * 2.0],
            Self::DashDot => [unit * 6.0, unit * 2.5, unit, unit * 2.5],
        }
    }
}

/// How a layer is drawn where nothing colours it, its outline, and what it is labelled by.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct LayerStyle {
    /// Fill, or colour of points and lines, `#rrggbb`; `none` for areas of which only the outline is drawn.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub fill: Option<String>,
    /// Colour of outlines, `#rrggbb`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub outline: Option<String>,
    /// Width of outlines and lines in points.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub outline_pt: Option<f32>,
    /// How outlines and lines are broken; drawn through where absent.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub dash: Option<Dash>,
    /// The smallest scale at which the layer is shown, as the N of 1 : N; at any where absent.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub scale_from: Option<f64>,
    /// The largest scale at which it is shown, as the N of 1 : N.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub scale_to: Option<f64>,
    /// What its features are labelled by: a field, or a text with fields in braces, such as `{name}（{households} 户）`, in several lines
    /// where it has some; their name where absent.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub label: Option<String>,
    /// Size of labels in points; the usual where absent.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub label_pt: Option<f32>,
    /// The field whose larger values are labelled first; larger features where absent.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub label_by: Option<String>,
    /// The smallest scale at which they are labelled, as the N of 1 : N.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub label_from: Option<f64>,
    /// Whether names that have no room stand beside, with a line.
    #[serde(default, skip_serializing_if = "super::layer::is_default")]
    pub label_leaders: bool,
    /// Whether towns are named beside villages.
    #[serde(default, skip_serializing_if = "super::layer::is_default")]
    pub label_towns: bool,
    /// Keys of the file that this version does not know: kept.
    #[serde(flatten)]
    pub other: toml::Table,
}

impl LayerStyle {
    /// What a file says of the colours of its features: areas before lines before points.
    pub fn stated(dataset: &Dataset) -> Self {
        let Some(colours) = dataset.source.colours else { return Self::default() };
        let has = |kind| dataset.geometry.parts.iter().any(|p| p.kind == kind);
        let (fill, outline) = if has(PartKind::Polygon) {
            (colours.areas, colours.lines)
        } else if has(PartKind::Line) {
            (colours.lines, None)
        } else {
            (colours.points, None)
        };
        Self { fill: fill.map(hex_of), outline: outline.map(hex_of), ..Self::default() }
    }

    /// Width of outlines and lines in points, as far as it can be drawn.
    pub fn width_pt(&self) -> Option<f32> {
        self.outline_pt.filter(|v| v.is_finite()).map(|v| v.clamp(0.0, 12.0))
    }

    /// Size of labels in points, as far as it can be read and drawn.
    pub fn letters_pt(&self) -> Option<f32> {
        self.label_pt.filter(|v| v.is_finite()).map(|v| v.clamp(7.0, 40.0))
    }

    /// Whether features are labelled on a map of 1 : `denominator`.
    pub fn is_labelled_at(&self, denominator: f64) -> bool {
        self.label_from.is_none_or(|n| denominator <= n)
    }

    /// Whether areas have an outline only.
    pub fn is_hollow(&self) -> bool {
        self.fill.as_deref() == Some(NO_FILL)
    }

    /// Whether the layer is shown on a map of 1 : `denominator`.
    pub fn is_shown_at(&self, denominator: f64) -> bool {
        self.scale_from.is_none_or(|n| denominator <= n) && self.scale_to.is_none_or(|n| denominator >= n)
    }

    /// The fill as sRGB.
    pub fn fill_rgb(&self) -> Option<[u8; 3]> {
        rgb(self.fill.as_deref()?)
    }

    /// The outline's colour as sRGB.
    pub fn outline_rgb(&self) -> Option<[u8; 3]> {
        rgb(self.outline.as_deref()?)
    }
}

/// `#rrggbb` of a colour.
pub fn hex_of([r, g, b]: [u8; 3]) -> String {
    format!("#{r:02x}{g:02x}{b:02x}")
}

pub(super) fn rgb(hex: &str) -> Option<[u8; 3]> {
    let digits = hex.strip_prefix('#').filter(|d| d.len() == 6)?;
    let value = u32::from_str_radix(digits, 16).ok()?;
    Some([(value >> 16) as u8, (value >> 8) as u8, value as u8])
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn colours_there_and_back() {
        let style =
            LayerStyle { fill: Some(hex_of([1, 0xab, 255])), outline: Some("red".into()), ..Default::default() };
        assert_eq!((style.fill_rgb(), style.outline_rgb()), (Some([1, 0xab, 255]), None));
    }

    #[test]
    fn scales_between_which_a_layer_is_shown() {
        let of = |scale_from, scale_to| LayerStyle { scale_from, scale_to, ..Default::default() };
        let at = [5_000.0, 50_000.0, 500_000.0];
        assert_eq!(at.map(|n| of(None, None).is_shown_at(n)), [true; 3]);
        assert_eq!(at.map(|n| of(Some(50_000.0), None).is_shown_at(n)), [true, true, false]);
        assert_eq!(at.map(|n| of(Some(50_000.0), Some(10_000.0)).is_shown_at(n)), [false, true, false]);
    }
}
