//! What the card says of a village: figures by theme with their comparisons, facilities, what falls short. One value,
//! for the panel and for the text on the clipboard.

use std::sync::Arc;

use super::state::Session;
use super::symbols::{SymbolKind, mark_of};
use crate::district::{District, FigurePlace, Kind, Total, Use};
use crate::geo::LonLat;
use crate::index::NearestIndex;
use crate::lang::Lang;
use crate::model::{FeatureId, Generation, Good, Indicator, ObservationStatus, Origin, Role, Theme};
use crate::render::{LayerKey, Mark};
use crate::rules::GapSeverity;

/// One figure.
#[derive(Clone, Debug, PartialEq)]
pub struct CardFigure {
    /// Position of the indicator.
    pub indicator: usize,
    /// The value; `None` where it is unknown.
    pub value: Option<f64>,
    /// Whether it meets what is asked for; `None` where nothing is asked or the value is unknown.
    pub met: Option<bool>,
    /// Whether it is far from what is asked for.
    pub far: bool,
    /// Sum or weighted mean over the town.
    pub town: Total,
    /// Sum or weighted mean over all villages.
    pub all: Total,
    /// Where it comes from.
    pub origin: Option<Origin>,
    /// The table that it is from; `None` where it is from the villages' own file, or from none.
    pub table: Option<std::path::PathBuf>,
    /// Where it stands in that table.
    pub place: Option<FigurePlace>,
    /// The years with their values.
    pub series: Vec<(i32, Option<f64>)>,
}

impl CardFigure {
    /// Whether the question does not arise, so that nothing is missing.
    pub fn is_not_applicable(&self) -> bool {
        self.origin.as_ref().is_some_and(|o| o.status == Some(ObservationStatus::NotApplicable))
    }

    /// Whether the project corrects it.
    pub fn is_edited(&self) -> bool {
        self.origin.as_ref().is_some_and(|o| o.edited)
    }
}

/// A facility of the village.
#[derive(Clone, Debug, PartialEq)]
pub struct CardFacility {
    /// Its layer and row.
    pub at: (LayerKey, FeatureId),
    /// Its name.
    pub name: String,
    /// What it looks like.
    pub kind: SymbolKind,
    /// Details of the symbol.
    pub mark: Mark,
    /// Whether it can be used.
    pub usage: Option<Use>,
}

/// The figures and facilities of a theme.
#[derive(Clone, Debug, PartialEq)]
pub struct CardSection {
    /// The theme.
    pub theme: Theme,
    /// Its figures.
    pub figures: Vec<CardFigure>,
    /// Its facilities.
    pub facilities: Vec<CardFacility>,
}

/// What a card is made for: the district, the village, the year.
pub type CardKey = (Generation, FeatureId, Option<i32>);

/// Everything about one village in one year.
#[derive(Clone, Debug, PartialEq)]
pub struct VillageCard {
    /// The village.
    pub village: FeatureId,
    /// Name.
    pub name: String,
    /// Town; empty where there is none.
    pub town: String,
    /// Group; empty where there is none.
    pub group: String,
    /// Code; empty where there is none.
    pub code: String,
    /// One village, one plan: how far it is, and what it says.
    pub plan: (Option<String>, Option<String>),
    /// Households and residents.
    pub base: Vec<CardFigure>,
    /// The themes.
    pub sections: Vec<CardSection>,
    /// Name of the nearest clinic in use.
    pub nearest_clinic: Option<String>,
    /// Where its figures come from, as the file says.
    pub source: Option<String>,
}

impl Session {
    /// Brings the card of the selected village up to date.
    pub fn make_card(&mut self) {
        let key = self.village_layer().map(|l| l.key);
        let on_card = self.on_card().filter(|(layer, _)| Some(layer.key) == key).map(|(_, feature)| feature);
        let (Some(village), Some(district)) = (on_card, self.district().cloned()) else {
            self.made.card.clear();
            return;
        };
        let key = (district.generation, village, self.year());
        if self.made.card.get(&key).is_none() {
            let card = Arc::new(self.card_of(&district, village));
            self.made.card.make(key, |_| card);
        }
    }

    /// The card of any village, for its page.
    pub fn card_for(&self, village: FeatureId) -> Option<VillageCard> {
        Some(self.card_of(self.district()?, village))
    }

    fn card_of(&self, district: &District, village: FeatureId) -> VillageCard {
        let year = self.year();
        let town = district.town_name(village).to_owned();
        let all: Vec<FeatureId> = district.village_list().collect();
        let of_town: Vec<FeatureId> =
            all.iter().copied().filter(|v| !town.is_empty() && district.town_name(*v) == town).collect();
        let figures = |theme: Theme| -> Vec<CardFigure> {
            let positions = self.measures(theme).into_iter();
            positions.filter_map(|i| figure_of(district, i, village, year, &of_town, &all)).collect()
        };
        let layers = self.facility_layers();
        let facilities = |theme: Theme| -> Vec<CardFacility> {
            let here = district.of_village.get(village.index()).into_iter().flatten();
            let mut list: Vec<CardFacility> = here
                .filter_map(|i| {
                    let facility = district.facilities.get(*i as usize)?;
                    let kind = SymbolKind::of(facility, year).filter(|k| k.theme() == theme)?;
                    Some(CardFacility {
                        at: (*layers.get(facility.source)?, facility.row),
                        name: facility.name.clone(),
                        kind,
                        mark: mark_of(facility, kind),
                        usage: facility.usage,
                    })
                })
                .collect();
            list.sort_by(|a, b| (a.kind, &a.name).cmp(&(b.kind, &b.name)));
            list
        };
        let themes = district.indicators.themes();
        let sections =
            themes.maps().map(|theme| CardSection { theme, figures: figures(theme), facilities: facilities(theme) });
        let field = |names: &[&str]| {
            let table = &district.villages.table;
            let column = names.iter().find_map(|n| table.position(n))?;
            district.text_of(village, column)
        };
        VillageCard {
            village,
            name: district.villages.display_name(village),
            town,
            group: district.text(village, Role::Group),
            code: district.text(village, Role::Code),
            plan: (field(&["plan_status", "规划状态"]), field(&["plan_text", "一村一策", "村庄规划"])),
            base: figures(Theme::Base),
            sections: sections.filter(|s| !s.figures.is_empty() || !s.facilities.is_empty()).collect(),
            nearest_clinic: nearest_clinic(district, village, year),
            source: field(&["source", "来源", "数据来源"]),
        }
    }

    /// The value of a figure in words, with its unit.
    pub fn figure_words(&self, figure: &CardFigure) -> String {
        let Some(indicator) = self.indicator(figure.indicator) else { return String::new() };
        match figure.value {
            None if figure.is_not_applicable() => self.lang.t("value.not_applicable").to_owned(),
            None => self.lang.t("value.unknown").to_owned(),
            Some(v) => {
                let unit = if indicator.is_category() { "" } else { indicator.unit(self.lang) };
                format!("{} {unit}", indicator.show(v, self.lang)).trim_end().to_owned()
            }
        }
    }

    /// Where a figure is from, in lines: source, date and status as the table has them, then the file.
    pub fn origin_lines(&self, figure: &CardFigure) -> Vec<String> {
        let lang = self.lang;
        let mut lines = Vec::new();
        if let Some(origin) = &figure.origin {
            let status = origin.status.and_then(|s| lang.find(&format!("origin.{}", s.key())));
            let fraction = origin.numerator.zip(origin.denominator).map(|(n, d)| format!("{n} / {d}"));
            let named = [("field.source", &origin.source), ("edit.observed-on", &origin.observed_on)];
            let named = named.into_iter().filter(|(_, text)| !text.is_empty());
            lines.extend(named.map(|(key, text)| format!("{}  {text}", lang.t(key))));
            let rest: Vec<String> = status.map(str::to_owned).into_iter().chain(fraction).collect();
            lines.extend((!rest.is_empty()).then(|| rest.join(" · ")));
        }
        let indicator = self.indicator(figure.indicator);
        let name = |p: &std::path::Path| p.file_name().map(|n| n.to_string_lossy().into_owned()).unwrap_or_default();
        let file = match &figure.table {
            _ if figure.is_edited() => lang.t("origin.correction").to_owned(),
            _ if indicator.is_some_and(|i| i.is_computed()) => lang.t("origin.computed").to_owned(),
            _ if figure.value.is_none() => return lines,
            Some(table) => name(table),
            None => self.village_layer().and_then(|l| self.entry(l.key)).map(|e| name(&e.path)).unwrap_or_default(),
        };
        lines.push(format!("{}  {file}", lang.t("origin.file")));
        if let Some(origin) = figure.origin.as_ref().filter(|o| o.edited) {
            let who: Vec<&str> =
                [origin.by.as_str(), origin.on.as_str()].into_iter().filter(|t| !t.is_empty()).collect();
            lines.extend((!who.is_empty()).then(|| who.join(" · ")));
        }
        if let Some(place) = figure.place.as_ref().filter(|_| !figure.is_edited()) {
            lines.push(self.place_words(place));
        }
        lines
    }

    /// Where a figure stands in its table: sheet and cell, or line, with the head of the column.
    pub fn place_words(&self, place: &FigurePlace) -> String {
        match place.sheet.is_empty() {
            true => self.lang.with("origin.line", &[("n", &place.line.to_string()), ("head", &place.head)]),
            false => {
                let words = [("sheet", place.sheet.as_str()), ("cell", &place.cell), ("head", &place.head)];
                self.lang.with("origin.cell", &words)
            }
        }
    }

    /// What stands under a figure: town and district, and how it stands to what is asked for.
    pub fn comparison_words(&self, figure: &CardFigure) -> String {
        let Some(indicator) = self.indicator(figure.indicator) else { return String::new() };
        let lang = self.lang;
        let mut parts = Vec::new();
        let shown = |v: f64| if indicator.sum { indicator.show(v, lang) } else { mean_words(indicator, v, lang) };
        let keys =
            if indicator.sum { ["card.town-total", "card.all-total"] } else { ["card.town-mean", "card.all-mean"] };
        for (key, total) in keys.into_iter().zip([figure.town, figure.all]) {
            parts.extend(total.value.map(|v| lang.with(key, &[("n", &shown(v))])));
        }
        parts.extend(self.verdict_words(figure));
        parts.join(" · ")
    }

    /// Whether a figure meets what is asked for, in words: met, or by how much it does not.
    pub fn verdict_words(&self, figure: &CardFigure) -> Option<String> {
        let indicator = self.indicator(figure.indicator)?;
        let lang = self.lang;
        match (figure.met?, indicator.threshold, figure.value) {
            (true, ..) => Some(lang.t("card.met").to_owned()),
            (false, Some(threshold), Some(value)) => {
                let (target, short) = (indicator.show(threshold, lang), (value - threshold).abs());
                let short = indicator.show(short, lang);
                Some(lang.with("card.missed-by", &[("a", &target), ("b", &short)]))
            }
            (false, ..) => Some(lang.t("card.missed").to_owned()),
        }
    }

    /// What falls short, as sentences, and whether it is far from what is asked for: the gaps of the rules, the worst first,
    /// then figures that no rule judges.
    pub fn shortfalls(&self, card: &VillageCard) -> Vec<(String, bool)> {
        let gaps = self.present_gaps();
        // What a rule judges is said by its gaps, or is none.
        let is_judged = |id: &str| {
            let on = gaps.into_iter().flat_map(|g| &g.rules.list).filter(|r| !r.off);
            on.flat_map(|r| &r.judges).any(|judged| judged == id)
        };
        let judged = |f: &&CardFigure| self.indicator(f.indicator).is_some_and(|i| is_judged(&i.id));
        let figures = card.sections.iter().flat_map(|s| &s.figures).filter(|f| f.met == Some(false) && !judged(f));
        let computed =
            |f: &&CardFigure| self.indicator(f.indicator).is_some_and(|i| !(i.is_category() && i.is_computed()));
        let sentence = |f: &CardFigure| {
            let indicator = self.indicator(f.indicator)?;
            let value = self.figure_words(f);
            let name = indicator.name(self.lang);
            let text = match indicator.threshold {
                None => format!("{name}{}{value}", if self.lang == Lang::Zh { "：" } else { ": " }),
                Some(threshold) => {
                    let unit = indicator.unit(self.lang);
                    let target = format!("{} {unit}", indicator.show(threshold, self.lang));
                    let key = if indicator.good == Good::Down { "card.above" } else { "card.below" };
                    self.lang.with(key, &[("name", name), ("a", &value), ("b", target.trim_end())])
                }
            };
            Some((text, f.far))
        };
        let of_rules = gaps.into_iter().flat_map(|found| {
            let of_village = found.list.of_village(card.village);
            of_village.into_iter().map(|g| (self.gap_reason(found, g), g.severity == GapSeverity::High))
        });
        of_rules.chain(figures.filter(computed).filter_map(sentence)).collect()
    }

    /// The card as text, for the clipboard.
    pub fn card_text(&self) -> Option<String> {
        let card = self.card()?;
        let lang = self.lang;
        let year = self.year().map(|y| y.to_string()).unwrap_or_default();
        let head: Vec<&str> =
            [&card.name, &card.town, &card.group, &card.code, &year].into_iter().map(String::as_str).collect();
        let mut lines = vec![head.into_iter().filter(|s| !s.is_empty()).collect::<Vec<_>>().join(" · ")];
        let line = |f: &CardFigure| {
            let name = self.indicator(f.indicator).map_or("", |i| i.name(lang));
            let more = self.comparison_words(f);
            let more = if more.is_empty() { more } else { self.in_brackets(&more) };
            let edited = if f.is_edited() { self.in_brackets(lang.t("edit.mark")) } else { String::new() };
            format!("{name}{}{}{edited}{more}", if lang == Lang::Zh { "：" } else { ": " }, self.figure_words(f))
        };
        lines.extend(card.base.iter().map(line));
        lines.extend(card.plan.1.iter().map(|p| format!("{}  {p}", lang.t("field.plan_text"))));
        for section in &card.sections {
            lines.push(String::new());
            lines.push(format!("[{}]", self.theme_name(section.theme)));
            lines.extend(section.figures.iter().map(line));
            if section.theme == Theme::Clinics {
                lines.extend(card.nearest_clinic.iter().map(|n| lang.with("card.nearest", &[("n", n)])));
            }
            for f in &section.facilities {
                let kind = lang.find(&format!("symbol.{}", f.kind.key())).unwrap_or("");
                lines.push(format!("- {kind} {} {}", f.name, self.usage_words(f.usage)).trim_end().to_owned());
            }
        }
        lines.extend(card.source.iter().map(|s| format!("\n{}  {s}", lang.t("field.source"))));
        Some(lines.join("\n") + "\n")
    }

    /// Whether a facility can be used, in words.
    pub fn usage_words(&self, usage: Option<Use>) -> &'static str {
        self.lang.t(match usage {
            Some(Use::InUse) => "value.in_use",
            Some(Use::Closed) => "value.closed",
            Some(Use::Building) => "value.building",
            Some(Use::Removed) => "value.removed",
            None => "value.unknown",
        })
    }
}

/// A mean: one decimal more than whole numbers have.
pub(super) fn mean_words(indicator: &Indicator, v: f64, lang: Lang) -> String {
    if indicator.decimals > 0 { indicator.show(v, lang) } else { super::number((v * 10.0).round() / 10.0) }
}

/// A village's figure, with those of its town and of all.
pub(super) fn figure_of(
    district: &District,
    position: usize,
    village: FeatureId,
    year: Option<i32>,
    town: &[FeatureId],
    all: &[FeatureId],
) -> Option<CardFigure> {
    let indicator = district.indicators.all().get(position)?;
    let value = district.value(position, year, village);
    let years = district.observations.years().iter();
    let varies = district.observations.varies(position);
    let nothing = Total { value: None, known: 0, unknown: 0 };
    Some(CardFigure {
        indicator: position,
        value,
        met: value.and_then(|v| indicator.is_met(v)),
        far: value.is_some_and(|v| is_far(indicator, v)),
        town: if town.len() > 1 { district.total(position, year, town) } else { nothing },
        all: district.total(position, year, all),
        origin: district.observations.origin(position, year, village),
        table: district.observations.table_of(position, year, village).and_then(|t| district.tables.get(t).cloned()),
        place: district.place_of(position, year, village),
        series: years.filter(|_| varies).map(|y| (*y, district.value(position, Some(*y), village))).collect(),
    })
}

/// Whether a value is far from its threshold: a tenth below, or two and a half times above; a category that fails.
fn is_far(indicator: &Indicator, value: f64) -> bool {
    match (indicator.good, indicator.threshold) {
        (Good::Up, Some(t)) => value < t / 1.1,
        (Good::Down, Some(t)) => value > t * 2.5,
        _ => indicator.is_met(value) == Some(false),
    }
}

/// Name of the clinic in use that is nearest to the village's representative point.
fn nearest_clinic(district: &District, village: FeatureId, year: Option<i32>) -> Option<String> {
    let from = district.stand(village)?;
    let clinics = district.standing(Kind::Clinic, year);
    let places: Vec<(u32, LonLat)> =
        clinics.iter().filter_map(|i| Some((*i, district.facilities.get(*i as usize)?.at))).collect();
    let nearest = NearestIndex::new(places).nearest(from)?;
    Some(district.facilities.get(nearest.position as usize)?.name.clone())
}
