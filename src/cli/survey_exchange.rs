//! `qiancun survey export`, `import` and `merge`: the log out, results back, logs together.

use std::path::PathBuf;

use serde_json::{Value, json};

use super::survey::{existing, open};
use super::{Failure, args, joined, read};
use crate::cli::say::said;
use crate::lang::Lang;
use crate::output::save_visits;
use crate::rules::{Rules, find_gaps};
use crate::survey::{
    GapIndex, GapStatus, MergePreview, Planned, Preview, Remark, Survey, SurveyLog, Verdict, read_log, read_results,
    visits_grid,
};

/// The visits as a table or layer.
pub(super) fn export(mut parser: lexopt::Parser) -> Result<(), Failure> {
    let (mut path, mut out, mut lang) = (None, None, Lang::En);
    while let Some(arg) = parser.next()? {
        match arg {
            lexopt::Arg::Value(value) if path.is_none() => path = Some(PathBuf::from(value)),
            lexopt::Arg::Short('o') | lexopt::Arg::Long("output") => out = Some(PathBuf::from(parser.value()?)),
            lexopt::Arg::Long("lang") => lang = args::lang(&mut parser)?,
            other => return Err(other.unexpected().into()),
        }
    }
    let (Some(path), Some(out)) = (path, out) else {
        return Err(Failure::Usage("survey export needs a project or log and -o FILE".into()));
    };
    args::refuse_source(&out, &args::sources(&path))?;
    let mut log = open(existing(&path)?)?;
    super::survey::find_gaps_of(&mut log, &path);
    let grid = visits_grid(log.survey(), lang);
    save_visits(&out, &grid).map_err(|e| Failure::Input(format!("{} cannot be written: {e}", out.display())))
}

/// Filled sheets into the log.
pub(super) fn import(mut parser: lexopt::Parser) -> Result<(), Failure> {
    let (mut paths, mut is_dry, mut as_json) = (Vec::new(), false, false);
    let (mut is_sure, mut with_findings) = (false, false);
    while let Some(arg) = parser.next()? {
        match arg {
            lexopt::Arg::Value(value) => paths.push(PathBuf::from(value)),
            lexopt::Arg::Long("sure") => is_sure = true,
            lexopt::Arg::Long("findings") => with_findings = true,
            lexopt::Arg::Long("dry-run") => is_dry = true,
            lexopt::Arg::Long("json") => as_json = true,
            other => return Err(other.unexpected().into()),
        }
    }
    let [project_path, files @ ..] = paths.as_slice() else {
        return Err(Failure::Usage("survey import needs a project and filled sheets".into()));
    };
    if files.is_empty() {
        return Err(Failure::Usage("survey import needs a filled sheet".into()));
    }
    let mut documents = Vec::new();
    for (preview, recorded) in taken_in(project_path, files, &Taking { is_dry, is_sure, with_findings })? {
        if as_json {
            documents.push(document(&preview, recorded));
        } else {
            print(&preview, recorded, is_dry);
        }
    }
    if as_json { read::print(&json!({ "files": documents })) } else { Ok(()) }
}

/// How filled sheets are taken in.
#[derive(Clone, Copy, Debug, Default)]
pub(super) struct Taking {
    /// Only looked at.
    pub(super) is_dry: bool,
    /// A time in the future, or long ago, is meant.
    pub(super) is_sure: bool,
    /// Rows too that are no gap of the map.
    pub(super) with_findings: bool,
}

/// Takes filled sheets into the log of a project; each with how many visits it brought.
pub(super) fn taken_in(
    project_path: &std::path::Path,
    files: &[PathBuf],
    how: &Taking,
) -> Result<Vec<(Preview, usize)>, Failure> {
    let Taking { is_dry, is_sure, with_findings } = *how;
    let project = joined::project(project_path)?;
    let district = joined::load(project_path, &project)?;
    let gaps = find_gaps(&district, district.year(None), &Rules::with(&project.rules)).gaps;
    let index = std::sync::Arc::new(GapIndex::new(&district, &gaps));
    // Looking makes no log.
    let mut log = match is_dry {
        true => SurveyLog::open_if_there(project_path)?.map(|o| o.log),
        false => Some(open(project_path)?),
    };
    if let Some(log) = &mut log {
        log.find_by(index.clone());
    }
    let nothing = Survey::default();
    let mut all = Vec::new();
    for file in files {
        let rows = read_results(file)?;
        let survey = log.as_ref().map_or(&nothing, SurveyLog::survey);
        let mut preview = Preview::new(file, rows, survey, &index);
        if is_sure {
            preview.take_all_with(Remark::OddTime);
        }
        if with_findings {
            preview.take_all_with(Remark::Finding);
        }
        let recorded = match &mut log {
            Some(log) if !is_dry => log.import(&mut preview)?,
            _ => 0,
        };
        all.push((preview, recorded));
    }
    Ok(all)
}

fn verdict(verdict: Verdict) -> (&'static str, Option<&'static str>) {
    match verdict {
        Verdict::New => ("new", None),
        Verdict::Corrects => ("corrects", None),
        Verdict::Known => ("known", None),
        Verdict::Empty => ("empty", None),
        Verdict::NotUnderstood(why) => ("not-understood", Some(why)),
    }
}

fn document(preview: &Preview, recorded: usize) -> Value {
    let row = |p: &Planned| {
        let (is, why) = verdict(p.verdict);
        let remarks: Vec<&str> = p.remarks.iter().map(|r| r.key()).collect();
        json!({ "row": p.row.line, "gap": p.gap, "verdict": is, "why": why, "remarks": remarks,
                "before": p.before.key(), "after": p.after.key() })
    };
    let rows: Vec<Value> = preview.rows.iter().filter(|p| p.verdict != Verdict::Empty).map(row).collect();
    json!({ "path": preview.path.to_string_lossy(), "recorded": recorded, "rows": rows,
            "empty": preview.count(|v| v == Verdict::Empty) })
}

pub(super) fn print(preview: &Preview, recorded: usize, is_dry: bool) {
    let lang = Lang::En;
    let count = |is: fn(Verdict) -> bool| preview.count(is);
    let not_understood = count(|v| matches!(v, Verdict::NotUnderstood(_)));
    said!(
        "{}: {} new, {} already in the log, {not_understood} not understood, {} without a result{}{}",
        preview.path.display(),
        count(|v| v == Verdict::New),
        count(|v| v == Verdict::Known),
        count(|v| v == Verdict::Empty),
        match count(|v| v == Verdict::Corrects) {
            0 => String::new(),
            n => format!(", {n} corrected"),
        },
        if is_dry { "; nothing was recorded".to_owned() } else { format!("; {recorded} recorded") },
    );
    if !preview.gone.is_empty() {
        said!("  {}", lang.with("import.gone", &[("n", &preview.gone.len().to_string())]));
        preview.gone.iter().for_each(|id| said!("  {id}"));
    }
    let keyless = preview.keyless_count();
    if keyless > 0 {
        said!("  {}", lang.with("import.keyless", &[("n", &keyless.to_string())]));
    }
    let change = |before: GapStatus, after: GapStatus| format!("{} → {}", before.word(lang), after.word(lang));
    for p in &preview.rows {
        let remarks: Vec<&str> =
            p.remarks.iter().filter_map(|r: &Remark| lang.find(&format!("remark.{}", r.key()))).collect();
        match p.verdict {
            Verdict::New | Verdict::Corrects => {
                let corrects = if p.verdict == Verdict::Corrects { "  corrects what it brought before;" } else { "" };
                let left = if p.is_taken { "" } else { "  NOT TAKEN (--sure takes it);" };
                said!(
                    "  row {}: {}  {} {corrects}{left}  {}",
                    p.row.line,
                    p.gap,
                    change(p.before, p.after),
                    remarks.join("; ")
                );
            }
            Verdict::NotUnderstood(_) if p.is_taken => {
                said!("  row {}: {}  {}", p.row.line, p.gap, remarks.join("; "));
            }
            Verdict::NotUnderstood(code) => {
                let way = match p.remarks.contains(&Remark::Finding) {
                    true => " (--findings keeps it as found on the ground)",
                    false => "",
                };
                let why = lang.find(&format!("not-understood.{code}")).unwrap_or(code);
                let said = match code {
                    "time" => p.row.at.clone(),
                    "result" => p.row.result.clone(),
                    "place" => format!("{} {}", p.row.lon, p.row.lat),
                    "crs" => p.row.crs.clone(),
                    "no-result" => p.row.note.clone(),
                    _ => p.row.key.clone(),
                };
                said!("  row {}: not understood: {why}: {said}{way}", p.row.line);
            }
            Verdict::Known | Verdict::Empty => {}
        }
    }
}

/// Colleagues' logs into one.
pub(super) fn merge(mut parser: lexopt::Parser) -> Result<(), Failure> {
    let (mut paths, mut as_json, mut is_dry) = (Vec::new(), false, false);
    while let Some(arg) = parser.next()? {
        match arg {
            lexopt::Arg::Value(value) => paths.push(PathBuf::from(value)),
            lexopt::Arg::Long("dry-run") => is_dry = true,
            lexopt::Arg::Long("json") => as_json = true,
            other => return Err(other.unexpected().into()),
        }
    }
    let [own, others @ ..] = paths.as_slice() else {
        return Err(Failure::Usage("survey merge needs a project or log and the logs of others".into()));
    };
    if others.is_empty() {
        return Err(Failure::Usage("survey merge needs another log".into()));
    }
    // All are read before anything is taken in: one that cannot be read costs nothing.
    let mut read = Vec::new();
    for other in others {
        let (events, told) = read_log(other)?;
        super::survey::tell_all(other, &told);
        read.push((other, events));
    }
    let mut log = open(existing(own)?)?;
    super::survey::find_gaps_of(&mut log, own);
    let mut taken = 0;
    for (other, events) in read {
        if is_dry {
            let preview = MergePreview::new(other, events, Vec::new(), log.survey());
            taken += preview.fresh;
            for visit in preview.visits.iter().filter(|_| !as_json) {
                let change = format!("{} → {}", visit.before.key(), visit.after.key());
                let (subject, changed) = (&visit.subject, if visit.is_changed { " (changed)" } else { "" });
                said!("  {}  {} {} {}  {change}{changed}", visit.id, visit.rule, subject.village, visit.by);
            }
        } else {
            taken += log.take_merge(other, events)?;
        }
    }
    let survey = log.survey();
    let mut conflicts: Vec<&str> = survey.gaps().filter(|g| survey.status(g) == GapStatus::Conflict).collect();
    conflicts.sort_unstable();
    if as_json {
        return super::read::print(&json!({ "taken": taken, "events": survey.events.len(), "conflicts": conflicts }));
    }
    let done = if is_dry { "would be taken in" } else { "taken in" };
    said!("{taken} events {done}; {} gaps with results that contradict", conflicts.len());
    conflicts.iter().for_each(|gap| said!("  {gap}"));
    Ok(())
}
