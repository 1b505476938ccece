//! Questions before something would be lost: unsaved changes, a project that somebody else wrote, work that a killed program left.

use std::path::PathBuf;

use egui::{RichText, Ui};

use super::style::bold;
use super::widgets::primary;
use crate::project::{Difference, Unsaved, Version};
use crate::session::{Command, Commands, Dialogue, DiskChange, FileCommand, Session, SurveyCommand};

/// Shortest list of differences that is told in full.
const MOST: usize = 12;

fn head(ui: &mut Ui, session: &Session, title: &str, text: &str) {
    let t = session.tokens();
    ui.label(RichText::new(title).font(bold(15.0)).color(t.ink));
    ui.add_space(4.0);
    ui.label(RichText::new(text).color(t.ink_secondary));
    ui.add_space(6.0);
}

fn name_of(path: &std::path::Path) -> String {
    path.file_name().map(|n| n.to_string_lossy().into_owned()).unwrap_or_default()
}

/// In what two states differ: `keys` have the words for what only the first, and only the second has.
fn differences(ui: &mut Ui, session: &Session, list: &[Difference], keys: (&'static str, &'static str)) {
    let (t, lang) = (session.tokens(), session.lang);
    for difference in list.iter().take(MOST) {
        let what = lang.find(&format!("difference.{}", difference.what)).unwrap_or(difference.what);
        let text = match difference.what {
            "page" | "general" => what.to_owned(),
            // Only what there is: a nought says nothing.
            _ => {
                let sides = [
                    (difference.changed, "difference.changed"),
                    (difference.first, keys.0),
                    (difference.second, keys.1),
                ];
                let words = |(n, key): (usize, &'static str)| (n > 0).then(|| lang.with(key, &[("n", &n.to_string())]));
                let words: Vec<String> = sides.into_iter().filter_map(words).collect();
                match words.is_empty() {
                    true => lang.with("difference.order", &[("what", what)]),
                    false => format!("{what}: {}", words.join(", ")),
                }
            }
        };
        ui.label(RichText::new(format!("•  {text}")).size(12.5).color(t.ink));
    }
    if list.is_empty() {
        ui.label(RichText::new(lang.t("difference.none")).size(12.5).color(t.ink_secondary));
    }
    ui.add_space(8.0);
}

/// Changes would be lost by what comes next.
pub fn ask(ui: &mut Ui, session: &Session, then: Command, send: &mut Commands) -> Option<Dialogue> {
    let (t, lang) = (session.tokens(), session.lang);
    head(ui, session, lang.t("dialogue.unsaved"), lang.t("dialogue.unsaved-text"));
    let mut keep = Some(Dialogue::Unsaved(Box::new(then.clone())));
    ui.horizontal(|ui| {
        if primary(ui, t, lang.t("command.save")).clicked() {
            send.push(FileCommand::SaveThen(Box::new(then.clone())));
            keep = None;
        }
        if ui.button(lang.t("dialogue.discard")).clicked() {
            send.push(FileCommand::Discard(Box::new(then)));
            keep = None;
        }
        if ui.button(lang.t("command.cancel")).clicked() {
            keep = None;
        }
    });
    keep
}

/// Somebody else wrote the project.
pub fn changed(ui: &mut Ui, session: &Session, change: DiskChange, send: &mut Commands) -> Option<Dialogue> {
    let (t, lang) = (session.tokens(), session.lang);
    let text =
        lang.with(if change.saving { "changed.saving" } else { "changed.text" }, &[("name", &name_of(&change.path))]);
    head(ui, session, lang.t("changed.title"), &text);
    match &change.trouble {
        Some(trouble) => {
            ui.label(RichText::new(trouble).color(t.bad));
        }
        None => differences(ui, session, &change.differences, ("difference.theirs", "difference.ours")),
    }
    let mut keep = true;
    let is_changed = session.is_changed();
    ui.horizontal_wrapped(|ui| {
        let mut choose = |clicked: bool, command: FileCommand| {
            if clicked {
                send.push(command);
                keep = false;
            }
        };
        if change.trouble.is_none() {
            choose(primary(ui, t, lang.t("changed.theirs")).clicked(), FileCommand::OpenTheirs);
        }
        if change.trouble.is_none() && is_changed {
            choose(ui.button(lang.t("changed.merge")).clicked(), FileCommand::MergeTheirs);
        }
        choose(ui.button(lang.t("command.save-as")).clicked(), FileCommand::SaveAs);
        if change.saving || is_changed {
            let over = FileCommand::SaveOver(change.path.clone());
            choose(ui.button(lang.t("changed.overwrite")).clicked(), over);
        }
        choose(ui.button(lang.t("command.cancel")).clicked(), FileCommand::StayOpen);
    });
    keep.then_some(Dialogue::Changed(change))
}

/// Another file stands where something is to be saved.
pub fn replace(ui: &mut Ui, session: &Session, path: PathBuf, send: &mut Commands) -> Option<Dialogue> {
    let (t, lang) = (session.tokens(), session.lang);
    let text = lang.with("replace.text", &[("name", &name_of(&path))]);
    head(ui, session, lang.t("replace.title"), &text);
    let mut keep = true;
    ui.horizontal(|ui| {
        if primary(ui, t, lang.t("replace.replace")).clicked() {
            send.push(FileCommand::SaveOver(path.clone()));
            keep = false;
        }
        if ui.button(lang.t("command.cancel")).clicked() {
            send.push(FileCommand::StayOpen);
            keep = false;
        }
    });
    keep.then_some(Dialogue::Replace(path))
}

/// Work that earlier programs left unsaved.
pub fn recover(
    ui: &mut Ui,
    session: &Session,
    found: Vec<(PathBuf, Unsaved, Vec<Difference>)>,
    send: &mut Commands,
) -> Option<Dialogue> {
    let (t, lang) = (session.tokens(), session.lang);
    head(ui, session, lang.t("recover.title"), lang.t("recover.text"));
    let mut keep = true;
    egui::ScrollArea::vertical().max_height(300.0).show(ui, |ui| {
        for (i, (file, unsaved, list)) in found.iter().enumerate() {
            let name = match (&unsaved.path, unsaved.project.title.as_str()) {
                (Some(path), _) => name_of(path),
                (None, "") => lang.t("recover.untitled").to_owned(),
                (None, title) => title.to_owned(),
            };
            let words = format!("{name} · {}", unsaved.at);
            ui.label(RichText::new(words).font(bold(13.0)).color(t.ink));
            differences(ui, session, list, ("difference.gone", "difference.unsaved"));
            ui.push_id(i, |ui| {
                ui.horizontal(|ui| {
                    if primary(ui, t, lang.t("recover.restore")).clicked() {
                        send.push(FileCommand::Recover(file.clone()));
                        keep = false;
                    }
                    if ui.button(lang.t("recover.discard")).clicked() {
                        send.push(FileCommand::ForgetUnsaved(file.clone()));
                        keep = false;
                    }
                    if i == 0 && ui.button(lang.t("recover.later")).clicked() {
                        keep = false;
                    }
                });
            });
            ui.add_space(8.0);
        }
    });
    keep.then_some(Dialogue::Recover(found))
}

/// Earlier versions of the project, the latest first, with what each says otherwise.
pub fn versions(
    ui: &mut Ui,
    session: &Session,
    list: Vec<(Version, Vec<Difference>)>,
    send: &mut Commands,
) -> Option<Dialogue> {
    let (t, lang) = (session.tokens(), session.lang);
    head(ui, session, lang.t("versions.title").trim_end_matches('…'), lang.t("versions.text"));
    if list.is_empty() {
        ui.label(RichText::new(lang.t("versions.none")).color(t.ink_secondary));
    }
    let mut keep = true;
    egui::ScrollArea::vertical().max_height(320.0).show(ui, |ui| {
        for (i, (version, differs)) in list.iter().enumerate() {
            ui.label(RichText::new(&version.at).font(bold(13.0)).color(t.ink));
            ui.push_id(i, |ui| {
                differences(ui, session, differs, ("difference.then", "difference.now"));
                if ui.button(lang.t("versions.open")).clicked() {
                    send.push(FileCommand::Version(Some(version.file.clone())));
                    keep = false;
                }
            });
            ui.add_space(8.0);
        }
    });
    keep &= !ui.button(lang.t("dialogue.close")).clicked();
    keep.then_some(Dialogue::Versions(list))
}

/// A log whose project was renamed.
pub fn stray(ui: &mut Ui, session: &Session, log: PathBuf, send: &mut Commands) -> Option<Dialogue> {
    let (t, lang) = (session.tokens(), session.lang);
    let text = lang.with("stray.text", &[("name", &name_of(&log))]);
    head(ui, session, lang.t("stray.title"), &text);
    let mut keep = true;
    ui.horizontal(|ui| {
        if primary(ui, t, lang.t("stray.take")).clicked() {
            send.push(SurveyCommand::AdoptLog(log.clone()));
            keep = false;
        }
        keep &= !ui.button(lang.t("stray.leave")).clicked();
    });
    keep.then_some(Dialogue::StrayLog(log))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::lang::Lang;
    use crate::panels::testing::shown;
    use crate::session::Moment;
    use crate::session::testing::session;

    #[test]
    fn both_copies_can_be_merged_where_both_have_something() {
        let mut session = session(Lang::En);
        let change = DiskChange { path: "p.qiancun".into(), differences: Vec::new(), trouble: None, saving: false };
        let words = |session: &Session| {
            let change = change.clone();
            let panel = move |ui: &mut Ui, s: &Session, _: &mut Moment, send: &mut Commands| {
                changed(ui, s, change.clone(), send);
            };
            shown(session, Moment::default(), Vec::new(), panel).says(session.lang.t("changed.merge"))
        };
        assert!(!words(&session), "nothing of ours is to be merged");
        session.transact("command.opacity", |d| d.project.title = "changed".into());
        assert!(words(&session));
    }
}
