//! `qiancun preflight`: what an audience would trip over, looked for in every scene and on the page.

use std::path::PathBuf;

use serde_json::{Value, json};

use super::{Failure, args, read};
use crate::app::read_session;
use crate::cli::say::said;
use crate::lang::Lang;
use crate::session::{FindingWeight, FoundAt};
use crate::share::preflight;

/// Runs the command.
pub fn run(mut parser: lexopt::Parser) -> Result<(), Failure> {
    let (mut file, mut lang, mut as_json) = (None, Lang::of_system(), false);
    while let Some(arg) = parser.next()? {
        match arg {
            lexopt::Arg::Value(path) if file.is_none() => file = Some(PathBuf::from(path)),
            lexopt::Arg::Long("lang") => lang = args::lang(&mut parser)?,
            lexopt::Arg::Long("json") => as_json = true,
            other => return Err(other.unexpected().into()),
        }
    }
    let file = file.ok_or_else(|| Failure::Usage("preflight needs a project".into()))?;
    let (session, troubles) = read_session(&file, lang).map_err(Failure::Input)?;
    troubles.iter().for_each(|t| crate::cli::say::told!("qiancun: {t}"));
    let found = preflight(&session);
    let weight = |w: FindingWeight| match w {
        FindingWeight::Error => "error",
        FindingWeight::Warning => "warning",
        FindingWeight::Note => "info",
    };
    let place = |at: FoundAt| match at {
        FoundAt::Project => "project".to_owned(),
        FoundAt::Page => "page".to_owned(),
        FoundAt::Scene(i) => format!("scene {}", i + 1),
    };
    if as_json {
        let one = |f: &crate::session::Finding| json!({ "at": place(f.at), "severity": weight(f.weight), "code": f.code, "message": f.words });
        return read::print(&json!({ "findings": found.iter().map(one).collect::<Vec<Value>>() }));
    }
    for finding in &found {
        said!("{}\t{}\t{}", weight(finding.weight), place(finding.at), finding.words);
    }
    Ok(())
}
