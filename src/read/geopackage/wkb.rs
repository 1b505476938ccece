//! Well-known binary (OGC 06-103r4, 8; ISO 13249-3's heights and measures; PostGIS's flags) straight into flat buffers, with the head
//! that a GeoPackage puts before it (OGC 12-128r19, 2.1.3).

use crate::model::{GeometryKind, GeometryStore, PartKind};
use crate::read::arcs;
use crate::read::geometry::{end_part, end_ring, next_ring};

/// How deep collections may lie in one another.
const DEEPEST: usize = 32;

/// What a blob holds.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Found {
    pub(super) kind: GeometryKind,
    /// Whether it has heights.
    pub(super) tall: bool,
}

/// The well-known binary in a GeoPackage's blob, behind its head and envelope; `None` where it is damaged or only its own program reads it.
pub fn wkb_of_blob(blob: &[u8]) -> Option<&[u8]> {
    let flags = *blob.get(3).filter(|_| blob.starts_with(b"GP"))?;
    if flags & 0b10_0000 != 0 {
        // An extended blob is one that only its own program reads.
        return None;
    }
    let envelope = match (flags >> 1) & 7 {
        0 => 0,
        1 => 32,
        2 | 3 => 48,
        4 => 64,
        _ => return None,
    };
    blob.get(8 + envelope..)
}

/// Reads the geometry of a GeoPackage's column; `None` where it is damaged.
pub(super) fn blob(bytes: &[u8], store: &mut GeometryStore) -> Option<Found> {
    wkb(if bytes.starts_with(b"GP") { wkb_of_blob(bytes)? } else { bytes }, store)
}

/// Reads well-known binary; `None` where it is damaged.
pub(super) fn wkb(bytes: &[u8], store: &mut GeometryStore) -> Option<Found> {
    let mut reader = Reader { rest: bytes, is_little: true, tall: false, has_z: false };
    let kind = reader.geometry(store, 0)?;
    Some(Found { kind, tall: reader.tall })
}

struct Reader<'a> {
    rest: &'a [u8],
    is_little: bool,
    tall: bool,
    /// Whether the positions being read have heights.
    has_z: bool,
}

impl<'a> Reader<'a> {
    fn take<const N: usize>(&mut self) -> Option<[u8; N]> {
        let (first, rest) = self.rest.split_first_chunk::<N>()?;
        self.rest = rest;
        Some(*first)
    }

    fn whole(&mut self) -> Option<u32> {
        let bytes = self.take()?;
        Some(if self.is_little { u32::from_le_bytes(bytes) } else { u32::from_be_bytes(bytes) })
    }

    /// Positions of so many numbers each, of which two and the height are kept.
    fn positions(&mut self, count: usize, numbers: usize, store: &mut GeometryStore) -> Option<()> {
        let (own, rest) = self.rest.split_at_checked(count.checked_mul(numbers * 8)?)?;
        self.rest = rest;
        let number = |bytes: &[u8]| -> f64 {
            let bytes = bytes.try_into().unwrap_or([0; 8]);
            if self.is_little { f64::from_le_bytes(bytes) } else { f64::from_be_bytes(bytes) }
        };
        let first = store.coords.len();
        store.coords.extend(own.chunks_exact(numbers * 8).map(|at| {
            let (x, y) = at.split_at(8);
            [number(x), number(y.get(..8).unwrap_or(&[]))]
        }));
        if self.has_z {
            store.set_heights(first, own.chunks_exact(numbers * 8).map(|at| number(at.get(16..24).unwrap_or(&[]))));
        }
        Some(())
    }

    /// The head of a geometry: its base type, and how many numbers a position has.
    fn head(&mut self) -> Option<(u32, usize)> {
        self.is_little = match self.take::<1>()?[0] {
            0 => false,
            1 => true,
            _ => return None,
        };
        let code = self.whole()?;
        if code & 0x2000_0000 != 0 {
            self.whole()?;
        }
        let (flags, code) = (code & 0xC000_0000, code & 0x0FFF_FFFF);
        let (dimension, base) = (code / 1000, code % 1000);
        let has_z = flags & 0x8000_0000 != 0 || matches!(dimension, 1 | 3);
        let has_m = flags & 0x4000_0000 != 0 || matches!(dimension, 2 | 3);
        self.tall |= has_z;
        self.has_z = has_z;
        Some((base, 2 + usize::from(has_z) + usize::from(has_m)))
    }

    /// Positions of arcs, through every second of which a circle goes, made straight; heights of what lies between are not known.
    fn arcs(&mut self, numbers: usize, store: &mut GeometryStore) -> Option<()> {
        let (count, first) = (self.whole()? as usize, store.coords.len());
        self.positions(count, numbers, store)?;
        let control: Vec<[f64; 2]> = store.coords.get(first..)?.to_vec();
        store.truncate_positions(first);
        store.coords.extend(arcs::straightened(&control, false));
        Some(())
    }

    /// A curve as a piece of the line or ring that is open: straight, of arcs, or made of both.
    fn piece(&mut self, store: &mut GeometryStore, depth: usize) -> Option<()> {
        if depth > DEEPEST {
            return None;
        }
        let (base, numbers) = self.head()?;
        let (open, first) = (store.ring_starts.last().map_or(0, |at| *at as usize), store.coords.len());
        match base {
            2 => {
                let count = self.whole()? as usize;
                self.positions(count, numbers, store)?;
            }
            8 => self.arcs(numbers, store)?,
            9 => {
                for _ in 0..self.whole()? {
                    self.piece(store, depth + 1)?;
                }
            }
            _ => return None,
        }
        // It begins where the last one ended; with heights that is said twice, and harms nothing.
        let is_joint =
            first > open && store.coords.len() > first && store.coords.get(first) == store.coords.get(first - 1);
        if is_joint && store.heights.is_empty() {
            store.coords.remove(first);
        }
        Some(())
    }

    fn geometry(&mut self, store: &mut GeometryStore, depth: usize) -> Option<GeometryKind> {
        if depth > DEEPEST {
            return None;
        }
        let (base, numbers) = self.head()?;
        Some(match base {
            1 => {
                let (ring, first) = (next_ring(store), store.coords.len());
                self.positions(1, numbers, store)?;
                // An empty point is one of two NaN.
                if store.coords.last().is_some_and(|at| at[0].is_nan() && at[1].is_nan()) {
                    store.truncate_positions(first);
                } else {
                    end_ring(store);
                    end_part(store, PartKind::Point, ring);
                }
                GeometryKind::Point
            }
            2 => {
                let ring = next_ring(store);
                let count = self.whole()? as usize;
                self.positions(count, numbers, store)?;
                if count > 0 {
                    end_ring(store);
                    end_part(store, PartKind::Line, ring);
                }
                GeometryKind::LineString
            }
            3 | 17 => {
                self.rings(numbers, store)?;
                GeometryKind::Polygon
            }
            // Curves (ISO/IEC 13249-3): arcs, lines of both, areas within them.
            8 | 9 => {
                let (ring, first) = (next_ring(store), store.coords.len());
                match base {
                    8 => self.arcs(numbers, store)?,
                    _ => {
                        for _ in 0..self.whole()? {
                            self.piece(store, depth + 1)?;
                        }
                    }
                }
                if store.coords.len() > first {
                    end_ring(store);
                    end_part(store, PartKind::Line, ring);
                }
                GeometryKind::LineString
            }
            10 => {
                let first = next_ring(store);
                for _ in 0..self.whole()? {
                    let before = store.coords.len();
                    self.piece(store, depth + 1)?;
                    if store.coords.len() > before {
                        end_ring(store);
                    }
                }
                if next_ring(store) > first {
                    end_part(store, PartKind::Polygon, first);
                }
                GeometryKind::Polygon
            }
            11 => self.several(GeometryKind::MultiLineString, store, depth)?,
            12 => self.several(GeometryKind::MultiPolygon, store, depth)?,
            4 => self.several(GeometryKind::MultiPoint, store, depth)?,
            5 => self.several(GeometryKind::MultiLineString, store, depth)?,
            6 | 15 | 16 => self.several(GeometryKind::MultiPolygon, store, depth)?,
            7 => self.several(GeometryKind::GeometryCollection, store, depth)?,
            _ => return None,
        })
    }

    fn rings(&mut self, numbers: usize, store: &mut GeometryStore) -> Option<()> {
        let first = next_ring(store);
        for _ in 0..self.whole()? {
            let count = self.whole()? as usize;
            self.positions(count, numbers, store)?;
            if count > 0 {
                end_ring(store);
            }
        }
        if next_ring(store) > first {
            end_part(store, PartKind::Polygon, first);
        }
        Some(())
    }

    fn several(&mut self, kind: GeometryKind, store: &mut GeometryStore, depth: usize) -> Option<GeometryKind> {
        for _ in 0..self.whole()? {
            self.geometry(store, depth + 1)?;
        }
        Some(kind)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn points_polygons_and_what_is_damaged() {
        let mut point = vec![1, 1, 0, 0, 0];
        point.extend_from_slice(&116.0_f64.to_le_bytes());
        point.extend_from_slice(&40.0_f64.to_le_bytes());
        let mut store = GeometryStore::default();
        assert_eq!(wkb(&point, &mut store), Some(Found { kind: GeometryKind::Point, tall: false }));
        let mut blob_of = b"GP\0\x01\xe6\x10\0\0".to_vec();
        blob_of.extend_from_slice(&point);
        assert!(blob(&blob_of, &mut store).is_some());
        assert_eq!(store.coords, [[116.0, 40.0]; 2]);
        for cut in 0..point.len() {
            assert_eq!(wkb(&point[..cut], &mut GeometryStore::default()), None);
        }
        // A count that the bytes cannot hold.
        assert_eq!(wkb(&[1, 2, 0, 0, 0, 255, 255, 255, 255], &mut GeometryStore::default()), None);
    }

    proptest::proptest! {
        #[test]
        fn any_bytes_end(bytes in proptest::collection::vec(proptest::num::u8::ANY, 0..200)) {
            blob(&bytes, &mut GeometryStore::default());
        }
    }
}
