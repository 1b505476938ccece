//! The figures beside the map of a scene: those that the scene names, else the district's own.

use super::headlined::Headlined;
use super::state::Session;
use crate::lang::Lang;

/// The share of residents within reach of a clinic, among figures that scenes name.
pub const COVERAGE_FIGURE: &str = "coverage";

/// A figure that a scene names.
#[derive(Clone, Debug, PartialEq)]
pub struct SceneFigure {
    /// Id of the indicator, or [`COVERAGE_FIGURE`].
    pub id: String,
    /// Of which year; the one shown where absent.
    pub year: Option<i32>,
    /// The year since which the change is told.
    pub since: Option<i32>,
}

impl SceneFigure {
    /// Reads `id`, `id@2018` or `id^2018`.
    ///
    /// ```
    /// use qiancun::session::SceneFigure;
    /// let figure = SceneFigure::parse("dry_rebuilt^2018");
    /// assert_eq!((figure.id.as_str(), figure.year, figure.since), ("dry_rebuilt", None, Some(2018)));
    /// assert_eq!(figure.text(), "dry_rebuilt^2018");
    /// ```
    pub fn parse(text: &str) -> Self {
        let part = |mark: char| {
            let (id, year) = text.rsplit_once(mark)?;
            Some((id.to_owned(), year.trim().parse::<i32>().ok()?))
        };
        match (part('@'), part('^')) {
            (Some((id, year)), _) => Self { id, year: Some(year), since: None },
            (_, Some((id, since))) => Self { id, year: None, since: Some(since) },
            _ => Self { id: text.trim().to_owned(), year: None, since: None },
        }
    }

    /// As it stands in a project.
    pub fn text(&self) -> String {
        match (self.year, self.since) {
            (Some(year), _) => format!("{}@{year}", self.id),
            (_, Some(since)) => format!("{}^{since}", self.id),
            _ => self.id.clone(),
        }
    }
}

/// A figure of a meeting.
#[derive(Clone, Debug, PartialEq)]
pub struct MeetingFigure {
    /// Position of the indicator; `None` for the share within reach.
    pub indicator: Option<usize>,
    /// The figure.
    pub value: String,
    /// Its unit where it stands behind the figure: %.
    pub unit: String,
    /// What it counts.
    pub caption: String,
    /// The figure as a number.
    pub number: f64,
    /// Whether it is the figure of the year shown, which counts up.
    pub is_plain: bool,
}

impl From<Headlined> for MeetingFigure {
    fn from(h: Headlined) -> Self {
        let Headlined { indicator, value, unit, caption, number } = h;
        Self { indicator: Some(indicator), value, unit, caption, number, is_plain: true }
    }
}

impl Session {
    /// The figures of the scene shown; the district's own where it names none.
    pub fn scene_figures(&self) -> Vec<MeetingFigure> {
        let named = self.scene_shown().map(|s| s.figures.clone()).unwrap_or_default();
        self.figures_of(&named)
    }

    /// Figures by their names, as a scene has them; the district's own where it names none.
    pub fn figures_of(&self, named: &[String]) -> Vec<MeetingFigure> {
        if named.is_empty() {
            return self.headlined().into_iter().map(MeetingFigure::from).collect();
        }
        named.iter().filter_map(|text| self.scene_figure(&SceneFigure::parse(text))).collect()
    }

    /// The figures of a scene as they are kept with it: `id=number`, whatever the language.
    pub fn seen_figures(&self, named: &[String]) -> Vec<String> {
        let of = |figure: MeetingFigure, name: String| format!("{name}={}", figure.number);
        if !named.is_empty() {
            return named
                .iter()
                .filter_map(|n| Some(of(self.scene_figure(&SceneFigure::parse(n))?, n.clone())))
                .collect();
        }
        let own = self.figures_of(&[]).into_iter();
        own.filter_map(|f| {
            let id = self.indicator(f.indicator?)?.id.clone();
            Some(of(f, id))
        })
        .collect()
    }

    fn scene_figure(&self, figure: &SceneFigure) -> Option<MeetingFigure> {
        let lang = self.lang;
        if figure.id == COVERAGE_FIGURE {
            let share = self.shares().and_then(|s| s.all)?;
            let km = super::number(self.view.radius_m / 1000.0);
            let caption = lang.with("meeting.reach-caption", &[("n", &km)]);
            let value = format!("{:.1}", share * 100.0);
            let number = share * 100.0;
            return Some(MeetingFigure { indicator: None, value, unit: "%".into(), caption, number, is_plain: false });
        }
        let district = self.district()?;
        let position = district.indicators.position(&figure.id)?;
        let indicator = self.indicator(position)?;
        let villages = self.villages_in_focus();
        let total = |year: Option<i32>| district.total(position, year, &villages).value;
        let is_share = indicator.unit(lang) == "%";
        let name = match lang.find(&format!("page.caption-{}", indicator.id)) {
            Some(caption) => caption.to_owned(),
            None if is_share => indicator.name(lang).to_owned(),
            None => self.with_unit(indicator.name(lang), indicator.unit(lang)),
        };
        let unit = if is_share { "%".to_owned() } else { String::new() };
        let (number, value, caption) = match (figure.year, figure.since) {
            (Some(year), _) => {
                let number = total(Some(year))?;
                (
                    number,
                    indicator.show(number, lang),
                    lang.with("meeting.in-year", &[("n", &name), ("y", &year.to_string())]),
                )
            }
            (_, Some(since)) => {
                let number = total(self.year())? - total(Some(since))?;
                let sign = if number > 0.0 { "+" } else { "" };
                let caption = lang.with("meeting.since-year", &[("n", &name), ("y", &since.to_string())]);
                (number, format!("{sign}{}", indicator.show(number, lang)), caption)
            }
            _ => {
                let number = total(self.year())?;
                (number, indicator.show(number, lang), name)
            }
        };
        let is_plain = figure.year.is_none() && figure.since.is_none();
        // A change of a rate is in points.
        let unit =
            if is_share && figure.since.is_some() && lang == Lang::Zh { "个百分点".to_owned() } else { unit };
        Some(MeetingFigure { indicator: Some(position), value, unit, caption, number, is_plain })
    }
}
