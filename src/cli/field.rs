//! `qiancun field`: rounds planned, taken along on a phone, and brought back.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use serde_json::{Value, json};

use super::survey_exchange::{Taking, taken_in};
use super::{Failure, args, joined, read};
use crate::app::{RoundOut, clock, read_session, tiles_of};
use crate::cli::say::{said, told};
use crate::district::District;
use crate::geo::LonLat;
use crate::lang::Lang;
use crate::project::Project;
use crate::read::{layers as layers_of, split_layer};
use crate::round::{
    END, FAR_FROM_ROADS_M, MOST_BY_ROAD, Navigation, NoRoads, Plan, PlanOptions, RoadLegs, RoadNet, START, Stop,
    plan_by, worth_of,
};
use crate::rules::{GapList, GapSeverity, Rules, find_gaps};
use crate::survey::{GapIndex, GapStatus, Survey, Verdict, filled_in};

/// Minutes on the spot where nobody says how many.
const USUAL_MINUTES: u32 = 15;

/// Runs the command.
pub fn run(mut parser: lexopt::Parser) -> Result<(), Failure> {
    let what = match parser.next()? {
        Some(lexopt::Arg::Value(word)) => word.to_string_lossy().into_owned(),
        _ => return Err(Failure::Usage("field needs a word: plan, export, import or photos".into())),
    };
    match what.as_str() {
        "plan" => plan_round(parser),
        "export" => export(parser),
        "import" => import(parser),
        "photos" => super::field_photos::run(parser),
        other => Err(Failure::Usage(format!("field {other}: there is plan, export, import and photos"))),
    }
}

/// A project with its open gaps.
pub(super) struct Found {
    pub(super) project: Project,
    pub(super) district: Arc<District>,
    pub(super) rules: Rules,
    pub(super) list: GapList,
    pub(super) survey: Survey,
}

impl Found {
    pub(super) fn of(file: &Path, lang: Lang) -> Result<Self, Failure> {
        let project = joined::project(file)?;
        let district = joined::load(file, &project)?;
        let year = joined::year(file, &district, None)?;
        let rules = super::gaps::rules_asked(&project, &[], lang)?;
        let list = find_gaps(&district, year, &rules);
        let mut survey = super::gaps::log_of(file)?;
        survey.find_by(GapIndex::new(&district, &list.gaps).into());
        Ok(Self { project, district, rules, list, survey })
    }

    /// Gaps that are still to be seen, with their keys, by position in the list: those at a place that no visit has closed.
    pub(super) fn open(&self) -> Vec<(usize, String, LonLat)> {
        let of = |(i, gap): (usize, &crate::rules::Gap)| {
            let key = gap.key(&self.district);
            let is_open = self.survey.status(&key) != GapStatus::Closed;
            Some((i, key, gap.at?)).filter(|_| is_open)
        };
        self.list.gaps.iter().enumerate().filter_map(of).collect()
    }

    /// A gap as a stop of a round.
    fn stop(&self, (i, key, at): &(usize, String, LonLat), how: &PlanAsked) -> Stop {
        let gap = self.list.gaps.get(*i);
        let severity = gap.map(|g| g.severity);
        let own = gap.and_then(|g| how.minutes_by_rule.get(&g.rule));
        let minutes = f64::from(own.copied().unwrap_or(how.minutes));
        let urgent_first = how.urgent_first;
        let cannot_wait = urgent_first && severity == Some(GapSeverity::High);
        let worth = worth_of(severity.unwrap_or(GapSeverity::Data));
        Stop { key: key.clone(), at: *at, minutes, worth, cannot_wait, person: None }
    }
}

/// Writes what a phone takes along, and what goes along on paper.
fn export(mut parser: lexopt::Parser) -> Result<(), Failure> {
    let (mut file, mut out, mut lang, mut as_json) = (None, None, Lang::Zh, false);
    let (mut how, mut is_planned, mut navigation) = (PlanAsked::default(), false, Navigation::default());
    while let Some(arg) = parser.next()? {
        match arg {
            lexopt::Arg::Value(path) if file.is_none() => file = Some(PathBuf::from(path)),
            lexopt::Arg::Short('o') | lexopt::Arg::Long("output") => out = Some(PathBuf::from(parser.value()?)),
            lexopt::Arg::Long("navigate") => {
                let word = args::text(&mut parser)?;
                let known = Navigation::ALL.map(Navigation::key).join(", ");
                navigation = Navigation::from_key(&word)
                    .ok_or_else(|| Failure::Usage(format!("--navigate is one of {known}, not {word}")))?;
            }
            lexopt::Arg::Long("lang") => lang = args::lang(&mut parser)?,
            lexopt::Arg::Long("json") => as_json = true,
            lexopt::Arg::Long(name) => {
                let name = name.to_owned();
                is_planned |= name == "people";
                how.take(&name, &mut parser)?;
            }
            other => return Err(other.unexpected().into()),
        }
    }
    let (Some(file), Some(out)) = (file, out) else {
        return Err(Failure::Usage("field export needs a project and -o DIR".into()));
    };
    if !is_planned && how.is_said() {
        return Err(Failure::Usage(
            "field export plans tours for --people N: say how many, or leave out how they are planned".into(),
        ));
    }
    let found = Found::of(&file, lang)?;
    let open = found.open();
    let stops = how.stops(&found, &open);
    let planned = if is_planned {
        let (plan, roads) = how.planned(&found, &stops)?;
        roads.iter().for_each(|r| r.tell(&how.options));
        tell_idle(&plan, &how.options);
        Some(plan)
    } else {
        None
    };
    let without_place = found.list.gaps.iter().filter(|g| g.at.is_none()).count();
    let closed = found.list.gaps.len() - without_place - open.len();
    let session = match &planned {
        Some(_) => Some(read_session(&file, lang).map_err(Failure::Input)?.0),
        None => None,
    };
    let round = RoundOut {
        project: &found.project,
        district: &found.district,
        rules: &found.rules,
        list: &found.list,
        survey: Some(&found.survey),
        open: &open,
        plan: planned.as_ref().map(|p| (p, &how.options)),
        navigation,
        lang,
    };
    let cannot = |why: String| Failure::Input(format!("the round cannot be written to {}: {why}", out.display()));
    let written = round.write(session.as_ref(), &out).map_err(cannot)?;
    let (_, left_grounds) = tiles_of(&found.project);
    let left_out = [
        ("gaps", closed, "a visit has closed them"),
        ("gaps", without_place, "they are of the district, and at no place"),
        ("gaps", planned.as_ref().map_or(0, |p| p.left.len()), "they fit into no day: on the phone, but on no sheet"),
        ("grounds", left_grounds, "only MBTiles files go along; keep an area of a server's tiles as a file first"),
    ];
    let files: Vec<(PathBuf, u64)> = written.into_iter().map(|f| (f.path, f.bytes)).collect();
    super::written::tell(&files, &left_out, as_json)
}

/// Takes back what a phone brings: a folder, or files.
fn import(mut parser: lexopt::Parser) -> Result<(), Failure> {
    let (mut paths, mut how, mut as_json) = (Vec::new(), Taking::default(), false);
    while let Some(arg) = parser.next()? {
        match arg {
            lexopt::Arg::Value(path) => paths.push(PathBuf::from(path)),
            lexopt::Arg::Long("dry-run") => how.is_dry = true,
            lexopt::Arg::Long("sure") => how.is_sure = true,
            lexopt::Arg::Long("findings") => how.with_findings = true,
            lexopt::Arg::Long("json") => as_json = true,
            other => return Err(other.unexpected().into()),
        }
    }
    let [project, places @ ..] = paths.as_slice() else {
        return Err(Failure::Usage("field import needs a project and a folder or file that came back".into()));
    };
    let mut files = Vec::new();
    for place in places {
        let found = filled_in(place);
        for (file, error) in found.unread {
            eprintln!("qiancun: {} is left: {error}", file.display());
        }
        files.extend(found.files);
    }
    if files.is_empty() {
        return Err(Failure::Input(
            "nothing that was filled in is there: copy the whole folder from the phone, round.gpkg with it, or what KoboToolbox or ODK hand out (CSV, \
             XLSX, GeoJSON)"
                .into(),
        ));
    }
    let (mut documents, mut left) = (Vec::new(), [0_usize; 5]);
    for (preview, recorded) in taken_in(project, &files, &how)? {
        left[0] += preview.count(|v| v == Verdict::Known);
        left[1] += preview.count(|v| v == Verdict::Empty);
        left[2] += preview.count(|v| matches!(v, Verdict::NotUnderstood(_)));
        left[3] += preview.untaken_count();
        left[4] += preview.gone.len();
        if as_json {
            let bytes = std::fs::metadata(&preview.path).map_or(0, |m| m.len());
            documents.push(json!({ "path": preview.path.to_string_lossy(), "bytes": bytes, "recorded": recorded }));
        } else {
            super::survey_exchange::print(&preview, recorded, how.is_dry);
        }
    }
    if !as_json {
        return Ok(());
    }
    let left: Vec<Value> = [
        (left[0], "they are in the log already"),
        (left[1], "they say no result"),
        (left[2], "which gap or result they mean is not understood"),
        (left[3], "their time lies in the future or long ago: look at the clock of the phone; --sure takes them"),
        (left[4], "they came out of this package before and are no longer in it; they stay, unless you withdraw them"),
    ]
    .iter()
    .filter(|(count, _)| *count > 0)
    .map(|(count, why)| json!({ "what": "visits", "count": count, "why": why }))
    .collect();
    read::print(&json!({ "files": documents, "left_out": left }))
}

/// How a round is to be planned, as options say it.
pub(super) struct PlanAsked {
    pub(super) options: PlanOptions,
    start: Option<LonLat>,
    minutes: u32,
    minutes_by_rule: BTreeMap<String, u32>,
    urgent_first: bool,
    roads: Vec<PathBuf>,
}

impl Default for PlanAsked {
    fn default() -> Self {
        Self {
            options: PlanOptions::default(),
            start: None,
            minutes: USUAL_MINUTES,
            minutes_by_rule: BTreeMap::new(),
            urgent_first: false,
            roads: Vec::new(),
        }
    }
}

impl PlanAsked {
    /// Takes an option of that name.
    fn take(&mut self, name: &str, parser: &mut lexopt::Parser) -> Result<(), Failure> {
        let options = &mut self.options;
        match name {
            "people" => options.people = args::number(parser, 1, 1_000)? as usize,
            "days" => options.days = args::number(parser, 1, 365)? as usize,
            "start" => self.start = Some(args::place(parser, "--start")?),
            "hours" => options.hours = real(&args::text(parser)?, "--hours", 0.1, 24.0)?,
            "end" => options.end = Some(args::place(parser, "--end")?),
            "minutes" => {
                let text = args::text(parser)?;
                for part in text.split(',') {
                    self.take_minutes(part)?;
                }
            }
            "roads" => self.roads.push(PathBuf::from(parser.value()?)),
            "speed" => options.speed_km_h = real(&args::text(parser)?, "--speed", 1.0, 200.0)?,
            "factor" => options.way_factor = real(&args::text(parser)?, "--factor", 1.0, 5.0)?,
            "seconds" => options.seconds = Some(real(&args::text(parser)?, "--seconds", 0.0, 86_400.0)?),
            "urgent-first" => self.urgent_first = true,
            other => return Err(lexopt::Arg::Long(other).unexpected().into()),
        }
        Ok(())
    }

    /// The options, with a start: the middle of the district where nobody says one.
    fn placed(&mut self, found: &Found) -> Result<&PlanOptions, Failure> {
        let start = self.start.or_else(|| found.district.middle());
        self.options.start =
            start.ok_or_else(|| Failure::Input("no village has a place; say --start LON,LAT".into()))?;
        Ok(&self.options)
    }

    /// Minutes of all stops, or `RULE=MINUTES`.
    fn take_minutes(&mut self, text: &str) -> Result<(), Failure> {
        let (rule, number) = text.split_once('=').map_or((None, text), |(rule, number)| (Some(rule.trim()), number));
        let minutes = number.trim().parse::<u32>().ok().filter(|n| *n <= 1_440);
        let minutes = minutes.ok_or_else(|| {
            Failure::Usage(format!("--minutes is a whole number from 0 to 1440, or RULE=MINUTES, not {text}"))
        })?;
        match rule {
            Some(rule) => {
                self.minutes_by_rule.insert(rule.to_owned(), minutes);
            }
            None => self.minutes = minutes,
        }
        Ok(())
    }

    fn stops(&self, found: &Found, open: &[(usize, String, LonLat)]) -> Vec<Stop> {
        open.iter().map(|of| found.stop(of, self)).collect()
    }

    /// The round: by road where roads were given, with the ways that it was made of.
    fn planned(&mut self, found: &Found, stops: &[Stop]) -> Result<(Plan, Option<RoadWays>), Failure> {
        let known: Vec<&str> = found.rules.list.iter().map(|r| r.id.as_str()).collect();
        if let Some(rule) = self.minutes_by_rule.keys().find(|r| !known.contains(&r.as_str())) {
            return Err(Failure::Usage(format!("--minutes {rule}=…: the rules are {}", known.join(", "))));
        }
        let options = *self.placed(found)?;
        let mut layers = Vec::new();
        for file in &self.roads {
            let named = split_layer(file).1.is_some();
            let there = if named { Vec::new() } else { layers_of(file).unwrap_or_default() };
            if let [first, _, ..] = there.as_slice() {
                let (path, all) = (file.display(), there.join(", "));
                told!(
                    "qiancun: {path} has the layers {all}: {first} is taken for the roads; another is named as FILE#LAYER"
                );
            }
            layers.push(Arc::new(read::geographic(file)?));
        }
        if layers.is_empty() {
            return Ok((plan_by(stops, &options, None, &|| true), None));
        }
        let net = RoadNet::of(layers, stops, &options);
        let legs = net.legs(stops, &options).map_err(|why| {
            Failure::Input(match why {
                NoRoads::NotDriven => {
                    "there is no road that can be driven around the gaps in what --roads names".into()
                }
                NoRoads::TooMany(n) => {
                    format!("{n} stops are too many for ways by road, {MOST_BY_ROAD} places are not: leave --roads out")
                }
            })
        })?;
        let plan = plan_by(stops, &options, Some(&legs), &|| true);
        Ok((plan, Some(RoadWays { unknown: net.unknown, left_m: net.left_m(), legs })))
    }

    /// Whether anything was said that only a plan uses.
    fn is_said(&self) -> bool {
        let Self { options, start, minutes, minutes_by_rule, urgent_first, roads } = self;
        let is_usual = *options == PlanOptions::default();
        !is_usual
            || start.is_some()
            || *minutes != USUAL_MINUTES
            || !minutes_by_rule.is_empty()
            || *urgent_first
            || !roads.is_empty()
    }
}

/// Says how many people have nothing to do.
fn tell_idle(plan: &Plan, options: &PlanOptions) {
    let idle = plan.idle(options.people);
    if idle > 0 {
        told!("qiancun: {}", Lang::En.with("round.idle", &[("n", &idle.to_string())]));
    }
}

/// The ways of a plan by road, and what to know of the roads.
struct RoadWays {
    legs: RoadLegs,
    unknown: usize,
    left_m: f64,
}

impl RoadWays {
    fn tell(&self, options: &PlanOptions) {
        let far = self.legs.far_off;
        if far > 0 {
            told!("qiancun: {far} stops are {FAR_FROM_ROADS_M} m or more from a road: they are walked to");
        }
        if self.legs.ends_off_m > FAR_FROM_ROADS_M {
            told!("qiancun: the start or end is {:.0} m from a road and walked: say --start", self.legs.ends_off_m);
        }
        if self.unknown > 0 {
            told!("qiancun: {} roads have no known class: {} km/h", self.unknown, options.speed_km_h);
        }
        if self.left_m >= 1000.0 {
            told!("qiancun: {:.0} km of roads hang together with none of the rest", self.left_m / 1000.0);
        }
    }

    fn document(&self) -> Value {
        json!({
            "far_from_roads": self.legs.far_off, "ends_off_m": self.legs.ends_off_m, "unknown_class": self.unknown,
            "not_connected_m": self.left_m,
        })
    }
}

fn plan_round(mut parser: lexopt::Parser) -> Result<(), Failure> {
    let (mut file, mut as_json, mut how) = (None, false, PlanAsked::default());
    while let Some(arg) = parser.next()? {
        match arg {
            lexopt::Arg::Value(path) if file.is_none() => file = Some(PathBuf::from(path)),
            lexopt::Arg::Long("json") => as_json = true,
            lexopt::Arg::Long(name) => {
                let name = name.to_owned();
                how.take(&name, &mut parser)?;
            }
            other => return Err(other.unexpected().into()),
        }
    }
    let file = file.ok_or_else(|| Failure::Usage("field plan needs a project".into()))?;
    let found = Found::of(&file, Lang::En)?;
    let stops = how.stops(&found, &found.open());
    let (plan, roads) = how.planned(&found, &stops)?;
    if let Some(roads) = &roads {
        roads.tell(&how.options);
    }
    tell_idle(&plan, &how.options);
    if as_json {
        return read::print(&document(&plan, &stops, &how, roads.as_ref()));
    }
    words(&plan, &stops, &how.options, roads.as_ref());
    Ok(())
}

fn real(text: &str, option: &str, least: f64, most: f64) -> Result<f64, Failure> {
    let value = text.parse::<f64>().ok().filter(|v| (least..=most).contains(v));
    value.ok_or_else(|| Failure::Usage(format!("{option} is a number from {least} to {most}, not {text}")))
}

fn document(plan: &Plan, stops: &[Stop], how: &PlanAsked, roads: Option<&RoadWays>) -> Value {
    let options = &how.options;
    let routes: Vec<Value> = plan
        .routes
        .iter()
        .map(|route| {
            let list: Vec<Value> = route
                .stops
                .iter()
                .filter_map(|s| Some((s, stops.get(s.stop)?)))
                .map(|(s, stop)| {
                    json!({ "gap": stop.key, "lon": stop.at.lon_deg, "lat": stop.at.lat_deg, "arrive": clock(s.arrive_minutes) })
                })
                .collect();
            json!({ "person": route.person, "day": route.day, "length_m": route.length_m, "way_m": route.way_m, "minutes": route.minutes, "stops": list })
        })
        .collect();
    let left: Vec<Value> = plan
        .left
        .iter()
        .filter_map(|i| Some((*i, stops.get(*i)?)))
        .map(|(i, s)| {
            json!({ "gap": s.key, "lon": s.at.lon_deg, "lat": s.at.lat_deg, "why": why_left((i, s), options, roads) })
        })
        .collect();
    json!({
        "routes": routes, "left": left, "total_m": plan.total_m,
        "start": [options.start.lon_deg, options.start.lat_deg],
        "end": [options.ends_at().lon_deg, options.ends_at().lat_deg],
        "ways": if plan.is_by_road { "roads" } else { "straight" }, "hours": options.hours, "begins": clock(options.begins_minutes),
        "speed_km_h": options.speed_km_h, "way_factor": options.way_factor, "minutes_a_stop": how.minutes,
        "minutes_by_rule": how.minutes_by_rule, "roads": roads.map(RoadWays::document),
    })
}

/// Why a stop is in no tour.
fn why_left((i, stop): (usize, &Stop), options: &PlanOptions, roads: Option<&RoadWays>) -> &'static str {
    let straight = |a, b| crate::geo::distance_m(a, b) * options.minutes_per_m();
    let there_and_back = match roads {
        Some(roads) => roads.legs.minutes(START, i) + roads.legs.minutes(i, END),
        None => straight(options.start, stop.at) + straight(stop.at, options.ends_at()),
    };
    if there_and_back + stop.minutes > options.hours * 60.0 { "too far for one day" } else { "no time left" }
}

fn words(plan: &Plan, stops: &[Stop], options: &PlanOptions, roads: Option<&RoadWays>) {
    for route in &plan.routes {
        let (km, hours) = (route.length_m / 1000.0, route.minutes / 60.0);
        said!(
            "day {} · person {} · {} stops · {km:.1} km in straight lines · {hours:.1} h",
            route.day,
            route.person,
            route.stops.len()
        );
        for (stop, of) in route.stops.iter().filter_map(|s| Some((s, stops.get(s.stop)?))) {
            said!("  {}  {}", clock(stop.arrive_minutes), of.key);
        }
    }
    if stops.is_empty() {
        return said!("no gap is open and at a place: there is nothing to go to");
    }
    for (i, stop) in plan.left.iter().filter_map(|i| Some((*i, stops.get(*i)?))) {
        said!("left: {} ({})", stop.key, why_left((i, stop), options, roads));
    }
    if plan.is_by_road {
        let way_m: f64 = plan.routes.iter().map(|r| r.way_m).sum();
        return said!("{:.1} km by road, {:.1} km in straight lines", way_m / 1000.0, plan.total_m / 1000.0);
    }
    said!(
        "{:.1} km in straight lines; ways are taken {} times longer, at {} km/h",
        plan.total_m / 1000.0,
        options.way_factor,
        options.speed_km_h
    );
}
