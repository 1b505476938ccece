//! A look at the content of an ODS (OpenDocument 1.3 part 3): values repeated without an end, per cents, and formulas without a
//! stored result.

use std::io::BufRead;

use quick_xml::events::{BytesStart, Event};

use super::workbook_look::{Mark, What};

/// Cells that an ODS may repeat a value to, in all.
const MAX_REPEATED: u64 = 20_000_000;

/// Refuses an ODS that would repeat values beyond what is read; repeated blanks, with which sheets end, cost nothing. Otherwise says
/// which cells are more than their values.
///
/// # Errors
/// A message that says how much is too much.
pub(super) fn look_at_ods(content: &mut impl BufRead) -> Result<Vec<Mark>, String> {
    let mut reader = quick_xml::Reader::from_reader(content);
    let (mut buffer, mut marks) = (Vec::new(), Vec::<Mark>::new());
    // Sheets, and rows and cells before this one.
    let (mut sheets, mut row, mut total) = (0_usize, 0_u64, 0_u64);
    let (mut rows, mut column, mut has_value, mut blanks) = (1_u64, 0_u64, false, 0_u64);
    let number = |e: &BytesStart<'_>, name: &str| {
        let value = e.attributes().flatten().find(|a| a.key.as_ref() == name)?.value;
        value.parse::<u64>().ok()
    };
    loop {
        buffer.clear();
        let event = match reader.read_event_into(&mut buffer) {
            Ok(Event::Eof) | Err(_) => return Ok(marks),
            Ok(event) => event,
        };
        let (start, is_end) = match &event {
            Event::Start(e) => (Some(e), false),
            Event::Empty(e) => (Some(e), e.name().as_ref() == "table:table-row"),
            Event::End(e) if e.name().as_ref() == "table:table-row" => (None, true),
            _ => (None, false),
        };
        if let Some(e) = start {
            match e.name().as_ref() {
                "table:table" => {
                    sheets += 1;
                    row = 0;
                }
                "table:table-row" => {
                    rows = number(e, "table:number-rows-repeated").unwrap_or(1);
                    (column, has_value, blanks) = (0, false, 0);
                }
                "table:table-cell" | "table:covered-table-cell" => {
                    let times = number(e, "table:number-columns-repeated").unwrap_or(1);
                    let value = |name: &str| e.attributes().flatten().find(|a| a.key.as_ref() == name).map(|a| a.value);
                    let kind = value("office:value-type");
                    let is_percent = kind.as_ref().is_some_and(|k| k.as_ref() == "percentage");
                    let is_unsolved = kind.is_none() && value("table:formula").is_some();
                    let first = column + blanks;
                    if kind.is_some() || is_unsolved {
                        column += blanks + times;
                        (has_value, blanks) = (true, 0);
                    } else {
                        blanks += times;
                    }
                    let range = |from: u64, n: u64| {
                        let end = |n: u64| u32::try_from(n).unwrap_or(u32::MAX);
                        end(from)..end(from.saturating_add(n))
                    };
                    if is_percent || is_unsolved {
                        let what = if is_percent { What::Percent } else { What::Unsolved };
                        let (rows, columns) = (range(row, rows), range(first, times));
                        marks.push(Mark { sheet: sheets.saturating_sub(1), rows, columns, what });
                    }
                }
                _ => {}
            }
        }
        if is_end {
            row = row.saturating_add(rows);
            if has_value {
                total = total.saturating_add(rows.saturating_mul(column));
            }
            if total > MAX_REPEATED {
                let most = MAX_REPEATED / 1_000_000;
                return Err(format!("it repeats values over more than {most} million cells; it is refused unread"));
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn repeated_values_have_an_end() {
        let table = |cell: &str, rows: u64| {
            format!("<t><table:table-row table:number-rows-repeated=\"{rows}\">{cell}</table:table-row></t>")
        };
        let blank = "<table:table-cell table:number-columns-repeated=\"16384\"/>";
        let value = "<table:table-cell office:value-type=\"float\" table:number-columns-repeated=\"16384\"/>";
        assert!(look_at_ods(&mut table(blank, 1_048_576).as_bytes()).is_ok());
        assert!(look_at_ods(&mut table(value, 2).as_bytes()).is_ok());
        assert!(look_at_ods(&mut table(value, 1_048_576).as_bytes()).is_err());
    }

    #[test]
    fn per_cents_and_formulas_without_a_result_are_seen() {
        let text = "<table:table><table:table-row table:number-rows-repeated=\"2\"><table:table-cell/></table:table-row>\
                    <table:table-row><table:table-cell table:number-columns-repeated=\"3\"/>\
                    <table:table-cell office:value-type=\"percentage\" table:number-columns-repeated=\"2\"/>\
                    <table:table-cell table:formula=\"of:=1\"/></table:table-row></table:table>";
        let mark = |columns, what| Mark { sheet: 0, rows: 2..3, columns, what };
        let marks = look_at_ods(&mut text.as_bytes()).expect("small");
        assert_eq!(marks, [mark(3..5, What::Percent), mark(5..6, What::Unsolved)]);
    }
}
