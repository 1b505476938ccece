//! Which file something was made from.

use std::fs::File;
use std::io::{self, Read, Seek, SeekFrom};
use std::path::Path;
use std::time::UNIX_EPOCH;

use serde::{Deserialize, Serialize};
use sha2::{Digest, Sha256};

/// Places of a file that are looked at, and bytes at each.
const SAMPLES: u64 = 64;
const SAMPLE_BYTES: u64 = 4096;

/// A file as it stood: where it is, its size, when it was changed, and the digest of a sample of its content. A change that
/// keeps size and time and misses the sample is not seen by it; [`content_digest`] sees it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct FileKey {
    /// Absolute path.
    pub path: String,
    /// Size.
    pub bytes: u64,
    /// Seconds and nanoseconds since 1970 of its last change.
    pub modified: (u64, u32),
    /// SHA-256 of the sampled blocks, in hexadecimal.
    pub sample: String,
}

impl FileKey {
    /// The key of a file as it stands.
    ///
    /// # Errors
    /// Where it is no plain file or cannot be read.
    pub fn of(path: &Path) -> io::Result<Self> {
        let path = std::path::absolute(path)?;
        let mut file = File::open(&path)?;
        let metadata = file.metadata()?;
        if !metadata.is_file() {
            return Err(io::ErrorKind::InvalidInput.into());
        }
        let bytes = metadata.len();
        let since = metadata.modified()?.duration_since(UNIX_EPOCH).unwrap_or_default();
        let mut digest = Sha256::new();
        let mut block = Vec::with_capacity(SAMPLE_BYTES as usize);
        let last = bytes.saturating_sub(SAMPLE_BYTES);
        for i in 0..SAMPLES {
            let at = last / (SAMPLES - 1) * i + last % (SAMPLES - 1) * i / (SAMPLES - 1);
            file.seek(SeekFrom::Start(at))?;
            block.clear();
            (&mut file).take(SAMPLE_BYTES).read_to_end(&mut block)?;
            digest.update(&block);
            if bytes <= SAMPLE_BYTES {
                break;
            }
        }
        let modified = (since.as_secs(), since.subsec_nanos());
        Ok(Self { path: path.to_string_lossy().into_owned(), bytes, modified, sample: hex(&digest.finalize()) })
    }
}

/// SHA-256 of a whole file, in hexadecimal; `None` where `go_on` said no meanwhile.
///
/// # Errors
/// Where it cannot be read.
pub fn content_digest(path: &Path, go_on: impl Fn() -> bool) -> io::Result<Option<String>> {
    let mut file = File::open(path)?;
    let mut digest = Sha256::new();
    let mut block = vec![0; 1 << 20];
    loop {
        if !go_on() {
            return Ok(None);
        }
        match file.read(&mut block)? {
            0 => return Ok(Some(hex(&digest.finalize()))),
            read => digest.update(block.get(..read).unwrap_or(&[])),
        }
    }
}

pub(super) fn hex(bytes: &[u8]) -> String {
    bytes.iter().map(|b| format!("{b:02x}")).collect()
}
