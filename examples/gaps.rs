//! Loads a project, looks for gaps and prints them with their reasons: `cargo run --example gaps -- PROJECT`.

use std::path::Path;

use qiancun::app::{LoadOptions, load_file};
use qiancun::lang::Lang;

fn main() -> Result<(), Box<dyn std::error::Error>> {
    let file = std::env::args_os().nth(1).ok_or("which project?")?;
    let mut loaded = load_file(Path::new(&file), Lang::En, LoadOptions::default())?;
    for missing in &loaded.missing {
        eprintln!("missing: {}", missing.why);
    }
    loaded.session.find_gaps();
    let found = loaded.session.present_gaps().ok_or("no villages could be read")?;
    for gap in &found.list.gaps {
        let district = loaded.session.district().ok_or("no district")?;
        let status = loaded.session.gap_status(&gap.key(district)).word(Lang::En);
        println!("{}  {}  ({status})", gap.rule, loaded.session.gap_reason(found, gap));
    }
    Ok(())
}
