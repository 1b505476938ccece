//! PMTiles, version 3: one file with a directory by the place of tiles along a Hilbert curve
//! (<https://github.com/protomaps/PMTiles/blob/main/spec/v3/spec.md>).

use std::fs::File;
use std::io::{Read, Seek, SeekFrom};
use std::path::Path;
use std::sync::Mutex;

use rustc_hash::FxHashMap;

use super::blocks::{Blocks, CUT_SHORT, GroundError};
use super::datum::TileDatum;
use super::tiles::{DEEPEST, TileBytes, TileFacts, TilePyramid, is_vector, plain, side_of};
use crate::geo::BoundsDeg;

const HEADER_BYTES: usize = 127;
/// Most bytes of a directory, unpacked, and of a tile.
const MOST_BYTES: u64 = 64 << 20;
/// Entries of one directory.
const MOST_ENTRIES: u64 = 4_000_000;
/// Directories below one another; the specification has two.
const MOST_STEPS: usize = 4;

/// An entry of a directory: from this tile on, so many tiles have these bytes; a run of 0 is another directory.
#[derive(Clone, Copy, Debug, PartialEq)]
struct Entry {
    id: u64,
    run: u64,
    offset: u64,
    length: u64,
}

struct PmTiles {
    file: Mutex<File>,
    size: u64,
    root: Vec<Entry>,
    leaves: Mutex<FxHashMap<u64, std::sync::Arc<Vec<Entry>>>>,
    leaf_offset: u64,
    data_offset: u64,
    packing: u8,
    tile_packing: u8,
}

fn damaged(text: &str) -> GroundError {
    GroundError::Damaged(text.to_owned())
}

impl PmTiles {
    fn at(&self, offset: u64, length: u64) -> Result<Vec<u8>, GroundError> {
        let is_inside = offset.checked_add(length).is_some_and(|end| end <= self.size);
        if !is_inside || length > MOST_BYTES {
            return Err(damaged(CUT_SHORT));
        }
        let mut bytes = vec![0; length as usize];
        let mut file = self.file.lock().unwrap_or_else(std::sync::PoisonError::into_inner);
        file.seek(SeekFrom::Start(offset))?;
        file.read_exact(&mut bytes)?;
        Ok(bytes)
    }

    fn directory(&self, offset: u64, length: u64) -> Result<std::sync::Arc<Vec<Entry>>, GroundError> {
        let leaves = || self.leaves.lock().unwrap_or_else(std::sync::PoisonError::into_inner);
        if let Some(known) = leaves().get(&offset) {
            return Ok(known.clone());
        }
        let bytes = unpacked(self.at(offset, length)?, self.packing)?;
        let made = std::sync::Arc::new(entries(&bytes)?);
        let mut all = leaves();
        if all.len() > 256 {
            all.clear();
        }
        all.insert(offset, made.clone());
        Ok(made)
    }

    fn find(&self, id: u64) -> Result<Option<(u64, u64)>, GroundError> {
        let mut entry = look_up(&self.root, id);
        for _ in 0..MOST_STEPS {
            let Some(found) = entry else { return Ok(None) };
            if found.run > 0 {
                let offset = self.data_offset.checked_add(found.offset).ok_or_else(|| damaged(CUT_SHORT))?;
                return Ok((id - found.id < found.run).then_some((offset, found.length)));
            }
            let offset = self.leaf_offset.checked_add(found.offset).ok_or_else(|| damaged(CUT_SHORT))?;
            entry = look_up(&self.directory(offset, found.length)?, id);
        }
        Err(damaged("its directories have no end"))
    }
}

impl TileBytes for PmTiles {
    fn bytes(&self, zoom: u8, column: u32, row: u32) -> Result<Option<Vec<u8>>, GroundError> {
        let Some((offset, length)) = self.find(tile_id(zoom, column, row))? else { return Ok(None) };
        Ok(Some(unpacked(self.at(offset, length)?, self.tile_packing)?))
    }
}

fn look_up(entries: &[Entry], id: u64) -> Option<Entry> {
    let at = entries.partition_point(|e| e.id <= id).checked_sub(1)?;
    entries.get(at).copied()
}

/// The number of a tile: all tiles of lower zooms first, then along a Hilbert curve.
fn tile_id(zoom: u8, column: u32, row: u32) -> u64 {
    let before = ((1_u64 << (2 * u32::from(zoom))) - 1) / 3;
    let (mut x, mut y, mut d) = (u64::from(column), u64::from(row), 0_u64);
    let mut s = (1_u64 << zoom) >> 1;
    while s > 0 {
        let rx = u64::from(x & s > 0);
        let ry = u64::from(y & s > 0);
        d += s * s * ((3 * rx) ^ ry);
        if ry == 0 {
            if rx == 1 {
                x = s.wrapping_sub(1).wrapping_sub(x);
                y = s.wrapping_sub(1).wrapping_sub(y);
            }
            std::mem::swap(&mut x, &mut y);
        }
        s >>= 1;
    }
    before + d
}

/// Bytes as they are without their packing: 1 none, 2 gzip.
fn unpacked(bytes: Vec<u8>, packing: u8) -> Result<Vec<u8>, GroundError> {
    match packing {
        0 | 1 => Ok(bytes),
        2 => {
            let mut out = Vec::new();
            flate2::read::GzDecoder::new(bytes.as_slice()).take(MOST_BYTES + 1).read_to_end(&mut out)?;
            if out.len() as u64 > MOST_BYTES {
                return Err(damaged("a part unpacks to more than 64 MB"));
            }
            Ok(out)
        }
        other => Err(GroundError::Unsupported(format!("PMTiles packed by method {other}"))),
    }
}

fn entries(bytes: &[u8]) -> Result<Vec<Entry>, GroundError> {
    let mut at = 0;
    let mut next = || -> Result<u64, GroundError> {
        let (mut value, mut shift) = (0_u64, 0);
        loop {
            let byte = *bytes.get(at).ok_or_else(|| damaged("a directory is cut short"))?;
            at += 1;
            if shift >= 64 {
                return Err(damaged("a number of a directory has no end"));
            }
            value |= u64::from(byte & 0x7f) << shift;
            if byte & 0x80 == 0 {
                return Ok(value);
            }
            shift += 7;
        }
    };
    let count = next()?;
    if count > MOST_ENTRIES || count as usize > bytes.len() {
        return Err(damaged("a directory claims more entries than it has room for"));
    }
    let mut list = vec![Entry { id: 0, run: 0, offset: 0, length: 0 }; count as usize];
    let mut id = 0_u64;
    for entry in &mut list {
        id = id.checked_add(next()?).ok_or_else(|| damaged("a number of a tile is too large"))?;
        entry.id = id;
    }
    for entry in &mut list {
        entry.run = next()?;
    }
    for entry in &mut list {
        entry.length = next()?;
    }
    let mut end = 0_u64;
    for entry in &mut list {
        entry.offset = match next()? {
            0 => end,
            n => n - 1,
        };
        end = entry.offset.saturating_add(entry.length);
    }
    Ok(list)
}

/// Opens a file.
pub(super) fn open(path: &Path, datum: TileDatum) -> Result<Box<dyn Blocks>, GroundError> {
    let mut file = File::open(path)?;
    let size = file.metadata()?.len();
    let mut header = [0_u8; HEADER_BYTES];
    file.read_exact(&mut header).map_err(|_| damaged(CUT_SHORT))?;
    if !header.starts_with(b"PMTiles") || header[7] != 3 {
        return Err(GroundError::Unsupported(format!("PMTiles of version {}; 3 is read", header[7])));
    }
    let number = |at: usize| header.get(at..at + 8).and_then(|b| b.try_into().ok()).map_or(0, u64::from_le_bytes);
    let degrees = |at: usize| {
        header.get(at..at + 4).and_then(|b| b.try_into().ok()).map_or(0.0, |b| f64::from(i32::from_le_bytes(b)) / 1e7)
    };
    match header[99] {
        1 => return Err(GroundError::Vector),
        5 => return Err(GroundError::Unsupported("AVIF tiles".into())),
        _ => {}
    }
    let mut tiles = PmTiles {
        file: Mutex::new(file),
        size,
        root: Vec::new(),
        leaves: Mutex::default(),
        leaf_offset: number(40),
        data_offset: number(56),
        packing: header[97],
        tile_packing: header[98],
    };
    tiles.root = entries(&unpacked(tiles.at(number(8), number(16))?, header[97])?)?;
    let said: serde_json::Value = tiles
        .at(number(24), number(32))
        .and_then(|b| unpacked(b, header[97]))
        .ok()
        .and_then(|b| serde_json::from_slice(&b).ok())
        .unwrap_or_default();
    let get = |key: &str| said.get(key).and_then(|v| v.as_str()).unwrap_or_default();
    // Large archives keep all entries in directories below the root.
    let mut first = tiles.root.iter().find(|e| e.run > 0).or_else(|| tiles.root.first()).copied();
    for _ in 0..MOST_STEPS {
        let Some(leaf) = first.filter(|e| e.run == 0) else { break };
        let at = tiles.leaf_offset.checked_add(leaf.offset);
        let entries = at.and_then(|at| tiles.directory(at, leaf.length).ok());
        first = entries.and_then(|d| d.iter().find(|e| e.run > 0).or_else(|| d.first()).copied());
    }
    let sample = first.filter(|e| e.run > 0).and_then(|e| {
        let bytes = tiles.at(tiles.data_offset.checked_add(e.offset)?, e.length).ok()?;
        unpacked(bytes, tiles.tile_packing).ok()
    });
    if sample.as_deref().is_some_and(is_vector) {
        return Err(GroundError::Vector);
    }
    let [w, s, e, n] = [102, 106, 110, 114].map(degrees);
    let facts = TileFacts {
        zooms: [header[100].min(DEEPEST), header[101].min(DEEPEST)],
        tile_px: side_of(sample.as_deref()),
        bounds: (w < e && s < n && e - w < 359.0).then(|| BoundsDeg::new([w, s, e, n])),
        attribution: plain(get("attribution")),
        title: plain(get("name")),
        ..TileFacts::default()
    };
    Ok(Box::new(TilePyramid::new(tiles, facts, datum)))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_of_tiles_are_those_of_the_specification() {
        let cases = [((0, 0, 0), 0), ((1, 0, 0), 1), ((1, 0, 1), 2), ((1, 1, 1), 3), ((1, 1, 0), 4), ((2, 0, 0), 5)];
        for ((z, x, y), id) in cases {
            assert_eq!(tile_id(z, x, y), id, "{z}/{x}/{y}");
        }
        assert_eq!(tile_id(12, 3423, 1763), 19_078_479);
    }

    #[test]
    fn a_directory_that_lies_allocates_nothing() {
        assert!(entries(&[0xff, 0xff, 0xff, 0x7f]).is_err());
        assert!(entries(&[0x80; 20]).is_err());
        let one = entries(&[1, 5, 1, 9, 1]).expect("a directory");
        assert_eq!(one, [Entry { id: 5, run: 1, offset: 0, length: 9 }]);
    }
}
