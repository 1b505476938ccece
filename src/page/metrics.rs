//! Widths of text in the fonts that pages are set in.

use std::sync::LazyLock;

use ttf_parser::Face;

use crate::fonts::{BOLD, REGULAR};

/// What stands for a character that the fonts lack: the geta mark of Chinese and Japanese typesetting.
const LACKING: char = '〓';

static FACES: LazyLock<[Option<Face<'static>>; 2]> =
    LazyLock::new(|| [REGULAR, BOLD].map(|font| Face::parse(font, 0).ok()));

fn face(is_bold: bool) -> Option<&'static Face<'static>> {
    FACES[usize::from(is_bold)].as_ref()
}

/// Width of a text in units of its size.
fn width_em(text: &str, is_bold: bool) -> f32 {
    let Some(face) = face(is_bold) else { return text.chars().count() as f32 };
    let units = f32::from(face.units_per_em());
    let advance =
        |c: char| face.glyph_index(c).and_then(|g| face.glyph_hor_advance(g)).map_or(1.0, |a| f32::from(a) / units);
    text.chars().map(advance).sum()
}

/// Width of a text at a size.
pub(super) fn width(text: &str, size: f32, is_bold: bool) -> f32 {
    width_em(text, is_bold) * size
}

/// The text with what the fonts lack replaced.
pub(super) fn printable(text: &str) -> String {
    let Some(face) = face(false) else { return text.to_owned() };
    let has = |c: char| face.glyph_index(c).is_some();
    text.chars().filter(|c| !c.is_control()).map(|c| if has(c) { c } else { LACKING }).collect()
}

/// Characters of some texts that the fonts lack, each once.
pub fn missing_glyphs<'a>(texts: impl IntoIterator<Item = &'a str>) -> Vec<char> {
    let Some(face) = face(false) else { return Vec::new() };
    let lacking = |c: &char| !c.is_control() && face.glyph_index(*c).is_none();
    let mut list: Vec<char> = texts.into_iter().flat_map(str::chars).filter(lacking).collect();
    list.sort_unstable();
    list.dedup();
    list
}

/// A text cut to a width, with a mark where something is left out.
pub(super) fn clipped(text: &str, size: f32, is_bold: bool, room: f32) -> String {
    if width(text, size, is_bold) <= room {
        return text.to_owned();
    }
    let mut out = String::new();
    let mut used = width("…", size, is_bold);
    for c in text.chars() {
        used += width(c.encode_utf8(&mut [0; 4]), size, is_bold);
        if used > room {
            break;
        }
        out.push(c);
    }
    out + "…"
}

/// A text in lines that fit a width: broken between Han characters and at blanks, at most so many lines, the last cut.
pub(super) fn wrapped(text: &str, size: f32, is_bold: bool, room: f32, most: usize) -> Vec<String> {
    // What must not begin a line stays with what stands before it.
    const NOT_FIRST: &str = "，。、；：！？）》」』”’%…·";
    let mut words: Vec<String> = Vec::new();
    for c in text.chars() {
        let joins = NOT_FIRST.contains(c)
            || (c != ' '
                && c < '\u{2e80}'
                && words.last().is_some_and(|w| w.ends_with(|l: char| l < '\u{2e80}' && l != ' ')));
        match words.last_mut() {
            Some(word) if joins => word.push(c),
            _ => words.push(c.to_string()),
        }
    }
    let mut lines: Vec<String> = vec![String::new()];
    for (i, word) in words.iter().enumerate() {
        let fits = lines.last().is_some_and(|l| width(&format!("{l}{word}"), size, is_bold) <= room || l.is_empty());
        if fits {
            if let Some(line) = lines.last_mut() {
                line.push_str(word);
            }
        } else if lines.len() < most {
            lines.push(word.trim_start().to_owned());
        } else {
            let rest: String = words.iter().skip(i).map(String::as_str).collect();
            if let Some(line) = lines.last_mut() {
                *line = clipped(&format!("{line}{rest}"), size, is_bold, room);
            }
            break;
        }
    }
    for line in &mut lines {
        *line = clipped(line.trim(), size, is_bold, room);
    }
    lines.retain(|l| !l.is_empty());
    lines
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lines_fit_their_room_and_lose_nothing_that_fits() {
        let text = "海淀示范区农村生活污水处理率达到 99% 以上，其中 village names in Latin letters 不断开。";
        let lines = wrapped(text, 20.0, true, 240.0, 9);
        assert!(lines.len() > 2 && lines.iter().all(|l| width(l, 20.0, true) <= 240.0));
        let all: String = lines.concat().chars().filter(|c| *c != ' ').collect();
        assert_eq!(all, text.chars().filter(|c| *c != ' ').collect::<String>());
        let long = "长".repeat(300);
        let two = wrapped(&long, 20.0, true, 240.0, 2);
        assert!(two.len() == 2 && two[1].ends_with('…') && width(&two[1], 20.0, true) <= 240.0);
        assert_eq!(wrapped("", 20.0, false, 100.0, 3), Vec::<String>::new());
        assert_eq!(printable("a\u{20000}b\n"), "a〓b");
        assert_eq!(missing_glyphs(["村", "\u{20000}\u{20000}"]), ['\u{20000}']);
    }
}
