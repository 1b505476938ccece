//! From the bytes of a file to UTF-8 text.

use std::borrow::Cow;

/// Text and how it was encoded.
pub(super) struct Decoded<'a> {
    /// UTF-8, or what claims to be.
    pub(super) text: Cow<'a, [u8]>,
    /// Name of the encoding.
    pub(super) encoding: &'static str,
    /// Whether a byte order mark was taken off.
    pub(super) bom: bool,
    /// Whether something could not be decoded and became U+FFFD.
    pub(super) damaged: bool,
}

/// Takes off a byte order mark and decodes UTF-16, with the mark or without.
pub(super) fn decode(bytes: &[u8]) -> Decoded<'_> {
    let utf16 = |rest: &[u8], encoding, bom, unit: fn([u8; 2]) -> u16| {
        let units = rest
            .chunks_exact(2)
            .map(|pair| unit([pair.first().copied().unwrap_or(0), pair.get(1).copied().unwrap_or(0)]));
        let mut damaged = rest.len() % 2 == 1;
        let mut text = String::with_capacity(rest.len() / 2);
        text.extend(char::decode_utf16(units).map(|c| {
            c.unwrap_or_else(|_| {
                damaged = true;
                char::REPLACEMENT_CHARACTER
            })
        }));
        Decoded { text: Cow::Owned(text.into_bytes()), encoding, bom, damaged }
    };
    match bytes {
        [0xEF, 0xBB, 0xBF, rest @ ..] => {
            Decoded { text: Cow::Borrowed(rest), encoding: "UTF-8", bom: true, damaged: false }
        }
        [0xFF, 0xFE, rest @ ..] => utf16(rest, "UTF-16LE", true, u16::from_le_bytes),
        [0xFE, 0xFF, rest @ ..] => utf16(rest, "UTF-16BE", true, u16::from_be_bytes),
        [b'{', 0, b'\n' | b'\r' | b' ' | b'"', 0, ..] => utf16(bytes, "UTF-16LE", false, u16::from_le_bytes),
        [0, b'{', 0, b'\n' | b'\r' | b' ' | b'"', ..] => utf16(bytes, "UTF-16BE", false, u16::from_be_bytes),
        _ => Decoded { text: Cow::Borrowed(bytes), encoding: "UTF-8", bom: false, damaged: false },
    }
}
