//! `qiancun decision` and `qiancun people`: what meetings decided, and who answers for what, without the window.

use std::path::PathBuf;

use serde_json::{Value, json};

use super::{Failure, args, joined, read, survey};
use crate::app::{people_of_table, read_session, with_table};
use crate::cli::say::said;
use crate::lang::Lang;
use crate::model::Person;
use crate::output::save;
use crate::page::order_sheets;
use crate::project::{self, write_replacing};
use crate::rules::{Rules, day_of, day_text, days_today, find_gaps};
use crate::survey::{Decision, DecisionStatus, Instant, NewDecision, Outcome, Subject, Survey, decisions_grid};

/// Runs `decision`.
pub fn run(mut parser: lexopt::Parser) -> Result<(), Failure> {
    let what = match parser.next()? {
        Some(lexopt::Arg::Value(what)) => what.to_string_lossy().into_owned(),
        _ => String::new(),
    };
    match what.as_str() {
        "add" => add(parser),
        "list" => list(parser),
        "done" => settle(parser, Some(true)),
        "reopen" => settle(parser, Some(false)),
        "withdraw" => settle(parser, None),
        _ => Err(Failure::Usage("decision takes add, list, done, reopen or withdraw".into())),
    }
}

/// A day behind an option, in days since 1970-01-01.
fn day(parser: &mut lexopt::Parser, option: &str) -> Result<i64, Failure> {
    let text = args::text(parser)?;
    day_of(&text).ok_or_else(|| Failure::Usage(format!("{option} is a day such as 2026-12-31, not {text}")))
}

fn add(mut parser: lexopt::Parser) -> Result<(), Failure> {
    let (mut file, mut village, mut gap, mut new) = (None, None, None, NewDecision::default());
    while let Some(arg) = parser.next()? {
        match arg {
            lexopt::Arg::Value(path) if file.is_none() => file = Some(PathBuf::from(path)),
            lexopt::Arg::Long("village") => village = Some(args::text(&mut parser)?),
            lexopt::Arg::Long("gap") => gap = Some(args::text(&mut parser)?),
            lexopt::Arg::Long("what") => new.what = args::text(&mut parser)?,
            lexopt::Arg::Long("who") => new.who = args::text(&mut parser)?,
            lexopt::Arg::Long("unit") => new.unit = args::text(&mut parser)?,
            lexopt::Arg::Long("by") => new.by = args::text(&mut parser)?,
            lexopt::Arg::Long("due") => new.due = Some(day(&mut parser, "--due")?),
            other => return Err(other.unexpected().into()),
        }
    }
    let (Some(file), true) = (file, new.is_whole()) else {
        return Err(Failure::Usage("decision add needs a project and --what, what is to be done".into()));
    };
    let project = joined::project(&file)?;
    let district = joined::load(&file, &project)?;
    let about = match (village, gap) {
        (Some(named), None) => {
            let by_code = Subject { code: named.clone(), ..Subject::default() }.village_in(&district);
            let found = by_code.or_else(|| {
                let mut all = district.village_list().filter(|v| district.villages.file_name(*v) == named);
                all.next().filter(|_| all.next().is_none())
            });
            let missing = || Failure::Input(format!("no village, or more than one, has the code or name {named}"));
            let village = found.ok_or_else(missing)?;
            NewDecision {
                subject: Subject::of_village(village, &district),
                place: district.stand(village),
                ..NewDecision::default()
            }
        }
        (None, Some(key)) => {
            let gaps = find_gaps(&district, district.year(None), &Rules::with(&project.rules)).gaps;
            let missing =
                || Failure::Input(format!("the project has no gap {key} now: qiancun gaps prints those it has"));
            let gap = gaps.iter().find(|g| g.key(&district) == key).ok_or_else(missing)?;
            NewDecision::of_gap(gap, &district)
        }
        _ => return Err(Failure::Usage("decision add needs --village CODE or --gap KEY, one of them".into())),
    };
    let NewDecision { gap, rule, subject, place, .. } = about;
    let mut log = survey::open(&file)?;
    for id in log.decide(vec![NewDecision { gap, rule, subject, place, ..new }])? {
        said!("{id}");
    }
    Ok(())
}

fn settle(mut parser: lexopt::Parser, is_done: Option<bool>) -> Result<(), Failure> {
    let (mut file, mut id) = (None, None);
    while let Some(arg) = parser.next()? {
        match arg {
            lexopt::Arg::Value(value) if file.is_none() => file = Some(PathBuf::from(value)),
            lexopt::Arg::Value(value) if id.is_none() => id = Some(value.to_string_lossy().into_owned()),
            other => return Err(other.unexpected().into()),
        }
    }
    let (Some(file), Some(id)) = (file, id) else {
        return Err(Failure::Usage("a project or log and the id of a decision are needed".into()));
    };
    let mut log = survey::open(survey::existing(&file)?)?;
    if log.survey().decision(&id).is_none() {
        return Err(Failure::Input(format!("there is no decision {id}: qiancun decision list prints those there are")));
    }
    match is_done {
        None => Ok(log.withdraw(&id)?),
        Some(is_done) => Ok(log.correct(&id, |event| event.result = is_done.then_some(Outcome::Closed))?),
    }
}

fn document(decision: &Decision<'_>, status: DecisionStatus, survey: &Survey, names: bool) -> Value {
    let subject = &decision.said.subject;
    let known = |text: &str| if text.is_empty() { Value::Null } else { Value::from(text) };
    let named = |text: &str| if names { known(text) } else { Value::Null };
    json!({
        "id": decision.id(),
        "at": decision.said.at.map(Instant::to_text),
        "village": { "code": known(&subject.code), "name": known(&subject.village), "town": known(&subject.town) },
        "gap": known(survey.key_of(decision.said)),
        "what": decision.what(),
        "who": named(decision.who()),
        "unit": known(decision.unit()),
        "due": decision.due().map(day_text),
        "status": status.key(),
        "by": named(&decision.said.by),
    })
}

fn list(mut parser: lexopt::Parser) -> Result<(), Failure> {
    let (mut file, mut out, mut on, mut names) = (None, None, days_today(), false);
    let (mut as_json, mut lang) = (false, Lang::Zh);
    while let Some(arg) = parser.next()? {
        match arg {
            lexopt::Arg::Value(path) if file.is_none() => file = Some(PathBuf::from(path)),
            lexopt::Arg::Short('o') | lexopt::Arg::Long("output") => out = Some(PathBuf::from(parser.value()?)),
            lexopt::Arg::Long("on") => on = day(&mut parser, "--on")?,
            lexopt::Arg::Long("names") => names = true,
            lexopt::Arg::Long("json") => as_json = true,
            lexopt::Arg::Long("lang") => lang = args::lang(&mut parser)?,
            other => return Err(other.unexpected().into()),
        }
    }
    let file = file.ok_or_else(|| Failure::Usage("decision list needs a project or a log".into()))?;
    let log = survey::look_into(&file)?;
    let nothing = Survey::default();
    let survey = log.as_ref().map_or(&nothing, |l| l.survey());
    if let Some(out) = out {
        args::refuse_source(&out, &args::sources(&file))?;
        let cannot = |e: String| Failure::Input(format!("{} cannot be written: {e}", out.display()));
        if out.extension().is_some_and(|e| e.eq_ignore_ascii_case("pdf")) {
            let session = read_session(&file, lang).map_err(Failure::Input)?.0;
            let bytes = order_sheets(&session, survey, on).map_err(|e| cannot(e.to_string()))?;
            return write_replacing(&out, &bytes).map_err(|e| cannot(e.to_string()));
        }
        return save(&out, &decisions_grid(survey, on, names, lang)).map_err(|e| cannot(e.to_string()));
    }
    let mut all: Vec<(DecisionStatus, Decision<'_>)> = survey.decisions().map(|d| (d.status(survey, on), d)).collect();
    all.sort_by_key(|(status, d)| (*status, d.due().unwrap_or(i64::MAX)));
    if as_json {
        let list: Vec<Value> = all.iter().map(|(status, d)| document(d, *status, survey, names)).collect();
        return read::print(&json!({ "decisions": list }));
    }
    for (status, decision) in all {
        let subject = &decision.said.subject;
        let due = decision.due().map(day_text).unwrap_or_default();
        let who = if names { decision.who() } else { "" };
        said!(
            "{}\t{}\t{due}\t{} {}\t{}\t{who}\t{}",
            decision.id(),
            status.word(lang),
            subject.town,
            subject.village,
            decision.unit(),
            decision.what()
        );
    }
    Ok(())
}

/// Runs `people`: who answers for what; with `--from`, those of a table are taken into the project.
pub fn people(mut parser: lexopt::Parser) -> Result<(), Failure> {
    let (mut file, mut from, mut as_json) = (None, None, false);
    while let Some(arg) = parser.next()? {
        match arg {
            lexopt::Arg::Value(path) if file.is_none() => file = Some(PathBuf::from(path)),
            lexopt::Arg::Long("from") => from = Some(PathBuf::from(parser.value()?)),
            lexopt::Arg::Long("json") => as_json = true,
            other => return Err(other.unexpected().into()),
        }
    }
    let file = file.ok_or_else(|| Failure::Usage("people needs a project".into()))?;
    let original = project::open(&file).map_err(|e| Failure::Input(e.to_string()))?;
    let mut project = original.project.clone();
    if let Some(table) = from {
        let read = people_of_table(&table).map_err(|e| Failure::Input(e.to_string()))?;
        let no_names = || {
            Failure::Input(format!(
                "{} has no column of names: name, unit, phone, role, town, village",
                table.display()
            ))
        };
        let found = read.ok_or_else(no_names)?;
        if found.nameless > 0 {
            crate::cli::say::told!("qiancun: {} rows name nobody and are left out", found.nameless);
        }
        if found.rounded_phones > 0 {
            let count = found.rounded_phones.to_string();
            crate::cli::say::told!(
                "qiancun: {}",
                crate::cli::say::lang().with("people.rounded-phones", &[("n", &count)])
            );
        }
        if found.totals > 0 {
            let count = found.totals.to_string();
            crate::cli::say::told!("qiancun: {}", crate::cli::say::lang().with("layout.totals", &[("n", &count)]));
        }
        if !found.unused.is_empty() {
            let heads = found.unused.join(", ");
            crate::cli::say::told!("qiancun: {}", crate::cli::say::lang().with("people.unused", &[("n", &heads)]));
        }
        project.people = with_table(&project.people, found.people);
        project::save(&file, &project).map_err(|e| Failure::Input(e.to_string()))?;
    }
    let district = joined::load(&file, &project)?;
    for problem in district.report.problems.iter().filter(|p| p.code.starts_with("person-")) {
        crate::cli::say::told!("qiancun: {}", crate::cli::say::lang().problem(problem.code, &problem.detail));
    }
    let nobody: Vec<Value> = district
        .village_list()
        .filter(|v| !district.people.has_village(*v))
        .map(|v| Value::from(district.villages.display_name(v)))
        .collect();
    if as_json {
        let one = |p: &Person| json!({ "id": p.id, "name": p.name, "unit": p.unit, "phone": p.phone, "roles": p.roles, "answers": p.answers });
        let list: Vec<Value> = project.people.iter().map(one).collect();
        return read::print(&json!({ "people": list, "villages_without_anyone": nobody }));
    }
    for person in &project.people {
        let of: Vec<String> = person.answers.iter().map(crate::model::AnswersFor::words).collect();
        said!("{}\t{}\t{}\t{}\t{}", person.name, person.roles_text(), person.unit, person.phone, of.join("，"));
    }
    if !project.people.is_empty() {
        said!("{} villages without anyone", nobody.len());
    }
    Ok(())
}
