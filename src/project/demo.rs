//! Where the demonstration district lies.

use std::path::PathBuf;

/// The files of the demonstration, for programs that stand alone without the `maps` folder.
const FILES: [(&str, &[u8]); 6] = [
    ("haidian.qiancun", include_bytes!("../../maps/haidian-demo/haidian.qiancun")),
    ("villages.geojson", include_bytes!("../../maps/haidian-demo/villages.geojson")),
    ("facilities.geojson", include_bytes!("../../maps/haidian-demo/facilities.geojson")),
    ("indicators.csv", include_bytes!("../../maps/haidian-demo/indicators.csv")),
    ("ground.mbtiles", include_bytes!("../../maps/haidian-demo/ground.mbtiles")),
    ("README.md", include_bytes!("../../maps/haidian-demo/README.md")),
];

/// The demonstration's project file: in `maps/haidian-demo` beside the program or above it, else written from the
/// program itself into the platform's data folder.
///
/// # Errors
/// Those of the file system, where the files had to be written.
pub fn demo_project() -> std::io::Result<PathBuf> {
    let tail = std::path::Path::new("maps/haidian-demo/haidian.qiancun");
    let program = std::env::current_exe().unwrap_or_default();
    let here = std::env::current_dir().unwrap_or_default();
    if let Some(found) = std::iter::once(here.as_path())
        .chain(program.ancestors().skip(1).take(4))
        .map(|d| d.join(tail))
        .find(|p| p.is_file())
    {
        return Ok(found);
    }
    let folder = directories::ProjectDirs::from("", "", "qiancun")
        .map_or_else(std::env::temp_dir, |d| d.data_dir().to_path_buf())
        .join("haidian-demo");
    std::fs::create_dir_all(&folder)?;
    for (name, bytes) in FILES {
        let path = folder.join(name);
        if std::fs::read(&path).ok().as_deref() != Some(bytes) && !(name.ends_with(".qiancun") && path.exists()) {
            super::write::write_replacing(&path, bytes)?;
        }
    }
    Ok(folder.join("haidian.qiancun"))
}
