//! What the map shows of a district: theme, measure, year, focus.

use std::sync::Arc;

use super::layer::{Layer, Loaded};
use super::state::Session;
use crate::colouring::IndicatorLook;
use crate::district::{By, District, LayerLook, MapSpec, VillageEvidence, change_of, kinds_of};
use crate::lang::Lang;
use crate::model::{FeatureId, Generation, Indicator, LayerKind, Role, Theme};
use crate::project::Focus;

/// What the villages of a focus are found for: the district, and the focus.
pub type FocusKey = (Generation, Focus);

/// Villages of the focus, and what it is.
#[derive(Clone, Debug)]
pub struct Focused {
    /// Town or group.
    pub focus: Focus,
    /// Whether each village belongs to it.
    pub members: Arc<Vec<bool>>,
}

impl Focused {
    /// The villages of a town or group; `None` where the district has none of that name.
    pub(super) fn find(focus: &Focus, district: &District) -> Option<Self> {
        let mut place = district.places(focus.by).into_iter().find(|(name, _)| *name == focus.name);
        if focus.by == By::Town && place.is_none() {
            // As it was kept before another district's town of this name came in.
            let is_of = |v: &FeatureId| district.text(*v, Role::Town) == focus.name;
            let all: Vec<FeatureId> = district.village_list().filter(is_of).collect();
            place = (!all.is_empty()).then(|| (focus.name.clone(), all));
        }
        let (_, villages) = place?;
        let mut members = vec![false; district.villages.len() as usize];
        for v in villages.iter().flat_map(|v| district.members.parts(v)) {
            if let Some(member) = members.get_mut(v.index()) {
                *member = true;
            }
        }
        Some(Self { focus: focus.clone(), members: Arc::new(members) })
    }
}

impl Session {
    /// Layers that are there, top first, with what each is: as the project says, else as it looks.
    pub fn kinds(&self) -> Vec<(&Layer, LayerKind)> {
        let (layers, looks): (Vec<&Layer>, Vec<LayerLook<'_>>) =
            self.shown().filter_map(|(l, e)| Some((l, l.loaded()?.look(e.kind.clone())))).unzip();
        layers.into_iter().zip(kinds_of(&looks)).collect()
    }

    /// What is taken for the villages stays them, whatever comes in beside it: unless fields and names of the newcomer say more. What is
    /// found out of the data asks for no saving.
    pub fn pin_villages(&mut self, newcomer: &Loaded) {
        let Some((key, here)) = self.village_layer().and_then(|l| Some((l.key, l.loaded()?.evidence()))) else {
            return;
        };
        let there = newcomer.can_be_villages().then(|| newcomer.evidence());
        let rank = |e: VillageEvidence| (e.is_certain(), e.weight());
        if there.is_some_and(|there| rank(there) > rank(here) || (rank(there) == rank(here) && here.is_certain())) {
            return;
        }
        self.note_found(|d| {
            if let Some(entry) = d.entry_mut(key) {
                entry.kind.get_or_insert(LayerKind::Villages);
            }
        });
    }

    /// What each layer is, by key: what the project is to say from now on. Where a layer is not there yet, or nothing but its areas
    /// speaks for it, a guess at the villages is not nailed down: better ones may come.
    pub fn kinds_to_keep(&self) -> Vec<(crate::render::LayerKey, LayerKind)> {
        let is_whole = self.shown().all(|(l, _)| l.loaded().is_some());
        let is_sure = |l: &Layer| is_whole && l.loaded().is_some_and(|d| d.evidence().is_certain());
        let kept = self.kinds().into_iter().filter(|(l, kind)| *kind != LayerKind::Villages || is_sure(l));
        kept.map(|(l, kind)| (l.key, kind)).collect()
    }

    /// What a layer is; `None` as long as it is not there.
    pub fn kind_of(&self, key: crate::render::LayerKey) -> Option<LayerKind> {
        self.kinds().into_iter().find(|(l, _)| l.key == key).map(|(_, kind)| kind)
    }

    /// The layer that holds the district's villages, as the join takes it.
    pub fn village_layer(&self) -> Option<&Layer> {
        let has_areas = |l: &Layer| l.loaded().is_some_and(|d| d.can_be_villages());
        self.kinds().into_iter().find(|(l, kind)| *kind == LayerKind::Villages && has_areas(l)).map(|(l, _)| l)
    }

    /// Whether a layer is shown; that of added facilities always is.
    pub fn is_layer_shown(&self, key: crate::render::LayerKey) -> bool {
        key == super::ADDED_LAYER || self.entry(key).is_some_and(|e| e.visible)
    }

    /// Whether a layer is shown at the scale of the map.
    pub fn is_drawn(&self, entry: &crate::project::LayerEntry) -> bool {
        entry.visible && entry.style.is_shown_at(self.camera.scale_denominator())
    }

    /// What stands on the left of the divider and on its right: the year, and the indicator where it is another.
    pub fn sides(&self) -> (String, String) {
        let (left, right) = (self.map_on_left(), self.map_spec());
        let differs = left.map(|m| m.indicator) != right.map(|m| m.indicator);
        let words = |map: Option<MapSpec>| {
            let Some(map) = map else { return String::new() };
            let year = map.year.map(|y| y.to_string()).unwrap_or_default();
            let name = self.indicator(map.indicator).filter(|_| differs).map_or("", |i| i.name(self.lang));
            format!("{name} {year}").trim().to_owned()
        };
        (words(left), words(right))
    }

    /// The map that stands at a place: left of the divider that on the left.
    pub fn map_at(&self, offset_pt: [f64; 2]) -> Option<MapSpec> {
        let share = offset_pt[0] / self.map_size_pt[0].max(1.0) + 0.5;
        let is_left = !self.left().side_by_side && share < f64::from(self.stage.divider);
        self.map_on_left().filter(|_| is_left).or_else(|| self.map_spec())
    }

    /// The district and the theme whose map is shown; `None` where layers show their own fields.
    pub fn theme(&self) -> Option<(&Arc<District>, Theme)> {
        Some((self.district()?, self.view.theme?))
    }

    /// The year shown: the one chosen where the tables know it, else the latest.
    pub fn year(&self) -> Option<i32> {
        self.district().and_then(|d| d.year(self.view.year))
    }

    /// The map that the theme shows.
    pub fn map_spec(&self) -> Option<MapSpec> {
        let (district, theme) = self.theme()?;
        let chosen = district.indicators.position(self.view.measure(theme));
        let known = |i: &usize| district.observations.has(*i);
        let indicator = chosen.filter(known).or_else(|| self.measures(theme).first().copied())?;
        let year = self.year();
        let since = self.view.since.filter(|s| year.is_some_and(|y| y != *s));
        let since = since.filter(|s| district.observations.years().contains(s));
        Some(MapSpec { indicator, year, since, free_classes: self.view.free_classes })
    }

    /// A theme's name, as the project or the program has it.
    pub fn theme_name(&self, theme: Theme) -> String {
        let shipped = || self.lang.find(&format!("topic.{}", theme.key())).unwrap_or(theme.key()).to_owned();
        self.district().map_or_else(shipped, |d| d.indicators.themes().name(theme, self.lang))
    }

    /// Indicators of a theme that anything is known of, by position.
    pub fn measures(&self, theme: Theme) -> Vec<usize> {
        let Some(district) = self.district() else { return Vec::new() };
        let of = |(i, d): (usize, &Indicator)| (d.theme == theme && district.observations.has(i)).then_some(i);
        district.indicators.all().iter().enumerate().filter_map(of).collect()
    }

    /// Name and figure of a village as the map shows it: of the year, or the change since another.
    pub fn shown_figure(&self, map: &MapSpec, village: FeatureId) -> (String, String) {
        let unknown = || self.lang.t("value.unknown").to_owned();
        let Some((district, indicator)) = self.district().zip(self.indicator(map.indicator)) else {
            return (String::new(), unknown());
        };
        let unit = indicator.unit(self.lang);
        let with_unit = |text: String| format!("{text} {unit}").trim_end().to_owned();
        let shown = |year: Option<i32>| {
            let value = district.value(map.indicator, year, village)?;
            Some(with_unit(indicator.show(value, self.lang)))
        };
        let value = match map.since {
            None => shown(map.year).unwrap_or_else(unknown),
            Some(since) => {
                let (before, now) = (shown(Some(since)), shown(map.year));
                let arrow = format!("{} → {}", before.unwrap_or_else(unknown), now.unwrap_or_else(unknown));
                let change = change_of(district, map.indicator, since, map.year, village)
                    .filter(|_| !indicator.is_category())
                    .map(|c| format!(" ({}{})", if c > 0.0 { "+" } else { "" }, indicator.show(c, self.lang)));
                arrow + &change.unwrap_or_default()
            }
        };
        (indicator.name(self.lang).to_owned(), value)
    }

    /// Sum or mean of a map's indicator over the town of a village, in words; `None` where there is no town, or nothing is known of it.
    pub fn town_figure(&self, map: &MapSpec, village: FeatureId) -> Option<String> {
        let (district, indicator) = (self.district()?, self.indicator(map.indicator)?);
        let town = district.town_name(village);
        // The sums of the summary are those of the year shown.
        let rolled = self.rolled().filter(|_| map.year == self.year() && map.since.is_none())?;
        let value = rolled.towns.iter().find(|r| r.name == town)?.totals.get(&map.indicator)?.value?;
        let (key, words) = match indicator.sum {
            true => ("card.town-total", indicator.show(value, self.lang)),
            false => ("card.town-mean", super::card::mean_words(indicator, value, self.lang)),
        };
        Some(self.lang.with(key, &[("n", &words)]))
    }

    /// What the project says of how an indicator's map is coloured.
    pub fn indicator_look(&self, position: usize) -> Option<&IndicatorLook> {
        let id = &self.indicator(position)?.id;
        self.document.project.looks.iter().find(|l| l.indicator == *id)
    }

    /// The indicator at a position.
    pub fn indicator(&self, position: usize) -> Option<&Indicator> {
        self.district()?.indicators.all().get(position)
    }

    /// Whether tables and facilities are still on their way.
    pub fn district_pending(&self) -> bool {
        self.district().is_none() && (self.is_joining() || !self.work.pending.is_empty())
    }

    /// Whether a village is in focus; all are where nothing is.
    pub fn is_in_focus(&self, village: FeatureId) -> bool {
        self.focused().is_none_or(|f| f.members.get(village.index()).copied().unwrap_or(false))
    }

    /// Villages in focus.
    pub fn villages_in_focus(&self) -> Vec<FeatureId> {
        let all = self.district().into_iter().flat_map(|d| d.village_list());
        all.filter(|v| self.is_in_focus(*v)).collect()
    }

    /// A field's shown name: that of the indicator of this name, else of the language file, else its own.
    pub fn field_name<'a>(&'a self, field: &'a str) -> &'a str {
        if let Some(indicator) = self.district().and_then(|d| d.indicators.get(field)).filter(|i| i.id == field) {
            return indicator.name(self.lang);
        }
        self.lang.find(&format!("field.{field}")).unwrap_or(field)
    }

    /// A name with its unit in brackets behind it; within the name's own brackets where it ends with such: 拆违面积（累计，m²）.
    pub fn with_unit(&self, name: &str, unit: &str) -> String {
        match (name.strip_suffix(['）', ')']), unit.is_empty(), self.lang) {
            (_, true, _) => name.to_owned(),
            (Some(open), false, Lang::Zh) => format!("{open}，{unit}）"),
            (Some(open), false, Lang::En) => format!("{open}, {unit})"),
            (None, ..) => format!("{name}{}", self.in_brackets(unit)),
        }
    }

    /// A text with a unit behind it in brackets of the language.
    pub fn in_brackets(&self, unit: &str) -> String {
        match (unit.is_empty(), self.lang) {
            (true, _) => String::new(),
            (false, Lang::Zh) => format!("（{unit}）"),
            (false, Lang::En) => format!(" ({unit})"),
        }
    }
}
