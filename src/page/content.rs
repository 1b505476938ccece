//! What a page says, taken from the session: the same values that window and table show.

use std::sync::Arc;

use crate::colouring::Colouring;
use crate::district::{By, MapSpec, Rollup, choropleth};
use crate::lang::Lang;
use crate::model::{FeatureId, Indicator};
use crate::rules::GapSeverity;
use crate::session::{
    Chart, Covered, HEADLINES, Headlined, MOST_PHOTOS, PageMark, PlacedPhoto, Session, SymbolKind, number,
};

use crate::project::PageOptions;

/// A row of the legend.
#[derive(Clone, Debug, PartialEq)]
pub struct LegendEntry {
    /// Colour; the hatch of missing values where absent.
    pub colour: Option<[u8; 3]>,
    /// Bounds or name.
    pub text: String,
    /// Villages.
    pub count: usize,
}

/// The table of a page.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct ContentTable {
    /// Its title.
    pub title: String,
    /// Heads of its columns.
    pub heads: Vec<String>,
    /// Its rows.
    pub rows: Vec<Vec<String>>,
}

/// What stands on the map beside the villages, as the legend explains it.
#[derive(Clone, Debug, Default)]
pub struct MapSigns {
    /// Facilities.
    pub symbols: Vec<(SymbolKind, String, usize)>,
    /// Severities of gaps marked, with their names and how many villages have such as their worst.
    pub marks: Vec<(GapSeverity, String, usize)>,
    /// Other layers.
    pub others: Vec<super::others::OtherRow>,
}

/// Everything that a page says.
#[derive(Clone, Debug)]
pub struct PageContent {
    /// Title.
    pub title: String,
    /// Line below it.
    pub subtitle: String,
    /// Figures.
    pub headlines: Vec<Headlined>,
    /// What the legend explains, with its unit.
    pub legend_title: String,
    /// Rows of the legend, highest class first, missing last.
    pub legend: Vec<LegendEntry>,
    /// What else stands on the map.
    pub signs: MapSigns,
    /// The table of towns; of villages where only one town is shown.
    pub table: ContentTable,
    /// Photos beside the map, with what is said of each.
    pub photos: Vec<(PlacedPhoto, String)>,
    /// A chart of what the map shows.
    pub chart: Option<Chart>,
    /// Language of what is said.
    pub lang: Lang,
    /// Note on classes and distances.
    pub note: String,
    /// Source.
    pub source: String,
    /// Date and coordinate system.
    pub date: String,
    /// Maker and approval number.
    pub maker: String,
    /// Stamp; empty where there is none.
    pub stamp: String,
    /// Notice of the project.
    pub notice: String,
    /// The area within reach of a clinic, where it is drawn.
    pub covered: Option<Arc<Covered>>,
    /// The classes, for the map.
    pub colouring: Option<Colouring>,
    /// Those on the left of the divider, where there is one.
    pub left: Option<Colouring>,
    /// The code that leads back to what the page shows, where it has one.
    pub mark: Option<PageMark>,
}

impl PageContent {
    /// What a page says of what the session shows.
    pub fn of(session: &Session, options: &PageOptions) -> Self {
        let lang = session.lang;
        let map = session.map_spec();
        let in_focus = |v: FeatureId| session.is_in_focus(v);
        let colouring = match (&map, session.district()) {
            (Some(map), Some(district)) => choropleth(district, map, session.indicator_look(map.indicator), &in_focus),
            _ => of_layer(session),
        };
        let left = session.map_on_left().zip(session.district()).and_then(|(left, district)| {
            choropleth(district, &left, session.indicator_look(left.indicator), &in_focus)
        });
        // In shades of grey the order of the classes must be that of their lightness.
        let in_order = |c: Option<Colouring>| c.map(|c| if options.grey { c.in_lightness() } else { c });
        let (colouring, left) = (in_order(colouring), in_order(left));
        let indicator = map.and_then(|m| session.indicator(m.indicator));
        let covered = session.coverage_shown();
        let is_one_town = session.focused().is_some_and(|f| f.focus.by == By::Town);
        let (heads, rows) = match is_one_town {
            true => villages(session, map.as_ref()),
            false if options.gaps && session.gap_marks().is_some() => gaps_by_town(session),
            false => towns(session, indicator, map.as_ref()),
        };
        let or = |own: &str, made: String| if own.trim().is_empty() { made } else { own.trim().to_owned() };
        let notice = session.notice().to_owned();
        let stamp = options.stamp.clone().unwrap_or_else(|| lang.t("page.stamp").to_owned());
        Self {
            title: or(&options.title, session.map_title()),
            subtitle: or(&options.subtitle, subtitle(session, indicator, map.as_ref())),
            headlines: session.headlined(),
            legend_title: session.legend_heading(colouring.as_ref()),
            legend: colouring.as_ref().map(|t| legend(session, t)).unwrap_or_default(),
            signs: MapSigns {
                symbols: symbols(session, None),
                marks: marks(session),
                others: super::others::others(session),
            },
            table: ContentTable {
                title: lang.t(if is_one_town { "page.villages-table" } else { "page.towns" }).to_owned(),
                heads,
                rows,
            },
            photos: photos(session, options),
            chart: options.chart.and_then(|kind| session.chart(kind, By::Town)),
            lang,
            note: note(session, indicator, covered.is_some()),
            source: lang.with("page.source", &[("n", &or(&options.source, session.source_words()))]),
            date: date(session, options),
            maker: maker(session, options),
            stamp,
            notice,
            covered,
            colouring,
            left,
            mark: None,
        }
    }

    /// Every text of it, to be looked through for characters that the fonts lack.
    pub fn texts(&self) -> impl Iterator<Item = &str> {
        let own =
            [&self.title, &self.subtitle, &self.legend_title, &self.source, &self.maker, &self.stamp, &self.notice];
        let rows = self.table.rows.iter().flatten().chain(&self.table.heads);
        own.into_iter()
            .chain(rows)
            .chain(self.legend.iter().map(|l| &l.text))
            .chain(self.signs.others.iter().map(|o| &o.text))
            .map(String::as_str)
    }
}

/// The photos that a page asks for.
fn photos(session: &Session, options: &PageOptions) -> Vec<(PlacedPhoto, String)> {
    let most = usize::from(options.photos.min(MOST_PHOTOS));
    if most == 0 { Vec::new() } else { session.photos_to_show(most) }
}

/// The theme of a layer's own field, where no theme's map is shown.
fn of_layer(session: &Session) -> Option<Colouring> {
    let layer = session.village_layer()?;
    let spec = session.entry(layer.key)?.colouring.as_ref()?;
    Colouring::new(&layer.loaded()?.dataset.table, spec)
}

fn subtitle(session: &Session, indicator: Option<&Indicator>, map: Option<&MapSpec>) -> String {
    let lang = session.lang;
    let mut parts = vec![lang.with("page.villages", &[("n", &number(session.village_count() as f64))])];
    parts.extend(map.and_then(|m| m.year).map(|y| lang.with("page.year", &[("n", &y.to_string())])));
    let unit = indicator.map_or("", |i| if i.is_category() { "" } else { i.unit(lang) });
    if !unit.is_empty() {
        parts.push(lang.with("legend.unit", &[("n", unit)]));
    }
    if session.map_on_left().is_some() {
        let (before, now) = session.sides();
        parts.push(lang.with("page.sides", &[("a", &before), ("b", &now)]));
    }
    parts.join(" · ")
}

fn legend(session: &Session, colouring: &Colouring) -> Vec<LegendEntry> {
    let only = colouring.legend.len() == 1;
    let mut rows: Vec<LegendEntry> = colouring
        .legend
        .iter()
        .map(|row| LegendEntry {
            colour: Some(row.colour),
            text: session.legend_text(&row.class, only, colouring.is_change),
            count: row.count,
        })
        .collect();
    if colouring.kind.is_numeric() {
        rows.reverse();
    }
    if colouring.missing > 0 {
        let text = session.lang.t("legend.missing").to_owned();
        rows.push(LegendEntry { colour: None, text, count: colouring.missing });
    }
    rows
}

fn marks(session: &Session) -> Vec<(GapSeverity, String, usize)> {
    let Some(marks) = session.gap_marks() else { return Vec::new() };
    let all: Vec<GapSeverity> = marks.villages.values().map(|m| m.0).chain(marks.places.iter().map(|p| p.1)).collect();
    let of = |severity: GapSeverity| {
        let n = all.iter().filter(|s| **s == severity).count();
        let word = session.lang.find(&format!("severity.{}", severity.key())).unwrap_or("");
        (n > 0).then(|| (severity, session.lang.with("meeting.gap-mark", &[("n", word)]), n))
    };
    GapSeverity::ALL.into_iter().filter_map(of).collect()
}

/// Gaps by town and severity, in place of the towns' figures.
fn gaps_by_town(session: &Session) -> (Vec<String>, Vec<Vec<String>>) {
    let lang = session.lang;
    let shown = [GapSeverity::High, GapSeverity::Medium, GapSeverity::Data];
    let word = |s: GapSeverity| lang.find(&format!("severity.{}", s.key())).unwrap_or("").to_owned();
    let heads = std::iter::once(lang.t("gaps.town").to_owned()).chain(shown.map(word));
    let mut heads: Vec<String> = heads.collect();
    heads.push(lang.t("page.all").to_owned());
    let (Some(found), Some(listed)) = (session.present_gaps(), session.listed_gaps()) else {
        return (heads, Vec::new());
    };
    let mut towns: Vec<(String, [usize; 3])> = Vec::new();
    for (gap, district) in listed.rows.iter().filter_map(|i| session.listed_gap(found, *i)) {
        let Some(village) = gap.village else { continue };
        let name = district.town_name(village).to_owned();
        let at = towns.iter().position(|t| t.0 == name).unwrap_or_else(|| {
            towns.push((name, [0; 3]));
            towns.len() - 1
        });
        let column = shown.iter().position(|s| *s == gap.severity);
        if let (Some(town), Some(column)) = (towns.get_mut(at), column)
            && let Some(slot) = town.1.get_mut(column)
        {
            *slot += 1;
        }
    }
    towns.sort_by_key(|t| std::cmp::Reverse(t.1.iter().sum::<usize>()));
    let row = |(name, counts): (String, [usize; 3])| {
        let all = counts.iter().sum::<usize>();
        std::iter::once(name).chain(counts.into_iter().chain([all]).map(|n| n.to_string())).collect()
    };
    (heads, towns.into_iter().map(row).collect())
}

/// Symbols that are shown, with their names and counts, at a scale of 1 : n where one is given.
pub(super) fn symbols(session: &Session, scale: Option<f64>) -> Vec<(SymbolKind, String, usize)> {
    let Some((_, theme)) = session.theme() else { return Vec::new() };
    let shown = session.symbols_shown(theme);
    let counts = session.shown_symbol_counts(scale).into_iter().filter(|(k, _)| shown.iter().any(|s| s == k.key()));
    let name = |k: SymbolKind| session.lang.find(&format!("symbol.{}", k.key())).unwrap_or("").to_owned();
    counts.map(|(kind, count)| (kind, name(kind), count)).collect()
}

/// Most figures beside a name in the table.
const COLUMNS: usize = 4;

/// Indicators of the table and their heads: the map's own first, then the headlines, as far as anything is known of them.
fn columns(session: &Session, own: Option<usize>, is_known: impl Fn(usize) -> bool) -> Vec<(usize, String)> {
    let Some(district) = session.district() else { return Vec::new() };
    let known = HEADLINES.iter().filter_map(|id| district.indicators.position(id)).filter(|i| is_known(*i));
    let mut shown: Vec<(usize, String)> = Vec::new();
    for position in own.into_iter().chain(known) {
        let Some(indicator) = session.indicator(position).filter(|_| shown.iter().all(|s| s.0 != position)) else {
            continue;
        };
        let short = session.lang.find(&format!("page.short-{}", indicator.id));
        shown.push((position, short.unwrap_or(indicator.name(session.lang)).to_owned()));
    }
    shown.truncate(COLUMNS);
    shown
}

/// A figure of the table; what is unknown is a dash, never 0.
fn cell(session: &Session, position: usize, value: Option<f64>) -> String {
    let shown = value.zip(session.indicator(position)).map(|(v, indicator)| indicator.show(v, session.lang));
    shown.unwrap_or_else(|| "—".to_owned())
}

/// The towns with the map's figure and the headlines.
fn towns(session: &Session, indicator: Option<&Indicator>, map: Option<&MapSpec>) -> (Vec<String>, Vec<Vec<String>>) {
    let Some(rolled) = session.rolled() else { return Default::default() };
    let towns: Vec<&Rollup> = rolled.by(By::Town).iter().filter(|t| !t.name.is_empty()).collect();
    if towns.len() < 2 {
        return Default::default();
    }
    // A category has no sum over a town.
    let own = map.map(|m| m.indicator).filter(|_| indicator.is_some_and(|i| !i.is_category()));
    let shown = columns(session, own, |i| rolled.all.totals.get(&i).is_some_and(|t| t.value.is_some()));
    let heads = [session.lang.t("page.town").to_owned(), session.lang.t("page.count").to_owned()];
    let row = |town: &&Rollup| {
        let figure = |(i, _): &(usize, String)| cell(session, *i, town.totals.get(i).and_then(|t| t.value));
        [town.name.clone(), town.villages.len().to_string()].into_iter().chain(shown.iter().map(figure)).collect()
    };
    let rows = towns.iter().map(row).collect();
    (heads.into_iter().chain(shown.into_iter().map(|s| s.1)).collect(), rows)
}

/// The villages in focus with the map's figure and the headlines.
fn villages(session: &Session, map: Option<&MapSpec>) -> (Vec<String>, Vec<Vec<String>>) {
    let Some(district) = session.district() else { return Default::default() };
    let shown = columns(session, map.map(|m| m.indicator), |i| district.observations.has(i));
    let row = |v: FeatureId| {
        let figure = |(i, _): &(usize, String)| cell(session, *i, district.value(*i, session.year(), v));
        [district.villages.display_name(v)].into_iter().chain(shown.iter().map(figure)).collect()
    };
    let rows = session.villages_in_focus().into_iter().map(row).collect();
    let head = session.lang.t("gaps.village").to_owned();
    (std::iter::once(head).chain(shown.into_iter().map(|s| s.1)).collect(), rows)
}

fn note(session: &Session, indicator: Option<&Indicator>, is_covered: bool) -> String {
    let lang = session.lang;
    // A file of boundaries alone has neither classes nor distances to explain.
    if indicator.is_none() {
        return String::new();
    }
    let mut parts = Vec::new();
    // Classes of a change, and those that follow the year, have bounds of their own.
    let has_policy_classes = !session.view.free_classes && session.map_spec().is_some_and(|m| m.since.is_none());
    if let Some(indicator) = indicator.filter(|i| !i.breaks.is_empty() && has_policy_classes) {
        let breaks: Vec<String> = indicator.breaks.iter().map(|b| number(*b)).collect();
        parts.push(lang.with("page.note-breaks", &[("n", &breaks.join(" / "))]));
    }
    if is_covered {
        let radius = crate::session::distance_words(session.view.radius_m);
        parts.push(lang.with("page.note-coverage", &[("n", &radius)]));
    }
    parts.push(lang.t("page.note").to_owned());
    parts.join(if lang == Lang::Zh { "" } else { " " })
}

fn date(session: &Session, options: &PageOptions) -> String {
    let lang = session.lang;
    let made = session.year().map(|y| y.to_string()).unwrap_or_default();
    let date = if options.date.trim().is_empty() { made } else { options.date.trim().to_owned() };
    let crs = session.village_layer().and_then(|l| l.loaded()).map(|l| session.crs_words(&l.dataset.source.crs));
    let crs = crs.unwrap_or_default();
    let mut parts = Vec::new();
    if !date.is_empty() {
        parts.push(lang.with("page.date", &[("n", &date)]));
    }
    if !crs.is_empty() {
        parts.push(lang.with("page.crs", &[("n", &crs)]));
    }
    parts.join(" · ")
}

fn maker(session: &Session, options: &PageOptions) -> String {
    let lang = session.lang;
    let maker = if options.maker.trim().is_empty() { lang.t("app.name") } else { options.maker.trim() };
    let mut parts = vec![lang.with("page.maker", &[("n", maker)])];
    if !options.approval.trim().is_empty() {
        parts.push(lang.with("page.approval", &[("n", options.approval.trim())]));
    }
    parts.join(" · ")
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::Theme;
    use crate::session::testing::session;

    #[test]
    fn a_page_says_what_the_window_says() {
        let mut session = session(Lang::Zh);
        session.view.theme = Some(Theme::Sanitation);
        let content = PageContent::of(&session, &PageOptions::default());
        assert!(content.title.contains('试'), "{}", content.title);
        let counted: usize = content.legend.iter().map(|row| row.count).sum();
        assert_eq!(counted, 3, "every village stands in one row of the legend");
        assert_eq!(content.table.rows.len(), 2, "a row for each town");
        let own = PageOptions { title: "自定".into(), ..PageOptions::default() };
        assert_eq!(PageContent::of(&session, &own).title, "自定");
    }
}
