//! What a chart says: one value for window, meeting, pages, slides and shared files, like the legend. Colours are those of the map's classes.

use super::meeting::Answer;
use super::state::{Session, number};
use crate::colouring::{Colouring, LegendClass};
use crate::district::{By, MapSpec, choropleth};
use crate::model::{FeatureId, Good, Indicator};
use crate::project::{ChartKind, Focus};

/// Villages of a ranking at each end.
const AT_EACH_END: usize = 10;
/// Places of bars and lines at most; the rest is counted.
const MOST_PLACES: usize = 40;
/// Lines over the years at most, besides that of all.
const MOST_LINES: usize = 8;

/// What a bar or a point stands for: a click on it goes there.
#[derive(Clone, Debug, Default, PartialEq)]
pub enum ChartOf {
    /// Nothing of the map.
    #[default]
    Nothing,
    /// A town or group.
    Place(Focus),
    /// A village.
    Village(FeatureId),
    /// An indicator, by its position.
    Indicator(usize),
}

/// A bar.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct ChartBar {
    /// Name before it.
    pub name: String,
    /// How long it is; `None` where unknown.
    pub value: Option<f64>,
    /// The figure behind it, in words.
    pub words: String,
    /// Its colour; the accent where absent.
    pub colour: Option<[u8; 3]>,
    /// What follows in small letters: what a village lacks.
    pub note: String,
    /// What it stands for.
    pub of: ChartOf,
}

/// A line over the years.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct ChartLine {
    /// Name at its end.
    pub name: String,
    /// Years and figures; years without a figure are not among them.
    pub points: Vec<(i32, f64)>,
    /// Whether it is that of all together.
    pub is_all: bool,
}

/// Villages of a group as points.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct ChartDots {
    /// Name of the group.
    pub name: String,
    /// Villages with their figures and the colours of their classes.
    pub dots: Vec<(FeatureId, f64, Option<[u8; 3]>)>,
    /// Villages of which nothing is known.
    pub unknown: usize,
}

/// A chart.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Chart {
    /// What it shows.
    pub kind: ChartKind,
    /// What it is of, with the unit.
    pub title: String,
    /// What is to be seen in it, in a sentence; empty where nothing is known.
    pub sentence: String,
    /// Bars, in their order.
    pub bars: Vec<ChartBar>,
    /// Where the second end of a ranking begins among the bars.
    pub parted_at: Option<usize>,
    /// Lines.
    pub lines: Vec<ChartLine>,
    /// Points.
    pub dots: Vec<ChartDots>,
    /// The figure that is asked for.
    pub threshold: Option<f64>,
    /// From where to where figures reach.
    pub range: [f64; 2],
    /// Decimals of figures on the axis.
    pub decimals: u8,
    /// Places that are left out.
    pub left_out: usize,
}

impl Chart {
    /// Whether there is nothing to be seen in it.
    pub fn is_empty(&self) -> bool {
        self.bars.iter().all(|b| b.value.is_none())
            && self.lines.iter().all(|l| l.points.is_empty())
            && self.dots.iter().all(|d| d.dots.is_empty())
    }
}

/// What charts of the map's indicator are made from.
struct Of<'a> {
    session: &'a Session,
    map: MapSpec,
    definition: &'a Indicator,
    colouring: Option<Colouring>,
}

impl Session {
    /// A chart of what the map shows; `None` where the map shows no indicator, or nothing of that kind is known.
    pub fn chart(&self, kind: ChartKind, by: By) -> Option<Chart> {
        let map = MapSpec { since: None, ..self.map_spec()? };
        let definition = self.indicator(map.indicator)?;
        let in_focus = |v: FeatureId| self.is_in_focus(v);
        let colouring = choropleth(self.district()?, &map, self.indicator_look(map.indicator), &in_focus);
        let of = Of { session: self, map, definition, colouring };
        let mut chart = match kind {
            ChartKind::Groups => of.groups(by),
            ChartKind::Years => of.years(by)?,
            ChartKind::Ranking => of.ranking(),
            ChartKind::Target => of.target()?,
            ChartKind::Dots => of.spread(by),
        };
        chart.kind = kind;
        chart.decimals = definition.decimals;
        (!chart.is_empty()).then_some(chart)
    }

    /// The villages that were asked for on the spot, as a chart; `None` where they cannot be told.
    pub fn answer(&self, answer: Answer) -> Option<Chart> {
        let map = MapSpec { since: None, ..self.map_spec()? };
        let definition = self.indicator(map.indicator)?;
        let in_focus = |v: FeatureId| self.is_in_focus(v);
        let colouring = choropleth(self.district()?, &map, self.indicator_look(map.indicator), &in_focus);
        let chart = Of { session: self, map, definition, colouring }.answer(answer)?;
        (!chart.is_empty()).then_some(chart)
    }

    /// Kinds of charts that there is something to show in.
    pub fn charts(&self, by: By) -> Vec<ChartKind> {
        ChartKind::ALL.into_iter().filter(|kind| self.chart(*kind, by).is_some()).collect()
    }
}

/// The name of a place, or what stands for none.
fn named(session: &Session, name: &str) -> String {
    if name.is_empty() { session.lang.t("summary.nameless").to_owned() } else { name.to_owned() }
}

/// The lowest and highest of figures, down to 0 where bars need it.
fn range_of(values: impl Iterator<Item = f64>, from_zero: bool) -> [f64; 2] {
    let (low, high) = values.fold((f64::INFINITY, f64::NEG_INFINITY), |(l, h), v| (l.min(v), h.max(v)));
    if !low.is_finite() {
        return [0.0, 1.0];
    }
    let low = if from_zero { low.min(0.0) } else { low };
    if high > low { [low, high] } else { [low - 0.5, high + 0.5] }
}

impl Of<'_> {
    /// What the figures are of, with year and unit.
    fn title(&self) -> String {
        let lang = self.session.lang;
        let unit = if self.is_share() { "%" } else { self.definition.unit(lang) };
        let name = match self.is_share() {
            true => lang.with("summary.share", &[("n", self.definition.name(lang))]),
            false => self.definition.name(lang).to_owned(),
        };
        let title = self.session.with_unit(&name, unit);
        self.map.year.map_or_else(|| title.clone(), |y| format!("{title} · {y}"))
    }

    /// Categories are taken together as the share of villages that meet what is asked for.
    fn is_share(&self) -> bool {
        self.definition.is_category()
    }

    fn words(&self, value: f64) -> String {
        let lang = self.session.lang;
        match self.is_share() {
            true => format!("{} %", number((value * 10.0).round() / 10.0)),
            false => {
                let shown = match self.definition.sum || self.definition.decimals > 0 {
                    true => self.definition.show(value, lang),
                    false => format!("{value:.1}"),
                };
                format!("{shown} {}", self.definition.unit(lang)).trim_end().to_owned()
            }
        }
    }

    /// A difference in words: percentage points where the figures are per cents.
    fn difference(&self, by: f64) -> String {
        let lang = self.session.lang;
        if self.is_share() || self.definition.unit == "%" {
            return lang.with("chart.points", &[("n", &number((by * 10.0).round() / 10.0))]);
        }
        let decimals = i32::from(self.definition.decimals.max(1));
        let rounded = (by * 10_f64.powi(decimals)).round() / 10_f64.powi(decimals);
        format!("{} {}", number(rounded), self.definition.unit(lang)).trim_end().to_owned()
    }

    /// The colour of the class that a figure lies in; figures of several villages added up lie in none.
    fn colour(&self, value: f64) -> Option<[u8; 3]> {
        if self.definition.sum || self.is_share() {
            return None;
        }
        let legend = &self.colouring.as_ref()?.legend;
        let lower = |class: &LegendClass| match class {
            LegendClass::Range { lower, open, .. } => Some((*lower, *open)),
            _ => None,
        };
        let is_in = |(i, row): &(usize, &crate::colouring::LegendRow)| {
            lower(&row.class).is_some_and(|(lower, open)| value >= lower || (*i == 0 && open))
        };
        legend.iter().enumerate().rfind(is_in).map(|(_, row)| row.colour)
    }

    fn threshold(&self) -> Option<f64> {
        self.definition.threshold.filter(|_| !self.definition.sum && !self.is_share())
    }

    /// Whether a lower figure is the worse one.
    fn is_low_worse(&self) -> bool {
        self.definition.good != Good::Down
    }

    /// Bars of towns or groups, best first.
    fn groups(&self, by: By) -> Chart {
        let ranked = self.session.ranked(by, self.map.indicator);
        let bar = |r: &super::rolled::Ranked| ChartBar {
            name: named(self.session, &r.name),
            value: r.total.value,
            words: r.total.value.map_or_else(|| self.session.lang.t("value.unknown").to_owned(), |v| self.words(v)),
            colour: r.total.value.and_then(|v| self.colour(v)),
            note: match r.total.unknown {
                0 => String::new(),
                n => self.session.lang.with("chart.unknown", &[("n", &n.to_string())]),
            },
            of: ChartOf::Place(Focus { by, name: r.name.clone() }),
        };
        let bars: Vec<ChartBar> = ranked.iter().take(MOST_PLACES).map(bar).collect();
        let threshold = self.threshold();
        let values = bars.iter().filter_map(|b| b.value).chain(threshold);
        let mut range = range_of(values, true);
        if self.is_share() || self.definition.unit == "%" {
            range[1] = 100.0;
        }
        let known = ranked.iter().filter_map(|r| Some((named(self.session, &r.name), r.total.value?)));
        let sentence = self.sentence_of_places(&known.collect::<Vec<_>>());
        let left_out = ranked.len().saturating_sub(MOST_PLACES);
        Chart { title: self.title(), sentence, bars, threshold, range, left_out, ..Chart::default() }
    }

    /// Which place is furthest behind, and by how much.
    fn sentence_of_places(&self, known: &[(String, f64)]) -> String {
        let lang = self.session.lang;
        let by = |a: &&(String, f64), b: &&(String, f64)| a.1.total_cmp(&b.1);
        let (Some(lowest), Some(highest)) = (known.iter().min_by(by), known.iter().max_by(by)) else {
            return String::new();
        };
        let (worst, best) = if self.is_low_worse() { (lowest, highest) } else { (highest, lowest) };
        if known.len() < 2 {
            return lang.with("chart.only", &[("a", &worst.0), ("v", &self.words(worst.1))]);
        }
        let falls_short = self.threshold().filter(|_| self.definition.is_met(worst.1) == Some(false));
        match falls_short {
            Some(threshold) => {
                let behind = self.difference((threshold - worst.1).abs());
                let key = if self.is_low_worse() { "chart.lowest-short" } else { "chart.highest-short" };
                lang.with(key, &[("a", &worst.0), ("v", &self.words(worst.1)), ("n", &behind)])
            }
            None if (best.1 - worst.1).abs() < 1e-9 => lang.with("chart.even", &[("v", &self.words(best.1))]),
            None => {
                let apart = self.difference((best.1 - worst.1).abs());
                let values = [
                    ("a", highest.0.clone()),
                    ("v", self.words(highest.1)),
                    ("b", lowest.0.clone()),
                    ("w", self.words(lowest.1)),
                    ("n", apart),
                ];
                lang.with("chart.apart", &values.each_ref().map(|(k, v)| (*k, v.as_str())))
            }
        }
    }

    /// Lines over the years, of all villages in focus and of towns or groups; `None` where there is but one year.
    fn years(&self, by: By) -> Option<Chart> {
        let (session, lang) = (self.session, self.session.lang);
        let district = session.district()?;
        let years = district.observations.years();
        if years.len() < 2 {
            return None;
        }
        let share = |villages: &[FeatureId], year: i32| {
            let known = villages.iter().filter_map(|v| district.value(self.map.indicator, Some(year), *v));
            let met: Vec<bool> = known.map(|v| self.definition.is_met(v).unwrap_or(false)).collect();
            (!met.is_empty()).then(|| 100.0 * met.iter().filter(|m| **m).count() as f64 / met.len() as f64)
        };
        let figure = |villages: &[FeatureId], year: i32| match self.is_share() {
            true => share(villages, year),
            false => district.total(self.map.indicator, Some(year), villages).value,
        };
        let line = |name: String, villages: &[FeatureId], is_all: bool| ChartLine {
            name,
            points: years.iter().filter_map(|y| Some((*y, figure(villages, *y)?))).collect(),
            is_all,
        };
        let mut places: Vec<(String, Vec<FeatureId>)> = district.places(by);
        places.iter_mut().for_each(|(_, villages)| villages.retain(|v| session.is_in_focus(*v)));
        places.retain(|(_, villages)| !villages.is_empty());
        let left_out = places.len().saturating_sub(MOST_LINES);
        places.sort_by_key(|(_, villages)| std::cmp::Reverse(villages.len()));
        let all = line(lang.t("chart.all").to_owned(), &session.villages_in_focus(), true);
        let mut lines = vec![all];
        // A sum over everything dwarfs its parts.
        if places.len() > 1 {
            let own = places.iter().take(MOST_LINES).map(|(name, v)| line(named(session, name), v, false));
            lines.extend(own.filter(|l| !l.points.is_empty()));
        }
        let threshold = self.threshold();
        let values = lines.iter().flat_map(|l| l.points.iter().map(|p| p.1)).chain(threshold);
        let range = range_of(values, self.definition.sum);
        let sentence = self.sentence_of_years(&lines);
        let unit = if self.is_share() { "%" } else { self.definition.unit(lang) };
        let title = session.with_unit(self.definition.name(lang), unit);
        Some(Chart { title, sentence, lines, threshold, range, left_out, ..Chart::default() })
    }

    /// From where to where all together went.
    fn sentence_of_years(&self, lines: &[ChartLine]) -> String {
        let Some(all) = lines.iter().find(|l| l.is_all) else { return String::new() };
        let (Some(first), Some(last)) = (all.points.first(), all.points.last()) else { return String::new() };
        let by = last.1 - first.1;
        let key = match (by.abs() < 1e-9, by > 0.0) {
            (true, _) => "chart.stayed",
            (false, true) => "chart.rose",
            (false, false) => "chart.fell",
        };
        let values = [
            ("y", first.0.to_string()),
            ("z", last.0.to_string()),
            ("v", self.words(first.1)),
            ("w", self.words(last.1)),
            ("n", self.difference(by.abs())),
        ];
        self.session.lang.with(key, &values.each_ref().map(|(k, v)| (*k, v.as_str())))
    }

    /// Villages in focus that have a figure, worst first; of equal ones the more populous first.
    fn villages(&self) -> Vec<(FeatureId, f64)> {
        let session = self.session;
        let Some(district) = session.district() else { return Vec::new() };
        let population = district.indicators.position("population");
        let weight = |v: FeatureId| population.and_then(|p| district.value(p, self.map.year, v)).unwrap_or(0.0);
        let known = session.villages_in_focus().into_iter();
        let mut list: Vec<(FeatureId, f64)> =
            known.filter_map(|v| Some((v, district.value(self.map.indicator, self.map.year, v)?))).collect();
        let key = |v: f64| if self.is_low_worse() { v } else { -v };
        list.sort_by(|a, b| {
            let by_figure = key(a.1).total_cmp(&key(b.1));
            by_figure.then(weight(b.0).total_cmp(&weight(a.0))).then(a.0.index().cmp(&b.0.index()))
        });
        list
    }

    /// The ten worst and the ten best villages, with what each lacks.
    fn ranking(&self) -> Chart {
        let list = self.villages();
        if self.is_share() {
            return Chart::default();
        }
        let bar = |(village, value): &(FeatureId, f64)| self.village_bar(*village, *value);
        let (worst, best) = match list.len() > 2 * AT_EACH_END {
            true => {
                (list.get(..AT_EACH_END).unwrap_or_default(), list.get(list.len() - AT_EACH_END..).unwrap_or_default())
            }
            false => (list.as_slice(), &[][..]),
        };
        let mut bars: Vec<ChartBar> = worst.iter().map(bar).collect();
        let parted_at = (!best.is_empty()).then_some(bars.len());
        bars.extend(best.iter().map(bar));
        let threshold = self.threshold();
        let mut range = range_of(bars.iter().filter_map(|b| b.value).chain(threshold), true);
        if self.definition.unit == "%" {
            range[1] = range[1].max(100.0);
        }
        let left_out = list.len() - bars.len();
        let sentence = self.sentence_of_villages(&list);
        Chart { title: self.title(), sentence, bars, parted_at, threshold, range, left_out, ..Chart::default() }
    }

    fn village_bar(&self, village: FeatureId, value: f64) -> ChartBar {
        let lang = self.session.lang;
        let name = self.session.district().map(|d| d.villages.display_name(village)).unwrap_or_default();
        ChartBar {
            name,
            value: Some(value),
            words: format!("{} {}", self.definition.show(value, lang), self.definition.unit(lang))
                .trim_end()
                .to_owned(),
            colour: self.colouring.as_ref().and_then(|c| c.colour_of(village)),
            note: self.lacks(village),
            of: ChartOf::Village(village),
        }
    }

    /// Ten villages: the worst, the best, or those that changed most since the first year. Categories have no order that people would
    /// ask for in tens.
    fn answer(&self, answer: Answer) -> Option<Chart> {
        let (session, lang) = (self.session, self.session.lang);
        let district = session.district().filter(|_| !self.is_share())?;
        let list = self.villages();
        let threshold = self.threshold();
        let (bars, title) = match answer {
            Answer::Changed => {
                let first = *district.observations.years().first()?;
                let since = |v: FeatureId| district.value(self.map.indicator, Some(first), v);
                let mut changes: Vec<(FeatureId, f64)> =
                    list.iter().filter_map(|(v, now)| Some((*v, now - since(*v)?))).collect();
                changes.sort_by(|a, b| b.1.abs().total_cmp(&a.1.abs()));
                let bar = |(village, by): &(FeatureId, f64)| {
                    let sign = if *by > 0.0 { "+" } else { "−" };
                    let words = format!("{sign}{}", self.difference(by.abs()));
                    ChartBar { value: Some(*by), words, note: String::new(), ..self.village_bar(*village, *by) }
                };
                let bars: Vec<ChartBar> = changes.iter().take(AT_EACH_END).map(bar).collect();
                (bars, lang.with("answer.changed-since", &[("n", &self.title()), ("y", &first.to_string())]))
            }
            Answer::Worst | Answer::Best => {
                let bar = |(v, value): &(FeatureId, f64)| self.village_bar(*v, *value);
                let bars: Vec<ChartBar> = match answer {
                    Answer::Best => list.iter().rev().take(AT_EACH_END).map(bar).collect(),
                    _ => list.iter().take(AT_EACH_END).map(bar).collect(),
                };
                (
                    bars,
                    format!(
                        "{} · {}",
                        lang.find(&format!("answer.{}", answer.key())).unwrap_or_default(),
                        self.title()
                    ),
                )
            }
        };
        let threshold = threshold.filter(|_| answer != Answer::Changed);
        let mut range = range_of(bars.iter().filter_map(|b| b.value).chain(threshold), true);
        range[1] = range[1].max(0.0);
        let kind = ChartKind::Ranking;
        Some(Chart { kind, title, bars, threshold, range, decimals: self.definition.decimals, ..Chart::default() })
    }

    /// Rules whose gaps a village has, by name, the worst first.
    fn lacks(&self, village: FeatureId) -> String {
        let Some(found) = self.session.present_gaps() else { return String::new() };
        let mut names: Vec<String> = Vec::new();
        for gap in found.list.of_village(village) {
            let name =
                found.rules.get(&gap.rule).map_or_else(|| gap.rule.clone(), |r| r.name(self.session.lang).to_owned());
            if !names.contains(&name) {
                names.push(name);
            }
        }
        names.join("；")
    }

    fn sentence_of_villages(&self, list: &[(FeatureId, f64)]) -> String {
        let (session, lang) = (self.session, self.session.lang);
        let (Some(district), Some((worst, value))) = (session.district(), list.first()) else { return String::new() };
        let name = district.villages.display_name(*worst);
        let short = list.iter().filter(|(_, v)| self.definition.is_met(*v) == Some(false)).count();
        let key = match (self.threshold(), short) {
            (None, _) => "chart.worst",
            (Some(_), 0) => "chart.worst-met",
            (Some(_), _) => "chart.worst-short",
        };
        let values = [("a", name), ("v", self.words(*value)), ("n", short.to_string()), ("m", list.len().to_string())];
        lang.with(key, &values.each_ref().map(|(k, v)| (*k, v.as_str())))
    }

    /// For each indicator of the theme that asks for something, the share of villages that meet it; `None` where none does.
    fn target(&self) -> Option<Chart> {
        let (session, lang) = (self.session, self.session.lang);
        let (district, theme) = session.theme()?;
        let villages = session.villages_in_focus();
        let mut bars = Vec::new();
        let mut behind: Option<(f64, String, usize)> = None;
        for position in session.measures(theme) {
            let Some(definition) = session.indicator(position) else { continue };
            let values = villages.iter().filter_map(|v| district.value(position, self.map.year, *v));
            let met: Vec<bool> = values.filter_map(|v| definition.is_met(v)).collect();
            if met.is_empty() {
                continue;
            }
            let good = met.iter().filter(|m| **m).count();
            let share = 100.0 * good as f64 / met.len() as f64;
            let name = definition.name(lang).to_owned();
            if behind.as_ref().is_none_or(|(least, ..)| share < *least) {
                behind = Some((share, name.clone(), met.len() - good));
            }
            let unknown = villages.len() - met.len();
            bars.push(ChartBar {
                name,
                value: Some(share),
                words: format!("{good} / {}", met.len()),
                colour: None,
                note: match unknown {
                    0 => String::new(),
                    n => lang.with("chart.unknown", &[("n", &n.to_string())]),
                },
                of: ChartOf::Indicator(position),
            });
        }
        let (share, name, short) = behind?;
        let title = lang.with("chart.target-title", &[("n", &session.theme_name(theme))]);
        let title = self.map.year.map_or_else(|| title.clone(), |y| format!("{title} · {y}"));
        let sentence = match short {
            0 => lang.t("chart.all-met").to_owned(),
            n => {
                let share = number((share * 10.0).round() / 10.0);
                lang.with("chart.behind", &[("a", &name), ("v", &share), ("n", &n.to_string())])
            }
        };
        Some(Chart { title, sentence, bars, range: [0.0, 100.0], ..Chart::default() })
    }

    /// All villages as points, a row for each town or group.
    fn spread(&self, by: By) -> Chart {
        let session = self.session;
        let Some(district) = session.district().filter(|_| !self.is_share()) else { return Chart::default() };
        let mut places = district.places(by);
        places.iter_mut().for_each(|(_, villages)| villages.retain(|v| session.is_in_focus(*v)));
        places.retain(|(_, villages)| !villages.is_empty());
        let row = |(name, villages): &(String, Vec<FeatureId>)| {
            let value = |v: &FeatureId| district.value(self.map.indicator, self.map.year, *v);
            let colour = |v: FeatureId| self.colouring.as_ref().and_then(|c| c.colour_of(v));
            let dots: Vec<_> = villages.iter().filter_map(|v| Some((*v, value(v)?, colour(*v)))).collect();
            ChartDots { name: named(session, name), unknown: villages.len() - dots.len(), dots }
        };
        let dots: Vec<ChartDots> = places.iter().take(MOST_PLACES).map(row).collect();
        let threshold = self.threshold();
        let range = range_of(dots.iter().flat_map(|d| d.dots.iter().map(|p| p.1)).chain(threshold), false);
        let apart = |d: &ChartDots| {
            let [low, high] = range_of(d.dots.iter().map(|p| p.1), false);
            if d.dots.len() < 2 { 0.0 } else { high - low }
        };
        let widest = dots.iter().max_by(|a, b| apart(a).total_cmp(&apart(b)));
        let sentence = match widest.filter(|d| apart(d) > 1e-9) {
            None => String::new(),
            Some(d) => {
                let [low, high] = range_of(d.dots.iter().map(|p| p.1), false);
                let values = [
                    ("a", d.name.clone()),
                    ("v", self.words(low)),
                    ("w", self.words(high)),
                    ("n", self.difference(high - low)),
                ];
                session.lang.with("chart.widest", &values.each_ref().map(|(k, v)| (*k, v.as_str())))
            }
        };
        let left_out = places.len().saturating_sub(MOST_PLACES);
        Chart { title: self.title(), sentence, dots, threshold, range, left_out, ..Chart::default() }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::lang::Lang;
    use crate::model::Theme;
    use crate::session::testing::session;

    fn sewage(lang: Lang) -> Session {
        let mut session = session(lang);
        session.view.theme = Some(Theme::Sanitation);
        session
    }

    #[test]
    fn bars_have_the_maps_colours_and_say_who_is_behind() {
        let session = sewage(Lang::Zh);
        let chart = session.chart(ChartKind::Groups, By::Town).expect("a chart");
        let names: Vec<&str> = chart.bars.iter().map(|b| b.name.as_str()).collect();
        assert_eq!(names, ["甲镇", "乙镇"], "best first");
        let lowest = &chart.bars[1];
        assert_eq!(lowest.value, Some(40.0));
        assert!(chart.sentence.contains("乙镇") && chart.sentence.contains("59 个百分点"), "{}", chart.sentence);
        // The only village of its town: its bar has its colour on the map.
        let dots = session.chart(ChartKind::Dots, By::Town).expect("a chart");
        let of_town = dots.dots.iter().find(|d| d.name == "乙镇").expect("the town");
        assert_eq!(of_town.dots[0].2, lowest.colour);
        assert!(lowest.colour.is_some());
    }

    #[test]
    fn a_ranking_begins_with_the_worst_and_says_what_it_lacks() {
        let session = sewage(Lang::En);
        let chart = session.chart(ChartKind::Ranking, By::Town).expect("a chart");
        let values: Vec<Option<f64>> = chart.bars.iter().map(|b| b.value).collect();
        assert_eq!(values, [Some(40.0), Some(80.0), Some(99.5)]);
        assert!(!chart.bars[0].note.is_empty(), "its gaps are named");
        assert!(chart.sentence.contains("2 of 3"), "{}", chart.sentence);
        let target = session.chart(ChartKind::Target, By::Town).expect("a chart");
        let bar = target.bars.iter().find(|b| b.words == "1 / 3").expect("sewage");
        assert!(bar.value.is_some_and(|v| (v - 100.0 / 3.0).abs() < 1e-9));
        assert!(session.chart(ChartKind::Years, By::Town).is_none(), "there is but one year");
    }
}
