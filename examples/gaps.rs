//! Loads a project, looks for gaps and prints them with their reasons: `cargo run --example gaps -- PROJECT`.

use std::path::Path;

use qiancun::app::{LoadOptions, load};
use qiancun::lang::Lang;
use qiancun::project;

fn main() -> Result<(), Box<dyn std::error::Error>> {
    let file = std::env::args_os().nth(1).ok_or("which project?")?;
    let project = project::load(Path::new(&file))?;
    let mut loaded = load(project, Lang::En, LoadOptions::default());
    for missing in &loaded.missing {
        eprintln!("missing: {}", missing.why);
    }
    loaded.session.find_gaps();
    let found = loaded.session.present_gaps().ok_or("no villages could be read")?;
    for gap in &found.list.gaps {
        println!("{}  {}", gap.rule, loaded.session.gap_reason(found, gap));
    }
    Ok(())
}
