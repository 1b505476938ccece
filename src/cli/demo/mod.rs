//! The demonstration district: a district of 71 villages that a newcomer can try everything on.
//!
//! Names and district totals are facts, all else is drawn from a seed (`rng`): the same bytes on every machine,
//! because only whole numbers, + − × ÷ and square roots are used, and coordinates are whole multiples of 10⁻⁷ degrees
//! before any border is built on them. The files in `maps/haidian-demo` are this module's output; a test compares them.
//!
//! What is wrong on purpose stands in [`planted::PLANTED`], next to the constants by which the code plants it:
//! - T1 梁家园; T2 唐家岭 (below III), 塔院 (ungraded); T3 西小营, 聂各庄, 徐各庄; T4 屯佃; T5 马连洼
//! - H1 柳林 (97.4 %), 罗家坟 (91.8 %); S1 the 26 villages of `SEWAGE_BELOW_99`, 台头 also without sewer and station
//! - W1 双塔 (every other day), 杨家庄 (no point); C1 and C2 大牛坊; C3 冷泉 (48 m²), 常乐 (one doctor)
//! - D1 a waste point of 高里掌; D2 two toilets in 六郎庄; D3 a closed toilet of 南玉河; D4 永泰庄 and 东埠头 (sewage),
//!   八家 of 东升镇 (roads), 韩家川 (checked in 2022); D5 皇后店 (count falls), 西玉河 (rate drops)
//! - E1 care for the old, 山前 against 山后
//! - a row of the table that joins to nothing (DEMO00000072), two villages called 八家, an exclave of 东小营 in 西闸

mod assign;
mod borders;
mod cells;
mod clinics;
mod country;
mod facility;
mod figures;
mod ground;
mod ground_tiles;
mod layout;
mod people;
mod places;
mod plane;
mod planted;
mod rng;
mod services;
mod terrain;
mod toilets;
mod write;

use std::path::{Path, PathBuf};

use facility::{Detail, Facility};
use figures::{Place, Row};
use layout::Village;
use people::People;
use rng::Rng;

pub use country::Country;
pub use planted::{PLANTED, Planted, SEWAGE_BELOW_99};

/// Every stream of random numbers starts here.
const SEED: u64 = 20_240_601;

/// The folder's README, written along with the data.
const README: &str = include_str!("readme.md");

/// Writes villages.geojson, facilities.geojson, indicators.csv, README.md and ground.mbtiles into `out_dir`, which is made if missing,
/// and returns their paths. Files of these names are replaced.
///
/// # Errors
/// Where the folder cannot be made or a file cannot be written; the error names the path.
pub fn generate(out_dir: &Path) -> std::io::Result<Vec<PathBuf>> {
    let named = |path: &Path, e: std::io::Error| std::io::Error::new(e.kind(), format!("{}: {e}", path.display()));
    std::fs::create_dir_all(out_dir).map_err(|e| named(out_dir, e))?;
    let mut written = Vec::new();
    for (name, content) in files() {
        let path = out_dir.join(name);
        std::fs::write(&path, content).map_err(|e| named(&path, e))?;
        written.push(path);
    }
    let path = out_dir.join("ground.mbtiles");
    ground_tiles::write(&layout::villages(), &path).map_err(|e| named(&path, e))?;
    written.push(path);
    Ok(written)
}

/// Names and contents of the files.
fn files() -> [(&'static str, String); 4] {
    let villages = layout::villages();
    let people: Vec<People> = villages.iter().map(people::people).collect();
    let facilities = facilities(&villages, &people);
    let tables = tables(&villages, &people, &facilities);
    let latest: Vec<&Row> = tables.iter().filter_map(|rows| rows.last()).collect();
    [
        ("villages.geojson", write::villages(&villages, &people, &latest)),
        ("facilities.geojson", write::facilities(&facilities, &villages)),
        ("indicators.csv", write::indicators(&villages, &tables)),
        ("README.md", README.to_owned()),
    ]
}

/// All facilities, by kind and village, with ids counted per kind.
fn facilities(villages: &[Village], people: &[People]) -> Vec<Facility> {
    let mut ground = ground::Ground::new(villages);
    let mut all = toilets::toilets(&mut ground, people);
    all.extend(clinics::clinics(&mut ground, people));
    all.extend(services::services(&mut ground, people));
    let kinds = ["GC", "WS", "WZ", "LJ", "TC", "KD", "JS"];
    let prefix = |f: &Facility| Facility::words(&f.detail).0;
    all.sort_by_key(|f| (kinds.iter().position(|k| *k == prefix(f)), f.village));
    let mut counts = [0; 7];
    for facility in &mut all {
        if let Some(k) = kinds.iter().position(|k| *k == prefix(facility)) {
            counts[k] += 1;
            facility.id = format!("{}-{:03}", kinds[k], counts[k]);
        }
    }
    all
}

/// Rows of the wide table for each village.
fn tables(villages: &[Village], people: &[People], facilities: &[Facility]) -> Vec<Vec<Row>> {
    let looked_after = |f: &Facility| match &f.detail {
        Detail::Clinic { serves, .. } => serves.iter().copied().chain([f.village]).collect(),
        _ => Vec::new(),
    };
    let demolished = demolished(people);
    let mut tables = Vec::new();
    for (index, village) in villages.iter().enumerate() {
        let clinic = facilities.iter().find(|f| looked_after(f).contains(&index));
        let residents = |f: &Facility| looked_after(f).into_iter().map(|i| people[i].population).sum();
        tables.push(figures::rows(&Place {
            index,
            village,
            people: &people[index],
            own: facilities.iter().filter(|f| f.village == index).collect(),
            clinic: clinic.map(|f| (f, residents(f))),
            demolished_m2: demolished[index],
        }));
    }
    tables
}

/// Construction removed in each village by 2023; the district's total comes out exactly.
fn demolished(people: &[People]) -> Vec<i64> {
    let mut rng = Rng::keyed("demolished", &[]);
    let weights: Vec<i64> = people.iter().map(|p| (p.households + 250) * rng.whole(30, 170)).collect();
    let all: i64 = weights.iter().sum();
    let (mut before, mut sum) = (0, 0);
    let share = |w: &i64| {
        sum += w;
        let until = figures::DEMOLISHED_M2 * sum / all;
        let own = until - before;
        before = until;
        own
    };
    weights.iter().map(share).collect()
}

#[cfg(test)]
mod tests;
