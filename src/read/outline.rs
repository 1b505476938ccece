//! The outermost object of a document: which members it has, where they lie, and where its features begin and end.

use std::ops::Range;

use memchr::memmem;

use super::cursor::{Cursor, Syntax, object_end};
use super::sink::Sink;
use super::text::decode;

/// How often a feature that never ends is given up and the next one looked for.
const MAX_RESYNCS: usize = 64;

/// How the scan of an object ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum End {
    /// With its closing brace; one past it.
    Complete(usize),
    /// The text ended first.
    Eof,
    /// The text is not JSON at this byte.
    Broken(usize),
}

/// What the outermost object has.
#[derive(Debug, Default)]
pub(super) struct Outline {
    /// Its `type`.
    pub(super) kind: Option<String>,
    /// Its `name`.
    pub(super) name: Option<String>,
    /// Names of its first members.
    pub(super) keys: Vec<String>,
    /// Where the values of `crs`, `objects`, `arcs`, `transform` and others of interest lie.
    members: Vec<(&'static str, Range<usize>)>,
    /// Whether `features` is an array.
    pub(super) has_features: bool,
    /// First byte that should not be there, among the features.
    pub(super) stray: Option<usize>,
}

/// Members whose place is kept.
const KEPT: [&str; 8] =
    ["crs", "objects", "arcs", "transform", "UTF8Encoding", "geometryType", "spatialReference", "rings"];

/// Types of outermost objects.
const OUTERMOST: [&str; 3] = ["FeatureCollection", "Feature", "Topology"];

impl Outline {
    /// Where the value of a member lies.
    pub(super) fn member(&self, key: &str) -> Option<Range<usize>> {
        self.members.iter().rev().find(|(k, _)| *k == key).map(|(_, range)| range.clone())
    }

    /// Scans the object that the cursor is at; features go into the sink as they are found.
    pub(super) fn scan(&mut self, cursor: &mut Cursor<'_>, sink: &mut Sink<'_, '_>) -> End {
        match self.members(cursor, sink) {
            Ok(()) => End::Complete(cursor.at),
            Err(_) if cursor.peek().is_none() => End::Eof,
            Err(Syntax { at }) => End::Broken(at),
        }
    }

    fn members(&mut self, cursor: &mut Cursor<'_>, sink: &mut Sink<'_, '_>) -> Result<(), Syntax> {
        cursor.expect(b'{')?;
        let (mut scratch, mut damaged) = (String::new(), false);
        while let Some(key) = cursor.next_key()? {
            let next = cursor.peek();
            if self.keys.len() < 6 {
                self.keys.push(super::batch::clipped(decode(key, &mut scratch, &mut damaged)));
            }
            let start = cursor.at;
            match key.bytes {
                b"type" if next == Some(b'"') => {
                    let kind = decode(cursor.string()?, &mut scratch, &mut damaged);
                    // However it is written: nobody means anything else by it.
                    let known = OUTERMOST.iter().find(|k| k.eq_ignore_ascii_case(kind));
                    self.kind = Some((*known.unwrap_or(&kind)).to_owned())
                }
                b"name" if next == Some(b'"') => {
                    self.name = Some(decode(cursor.string()?, &mut scratch, &mut damaged).to_owned())
                }
                b"features" => {
                    self.has_features = next == Some(b'[');
                    sink.clear();
                    if self.has_features {
                        self.features(cursor, sink)?;
                    } else {
                        cursor.skip_value()?;
                    }
                }
                other => {
                    cursor.skip_value()?;
                    if let Some(kept) = KEPT.iter().find(|k| k.as_bytes() == other) {
                        self.members.push((kept, start..cursor.at));
                    }
                }
            }
        }
        Ok(())
    }

    fn features(&mut self, cursor: &mut Cursor<'_>, sink: &mut Sink<'_, '_>) -> Result<(), Syntax> {
        cursor.expect(b'[')?;
        let mut resyncs = 0;
        let last = cursor.text.trim_ascii_end().len();
        while !sink.is_cancelled() {
            let next = cursor.peek();
            let start = cursor.at;
            match next {
                None => return cursor.fail(),
                Some(b']') => {
                    cursor.at += 1;
                    return Ok(());
                }
                Some(b',') => cursor.at += 1,
                Some(b'{') => {
                    // Where a feature ends with the file, the brace that ended it was that of the collection, or the file
                    // is cut off: it may have swallowed others.
                    let closed = object_end(cursor.text, start).filter(|&end| end < last);
                    let end = match closed {
                        Some(end) => end,
                        None => {
                            resyncs += 1;
                            let next = (resyncs <= MAX_RESYNCS).then(|| next_feature(cursor.text, start)).flatten();
                            cursor.at = cursor.text.len();
                            next.or_else(|| object_end(cursor.text, start)).ok_or(Syntax { at: start })?
                        }
                    };
                    cursor.at = end;
                    sink.item(start..end);
                }
                Some(b'}' | b':') => {
                    self.stray.get_or_insert(start);
                    cursor.at += 1;
                }
                Some(_) => {
                    cursor.skip_value()?;
                    sink.item(start..cursor.at);
                }
            }
        }
        cursor.fail()
    }
}

/// Where the next feature begins after one that never ends: `{"type":"Feature"`, blanks aside.
fn next_feature(text: &[u8], start: usize) -> Option<usize> {
    let from = start + 1;
    memmem::find_iter(text.get(from..)?, b"\"Feature\"").find_map(|found| {
        let before = text.get(from..from + found)?.trim_ascii_end();
        let before = before.strip_suffix(b":")?.trim_ascii_end().strip_suffix(b"\"type\"")?.trim_ascii_end();
        before.strip_suffix(b"{").map(|b| from + b.len())
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_next_feature_is_found_behind_one_without_end() {
        let text = br#"[{"type":"Feature","geometry":{"a":1, { "type" : "Feature"}]"#;
        assert_eq!(next_feature(text, 1), Some(38));
    }
}
