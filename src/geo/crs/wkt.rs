//! Well-known text of coordinate reference systems as a tree: `KEYWORD["name", 1.0, CHILD[…]]`, with `(` for `[` too.

/// No well-known text is longer.
pub const MAX_WKT_BYTES: usize = 1 << 16;

/// How deep one may nest.
const DEEPEST: usize = 24;

/// What stands in brackets behind a keyword.
#[derive(Debug, PartialEq)]
pub(super) enum Item {
    Text(String),
    Number(f64),
    /// A keyword without brackets, such as `NORTH`.
    Word,
    Node(Node),
}

/// A keyword, in capitals, with what belongs to it.
#[derive(Debug, PartialEq)]
pub(super) struct Node {
    pub(super) keyword: String,
    pub(super) items: Vec<Item>,
}

impl Node {
    /// Its first text: its name.
    pub(super) fn name(&self) -> &str {
        self.items.iter().find_map(|i| if let Item::Text(t) = i { Some(t.as_str()) } else { None }).unwrap_or("")
    }

    /// Its texts, its name first.
    pub(super) fn texts(&self) -> impl Iterator<Item = &str> + '_ {
        self.items.iter().filter_map(|i| if let Item::Text(t) = i { Some(t.as_str()) } else { None })
    }

    /// Its numbers.
    pub(super) fn numbers(&self) -> impl Iterator<Item = f64> + '_ {
        self.items.iter().filter_map(|i| if let Item::Number(n) = i { Some(*n) } else { None })
    }

    /// Its children.
    pub(super) fn nodes(&self) -> impl Iterator<Item = &Node> + '_ {
        self.items.iter().filter_map(|i| if let Item::Node(n) = i { Some(n) } else { None })
    }

    /// Its first child of one of these keywords.
    pub(super) fn child(&self, keywords: &[&str]) -> Option<&Node> {
        self.nodes().find(|n| keywords.contains(&n.keyword.as_str()))
    }

    /// The EPSG code that an `AUTHORITY` or `ID` of its own gives.
    pub(super) fn epsg(&self) -> Option<u32> {
        let id = self.child(&["AUTHORITY", "ID"]).filter(|n| n.name().eq_ignore_ascii_case("EPSG"))?;
        let texts = id.items.iter().filter_map(|i| if let Item::Text(t) = i { t.trim().parse().ok() } else { None });
        texts.chain(id.numbers().map(|n| n as u32)).next()
    }
}

/// Reads a text; `None` where it is none.
pub(super) fn parse(text: &str) -> Option<Node> {
    let text = text.trim_start_matches('\u{feff}').trim();
    if text.len() > MAX_WKT_BYTES {
        return None;
    }
    let mut reader = Reader { rest: text };
    match reader.item(0)? {
        Item::Node(node) => Some(node),
        _ => None,
    }
}

struct Reader<'a> {
    rest: &'a str,
}

impl Reader<'_> {
    fn item(&mut self, depth: usize) -> Option<Item> {
        self.rest = self.rest.trim_start();
        let first = self.rest.chars().next()?;
        if first == '"' {
            return self.quoted().map(Item::Text);
        }
        let end = self.rest.find(['[', '(', ',', ']', ')', '"']).unwrap_or(self.rest.len());
        let (word, rest) = self.rest.split_at(end);
        let word = word.trim();
        self.rest = rest;
        if !rest.starts_with(['[', '(']) {
            return match word.parse::<f64>() {
                Ok(n) if n.is_finite() => Some(Item::Number(n)),
                _ => (!word.is_empty()).then_some(Item::Word),
            };
        }
        if depth >= DEEPEST || word.is_empty() {
            return None;
        }
        self.rest = self.rest.get(1..)?;
        let mut items = Vec::new();
        loop {
            self.rest = self.rest.trim_start();
            if let Some(rest) = self.rest.strip_prefix([']', ')']) {
                self.rest = rest;
                return Some(Item::Node(Node { keyword: word.to_ascii_uppercase(), items }));
            }
            if let Some(rest) = self.rest.strip_prefix(',') {
                self.rest = rest;
                continue;
            }
            items.push(self.item(depth + 1)?);
        }
    }

    /// A text in quotes; two of them stand for one.
    fn quoted(&mut self) -> Option<String> {
        let mut text = String::new();
        let mut rest = self.rest.strip_prefix('"')?;
        loop {
            let end = rest.find('"')?;
            text.push_str(rest.get(..end)?);
            rest = rest.get(end + 1..)?;
            match rest.strip_prefix('"') {
                Some(more) => {
                    text.push('"');
                    rest = more;
                }
                None => {
                    self.rest = rest;
                    return Some(text);
                }
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_numbers_and_codes() {
        let node = parse("PROJCS[\"a \"\"b\"\"\",UNIT(\"m\", 1.0),AXIS[\"E\",EAST],AUTHORITY[\"EPSG\",\"4527\"]]")
            .expect("a tree");
        assert_eq!((node.keyword.as_str(), node.name(), node.epsg()), ("PROJCS", "a \"b\"", Some(4527)));
        assert_eq!(node.child(&["UNIT"]).map(|u| u.numbers().sum::<f64>()), Some(1.0));
        assert_eq!(parse("GEOGCRS[\"x\",ID[\"EPSG\",4490]]").and_then(|n| n.epsg()), Some(4490));
        for text in ["", "x", "\"x\"", "A[", "A[\"", "A[[[", &"A[".repeat(100)] {
            assert_eq!(parse(text), None, "{text}");
        }
    }
}
