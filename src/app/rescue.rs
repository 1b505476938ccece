//! When the graphics device is lost, by a driver that crashed or was updated: nothing can be drawn any more. The project
//! is saved beside the settings, the person is told, and the next start opens it again.

use std::path::PathBuf;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

use super::qiancun::Qiancun;
use crate::project::Settings;
use crate::render::Gpu;

/// Name beside the settings that stands for where work is kept; see [`Options::rescue_to`](super::Options::rescue_to).
const FILE: &str = "rescued.qiancun";

/// Where a project is rescued to, where the platform has a place for it.
pub fn rescue_path() -> Option<PathBuf> {
    Settings::path().map(|p| p.with_file_name(FILE))
}

/// Raises a flag when the device is lost, and wakes the window up to see it.
pub(super) fn watch(gpu: &Gpu, ctx: &egui::Context) -> Arc<AtomicBool> {
    let lost = Arc::new(AtomicBool::new(false));
    let (flag, ctx) = (lost.clone(), ctx.clone());
    gpu.device.set_device_lost_callback(move |_, _| {
        flag.store(true, Ordering::Release);
        ctx.request_repaint();
    });
    lost
}

impl Qiancun {
    /// Saves the project and ends where the device is lost; true then.
    pub fn rescue_if_lost(&mut self) -> bool {
        if !self.ending.lost.load(Ordering::Acquire) {
            return false;
        }
        if self.ending.words.is_none() {
            tracing::error!("the graphics device is lost");
            self.ending.words = Some(match self.rescue() {
                Ok(()) => self.session.lang.t("error.device-lost").to_owned(),
                Err(e) => self.session.lang.with("error.device-lost-unsaved", &[("n", &e.to_string())]),
            });
            self.ending.quit = true;
        }
        true
    }

    /// Keeps the project as it is, to be opened by the next start.
    fn rescue(&mut self) -> std::io::Result<()> {
        match self.keep_now() {
            true => Ok(()),
            false => Err(std::io::Error::other(self.session.lang.t("error.no-place").to_owned())),
        }
    }

    /// Does something on the window's thread; where it panics, the project is rescued and the program ends with a word.
    pub fn guard(&mut self, work: impl FnOnce(&mut Self)) {
        use std::panic::{AssertUnwindSafe, catch_unwind};
        if let Err(panic) = catch_unwind(AssertUnwindSafe(|| work(self))) {
            self.rescue_after_panic(&super::jobs::panic_text(&*panic));
        }
    }

    /// Rescues the project after a panic, as far as it is whole.
    pub(super) fn rescue_after_panic(&mut self, why: &str) {
        use std::panic::{AssertUnwindSafe, catch_unwind};
        if self.ending.words.is_some() {
            return;
        }
        self.ending.lost.store(true, Ordering::Release);
        let lang = self.session.lang;
        // What panicked once may do so again.
        let rescued = catch_unwind(AssertUnwindSafe(|| self.rescue()));
        let words = match rescued {
            Ok(Ok(())) => lang.with("error.panicked", &[("n", why)]),
            Ok(Err(e)) => lang.with("error.panicked-unsaved", &[("n", &format!("{why}; {e}"))]),
            Err(_) => lang.with("error.panicked-unsaved", &[("n", why)]),
        };
        // What is to be sent, and where it lies.
        let log = super::running_log::place().map(|p| lang.with("error.log", &[("n", &p.display().to_string())]));
        self.ending.words = Some([Some(words), log].into_iter().flatten().collect::<Vec<_>>().join("\n"));
        self.ending.quit = true;
    }

    /// Why the program ended, where the device was lost.
    pub fn ending(&self) -> Option<&str> {
        self.ending.words.as_deref()
    }
}
