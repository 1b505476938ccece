//! A meeting: full screen, scene after scene.

use super::camera::Camera;
use super::history::Document;
use super::state::Session;
use crate::district::MapSpec;
use crate::project::{Focus, SceneEntry, ViewEntry};
use crate::survey::Instant;

/// How long a flight between scenes takes, in seconds.
pub const FLIGHT_SECS: f64 = 0.8;
/// How long figures count up, in seconds.
pub const COUNT_SECS: f64 = 0.9;

/// The camera on its way.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Flight {
    /// From.
    pub from: Camera,
    /// To.
    pub to: Camera,
    /// When it began, in seconds of the window's clock.
    pub began: f64,
}

impl Flight {
    /// Where the camera is at a time; `None` where it has arrived.
    pub fn at(&self, now: f64) -> Option<Camera> {
        let t = ((now - self.began) / FLIGHT_SECS).clamp(0.0, 1.0);
        if t >= 1.0 {
            return None;
        }
        // Slow, fast, slow.
        let t = t * t * (3.0 - 2.0 * t);
        let mix = |a: f64, b: f64| a + (b - a) * t;
        let centre = crate::geo::WorldPos {
            x: mix(self.from.centre.x, self.to.centre.x),
            y: mix(self.from.centre.y, self.to.centre.y),
        };
        Some(Camera { centre, zoom: mix(self.from.zoom, self.to.zoom) })
    }
}

/// What is asked of a meeting on the spot.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Answer {
    /// The ten worst villages.
    Worst,
    /// The ten best.
    Best,
    /// The ten that changed most since the first year.
    Changed,
}

impl Answer {
    /// Stable name; in language files `answer.<key>`.
    pub fn key(self) -> &'static str {
        match self {
            Self::Worst => "worst",
            Self::Best => "best",
            Self::Changed => "changed",
        }
    }
}

/// A meeting that is going on.
#[derive(Clone, Debug)]
pub struct Meeting {
    /// The scene shown; `None` for what the window showed.
    pub scene: Option<usize>,
    /// Whether the screen is blank.
    pub is_blank: bool,
    /// When the meeting began, in seconds of the window's clock.
    pub opened: f64,
    /// When the meeting began, by the clock.
    pub since: Instant,
    /// When the scene began, in seconds of the window's clock.
    pub began: f64,
    /// What stands on the left of the divider.
    pub left: Left,
    /// Whether gaps are ringed.
    pub gaps: bool,
    /// Whether headline figures are left out.
    pub no_figures: bool,
    /// Whether the legend is left out.
    pub no_legend: bool,
    /// What was asked on the spot, until the next scene or Esc.
    pub answer: Option<Answer>,
    /// Where focus and camera were before a town became the whole map, until the next scene or Esc.
    pub before_town: Option<(Option<Focus>, Camera)>,
    /// Whether the pointer draws on the map; what it draws vanishes by itself.
    pub has_pen: bool,
    /// A word to the presenter, until the next scene.
    pub word: Option<String>,
    /// What was there, to be put back.
    pub was: Was,
}

/// What is compared with the map shown: on the left of a divider, or beside it.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Left {
    /// An earlier year.
    pub year: Option<i32>,
    /// Another indicator, by its id.
    pub indicator: Option<String>,
    /// Whether both stand side by side.
    pub side_by_side: bool,
}

/// What a meeting puts back at its end.
#[derive(Clone, Debug)]
pub struct Was {
    /// Project and selection.
    pub document: Document,
    /// Theme, year, focus.
    pub view: ViewEntry,
    /// Camera.
    pub camera: Camera,
    /// Size of the map in points.
    pub map_size_pt: [f64; 2],
    /// Filter of the table.
    pub filter: String,
}

impl Session {
    /// What stands on the left of the divider.
    pub fn left(&self) -> &Left {
        self.meeting.as_ref().map_or(&self.stage.divided, |m| &m.left)
    }

    /// The map on the left of the divider, where there is one.
    pub fn map_on_left(&self) -> Option<MapSpec> {
        let left = self.left();
        let (map, district) = (self.map_spec()?, self.district()?);
        let has = |i: &usize| district.observations.has(*i);
        let indicator = left.indicator.as_ref().and_then(|id| district.indicators.position(id)).filter(has);
        let year = left.year.filter(|y| district.observations.years().contains(y));
        let spec =
            MapSpec { indicator: indicator.unwrap_or(map.indicator), year: year.or(map.year), since: None, ..map };
        (spec.indicator != map.indicator || spec.year != map.year).then_some(spec)
    }

    /// The earlier year on the left of the divider, where the same indicator stands on both sides.
    pub fn year_before(&self) -> Option<i32> {
        let (left, right) = (self.map_on_left()?, self.map_spec()?);
        left.year.filter(|y| left.indicator == right.indicator && Some(*y) != right.year)
    }

    /// What the window is cleared with: the panels' colour, in a meeting the map's ground.
    pub fn clear_colour(&self) -> egui::Color32 {
        if self.meeting.is_some() { self.tokens().ground } else { self.tokens().panel }
    }

    /// The scene shown in the meeting.
    pub fn scene_shown(&self) -> Option<&SceneEntry> {
        self.document.project.scenes.get(self.meeting.as_ref()?.scene?)
    }

    /// What is shown now, as a scene.
    pub fn capture(&self, name: String) -> SceneEntry {
        let hidden = self
            .shown()
            .filter(|(_, e)| !e.visible)
            .map(|(l, e)| if e.id.is_empty() { self.layer_title(l.key) } else { e.id.clone() })
            .collect();
        let selected = self.on_card().and_then(|(layer, feature)| {
            let dataset = &layer.loaded()?.dataset;
            let code = dataset.text(feature, crate::model::Role::Code);
            Some(code.map_or_else(|| dataset.display_name(feature), |c| c.into_owned()))
        });
        let shows_all = self.shows_all();
        SceneEntry {
            id: SceneEntry::new_id(),
            name,
            // Where everything is shown, every screen shows everything.
            camera: (!shows_all).then(|| self.camera.to_project()),
            map_size: (!shows_all).then_some(self.map_size_pt),
            view: self.captured_view(),
            selected,
            before: self.stage.divided.year,
            beside: self.stage.divided.indicator.clone(),
            side_by_side: self.stage.divided.side_by_side,
            gaps: self.are_gaps_ringed(),
            figures: self.scene_shown().map(|s| s.figures.clone()).unwrap_or_default(),
            seen: self.seen_figures(&self.scene_shown().map(|s| s.figures.clone()).unwrap_or_default()),
            hidden,
            filter: self.moment.filter.clone(),
            ..SceneEntry::default()
        }
    }

    /// The view with the symbols named that it shows: a meeting shows none but those.
    fn captured_view(&self) -> crate::project::ViewEntry {
        let mut view = self.view.clone();
        if let Some((_, theme)) = self.theme().filter(|_| self.meeting.is_none()) {
            view.symbols.entry(theme.key().to_owned()).or_insert_with(|| self.symbols_shown(theme));
        }
        view
    }

    /// Whether the map shows everything, as it does after opening, or nearly so.
    fn shows_all(&self) -> bool {
        let bounds = self.village_layer().and_then(|l| l.loaded()).and_then(|l| l.bounds_deg());
        let Some(bounds) = bounds.filter(|_| self.view.focus.is_none()) else { return false };
        let fitting = Camera::fitting(bounds, self.map_size_pt);
        let offset = self.camera.offset_of(fitting.centre);
        (self.camera.zoom - fitting.zoom).abs() < 0.6
            && offset[0].abs() < self.map_size_pt[0] * 0.15
            && offset[1].abs() < self.map_size_pt[1] * 0.15
    }

    /// How many villages each class has on the left of the divider, and how many have no value there; `None` where another indicator
    /// stands there, or none.
    pub fn counts_on_left(&self) -> Option<(Vec<usize>, usize)> {
        self.year_before()?;
        let (left, district) = (self.map_on_left()?, self.district()?);
        let look = self.indicator_look(left.indicator);
        let colouring = crate::district::choropleth(district, &left, look, &|v| self.is_in_focus(v))?;
        Some((colouring.legend.iter().map(|r| r.count).collect(), colouring.missing))
    }

    /// What a scene's small picture depends on.
    pub fn scene_key(&self, scene: &SceneEntry) -> String {
        let district = self.district().map(|d| d.generation);
        format!("{district:?}{:?}{:?}{:?}", scene.view, scene.camera, scene.map_size)
    }

    /// The camera of a scene on this screen: the same piece of the world.
    pub fn camera_of(&self, scene: &SceneEntry) -> Option<Camera> {
        let mut camera = Camera::from_project(scene.camera?);
        if let Some([w, h]) = scene.map_size {
            let [now_w, now_h] = self.map_size_pt;
            camera.zoom += (now_w / w.max(1.0)).min(now_h / h.max(1.0)).max(1e-3).log2();
        }
        Some(camera)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::geo::WorldPos;

    #[test]
    fn a_flight_ends_where_it_is_to_end_within_a_second() {
        let at = |x, zoom| Camera { centre: WorldPos { x, y: 0.4 }, zoom };
        let flight = Flight { from: at(0.1, 5.0), to: at(0.3, 9.0), began: 10.0 };
        assert_eq!(flight.at(10.0), Some(flight.from));
        let middle = flight.at(10.4).expect("on its way");
        assert!(middle.zoom > 6.0 && middle.zoom < 8.0 && middle.centre.x > 0.15 && middle.centre.x < 0.25);
        assert_eq!(flight.at(11.0), None);
    }
}
