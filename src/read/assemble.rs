//! Batches of features, joined in order.

use rayon::prelude::*;
use rustc_hash::FxHashMap;

use super::batch::Batch;
use crate::model::{Column, ColumnBuilder, FeatureShape, GeometryKind, GeometryStore, Part, Problem, Severity, Table};

/// All features of a file.
pub(super) struct Assembled {
    pub(super) geometry: GeometryStore,
    pub(super) table: Table,
    pub(super) problems: Vec<Problem>,
    /// How many features have heights.
    pub(super) tall: usize,
}

/// Joins batches, which must be in the order of the file.
pub(super) fn assemble(batches: Vec<Batch>) -> Assembled {
    let mut stores = Vec::with_capacity(batches.len());
    let mut problems = Vec::new();
    let mut tall = 0;
    let mut names: Vec<Box<str>> = Vec::new();
    let mut lookup: FxHashMap<Box<str>, usize> = FxHashMap::default();
    let mut pieces: Vec<Vec<(u32, ColumnBuilder)>> = Vec::new();
    let mut ids = Vec::new();
    let mut rows = 0_u32;
    for batch in batches {
        for (name, builder) in batch.fields.names.into_iter().zip(batch.fields.builders) {
            let field = *lookup.entry(name).or_insert_with_key(|name| {
                names.push(name.clone());
                pieces.push(Vec::new());
                names.len() - 1
            });
            if let Some(pieces) = pieces.get_mut(field) {
                pieces.push((rows, builder));
            }
        }
        if !batch.ids.is_empty() {
            ids.push((rows, batch.ids));
        }
        problems.extend(batch.problems.into_iter().map(|p| Problem { feature: p.feature.map(|f| f + rows), ..p }));
        tall += batch.tall;
        rows += batch.geometry.features.len() as u32;
        stores.push(batch.geometry);
    }
    if !ids.is_empty() && !lookup.contains_key("id") {
        names.push("id".into());
        pieces.push(ids);
    }
    let join = |(name, pieces): (Box<str>, Vec<(u32, ColumnBuilder)>)| -> Column {
        let mut pieces = pieces.into_iter();
        let mut all = match pieces.next() {
            Some((0, first)) => first,
            Some((offset, later)) => {
                let mut all = ColumnBuilder::default();
                all.append(later, offset);
                all
            }
            None => ColumnBuilder::default(),
        };
        pieces.for_each(|(offset, piece)| all.append(piece, offset));
        all.finish(name.into(), rows)
    };
    let columns: Vec<_> = names.into_iter().zip(pieces).collect();
    let (geometry, columns) =
        rayon::join(|| concatenate(stores, &mut problems), || columns.into_par_iter().map(join).collect());
    Assembled { geometry, table: Table { columns, rows }, problems, tall }
}

/// Geometry one behind the other. What no longer fits 32-bit indexes is left out and reported.
fn concatenate(mut stores: Vec<GeometryStore>, problems: &mut Vec<Problem>) -> GeometryStore {
    if stores.len() == 1 {
        return stores.pop().unwrap_or_default();
    }
    let sum = |length: fn(&GeometryStore) -> usize| stores.iter().map(length).sum::<usize>();
    let mut all = GeometryStore {
        coords: Vec::new(),
        ring_starts: Vec::with_capacity(sum(|s| s.ring_starts.len()) + 1),
        parts: Vec::with_capacity(sum(|s| s.parts.len())),
        features: Vec::with_capacity(sum(|s| s.features.len())),
    };
    all.ring_starts.push(0);
    let mut coords_before = 0_usize;
    let mut kept = Vec::with_capacity(stores.len());
    let mut left_out = 0;
    for store in stores {
        if u32::try_from(coords_before + store.coords.len()).is_err() {
            left_out += store.features.len();
            all.features.extend(store.features.iter().map(|_| FeatureShape {
                kind: GeometryKind::Null,
                part_start: 0,
                part_end: 0,
            }));
            continue;
        }
        let (coords, rings, parts) = (coords_before as u32, all.ring_starts.len() as u32 - 1, all.parts.len() as u32);
        all.ring_starts.extend(store.ring_starts.iter().skip(1).map(|start| start + coords));
        all.parts.extend(store.parts.iter().map(|p| Part {
            ring_start: p.ring_start + rings,
            ring_end: p.ring_end + rings,
            ..*p
        }));
        all.features.extend(store.features.iter().map(|f| FeatureShape {
            part_start: f.part_start + parts,
            part_end: f.part_end + parts,
            ..*f
        }));
        coords_before += store.coords.len();
        kept.push(store.coords);
    }
    all.coords = joined(kept, coords_before);
    if left_out > 0 {
        let detail = left_out.to_string();
        problems.push(Problem { severity: Severity::Error, code: "too-many-vertices", feature: None, detail });
    }
    all
}

/// Positions one behind the other, copied by all cores: most of the time goes into memory touched for the first time. Each
/// piece is given back as soon as it has been copied.
fn joined(pieces: Vec<Vec<[f64; 2]>>, length: usize) -> Vec<[f64; 2]> {
    let mut all = vec![[0.0; 2]; length];
    let mut rest = all.as_mut_slice();
    let mut places = Vec::with_capacity(pieces.len());
    for piece in pieces {
        let (place, behind) = rest.split_at_mut(piece.len());
        rest = behind;
        places.push((place, piece));
    }
    places.into_par_iter().for_each(|(place, piece)| place.copy_from_slice(&piece));
    all
}
