//! `qiancun gaps`: what is missing, where, and why.

use std::path::{Path, PathBuf};

use serde_json::{Value, json};

use super::{Failure, args, joined, read};
use crate::cli::say::told;
use crate::district::District;
use crate::geo::ChinaShift;
use crate::lang::Lang;
use crate::model::Role;
use crate::output::{FieldForm, field_grid, save_field_sheet};
use crate::project::Project;
use crate::rules::{Gap, GapChange, GapList, Rules, find_gaps};
use crate::survey::{GapIndex, Survey, SurveyLog};

/// Runs the command.
pub fn run(mut parser: lexopt::Parser) -> Result<(), Failure> {
    let (mut file, mut year, mut only, mut lang, mut as_json) = (None, None, Vec::new(), Lang::En, false);
    let (mut start, mut shift, mut by_town) = (None, None, false);
    let (mut out, mut since, mut against): (Option<PathBuf>, Option<i32>, Option<PathBuf>) = (None, None, None);
    while let Some(arg) = parser.next()? {
        match arg {
            lexopt::Arg::Value(path) if file.is_none() => file = Some(PathBuf::from(path)),
            lexopt::Arg::Long("year") => year = Some(args::year(&mut parser)?),
            lexopt::Arg::Long("since") => since = Some(args::year(&mut parser)?),
            lexopt::Arg::Long("against") => against = Some(PathBuf::from(parser.value()?)),
            lexopt::Arg::Long("from") => start = Some(args::place(&mut parser, "--from")?),
            lexopt::Arg::Long("crs") => {
                let text = args::text(&mut parser)?;
                shift = Some(match text.to_lowercase().replace('-', "").as_str() {
                    "gcj02" => ChinaShift::Gcj02,
                    "bd09" => ChinaShift::Bd09,
                    _ => return Err(Failure::Usage(format!("--crs is gcj02 or bd09, not {text}"))),
                });
            }
            lexopt::Arg::Long("rule") => only.push(args::text(&mut parser)?),
            lexopt::Arg::Long("lang") => lang = args::lang(&mut parser)?,
            lexopt::Arg::Short('o') | lexopt::Arg::Long("output") => out = Some(PathBuf::from(parser.value()?)),
            lexopt::Arg::Long("by-town") => by_town = true,
            lexopt::Arg::Long("json") => as_json = true,
            other => return Err(other.unexpected().into()),
        }
    }
    let file = file.ok_or_else(|| Failure::Usage("gaps needs a project".into()))?;
    let project = joined::project(&file)?;
    if let Some(out) = &out {
        args::refuse_source(out, &args::sources(&file))?;
    }
    let rules = rules_asked(&project, &only, lang)?;
    let district = joined::load(&file, &project)?;
    let year = joined::year(&file, &district, year)?;
    let list = find_gaps(&district, year, &rules);
    for rule in &list.rules {
        if let Some(error) = &rule.error {
            told!("qiancun: {}", lang.with("gaps.condition", &[("name", &rule.id), ("n", error)]));
        }
    }
    let mut survey = log_of(&file)?;
    survey.find_by(GapIndex::new(&district, &list.gaps).into());
    let before = match (since, against) {
        (None, None) => None,
        (since, against) => Some(earlier(&file, &district, &rules, since, against.as_deref())?),
    };
    if let Some(out) = &out {
        let gaps: Vec<&Gap> = list.gaps.iter().collect();
        let form = FieldForm { lang, shift, start };
        let grid = field_grid(&district, &rules, &gaps, &form, &|key| survey.field_state(key, lang));
        let explain = |e: std::io::Error| Failure::Input(format!("{} cannot be written: {e}", out.display()));
        save_field_sheet(out, &grid, &project.title, by_town, &form, district.middle()).map_err(explain)?;
    }
    if as_json {
        let mut document = document(&file, &district, year, &rules, &list, &survey, lang);
        if let (Some(before), Some(members)) = (&before, document.as_object_mut()) {
            members.insert("since".into(), before.document(&list, &district, &rules, lang));
        }
        return read::print(&document);
    }
    if out.is_some() {
        return Ok(());
    }
    let mut text = words(&district, &rules, &list, lang);
    if let Some(before) = &before {
        text += &before.words(&list, &district, &rules, lang);
    }
    read::print_text(&text)
}

/// The rules of a project, or those of them that were asked for.
pub(super) fn rules_asked(project: &Project, only: &[String], lang: Lang) -> Result<Rules, Failure> {
    let mut rules = Rules::with(&project.rules);
    if let Some(unknown) = only.iter().find(|id| rules.get(id).is_none()) {
        let known: Vec<&str> = rules.list.iter().map(|r| r.id.as_str()).collect();
        return Err(Failure::Usage(format!("--rule is one of {}, not {unknown}", known.join(", "))));
    }
    if !only.is_empty() {
        rules.list.retain(|r| only.contains(&r.id));
    }
    for id in &rules.not_understood {
        told!("qiancun: {}", lang.with("gaps.not-understood", &[("n", id)]));
    }
    Ok(rules)
}

/// The gaps of an earlier year or of another project.
struct Earlier {
    name: String,
    year: Option<i32>,
    list: GapList,
    /// The other project's; `None` where it is the same.
    district: Option<std::sync::Arc<District>>,
}

impl Earlier {
    /// What became of its gaps, in words.
    fn words(&self, list: &GapList, district: &District, rules: &Rules, lang: Lang) -> String {
        let then = self.district(district);
        let change = GapChange::between((list, district), (&self.list, then));
        let (new, remaining, closed) = (change.new.len(), change.remaining.len(), change.closed.len());
        let mut text = format!("Against {}: {new} new, {remaining} remaining, {closed} closed\n", self.name);
        for gap in change.closed.iter().filter_map(|i| self.list.gaps.get(*i)) {
            text += &format!("  closed: {}\n", gap.reason(then, rules.get(&gap.rule), lang));
        }
        text
    }

    fn district<'a>(&'a self, now: &'a District) -> &'a District {
        self.district.as_deref().unwrap_or(now)
    }

    fn document(&self, now: &GapList, district: &District, rules: &Rules, lang: Lang) -> Value {
        let before = self.district(district);
        let change = GapChange::between((now, district), (&self.list, before));
        let keys = |at: &[usize]| -> Vec<String> {
            at.iter().filter_map(|i| now.gaps.get(*i)).map(|g| g.key(district)).collect()
        };
        let closed = change.closed.iter().filter_map(|i| self.list.gaps.get(*i));
        let closed: Vec<Value> = closed.map(|g| gap(g, before, rules, lang)).collect();
        json!({ "project": self.name, "year": self.year, "new": keys(&change.new), "remaining": keys(&change.remaining),
                "closed": closed })
    }
}

fn earlier(
    file: &Path,
    district: &District,
    rules: &Rules,
    since: Option<i32>,
    against: Option<&Path>,
) -> Result<Earlier, Failure> {
    let Some(other) = against else {
        let year = joined::year(file, district, since)?;
        let name = year.map_or_else(|| file.display().to_string(), |y| y.to_string());
        return Ok(Earlier { name, year, list: find_gaps(district, year, rules), district: None });
    };
    let project = joined::project(other)?;
    let before = joined::load(other, &project)?;
    let year = joined::year(other, &before, since)?;
    let list = find_gaps(&before, year, rules);
    Ok(Earlier { name: other.display().to_string(), year, list, district: Some(before) })
}

/// What the log beside a project says; nothing where there is none.
pub(super) fn log_of(file: &Path) -> Result<Survey, Failure> {
    let opened = SurveyLog::open_if_there(file).map_err(|e| Failure::Input(e.to_string()))?;
    if let Some(opened) = &opened {
        super::survey::tell(opened);
    }
    Ok(opened.map(|o| o.log.into_survey()).unwrap_or_default())
}

fn document(
    file: &Path,
    district: &District,
    year: Option<i32>,
    rules: &Rules,
    list: &GapList,
    survey: &Survey,
    lang: Lang,
) -> Value {
    let name_of = |id: &str| rules.get(id).map(|r| r.name(lang).to_owned());
    let severity_of = |id: &str| rules.get(id).map(|r| r.severity.key());
    let counts: Vec<Value> = list
        .rules
        .iter()
        .map(|r| {
            json!({ "id": r.id, "name": name_of(&r.id), "severity": severity_of(&r.id), "count": r.count,
                    "unknown": r.unknown.len() })
        })
        .collect();
    let with_status = |g: &Gap| {
        let mut value = gap(g, district, rules, lang);
        if let Some(members) = value.as_object_mut() {
            members.insert("status".into(), survey.status(&g.key(district)).key().into());
        }
        value
    };
    let gaps: Vec<Value> = list.gaps.iter().map(with_status).collect();
    json!({ "project": file.to_string_lossy(), "year": year, "rules": counts, "gaps": gaps })
}

fn gap(gap: &Gap, district: &District, rules: &Rules, lang: Lang) -> Value {
    let or_null = |text: String| if text.is_empty() { Value::Null } else { Value::String(text) };
    let village = gap.village.map(|v| {
        json!({ "code": or_null(district.text(v, Role::Code)), "name": district.villages.display_name(v),
                "town": or_null(district.text(v, Role::Town)) })
    });
    let facility = gap.facility.and_then(|f| district.facilities.get(f as usize));
    let facility = facility.map(|f| if f.id.is_empty() { f.name.clone() } else { f.id.clone() });
    let rule = rules.get(&gap.rule);
    json!({
        "rule": gap.rule, "severity": gap.severity.key(), "village": village, "facility": facility,
        "indicator": gap.indicator.and_then(|i| district.indicators.all().get(i)).map(|i| i.id.clone()),
        "value": gap.value, "threshold": gap.threshold, "unit": or_null(gap.unit.clone()), "distance_m": gap.distance_m,
        "reason": gap.reason(district, rule, lang), "closes": rule.map(|r| r.closes(lang)).filter(|c| !c.is_empty()),
        "lon": gap.at.map(|p| p.lon_deg), "lat": gap.at.map(|p| p.lat_deg), "key": gap.key(district),
    })
}

fn words(district: &District, rules: &Rules, list: &GapList, lang: Lang) -> String {
    let mut text = String::new();
    for count in &list.rules {
        let Some(rule) = rules.get(&count.id) else { continue };
        let untold = match count.unknown.len() {
            0 => String::new(),
            n => format!(" ({n} villages: cannot tell)"),
        };
        text += &format!("{} {}: {}{untold}\n", rule.id, rule.name(lang), count.count);
        for gap in list.gaps.iter().filter(|g| g.rule == rule.id) {
            let place = gap.village.map_or_else(String::new, |v| {
                format!("{} {}: ", district.text(v, Role::Town), district.villages.display_name(v))
            });
            text += &format!("  [{}] {place}{}\n", gap.severity.key(), gap.reason(district, Some(rule), lang));
        }
    }
    text
}
