//! Names of fields as people write them: one list for all readers and roles, in `assets/names/fields.toml`.

use std::sync::OnceLock;

use serde::Deserialize;

use super::roles::folded;

/// Names by what they say, most telling first; as [`FieldNames::folded`] leaves them.
#[derive(Debug, Default, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct FieldNames {
    /// Names of villages.
    pub name: Vec<String>,
    /// Codes of villages.
    pub code: Vec<String>,
    /// Towns.
    pub town: Vec<String>,
    /// Districts.
    pub district: Vec<String>,
    /// Groups that are compared.
    pub group: Vec<String>,
    /// Longitudes in degrees.
    pub longitude: Vec<String>,
    /// Latitudes in degrees.
    pub latitude: Vec<String>,
    /// Eastings in metres.
    pub easting: Vec<String>,
    /// Northings in metres.
    pub northing: Vec<String>,
    /// X, which is the easting, but the northing where Chinese surveyors write it.
    pub x: Vec<String>,
    /// Y, the other of the two.
    pub y: Vec<String>,
    /// A position in one cell.
    pub position: Vec<String>,
    /// A geometry in one cell.
    pub geometry: Vec<String>,
}

impl FieldNames {
    /// Those that the program ships.
    pub fn shipped() -> &'static Self {
        static SHIPPED: OnceLock<FieldNames> = OnceLock::new();
        // That the asset can be read is what the test below says.
        SHIPPED.get_or_init(|| {
            let mut names: Self = toml::from_str(include_str!("../../assets/names/fields.toml")).unwrap_or_default();
            for list in [&mut names.name, &mut names.code, &mut names.town, &mut names.district, &mut names.group] {
                list.iter_mut().for_each(|n| *n = folded(n));
            }
            for list in [
                &mut names.longitude,
                &mut names.latitude,
                &mut names.easting,
                &mut names.northing,
                &mut names.x,
                &mut names.y,
                &mut names.position,
                &mut names.geometry,
            ] {
                list.iter_mut().for_each(|n| *n = Self::folded(n));
            }
            names
        })
    }

    /// A name as it is compared: letters and digits alone, in lower case, without what stands in brackets.
    ///
    /// # Examples
    /// ```
    /// use qiancun::model::FieldNames;
    ///
    /// assert_eq!(FieldNames::folded("_GPS_latitude"), "gpslatitude");
    /// assert_eq!(FieldNames::folded("经度（°）"), "经度");
    /// ```
    pub fn folded(name: &str) -> String {
        let outside = name.split(['(', '（', '[', '【']).next().unwrap_or("");
        let outside = if outside.trim().is_empty() { name } else { outside };
        outside.chars().filter(|c| c.is_alphanumeric()).map(super::simplified).flat_map(char::to_lowercase).collect()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_list_can_be_read_and_says_nothing_twice() {
        let names: FieldNames = toml::from_str(include_str!("../../assets/names/fields.toml")).expect("the asset");
        for list in [&names.name, &names.code, &names.town, &names.longitude, &names.latitude, &names.x, &names.y] {
            let mut sorted = list.clone();
            sorted.sort();
            sorted.dedup();
            assert!(!list.is_empty() && sorted.len() == list.len());
        }
        let names = FieldNames::shipped();
        for name in names.longitude.iter().chain(&names.latitude).chain(&names.x).chain(&names.position) {
            assert_eq!(*name, FieldNames::folded(name));
        }
    }
}
