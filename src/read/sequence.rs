//! Many documents in one file: newline-delimited GeoJSON, RFC 8142 text sequences, and objects one behind the other.

use memchr::memchr;

use super::cursor::{Cursor, object_end};
use super::sink::Sink;

/// Record separator of RFC 8142.
pub(super) const RECORD: u8 = 0x1E;

/// How the documents are told apart.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Separator {
    /// Each after a record separator.
    Record,
    /// One per line.
    Line,
    /// By their braces.
    Braces,
}

/// Hands every document to the sink; gives the byte where one begins that the end of the file cuts off.
pub(super) fn split(text: &[u8], separator: Separator, sink: &mut Sink<'_, '_>) -> Option<usize> {
    let byte = match separator {
        Separator::Record => RECORD,
        Separator::Line => b'\n',
        Separator::Braces => return by_braces(text, sink),
    };
    let mut start = 0;
    while start < text.len() && !sink.is_cancelled() {
        let rest = text.get(start..).unwrap_or(&[]);
        let length = memchr(byte, rest).unwrap_or(rest.len());
        let record = rest.get(..length).unwrap_or(rest);
        let leading = record.len() - record.trim_ascii_start().len();
        let record = record.trim_ascii();
        let (from, last) = (start + leading, start + length >= text.trim_ascii_end().len());
        if !record.is_empty() {
            if last && record.first() == Some(&b'{') && object_end(record, 0).is_none() {
                return Some(from);
            }
            sink.item(from..from + record.len());
        }
        start += length + 1;
    }
    None
}

fn by_braces(text: &[u8], sink: &mut Sink<'_, '_>) -> Option<usize> {
    let mut cursor = Cursor::new(text);
    while cursor.peek().is_some() && !sink.is_cancelled() {
        let start = cursor.at;
        if cursor.eat(b',') || cursor.eat(b']') || cursor.eat(b'}') || cursor.eat(b':') {
            continue;
        }
        let end = if cursor.peek() == Some(b'{') {
            object_end(text, start)
        } else {
            cursor.skip_value().ok().map(|_| cursor.at)
        };
        let Some(end) = end else { return Some(start) };
        cursor.at = end;
        sink.item(start..end);
    }
    None
}

/// Whether the text looks like one document per line although the first is broken.
pub(super) fn looks_like_lines(text: &[u8]) -> bool {
    let mut lines = text.split(|b| *b == b'\n').map(<[u8]>::trim_ascii).filter(|l| !l.is_empty());
    let first = lines.next().is_some_and(|l| l.len() > 2 && l.starts_with(b"{") && l.ends_with(b"}"));
    first && lines.next().is_some_and(|l| l.starts_with(b"{") && l.ends_with(b"}") && l.len() > 2)
}
