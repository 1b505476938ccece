//! Days, for what is too old.

use jiff::civil::{Date, date};
use jiff::{Timestamp, tz};

/// Day 0.
const EPOCH: Date = date(1970, 1, 1);

/// Years that dates of files lie in.
const YEARS: std::ops::RangeInclusive<i64> = 1900..=2200;

fn days(day: Date) -> i64 {
    day.duration_since(EPOCH).as_hours() / 24
}

/// Days since 1970-01-01 of a date as files write it: `2023-05-01`, `2023/5/1`, `2023.5.1`, `2023年5月1日`, a time
/// behind it; `None` for anything else.
pub fn day_of(text: &str) -> Option<i64> {
    let mut numbers = text.split(|c: char| !c.is_ascii_digit()).filter(|s| !s.is_empty()).map(str::parse::<i64>);
    let mut next = || numbers.next()?.ok();
    let (year, month, day) = (next()?, next()?, next()?);
    let of = |year: i64| Date::new(i16::try_from(year).ok()?, i8::try_from(month).ok()?, i8::try_from(day).ok()?).ok();
    YEARS.contains(&year).then(|| of(year)).flatten().map(days)
}

/// Today, in days since 1970-01-01 (UTC).
pub fn days_today() -> i64 {
    days(Timestamp::now().to_zoned(tz::TimeZone::UTC).date())
}

/// A day as `2026-12-31`.
pub fn day_text(day: i64) -> String {
    let at = EPOCH.checked_add(jiff::Span::new().try_days(day).unwrap_or_default());
    at.map_or_else(|_| String::new(), |d| d.to_string())
}

/// The last day of the month in which a day lies, and that of its year.
pub fn ends_of(day: i64) -> (i64, i64) {
    let at = EPOCH.checked_add(jiff::Span::new().try_days(day).unwrap_or_default()).unwrap_or(EPOCH);
    (days(at.last_of_month()), days(at.last_of_year()))
}

/// The year in which a day lies.
pub fn year_of(day: i64) -> i32 {
    let at = EPOCH.checked_add(jiff::Span::new().try_days(day).unwrap_or_default());
    at.map_or(1970, |d| i32::from(d.year()))
}

/// The last day of a year.
pub(super) fn last_day(year: i32) -> i64 {
    i16::try_from(year).ok().and_then(|y| Date::new(y, 12, 31).ok()).map_or(0, days)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn dates_as_files_write_them() {
        assert_eq!(day_of("1970-01-01"), Some(0));
        assert_eq!(day_of("2023年5月1日"), Some(19_478));
        assert_eq!(day_of("2024/2/29 08:30"), Some(19_782));
        for text in ["2023-02-29", "2023-13-01", "2023", "", "昨天", "2023-05"] {
            assert_eq!(day_of(text), None, "{text}");
        }
        assert_eq!(last_day(2023) - days(date(2023, 1, 1)), 364);
        assert_eq!(day_text(19_782), "2024-02-29");
        assert_eq!(ends_of(19_760).0, 19_782);
        for (day, year) in [(0, 1970), (-1, 1969), (19_722, 2023), (19_723, 2024)] {
            assert_eq!(year_of(day), year);
        }
    }
}
