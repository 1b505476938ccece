//! Letters without case and accents, Chinese in its simplified forms.

use crate::model::simplified;

/// Base letters of U+00C0..U+0250 (Latin-1 Supplement, Latin Extended-A and -B); `.` where there is none. From the
/// compatibility decompositions of Unicode, plus the letters with a stroke.
const LATIN: &str = "aaaaaa.ceeeeiiiidnooooo.ouuuuy..aaaaaa.ceeeeiiiidnooooo.ouuuuy.yaaaaaaccccccccddddeeeeeeeeeegggggggg\
    hhhhiiiiiiiiii..jjkkkllllllllllnnnnnnnnnoooooo..rrrrrrssssssssttttttuuuuuuuuuuuuwwyyyzzzzzzsb.......\
    ........................oo.............uu....zz......................aaiioouuuuuuuuuu.aaaa..ggggkkoo\
    oo..j...gg..nnaa....aaaaeeeeiiiioooorrrruuuusstt..hh......aaeeooooooooyy..................ee........";

/// Base letters of U+1E00..U+1F00 (Latin Extended Additional, Vietnamese among them).
const LATIN_ADDITIONAL: &str = "aabbbbbbccddddddddddeeeeeeeeeeffgghhhhhhhhhhiiiikkkkkkllllllllmmmmmmnnnnnnnnoooooooo\
    pppprrrrrrrrssssssssssttttttttuuuuuuuuuuvvvvwwwwwwwwwwxxxxyyzzzzzzhtwy.s....aaaaaaaaaaaaaaaaaaaaaaaaeeeeeeeeeeeeee\
    eeiiiioooooooooooooooooooooooouuuuuuuuuuuuuuyyyyyyyy......";

/// What a character is typed as without accents and case: usually one letter, nothing for a combining accent. `None`
/// where that is no more than [`lower`].
pub(super) fn typed(c: char) -> Option<&'static str> {
    Some(match c {
        'æ' | 'Æ' => "ae",
        'œ' | 'Œ' => "oe",
        'ß' | 'ẞ' => "ss",
        'þ' | 'Þ' => "th",
        'ĳ' | 'Ĳ' => "ij",
        '\u{300}'..='\u{36f}' => "",
        '\u{c0}'..'\u{250}' => base(LATIN, c as usize - 0xc0)?,
        '\u{1e00}'..'\u{1f00}' => base(LATIN_ADDITIONAL, c as usize - 0x1e00)?,
        _ => return None,
    })
}

fn base(letters: &'static str, at: usize) -> Option<&'static str> {
    letters.get(at..=at).filter(|&l| l != ".")
}

/// A character as names are compared by it: lower case, in its usual width, simplified.
pub fn plain_letter(c: char) -> char {
    simplified(lower(c))
}

/// A character in lower case, full-width forms in their usual width. One for one: what has no single lower-case
/// letter stays.
pub(super) fn lower(c: char) -> char {
    let c = match c {
        '\u{3000}' => ' ',
        '\u{ff01}'..='\u{ff5e}' => char::from_u32(c as u32 - 0xfee0).unwrap_or(c),
        _ => c,
    };
    let mut folded = c.to_lowercase();
    match (folded.next(), folded.next()) {
        (Some(one), None) => one,
        _ => c,
    }
}

/// Whether a query may leave a character of a name out: "Saint-Denis" is found by "saintdenis".
pub(super) fn is_passable(c: char) -> bool {
    c.is_whitespace()
        || matches!(c, '-' | '\'' | '’' | '‘' | 'ʼ' | '.' | '·' | '•' | '・' | '(' | ')' | '\u{300}'..='\u{36f}')
}

/// A query as it is compared: lower case, accents off, without what a name may leave out. Tone marks go with the
/// accents; ü becomes u, which readings with ü know beside v.
pub(super) fn query(text: &str) -> Vec<char> {
    let mut out = Vec::new();
    for c in text.chars() {
        match c {
            'ü' | 'Ü' | 'ǖ' | 'ǘ' | 'ǚ' | 'ǜ' => out.push('u'),
            _ if is_passable(lower(c)) || c.is_control() => {}
            _ => match typed(c) {
                Some(letters) => out.extend(letters.chars()),
                None => out.push(simplified(lower(c))),
            },
        }
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn tables_have_one_letter_per_character() {
        assert_eq!((LATIN.len(), LATIN_ADDITIONAL.len()), (0x250 - 0xc0, 0x100));
        for (c, letters) in
            [('ã', "a"), ('Ł', "l"), ('ż', "z"), ('ế', "e"), ('Đ', "d"), ('œ', "oe"), ('ǎ', "a"), ('ẞ', "ss")]
        {
            assert_eq!(typed(c), Some(letters), "{c}");
        }
        assert_eq!((typed('a'), typed('村'), typed('×')), (None, None, None));
    }

    #[test]
    fn queries_lose_case_width_accents_and_gaps() {
        let q = |t: &str| query(t).into_iter().collect::<String>();
        assert_eq!(q("São Paulo"), "saopaulo");
        assert_eq!(q("ＣＥＹ　车"), "cey车");
        assert_eq!(q("Xī'ān"), "xian");
        assert_eq!(q("e\u{301}"), "e");
        assert_eq!(q("聶各莊"), "聂各庄");
    }
}
