//! Arabic, Hebrew and other texts from right to left, in the order in which their parts stand on the line.
//!
//! egui draws what it is given from left to right and turns only the letters of one font within themselves: a name of
//! two Arabic words would have its words in the wrong order, and one with a number would begin at the wrong end.

use std::borrow::Cow;

use unicode_bidi::{BidiClass, BidiInfo, bidi_class};

/// What stands in whose place where a text runs from right to left (Unicode's `Bidi_Mirroring_Glyph`, those that names have).
const MIRRORED: [(char, char); 8] =
    [('(', ')'), ('[', ']'), ('{', '}'), ('<', '>'), ('«', '»'), ('（', '）'), ('【', '】'), ('《', '》')];

fn mirrored(c: char) -> char {
    let other = |&(open, close): &(char, char)| match c {
        _ if c == open => Some(close),
        _ if c == close => Some(open),
        _ => None,
    };
    MIRRORED.iter().find_map(other).unwrap_or(c)
}

/// Whether a letter goes from right to left.
fn is_turned(c: char) -> bool {
    // No letter below is.
    c >= '\u{590}' && matches!(bidi_class(c), BidiClass::R | BidiClass::AL)
}

/// A text with the parts of each line in the order of the eye (Unicode Standard Annex 9); words of letters from right to left stay as they are
/// written, since who draws them turns them. A text without such letters is returned as it is.
pub fn visual_order(text: &str) -> Cow<'_, str> {
    if !text.chars().any(is_turned) {
        return Cow::Borrowed(text);
    }
    let lines: Vec<String> = text.split('\n').map(line_in_order).collect();
    Cow::Owned(lines.join("\n"))
}

fn line_in_order(line: &str) -> String {
    let info = BidiInfo::new(line, None);
    let mut ordered = String::with_capacity(line.len());
    for paragraph in &info.paragraphs {
        let (levels, runs) = info.visual_runs(paragraph, paragraph.range.clone());
        for run in runs {
            let part = line.get(run.clone()).unwrap_or_default();
            if levels.get(run.start).is_some_and(|l| l.is_rtl()) {
                ordered.extend(words(part).into_iter().rev());
            } else {
                ordered.push_str(part);
            }
        }
    }
    ordered
}

/// Words with what joins to them, and each sign between them by itself, mirrored.
fn words(part: &str) -> Vec<String> {
    let mut words: Vec<String> = Vec::new();
    let mut in_word = false;
    for c in part.chars() {
        // Marks and joiners belong to the letter before them.
        let joins = in_word && matches!(bidi_class(c), BidiClass::NSM | BidiClass::BN);
        if is_turned(c) || joins {
            match words.last_mut().filter(|_| in_word) {
                Some(word) => word.push(c),
                None => words.push(c.to_string()),
            }
            in_word = true;
        } else {
            words.push(mirrored(c).to_string());
            in_word = false;
        }
    }
    words
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn words_and_numbers_stand_where_the_eye_looks_for_them() {
        // Orders by python-bidi 0.4.2, which is written by itself; words kept as written.
        for (text, expected) in [
            ("Haidian 海淀", "Haidian 海淀"),
            ("قرية كبيرة", "كبيرة قرية"),
            ("قرية 12", "12 قرية"),
            ("القرية (الشرقية)", "(الشرقية) القرية"),
            ("Al Qarya قرية كبيرة 7", "Al Qarya 7 كبيرة قرية"),
            ("כפר סבא\n12 %", "סבא כפר\n12 %"),
            ("قرية ١٢", "١٢ قرية"),
            ("مركز 3 - قسم 4", "4 قسم - 3 مركز"),
            // A mark stays with its letter.
            ("مُدن كبرى", "كبرى مُدن"),
        ] {
            assert_eq!(visual_order(text), expected, "{text}");
        }
        assert!(matches!(visual_order("Haidian 海淀"), Cow::Borrowed(_)));
    }
}
