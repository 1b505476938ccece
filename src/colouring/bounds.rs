//! Class bounds as people type them.

/// What of a text is no number.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{0} is no number")]
pub struct NotABound(pub String);

/// Inner bounds from a text: parted by commas, 、, semicolons or blanks; with 万, 亿, k, m and a per cent sign; full-width digits too. In
/// ascending order, each once. A comma before three digits parts thousands where 、, a semicolon or a blank parts the bounds.
///
/// # Errors
/// [`NotABound`] with the first piece that is no finite number.
///
/// ```
/// use qiancun::colouring::parse_bounds;
/// assert_eq!(parse_bounds("60、80，90").unwrap(), [60.0, 80.0, 90.0]);
/// assert_eq!(parse_bounds("1.5万 4万").unwrap(), [15_000.0, 40_000.0]);
/// assert!(parse_bounds("60, many").is_err());
/// ```
pub fn parse_bounds(text: &str) -> Result<Vec<f64>, NotABound> {
    let plain: String = text.chars().map(half_width).collect();
    let parts_otherwise = |c: char| matches!(c, '、' | ';' | '\n') || c.is_whitespace();
    // 42,664 91,298: the comma is within a number.
    let by_thousands = plain.trim().contains(parts_otherwise)
        && plain.split(parts_otherwise).filter(|p| p.contains(',')).all(|p| {
            let mut groups = p.trim_matches(',').split(',');
            groups.next().is_some_and(|g| (1..=3).contains(&g.trim_start_matches('-').len()))
                && p.trim_end() == p
                && !p.ends_with(',')
                && p.split(',').skip(1).all(|g| g.len() == 3 && g.chars().all(|c| c.is_ascii_digit()))
        });
    let pieces: Vec<String> = match by_thousands {
        true => plain.split(parts_otherwise).map(|p| p.replace(',', "")).collect(),
        false => plain.split(|c| parts_otherwise(c) || c == ',').map(str::to_owned).collect(),
    };
    let mut bounds = Vec::new();
    for piece in pieces.iter().map(|p| p.trim()).filter(|p| !p.is_empty()) {
        bounds.push(number(piece).ok_or_else(|| NotABound(piece.to_owned()))?);
    }
    bounds.sort_by(f64::total_cmp);
    bounds.dedup();
    Ok(bounds)
}

fn number(piece: &str) -> Option<f64> {
    let piece = piece.trim_end_matches('%');
    let units = [("万", 1e4), ("亿", 1e8), ("k", 1e3), ("K", 1e3), ("m", 1e6), ("M", 1e6)];
    let (digits, unit) =
        units.iter().find_map(|(name, unit)| Some((piece.strip_suffix(name)?, *unit))).unwrap_or((piece, 1.0));
    let is_plain = digits.chars().all(|c| c.is_ascii_digit() || matches!(c, '.' | '-' | '+' | 'e' | 'E'));
    digits.trim().parse::<f64>().ok().filter(|v| v.is_finite() && is_plain).map(|v| v * unit)
}

fn half_width(c: char) -> char {
    match c {
        '０'..='９' => char::from_u32(c as u32 - '０' as u32 + '0' as u32).unwrap_or(c),
        '，' => ',',
        '．' => '.',
        '；' => ';',
        '％' => '%',
        '−' | '－' => '-',
        _ => c,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn bounds_as_people_type_them() {
        for (text, bounds) in [
            ("60, 80, 90, 99", vec![60.0, 80.0, 90.0, 99.0]),
            ("60,80,90", vec![60.0, 80.0, 90.0]),
            ("９０、８０；６０", vec![60.0, 80.0, 90.0]),
            ("42,664 91,298", vec![42_664.0, 91_298.0]),
            ("42,664、91,298", vec![42_664.0, 91_298.0]),
            ("1万、4.3万、1亿", vec![1e4, 4.3e4, 1e8]),
            ("-5 0 5", vec![-5.0, 0.0, 5.0]),
            ("80% 80%", vec![80.0]),
            ("  ", vec![]),
        ] {
            assert_eq!(parse_bounds(text), Ok(bounds), "{text}");
        }
        for (text, wrong) in [("60 up", "up"), ("6 0x", "0x"), ("NaN", "NaN"), ("1e999", "1e999"), ("万", "万")] {
            assert_eq!(parse_bounds(text), Err(NotABound(wrong.to_owned())), "{text}");
        }
    }
}
