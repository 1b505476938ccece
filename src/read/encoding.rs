//! From the bytes of a file to UTF-8 text.

use std::borrow::Cow;

use super::How;
use super::dos::Letters;
use super::letters::{EncodingFrom, name_of, of_content, of_label};

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
    /// How it was decided.
    pub(super) from: EncodingFrom,
}

/// Decodes as a person says, else by the mark, else as it reads best: text that is not UTF-8 is weighed.
pub(super) fn decode_as<'a>(bytes: &'a [u8], how: &How) -> Decoded<'a> {
    if let Some(chosen) = how.encoding.as_deref().and_then(of_label) {
        let (text, encoding, damaged) = chosen.decode(bytes);
        let bom = encoding_rs::Encoding::for_bom(bytes).is_some();
        let text = Cow::Owned(text.into_owned().into_bytes());
        return Decoded { text, encoding: name_of(encoding), bom, damaged, from: EncodingFrom::Chosen };
    }
    if let Some(dos) = how.encoding.as_deref().and_then(Letters::of_label) {
        let text = Cow::Owned(dos.decode(bytes).0.into_owned().into_bytes());
        return Decoded { text, encoding: dos.name(), bom: false, damaged: false, from: EncodingFrom::Chosen };
    }
    let decoded = decode(bytes);
    if decoded.from == EncodingFrom::Mark || decoded.encoding != "UTF-8" || std::str::from_utf8(bytes).is_ok() {
        return decoded;
    }
    let (encoding, _) = of_content(bytes);
    if encoding == encoding_rs::UTF_8 {
        return decoded;
    }
    let text = encoding.decode_without_bom_handling(bytes).0.into_owned().into_bytes();
    Decoded {
        text: Cow::Owned(text),
        encoding: name_of(encoding),
        bom: false,
        damaged: false,
        from: EncodingFrom::Scored,
    }
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
        let from = if bom { EncodingFrom::Mark } else { EncodingFrom::Content };
        Decoded { text: Cow::Owned(text.into_bytes()), encoding, bom, damaged, from }
    };
    match bytes {
        [0xEF, 0xBB, 0xBF, rest @ ..] => {
            let from = EncodingFrom::Mark;
            Decoded { text: Cow::Borrowed(rest), encoding: "UTF-8", bom: true, damaged: false, from }
        }
        [0xFF, 0xFE, rest @ ..] => utf16(rest, "UTF-16LE", true, u16::from_le_bytes),
        [0xFE, 0xFF, rest @ ..] => utf16(rest, "UTF-16BE", true, u16::from_be_bytes),
        [b'{', 0, b'\n' | b'\r' | b' ' | b'"', 0, ..] => utf16(bytes, "UTF-16LE", false, u16::from_le_bytes),
        [0, b'{', 0, b'\n' | b'\r' | b' ' | b'"', ..] => utf16(bytes, "UTF-16BE", false, u16::from_be_bytes),
        _ => {
            let from = EncodingFrom::Content;
            Decoded { text: Cow::Borrowed(bytes), encoding: "UTF-8", bom: false, damaged: false, from }
        }
    }
}
