//! `qiancun pack` and `qiancun unpack`: a project that is sent.

use std::path::PathBuf;

use serde_json::json;

use super::{Failure, args, read, written};
use crate::app::beside_project;
use crate::cli::say::said;
use crate::project::{self, LeftOutOfPackage, PackOptions, pack, unpack};

/// Why something is not in it, in words.
fn why(reason: LeftOutOfPackage) -> &'static str {
    match reason {
        LeftOutOfPackage::Missing => "it is not there",
        LeftOutOfPackage::NotWanted | LeftOutOfPackage::Notes | LeftOutOfPackage::People => "it was not wanted",
        LeftOutOfPackage::Server => "tiles of a server stay there; only its address goes along",
    }
}

/// Runs `pack`.
pub fn pack_project(mut parser: lexopt::Parser) -> Result<(), Failure> {
    let (mut file, mut out, mut as_json, mut options) = (None, None, false, PackOptions::default());
    while let Some(arg) = parser.next()? {
        match arg {
            lexopt::Arg::Value(path) if file.is_none() => file = Some(PathBuf::from(path)),
            lexopt::Arg::Short('o') | lexopt::Arg::Long("output") => out = Some(PathBuf::from(parser.value()?)),
            lexopt::Arg::Long("log") => options.log = true,
            lexopt::Arg::Long("notes") => options.notes = true,
            lexopt::Arg::Long("people") => options.people = true,
            lexopt::Arg::Long("no-ground") => options.ground = false,
            lexopt::Arg::Long("no-photos") => options.photos = false,
            lexopt::Arg::Long("json") => as_json = true,
            other => return Err(other.unexpected().into()),
        }
    }
    let (Some(file), Some(out)) = (file, out) else {
        return Err(Failure::Usage("pack needs a project and -o F.zip".into()));
    };
    args::refuse_source(&out, &args::sources(&file))?;
    let original = project::open(&file).map_err(|e| Failure::Input(e.to_string()))?;
    let packed = pack(&original.project, &file, &beside_project(&file), options, &out)
        .map_err(|e| Failure::Input(format!("{} cannot be written: {e}", out.display())))?;
    let bytes = std::fs::metadata(&out).map_or(0, |m| m.len());
    let named = |(name, reason): &(String, LeftOutOfPackage)| match reason {
        LeftOutOfPackage::Notes => format!("{name} notes"),
        LeftOutOfPackage::People => format!("{name} people"),
        _ => name.clone(),
    };
    let names: Vec<String> = packed.left_out.iter().map(named).collect();
    let left: Vec<(&str, usize, &str)> =
        names.iter().zip(&packed.left_out).map(|(n, (_, r))| (n.as_str(), 1, why(*r))).collect();
    if !as_json {
        for (name, bytes) in &packed.files {
            said!("  {name}  {bytes} bytes");
        }
    }
    written::tell(&[(out, bytes)], &left, as_json)
}

/// Runs `unpack`.
pub fn unpack_project(mut parser: lexopt::Parser) -> Result<(), Failure> {
    let (mut file, mut into, mut as_json) = (None, PathBuf::from("."), false);
    while let Some(arg) = parser.next()? {
        match arg {
            lexopt::Arg::Value(path) if file.is_none() => file = Some(PathBuf::from(path)),
            lexopt::Arg::Short('o') | lexopt::Arg::Long("output") => into = PathBuf::from(parser.value()?),
            lexopt::Arg::Long("json") => as_json = true,
            other => return Err(other.unexpected().into()),
        }
    }
    let file = file.ok_or_else(|| Failure::Usage("unpack needs a package".into()))?;
    let project = unpack(&file, &into).map_err(|e| Failure::Input(e.to_string()))?;
    if as_json {
        return read::print(&json!({ "project": project.to_string_lossy() }));
    }
    said!("{}", project.display());
    Ok(())
}
