//! What goes into a package: ticks, and the list of files that would.

use egui::{RichText, ScrollArea, Ui};

use super::style::bold;
use super::widgets::primary;
use crate::session::{Commands, Dialogue, FileCommand, PackageDraft, PackageStep, Session};

/// Shows it.
pub(super) fn show(ui: &mut Ui, session: &Session, mut draft: PackageDraft, send: &mut Commands) -> Option<Dialogue> {
    let (t, lang) = (session.tokens(), session.lang);
    ui.label(RichText::new(lang.t("package.title").trim_end_matches('…')).font(bold(15.0)).color(t.ink));
    ui.add(egui::Label::new(RichText::new(lang.t("package.hint")).size(12.0).color(t.ink_secondary)).wrap());
    ui.add_space(6.0);
    let before = draft.options;
    let o = &mut draft.options;
    for (key, wanted) in [
        ("package.ground", &mut o.ground),
        ("package.photos", &mut o.photos),
        ("package.log", &mut o.log),
        ("package.notes", &mut o.notes),
        ("package.people", &mut o.people),
    ] {
        ui.checkbox(wanted, lang.t(key));
    }
    if draft.options != before {
        // The list is made anew.
        send.push(FileCommand::Package(PackageStep::Choose(draft.options)));
    }
    ui.separator();
    let total: u64 = draft.contents.files.iter().map(|f| f.1).sum();
    let mb = |bytes: u64| format!("{:.1} MB", bytes as f64 / 1e6);
    let words = [("n", (draft.contents.files.len() + 1).to_string()), ("mb", mb(total))];
    let words = words.each_ref().map(|(k, v)| (*k, v.as_str()));
    ui.label(RichText::new(lang.with("package.in", &words)).font(bold(13.0)).color(t.ink));
    ScrollArea::vertical().max_height(180.0).auto_shrink([false, true]).show(ui, |ui| {
        for (name, bytes) in &draft.contents.files {
            ui.label(RichText::new(format!("{name}   {}", mb(*bytes))).size(12.0).color(t.ink));
        }
        for (name, why) in &draft.contents.left_out {
            ui.label(RichText::new(why.words(name, lang)).size(12.0).color(t.warn));
        }
    });
    ui.add_space(8.0);
    let mut stays = true;
    ui.horizontal(|ui| {
        if primary(ui, t, lang.t("package.save")).clicked() {
            send.push(FileCommand::Package(PackageStep::AskFile(draft.options)));
            stays = false;
        }
        stays &= !ui.button(lang.t("command.cancel")).clicked();
    });
    stays.then_some(Dialogue::Package(draft))
}

/// What is to become of a package that came.
pub fn unpack(ui: &mut Ui, session: &Session, package: std::path::PathBuf, send: &mut Commands) -> Option<Dialogue> {
    let (t, lang) = (session.tokens(), session.lang);
    let name = package.file_name().map(|n| n.to_string_lossy().into_owned()).unwrap_or_default();
    ui.label(RichText::new(lang.with("package.came", &[("name", &name)])).font(bold(15.0)).color(t.ink));
    ui.add(egui::Label::new(RichText::new(lang.t("package.came-hint")).color(t.ink_secondary)).wrap());
    ui.add_space(10.0);
    let mut stays = true;
    ui.horizontal_wrapped(|ui| {
        if primary(ui, t, lang.t("package.unpack-to")).clicked() {
            send.push(FileCommand::Package(PackageStep::AskFolder(package.clone())));
            stays = false;
        }
        if ui.button(lang.t("package.look")).clicked() {
            send.push(FileCommand::Package(PackageStep::LookInto(package.clone())));
            stays = false;
        }
        stays &= !ui.button(lang.t("command.cancel")).clicked();
    });
    stays.then_some(Dialogue::Unpack(package))
}
