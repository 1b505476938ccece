//! Colours of places in KML, taken for the whole layer where all of them agree (OGC 12-007r2, 12: `Style`, `StyleMap`).

use quick_xml::events::BytesStart;
use rustc_hash::FxHashMap;

use super::attribute;
use crate::model::StatedColours;

/// Different styles of places that are told apart; with more of them they do not agree anyway.
const MOST: usize = 64;

/// What one style says. `None`: nothing.
#[derive(Clone, Debug, Default, PartialEq)]
struct Look {
    icon: Option<[u8; 3]>,
    line: Option<[u8; 3]>,
    /// Areas: `Some(None)` are not filled.
    area: Option<Option<[u8; 3]>>,
}

/// Which style a place has.
#[derive(Clone, Debug, PartialEq)]
enum Wanted {
    Nothing,
    Shared(String),
    Own(Look),
}

/// Styles of a document, as they come by.
#[derive(Default)]
pub(super) struct Styles {
    shared: FxHashMap<String, Look>,
    /// Pairs of plain and highlighted styles, by the plain one.
    pairs: FxHashMap<String, String>,
    /// The style that is open: its id, what it says.
    open: Option<(Option<String>, Look)>,
    /// The part of it: icon, line or area.
    part: String,
    /// The pair that is open, and whether its entry is the plain one.
    pair: Option<(String, bool)>,
    in_place: bool,
    of_place: Option<Wanted>,
    wanted: Vec<Wanted>,
    differ: bool,
}

impl Styles {
    /// An element begins; whether its text is wanted.
    pub(super) fn start(&mut self, name: &str, element: &BytesStart<'_>) -> bool {
        match name {
            "Placemark" => (self.in_place, self.of_place) = (true, None),
            "Style" => self.open = Some((attribute(element, "id"), Look::default())),
            "StyleMap" => self.pair = attribute(element, "id").map(|id| (id, false)),
            "IconStyle" | "LineStyle" | "PolyStyle" | "LabelStyle" | "BalloonStyle" | "ListStyle" => {
                name.clone_into(&mut self.part);
            }
            "Pair" => {
                if let Some((_, is_plain)) = &mut self.pair {
                    *is_plain = false;
                }
            }
            _ => {}
        }
        match name {
            "color" | "fill" => self.open.is_some(),
            "key" => self.pair.is_some(),
            "styleUrl" => self.pair.is_some() || self.in_place,
            _ => false,
        }
    }

    /// An element ends, with its text.
    pub(super) fn end(&mut self, name: &str, text: &str) {
        let text = text.trim();
        match name {
            "IconStyle" | "LineStyle" | "PolyStyle" | "LabelStyle" | "BalloonStyle" | "ListStyle" => self.part.clear(),
            "color" => {
                let Some((_, look)) = &mut self.open else { return };
                let Some((rgb, alpha)) = colour(text) else { return };
                match self.part.as_str() {
                    "IconStyle" => look.icon = Some(rgb),
                    "LineStyle" if alpha > 0 => look.line = Some(rgb),
                    "PolyStyle" if look.area != Some(None) => look.area = Some((alpha > 0).then_some(rgb)),
                    _ => {}
                }
            }
            "fill" if self.part == "PolyStyle" && matches!(text, "0" | "false") => {
                if let Some((_, look)) = &mut self.open {
                    look.area = Some(None);
                }
            }
            "key" => {
                if let Some((_, is_plain)) = &mut self.pair {
                    *is_plain = text == "normal";
                }
            }
            "styleUrl" => {
                // A style of another file is not fetched: it is another style than any here.
                let id = text.strip_prefix('#').unwrap_or(text).to_owned();
                match &self.pair {
                    Some((pair, true)) => drop(self.pairs.insert(pair.clone(), id)),
                    Some(_) => {}
                    None if self.in_place => self.of_place = Some(Wanted::Shared(id)),
                    None => {}
                }
            }
            "Style" => match self.open.take() {
                Some((_, look)) if self.in_place => self.of_place = Some(Wanted::Own(look)),
                Some((Some(id), look)) => drop(self.shared.insert(id, look)),
                _ => {}
            },
            "StyleMap" => self.pair = None,
            _ => {}
        }
    }

    /// A place ends; one that is not wanted says nothing.
    pub(super) fn end_place(&mut self, is_wanted: bool) {
        self.in_place = false;
        let wanted = self.of_place.take().unwrap_or(Wanted::Nothing);
        if is_wanted && !self.differ && !self.wanted.contains(&wanted) {
            self.differ = self.wanted.len() >= MOST;
            self.wanted.push(wanted);
        }
    }

    /// The colours that all places have; `None` where they differ or say nothing.
    pub(super) fn agreed(&self) -> Option<StatedColours> {
        let look = |wanted: &Wanted| match wanted {
            Wanted::Nothing => None,
            Wanted::Own(look) => Some(look.clone()),
            Wanted::Shared(id) => self.shared.get(self.pairs.get(id).unwrap_or(id)).cloned(),
        };
        let first = look(self.wanted.first()?)?;
        if self.differ || self.wanted.iter().any(|w| look(w).as_ref() != Some(&first)) {
            return None;
        }
        let colours = StatedColours { points: first.icon, lines: first.line, areas: first.area.flatten() };
        (colours != StatedColours::default()).then_some(colours)
    }
}

/// A colour as KML writes it, `aabbggrr`, and how opaque it is.
fn colour(text: &str) -> Option<([u8; 3], u8)> {
    let digits = text.trim_start_matches('#');
    let value = u32::from_str_radix(digits, 16).ok().filter(|_| digits.len() == 8)?;
    let [alpha, blue, green, red] = value.to_be_bytes();
    Some(([red, green, blue], alpha))
}

#[cfg(test)]
mod tests {
    use crate::model::StatedColours;
    use crate::read::read_bytes;

    fn colours(styles: &str, places: &[&str]) -> Option<StatedColours> {
        let point = "<Point><coordinates>116,40</coordinates></Point>";
        let places: String = places.iter().map(|s| format!("<Placemark>{s}{point}</Placemark>")).collect();
        let text = format!("<kml><Document>{styles}{places}</Document></kml>");
        let dataset = read_bytes("a.kml".as_ref(), text.as_bytes(), &Default::default()).expect("a dataset");
        dataset.source.colours
    }

    const RED: &str = r##"<Style id="r"><LabelStyle><color>ff00ff00</color></LabelStyle><IconStyle><color>ff0000ff</color></IconStyle><LineStyle><color>ff112233</color></LineStyle><PolyStyle><color>80ff0000</color></PolyStyle></Style>"##;
    const PAIR: &str = r##"<StyleMap id="m"><Pair><key>highlight</key><styleUrl>#x</styleUrl></Pair><Pair><key>normal</key><styleUrl>#r</styleUrl></Pair></StyleMap>"##;

    #[test]
    fn colours_that_all_places_share() {
        let all =
            StatedColours { points: Some([255, 0, 0]), lines: Some([0x33, 0x22, 0x11]), areas: Some([0, 0, 255]) };
        let (shared, pair) = ("<styleUrl>#r</styleUrl>", "<styleUrl>#m</styleUrl>");
        assert_eq!(colours(&format!("{RED}{PAIR}"), &[shared, pair, shared]), Some(all));
        assert_eq!(colours(RED, &[&RED.replace(" id=\"r\"", ""), shared]), Some(all));
        let hollow = RED.replace("<PolyStyle>", "<PolyStyle><fill>0</fill>");
        assert_eq!(colours(&hollow, &[shared]), Some(StatedColours { areas: None, ..all }));
    }

    #[test]
    fn places_that_differ_have_no_colour_together() {
        let shared = "<styleUrl>#r</styleUrl>";
        assert_eq!(colours(RED, &[shared, ""]), None);
        assert_eq!(colours(RED, &[shared, "<styleUrl>http://x/y.kml#r</styleUrl>"]), None);
        let green = RED.replace(" id=\"r\"", "").replace("ff0000ff", "ff00ff00");
        assert_eq!(colours(RED, &[shared, &green]), None);
    }
}
