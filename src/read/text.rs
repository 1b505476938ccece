//! Strings and nested values of JSON as the text that goes into a column.

use super::cursor::Raw;

/// The text of a string: borrowed where it has no escapes, else written into `scratch`. What is not UTF-8 becomes
/// U+FFFD and sets `damaged`.
pub(super) fn decode<'s>(raw: Raw<'s>, scratch: &'s mut String, damaged: &mut bool) -> &'s str {
    if !raw.escaped
        && let Ok(text) = std::str::from_utf8(raw.bytes)
    {
        return text;
    }
    let whole = String::from_utf8_lossy(raw.bytes);
    *damaged |= matches!(whole, std::borrow::Cow::Owned(_));
    scratch.clear();
    let mut chars = whole.chars();
    while let Some(c) = chars.next() {
        if c != '\\' {
            scratch.push(c);
            continue;
        }
        match chars.next() {
            Some('n') => scratch.push('\n'),
            Some('t') => scratch.push('\t'),
            Some('r') => scratch.push('\r'),
            Some('b') => scratch.push('\u{8}'),
            Some('f') => scratch.push('\u{c}'),
            Some('u') => push_code(&mut chars, scratch),
            Some(other) => scratch.push(other),
            None => {}
        }
    }
    scratch
}

/// The character of a `\u` escape, surrogate pairs joined; U+FFFD for half a pair and for what is no number.
fn push_code(chars: &mut std::str::Chars<'_>, scratch: &mut String) {
    let hex = |chars: &mut std::str::Chars<'_>| {
        let digits = chars.as_str().get(..4)?;
        let code = u32::from_str_radix(digits, 16).ok()?;
        *chars = chars.as_str().get(4..).unwrap_or("").chars();
        Some(code)
    };
    let code = match hex(chars) {
        Some(high @ 0xD800..=0xDBFF) => {
            let mut ahead = chars.clone();
            let low = (ahead.next() == Some('\\') && ahead.next() == Some('u')).then(|| hex(&mut ahead)).flatten();
            match low {
                Some(low @ 0xDC00..=0xDFFF) => {
                    *chars = ahead;
                    Some(0x10000 + ((high - 0xD800) << 10) + (low - 0xDC00))
                }
                _ => None,
            }
        }
        other => other,
    };
    scratch.push(code.and_then(char::from_u32).unwrap_or(char::REPLACEMENT_CHARACTER));
}

/// A nested value as compact JSON: blanks outside strings are left out, everything else stays as it is written.
pub(super) fn compact<'s>(value: &[u8], scratch: &'s mut String, damaged: &mut bool) -> &'s str {
    let (mut inside, mut escaped) = (false, false);
    let mut kept = Vec::with_capacity(value.len());
    for &byte in value {
        if inside {
            inside = escaped || byte != b'"';
            escaped = !escaped && byte == b'\\';
        } else if matches!(byte, b' ' | b'\n' | b'\r' | b'\t') {
            continue;
        } else {
            inside = byte == b'"';
        }
        kept.push(byte);
    }
    let text = String::from_utf8_lossy(&kept);
    *damaged |= matches!(text, std::borrow::Cow::Owned(_));
    scratch.clear();
    scratch.push_str(&text);
    scratch
}

#[cfg(test)]
mod tests {
    use super::*;

    fn decoded(bytes: &[u8]) -> (String, bool) {
        let (mut scratch, mut damaged) = (String::new(), false);
        let raw = Raw { bytes, escaped: bytes.contains(&b'\\') };
        (decode(raw, &mut scratch, &mut damaged).to_owned(), damaged)
    }

    #[test]
    fn escapes_become_characters() {
        assert_eq!(decoded(br#"a\n\"\u6751\ud83d\ude00\/"#).0, "a\n\"村😀/");
        assert_eq!(decoded(br"\ud83d x\u12").0, "\u{fffd} x\u{fffd}12");
        assert_eq!(decoded(b"\xb4\xe5"), ("\u{fffd}\u{fffd}".to_owned(), true));
    }

    #[test]
    fn nested_values_lose_their_blanks_only_outside_strings() {
        let (mut scratch, mut damaged) = (String::new(), false);
        assert_eq!(compact(b"{ \"a b\" : [1, 2 ,\"\\\" x\"] }", &mut scratch, &mut damaged), r#"{"a b":[1,2,"\" x"]}"#);
    }
}
