//! Which coordinate reference system a file names, in all the ways in which files name one.

use crate::geo::System;
use crate::model::{Crs, CrsFrom};

/// What a file says of its system.
#[derive(Clone, Debug, Default)]
pub(super) enum Named {
    /// Nothing.
    #[default]
    Nothing,
    /// One that is understood.
    Known(System),
    /// One that is not, by the name it gives.
    Unknown(String),
}

impl Named {
    /// The system that a name, a code or a well-known text stands for.
    pub(super) fn of(name: &str) -> Self {
        match System::of_name(name) {
            Some(system) => Self::Known(system),
            // Of a long text its own name, which stands in quotes.
            None => Self::Unknown(name.split('"').nth(1).unwrap_or(name).trim().chars().take(80).collect()),
        }
    }

    /// The `crs` member of GeoJSON 2008; nothing where it is null.
    pub(super) fn of_member(member: Option<&[u8]>) -> Self {
        let Some(member) = member else { return Self::Nothing };
        let Ok(value) = serde_json::from_slice::<serde_json::Value>(member) else { return Self::Unknown("?".into()) };
        if value.is_null() {
            return Self::Nothing;
        }
        let properties = value.get("properties").unwrap_or(&value);
        let named = ["name", "code", "href"].iter().find_map(|key| properties.get(key)).unwrap_or(&value);
        match named {
            serde_json::Value::String(name) => Self::of(name),
            serde_json::Value::Number(code) => Self::of(&format!("EPSG:{code}")),
            other => Self::Unknown(other.to_string().chars().take(80).collect()),
        }
    }

    /// As a dataset says it, before anything is computed.
    pub(super) fn crs(&self) -> (Crs, CrsFrom) {
        match self {
            Self::Nothing => (Crs::Geographic(4326), CrsFrom::Default),
            Self::Known(system) => {
                let own = system.degrees_code().map(Crs::Geographic);
                (own.unwrap_or_else(|| Crs::Reprojected(system.name().to_owned())), CrsFrom::File)
            }
            Self::Unknown(name) if name.is_empty() => (Crs::Other(String::new()), CrsFrom::Default),
            Self::Unknown(name) => (Crs::Other(name.clone()), CrsFrom::File),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn all_forms_of_the_member() {
        let of = |text: &str| Named::of_member(Some(text.as_bytes())).crs();
        assert_eq!(of("null"), (Crs::Geographic(4326), CrsFrom::Default));
        assert_eq!(of(r#"{"type":"name","properties":{"name":"EPSG:4490"}}"#), (Crs::Geographic(4490), CrsFrom::File));
        assert_eq!(of(r#"{"type":"EPSG","properties":{"code":4326}}"#), (Crs::Geographic(4326), CrsFrom::File));
        let france = (Crs::Reprojected("EPSG:2154".into()), CrsFrom::File);
        assert_eq!(of(r#"{"type":"EPSG","properties":{"code":2154}}"#), france);
        assert_eq!(of(r#"{"type":"link","properties":{"href":"x.prj"}}"#).0, Crs::Other("x.prj".into()));
    }
}
