//! A figure of several villages taken apart: each village with its own figure, what weighs it, and the file, row and column it stands in.

use super::card::figure_of;
use super::state::Session;
use crate::district::Total;
use crate::model::FeatureId;
use crate::project::Focus;

/// A figure taken apart.
#[derive(Clone, Debug, PartialEq)]
pub struct Unfolded {
    /// Position of the indicator.
    pub indicator: usize,
    /// The year.
    pub year: Option<i32>,
    /// The town or group; all villages in focus where absent.
    pub of: Option<Focus>,
    /// The villages, the worst first; then those of which nothing is known.
    pub villages: Vec<FeatureId>,
    /// What they amount to.
    pub total: Total,
    /// Position of the indicator that weighs their mean, where one does.
    pub weight: Option<usize>,
}

impl Session {
    /// Takes a figure of the year that is shown apart; `None` where there is no such figure.
    pub fn unfold(&self, indicator: usize, of: Option<Focus>) -> Option<Unfolded> {
        let (district, year) = (self.district()?, self.year());
        let definition = self.indicator(indicator)?;
        let mut villages = match &of {
            Some(focus) => self.rolled()?.by(focus.by).iter().find(|r| r.name == focus.name)?.villages.clone(),
            None => self.villages_in_focus(),
        };
        let total = district.total(indicator, year, &villages);
        let value = |v: &FeatureId| district.value(indicator, year, *v);
        let is_falling = definition.sum || definition.good == crate::model::Good::Down;
        villages.sort_by(|a, b| match (value(a), value(b)) {
            (Some(a), Some(b)) if is_falling => b.total_cmp(&a),
            (Some(a), Some(b)) => a.total_cmp(&b),
            (a, b) => b.is_some().cmp(&a.is_some()),
        });
        let is_weighed = !definition.sum && !definition.is_category() && definition.ratio.is_none();
        let weight = district.weight_of(indicator, year, &villages).filter(|_| is_weighed);
        Some(Unfolded { indicator, year, of, villages, total, weight })
    }

    /// How the villages' figures make up the whole, in words.
    pub fn unfolded_words(&self, unfolded: &Unfolded) -> String {
        let lang = self.lang;
        let Some(definition) = self.indicator(unfolded.indicator) else { return String::new() };
        let how = match (definition.is_category(), definition.sum, definition.ratio.is_some()) {
            (true, ..) => lang.t("unfold.category").to_owned(),
            (_, true, _) => lang.t("unfold.sum").to_owned(),
            (.., true) => lang.t("unfold.ratio").to_owned(),
            _ if self.has_own_denominators(unfolded) => lang.t("unfold.ratio").to_owned(),
            _ => match unfolded.weight.and_then(|w| self.indicator(w)) {
                Some(weight) => lang.with("unfold.weighted", &[("n", weight.name(lang))]),
                None => lang.t("unfold.mean").to_owned(),
            },
        };
        let counts = [("n", unfolded.total.known.to_string()), ("m", unfolded.total.unknown.to_string())];
        let counts = counts.each_ref().map(|(k, v)| (*k, v.as_str()));
        format!("{how} · {}", lang.with("unfold.counts", &counts))
    }

    /// Whether each village of which something is known has a denominator of its own.
    fn has_own_denominators(&self, unfolded: &Unfolded) -> bool {
        let Some(district) = self.district() else { return false };
        let of = |v: &&FeatureId| district.observations.fraction(unfolded.indicator, unfolded.year, **v).is_some();
        let known = |v: &&FeatureId| district.value(unfolded.indicator, unfolded.year, **v).is_some();
        unfolded.total.known > 0 && unfolded.villages.iter().filter(known).all(|v| of(&v))
    }

    /// A village of an unfolded figure: its name, its figure, what weighs it or what it is a part of, and where it is from.
    pub fn unfolded_row(&self, unfolded: &Unfolded, row: usize) -> Option<[String; 4]> {
        let (district, village) = (self.district()?, *unfolded.villages.get(row)?);
        let figure = figure_of(district, unfolded.indicator, village, unfolded.year, &[], &[])?;
        let part = figure.origin.as_ref().and_then(|o| Some(format!("{} / {}", o.numerator?, o.denominator?)));
        let weight = || {
            let (weight, definition) = unfolded.weight.and_then(|w| Some((w, self.indicator(w)?)))?;
            district.value(weight, unfolded.year, village).map(|v| definition.show(v, self.lang))
        };
        let from = self.origin_lines(&figure).join(" · ");
        let weight = weight().or(part.filter(|_| unfolded.weight.is_none())).unwrap_or_default();
        Some([district.villages.display_name(village), self.figure_words(&figure), weight, from])
    }
}

#[cfg(test)]
mod tests {
    use crate::lang::Lang;
    use crate::session::testing::session;

    #[test]
    fn a_figure_is_made_of_its_villages() {
        let session = session(Lang::Zh);
        let district = session.district().expect("a district").clone();
        let all: Vec<_> = district.village_list().collect();
        for id in ["population", "sewage_rate"] {
            let Some(at) = district.indicators.position(id) else { continue };
            let unfolded = session.unfold(at, None).expect("a figure");
            assert_eq!(unfolded.villages.len(), all.len());
            assert_eq!(unfolded.total, district.total(at, session.year(), &all));
            let values: Vec<f64> =
                unfolded.villages.iter().filter_map(|v| district.value(at, session.year(), *v)).collect();
            assert_eq!(values.len(), unfolded.total.known);
            let is_ordered = |falls: bool| values.windows(2).all(|w| if falls { w[0] >= w[1] } else { w[0] <= w[1] });
            assert!(is_ordered(id == "population"), "{id} {values:?}");
            let [name, value, _, from] = session.unfolded_row(&unfolded, 0).expect("a village");
            assert!(!name.is_empty() && !value.is_empty() && !from.is_empty(), "{name} {value} {from}");
        }
    }
}
