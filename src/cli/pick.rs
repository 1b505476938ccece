//! `qiancun pick`: which villages contain points.

use crate::model::FeatureId;
use std::path::{Path, PathBuf};

use rayon::prelude::*;
use serde_json::{Value, json};

use super::{Failure, args, read};
use crate::cli::say::said;
use crate::geo::LonLat;
use crate::index::SpatialIndex;

/// Runs the command.
pub fn run(mut parser: lexopt::Parser) -> Result<(), Failure> {
    let (mut file, mut points, mut as_json) = (None, Vec::new(), false);
    let mut asked = false;
    while let Some(arg) = parser.next()? {
        match arg {
            lexopt::Arg::Value(path) if file.is_none() => file = Some(PathBuf::from(path)),
            lexopt::Arg::Long("at") => {
                let text = args::text(&mut parser)?;
                match args::numbers(&text)?.as_slice() {
                    [lon, lat] => points.push(LonLat::new(*lon, *lat)),
                    _ => return Err(Failure::Usage(format!("--at is LON,LAT, not {text}"))),
                }
                asked = true;
            }
            lexopt::Arg::Long("points") => {
                points.extend(read_points(Path::new(&parser.value()?))?);
                asked = true;
            }
            lexopt::Arg::Long("json") => as_json = true,
            other => return Err(other.unexpected().into()),
        }
    }
    let file = file.ok_or_else(|| Failure::Usage("pick needs a file".into()))?;
    if !asked {
        return Err(Failure::Usage("pick needs --at LON,LAT or --points CSV".into()));
    }
    let dataset = read::geographic(&file)?;
    let index = SpatialIndex::new(&dataset.geometry);
    let found: Vec<(LonLat, Vec<FeatureId>)> =
        points.into_par_iter().map(|p| (p, index.at_point(&dataset.geometry, p))).collect();
    if as_json {
        let points: Vec<Value> = found
            .iter()
            .map(|(p, features)| json!({ "lon": p.lon_deg, "lat": p.lat_deg, "features": features }))
            .collect();
        return read::print(&json!({ "points": points }));
    }
    for (p, features) in found {
        let names: Vec<String> = features.iter().map(|f| dataset.display_name(FeatureId::new(f.number()))).collect();
        said!("{}, {}: {}", p.lon_deg, p.lat_deg, if names.is_empty() { "—".to_owned() } else { names.join(", ") });
    }
    Ok(())
}

/// Reads a CSV with columns `lon` and `lat`, in any order and among others.
fn read_points(path: &Path) -> Result<Vec<LonLat>, Failure> {
    let text = crate::read::read_plain(path, 1 << 31)
        .and_then(|b| String::from_utf8(b).map_err(|e| std::io::Error::new(std::io::ErrorKind::InvalidData, e)))
        .map_err(|e| Failure::Input(format!("{} cannot be read: {e}", path.display())))?;
    let mut lines = text.trim_start_matches('\u{feff}').lines();
    let header: Vec<String> =
        lines.next().unwrap_or("").split(',').map(|h| h.trim().trim_matches('"').to_ascii_lowercase()).collect();
    let column = |name: &str| header.iter().position(|h| h == name);
    let (Some(lon), Some(lat)) = (column("lon"), column("lat")) else {
        return Err(Failure::Input(format!("{}: the first line must name the columns lon and lat", path.display())));
    };
    let mut points = Vec::new();
    for (i, line) in lines.enumerate().filter(|(_, l)| !l.trim().is_empty()) {
        let cells: Vec<&str> = line.split(',').map(|c| c.trim().trim_matches('"')).collect();
        let number = |c: usize| cells.get(c).and_then(|s| s.parse::<f64>().ok()).filter(|v| v.is_finite());
        match (number(lon), number(lat)) {
            (Some(x), Some(y)) => points.push(LonLat::new(x, y)),
            _ => {
                return Err(Failure::Input(format!(
                    "{}, line {}: lon and lat are not both numbers",
                    path.display(),
                    i + 2
                )));
            }
        }
    }
    Ok(points)
}
