//! Notes on the map: points, texts, lines, arrows and areas, each with words of its own.

use std::path::PathBuf;

use serde::{Deserialize, Serialize};

use crate::geo::LonLat;

/// What a note is drawn as.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum NoteShape {
    /// A small sheet at a place, its first words beside it.
    #[default]
    Point,
    /// The words alone, on the map.
    Text,
    /// A line.
    Line,
    /// A line with a head at its end.
    Arrow,
    /// An area.
    Area,
}

impl NoteShape {
    /// All.
    pub const ALL: [Self; 5] = [Self::Point, Self::Text, Self::Line, Self::Arrow, Self::Area];

    /// Stable name; in language files `note.shape-<key>`.
    pub fn key(self) -> &'static str {
        match self {
            Self::Point => "point",
            Self::Text => "text",
            Self::Line => "line",
            Self::Arrow => "arrow",
            Self::Area => "area",
        }
    }

    /// Whether it stands at one place.
    pub fn is_place(self) -> bool {
        matches!(self, Self::Point | Self::Text)
    }

    /// What a note of this shape can be instead, with the same positions.
    pub fn alike(self) -> &'static [Self] {
        match self {
            Self::Point | Self::Text => &[Self::Point, Self::Text],
            Self::Line | Self::Arrow => &[Self::Line, Self::Arrow],
            Self::Area => &[Self::Area],
        }
    }
}

/// A note on the map.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct NoteEntry {
    /// Its id, unique in the project.
    pub id: String,
    /// What it is drawn as.
    #[serde(default, skip_serializing_if = "is_point")]
    pub shape: NoteShape,
    /// Longitude in degrees, WGS 84, of the place where its words stand.
    pub lon: f64,
    /// Latitude in degrees.
    pub lat: f64,
    /// Positions of a line or an area, longitude and latitude in degrees; the first of an area is not repeated.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub points: Vec<[f64; 2]>,
    /// Its title; the first words of its text where empty.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub title: String,
    /// What it says.
    #[serde(default)]
    pub text: String,
    /// Its colour, `#rrggbb`; the usual one where empty.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub colour: String,
    /// A photo of it.
    #[serde(default, skip_serializing_if = "is_no_path")]
    pub photo: PathBuf,
    /// The day on which it was written, ISO 8601.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub written_on: String,
    /// Keys of the file that this version does not know: kept.
    #[serde(flatten)]
    pub other: toml::Table,
}

fn is_point(shape: &NoteShape) -> bool {
    *shape == NoteShape::Point
}

fn is_no_path(path: &std::path::Path) -> bool {
    path.as_os_str().is_empty()
}

impl NoteEntry {
    /// Where its words stand.
    pub fn at(&self) -> LonLat {
        LonLat::new(self.lon, self.lat)
    }

    /// Its positions: those of its line or area, else its place.
    pub fn positions(&self) -> Vec<LonLat> {
        if self.shape.is_place() || self.points.len() < 2 {
            return vec![self.at()];
        }
        self.points.iter().map(|[lon, lat]| LonLat::new(*lon, *lat)).collect()
    }

    /// What stands on the map: its title, else its first line.
    pub fn words(&self) -> &str {
        let title = self.title.trim();
        if title.is_empty() { self.text.lines().next().unwrap_or("").trim() } else { title }
    }

    /// Whether it would be nothing on the map: a place without words or photo.
    pub fn says_nothing(&self) -> bool {
        self.shape.is_place() && self.words().is_empty() && self.photo.as_os_str().is_empty()
    }

    /// Its colour; `None` where it has none of its own, or one that cannot be read.
    pub fn rgb(&self) -> Option<[u8; 3]> {
        super::look::rgb(&self.colour)
    }

    /// The corners of the head at the end of an arrow that is drawn along these places, as long as said, in the same units; `None` where the line
    /// has no length.
    pub fn arrow_head(places: &[[f32; 2]], length: f32) -> Option<[[f32; 2]; 3]> {
        let [ex, ey] = *places.last()?;
        let [bx, by] = *places.iter().rev().find(|[x, y]| (x - ex).hypot(y - ey) > 1.0)?;
        let far = (ex - bx).hypot(ey - by);
        let (dx, dy) = ((ex - bx) / far * length, (ey - by) / far * length);
        let (sx, sy) = (-dy * 0.45, dx * 0.45);
        Some([[ex + dx * 0.3, ey + dy * 0.3], [ex - dx + sx, ey - dy + sy], [ex - dx - sx, ey - dy - sy]])
    }

    /// Moves its words to the middle of its positions.
    pub fn put_words_in_the_middle(&mut self) {
        let places = self.positions();
        let n = places.len().max(1) as f64;
        let mean = |of: fn(&LonLat) -> f64| (places.iter().map(of).sum::<f64>() / n * 1e6).round() / 1e6;
        (self.lon, self.lat) = (mean(|p| p.lon_deg), mean(|p| p.lat_deg));
    }
}
