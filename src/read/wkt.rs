//! Well-known text of geometry (OGC 06-103r4, 7) as tables carry it: with heights, measures and PostGIS's number of the system.

use super::geometry::{end_part, end_ring, next_ring};
use super::xml::Numbers;
use crate::model::{GeometryKind, GeometryStore, PartKind};

/// How deep collections may lie in one another.
const DEEPEST: usize = 32;

/// Whether a text begins as a geometry does.
pub(super) fn is_wkt(text: &str) -> bool {
    let text = without_srid(text).1.trim_start();
    let word: String = text.chars().take_while(|c| c.is_ascii_alphabetic()).flat_map(char::to_uppercase).collect();
    let rest = text.get(word.len()..).unwrap_or("").trim_start();
    let starts =
        ["POINT", "LINESTRING", "POLYGON", "MULTIPOINT", "MULTILINESTRING", "MULTIPOLYGON", "GEOMETRYCOLLECTION"];
    let is_kind = starts.iter().any(|k| word.strip_prefix(k).is_some_and(|rest| matches!(rest, "" | "Z" | "M" | "ZM")));
    is_kind && (rest.starts_with('(') || rest.to_ascii_uppercase().starts_with(['Z', 'M', 'E']))
}

/// The number of a system before a geometry, as PostGIS writes it: `SRID=4326;POINT (…)`.
pub(super) fn without_srid(text: &str) -> (Option<u32>, &str) {
    let text = text.trim_start();
    match text.split_once(';') {
        Some((head, rest)) if head.len() > 5 && head.get(..5).is_some_and(|h| h.eq_ignore_ascii_case("SRID=")) => {
            (head.get(5..).and_then(|n| n.trim().parse().ok()), rest)
        }
        _ => (None, text),
    }
}

/// Reads a geometry; gives its kind and whether it has heights. `None` where it is none, or is broken.
pub(super) fn read(text: &str, store: &mut GeometryStore) -> Option<(GeometryKind, bool)> {
    let mut reader = Reader { rest: without_srid(text).1, tall: false, is_measured: false };
    let kind = reader.geometry(store, 0)?;
    reader.rest.trim().is_empty().then_some((kind, reader.tall))
}

struct Reader<'a> {
    rest: &'a str,
    tall: bool,
    /// Whether third numbers are measures.
    is_measured: bool,
}

impl<'a> Reader<'a> {
    fn eat(&mut self, c: char) -> bool {
        self.rest = self.rest.trim_start();
        let rest = self.rest.strip_prefix(c);
        self.rest = rest.unwrap_or(self.rest);
        rest.is_some()
    }

    fn word(&mut self) -> String {
        self.rest = self.rest.trim_start();
        let end = self.rest.find(|c: char| !c.is_ascii_alphabetic()).unwrap_or(self.rest.len());
        let (word, rest) = self.rest.split_at(end);
        self.rest = rest;
        word.to_ascii_uppercase()
    }

    fn geometry(&mut self, store: &mut GeometryStore, depth: usize) -> Option<GeometryKind> {
        if depth > DEEPEST {
            return None;
        }
        let mut word = self.word();
        for flag in ["ZM", "Z", "M"] {
            if word != "POLYGONM"
                && word.len() > 5
                && let Some(bare) = word.strip_suffix(flag).filter(|b| is_kind(b))
            {
                self.tall |= flag.contains('Z');
                self.is_measured = flag == "M";
                word = bare.to_owned();
                break;
            }
        }
        if !self.rest.trim_start().starts_with('(') {
            let flag = self.word();
            self.tall |= flag.contains('Z');
            self.is_measured = flag == "M";
            let is_empty = flag == "EMPTY"
                || (matches!(flag.as_str(), "Z" | "M" | "ZM")
                    && !self.rest.trim_start().starts_with('(')
                    && self.word() == "EMPTY");
            if is_empty {
                return kind_of(&word);
            }
        }
        let kind = kind_of(&word)?;
        match kind {
            GeometryKind::Point => self.points(store)?,
            GeometryKind::MultiPoint => self.points(store)?,
            GeometryKind::LineString => self.line(store)?,
            GeometryKind::MultiLineString => self.several(|r| r.line(store))?,
            GeometryKind::Polygon => self.polygon(store)?,
            GeometryKind::MultiPolygon => self.several(|r| r.polygon(store))?,
            _ => self.several(|r| r.geometry(store, depth + 1).map(|_| ()))?,
        }
        Some(kind)
    }

    fn several(&mut self, mut one: impl FnMut(&mut Self) -> Option<()>) -> Option<()> {
        self.eat('(').then_some(())?;
        loop {
            one(self)?;
            if !self.eat(',') {
                return self.eat(')').then_some(());
            }
        }
    }

    /// A third number is the height, unless the geometry says that it is a measure.
    fn height(&mut self, third: Option<(f64, bool)>, store: &mut GeometryStore) {
        if let Some((height, _)) = third {
            self.tall = true;
            if !self.is_measured {
                store.set_height(height);
            }
        }
    }

    /// The positions within brackets.
    fn positions(&mut self, store: &mut GeometryStore) -> Option<usize> {
        self.eat('(').then_some(())?;
        let end = self.rest.find(')')?;
        let (own, rest) = self.rest.split_at(end);
        self.rest = rest.get(1..)?;
        let mut count = 0;
        for position in own.split(',') {
            let mut numbers = Numbers::of(position);
            let (x, y) = (numbers.next()?.0, numbers.next()?.0);
            store.coords.push([x, y]);
            self.height(numbers.next(), store);
            count += 1;
        }
        Some(count)
    }

    fn points(&mut self, store: &mut GeometryStore) -> Option<()> {
        self.eat('(').then_some(())?;
        loop {
            let ring = next_ring(store);
            let has_own = self.eat('(');
            let end = self.rest.find([')', ','])?;
            let (own, rest) = self.rest.split_at(end);
            let mut numbers = Numbers::of(own);
            store.coords.push([numbers.next()?.0, numbers.next()?.0]);
            self.height(numbers.next(), store);
            self.rest = rest;
            if has_own && !self.eat(')') {
                return None;
            }
            end_ring(store);
            end_part(store, PartKind::Point, ring);
            if !self.eat(',') {
                return self.eat(')').then_some(());
            }
        }
    }

    fn line(&mut self, store: &mut GeometryStore) -> Option<()> {
        let ring = next_ring(store);
        self.positions(store)?;
        end_ring(store);
        end_part(store, PartKind::Line, ring);
        Some(())
    }

    fn polygon(&mut self, store: &mut GeometryStore) -> Option<()> {
        let ring = next_ring(store);
        self.several(|r| {
            r.positions(store)?;
            end_ring(store);
            Some(())
        })?;
        end_part(store, PartKind::Polygon, ring);
        Some(())
    }
}

fn is_kind(word: &str) -> bool {
    kind_of(word).is_some()
}

fn kind_of(word: &str) -> Option<GeometryKind> {
    Some(match word {
        "POINT" => GeometryKind::Point,
        "MULTIPOINT" => GeometryKind::MultiPoint,
        "LINESTRING" => GeometryKind::LineString,
        "MULTILINESTRING" => GeometryKind::MultiLineString,
        "POLYGON" => GeometryKind::Polygon,
        "MULTIPOLYGON" => GeometryKind::MultiPolygon,
        "GEOMETRYCOLLECTION" => GeometryKind::GeometryCollection,
        _ => return None,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn all_kinds_and_their_dimensions() {
        for (text, kind, positions, tall) in [
            ("POINT (1 2)", GeometryKind::Point, 1, false),
            ("point z(1 2 3)", GeometryKind::Point, 1, true),
            ("POINTZ (1 2 3)", GeometryKind::Point, 1, true),
            ("MULTIPOINT ((1 2),(3 4))", GeometryKind::MultiPoint, 2, false),
            ("MULTIPOINT (1 2, 3 4)", GeometryKind::MultiPoint, 2, false),
            ("LINESTRING (1 2,3 4)", GeometryKind::LineString, 2, false),
            ("SRID=4490;POLYGON((0 0,1 0,1 1,0 0),(0.2 0.1,0.3 0.1,0.3 0.2,0.2 0.1))", GeometryKind::Polygon, 8, false),
            ("GEOMETRYCOLLECTION (POINT (1 2), LINESTRING (1 2, 3 4))", GeometryKind::GeometryCollection, 3, false),
            ("POLYGON EMPTY", GeometryKind::Polygon, 0, false),
            ("MULTIPOLYGON Z EMPTY", GeometryKind::MultiPolygon, 0, true),
        ] {
            let mut store = GeometryStore::default();
            assert!(is_wkt(text), "{text}");
            assert_eq!(read(text, &mut store), Some((kind, tall)), "{text}");
            assert_eq!(store.coords.len(), positions, "{text}");
        }
        for text in
            ["", "POINT", "POINT (1)", "POLYGON ((0 0,1 0", "CIRCLE (1 2)", "point of interest", "LINESTRING (1 2, x)"]
        {
            assert_eq!(read(text, &mut GeometryStore::default()), None, "{text}");
        }
        assert!(!is_wkt("point of view") && !is_wkt("Polygon village"));
    }

    proptest::proptest! {
        #[test]
        fn any_text_ends(text in "[A-Z(),. 0-9]{0,60}") {
            read(&text, &mut GeometryStore::default());
        }
    }
}
