//! `qiancun chart`: a chart of what a project's map shows, as SVG or PNG, or its figures.

use std::path::PathBuf;

use serde_json::{Value, json};

use super::render::choose;
use super::{Failure, args, read};
use crate::app::read_session;
use crate::cli::say::said;
use crate::district::By;
use crate::lang::Lang;
use crate::page::{chart_height, chart_svg, to_png};
use crate::project::{ChartKind, write_replacing};
use crate::session::Chart;

/// Width in layout pixels; pictures have twice as many.
const WIDE: f32 = 760.0;

/// Runs the command.
pub fn run(mut parser: lexopt::Parser) -> Result<(), Failure> {
    let (mut file, mut out, mut kind, mut by) = (None, None, ChartKind::Groups, By::Town);
    let (mut theme, mut year, mut lang, mut as_json) = (None, None, Lang::of_system(), false);
    while let Some(arg) = parser.next()? {
        match arg {
            lexopt::Arg::Value(path) if file.is_none() => file = Some(PathBuf::from(path)),
            lexopt::Arg::Short('o') | lexopt::Arg::Long("output") => out = Some(PathBuf::from(parser.value()?)),
            lexopt::Arg::Long("kind") => {
                let text = args::text(&mut parser)?;
                let known = ChartKind::ALL.map(ChartKind::key).join(", ");
                let wrong = || Failure::Usage(format!("--kind is one of {known}, not {text}"));
                kind = ChartKind::from_key(&text).ok_or_else(wrong)?;
            }
            lexopt::Arg::Long("by") => {
                let text = args::text(&mut parser)?;
                let wrong = || Failure::Usage(format!("--by is town or group, not {text}"));
                by = By::from_key(&text).filter(|b| *b != By::District).ok_or_else(wrong)?;
            }
            lexopt::Arg::Long("theme") => theme = Some(args::text(&mut parser)?),
            lexopt::Arg::Long("year") => year = Some(args::year(&mut parser)?),
            lexopt::Arg::Long("lang") => lang = args::lang(&mut parser)?,
            lexopt::Arg::Long("json") => as_json = true,
            other => return Err(other.unexpected().into()),
        }
    }
    let file = file.ok_or_else(|| Failure::Usage("chart needs a project".into()))?;
    let (mut session, _) = read_session(&file, lang).map_err(Failure::Input)?;
    if let Some(theme) = &theme {
        choose(&mut session, theme)?;
    }
    if year.is_some_and(|y| session.district().is_none_or(|d| !d.observations.years().contains(&y))) {
        return Err(Failure::Input(format!("{}: no table speaks of that year", file.display())));
    }
    session.view.year = year.or(session.view.year);
    session.find_focus();
    session.roll();
    session.find_gaps();
    let nothing = || Failure::Input(format!("{}: there is nothing to draw of that kind", file.display()));
    let chart = session.chart(kind, by).ok_or_else(nothing)?;
    if let Some(out) = &out {
        args::refuse_source(out, &args::sources(&file))?;
        let svg = chart_svg(&chart, WIDE, lang);
        let size = [WIDE, chart_height(&chart, WIDE, lang)].map(|v| (v * 2.0).round() as u32);
        let is_png = out.extension().is_some_and(|e| e.eq_ignore_ascii_case("png"));
        let bytes =
            if is_png { to_png(&svg, size).map_err(|e| Failure::Input(e.to_string()))? } else { svg.into_bytes() };
        write_replacing(out, &bytes)
            .map_err(|e| Failure::Input(format!("{} cannot be written: {e}", out.display())))?;
    }
    if as_json {
        return read::print(&document(&chart));
    }
    if out.is_none() {
        said!("{}\n{}", chart.title, chart.sentence);
        for bar in &chart.bars {
            said!("{}\t{}\t{}", bar.name, bar.words, bar.note);
        }
    }
    Ok(())
}

fn document(chart: &Chart) -> Value {
    let bars: Vec<Value> = chart
        .bars
        .iter()
        .map(|b| json!({ "name": b.name, "value": b.value, "words": b.words, "note": b.note }))
        .collect();
    let lines: Vec<Value> = chart.lines.iter().map(|l| json!({ "name": l.name, "points": l.points })).collect();
    let dots: Vec<Value> = chart
        .dots
        .iter()
        .map(|d| json!({ "name": d.name, "values": d.dots.iter().map(|p| p.1).collect::<Vec<_>>(), "unknown": d.unknown }))
        .collect();
    json!({
        "kind": chart.kind.key(), "title": chart.title, "sentence": chart.sentence, "threshold": chart.threshold,
        "bars": bars, "lines": lines, "dots": dots, "left_out": chart.left_out,
    })
}
