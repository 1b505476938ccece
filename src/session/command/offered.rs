//! The one table of commands that need nothing else to be said: their shortcuts, what they need, their place in the menu. Menu,
//! shortcuts, tooltips and tests read it.

use egui::{Key, KeyboardShortcut, Modifiers};

use super::{
    CameraCommand, Command, DecideCommand, FileCommand, LookCommand, MeetingCommand, PageCommand, SelectCommand,
    SurveyCommand, Tab, WindowCommand,
};
use crate::model::Theme;
use crate::session::{Answer, Session};
use crate::session::{LayerCommand, MeasuringKind};

const CTRL: Modifiers = Modifiers::COMMAND;
const CTRL_SHIFT: Modifiers = Modifiers { shift: true, ..Modifiers::COMMAND };
const ALT: Modifiers = Modifiers::ALT;
const SHIFT: Modifiers = Modifiers::SHIFT;
const NONE: Modifiers = Modifiers::NONE;

/// What must be there before a command does something.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Needs {
    /// Nothing.
    Nothing,
    /// A layer on the map.
    Layer,
    /// Villages joined with tables or facilities.
    District,
    /// A gap list.
    Gaps,
    /// Something selected.
    Selection,
    /// A step to take back.
    Undo,
    /// A step that was taken back.
    Redo,
}

impl Needs {
    /// Whether it is there.
    pub fn is_met(self, session: &Session) -> bool {
        match self {
            Self::Nothing => true,
            Self::Layer => !session.document.keys.is_empty(),
            Self::District => session.district().is_some(),
            Self::Gaps => session.present_gaps().is_some(),
            Self::Selection => session.document.selection.is_some(),
            Self::Undo => session.history.can().0,
            Self::Redo => session.history.can().1,
        }
    }

    /// Words that say what is missing, in the language files.
    pub fn key(self) -> &'static str {
        match self {
            Self::Nothing => "needs.nothing",
            Self::Layer => "needs.layer",
            Self::District => "needs.district",
            Self::Gaps => "needs.gaps",
            Self::Selection => "needs.selection",
            Self::Undo => "status.nothing-to-undo",
            Self::Redo => "status.nothing-to-redo",
        }
    }
}

/// A command as it is offered.
#[derive(Clone, Debug)]
pub struct Offer {
    /// The command.
    pub command: Command,
    /// Its shortcuts, the first of them shown. Those without a modifier act only while no text field has the keyboard.
    pub shortcuts: Vec<KeyboardShortcut>,
    /// What it needs.
    pub needs: Needs,
    /// Which part of the menu it stands in, from the top; `None` where it is not in the menu.
    pub menu: Option<u8>,
}

fn offer(command: impl Into<Command>, keys: &[(Modifiers, Key)], needs: Needs, menu: Option<u8>) -> Offer {
    let shortcuts = keys.iter().map(|(m, k)| KeyboardShortcut::new(*m, *k)).collect();
    Offer { command: command.into(), shortcuts, needs, menu }
}

/// Every command that can be given by itself, in the order of the menu.
pub fn offered() -> Vec<Offer> {
    let mut list = files();
    list.extend(editing());
    list.extend(camera());
    list.extend(panels());
    list.extend(looks());
    list.push(offer(WindowCommand::Quit, &[(CTRL, Key::Q)], Needs::Nothing, Some(5)));
    list
}

/// All shortcuts outside of meetings. Of two with one key the one with more modifiers comes first: egui lets Ctrl Z answer Ctrl Shift Z
/// too.
pub fn shortcuts() -> Vec<(KeyboardShortcut, Command)> {
    let offers = offered().into_iter();
    let mut list: Vec<_> = offers.flat_map(|o| o.shortcuts.into_iter().map(move |s| (s, o.command.clone()))).collect();
    let count = |m: Modifiers| [m.alt, m.shift, m.command].iter().filter(|held| **held).count();
    list.sort_by_key(|(s, _)| std::cmp::Reverse(count(s.modifiers)));
    list
}

fn files() -> Vec<Offer> {
    use FileCommand as F;
    use Needs::{District, Gaps, Layer, Nothing};
    vec![
        offer(F::NewProject, &[(CTRL, Key::N)], Nothing, Some(0)),
        offer(F::OpenDialogue, &[(CTRL, Key::O)], Nothing, Some(0)),
        offer(F::OpenFolderDialogue, &[], Nothing, None),
        offer(F::OpenDemo, &[], Nothing, Some(0)),
        offer(F::ReadChanged, &[(CTRL, Key::R)], Layer, None),
        offer(F::Version(None), &[], Nothing, None),
        offer(F::Save, &[(CTRL, Key::S)], Nothing, Some(1)),
        offer(F::SaveAs, &[(CTRL_SHIFT, Key::S)], Nothing, Some(1)),
        offer(F::Package(super::PackageStep::Choose(crate::project::PackOptions::default())), &[], Layer, Some(1)),
        offer(F::ExportDialogue, &[(CTRL, Key::E)], Nothing, Some(1)),
        offer(F::CopyMap, &[(CTRL_SHIFT, Key::C)], Nothing, Some(1)),
        offer(PageCommand::PageDialogue, &[(CTRL, Key::P)], Layer, Some(1)),
        offer(PageCommand::AtlasDialogue(false), &[], Layer, Some(1)),
        offer(MeetingCommand::StartMeeting(true), &[(SHIFT, Key::F5)], Layer, None),
        offer(MeetingCommand::StartMeeting(false), &[(NONE, Key::F5)], Layer, Some(1)),
        offer(F::ExportTableDialogue, &[], Layer, Some(1)),
        offer(F::ExportFiguresDialogue, &[], District, Some(1)),
        offer(F::FillFormDialogue, &[], District, Some(1)),
        offer(SurveyCommand::ExportGapsDialogue, &[], Gaps, Some(1)),
        offer(LayerCommand::ServerDialogue, &[], Nothing, None),
        offer(WindowCommand::SettingsDialogue, &[], Nothing, Some(1)),
        offer(WindowCommand::Manual, &[(NONE, Key::F1)], Nothing, Some(1)),
        offer(WindowCommand::AboutDialogue, &[], Nothing, None),
        offer(WindowCommand::CommandsDialogue, &[(CTRL_SHIFT, Key::P), (SHIFT, Key::Questionmark)], Nothing, None),
        offer(SurveyCommand::PlanRound, &[], Gaps, None),
        offer(SurveyCommand::ImportResultsDialogue, &[], Gaps, None),
        offer(SurveyCommand::ImportFolderDialogue, &[], Gaps, None),
        offer(SurveyCommand::SortPhotosDialogue, &[], Gaps, None),
        offer(DecideCommand::Here, &[(NONE, Key::D)], District, None),
        offer(DecideCommand::List, &[(SHIFT, Key::D)], District, None),
        offer(DecideCommand::ExportDialogue, &[], District, None),
        offer(DecideCommand::ReportsDialogue, &[], District, None),
        offer(DecideCommand::PeopleDialogue, &[], District, None),
    ]
}

fn editing() -> Vec<Offer> {
    use WindowCommand as W;
    vec![
        offer(W::Undo, &[(CTRL, Key::Z)], Needs::Undo, Some(2)),
        offer(W::Redo, &[(CTRL_SHIFT, Key::Z), (CTRL, Key::Y)], Needs::Redo, Some(2)),
        offer(W::FocusSearch, &[(CTRL, Key::K), (CTRL, Key::F)], Needs::Nothing, Some(2)),
        offer(CameraCommand::GoToDialogue, &[(CTRL, Key::G)], Needs::Nothing, Some(2)),
        offer(W::Measure(MeasuringKind::Line, None), &[(NONE, Key::L)], Needs::Layer, None),
        offer(W::Measure(MeasuringKind::Area, None), &[(SHIFT, Key::L)], Needs::Layer, None),
        offer(W::Measure(MeasuringKind::Circle, None), &[(NONE, Key::R)], Needs::Layer, None),
        offer(W::Measure(MeasuringKind::Rectangle, None), &[(SHIFT, Key::R)], Needs::Layer, None),
        offer(W::Measure(MeasuringKind::Lasso, None), &[(SHIFT, Key::Q)], Needs::Layer, None),
        offer(W::Escape, &[(NONE, Key::Escape)], Needs::Nothing, None),
    ]
}

fn camera() -> Vec<Offer> {
    use CameraCommand as C;
    use Needs::{Layer, Nothing, Selection};
    let (middle, step) = ([0.0, 0.0], 120.0);
    vec![
        offer(C::FitAll, &[(NONE, Key::Num0)], Nothing, Some(3)),
        offer(C::FitSelection, &[(NONE, Key::F)], Selection, Some(3)),
        offer(C::CameraBack, &[(CTRL, Key::OpenBracket)], Nothing, Some(3)),
        offer(C::CameraForward, &[(CTRL, Key::CloseBracket)], Nothing, Some(3)),
        offer(C::Pan([step, 0.0]), &[(NONE, Key::ArrowLeft)], Nothing, None),
        offer(C::Pan([-step, 0.0]), &[(NONE, Key::ArrowRight)], Nothing, None),
        offer(C::Pan([0.0, step]), &[(NONE, Key::ArrowUp)], Nothing, None),
        offer(C::Pan([0.0, -step]), &[(NONE, Key::ArrowDown)], Nothing, None),
        offer(C::Zoom(1.0, middle), &[(NONE, Key::Plus), (NONE, Key::Equals)], Nothing, None),
        offer(C::Zoom(-1.0, middle), &[(NONE, Key::Minus)], Nothing, None),
        offer(SelectCommand::Neighbour([-1.0, 0.0]), &[(ALT, Key::ArrowLeft)], Layer, None),
        offer(SelectCommand::Neighbour([1.0, 0.0]), &[(ALT, Key::ArrowRight)], Layer, None),
        offer(SelectCommand::Neighbour([0.0, -1.0]), &[(ALT, Key::ArrowUp)], Layer, None),
        offer(SelectCommand::Neighbour([0.0, 1.0]), &[(ALT, Key::ArrowDown)], Layer, None),
        offer(SelectCommand::StepVillage(1), &[(NONE, Key::PageDown)], Layer, None),
        offer(SelectCommand::StepVillage(-1), &[(NONE, Key::PageUp)], Layer, None),
    ]
}

fn panels() -> Vec<Offer> {
    use Needs::{District, Nothing};
    use WindowCommand as W;
    vec![
        offer(W::ToggleLeft, &[], Nothing, Some(4)),
        offer(W::ToggleRight, &[], Nothing, Some(4)),
        offer(W::ToggleDrawer(Tab::Table), &[(NONE, Key::T)], Nothing, Some(4)),
        offer(W::ToggleDrawer(Tab::Summary), &[(NONE, Key::S)], District, Some(4)),
        offer(W::ToggleDrawer(Tab::Gaps), &[(NONE, Key::G)], District, Some(4)),
        offer(W::ToggleDrawer(Tab::Problems), &[(NONE, Key::P)], Nothing, Some(4)),
        offer(W::ToggleDrawer(Tab::Scenes), &[(NONE, Key::M)], Nothing, None),
    ]
}

fn looks() -> Vec<Offer> {
    use LookCommand as L;
    use Needs::{District, Layer};
    let theme = |theme, key| offer(L::SetTheme(Some(theme)), &[(NONE, key)], Layer, None);
    let own = |at, key| offer(L::SetOwnTheme(at), &[(NONE, key)], District, None);
    vec![
        theme(Theme::Sanitation, Key::Num1),
        theme(Theme::Toilets, Key::Num2),
        theme(Theme::Clinics, Key::Num3),
        theme(Theme::Services, Key::Num4),
        own(0, Key::Num5),
        own(1, Key::Num6),
        own(2, Key::Num7),
        own(3, Key::Num8),
        own(4, Key::Num9),
        offer(L::StepYear(-1), &[(NONE, Key::OpenBracket)], District, None),
        offer(L::StepYear(1), &[(NONE, Key::CloseBracket)], District, None),
    ]
}

/// Keys of a meeting, those of presenter remotes among them.
pub fn meeting_shortcuts() -> Vec<(KeyboardShortcut, Command)> {
    use MeetingCommand as M;
    let at = |m: Modifiers, k: Key, c: Command| (KeyboardShortcut::new(m, k), c);
    let next = |k| at(NONE, k, M::StepScene(1).into());
    let previous = |k| at(NONE, k, M::StepScene(-1).into());
    let zoom = |k, steps| at(NONE, k, CameraCommand::Zoom(steps, [0.0, 0.0]).into());
    let mut list = vec![
        at(SHIFT, Key::ArrowLeft, LookCommand::MoveDivider(-0.05).into()),
        at(SHIFT, Key::ArrowRight, LookCommand::MoveDivider(0.05).into()),
        zoom(Key::Plus, 1.0),
        zoom(Key::Equals, 1.0),
        zoom(Key::Minus, -1.0),
        at(CTRL, Key::K, WindowCommand::FocusSearch.into()),
        at(CTRL, Key::F, WindowCommand::FocusSearch.into()),
        at(NONE, Key::B, M::BlankScreen.into()),
        at(NONE, Key::Period, M::BlankScreen.into()),
        at(NONE, Key::Num0, CameraCommand::FitAll.into()),
        at(NONE, Key::OpenBracket, LookCommand::StepYear(-1).into()),
        at(NONE, Key::CloseBracket, LookCommand::StepYear(1).into()),
        at(NONE, Key::Y, LookCommand::PlayYears.into()),
        at(NONE, Key::P, M::Presenter.into()),
        at(NONE, Key::W, M::Answer(Answer::Worst).into()),
        at(NONE, Key::E, M::Answer(Answer::Best).into()),
        at(NONE, Key::C, M::Answer(Answer::Changed).into()),
        at(NONE, Key::Q, M::Pen.into()),
        at(NONE, Key::T, M::Town.into()),
        at(SHIFT, Key::D, DecideCommand::List.into()),
        at(NONE, Key::D, DecideCommand::Here.into()),
        at(NONE, Key::F5, M::LeaveMeeting.into()),
        at(NONE, Key::Escape, WindowCommand::Escape.into()),
    ];
    list.extend([Key::ArrowRight, Key::ArrowDown, Key::Space, Key::PageDown, Key::Enter].map(next));
    list.extend([Key::ArrowLeft, Key::ArrowUp, Key::PageUp, Key::Backspace].map(previous));
    let digits = [Key::Num1, Key::Num2, Key::Num3, Key::Num4, Key::Num5, Key::Num6, Key::Num7, Key::Num8, Key::Num9];
    list.extend(digits.into_iter().enumerate().map(|(i, key)| at(NONE, key, M::GoToScene(i).into())));
    list
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::lang::Lang;

    #[test]
    fn every_offer_has_words_in_both_languages() {
        for Offer { command, needs, .. } in offered() {
            for lang in [Lang::Zh, Lang::En] {
                assert!(lang.find(command.key()).is_some(), "{command:?}");
                assert!(needs == Needs::Nothing || lang.find(needs.key()).is_some(), "{needs:?}");
            }
        }
    }

    #[test]
    fn no_key_means_two_things() {
        let list = offered();
        let keys: Vec<_> = list.iter().flat_map(|o| o.shortcuts.iter().map(|s| (s.modifiers, s.logical_key))).collect();
        for (at, key) in keys.iter().enumerate() {
            assert!(!keys.iter().skip(at + 1).any(|k| k == key), "{key:?}");
        }
        let meeting = meeting_shortcuts();
        for (at, (key, _)) in meeting.iter().enumerate() {
            assert!(!meeting.iter().skip(at + 1).any(|(k, _)| k == key), "{key:?}");
        }
    }

    #[test]
    fn longer_shortcuts_come_first() {
        let all: Vec<_> = shortcuts().into_iter().map(|(s, _)| s).collect();
        for (at, shortcut) in all.iter().enumerate() {
            let longer = |s: &&KeyboardShortcut| {
                s.logical_key == shortcut.logical_key
                    && s.modifiers != shortcut.modifiers
                    && s.modifiers.contains(shortcut.modifiers)
            };
            assert!(!all.iter().skip(at + 1).any(|s| longer(&s)), "{shortcut:?} hides a longer one");
        }
    }
}
