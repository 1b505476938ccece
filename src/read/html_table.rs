//! Tables in pages of HTML, which portals of offices name `.xls`: rows and cells, nothing else of the page.

use super::cell::Cell;
use super::workbook::Rows;

/// Most rows and columns over which one cell spreads; a page that says more lies.
const MOST_SPAN: usize = 1_000;
/// Most cells of a page.
const MOST_CELLS: usize = 4_000_000;

/// Whether a text is a page with a table.
pub(super) fn is_page(text: &str) -> bool {
    let head: String = text.trim_start_matches('\u{feff}').trim_start().chars().take(4_000).collect();
    head.starts_with('<') && find(text.as_bytes(), 0, b"<table").is_some()
}

/// The tables of a page, each as a sheet.
pub(super) fn sheets(text: &str) -> Vec<(String, Rows)> {
    let mut sheets = Vec::new();
    let mut page = Page { text, at: 0, cells: 0 };
    while let Some(start) = find(text.as_bytes(), page.at, b"<table") {
        page.at = start + 6;
        let rows = page.rows();
        if !rows.is_empty() {
            sheets.push((format!("{}", sheets.len() + 1), rows));
        }
    }
    sheets
}

/// Where letters of a tag, in whatever case, stand next.
fn find(text: &[u8], from: usize, tag: &[u8]) -> Option<usize> {
    let rest = text.get(from..)?;
    memchr::memchr_iter(b'<', rest)
        .find(|at| rest.get(*at..at + tag.len()).is_some_and(|t| t.eq_ignore_ascii_case(tag)))
        .map(|at| from + at)
}

struct Page<'a> {
    text: &'a str,
    at: usize,
    cells: usize,
}

impl Page<'_> {
    /// The rows of a table whose tag has begun, until it ends or another begins within it.
    fn rows(&mut self) -> Rows {
        let mut rows: Vec<Vec<Cell>> = Vec::new();
        // Cells that reach down from rows above: for each column how many rows still, and what.
        let mut down: Vec<(usize, Cell)> = Vec::new();
        while let Some((tag, attributes)) = self.tag() {
            match tag.as_str() {
                "/table" | "table" => break,
                "tr" => {
                    rows.push(Vec::new());
                    fill(&mut rows, &mut down);
                }
                "td" | "th" => {
                    let text = self.content();
                    let cell = Cell::of_text(&text);
                    let span = |name: &str| attribute(&attributes, name).unwrap_or(1).clamp(1, MOST_SPAN);
                    let (across, below) = (span("colspan"), span("rowspan"));
                    if rows.is_empty() {
                        rows.push(Vec::new());
                    }
                    let Some(row) = rows.last_mut() else { continue };
                    for i in 0..across {
                        self.cells += 1;
                        if self.cells > MOST_CELLS {
                            break;
                        }
                        // Words count for each column that they stand over, numbers once.
                        let is_word = matches!(&cell, Cell::Text(t) if t.parse::<f64>().is_err());
                        let value = if i == 0 || is_word { cell.clone() } else { Cell::Empty };
                        if below > 1 {
                            down.resize(down.len().max(row.len() + 1), (0, Cell::Empty));
                            if let Some(slot) = down.get_mut(row.len()) {
                                *slot = (below - 1, if is_word { cell.clone() } else { Cell::Empty });
                            }
                        }
                        row.push(value);
                    }
                    fill_after(row, &mut down);
                }
                _ => {}
            }
        }
        let filled =
            |(i, row): (usize, Vec<Cell>)| row.iter().any(|c| *c != Cell::Empty).then_some((i as u32 + 1, row));
        rows.into_iter().enumerate().filter_map(filled).collect()
    }

    /// The next tag, in lower case, and its attributes.
    fn tag(&mut self) -> Option<(String, String)> {
        let open = memchr::memchr(b'<', self.text.as_bytes().get(self.at..)?)? + self.at;
        let close = memchr::memchr(b'>', self.text.as_bytes().get(open..)?).map_or(self.text.len(), |n| open + n);
        self.at = (close + 1).min(self.text.len());
        let inner = self.text.get(open + 1..close).unwrap_or("");
        let end = inner.find(|c: char| c.is_whitespace()).unwrap_or(inner.len());
        let (name, rest) = inner.split_at(end);
        Some((name.trim_end_matches('/').to_ascii_lowercase(), rest.to_owned()))
    }

    /// The text of a cell, until it or its row ends.
    fn content(&mut self) -> String {
        let mut out = String::new();
        loop {
            let rest = self.text.get(self.at..).unwrap_or("");
            let open = rest.find('<').unwrap_or(rest.len());
            out.push_str(rest.get(..open).unwrap_or(""));
            self.at += open;
            let before = self.at;
            let Some((tag, _)) = self.tag() else { break };
            match tag.as_str() {
                "/td" | "/th" => break,
                "td" | "th" | "tr" | "/tr" | "/table" | "table" => {
                    self.at = before;
                    break;
                }
                "br" => out.push(' '),
                _ => {}
            }
        }
        let plain = entities(&out);
        plain.split_whitespace().collect::<Vec<_>>().join(" ")
    }
}

/// Puts what reaches down from above at the beginning of a new row.
fn fill(rows: &mut [Vec<Cell>], down: &mut [(usize, Cell)]) {
    if let Some(row) = rows.last_mut() {
        fill_after(row, down);
    }
}

fn fill_after(row: &mut Vec<Cell>, down: &mut [(usize, Cell)]) {
    while let Some((left, cell)) = down.get_mut(row.len()).filter(|(left, _)| *left > 0) {
        // One that began in this very row reaches the next.
        *left -= 1;
        let cell = cell.clone();
        row.push(cell);
    }
}

fn attribute(attributes: &str, name: &str) -> Option<usize> {
    let at = attributes.to_ascii_lowercase().find(name)?;
    let value = attributes.get(at + name.len()..)?.trim_start().strip_prefix('=')?.trim_start();
    let digits: String = value.trim_start_matches(['"', '\'']).chars().take_while(char::is_ascii_digit).collect();
    digits.parse().ok()
}

/// Characters that HTML writes by name or number.
fn entities(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    let mut rest = text;
    while let Some(at) = rest.find('&') {
        out.push_str(rest.get(..at).unwrap_or(""));
        rest = rest.get(at..).unwrap_or("");
        let end = rest.get(..12.min(rest.len())).and_then(|r| r.find(';'));
        let decoded = end.and_then(|end| {
            let name = rest.get(1..end)?;
            let number = name.strip_prefix('#').and_then(|n| match n.strip_prefix(['x', 'X']) {
                Some(hex) => u32::from_str_radix(hex, 16).ok(),
                None => n.parse().ok(),
            });
            let c = match name {
                "amp" => '&',
                "lt" => '<',
                "gt" => '>',
                "quot" => '"',
                "apos" => '\'',
                "nbsp" => ' ',
                _ => char::from_u32(number?)?,
            };
            Some((c, end + 1))
        });
        let (c, length) = decoded.unwrap_or(('&', 1));
        out.push(c);
        rest = rest.get(length..).unwrap_or("");
    }
    out + rest
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn rows_cells_and_what_spans_them() {
        let page = "<html><table border=1><TR><td colspan=2>污水</td><td rowspan='2'>村&nbsp;名</td></TR>\
                    <tr><td>处理率<td>治理率</tr><tr><td>9<b>5</b></td><td>&#26449;</td><td>A&amp;B<br/>c</td></tr></table></html>";
        assert!(is_page(page) && !is_page("村名,公厕数\n"));
        let sheets = sheets(page);
        let texts: Vec<Vec<String>> = sheets[0].1.iter().map(|(_, row)| row.iter().map(Cell::text).collect()).collect();
        assert_eq!(
            texts,
            [vec!["污水", "污水", "村 名"], vec!["处理率", "治理率", "村 名"], vec!["95", "村", "A&B c"]]
        );
    }

    proptest::proptest! {
        #[test]
        fn any_page_ends(text in "(<(table|tr|td|th|/td|/table|td rowspan=9|td colspan=99999|b|&)>|[a-z&;#0-9 ]|<|>){0,60}") {
            sheets(&format!("<table>{text}"));
        }
    }
}
