//! `qiancun share`: a project as one file for anyone.

use std::path::PathBuf;

use super::{Failure, args, written};
use crate::app::read_session;
use crate::lang::Lang;
use crate::project::write_replacing;
use crate::session::ShareOptions;
use crate::share::{LeftOut, share_html, share_slides};

/// Runs the command.
pub fn run(mut parser: lexopt::Parser) -> Result<(), Failure> {
    let (mut project, mut out, mut lang, mut as_json) = (None, None, Lang::Zh, false);
    let mut options = ShareOptions::default();
    while let Some(arg) = parser.next()? {
        match arg {
            lexopt::Arg::Value(path) if project.is_none() => project = Some(PathBuf::from(path)),
            lexopt::Arg::Short('o') | lexopt::Arg::Long("output") => out = Some(PathBuf::from(parser.value()?)),
            lexopt::Arg::Long("lang") => lang = args::lang(&mut parser)?,
            lexopt::Arg::Long("figures") => {
                options.figures = args::text(&mut parser)?.split(',').map(|f| f.trim().to_owned()).collect();
            }
            lexopt::Arg::Long("latest") => options.all_years = false,
            lexopt::Arg::Long("no-facilities") => options.facilities = false,
            lexopt::Arg::Long("no-gaps") => options.gaps = false,
            lexopt::Arg::Long("photos") => options.photos_px = Some(args::number(&mut parser, 64, 2_000)?),
            lexopt::Arg::Long("json") => as_json = true,
            other => return Err(other.unexpected().into()),
        }
    }
    let (Some(project), Some(out)) = (project, out) else {
        return Err(Failure::Usage("share needs a project and -o F.html".into()));
    };
    let ending = out.extension().map(|e| e.to_string_lossy().to_lowercase()).unwrap_or_default();
    if !["html", "htm", "pptx"].contains(&ending.as_str()) {
        return Err(Failure::Usage(format!("share writes .html and .pptx, not {}", out.display())));
    }
    args::refuse_source(&out, &args::sources(&project))?;
    let (mut session, told) = read_session(&project, lang).map_err(Failure::Input)?;
    for line in told {
        crate::cli::say::told!("qiancun: {line}");
    }
    if ending == "pptx" {
        let slides = share_slides(&session).map_err(|e| Failure::Input(format!("{}: {e}", project.display())))?;
        write_replacing(&out, &slides.bytes)
            .map_err(|e| Failure::Input(format!("{} cannot be written: {e}", out.display())))?;
        super::render::remember(&session, &project, &slides.made);
        return written::tell(&[(out, slides.bytes.len() as u64)], &[], as_json);
    }
    let known = |id: &String| session.district().is_some_and(|d| d.indicators.get(id).is_some());
    if let Some(unknown) = options.figures.iter().find(|id| !known(id)) {
        return Err(Failure::Usage(format!("--figures: there is no indicator {unknown}")));
    }
    let shared = share_html(&mut session, &options)
        .ok_or_else(|| Failure::Input(format!("{} has no figures of villages to share", project.display())))?;
    write_replacing(&out, shared.html.as_bytes())
        .map_err(|e| Failure::Input(format!("{} cannot be written: {e}", out.display())))?;
    let left = |l: &LeftOut| {
        let (what, why) = l.words(Lang::En);
        (what, l.count, why)
    };
    let left: Vec<(&str, usize, &str)> = shared.left_out.iter().map(left).collect();
    written::tell(&[(out, shared.html.len() as u64)], &left, as_json)
}
