//! A point in time: kept in UTC to the millisecond, read from what sheets hold, shown in the system's time zone.

use jiff::tz::TimeZone;
use jiff::{Timestamp, civil};
use serde::{Deserialize, Serialize};

/// Years that a visit can lie in.
const YEARS: std::ops::RangeInclusive<i16> = 1900..=2200;

/// A point in time in UTC, to the millisecond.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Instant(i64);

impl Instant {
    /// Now, by the system's clock.
    pub fn now() -> Self {
        Self(Timestamp::now().as_millisecond())
    }

    /// From milliseconds since 1970-01-01T00:00Z.
    pub fn from_millis(millis: i64) -> Self {
        Self(millis)
    }

    /// Milliseconds since 1970-01-01T00:00Z.
    pub fn millis(self) -> i64 {
        self.0
    }

    /// `2026-11-24T08:30:00.000Z`, as GeoPackage asks for (OGC 12-128r18, table 1).
    pub fn to_text(self) -> String {
        let time = Timestamp::from_millisecond(self.0).unwrap_or(Timestamp::UNIX_EPOCH);
        format!("{}Z", time.to_zoned(TimeZone::UTC).datetime().strftime("%Y-%m-%dT%H:%M:%S%.3f"))
    }

    /// Reads any ISO 8601 form, or a date with or without a time as people write them (`2026-11-24 08:30`, `2026/11/24`,
    /// `2026年11月24日 下午3:30`, `20261124`), which is taken in the system's time zone where it names none.
    pub fn parse(text: &str) -> Option<Self> {
        Self::parse_near(text, None).map(|(at, _)| at)
    }

    /// Reads a time as [`Self::parse`] does, and times that leave out their year (`11月20日`) or their day (`下午3:30`): those are taken
    /// near `near`, and the answer says that they were.
    pub fn parse_near(text: &str, near: Option<Self>) -> Option<(Self, bool)> {
        let text = text.trim();
        if let Some(time) = Self::of_own(text) {
            return Some((time, false));
        }
        if let Ok(time) = text.parse::<Timestamp>() {
            let year = time.to_zoned(TimeZone::UTC).year();
            return YEARS.contains(&year).then(|| (Self(time.as_millisecond()), false));
        }
        let near = near.map(|n| n.zoned().datetime());
        let (local, is_assumed) = local_time(text, near)?;
        Some((Self(local.to_zoned(TimeZone::system()).ok()?.timestamp().as_millisecond()), is_assumed))
    }

    fn zoned(self) -> jiff::Zoned {
        Timestamp::from_millisecond(self.0).unwrap_or(Timestamp::UNIX_EPOCH).to_zoned(TimeZone::system())
    }

    /// Whether a visit can hardly have been then: later than now, or before there were such visits.
    pub fn is_odd(self) -> bool {
        const HOUR_MS: i64 = 3_600_000;
        const YEAR_2000_MS: i64 = 946_684_800_000;
        self.0 > Self::now().0 + HOUR_MS || self.0 < YEAR_2000_MS
    }

    /// Reads what [`Self::to_text`] writes, quickly: logs hold two a row.
    fn of_own(text: &str) -> Option<Self> {
        let bytes: &[u8; 24] = text.as_bytes().try_into().ok()?;
        const FORM: &[u8; 24] = b"0000-00-00T00:00:00.000Z";
        let fits = bytes.iter().zip(FORM).all(|(b, f)| if *f == b'0' { b.is_ascii_digit() } else { b == f });
        let part = |range: std::ops::Range<usize>| text.get(range)?.parse::<i64>().ok();
        let day = crate::rules::day_of(text.get(..10).filter(|_| fits)?)?;
        let is_time = part(11..13)? < 24 && part(14..16)? < 60 && part(17..19)? < 60;
        if !is_time {
            return None;
        }
        let seconds = (day * 24 + part(11..13)?) * 3600 + part(14..16)? * 60 + part(17..19)?;
        Some(Self(seconds * 1000 + part(20..23)?))
    }

    /// From the serial number of a day as spreadsheets count them (1900 system), in the system's time zone.
    pub fn from_spreadsheet_day(serial: f64) -> Option<Self> {
        // Day 25,569 is 1970-01-01 (ECMA-376 part 1, 18.17.4.1, with its leap day of 1900).
        if !(36_000.0..110_000.0).contains(&serial) {
            return None;
        }
        let millis = ((serial - 25_569.0) * 86_400_000.0).round() as i64;
        let local = Timestamp::from_millisecond(millis).ok()?.to_zoned(TimeZone::UTC).datetime();
        Some(Self(local.to_zoned(TimeZone::system()).ok()?.timestamp().as_millisecond()))
    }

    /// Date and minute in the system's time zone.
    pub fn for_people(self) -> String {
        let time = Timestamp::from_millisecond(self.0).unwrap_or(Timestamp::UNIX_EPOCH);
        time.to_zoned(TimeZone::system()).strftime("%Y-%m-%d %H:%M").to_string()
    }
}

/// Parts of the day that are said before an hour, or behind it.
const DAYTIMES: [(&str, Daytime); 10] = [
    ("凌晨", Daytime::Morning),
    ("早上", Daytime::Morning),
    ("上午", Daytime::Morning),
    ("中午", Daytime::Noon),
    ("下午", Daytime::Evening),
    ("傍晚", Daytime::Evening),
    ("晚上", Daytime::Evening),
    ("晚", Daytime::Evening),
    ("am", Daytime::Morning),
    ("pm", Daytime::Evening),
];

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Daytime {
    Morning,
    Noon,
    Evening,
}

/// A time as people write it, with digits and separators of one kind.
fn folded(text: &str) -> String {
    let text: String = text
        .chars()
        .map(|c| match c {
            '０'..='９' => char::from_digit(c as u32 - '０' as u32, 10).unwrap_or(c),
            '：' => ':',
            '－' | '–' => '-',
            '．' => '.',
            '／' => '/',
            c => c.to_ascii_lowercase(),
        })
        .collect();
    text.replace("点半", "点30分").replace("時", "时").replace("號", "日").replace('号', "日")
}

/// Numbers, each with what stands behind it.
fn numbers_of(text: &str) -> Vec<(&str, &str)> {
    let mut numbers: Vec<(&str, &str)> = Vec::new();
    let mut rest = text;
    while !rest.is_empty() {
        let digits = rest.find(|c: char| !c.is_ascii_digit()).unwrap_or(rest.len());
        let (number, behind) = rest.split_at(digits);
        let gap = behind.find(|c: char| c.is_ascii_digit()).unwrap_or(behind.len());
        let (behind, next) = behind.split_at(gap);
        numbers.push((number, behind));
        rest = next;
    }
    numbers
}

/// Without the day of the week, which says nothing that the date does not: 周五, （星期日）.
fn without_weekday(text: String) -> String {
    for word in ["星期", "礼拜", "周"] {
        let Some((before, after)) = text.split_once(word) else { continue };
        let mut rest = after.chars();
        if rest.next().is_some_and(|c| "一二三四五六日天".contains(c)) {
            let before = before.trim_end_matches(['(', '（', ' ']);
            let rest = rest.as_str().trim_start_matches([')', '）', ' ']);
            return format!("{before} {rest}");
        }
    }
    text
}

/// The day that numbers say, each with what stands behind it, and whether its year or all of it was taken from `near`.
fn day_of(date: &[(&str, &str)], near: Option<civil::DateTime>) -> Option<(civil::Date, bool)> {
    let number = |text: &str| text.parse::<i64>().ok();
    let small = |text: &str| text.parse::<i8>().ok();
    Some(match date {
        [(y, _), (m, _), (d, _)] if y.len() == 4 => {
            (civil::Date::new(number(y)? as i16, small(m)?, small(d)?).ok()?, false)
        }
        // 11月20日: the last one that there was.
        [(m, behind), (d, _)] if behind.contains('月') => {
            let near = near?;
            let of = |year: i16| civil::Date::new(year, small(m)?, small(d)?).ok();
            let this = of(near.year());
            (this.filter(|d| *d <= near.date()).or_else(|| of(near.year() - 1))?, true)
        }
        // 20/11/2026, 11/20/2026: only where one of them is no month.
        [(first, "/"), (second, "/"), (y, _)] if y.len() == 4 => {
            let (d, m) = if small(first)? > 12 { (first, second) } else { (second, first) };
            let date = civil::Date::new(number(y)? as i16, small(m)?, small(d)?).ok()?;
            (Some(date).filter(|_| small(d).is_some_and(|d| d > 12))?, false)
        }
        // 11-20, 11/20: a month and a day. A point between them may be a number that a spreadsheet shortened.
        [(m, "-" | "/"), (d, behind)] if m.len() <= 2 && d.len() <= 2 && behind.trim().is_empty() => {
            let near = near?;
            let of = |year: i16| civil::Date::new(year, small(m)?, small(d)?).ok();
            (of(near.year()).filter(|d| *d <= near.date()).or_else(|| of(near.year() - 1))?, true)
        }
        [] => (near?.date(), true),
        _ => return None,
    })
}

/// A date and time without a zone, and whether year or day were taken from `near`.
fn local_time(text: &str, near: Option<civil::DateTime>) -> Option<(civil::DateTime, bool)> {
    let mut text = without_weekday(folded(text));
    let mut daytime = None;
    for (word, means) in DAYTIMES {
        if let Some(at) = text.find(word) {
            daytime = Some(means);
            text.replace_range(at..at + word.len(), " ");
            break;
        }
    }
    let text = text.trim();
    // Anything else between the numbers would change what they mean.
    if !text.starts_with(|c: char| c.is_ascii_digit())
        || !text.chars().all(|c| c.is_ascii_digit() || "-/.:, t年月日时点分秒".contains(c))
    {
        return None;
    }
    let numbers = numbers_of(text);
    let is_hour = |(_, behind): &(&str, &str)| {
        let behind = behind.trim();
        behind.starts_with(':') || behind.starts_with('时') || behind.starts_with('点')
    };
    let hour = numbers.iter().position(is_hour).unwrap_or(numbers.len());
    let (date, time) = numbers.split_at(hour);
    let (mut date, mut time) = (date.to_vec(), time.to_vec());
    if date.is_empty() && hour == numbers.len() {
        return None;
    }
    // Written without separators: 20261120, 20261120T0930, 20261120093000.
    if let [(compact, _), behind @ ..] = date.clone().as_slice()
        && matches!(compact.len(), 8 | 12 | 14)
        && time.is_empty()
    {
        date = vec![(compact.get(..4)?, ""), (compact.get(4..6)?, ""), (compact.get(6..8)?, "")];
        let clock = match behind {
            [] => compact.get(8..)?,
            [(clock, _)] if compact.len() == 8 && matches!(clock.len(), 4 | 6) => clock,
            _ => return None,
        };
        time = (0..clock.len()).step_by(2).filter_map(|i| Some((clock.get(i..i + 2)?, ""))).collect();
    }
    let (day, is_assumed) = day_of(&date, near)?;
    let small = |text: &str| text.parse::<i8>().ok();
    if !YEARS.contains(&day.year()) {
        return None;
    }
    let part = |i: usize| time.get(i).map_or(Some(0), |(text, _)| small(text));
    let mut hour = part(0)?;
    match daytime {
        _ if time.is_empty() && daytime.is_some() => return None,
        Some(Daytime::Evening) if (1..12).contains(&hour) => hour += 12,
        Some(Daytime::Noon) if (1..3).contains(&hour) => hour += 12,
        Some(Daytime::Morning) if hour == 12 => hour = 0,
        _ => {}
    }
    // Fractions of a second stand behind a point.
    let nanos = match time.as_slice() {
        [_, _, (_, "."), (fraction, _)] => {
            let digits: String = fraction.chars().chain(std::iter::repeat('0')).take(9).collect();
            digits.parse().ok()?
        }
        [_, _, _, _, ..] => return None,
        _ => 0,
    };
    let at = civil::DateTime::new(day.year(), day.month(), day.day(), hour, part(1)?, part(2)?, nanos).ok()?;
    Some((at, is_assumed))
}

impl Serialize for Instant {
    fn serialize<S: serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_str(&self.to_text())
    }
}

impl<'de> Deserialize<'de> for Instant {
    fn deserialize<D: serde::Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let text = String::deserialize(deserializer)?;
        Self::parse(&text).ok_or_else(|| serde::de::Error::custom(format!("no time: {text}")))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn days_as_offices_write_them() {
        let near = Instant::parse("2026-11-24 12:00");
        let said = |text: &str| Instant::parse_near(text, near).map(|(at, is_assumed)| (at.for_people(), is_assumed));
        for (text, expected, is_assumed) in [
            ("2026年11月20日 周五 9:30", "2026-11-20 09:30", false),
            ("2026-11-20（星期五）9:30", "2026-11-20 09:30", false),
            ("20/11/2026", "2026-11-20 00:00", false),
            ("11/20/2026", "2026-11-20 00:00", false),
            ("11-20", "2026-11-20 00:00", true),
            ("12-25", "2025-12-25 00:00", true),
        ] {
            assert_eq!(said(text), Some((expected.to_owned(), is_assumed)), "{text}");
        }
        // Which of them is the month nobody can say; a number of a spreadsheet is no day.
        for text in ["5/6/2026", "11.20", "26-11-20", "13-40"] {
            assert_eq!(said(text), None, "{text}");
        }
    }

    #[test]
    fn times_as_files_write_them() {
        let time = Instant::parse("2026-11-24T08:30:00+08:00").expect("a time");
        assert_eq!(time.to_text(), "2026-11-24T00:30:00.000Z");
        assert_eq!(Instant::parse(&time.to_text()), Some(time));
        let day = Instant::parse("2026-11-24").expect("a day");
        for text in ["2026/11/24", "2026年11月24日", "2026-11-24 00:00"] {
            assert_eq!(Instant::parse(text), Some(day), "{text}");
        }
        assert_eq!(Instant::from_spreadsheet_day(46_350.0), Some(day));
        for text in [
            "",
            "昨天",
            "2026-13-01",
            "24.11.26",
            "-5",
            "99999999999999999999-1-1",
            "-000044-03-15T00:00:00Z",
            "0001-01-01T00:00:00Z",
            "2026-11-24T99:99:99.000Z",
            "2026-11-24 08:30 x 5",
            "下午",
            "2026-11-20 下午",
            "2026-11-20 25:00",
            "11月20日",
            "下午3:30",
        ] {
            assert_eq!(Instant::parse(text), None, "{text}");
        }
    }

    #[test]
    fn any_iso_form_and_what_people_type() {
        let at = |text: &str| Instant::parse(text).unwrap_or_else(|| panic!("{text}"));
        let half_past_three = at("2026-11-20 15:30");
        for text in [
            "2026-11-20T15:30:00.000",
            "2026-11-20T15:30:00",
            "2026-11-20T15:30",
            "2026-11-20 15:30:00.000",
            "2026-11-20 下午3:30",
            "2026年11月20日 下午3点30分",
            "2026年11月20日下午3点半",
            "2026-11-20 3:30 PM",
            "2026/11/20 下午 3:30",
            "２０２６-１１-２０ １５：３０",
            "20261120T1530",
            "20261120 153000",
            "20261120153000",
            "2026.11.20 15:30",
        ] {
            assert_eq!(at(text), half_past_three, "{text}");
        }
        assert_eq!(at("2026-11-20T15:30:00.250").millis() - half_past_three.millis(), 250);
        assert_eq!(at("20261120"), at("2026-11-20"));
        assert_eq!(at("2026-11-20 中午12:30"), at("2026-11-20 12:30"));
        assert_eq!(at("2026-11-20 上午12:30"), at("2026-11-20 00:30"));
        // Without a year, or a day: near what is known.
        let near = Some(at("2026-11-25 10:00"));
        assert_eq!(Instant::parse_near("11月20日", near), Some((at("2026-11-20"), true)));
        assert_eq!(Instant::parse_near("12月31日", near), Some((at("2025-12-31"), true)));
        assert_eq!(Instant::parse_near("下午3:30", near), Some((at("2026-11-25 15:30"), true)));
        assert_eq!(Instant::parse_near("20261120", near), Some((at("2026-11-20"), false)));
        assert!(at("2150-01-01").is_odd() && at("1970-01-01").is_odd() && !at("2024-05-01").is_odd());
    }
}
