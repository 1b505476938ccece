//! How a layer is drawn, where a person says so.

use serde::{Deserialize, Serialize};

use crate::model::{Dataset, PartKind};

/// How a layer is drawn where nothing colours it, its outline, and what it is labelled by.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct LayerStyle {
    /// Fill, or colour of points and lines, `#rrggbb`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub fill: Option<String>,
    /// Colour of outlines, `#rrggbb`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub outline: Option<String>,
    /// Width of outlines in points.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub outline_pt: Option<f32>,
    /// The field that its features are labelled by; their name where absent.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub label: Option<String>,
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
}
