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

    /// Reads RFC 3339, or a date with or without a time as people write them (`2026-11-24 08:30`, `2026/11/24`,
    /// `2026年11月24日`), which is taken in the system's time zone.
    pub fn parse(text: &str) -> Option<Self> {
        let text = text.trim();
        if let Some(time) = Self::of_own(text) {
            return Some(time);
        }
        if let Ok(time) = text.parse::<Timestamp>() {
            let year = time.to_zoned(TimeZone::UTC).year();
            return YEARS.contains(&year).then(|| Self(time.as_millisecond()));
        }
        // Anything else between the numbers, an afternoon's mark say, would change what they mean.
        if !text.chars().all(|c| c.is_ascii_digit() || "-/.: T年月日时分秒".contains(c)) {
            return None;
        }
        let numbers: Vec<i64> = text
            .split(|c: char| !c.is_ascii_digit())
            .filter(|s| !s.is_empty())
            .map(|s| s.parse().ok())
            .collect::<Option<_>>()?;
        let part = |i: usize| numbers.get(i).copied().unwrap_or(0);
        if numbers.len() < 3 || numbers.len() > 6 || !text.starts_with(|c: char| c.is_ascii_digit()) {
            return None;
        }
        let small = |i| i8::try_from(part(i)).ok();
        let year = i16::try_from(part(0)).ok().filter(|y| YEARS.contains(y))?;
        let time = civil::DateTime::new(year, small(1)?, small(2)?, small(3)?, small(4)?, small(5)?, 0).ok()?;
        Some(Self(time.to_zoned(TimeZone::system()).ok()?.timestamp().as_millisecond()))
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
            "2026-11-20 下午3:30",
            "2026-11-20 3:30 PM",
            "2026-11-24 08:30 x 5",
        ] {
            assert_eq!(Instant::parse(text), None, "{text}");
        }
    }
}
