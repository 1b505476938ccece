//! A picture of a map as it last stood, to be shown while its files are read.

use std::path::Path;
use std::sync::Arc;
use std::time::SystemTime;

use serde::{Deserialize, Serialize};

use super::Cache;
use super::container::{Reader, Writer};
use crate::geo::{BoundsDeg, WorldPos};
use crate::render::Viewport;

/// Ending of its files.
pub(super) const ENDING: &str = "picture";

/// Longest side.
const MOST_PX: u32 = 16_384;

/// A picture of everything that a map shows.
#[derive(Clone, Debug, PartialEq)]
pub struct KeptPicture {
    /// What of the world it shows.
    pub view: Viewport,
    /// Bounds of the data.
    pub bounds_deg: BoundsDeg,
    /// RGBA, row by row.
    pub pixels: Arc<Vec<u32>>,
}

#[derive(Serialize, Deserialize)]
struct Head {
    of: String,
    centre: [f64; 2],
    px_per_world: f64,
    size_px: [u32; 2],
    bounds_deg: [f64; 4],
}

impl Cache {
    /// Keeps a picture. `of` says all that it depends on.
    ///
    /// # Errors
    /// Those of the file system; nothing is left behind.
    pub fn keep_picture(&self, of: &str, picture: &KeptPicture) -> std::io::Result<()> {
        if self.limit_bytes == 0 {
            return Ok(());
        }
        let to = self.place(of, ENDING);
        let mut out = Writer::new(&to)?;
        out.plain("pixels", &picture.pixels)?;
        let Viewport { centre, px_per_world, size_px } = picture.view;
        let head = Head {
            of: of.to_owned(),
            centre: [centre.x, centre.y],
            px_per_world,
            size_px,
            bounds_deg: picture.bounds_deg.sides(),
        };
        out.finish(head)?;
        self.prune();
        Ok(())
    }

    /// Whether a picture of this size is kept that depends on just this.
    pub fn has_picture(&self, of: &str, size_px: [u32; 2]) -> bool {
        let reader: Option<Reader<Head>> = Reader::open(&self.place(of, ENDING));
        reader.is_some_and(|r| r.head.of == of && r.head.size_px == size_px)
    }

    /// The picture that depends on just this; `None` where there is none, or it is not whole.
    pub fn picture(&self, of: &str) -> Option<KeptPicture> {
        let path = self.place(of, ENDING);
        let picture = read(&path, of)?;
        touch(&path);
        Some(picture)
    }
}

fn read(path: &Path, of: &str) -> Option<KeptPicture> {
    let reader: Reader<Head> = Reader::open(path)?;
    let Head { of: made_of, centre: [x, y], px_per_world, size_px, bounds_deg } = &reader.head;
    let is_sane = made_of == of
        && [*x, *y, *px_per_world].iter().chain(bounds_deg).all(|v| v.is_finite())
        && *px_per_world > 0.0
        && size_px.iter().all(|px| (1..=MOST_PX).contains(px));
    let pixels: Vec<u32> = is_sane.then(|| reader.plain("pixels"))??;
    (pixels.len() == size_px[0] as usize * size_px[1] as usize).then_some(KeptPicture {
        view: Viewport { centre: WorldPos { x: *x, y: *y }, px_per_world: *px_per_world, size_px: *size_px },
        bounds_deg: BoundsDeg::new(*bounds_deg),
        pixels: Arc::new(pixels),
    })
}

/// Notes that a file was used now.
pub(super) fn touch(path: &Path) {
    // Where that cannot be noted it goes sooner.
    let file = std::fs::File::options().append(true).open(path);
    file.and_then(|f| f.set_modified(SystemTime::now())).ok();
}
