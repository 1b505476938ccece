//! A layer as the join takes it, and which of several are the villages.

use std::sync::Arc;

use super::editions::year_of_day;
use super::facility_file::is_facilities;
use super::kind::{VillageEvidence, can_be_villages, villages_among};
use crate::model::{Dataset, LayerKind};

/// A layer of a project.
#[derive(Clone, Debug)]
pub struct Source {
    /// Its id in the project; empty where it has none: then its file's name says which it is.
    pub id: String,
    /// What it is, where the project says so.
    pub kind: Option<LayerKind>,
    /// For villages: the first and the last day on which these boundaries hold, ISO 8601.
    pub valid: [Option<String>; 2],
    /// Its data.
    pub dataset: Arc<Dataset>,
}

impl Source {
    /// A layer of which nothing is said.
    pub fn unsaid(dataset: Arc<Dataset>) -> Self {
        Self { id: String::new(), kind: None, valid: [None, None], dataset }
    }

    /// The year in which these boundaries begin to hold, as the project says.
    pub fn first_year(&self) -> Option<i32> {
        year_of_day(self.valid[0].as_deref()?)
    }

    /// The last year in which they hold.
    pub fn last_year(&self) -> Option<i32> {
        year_of_day(self.valid[1].as_deref()?)
    }
}

/// What is known of a layer before it is decided what it is.
pub struct LayerLook<'a> {
    /// What the project says.
    pub said: Option<LayerKind>,
    /// Whether it holds facilities.
    pub is_facilities: bool,
    /// Whether it has areas that can be villages.
    pub can_be_villages: bool,
    /// How much it looks like the villages: asked for only where several could be, as it is found out of every position.
    pub evidence: Box<dyn Fn() -> VillageEvidence + 'a>,
}

impl<'a> LayerLook<'a> {
    /// Looks at a layer.
    pub fn of(source: &'a Source) -> Self {
        let dataset = &source.dataset;
        Self {
            said: source.kind.clone(),
            is_facilities: is_facilities(dataset),
            can_be_villages: can_be_villages(dataset),
            evidence: Box::new(|| VillageEvidence::of(dataset)),
        }
    }
}

/// What layers are, top first: what is said of them; else facilities, else one of them the villages, unless another is said to be,
/// else shapes.
pub fn kinds_of(looks: &[LayerLook<'_>]) -> Vec<LayerKind> {
    let is_said = looks.iter().any(|l| l.said == Some(LayerKind::Villages));
    let is_open = |l: &LayerLook<'_>| l.said.is_none() && !l.is_facilities && l.can_be_villages;
    let open: Vec<(usize, &LayerLook<'_>)> = looks.iter().enumerate().filter(|(_, l)| is_open(l)).collect();
    let found = match open.as_slice() {
        _ if is_said => None,
        [one] => Some(one.0),
        several => villages_among(several.iter().map(|(_, l)| (l.evidence)())).and_then(|i| Some(several.get(i)?.0)),
    };
    let kind = |(i, look): (usize, &LayerLook<'_>)| match &look.said {
        Some(kind) => kind.clone(),
        None if look.is_facilities => LayerKind::Facilities,
        None if found == Some(i) => LayerKind::Villages,
        None => LayerKind::Shapes,
    };
    looks.iter().enumerate().map(kind).collect()
}

/// The layer that holds the villages: the uppermost of that kind that has areas.
pub fn village_position(looks: &[LayerLook<'_>], kinds: &[LayerKind]) -> Option<usize> {
    looks.iter().zip(kinds).position(|(look, kind)| *kind == LayerKind::Villages && look.can_be_villages)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn look(said: Option<LayerKind>, area_deg2: f64, weight: i32) -> LayerLook<'static> {
        let evidence = Box::new(move || VillageEvidence::test(area_deg2, weight));
        LayerLook { said, is_facilities: false, can_be_villages: true, evidence }
    }

    #[test]
    fn what_is_said_counts_and_else_one_is_the_villages() {
        use LayerKind::{Facilities, Shapes, Villages};
        let evidence = || -> VillageEvidence { unreachable!("facilities are not asked") };
        let facilities =
            LayerLook { said: None, is_facilities: true, can_be_villages: false, evidence: Box::new(evidence) };
        let looks = [look(None, 0.1, 2), facilities, look(None, 1.0, 5)];
        assert_eq!(kinds_of(&looks), [Shapes, Facilities, Villages]);
        assert_eq!(village_position(&looks, &kinds_of(&looks)), Some(2));
        let looks = [look(Some(Villages), 0.1, 2), look(None, 1.0, 5)];
        assert_eq!(kinds_of(&looks), [Villages, Shapes], "adding a layer never makes it the villages");
        // One alone is not looked at closely: that takes time in proportion to its positions.
        let evidence = || -> VillageEvidence { unreachable!("there is no other") };
        let alone = LayerLook { said: None, is_facilities: false, can_be_villages: true, evidence: Box::new(evidence) };
        assert_eq!(kinds_of(&[alone]), [Villages]);
        let looks = [look(Some(Shapes), 1.0, 9)];
        assert_eq!(village_position(&looks, &kinds_of(&looks)), None);
    }
}
