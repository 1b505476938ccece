//! Reads boundaries and prints each village's name and geodesic area: `cargo run --example villages -- FILE`.

use std::path::Path;

use qiancun::geo::measure;
use qiancun::read::{Progress, read_file};

fn main() -> Result<(), Box<dyn std::error::Error>> {
    let file = std::env::args_os().nth(1).ok_or("which file?")?;
    let dataset = read_file(Path::new(&file), &Progress::new())?;
    for feature in dataset.features() {
        let size = measure(&dataset.geometry.multi_polygon_of(feature));
        println!("{}  {:.3} km²", dataset.display_name(feature), size.area_m2 / 1e6);
    }
    for group in dataset.report.groups() {
        eprintln!("{} × {}", group.code, group.count);
    }
    Ok(())
}
