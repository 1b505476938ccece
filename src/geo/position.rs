//! Positions as people write them.

use super::{BoundsDeg, LonLat};

/// Two numbers of degrees as a position: longitude first; or with N, S, E, W, 东经, 北纬 in any order; or latitude first
/// where only that can be meant, because the other way about it is no place, or lies outside of `around` and this does
/// not. Minutes and seconds too (`40°4′16″N`). `None` for anything else.
///
/// # Examples
/// ```
/// use qiancun::geo::parse_position;
/// let at = parse_position("北纬40°4′12″，东经116.1°", None).unwrap();
/// assert_eq!((at.lon_deg, at.lat_deg), (116.1, 40.07));
/// ```
pub fn parse_position(text: &str, around: Option<BoundsDeg>) -> Option<LonLat> {
    let mut angles: Vec<Angle> = Vec::new();
    let mut side = None;
    for word in words(text)? {
        match word {
            // A letter stands behind its number, or before it where none is waiting for one.
            Word::Side(letter) => match angles.last_mut().filter(|a| a.side.is_none()) {
                Some(angle) if side.is_none() && !angle.is_led => angle.side = Some(letter),
                _ => side = Some(letter),
            },
            Word::Number(value, unit) => match angles.last_mut().filter(|a| unit > a.unit && side.is_none()) {
                Some(angle) => {
                    let part = value / if unit == Unit::Minutes { 60.0 } else { 3600.0 };
                    angle.degrees += if angle.degrees.is_sign_negative() { -part } else { part };
                    angle.unit = unit;
                }
                None => {
                    angles.push(Angle { degrees: value, unit, side, is_led: side.is_some() });
                    side = None;
                }
            },
        }
    }
    let [a, b] = angles.as_slice() else { return None };
    if side.is_some() || [a, b].iter().any(|v| v.unit == Unit::Minutes && v.degrees.abs() > 180.0) {
        return None;
    }
    let signed = |v: &Angle| if matches!(v.side, Some('S' | 'W')) { -v.degrees } else { v.degrees };
    let (x, y) = (signed(a), signed(b));
    let (lon_first, lat_first) = (LonLat::new(x, y), LonLat::new(y, x));
    let is_within = |at: LonLat| {
        around.is_some_and(|b| {
            let [west, south, east, north] = b.sides();
            (west..=east).contains(&at.lon_deg) && (south..=north).contains(&at.lat_deg)
        })
    };
    let is_latitude = match (a.side, b.side) {
        (Some('N' | 'S'), _) | (None, Some('E' | 'W')) => true,
        (Some(_), _) | (None, Some(_)) => false,
        (None, None) => !lon_first.is_valid() || (is_within(lat_first) && !is_within(lon_first)),
    };
    let at = if is_latitude { lat_first } else { lon_first };
    at.is_valid().then_some(at)
}

struct Angle {
    degrees: f64,
    unit: Unit,
    side: Option<char>,
    /// Whether its letter stood before it.
    is_led: bool,
}

#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
enum Unit {
    Degrees,
    Minutes,
    Seconds,
}

enum Word {
    Number(f64, Unit),
    Side(char),
}

/// Numbers with their units, and letters of sides; `None` where there is anything else.
fn words(text: &str) -> Option<Vec<Word>> {
    let text = text.to_uppercase().replace("东经", "E").replace("西经", "W").replace("北纬", "N").replace("南纬", "S");
    let mut out = Vec::new();
    let mut rest = text.trim_start();
    while let Some(c) = rest.chars().next() {
        let is_digit = |c: char| c.is_ascii_digit() || matches!(c, '.' | '-' | '−' | '+');
        if is_digit(c) {
            let end = rest.find(|c| !is_digit(c)).unwrap_or(rest.len());
            let (number, behind) = rest.split_at(end);
            let unit = match behind.trim_start().chars().next() {
                Some('′' | '\'' | '’' | '分') => Unit::Minutes,
                Some('″' | '"' | '”' | '秒') => Unit::Seconds,
                _ => Unit::Degrees,
            };
            out.push(Word::Number(number.replace('−', "-").parse().ok()?, unit));
            rest = behind;
        } else {
            match c {
                'N' | 'S' | 'E' | 'W' => out.push(Word::Side(c)),
                ',' | ';' | '，' | '；' | '、' | '°' | '度' | '′' | '\'' | '’' | '分' | '″' | '"' | '”' | '秒' =>
                    {}
                c if c.is_whitespace() => {}
                _ => return None,
            }
            rest = rest.get(c.len_utf8()..)?;
        }
    }
    Some(out)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn positions_as_people_write_them() {
        for text in [
            "116.1034, 40.0712",
            "116.1034 40.0712",
            "40.0712°N 116.1034°E",
            "N40.0712 E116.1034",
            "40.0712, 116.1034",
            "116.1034E，40.0712N",
            "东经116.1034，北纬40.0712",
        ] {
            let p = parse_position(text, None).expect(text);
            assert_eq!((p.lon_deg, p.lat_deg), (116.1034, 40.0712), "{text}");
        }
        assert_eq!(parse_position("12 S, 30 W", None).map(|p| (p.lon_deg, p.lat_deg)), Some((-30.0, -12.0)));
        for text in ["40°30′36″N, 116°15′0″E", "116度15分0秒 40度30分36秒"] {
            let p = parse_position(text, None).expect(text);
            assert_eq!((p.lon_deg, (p.lat_deg * 1e6).round() / 1e6), (116.25, 40.51), "{text}");
        }
        for text in ["", "116", "a b", "200, 10", "1 2 3", "草厂", "110108029201", "E N", "1.2.3 4"] {
            assert!(parse_position(text, None).is_none(), "{text}");
        }
    }

    #[test]
    fn latitude_first_is_understood_where_the_map_lies_there() {
        let brazil = BoundsDeg::new([-74.0, -34.0, -34.0, 5.0]);
        let p = parse_position("-15.6, -47.8", Some(brazil)).map(|p| (p.lon_deg, p.lat_deg));
        assert_eq!(p, Some((-47.8, -15.6)));
        let p = parse_position("-47.8, -15.6", Some(brazil)).map(|p| (p.lon_deg, p.lat_deg));
        assert_eq!(p, Some((-47.8, -15.6)));
    }
}
