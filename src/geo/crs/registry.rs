//! The EPSG registry's definitions as `crs-definitions` ships them, packed by the build: 4.8 MB of texts are 0.5 MB of the program. They lie in blocks, so
//! that one code unpacks its neighbours only.

use std::io::Read as _;
use std::sync::{LazyLock, OnceLock};

/// The blocks with their index; see `build.rs`.
static PACKED: &[u8] = include_bytes!(concat!(env!("OUT_DIR"), "/crs.blocks"));

/// A system of the registry.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Def {
    /// EPSG code.
    pub code: u16,
    /// Parameters as PROJ 4 writes them.
    pub proj4: &'static str,
    /// Well-known text, version 1.
    pub wkt: &'static str,
}

/// A block: its first code, where it lies, and what is in it once it was asked for.
struct Block {
    first: u16,
    packed: &'static [u8],
    unpacked: OnceLock<Vec<Def>>,
}

impl Block {
    fn defs(&self) -> &[Def] {
        self.unpacked.get_or_init(|| {
            let mut text = String::new();
            // What the build wrote can be read; nothing is known where it cannot.
            flate2::read::DeflateDecoder::new(self.packed).read_to_string(&mut text).ok();
            let text: &'static str = text.leak();
            let def = |line: &'static str| {
                let mut parts = line.splitn(3, '\t');
                let code = parts.next()?.parse().ok()?;
                Some(Def { code, proj4: parts.next()?, wkt: parts.next()? })
            };
            text.lines().filter_map(def).collect()
        })
    }
}

static BLOCKS: LazyLock<Vec<Block>> = LazyLock::new(|| {
    let number = |bytes: &[u8]| bytes.iter().rev().fold(0_usize, |n, b| n << 8 | usize::from(*b));
    let count = PACKED.get(..4).map_or(0, number);
    let entries = PACKED.get(4..4 + count * 10).unwrap_or_default().chunks_exact(10);
    let block = |entry: &[u8]| {
        let (first, at, length) = (number(entry.get(..2)?), number(entry.get(2..6)?), number(entry.get(6..10)?));
        let packed = PACKED.get(at..at + length)?;
        Some(Block { first: first as u16, packed, unpacked: OnceLock::new() })
    };
    entries.filter_map(block).collect()
});

/// The system of a code; `None` where the registry has none.
pub(super) fn from_code(code: u16) -> Option<Def> {
    let after = BLOCKS.partition_point(|b| b.first <= code);
    let defs = BLOCKS.get(after.checked_sub(1)?)?.defs();
    defs.binary_search_by_key(&code, |d| d.code).ok().and_then(|i| defs.get(i)).copied()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_definition_is_the_crates_own() {
        let mut count = 0;
        for code in 0..=u16::MAX {
            let own = from_code(code).map(|d| (d.code, d.proj4, d.wkt));
            let theirs = crs_definitions::from_code(code).map(|d| (d.code, d.proj4, d.wkt));
            assert_eq!(own, theirs, "{code}");
            count += usize::from(own.is_some());
        }
        assert!(count > 6_000, "{count}");
        assert!(PACKED.len() < 1_000_000, "{}", PACKED.len());
    }
}
