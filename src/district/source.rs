//! A layer as the join takes it, and which of several are the villages.

use std::sync::Arc;

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
    /// Its data.
    pub dataset: Arc<Dataset>,
}

impl Source {
    /// A layer of which nothing is said.
    pub fn unsaid(dataset: Arc<Dataset>) -> Self {
        Self { id: String::new(), kind: None, dataset }
    }
}

/// What is known of a layer before it is decided what it is.
#[derive(Clone, Debug)]
pub struct LayerLook {
    /// What the project says.
    pub said: Option<LayerKind>,
    /// Whether it holds facilities.
    pub is_facilities: bool,
    /// How much it looks like the villages; `None` where its areas cannot be, or it has none.
    pub evidence: Option<VillageEvidence>,
}

impl LayerLook {
    /// Looks at a layer.
    pub fn of(source: &Source) -> Self {
        let dataset = &source.dataset;
        let evidence = can_be_villages(dataset).then(|| VillageEvidence::of(dataset));
        Self { said: source.kind.clone(), is_facilities: is_facilities(dataset), evidence }
    }
}

/// What layers are, top first: what is said of them; else facilities, else one of them the villages, unless another is said to be,
/// else shapes.
pub fn kinds_of(looks: &[LayerLook]) -> Vec<LayerKind> {
    let is_said = looks.iter().any(|l| l.said == Some(LayerKind::Villages));
    let is_open = |l: &LayerLook| l.said.is_none() && !l.is_facilities && l.evidence.is_some();
    let open: Vec<usize> = looks.iter().enumerate().filter(|(_, l)| is_open(l)).map(|(i, _)| i).collect();
    let found = villages_among(open.iter().filter_map(|i| looks.get(*i)?.evidence)).and_then(|i| open.get(i).copied());
    let kind = |(i, look): (usize, &LayerLook)| match &look.said {
        Some(kind) => kind.clone(),
        None if look.is_facilities => LayerKind::Facilities,
        None if !is_said && found == Some(i) => LayerKind::Villages,
        None => LayerKind::Shapes,
    };
    looks.iter().enumerate().map(kind).collect()
}

/// The layer that holds the villages: the uppermost of that kind that has areas.
pub fn village_position(looks: &[LayerLook], kinds: &[LayerKind]) -> Option<usize> {
    looks.iter().zip(kinds).position(|(look, kind)| *kind == LayerKind::Villages && look.evidence.is_some())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn look(said: Option<LayerKind>, area_deg2: f64, weight: i32) -> LayerLook {
        LayerLook { said, is_facilities: false, evidence: Some(VillageEvidence::test(area_deg2, weight)) }
    }

    #[test]
    fn what_is_said_counts_and_else_one_is_the_villages() {
        use LayerKind::{Facilities, Shapes, Villages};
        let facilities = LayerLook { said: None, is_facilities: true, evidence: None };
        let looks = [look(None, 0.1, 2), facilities, look(None, 1.0, 5)];
        assert_eq!(kinds_of(&looks), [Shapes, Facilities, Villages]);
        assert_eq!(village_position(&looks, &kinds_of(&looks)), Some(2));
        let looks = [look(Some(Villages), 0.1, 2), look(None, 1.0, 5)];
        assert_eq!(kinds_of(&looks), [Villages, Shapes], "adding a layer never makes it the villages");
        let looks = [look(Some(Shapes), 1.0, 9)];
        assert_eq!(village_position(&looks, &kinds_of(&looks)), None);
    }
}
