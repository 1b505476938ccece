//! Whole files of villages out as FlatGeobuf, which has its own spatial index.

use std::io::{self, Seek, SeekFrom, Write};
use std::path::Path;

use flatbuffers::{FlatBufferBuilder, WIPOffset};
use flatgeobuf::packed_r_tree::{NodeItem, PackedRTree, calc_extent, hilbert_sort};
use flatgeobuf::{
    Column, ColumnArgs, ColumnType, Crs as HeaderCrs, CrsArgs, Feature, FeatureArgs, Geometry, GeometryArgs,
    GeometryType, Header, HeaderArgs,
};

use super::geojson::beside;
use crate::model::{Crs, Dataset, FeatureId, FieldType, GeometryKind, GeometryStore, Part, PartKind, Value};

/// Builds features of a FlatGeobuf file one after the other.
struct Builder<'a> {
    dataset: &'a Dataset,
    buffer: FlatBufferBuilder<'static>,
    properties: Vec<u8>,
}

impl Builder<'_> {
    /// A feature as it stands in the file, its size before it. One without positions has no geometry.
    fn feature(&mut self, feature: FeatureId) -> &[u8] {
        self.buffer.reset();
        self.properties.clear();
        let geometry = self.geometry(feature);
        for (i, column) in self.dataset.table.columns.iter().enumerate() {
            property(&mut self.properties, i as u16, column.value(feature));
        }
        let properties = Some(self.buffer.create_vector(&self.properties));
        let arguments = FeatureArgs { geometry, properties, ..Default::default() };
        let feature = Feature::create(&mut self.buffer, &arguments);
        self.buffer.finish_size_prefixed(feature, None);
        self.buffer.finished_data()
    }

    fn geometry(&mut self, feature: FeatureId) -> Option<WIPOffset<Geometry<'static>>> {
        let store: &GeometryStore = &self.dataset.geometry;
        let parts = store.parts_of(feature);
        let kind = store.features.get(feature.index())?.kind;
        let rings = |parts: &[Part]| parts.iter().flat_map(|p| p.ring_start..p.ring_end).collect::<Vec<u32>>();
        let type_ = match kind {
            _ if parts.is_empty() => return None,
            GeometryKind::Null => return None,
            GeometryKind::Point => GeometryType::Point,
            GeometryKind::MultiPoint => GeometryType::MultiPoint,
            GeometryKind::LineString => GeometryType::LineString,
            GeometryKind::MultiLineString => GeometryType::MultiLineString,
            GeometryKind::Polygon => GeometryType::Polygon,
            GeometryKind::MultiPolygon | GeometryKind::GeometryCollection => {
                let of = |part: &Part| match part.kind {
                    PartKind::Point => GeometryType::Point,
                    PartKind::Line => GeometryType::LineString,
                    PartKind::Polygon => GeometryType::Polygon,
                };
                let made: Vec<_> = parts.iter().map(|part| self.simple(of(part), &rings(&[*part]))).collect();
                let parts = Some(self.buffer.create_vector(&made));
                let is_collection = kind == GeometryKind::GeometryCollection;
                let type_ = if is_collection { GeometryType::GeometryCollection } else { GeometryType::MultiPolygon };
                return Some(Geometry::create(&mut self.buffer, &GeometryArgs { type_, parts, ..Default::default() }));
            }
        };
        Some(self.simple(type_, &rings(parts)))
    }

    /// Rings, lines or points one behind the other, and where each ends unless there is but one.
    fn simple(&mut self, type_: GeometryType, rings: &[u32]) -> WIPOffset<Geometry<'static>> {
        let store: &GeometryStore = &self.dataset.geometry;
        let flat: Vec<f64> = rings.iter().flat_map(|r| store.ring(*r)).flatten().copied().collect();
        let mut end = 0;
        let ends = rings.iter().map(|r| {
            end += store.ring(*r).len() as u32;
            end
        });
        let has_ends = rings.len() > 1 && !matches!(type_, GeometryType::Point | GeometryType::MultiPoint);
        let ends: Vec<u32> = if has_ends { ends.collect() } else { Vec::new() };
        // The format has no sign for a height that is not known, and readers take two ends that are NaN for an open ring.
        let z = (!store.heights.is_empty()).then(|| {
            let heights = rings.iter().flat_map(|r| store.ring_with_heights(*r)).map(|(_, z)| z.unwrap_or(0.0));
            self.buffer.create_vector(&heights.collect::<Vec<f64>>())
        });
        let xy = Some(self.buffer.create_vector(&flat));
        let ends = has_ends.then(|| self.buffer.create_vector(&ends));
        Geometry::create(&mut self.buffer, &GeometryArgs { type_, xy, z, ends, ..Default::default() })
    }
}

/// Adds a field: the number of its column, its value. What is missing is not written.
fn property(out: &mut Vec<u8>, column: u16, value: Value<'_>) {
    if value != Value::Missing {
        out.extend(column.to_le_bytes());
    }
    match value {
        Value::Missing => {}
        Value::Text(text) => {
            out.extend((text.len() as u32).to_le_bytes());
            out.extend(text.as_bytes());
        }
        Value::Integer(whole) => out.extend(whole.to_le_bytes()),
        Value::Real(real) => out.extend(real.to_le_bytes()),
        Value::Boolean(flag) => out.push(u8::from(flag)),
    }
}

/// The header: layer, fields, CRS; the kind of geometry stands with each feature.
fn header(dataset: &Dataset, envelope: Option<[f64; 4]>) -> Vec<u8> {
    let mut b = FlatBufferBuilder::new();
    let column = |b: &mut FlatBufferBuilder<'static>, column: &crate::model::Column| {
        let type_ = match column.kind {
            FieldType::Text | FieldType::Date => ColumnType::String,
            FieldType::Integer => ColumnType::Long,
            FieldType::Real => ColumnType::Double,
            FieldType::Boolean => ColumnType::Bool,
        };
        let name = Some(b.create_string(&column.name));
        Column::create(b, &ColumnArgs { name, type_, ..Default::default() })
    };
    let columns: Vec<_> = dataset.table.columns.iter().map(|c| column(&mut b, c)).collect();
    let columns = Some(b.create_vector(&columns));
    let code = match &dataset.source.crs {
        Crs::Geographic(epsg) => *epsg as i32,
        // Positions were brought to WGS 84 when they were read.
        Crs::Reprojected(_) => 4326,
        Crs::Other(name) => name.strip_prefix("EPSG:").and_then(|code| code.parse().ok()).unwrap_or(0),
    };
    let other = match &dataset.source.crs {
        Crs::Other(name) if code == 0 => Some(b.create_string(name)),
        _ => None,
    };
    let org = (code != 0).then(|| b.create_string("EPSG"));
    let crs = Some(HeaderCrs::create(&mut b, &CrsArgs { org, code, name: other, ..Default::default() }));
    let name = Some(b.create_string(&dataset.source.layer));
    let arguments = HeaderArgs {
        name,
        envelope: envelope.map(|e| b.create_vector(&e)),
        geometry_type: GeometryType::Unknown,
        has_z: !dataset.geometry.heights.is_empty(),
        columns,
        features_count: u64::from(dataset.len()),
        index_node_size: if envelope.is_some() { PackedRTree::DEFAULT_NODE_SIZE } else { 0 },
        crs,
        ..Default::default()
    };
    let header = Header::create(&mut b, &arguments);
    b.finish_size_prefixed(header, None);
    b.finished_data().to_vec()
}

/// Writes all features as FlatGeobuf with a packed Hilbert R-tree; they come in the order of the tree. Features without
/// geometry stay, without a place in the tree. Each keeps the kind of geometry it had.
///
/// # Errors
/// Those of the file system; nothing is left behind then.
pub fn save_flatgeobuf(dataset: &Dataset, to: &Path) -> io::Result<()> {
    let failed = |e: flatgeobuf::Error| io::Error::other(e.to_string());
    let node = |feature: FeatureId| match dataset.geometry.bounds_of(feature) {
        Some(bounds) => {
            let [w, s, e, n] = bounds.sides();
            NodeItem { offset: u64::from(feature.number()), ..NodeItem::bounds(w, s, e, n) }
        }
        None => NodeItem::create(u64::from(feature.number())),
    };
    let mut nodes: Vec<NodeItem> = dataset.features().map(node).collect();
    let extent = calc_extent(&nodes);
    let envelope = Some([extent.min_x, extent.min_y, extent.max_x, extent.max_y]).filter(|e| e[0] <= e[2]);
    if envelope.is_some() {
        hilbert_sort(&mut nodes, &extent);
    }
    beside(to, |out| {
        out.write_all(b"fgb\x03fgb\x00")?;
        out.write_all(&header(dataset, envelope))?;
        let index_at = out.stream_position()?;
        // The tree says where each feature lies: it is written when all of them are.
        let index_bytes = envelope.map_or(0, |_| PackedRTree::index_size(nodes.len(), PackedRTree::DEFAULT_NODE_SIZE));
        out.seek(SeekFrom::Start(index_at + index_bytes as u64))?;
        let mut builder = Builder { dataset, buffer: FlatBufferBuilder::new(), properties: Vec::new() };
        let mut at = 0;
        for node in &mut nodes {
            let bytes = builder.feature(FeatureId::new(node.offset as u32));
            out.write_all(bytes)?;
            node.offset = at;
            at += bytes.len() as u64;
        }
        if envelope.is_some() {
            out.seek(SeekFrom::Start(index_at))?;
            let tree = PackedRTree::build(&nodes, &extent, PackedRTree::DEFAULT_NODE_SIZE).map_err(failed)?;
            tree.stream_write(out)?;
        }
        Ok(())
    })
}
