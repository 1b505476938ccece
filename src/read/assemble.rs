//! Batches of features, joined in order.

use rayon::prelude::*;
use rustc_hash::FxHashMap;

use super::batch::Batch;
use crate::model::{Column, ColumnBuilder, FeatureId, GeometryStore, Problem, Severity, Table};

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
    let (mut tall, mut left_out) = (0, 0);
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
        problems.extend(
            batch
                .problems
                .into_iter()
                .map(|p| Problem { feature: p.feature.map(|f| FeatureId::new(f.number() + rows)), ..p }),
        );
        tall += batch.tall;
        left_out += batch.left_out;
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
    let ((geometry, more), columns) =
        rayon::join(|| concatenate(stores), || columns.into_par_iter().map(join).collect());
    left_out += more;
    if left_out > 0 {
        let detail = left_out.to_string();
        problems.push(Problem { severity: Severity::Error, code: "too-many-vertices", feature: None, detail });
    }
    Assembled { geometry, table: Table { columns, rows }, problems, tall }
}

/// Batches joined while others are still being parsed, in the order of the file: so that hardly more than one copy of the
/// positions is ever in memory, and the buffers of batches are used again.
#[derive(Default)]
pub(super) struct Joiner {
    all: Batch,
    /// Batches that came before their turn.
    early: Vec<(usize, Batch)>,
    next: usize,
    /// Buffers of joined batches, empty, to be used again.
    pub(super) spare: Vec<Vec<[f64; 2]>>,
}

impl Joiner {
    /// Makes room for so many positions.
    pub(super) fn expect(&mut self, positions: usize) {
        // Without the room the buffer grows as it is filled.
        self.all.geometry.coords.try_reserve_exact(positions).ok();
    }

    /// Takes the batch of a number, and joins what is next.
    pub(super) fn add(&mut self, number: usize, batch: Batch) {
        self.early.push((number, batch));
        while let Some(at) = self.early.iter().position(|(n, _)| *n == self.next) {
            let (_, mut batch) = self.early.swap_remove(at);
            self.all.append(&mut batch);
            let mut coords = std::mem::take(&mut batch.geometry.coords);
            coords.clear();
            self.spare.push(coords);
            self.next += 1;
        }
    }

    /// Everything joined; `None` where a batch is missing.
    pub(super) fn finish(mut self) -> Option<Batch> {
        self.all.geometry.coords.shrink_to_fit();
        self.early.is_empty().then_some(self.all)
    }
}

impl Batch {
    /// Moves another batch behind this one. What no longer fits 32-bit indexes is left out and counted.
    pub(super) fn append(&mut self, other: &mut Self) {
        let rows = self.row();
        self.fields.next = 0;
        for (name, builder) in other.fields.names.drain(..).zip(other.fields.builders.drain(..)) {
            let field = self.fields.field(&name);
            if let Some(all) = self.fields.builders.get_mut(field) {
                all.append(builder, rows);
            }
        }
        self.ids.append(std::mem::take(&mut other.ids), rows);
        let moved = |p: Problem| Problem { feature: p.feature.map(|f| FeatureId::new(f.number() + rows)), ..p };
        self.problems.extend(other.problems.drain(..).map(moved));
        self.tall += other.tall;
        self.left_out += other.left_out + self.geometry.append(&other.geometry);
    }
}

/// Geometry one behind the other; how many features were left out because they no longer fit 32-bit indexes.
fn concatenate(mut stores: Vec<GeometryStore>) -> (GeometryStore, usize) {
    if stores.len() == 1 {
        return (stores.pop().unwrap_or_default(), 0);
    }
    let mut all = GeometryStore::default();
    all.coords.reserve_exact(stores.iter().map(|s| s.coords.len()).sum::<usize>().min(u32::MAX as usize));
    // Each piece is given back as soon as it has been copied.
    let left_out = stores.into_iter().map(|store| all.append(&store)).sum();
    (all, left_out)
}
