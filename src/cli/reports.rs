//! `qiancun reports`: what residents and grid staff report, taken in from tables, matched and answered.

use std::path::PathBuf;

use serde_json::{Value, json};

use super::{Failure, args, joined, read, survey};
use crate::cli::say::said;
use crate::lang::Lang;
use crate::output::save;
use crate::rules::{Rules, find_gaps};
use crate::survey::{
    GapIndex, Instant, MatchedReport, NewReport, Outcome, Report, Subject, Survey, match_reports, read_reports,
    reports_grid, tables_of_reports, without_phones,
};

/// Runs the command.
pub fn run(mut parser: lexopt::Parser) -> Result<(), Failure> {
    let what = match parser.next()? {
        Some(lexopt::Arg::Value(what)) => what.to_string_lossy().into_owned(),
        _ => String::new(),
    };
    match what.as_str() {
        "import" => import(parser),
        "list" => list(parser),
        "settled" => settle(parser, Some(Outcome::Closed)),
        "wrong" => settle(parser, Some(Outcome::Wrong)),
        "reopen" => settle(parser, None),
        _ => Err(Failure::Usage("reports takes import, list, settled, wrong or reopen".into())),
    }
}

fn import(mut parser: lexopt::Parser) -> Result<(), Failure> {
    let (mut paths, mut is_dry, mut as_json) = (Vec::new(), false, false);
    while let Some(arg) = parser.next()? {
        match arg {
            lexopt::Arg::Value(path) => paths.push(PathBuf::from(path)),
            lexopt::Arg::Long("dry-run") => is_dry = true,
            lexopt::Arg::Long("json") => as_json = true,
            other => return Err(other.unexpected().into()),
        }
    }
    let [file, tables @ ..] = paths.as_slice() else {
        return Err(Failure::Usage("reports import needs a project and tables".into()));
    };
    if tables.is_empty() {
        return Err(Failure::Usage("reports import needs tables of reports, or a folder of them".into()));
    }
    let project = joined::project(file)?;
    let district = joined::load(file, &project)?;
    let gaps = find_gaps(&district, district.year(None), &Rules::with(&project.rules)).gaps;
    let mut all: Vec<NewReport> = Vec::new();
    let tables: Vec<PathBuf> = tables.iter().flat_map(|p| tables_of_reports(p)).collect();
    let is_named = |table: &PathBuf| paths.contains(table);
    for table in &tables {
        let found = match read_reports(table) {
            // Of a folder: what says no reports is passed over, what cannot be read is said.
            Ok(None) if !is_named(table) => continue,
            Err(e) if !is_named(table) => {
                eprintln!("qiancun: {} is left: {e}", table.display());
                continue;
            }
            read => read.map_err(|e| Failure::Input(e.to_string()))?,
        };
        let none = || Failure::Because {
            code: "no-reports",
            message: format!(
                "{}: no column says what was reported; heads such as time, village, category, description are needed",
                table.display()
            ),
            file: Some(table.clone()),
        };
        all.extend(found.ok_or_else(none)?);
    }
    let mut log = survey::open(file)?;
    log.find_by(GapIndex::new(&district, &gaps).into());
    let matched = match_reports(all, &district, &gaps, log.survey());
    let fresh: Vec<&MatchedReport> = matched.iter().filter(|m| m.is_taken()).collect();
    let taken: Vec<(NewReport, Subject, String)> = fresh
        .iter()
        .map(|m| {
            let subject = m.village.map_or_else(|| m.report.subject.clone(), |v| Subject::of_village(v, &district));
            (m.report.clone(), subject, m.gap.clone())
        })
        .collect();
    let new = || fresh.iter().filter(|m| !m.is_known);
    let unplaced: Vec<u32> = new().filter(|m| m.village.is_none()).map(|m| m.report.line).collect();
    let elsewhere: Vec<u32> = new().filter(|m| m.is_elsewhere).map(|m| m.report.line).collect();
    let of_gaps = new().filter(|m| !m.gap.is_empty()).count();
    let (fresh_count, updated) = (new().count(), fresh.iter().filter(|m| m.is_known).count());
    let known = matched.len() - fresh_count;
    let count = if is_dry { fresh_count } else { log.report(taken)?.len() };
    if as_json {
        return read::print(&json!({
            "rows": matched.len(), "taken": count, "already": known, "updated": updated, "of_gaps": of_gaps,
            "in_another_village": { "count": elsewhere.len(), "rows": elsewhere },
            "without_village": { "count": unplaced.len(), "rows": unplaced },
        }));
    }
    said!(
        "{count} reports {}, {of_gaps} of open gaps, {} there already, {} without a village{}",
        if is_dry { "would be taken in" } else { "taken in" },
        known,
        unplaced.len(),
        if unplaced.is_empty() { String::new() } else { format!(" (rows {unplaced:?})") }
    );
    if updated > 0 {
        said!("{updated} of those that were there say more by now: settled, or photos that had not come");
    }
    if !elsewhere.is_empty() {
        said!("rows {elsewhere:?}: the place lies in another village than the one named; the named one is taken");
    }
    Ok(())
}

fn settle(mut parser: lexopt::Parser, result: Option<Outcome>) -> Result<(), Failure> {
    let (mut file, mut id) = (None, None);
    while let Some(arg) = parser.next()? {
        match arg {
            lexopt::Arg::Value(value) if file.is_none() => file = Some(PathBuf::from(value)),
            lexopt::Arg::Value(value) if id.is_none() => id = Some(value.to_string_lossy().into_owned()),
            other => return Err(other.unexpected().into()),
        }
    }
    let (Some(file), Some(id)) = (file, id) else {
        return Err(Failure::Usage("a project or log and the id of a report are needed".into()));
    };
    let mut log = survey::open(survey::existing(&file)?)?;
    if log.survey().report(&id).is_none() {
        return Err(Failure::Input(format!("there is no report {id}: qiancun reports list prints those there are")));
    }
    Ok(log.correct(&id, |event| event.result = result)?)
}

fn document(report: &Report<'_>, survey: &Survey, names: bool, lang: Lang) -> Value {
    let (said, subject) = (report.said, &report.said.subject);
    let known = |text: &str| if text.is_empty() { Value::Null } else { Value::from(text) };
    json!({
        "id": report.id(),
        "number": known(report.number()),
        "at": said.at.map(Instant::to_text),
        "village": { "code": known(&subject.code), "name": known(&subject.village), "town": known(&subject.town) },
        "category": known(report.category()),
        "text": if names { said.note.clone() } else { without_phones(&said.note) },
        "lon": said.lon,
        "lat": said.lat,
        "photos": said.photos.iter().map(|p| p.file.as_str()).collect::<Vec<_>>(),
        "gap": known(survey.key_of(said)),
        "status": report.status(survey).key(),
        "answer": known(&report.answer(survey, lang)),
        "by": if names { known(&said.by) } else { Value::Null },
    })
}

fn list(mut parser: lexopt::Parser) -> Result<(), Failure> {
    let (mut file, mut out, mut names, mut as_json, mut lang) = (None, None, false, false, Lang::Zh);
    while let Some(arg) = parser.next()? {
        match arg {
            lexopt::Arg::Value(path) if file.is_none() => file = Some(PathBuf::from(path)),
            lexopt::Arg::Short('o') | lexopt::Arg::Long("output") => out = Some(PathBuf::from(parser.value()?)),
            lexopt::Arg::Long("names") => names = true,
            lexopt::Arg::Long("json") => as_json = true,
            lexopt::Arg::Long("lang") => lang = args::lang(&mut parser)?,
            other => return Err(other.unexpected().into()),
        }
    }
    let file = file.ok_or_else(|| Failure::Usage("reports list needs a project or a log".into()))?;
    let log = survey::look_into(&file)?;
    let nothing = Survey::default();
    let survey = log.as_ref().map_or(&nothing, |l| l.survey());
    if let Some(out) = out {
        args::refuse_source(&out, &args::sources(&file))?;
        return save(&out, &reports_grid(survey, names, lang))
            .map_err(|e| Failure::Input(format!("{} cannot be written: {e}", out.display())));
    }
    if as_json {
        let list: Vec<Value> = survey.reports().map(|r| document(&r, survey, names, lang)).collect();
        return read::print(&json!({ "reports": list }));
    }
    for report in survey.reports() {
        let subject = &report.said.subject;
        let first = report.said.note.lines().next().unwrap_or_default();
        said!(
            "{}\t{}\t{} {}\t{}\t{first}",
            report.id(),
            report.status(survey).word(lang),
            subject.town,
            subject.village,
            report.category()
        );
    }
    Ok(())
}
