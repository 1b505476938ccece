//! A panel drawn by itself, for tests beside the code.

use egui::{Context, Event, Key, Modifiers, RawInput, Rect, Ui, pos2, vec2};

use crate::session::{Command, Commands, Moment, Session};

/// What came of a frame: words on show, and what was sent.
pub(crate) struct Shown {
    pub(crate) words: Vec<String>,
    pub(crate) sent: Vec<Command>,
    pub(crate) moment: Moment,
}

impl Shown {
    pub(crate) fn says(&self, text: &str) -> bool {
        self.words.iter().any(|w| w.contains(text))
    }
}

/// A key, pressed and let go.
pub(crate) fn key(key: Key) -> Vec<Event> {
    let event = |pressed| Event::Key { key, physical_key: None, pressed, repeat: false, modifiers: Modifiers::NONE };
    vec![event(true), event(false)]
}

/// Shows a panel for some frames, with events in each; the session is as it was in all of them.
pub(crate) fn shown(
    session: &Session,
    moment: Moment,
    frames: Vec<Vec<Event>>,
    panel: impl Fn(&mut Ui, &Session, &mut Moment, &mut Commands),
) -> Shown {
    let ctx = Context::default();
    super::install_fonts(&ctx);
    let (mut moment, mut send, mut words) = (moment, Commands::default(), Vec::new());
    for events in std::iter::once(Vec::new()).chain(frames) {
        let screen_rect = Some(Rect::from_min_size(pos2(0.0, 0.0), vec2(900.0, 700.0)));
        let mut output = ctx.run_ui(RawInput { screen_rect, events, ..RawInput::default() }, |ui| {
            panel(ui, session, &mut moment, &mut send);
        });
        // Nothing is drawn.
        output.textures_delta.clear();
        words.clear();
        for shape in &output.shapes {
            texts(&shape.shape, &mut words);
        }
    }
    Shown { words, sent: send.take(), moment }
}

fn texts(shape: &egui::Shape, words: &mut Vec<String>) {
    match shape {
        egui::Shape::Text(text) => words.push(text.galley.text().to_owned()),
        egui::Shape::Vec(list) => list.iter().for_each(|s| texts(s, words)),
        _ => {}
    }
}
