//! The figures that head a page or a meeting, and the sentence that says what the map shows.

use super::state::{Session, number};
use crate::district::By;
use crate::lang::Lang;
use crate::model::{FeatureId, Good};
use crate::project::in_language;

/// Indicators that head a page, where tables know them: the district's own figures.
pub const HEADLINES: [&str; 4] = ["dry_rebuilt", "flush_improved", "clinics_built", "sewage_treatment_pct"];

/// A figure that heads a page.
#[derive(Clone, Debug, PartialEq)]
pub struct Headlined {
    /// Position of the indicator.
    pub indicator: usize,
    /// The figure.
    pub value: String,
    /// Its unit where it stands behind the figure: %.
    pub unit: String,
    /// What it counts.
    pub caption: String,
    /// The figure as a number.
    pub number: f64,
}

impl Session {
    /// The district's own figures where tables know them, else the first of the theme.
    pub fn headlined(&self) -> Vec<Headlined> {
        let (Some(district), Some(rolled)) = (self.district(), self.rolled()) else { return Vec::new() };
        let lang = self.lang;
        let known = HEADLINES.iter().filter_map(|id| district.indicators.position(id));
        let one = |position: usize| {
            let indicator = self.indicator(position)?;
            let total = rolled.all.totals.get(&position)?.value?;
            let value = indicator.show(total, lang);
            let is_share = indicator.unit(lang) == "%";
            let caption = match lang.find(&format!("page.caption-{}", indicator.id)) {
                Some(caption) => caption.to_owned(),
                None if is_share => indicator.name(lang).to_owned(),
                None => self.with_unit(indicator.name(lang), indicator.unit(lang)),
            };
            let unit = if is_share { "%".to_owned() } else { String::new() };
            Some(Headlined { indicator: position, value, unit, caption, number: total })
        };
        let list: Vec<Headlined> = known.filter_map(one).collect();
        if !list.is_empty() {
            return list;
        }
        let Some((_, theme)) = self.theme() else { return Vec::new() };
        self.measures(theme).into_iter().filter_map(one).take(4).collect()
    }

    /// Title of the project in the language of the interface.
    pub fn project_title(&self) -> &str {
        in_language(&self.document.project.title, &self.document.project.title_en, self.lang)
    }

    /// What the project wants said of its data, in the language of the interface.
    pub fn notice(&self) -> &str {
        in_language(&self.document.project.notice, &self.document.project.notice_en, self.lang)
    }

    /// Name of what is open: the project's title, else the villages' layer.
    pub fn shown_name(&self) -> String {
        match self.project_title().trim() {
            "" => self.village_layer().map(|l| self.layer_title(l.key)).unwrap_or_default(),
            title => title.to_owned(),
        }
    }

    /// How many villages are shown: those in focus, or all of a file that nothing is joined to.
    pub fn village_count(&self) -> usize {
        match self.district() {
            Some(_) => self.villages_in_focus().len(),
            None => self.village_layer().and_then(|l| l.loaded()).map_or(0, |l| l.count()),
        }
    }

    /// Where what is shown comes from: the project's notice, else what the data name, else the files' names.
    pub fn source_words(&self) -> String {
        let project = &self.document.project;
        if !self.notice().is_empty() {
            return self.notice().to_owned();
        }
        let named = self.village_layer().and_then(|l| l.loaded()).and_then(|loaded| {
            let table = &loaded.dataset.table;
            let column = ["source", "来源", "数据来源"].iter().find_map(|n| table.position(n))?;
            table.value(FeatureId::new(0), column).to_text().map(|t| t.into_owned())
        });
        named.unwrap_or_else(|| {
            let files = project.layers.iter().map(|l| &l.path).chain(project.tables.iter().map(|t| &t.path));
            let names = files.filter_map(|p| Some(p.file_name()?.to_string_lossy().into_owned()));
            names.collect::<Vec<_>>().join(", ")
        })
    }

    /// What the legend of the villages' map explains, with its unit; empty where nothing is coloured.
    pub fn legend_heading(&self, colouring: Option<&crate::colouring::Colouring>) -> String {
        let indicator = self.map_spec().and_then(|m| self.indicator(m.indicator));
        match (indicator, colouring) {
            (Some(indicator), _) => {
                let unit = if indicator.is_category() { "" } else { indicator.unit(self.lang) };
                self.with_unit(indicator.name(self.lang), unit)
            }
            (None, Some(colouring)) => self.field_heading(colouring),
            (None, None) => String::new(),
        }
    }

    /// The field that a layer is coloured by, with its unit.
    pub fn field_heading(&self, colouring: &crate::colouring::Colouring) -> String {
        self.with_unit(self.field_name(colouring.spec.heading()), &colouring.spec.unit)
    }

    /// What the map is called: the place in focus, and what it is coloured by.
    pub fn map_title(&self) -> String {
        let lang = self.lang;
        let place = self.focused().map_or_else(|| self.shown_name(), |f| f.focus.name.clone());
        let Some(map) = self.map_spec() else {
            // A layer coloured by a field of its own.
            let colouring = self.village_layer().and_then(|l| self.entry(l.key)?.colouring.as_ref());
            let field = colouring.map(|t| self.field_name(t.heading()).to_owned());
            return field.map_or(place.clone(), |f| lang.with("page.title", &[("place", &place), ("name", &f)]));
        };
        let name = self.indicator(map.indicator).map(|i| i.name(lang)).unwrap_or_default();
        match map.since.zip(map.year) {
            Some((since, year)) => {
                let (a, b) = (since.to_string(), year.to_string());
                let values = [("place", place.as_str()), ("name", name), ("a", &a), ("b", &b)];
                lang.with("page.title-change", &values)
            }
            None => lang.with("page.title", &[("place", &place), ("name", name)]),
        }
    }

    /// What the map shows, as a sentence.
    pub fn map_sentence(&self) -> String {
        let lang = self.lang;
        let project = self.shown_name();
        let Some((map, district)) = self.map_spec().zip(self.district()) else {
            // A layer coloured by a field of its own.
            let colouring = self.village_layer().and_then(|l| l.colouring.as_ref());
            let field = colouring.map(|t| self.field_name(t.spec.heading()).to_owned());
            return field.map_or(project.clone(), |f| lang.with("page.title", &[("place", &project), ("name", &f)]));
        };
        let Some(indicator) = self.indicator(map.indicator) else { return project };
        let name = indicator.name(lang);
        let villages = self.villages_in_focus();
        let values: Vec<f64> = villages.iter().filter_map(|v| district.value(map.indicator, map.year, *v)).collect();
        let met = values.iter().filter(|v| indicator.is_met(**v) == Some(true)).count();
        let counts = [("n", met.to_string()), ("all", villages.len().to_string())];
        if let Some(since) = map.since {
            let years = [("name", name), ("a", &since.to_string()), ("b", &map.year.unwrap_or_default().to_string())];
            return lang.with("meeting.sentence-change", &years);
        }
        let [n, all] = counts;
        let words =
            |t: &str| lang.with("meeting.sentence-met", &[("name", name), ("t", t), (n.0, &n.1), (all.0, &all.1)]);
        let unit = indicator.unit(lang);
        let limit = |t: f64| if unit == "%" { format!("{}%", number(t)) } else { format!("{} {unit}", number(t)) };
        match (indicator.threshold, indicator.good) {
            (Some(t), Good::Up) => words(&lang.with("meeting.at-least", &[("n", &limit(t))])),
            (Some(t), Good::Down) => words(&lang.with("meeting.at-most", &[("n", &limit(t))])),
            _ if indicator.is_category() => {
                lang.with("meeting.sentence-good", &[("name", name), (n.0, &n.1), (all.0, &all.1)])
            }
            _ => lang.with("page.title", &[("place", &project), ("name", name)]),
        }
    }

    /// Villages, year, and how the groups stand.
    pub fn map_subtitle(&self) -> String {
        let lang = self.lang;
        // The town that everything is narrowed to is named.
        let mut parts: Vec<String> = self.focused().map(|f| f.focus.name.clone()).into_iter().collect();
        parts.push(lang.with("page.villages", &[("n", &number(self.village_count() as f64))]));
        parts.extend(self.year().map(|y| lang.with("page.year", &[("n", &y.to_string())])));
        if let Some(map) = self.map_spec()
            && let Some(indicator) = self.indicator(map.indicator).filter(|i| !i.is_category())
        {
            let groups = self.ranked(By::Group, map.indicator);
            let one = |g: &super::rolled::Ranked| {
                let value = indicator.show(g.total.value?, lang);
                Some(format!("{} {value}{}", g.name, indicator.unit(lang)))
            };
            let groups: Vec<String> = groups.iter().filter(|g| !g.name.is_empty()).filter_map(one).take(4).collect();
            if groups.len() > 1 {
                parts.push(groups.join(if lang == Lang::Zh { "，" } else { ", " }));
            }
        }
        parts.join(" · ")
    }

    /// What changed between two years: villages that rose a class or fell one, and what the headline figures gained.
    pub fn changes_between(&self, before: i32, now: i32) -> Vec<(String, String)> {
        let lang = self.lang;
        let (Some(district), Some(map)) = (self.district(), self.map_spec()) else { return Vec::new() };
        let mut list = Vec::new();
        let villages = self.villages_in_focus();
        let class = |year: i32| {
            let spec = crate::district::MapSpec { year: Some(year), since: None, ..map };
            crate::district::choropleth(district, &spec, self.indicator_look(map.indicator), &|_| true)
        };
        if let (Some(then), Some(today), Some(indicator)) = (class(before), class(now), self.indicator(map.indicator)) {
            let rank = |c: usize| if indicator.good == Good::Down { -(c as i64) } else { c as i64 };
            let pairs: Vec<(i64, i64)> =
                villages.iter().filter_map(|v| Some((rank(then.class_of(*v)?), rank(today.class_of(*v)?)))).collect();
            if !indicator.is_category() {
                let rose = pairs.iter().filter(|(a, b)| b > a).count();
                let fell = pairs.iter().filter(|(a, b)| b < a).count();
                list.push((rose.to_string(), lang.t("meeting.rose").to_owned()));
                if fell > 0 {
                    list.push((fell.to_string(), lang.t("meeting.fell").to_owned()));
                }
            }
        }
        for id in HEADLINES {
            let Some(position) = district.indicators.position(id) else { continue };
            let Some(indicator) = self.indicator(position) else { continue };
            let total = |year: i32| district.total(position, Some(year), &villages).value;
            if let (Some(then), Some(today)) = (total(before), total(now)) {
                let sign = if today > then { "+" } else { "" };
                let value = format!("{sign}{}", indicator.show(today - then, lang));
                let caption = lang.find(&format!("page.caption-{id}")).unwrap_or(indicator.name(lang)).to_owned();
                // A share gains points, not per cent.
                let points = if indicator.unit(lang) == "%" { lang.t("meeting.points") } else { "" };
                let caption = caption + points;
                list.push((value, caption));
            }
        }
        list.truncate(5);
        list
    }
}
