//! XML formats, event by event and never as a whole: KML, GPX, GML, OpenStreetMap XML. Text of any encoding becomes UTF-8 on the way in.
//! Entities are never expanded but for the five of XML itself and numbered characters; a document type is passed over.

mod gml;
mod gpx;
mod kml;
mod kml_style;

use std::io::{BufReader, Read};

use encoding_rs::{Decoder, DecoderResult, Encoding, UTF_8};
use quick_xml::events::{BytesStart, Event};

use super::error::Cause;
use super::letters::{EncodingFrom, of_label};
use super::{How, Progress};

pub(super) use kml::{kml_layers, read_kml};

mod readers;

pub(super) use readers::{Gml, Gpx, Kml, as_ovital, named_folders, parse};

/// Bytes decoded at once.
const BLOCK: usize = 64 << 10;

/// How deep elements may lie in one another.
const DEEPEST: usize = 200;

/// What a format does with the elements of a document; names come without their prefix.
pub(super) trait Handler {
    /// An element begins.
    fn start(&mut self, name: &str, element: &BytesStart<'_>);
    /// Text within the innermost element; a text may come in several pieces.
    fn text(&mut self, text: &str);
    /// An element ends.
    fn end(&mut self, name: &str);
    /// Whether enough was seen.
    fn is_done(&self) -> bool {
        false
    }
}

/// How the walk through a document ended.
pub(super) struct Walked {
    /// Whether it ended with its outermost element.
    pub(super) is_whole: bool,
    /// Whether bytes could not be decoded.
    pub(super) is_damaged: bool,
}

/// The value of an attribute, by its name without prefix; entities resolved.
pub fn attribute(element: &BytesStart<'_>, name: &str) -> Option<String> {
    let found = element.attributes().with_checks(false).flatten().find(|a| a.key.local_name().as_ref() == name)?;
    Some(match quick_xml::escape::unescape(&found.value) {
        Ok(value) => value.into_owned(),
        Err(_) => found.value.into_owned(),
    })
}

/// The encoding of a document by what a person says, its first bytes and its declaration.
pub(super) fn encoding_of(head: &[u8], how: &How) -> (&'static Encoding, EncodingFrom) {
    if let Some(chosen) = how.encoding.as_deref().and_then(of_label) {
        return (chosen, EncodingFrom::Chosen);
    }
    if let Some((encoding, _)) = Encoding::for_bom(head) {
        return (encoding, EncodingFrom::Mark);
    }
    let declaration = head.get(..200.min(head.len())).unwrap_or(&[]);
    let declared = declaration.starts_with(b"<?xml").then(|| {
        let text = String::from_utf8_lossy(declaration);
        let (_, rest) = text.split_once("encoding")?;
        let value = rest.trim_start_matches(['=', ' ']);
        let quote = value.chars().next().filter(|c| matches!(c, '"' | '\''))?;
        of_label(value.get(1..)?.split(quote).next()?)
    });
    match declared.flatten() {
        Some(encoding) if encoding != UTF_8 => (encoding, EncodingFrom::File),
        _ => (UTF_8, EncodingFrom::Content),
    }
}

/// Walks through a document. What is broken ends the walk; what came before stays.
pub(super) fn walk(
    source: impl Read,
    encoding: &'static Encoding,
    handler: &mut impl Handler,
    progress: &Progress,
) -> Result<Walked, Cause> {
    let source = BufReader::with_capacity(2 * BLOCK, ToUtf8::new(source, encoding, progress));
    let mut reader = quick_xml::Reader::from_reader(source);
    reader.config_mut().expand_empty_elements = true;
    reader.config_mut().allow_dangling_amp = true;
    let (mut buffer, mut depth, mut is_whole) = (Vec::new(), 0_usize, false);
    loop {
        if progress.is_cancelled() {
            return Err(Cause::Cancelled);
        }
        buffer.clear();
        match reader.read_event_into(&mut buffer) {
            Ok(Event::Start(element)) => {
                depth += 1;
                if depth > DEEPEST {
                    return Err(Cause::Damaged(format!("its elements lie more than {DEEPEST} deep in one another")));
                }
                handler.start(element.local_name().as_ref(), &element);
            }
            Ok(Event::End(element)) => {
                depth = depth.saturating_sub(1);
                handler.end(element.local_name().as_ref());
                is_whole = depth == 0;
            }
            Ok(Event::Text(text)) => handler.text(&text.xml10_content()),
            Ok(Event::CData(text)) => handler.text(&text.xml10_content()),
            Ok(Event::GeneralRef(reference)) => {
                let own = match reference.as_ref() {
                    "lt" => Some('<'),
                    "gt" => Some('>'),
                    "amp" => Some('&'),
                    "quot" => Some('"'),
                    "apos" => Some('\''),
                    "nbsp" => Some('\u{a0}'),
                    _ => reference.resolve_char_ref().ok().flatten(),
                };
                match own {
                    Some(c) => handler.text(c.encode_utf8(&mut [0; 4])),
                    None => handler.text(&format!("&{};", reference.as_ref() as &str)),
                }
            }
            Ok(Event::Eof) => break,
            Ok(_) => {}
            Err(quick_xml::Error::Io(e)) => {
                return Err(Cause::Unreadable(std::io::Error::new(e.kind(), e.to_string())));
            }
            // Broken from here on: nothing behind it can be found with certainty.
            Err(_) => {
                is_whole = false;
                break;
            }
        }
        if handler.is_done() {
            is_whole = true;
            break;
        }
    }
    let is_damaged = reader.into_inner().into_inner().is_damaged;
    Ok(Walked { is_whole, is_damaged })
}

/// Bytes of any encoding as UTF-8.
struct ToUtf8<'p, R> {
    source: R,
    decoder: Decoder,
    progress: &'p Progress,
    block: Vec<u8>,
    at: usize,
    is_last: bool,
    is_over: bool,
    is_damaged: bool,
}

impl<'p, R: Read> ToUtf8<'p, R> {
    fn new(source: R, encoding: &'static Encoding, progress: &'p Progress) -> Self {
        let decoder = encoding.new_decoder_with_bom_removal();
        Self { source, decoder, progress, block: Vec::new(), at: 0, is_last: false, is_over: false, is_damaged: false }
    }
}

impl<R: Read> Read for ToUtf8<'_, R> {
    fn read(&mut self, out: &mut [u8]) -> std::io::Result<usize> {
        // The decoder wants room for a character at least.
        if out.len() < 16 || self.is_over {
            return Ok(0);
        }
        loop {
            if self.at >= self.block.len() && !self.is_last {
                self.block.clear();
                self.at = 0;
                let read = (&mut self.source).take(BLOCK as u64).read_to_end(&mut self.block)?;
                self.progress.add(read);
                self.is_last = read < BLOCK;
            }
            let rest = self.block.get(self.at..).unwrap_or(&[]);
            let room = out.len() - 4;
            let Some(place) = out.get_mut(..room) else { return Ok(0) };
            let (result, read, mut written) =
                self.decoder.decode_to_utf8_without_replacement(rest, place, self.is_last);
            self.at += read;
            if let DecoderResult::Malformed(..) = result {
                self.is_damaged = true;
                if let Some(place) = out.get_mut(written..written + 3) {
                    place.copy_from_slice("\u{fffd}".as_bytes());
                    written += 3;
                }
            }
            if result == DecoderResult::InputEmpty && self.is_last {
                self.is_over = true;
            }
            if written > 0 || self.is_over {
                return Ok(written);
            }
        }
    }
}

/// Numbers of a text of positions, one after the other; what is none ends it.
pub(super) struct Numbers<'a>(&'a [u8]);

impl<'a> Numbers<'a> {
    pub(super) fn of(text: &'a str) -> Self {
        Self(text.as_bytes())
    }

    /// The next number, and whether a comma followed it, blanks aside.
    pub(super) fn next(&mut self) -> Option<(f64, bool)> {
        let skip = |bytes: &'a [u8]| {
            let n = bytes.iter().take_while(|b| b.is_ascii_whitespace()).count();
            bytes.get(n..).unwrap_or(&[])
        };
        let mut rest = skip(self.0);
        while let [b',', more @ ..] = rest {
            rest = skip(more);
        }
        let (number, length) = fast_float2::parse_partial::<f64, _>(rest).ok().filter(|(_, n)| *n > 0)?;
        rest = rest.get(length..).unwrap_or(&[]);
        let behind = skip(rest);
        let is_comma = behind.first() == Some(&b',');
        self.0 = if is_comma { behind } else { rest };
        Some((number, is_comma))
    }

    /// Whether nothing is left.
    pub(super) fn is_over(&self) -> bool {
        self.0.iter().all(|b| b.is_ascii_whitespace() || *b == b',')
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[derive(Default)]
    struct Seen(String);

    impl Handler for Seen {
        fn start(&mut self, name: &str, _: &BytesStart<'_>) {
            self.0 += &format!("<{name}>");
        }
        fn text(&mut self, text: &str) {
            self.0 += text.trim();
        }
        fn end(&mut self, name: &str) {
            self.0 += &format!("</{name}>");
        }
    }

    fn seen(bytes: &[u8], encoding: &'static Encoding) -> (String, bool, bool) {
        let mut seen = Seen::default();
        let walked = walk(bytes, encoding, &mut seen, &Progress::new()).expect("walked");
        (seen.0, walked.is_whole, walked.is_damaged)
    }

    #[test]
    fn entities_are_not_expanded_and_prefixes_go() {
        let bomb = "<!DOCTYPE a [<!ENTITY x \"aaaa\"><!ENTITY y \"&x;&x;\">]><k:a><b>&y; &amp; &#26449;</b><c/></k:a>";
        assert_eq!(seen(bomb.as_bytes(), UTF_8).0, "<a><b>&y;&村</b><c></c></a>");
        let broken = seen(b"<a><b>x</b><c", UTF_8);
        assert_eq!((broken.0.as_str(), broken.1), ("<a><b>x</b>", false));
    }

    #[test]
    fn any_encoding_becomes_utf8() {
        let text = format!("<?xml version=\"1.0\" encoding=\"GBK\"?><a>{}</a>", "东沟村".repeat(50_000));
        let (gbk, ..) = encoding_rs::GB18030.encode(&text);
        let (encoding, from) = encoding_of(&gbk, &How::default());
        assert_eq!((encoding.name(), from), ("GBK", EncodingFrom::File));
        let (found, is_whole, is_damaged) = seen(&gbk, encoding);
        assert!(is_whole && !is_damaged && found.contains("村东沟村") && found.chars().count() == 150_007);
        assert!(seen(&gbk, UTF_8).2);
    }

    #[test]
    fn numbers_with_commas_and_blanks() {
        let all = |text: &str| {
            let mut numbers = Numbers::of(text);
            std::iter::from_fn(|| numbers.next()).collect::<Vec<_>>()
        };
        assert_eq!(
            all("116.1,40.05,0 116.2, 40"),
            [(116.1, true), (40.05, true), (0.0, false), (116.2, true), (40.0, false)]
        );
        assert_eq!(all(" x"), []);
    }
}
