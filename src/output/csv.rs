//! CSV as RFC 4180 has it, and tab-separated text for the clipboard.

use super::grid::{Grid, GridCell};

/// Text that no spreadsheet takes for a formula: what begins as one, or with a blank that hides one, gets an apostrophe before
/// it, which spreadsheets do not show (OWASP, CSV injection). Our own reader takes it off again.
fn guarded(text: &str) -> String {
    match text.starts_with(['=', '+', '-', '@', '\t', '\r']) {
        true => format!("'{text}"),
        false => text.to_owned(),
    }
}

/// A table as text in UTF-8, guarded against formulas; `mark` puts a byte order mark before it, so that Excel reads the Chinese.
pub fn to_csv(grid: &Grid, separator: char, mark: bool) -> Vec<u8> {
    let mut out = Vec::new();
    if mark {
        out.extend_from_slice("\u{feff}".as_bytes());
    }
    let separator = u8::try_from(separator).unwrap_or(b',');
    let mut writer = csv::WriterBuilder::new()
        .delimiter(separator)
        .terminator(csv::Terminator::CRLF)
        .quote_style(csv::QuoteStyle::Necessary)
        .from_writer(&mut out);
    let rows = grid.rows.iter().map(|cells| {
        let text = cells.iter().map(|c| match c {
            GridCell::Empty => String::new(),
            GridCell::Number(n) => n.to_string(),
            GridCell::Text(t) => guarded(t),
        });
        text.collect::<Vec<_>>()
    });
    let heads = grid.heads.iter().map(|h| guarded(&h.text())).collect();
    for row in std::iter::once(heads).chain(rows) {
        // Memory takes every byte, and every row has the columns of the heads.
        writer.write_record(&row).ok();
    }
    drop(writer);
    out
}

#[cfg(test)]
mod tests {
    use super::super::GridHead;
    use super::*;

    #[test]
    fn quotes_where_needed_and_nothing_for_unknown() {
        let head = |name: &str, unit: &str| GridHead {
            name: name.into(),
            unit: unit.into(),
            decimals: 1,
            ..Default::default()
        };
        let grid = Grid {
            name: "t".into(),
            heads: vec![head("a", ""), head("b", "%")],
            rows: vec![
                vec![GridCell::Text("x, \"y\"".into()), GridCell::Number(99.0)],
                vec![GridCell::Text("0110".into()), GridCell::Empty],
            ],
        };
        let text = String::from_utf8(to_csv(&grid, ',', false)).expect("UTF-8");
        assert_eq!(text, "a,b (%)\r\n\"x, \"\"y\"\"\",99\r\n0110,\r\n");
    }

    #[test]
    fn no_text_is_a_formula() {
        let head = GridHead { name: "=h".into(), ..Default::default() };
        let rows =
            vec![vec![GridCell::Text("=1+1".into())], vec![GridCell::Number(-2.0)], vec![GridCell::Text("-".into())]];
        let grid = Grid { name: "t".into(), heads: vec![head], rows };
        let text = String::from_utf8(to_csv(&grid, ',', false)).expect("UTF-8");
        assert_eq!(text, "'=h\r\n'=1+1\r\n-2\r\n'-\r\n");
    }
}
