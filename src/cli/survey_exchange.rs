//! `qiancun survey export`, `import` and `merge`: the log out, results back, logs together.

use std::collections::HashSet;
use std::path::PathBuf;

use serde_json::{Value, json};

use super::survey::{existing, open};
use super::{Failure, args, joined, read};
use crate::lang::Lang;
use crate::output::save_visits;
use crate::project;
use crate::rules::{Rules, find_gaps};
use crate::survey::{
    GapStatus, Outcome, Planned, Preview, Remark, Survey, SurveyLog, Verdict, read_results, visits_grid,
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
    let log = open(existing(&path)?)?;
    let grid = visits_grid(log.survey(), lang);
    save_visits(&out, &grid).map_err(|e| Failure::Input(format!("{} cannot be written: {e}", out.display())))
}

/// Filled sheets into the log.
pub(super) fn import(mut parser: lexopt::Parser) -> Result<(), Failure> {
    let (mut paths, mut is_dry, mut as_json) = (Vec::new(), false, false);
    while let Some(arg) = parser.next()? {
        match arg {
            lexopt::Arg::Value(value) => paths.push(PathBuf::from(value)),
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
    let project = project::load(project_path).map_err(|e| Failure::Input(e.to_string()))?;
    let district = joined::load(project_path, &project)?;
    let gaps = find_gaps(&district, district.year(None), &Rules::with(&project.rules)).gaps;
    let known: HashSet<String> = gaps.iter().map(|g| g.key(&district)).collect();
    // Looking makes no log.
    let mut log = match is_dry {
        true => SurveyLog::open_if_there(project_path)?.map(|o| o.log),
        false => Some(open(project_path)?),
    };
    let nothing = Survey::default();
    let mut documents = Vec::new();
    for file in files {
        let rows = read_results(file)?;
        let survey = log.as_ref().map_or(&nothing, SurveyLog::survey);
        let mut preview = Preview::new(file, rows, survey, Outcome::from_word, |key| known.contains(key));
        let recorded = match &mut log {
            Some(log) if !is_dry => log.import(&mut preview)?,
            _ => 0,
        };
        if as_json {
            documents.push(document(&preview, recorded));
        } else {
            print(&preview, recorded, is_dry);
        }
    }
    if as_json { read::print(&json!({ "files": documents })) } else { Ok(()) }
}

fn verdict(verdict: Verdict) -> (&'static str, Option<&'static str>) {
    match verdict {
        Verdict::New => ("new", None),
        Verdict::Known => ("known", None),
        Verdict::Empty => ("empty", None),
        Verdict::NotUnderstood(why) => ("not-understood", Some(why)),
    }
}

fn document(preview: &Preview, recorded: usize) -> Value {
    let row = |p: &Planned| {
        let (is, why) = verdict(p.verdict);
        let remarks: Vec<&str> = p.remarks.iter().map(|r| r.key()).collect();
        json!({ "row": p.row.line, "gap": p.row.key, "verdict": is, "why": why, "remarks": remarks,
                "before": p.before.key(), "after": p.after.key() })
    };
    let rows: Vec<Value> = preview.rows.iter().filter(|p| p.verdict != Verdict::Empty).map(row).collect();
    json!({ "path": preview.path.to_string_lossy(), "recorded": recorded, "rows": rows,
            "empty": preview.count(|v| v == Verdict::Empty) })
}

fn print(preview: &Preview, recorded: usize, is_dry: bool) {
    let lang = Lang::En;
    let count = |is: fn(Verdict) -> bool| preview.count(is);
    let not_understood = count(|v| matches!(v, Verdict::NotUnderstood(_)));
    println!(
        "{}: {} new, {} already in the log, {not_understood} not understood, {} without a result{}",
        preview.path.display(),
        preview.new_count(),
        count(|v| v == Verdict::Known),
        count(|v| v == Verdict::Empty),
        if is_dry { "; nothing was recorded".to_owned() } else { format!("; {recorded} recorded") },
    );
    let change = |before: GapStatus, after: GapStatus| format!("{} → {}", before.word(lang), after.word(lang));
    for p in &preview.rows {
        let remarks: Vec<&str> =
            p.remarks.iter().filter_map(|r: &Remark| lang.find(&format!("remark.{}", r.key()))).collect();
        match p.verdict {
            Verdict::New => {
                println!("  row {}: {}  {}  {}", p.row.line, p.row.key, change(p.before, p.after), remarks.join("; "));
            }
            Verdict::NotUnderstood(why) => {
                let why = lang.find(&format!("not-understood.{why}")).unwrap_or(why);
                println!("  row {}: not understood: {why}: {}", p.row.line, p.row.result);
            }
            Verdict::Known | Verdict::Empty => {}
        }
    }
}

/// Colleagues' logs into one.
pub(super) fn merge(mut parser: lexopt::Parser) -> Result<(), Failure> {
    let (mut paths, mut as_json) = (Vec::new(), false);
    while let Some(arg) = parser.next()? {
        match arg {
            lexopt::Arg::Value(value) => paths.push(PathBuf::from(value)),
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
    let mut log = open(existing(own)?)?;
    let mut taken = 0;
    for other in others {
        let (count, told) = log.merge(other)?;
        super::survey::tell_all(other, &told);
        taken += count;
    }
    let survey = log.survey();
    let mut conflicts: Vec<&str> = survey.gaps().filter(|g| survey.status(g) == GapStatus::Conflict).collect();
    conflicts.sort_unstable();
    if as_json {
        return read::print(&json!({ "taken": taken, "events": survey.events.len(), "conflicts": conflicts }));
    }
    println!("{taken} events taken in; {} gaps with results that contradict", conflicts.len());
    conflicts.iter().for_each(|gap| println!("  {gap}"));
    Ok(())
}
