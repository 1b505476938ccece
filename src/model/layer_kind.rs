//! What a layer of a project is.

use serde::{Deserialize, Serialize};

/// What a layer is: guessed once when it comes in, said by the project from then on, changed by a person.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(from = "String", into = "String")]
pub enum LayerKind {
    /// The villages, in one edition of their boundaries.
    Villages,
    /// Toilets, clinics and other facilities.
    Facilities,
    /// Anything else that is drawn beside them: roads, lakes, towns.
    Shapes,
    /// A map below everything.
    Ground,
    /// Photos with places.
    Photos,
    /// Notes of people.
    Notes,
    /// A kind of a later version, by its name: kept and listed.
    Other(String),
}

impl LayerKind {
    /// The kinds of data that this version shows.
    pub const SHOWN: [Self; 4] = [Self::Villages, Self::Facilities, Self::Shapes, Self::Photos];

    /// Stable name, in project files; in language files `layer-kind.<key>`.
    pub fn key(&self) -> &str {
        match self {
            Self::Villages => "villages",
            Self::Facilities => "facilities",
            Self::Shapes => "shapes",
            Self::Ground => "ground",
            Self::Photos => "photos",
            Self::Notes => "notes",
            Self::Other(name) => name,
        }
    }

    /// Whether this version can show it.
    pub fn is_shown(&self) -> bool {
        Self::SHOWN.contains(self)
    }
}

impl From<String> for LayerKind {
    fn from(name: String) -> Self {
        match name.as_str() {
            "villages" => Self::Villages,
            "facilities" => Self::Facilities,
            "shapes" => Self::Shapes,
            "ground" => Self::Ground,
            "photos" => Self::Photos,
            "notes" => Self::Notes,
            _ => Self::Other(name),
        }
    }
}

impl From<LayerKind> for String {
    fn from(kind: LayerKind) -> Self {
        kind.key().to_owned()
    }
}

#[cfg(test)]
mod tests {
    use super::LayerKind;

    #[test]
    fn names_come_back_and_unknown_ones_stay() {
        for name in ["villages", "facilities", "shapes", "ground", "photos", "notes", "hologram"] {
            assert_eq!(String::from(LayerKind::from(name.to_owned())), name);
        }
        assert!(!LayerKind::Other("hologram".into()).is_shown() && LayerKind::Shapes.is_shown());
    }
}
