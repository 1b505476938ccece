//! Facilities as they stand at the end of 2023.

use super::plane::Fixed;

/// A point of facilities.geojson.
pub struct Facility {
    pub id: String,
    pub name: String,
    /// Index of the village whose code the point carries.
    pub village: usize,
    pub at: Fixed,
    pub closed: bool,
    pub built_year: i64,
    pub checked_on: String,
    pub note: Option<&'static str>,
    pub detail: Detail,
}

/// What a facility of each kind has besides.
pub enum Detail {
    Toilet { class: &'static str, flush: &'static str, action: Option<(&'static str, i64)>, stalls: (i64, i64) },
    Clinic { township: bool, area_m2: i64, doctors: i64, serves: Vec<usize> },
    SewageStation { capacity_m3_d: i64, households: i64 },
    WastePoint { collections_tenths: i64 },
    Parking { spaces: i64 },
    PocketPark { area_m2: i64 },
    Fitness { sets: i64 },
}

impl Facility {
    /// Prefix of the id, kind as written, kind in Chinese for the name.
    pub fn words(detail: &Detail) -> (&'static str, &'static str, &'static str) {
        match detail {
            Detail::Toilet { .. } => ("GC", "public_toilet", "公厕"),
            Detail::Clinic { .. } => ("WS", "clinic", "卫生室"),
            Detail::SewageStation { .. } => ("WZ", "sewage_station", "污水处理站"),
            Detail::WastePoint { .. } => ("LJ", "waste_point", "垃圾收集点"),
            Detail::Parking { .. } => ("TC", "parking", "停车场"),
            Detail::PocketPark { .. } => ("KD", "pocket_park", "口袋公园"),
            Detail::Fitness { .. } => ("JS", "fitness", "健身点"),
        }
    }

    /// Whether it stood in that year and is still in use.
    pub fn stands_in(&self, year: i64) -> bool {
        !self.closed && self.built_year <= year
    }
}

/// A day of 2023 between March and November.
pub fn day_of_2023(rng: &mut super::rng::Rng) -> String {
    format!("2023-{:02}-{:02}", rng.whole(3, 11), rng.whole(1, 28))
}
