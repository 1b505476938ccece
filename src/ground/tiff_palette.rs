//! Pictures in a TIFF whose pixels are numbers of a palette, and masks that say which pixels are there: the library reads grey ones only, so
//! that it is told that they are; palette and mask are applied here. TIFF 6.0, section 5; BigTIFF.

use std::io::{Read, Result, Seek, SeekFrom};

/// PhotometricInterpretation, and its values for a palette, for a mask and for grey.
const PHOTOMETRIC: u16 = 262;
const PALETTE: u8 = 3;
const MASK: u8 = 4;
const GREY: u8 = 1;
/// Pictures and entries that are looked at.
const MOST_PICTURES: usize = 64;
const MOST_ENTRIES: u64 = 4096;

/// A file in which some bytes read as others.
pub(super) struct Patched<R> {
    file: R,
    at: u64,
    patches: Vec<(u64, u8)>,
}

impl<R: Read + Seek> Patched<R> {
    /// The file, with the numbers of the pictures that have a palette.
    pub(super) fn new(mut file: R) -> Result<(Self, Vec<usize>)> {
        // What is not understood here is for the library to say.
        let found = palettes(&mut file).unwrap_or_default();
        file.seek(SeekFrom::Start(0))?;
        let numbers = found.iter().filter(|f| f.2 == PALETTE).map(|(number, ..)| *number).collect();
        let patches = found.into_iter().map(|(_, at, _)| (at, GREY)).collect();
        Ok((Self { file, at: 0, patches }, numbers))
    }
}

impl<R: Read> Read for Patched<R> {
    fn read(&mut self, buffer: &mut [u8]) -> Result<usize> {
        let n = self.file.read(buffer)?;
        for (at, value) in &self.patches {
            let inside = at.checked_sub(self.at).filter(|i| *i < n as u64);
            if let Some(slot) = inside.and_then(|i| buffer.get_mut(i as usize)) {
                *slot = *value;
            }
        }
        self.at += n as u64;
        Ok(n)
    }
}

impl<R: Seek> Seek for Patched<R> {
    fn seek(&mut self, to: SeekFrom) -> Result<u64> {
        self.at = self.file.seek(to)?;
        Ok(self.at)
    }
}

/// Pictures with a palette, and masks: their numbers, where the byte lies that says so, and what it says.
fn palettes(file: &mut (impl Read + Seek)) -> Option<Vec<(usize, u64, u8)>> {
    let mut head = [0; 16];
    file.seek(SeekFrom::Start(0)).ok()?;
    file.read_exact(&mut head).ok()?;
    let is_little = head.starts_with(b"II");
    let number = |bytes: &[u8]| -> u64 {
        let of = |n: u64, b: &u8| n << 8 | u64::from(*b);
        if is_little { bytes.iter().rev().fold(0, of) } else { bytes.iter().fold(0, of) }
    };
    let is_big = number(head.get(2..4)?) == 43;
    let (count_bytes, entry_bytes, value_at, next_bytes) = if is_big { (8, 20, 12, 8) } else { (2, 12, 8, 4) };
    let mut next = if is_big { number(head.get(8..16)?) } else { number(head.get(4..8)?) };
    let mut found = Vec::new();
    for picture in 0..MOST_PICTURES {
        if next == 0 {
            break;
        }
        file.seek(SeekFrom::Start(next)).ok()?;
        let mut count = vec![0; count_bytes];
        file.read_exact(&mut count).ok()?;
        let count = number(&count);
        if count > MOST_ENTRIES {
            return Some(found);
        }
        let mut entries = vec![0; count as usize * entry_bytes + next_bytes];
        file.read_exact(&mut entries).ok()?;
        for (i, entry) in entries.chunks_exact(entry_bytes).take(count as usize).enumerate() {
            let value = entry.get(value_at..value_at + 2)?;
            let said = [PALETTE, MASK].into_iter().find(|kind| number(value) == u64::from(*kind));
            if let Some(kind) = said.filter(|_| number(entry.get(..2).unwrap_or(&[])) == u64::from(PHOTOMETRIC)) {
                let place = next + (count_bytes + i * entry_bytes + value_at) as u64;
                found.push((picture, place + u64::from(!is_little), kind));
            }
        }
        next = number(entries.get(count as usize * entry_bytes..)?);
    }
    Some(found)
}
