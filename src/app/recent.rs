//! Small pictures of what was opened lately, for the start.

use std::path::{Path, PathBuf};

use super::jobs::{Done, Job};
use super::qiancun::Qiancun;
use crate::project::{small_picture_of, write_replacing};
use crate::session::Camera;

/// Size of such a picture in pixels: twice what it takes on the screen.
const SIZE_PX: [u32; 2] = [240, 150];

/// The folder of small pictures in a cache.
pub(super) const FOLDER: &str = "recent";

impl Qiancun {
    /// Says where small pictures lie, as long as something may be kept.
    pub(super) fn place_small_pictures(&mut self) {
        self.session.storage.recent = self.cache().map(|c| c.folder().join(FOLDER));
    }

    /// What is open, as the list of recent files names it.
    fn open_file(&self) -> Option<&PathBuf> {
        let recent = &self.session.settings.recent;
        let own = match &self.session.file.path {
            Some(project) => project,
            None => &self.session.document.project.layers.first()?.path,
        };
        recent.iter().find(|p| *p == own)
    }

    /// Keeps a small picture of what is open, once for each opening and saving; those of files that left the list go.
    pub(super) fn keep_small_picture(&mut self) {
        let Some(file) = self.open_file().filter(|f| self.kept.small.as_ref() != Some(f)).cloned() else { return };
        let is_calm = self.drawn.calm_frames >= 4 && !self.map.is_moving() && self.session.meeting.is_none();
        if !is_calm || self.jobs.is_tending() || self.jobs.is_busy() || !self.is_drawn() {
            return;
        }
        let (Some(folder), Some(bounds)) = (self.cache().map(|c| c.folder().join(FOLDER)), self.bounds_deg()) else {
            return;
        };
        let view = Camera::fitting(bounds, SIZE_PX.map(f64::from)).view(SIZE_PX, 1.0);
        let Some(work) = self.scene.lock().ok().and_then(|s| s.overview_work(view, 1.0)) else { return };
        let wanted: Vec<PathBuf> = self.session.settings.recent.iter().map(|f| small_picture_of(&folder, f)).collect();
        let place = small_picture_of(&folder, &file);
        self.kept.small = Some(file);
        self.jobs.start(Job::Look, move |_| {
            let drawn = work.draw();
            // A full disk costs the picture.
            keep(&folder, &place, &drawn.pixels, &wanted).ok();
            None::<Done>
        });
    }
}

fn keep(folder: &Path, place: &Path, pixels: &[u32], wanted: &[PathBuf]) -> std::io::Result<()> {
    std::fs::create_dir_all(folder)?;
    for old in std::fs::read_dir(folder)?.flatten().map(|e| e.path()).filter(|p| !wanted.contains(p)) {
        std::fs::remove_file(old).ok();
    }
    let bytes = bytemuck::cast_slice::<u32, u8>(pixels).to_vec();
    let [width, height] = SIZE_PX;
    let image = image::RgbaImage::from_raw(width, height, bytes).ok_or(std::io::ErrorKind::InvalidData)?;
    let mut png = std::io::Cursor::new(Vec::new());
    image.write_to(&mut png, image::ImageFormat::Png).map_err(std::io::Error::other)?;
    write_replacing(place, png.get_ref())
}
