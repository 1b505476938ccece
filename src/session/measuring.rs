//! Measuring on the map: a line, an area, or what lies around a place. Nothing of it is kept in the project.

use geo_types::{Coord, LineString, MultiPolygon, Polygon};

use super::state::Session;
use crate::district::{Region, Within, within};
use crate::geo::{LonLat, distance_m, measure, repaired};
use crate::lang::Lang;
use crate::model::{FeatureId, Generation};
use crate::project::AreaUnit;
use crate::rules::GapSeverity;

/// Radius that is looked at first, in metres.
const USUAL_RADIUS_M: f64 = 1000.0;

/// What is measured.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum MeasuringKind {
    /// A distance along a line.
    Line,
    /// An area, and what lies in it.
    Area,
    /// What lies within a distance of a place.
    Circle,
    /// Villages in a rectangle that is drawn in one go; afterwards an area like any other.
    Rectangle,
    /// Villages in a line that is drawn by hand in one go.
    Lasso,
}

impl MeasuringKind {
    /// Whether it is drawn by holding the button down.
    pub fn is_drawn(self) -> bool {
        matches!(self, Self::Rectangle | Self::Lasso)
    }
}

/// What is known of a place: what lies within, gaps by severity.
#[derive(Clone, Debug, PartialEq)]
pub struct Surroundings {
    /// People, households, facilities, villages.
    pub within: Within,
    /// Gaps that lie in it, by severity.
    pub gaps: [usize; 4],
}

/// A measuring under way or done.
#[derive(Clone, Debug, PartialEq)]
pub struct Measuring {
    /// What is measured.
    pub kind: MeasuringKind,
    /// Its points so far.
    pub points: Vec<LonLat>,
    /// Whether no more points come.
    pub is_over: bool,
    /// Radius of a circle in metres.
    pub radius_m: f64,
    /// What lies in it, and what that was found for.
    found: Option<((Generation, Option<i32>, Option<Generation>), Surroundings)>,
}

impl Measuring {
    /// A measuring that begins, at a point where there is one.
    pub fn begin(kind: MeasuringKind, at: Option<LonLat>) -> Self {
        let mut new = Self { kind, points: Vec::new(), is_over: false, radius_m: USUAL_RADIUS_M, found: None };
        at.into_iter().for_each(|at| new.put(at));
        new
    }

    /// Takes a point. A circle has one.
    pub fn put(&mut self, at: LonLat) {
        self.found = None;
        if self.kind == MeasuringKind::Circle {
            (self.points, self.is_over) = (vec![at], true);
        } else if self.points.last() != Some(&at) {
            self.points.push(at);
        }
    }

    /// Goes on drawing: a corner across from the first, or the next point of a line by hand.
    pub fn draw(&mut self, at: LonLat) {
        self.found = None;
        match (self.kind, self.points.first().copied()) {
            (MeasuringKind::Rectangle, Some(from)) => {
                let corner = |lon_deg, lat_deg| LonLat { lon_deg, lat_deg };
                self.points = vec![from, corner(at.lon_deg, from.lat_deg), at, corner(from.lon_deg, at.lat_deg)];
            }
            _ => self.put(at),
        }
    }

    /// What was drawn in one go is an area from now on; `false` where it is none.
    pub fn finish_drawing(&mut self) -> bool {
        let is_area = self.shape().is_some();
        if is_area {
            (self.kind, self.is_over) = (MeasuringKind::Area, true);
        } else {
            self.points.clear();
        }
        is_area
    }

    /// Villages whose middle lies in it.
    pub fn villages(&self, session: &Session) -> Vec<FeatureId> {
        let Some((region, loaded)) = self.region().zip(session.village_layer().and_then(|l| l.loaded())) else {
            return Vec::new();
        };
        let Some(anchors) = loaded.anchors.get() else { return Vec::new() };
        let members = loaded.members_in_time();
        let is_in = |f: &FeatureId| {
            let at = anchors.get(f.index()).and_then(Option::as_ref).map(|a| a.at.to_lonlat());
            members.is_none_or(|m| m.is_first(*f)) && session.is_in_focus(*f) && at.is_some_and(|at| region.holds(at))
        };
        loaded.dataset.features().filter(is_in).collect()
    }

    /// Takes the last point away.
    pub fn take_back(&mut self) {
        self.found = None;
        self.points.pop();
    }

    /// Looks within another distance.
    pub fn set_radius(&mut self, radius_m: f64) {
        (self.radius_m, self.found) = (radius_m, None);
    }

    /// Length of the line in metres, each piece the shortest way over the ellipsoid (Karney 2013).
    pub fn length_m(&self) -> f64 {
        self.points.windows(2).map(|w| if let [a, b] = w { distance_m(*a, *b) } else { 0.0 }).sum()
    }

    /// The area drawn; `None` with fewer than three corners.
    fn shape(&self) -> Option<MultiPolygon<f64>> {
        let mut ring: Vec<Coord<f64>> = self.points.iter().map(|p| Coord { x: p.lon_deg, y: p.lat_deg }).collect();
        ring.extend(ring.first().copied());
        // A line that crosses itself encloses what is on either side of the crossing.
        let whole = |ring| MultiPolygon::new(vec![Polygon::new(LineString::new(ring), Vec::new())]);
        (ring.len() > 3).then(|| whole(ring)).map(|shape| repaired(&shape).unwrap_or(shape))
    }

    /// Area in m² and perimeter in m on the ellipsoid; `None` for a line, and with fewer than three corners.
    pub fn area(&self) -> Option<(f64, f64)> {
        match self.kind {
            MeasuringKind::Line => None,
            MeasuringKind::Area | MeasuringKind::Rectangle | MeasuringKind::Lasso => self.shape().map(|s| {
                let of = measure(&s);
                (of.area_m2, of.perimeter_m)
            }),
            MeasuringKind::Circle => {
                let r = self.radius_m;
                (!self.points.is_empty()).then_some((std::f64::consts::PI * r * r, std::f64::consts::TAU * r))
            }
        }
    }

    /// Where is looked; `None` for a line, and before there is an area.
    pub fn region(&self) -> Option<Region> {
        match self.kind {
            MeasuringKind::Line => None,
            MeasuringKind::Area | MeasuringKind::Rectangle | MeasuringKind::Lasso => self.shape().map(Region::Shape),
            MeasuringKind::Circle => self.points.first().map(|at| Region::Circle(*at, self.radius_m)),
        }
    }

    /// The outline of a circle; its first point is not repeated. Empty before there is one.
    pub fn outline(&self) -> Vec<LonLat> {
        let area = self.region().map(|r| r.area());
        let ring = area.iter().flatten().next().map(|p| p.exterior().0.as_slice()).unwrap_or_default();
        ring.iter().skip(1).map(|c| LonLat::new(c.x, c.y)).collect()
    }

    /// What lies in it, found once.
    pub fn surroundings(&mut self, session: &Session) -> Option<&Surroundings> {
        let district = session.district()?;
        let gaps = session.present_gaps();
        let key = (district.generation, session.year(), gaps.map(|g| g.generation));
        if self.found.as_ref().is_none_or(|(of, _)| *of != key) {
            let region = self.region()?;
            let within = within(district, &region, session.year());
            let mut by_severity = [0; 4];
            for gap in gaps.into_iter().flat_map(|g| g.list.gaps.iter()) {
                let at = GapSeverity::ALL.iter().position(|s| *s == gap.severity);
                if let (Some(place), Some(slot)) = (gap.at, at.and_then(|i| by_severity.get_mut(i)))
                    && region.holds(place)
                {
                    *slot += 1;
                }
            }
            self.found = Some((key, Surroundings { within, gaps: by_severity }));
        }
        self.found.as_ref().map(|(_, found)| found)
    }
}

/// A length in words: metres below a kilometre.
pub fn length_words(metres: f64) -> String {
    if metres < 1000.0 { format!("{metres:.1} m") } else { format!("{:.3} km", metres / 1000.0) }
}

/// An area in words: square metres, hectares or square kilometres by its size, mu (亩, 2000/3 m²), or both.
pub fn area_words(square_metres: f64, unit: AreaUnit, lang: Lang) -> String {
    let mu = square_metres * 3.0 / 2000.0;
    let (metric, digits) = match square_metres {
        m if m < 10_000.0 => (format!("{m:.1} m²"), 2),
        m if m < 1e6 => (format!("{:.3} ha", m / 1e4), 1),
        m => (format!("{:.3} km²", m / 1e6), 0),
    };
    let mu = format!("{mu:.digits$} {}", lang.t("settings.mu"));
    match unit {
        AreaUnit::Both => format!("{metric} · {mu}"),
        AreaUnit::Metric => metric,
        AreaUnit::Mu => mu,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lengths_and_areas_are_those_of_the_ellipsoid() {
        let mut line = Measuring::begin(MeasuringKind::Line, Some(LonLat::new(116.0, 40.0)));
        line.put(LonLat::new(117.0, 40.0));
        // PROJ 9: Geod(ellps="WGS84").inv(116, 40, 117, 40).
        assert!((line.length_m() - 85_393.409_129_604_3).abs() < 1e-3, "{}", line.length_m());
        let mut area = Measuring::begin(MeasuringKind::Area, None);
        for (lon, lat) in [(116.0, 40.0), (116.1, 40.0), (116.1, 40.1)] {
            area.put(LonLat::new(lon, lat));
        }
        let (square_metres, _) = area.area().expect("an area");
        assert!((square_metres / 1e6 - 47.4).abs() < 0.2, "{square_metres}");
        area.take_back();
        assert!(area.area().is_none());
        // A line that crosses itself: both halves, not what is left of one after the other.
        let mut bow = Measuring::begin(MeasuringKind::Lasso, None);
        for (lon, lat) in [(116.0, 40.0), (116.1, 40.1), (116.1, 40.0), (116.0, 40.1)] {
            bow.put(LonLat::new(lon, lat));
        }
        let (square_metres, _) = bow.area().expect("an area");
        assert!((square_metres / 1e6 - 47.4).abs() < 0.5, "{square_metres}");
        assert_eq!((length_words(999.94), length_words(1234.5)), ("999.9 m".into(), "1.234 km".into()));
        let words = |unit, lang| area_words(2000.0 / 3.0, unit, lang);
        assert_eq!(words(AreaUnit::Both, Lang::Zh), "666.7 m² · 1.00 亩");
        assert_eq!(words(AreaUnit::Metric, Lang::Zh), "666.7 m²");
        assert_eq!(words(AreaUnit::Mu, Lang::En), "1.00 mu");
    }
}
