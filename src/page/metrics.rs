//! Widths of text in the fonts that pages are set in.

use std::sync::{Arc, LazyLock, Mutex, PoisonError};

use resvg::usvg::fontdb;
use rustc_hash::FxHashMap;
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
    let advance = |c: char| match face.glyph_index(c).and_then(|g| face.glyph_hor_advance(g)) {
        Some(advance) => f32::from(advance) / units,
        None => of_system(c).map_or(1.0, |found| found.1),
    };
    text.chars().map(advance).sum()
}

/// Width of a text at a size.
pub(super) fn width(text: &str, size: f32, is_bold: bool) -> f32 {
    width_em(text, is_bold) * size
}

/// The fonts of this machine, for characters that the bundled ones lack: rare characters of names, other scripts.
static SYSTEM: LazyLock<fontdb::Database> = LazyLock::new(|| {
    let mut fonts = fontdb::Database::new();
    fonts.load_system_fonts();
    fonts
});

/// A font of this machine that has a character, and the character's width in units of its size.
fn of_system(c: char) -> Option<(fontdb::ID, f32)> {
    static FOUND: LazyLock<Mutex<FxHashMap<char, Option<(fontdb::ID, f32)>>>> = LazyLock::new(Mutex::default);
    let mut found = FOUND.lock().unwrap_or_else(PoisonError::into_inner);
    *found.entry(c).or_insert_with(|| {
        let is_plain = |f: &&fontdb::FaceInfo| f.style == fontdb::Style::Normal && f.weight == fontdb::Weight::NORMAL;
        let width = |id: fontdb::ID| {
            SYSTEM.with_face_data(id, |data, index| {
                let face = Face::parse(data, index).ok()?;
                let advance = face.glyph_index(c).and_then(|g| face.glyph_hor_advance(g))?;
                Some(f32::from(advance) / f32::from(face.units_per_em()))
            })?
        };
        let name = |f: &fontdb::FaceInfo| f.families.first().map_or_else(String::new, |(name, _)| name.to_lowercase());
        // Letters without serifs suit those of the page best; those for programs and formulas least.
        let rank = |f: &fontdb::FaceInfo| {
            let name = name(f);
            let has = |part: &str| name.contains(part);
            (!is_plain(&f), has("mono") || has("math") || f.monospaced, has("serif") && !has("sans"), !has("sans"))
        };
        let mut faces: Vec<&fontdb::FaceInfo> = SYSTEM.faces().collect();
        faces.sort_by_key(|f| rank(f));
        faces.into_iter().find_map(|f| Some((f.id, width(f.id)?)))
    })
}

/// The font of this machine that a character is taken from.
pub(super) fn font_of(c: char) -> Option<fontdb::ID> {
    of_system(c).map(|found| found.0)
}

/// Something done with the data of a font of this machine and its number in it.
pub(super) fn with_font<T>(id: fontdb::ID, work: impl FnOnce(&[u8], u32) -> T) -> Option<T> {
    SYSTEM.with_face_data(id, work)
}

/// Name of a font of this machine.
fn family(id: fontdb::ID) -> Option<String> {
    SYSTEM.face(id).and_then(|f| f.families.first().map(|(name, _)| name.clone()))
}

/// Whether a font of this machine has a character.
fn has(id: fontdb::ID, c: char) -> bool {
    of_system(c).is_some_and(|found| found.0 == id)
        || SYSTEM
            .with_face_data(id, |data, index| Face::parse(data, index).is_ok_and(|f| f.glyph_index(c).is_some()))
            .unwrap_or(false)
}

/// Whether letters of its script join, stack or change places: Hebrew to Thai and Georgian, scripts of India and South-East Asia.
fn is_shaped(c: char) -> bool {
    matches!(c, '\u{590}'..='\u{10ff}' | '\u{1700}'..='\u{1cff}' | '\u{a800}'..='\u{abff}' | '\u{11000}'..='\u{11fff}')
}

/// A text in pieces of one font each: `None` for the bundled ones, else the family of one of this machine. Letters that join are shaped together: taken
/// one by one from another font, as happens where a font is sought for a letter that lacks, they lose marks and places (Devanagari, Khmer).
pub(super) fn runs(text: &str) -> Vec<(Option<String>, &str)> {
    let is_joiner = |c: char| matches!(c, '\u{200c}' | '\u{200d}' | '\u{25cc}' | '\u{fe00}'..='\u{fe0f}');
    let mut runs: Vec<(Option<fontdb::ID>, usize)> = Vec::new();
    let mut present = None;
    for (at, c) in text.char_indices() {
        let goes_on = |id: fontdb::ID| is_joiner(c) || (c == ' ' || !is_bundled(c)) && has(id, c);
        let wanted = match present {
            Some(id) if goes_on(id) => Some(id),
            _ if !is_shaped(c) || is_bundled(c) => None,
            _ => of_system(c).map(|found| found.0),
        };
        if runs.is_empty() || wanted != present {
            runs.push((wanted, at));
        }
        present = wanted;
    }
    let ends = runs.iter().skip(1).map(|r| r.1).chain([text.len()]);
    runs.iter()
        .zip(ends)
        .map(|((id, from), to)| (id.and_then(family), text.get(*from..to).unwrap_or_default()))
        .collect()
}

/// Names of the fonts of this machine that a text takes letters from; none where the bundled ones have all of them.
pub(super) fn system_fonts(text: &str) -> Vec<String> {
    let lacking = text.chars().filter(|c| !c.is_ascii() && !c.is_control() && !is_bundled(*c));
    let mut names: Vec<String> = lacking.filter_map(|c| family(of_system(c)?.0)).collect();
    names.sort_unstable();
    names.dedup();
    names
}

fn is_bundled(c: char) -> bool {
    face(false).is_none_or(|face| face.glyph_index(c).is_some())
}

/// The text without what no page shows; what no font has is replaced only where fonts come in: see [`shown`].
pub(super) fn printable(text: &str) -> String {
    text.chars().filter(|c| !c.is_control()).collect()
}

/// A page as its picture can show it: what no font of this machine has is replaced.
pub(super) fn shown(svg: &str) -> String {
    let stands = |c: char| c.is_control() || is_bundled(c) || of_system(c).is_some();
    let shown: String = svg.chars().map(|c| if stands(c) { c } else { LACKING }).collect();
    super::joined::spaced(&shown)
}

/// Fonts for a page: the bundled ones, and those of this machine that have what they lack.
pub(super) fn fonts_for(svg: &str, bundled: &Arc<fontdb::Database>) -> Arc<fontdb::Database> {
    let lacking = svg.chars().filter(|c| !c.is_ascii() && !c.is_control() && !is_bundled(*c));
    let mut wanted: Vec<fontdb::ID> = lacking.filter_map(|c| Some(of_system(c)?.0)).collect();
    wanted.sort_unstable();
    wanted.dedup();
    if wanted.is_empty() {
        return bundled.clone();
    }
    let mut fonts = (**bundled).clone();
    for (source, _) in wanted.into_iter().filter_map(|id| SYSTEM.face_source(id)) {
        fonts.load_font_source(source);
    }
    Arc::new(fonts)
}

/// Characters of some texts that neither the bundled fonts nor those of this machine have, each once: pictures and documents show
/// 〓 for them.
pub fn missing_glyphs<'a>(texts: impl IntoIterator<Item = &'a str>) -> Vec<char> {
    let lacking = |c: &char| !c.is_control() && !is_bundled(*c) && of_system(*c).is_none();
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
        assert_eq!(printable("a村b\n"), "a村b");
        // A private character that no font has.
        assert_eq!(shown("a\u{10fffd}b"), "a〓b");
        assert_eq!(missing_glyphs(["村", "\u{10fffd}\u{10fffd}"]), ['\u{10fffd}']);
    }
}
