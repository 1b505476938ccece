//! A project as one file for anyone: asked for, made in the background, and what is not in it said.

use super::asking::Asks;
use std::path::Path;

use super::jobs::{Done, Job};
use super::pages::{Unlisted, listed};
use super::qiancun::Qiancun;
use crate::project::{with_ending, write_replacing};
use crate::session::{Dialogue, PageCommand, ShareOptions};
use crate::share::{LeftOut, share_html, share_slides};

/// What came of sharing: the file's size, what is not in it, and the list of its pages where that could not be written.
pub type SharedFile = std::io::Result<(u64, Vec<LeftOut>, Option<Unlisted>)>;

impl Qiancun {
    pub(super) fn ask_share(&mut self, options: ShareOptions) {
        let title = self.session.lang.t("share.title");
        let name = format!("{}.html", self.session.project_title());
        let question = self.question(Asks::Write, title);
        self.jobs.ask(move || {
            let dialogue = question.set_file_name(name).add_filter("HTML", &["html"]);
            dialogue.save_file().map(|path| PageCommand::ShareTo(options, with_ending(&path, "html")))
        });
    }

    pub(super) fn share(&mut self, options: ShareOptions, path: &Path) {
        if !self.may_write(path) {
            return;
        }
        let path = path.to_path_buf();
        let mut still = self.session.still();
        self.session.work.writing.push(path.clone());
        self.jobs.start(Job::Write, move |_| {
            let made =
                share_html(&mut still, &options).ok_or_else(|| std::io::Error::from(std::io::ErrorKind::NotFound));
            let written = made.and_then(|shared| {
                write_replacing(&path, shared.html.as_bytes())?;
                Ok((shared.html.len() as u64, shared.left_out, None))
            });
            Some(Done::Shared(path, written))
        });
    }

    pub(super) fn ask_slides(&mut self) {
        let title = self.session.lang.t("share.slides");
        let name = format!("{}.pptx", self.session.project_title());
        let question = self.question(Asks::Write, title);
        self.jobs.ask(move || {
            let dialogue = question.set_file_name(name).add_filter("PowerPoint, WPS", &["pptx"]);
            dialogue.save_file().map(|path| PageCommand::SlidesTo(with_ending(&path, "pptx")))
        });
    }

    /// Writes the scenes as slides, in the background.
    pub(super) fn save_slides(&mut self, path: &Path) {
        if !self.may_write(path) {
            return;
        }
        let path = path.to_path_buf();
        let still = self.session.still();
        self.session.work.writing.push(path.clone());
        self.jobs.start(Job::Write, move |_| {
            let made = share_slides(&still).map_err(std::io::Error::other);
            let written = made.and_then(|slides| {
                write_replacing(&path, &slides.bytes)?;
                let unlisted = listed(still.file.path.as_deref(), &slides.made);
                Ok((slides.bytes.len() as u64, Vec::new(), unlisted))
            });
            Some(Done::Shared(path, written))
        });
    }

    /// Says what came of it.
    pub(super) fn was_shared(&mut self, path: &Path, written: SharedFile) {
        let lang = self.session.lang;
        match written {
            Ok((bytes, left_out, unlisted)) => {
                self.was_written(path, Ok(()));
                let name = path.file_name().map(|n| n.to_string_lossy().into_owned()).unwrap_or_default();
                let size = format!("{:.1} MB", bytes as f64 / 1e6);
                let mut text = lang.with("share.saved", &[("name", &name), ("size", &size)]);
                if let Some(unlisted) = unlisted {
                    text = format!("{text} · {}", unlisted.words(lang));
                }
                self.session.news = Some(text.clone());
                if !left_out.is_empty() {
                    let line = |l: &LeftOut| {
                        let (what, why) = l.words(lang);
                        format!("{} {what} ({why})", l.count)
                    };
                    let list: Vec<String> = left_out.iter().map(line).collect();
                    text = format!("{text}\n{}", lang.with("share.left-out", &[("list", &list.join("; "))]));
                    self.ask_after(Dialogue::Message(text));
                }
            }
            Err(e) => self.was_written(path, Err(e)),
        }
    }
}
