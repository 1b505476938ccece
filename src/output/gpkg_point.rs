//! Points as GeoPackage stores them.

use crate::geo::LonLat;
use crate::read::wkb_of_blob;

/// A point in a reference system of the file's as a GeoPackage blob (OGC 12-128r18, 2.1.3), little-endian, without envelope.
pub fn point_to_gpkg(at: LonLat, srs_id: i32) -> Vec<u8> {
    let mut blob = Vec::with_capacity(29);
    blob.extend(b"GP\0\x01");
    blob.extend(srs_id.to_le_bytes());
    blob.extend([1, 1, 0, 0, 0]);
    blob.extend(at.lon_deg.to_le_bytes());
    blob.extend(at.lat_deg.to_le_bytes());
    blob
}

/// The point of a GeoPackage blob, whatever its byte order, envelope and further dimensions; `None` for anything else.
pub fn point_from_gpkg(blob: &[u8]) -> Option<LonLat> {
    let wkb = wkb_of_blob(blob)?;
    let is_little = *wkb.first()? == 1;
    let kind: [u8; 4] = wkb.get(1..5)?.try_into().ok()?;
    let kind = if is_little { u32::from_le_bytes(kind) } else { u32::from_be_bytes(kind) };
    if (kind & 0x0fff_ffff) % 1000 != 1 {
        return None;
    }
    let number = |at: usize| -> Option<f64> {
        let bytes: [u8; 8] = wkb.get(at..at + 8)?.try_into().ok()?;
        Some(if is_little { f64::from_le_bytes(bytes) } else { f64::from_be_bytes(bytes) })
    };
    let at = LonLat::new(number(5)?, number(13)?);
    at.is_valid().then_some(at)
}

#[cfg(test)]
mod tests {
    use super::*;

    proptest::proptest! {
        #[test]
        fn there_and_back(lon in -180.0..180.0_f64, lat in -90.0..90.0_f64) {
            let at = LonLat::new(lon, lat);
            assert_eq!(point_from_gpkg(&point_to_gpkg(at, 4326)), Some(at));
        }

        #[test]
        fn any_bytes(bytes in proptest::collection::vec(proptest::num::u8::ANY, 0..80)) {
            point_from_gpkg(&bytes);
            point_from_gpkg(&[b"GP\0\x01\0\0\0\0".as_slice(), &bytes].concat());
        }
    }
}
