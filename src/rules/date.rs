//! Days, for what is too old.

/// Days since 1970-01-01 of a date in the Gregorian calendar.
///
/// # References
/// E. G. Richards, "Calendars", in Explanatory Supplement to the Astronomical Almanac, 3rd ed. (2012), section 15.11.
fn days(year: i64, month: i64, day: i64) -> i64 {
    let a = (14 - month) / 12;
    let (y, m) = (year + 4800 - a, month + 12 * a - 3);
    day + (153 * m + 2) / 5 + 365 * y + y / 4 - y / 100 + y / 400 - 32_045 - 2_440_588
}

/// Days since 1970-01-01 of a date as files write it: `2023-05-01`, `2023/5/1`, `2023.5.1`, `2023年5月1日`, a time
/// behind it; `None` for anything else.
pub fn day_of(text: &str) -> Option<i64> {
    let mut numbers = text.split(|c: char| !c.is_ascii_digit()).filter(|s| !s.is_empty()).map(str::parse::<i64>);
    let mut next = || numbers.next()?.ok();
    let (year, month, day) = (next()?, next()?, next()?);
    let leap = year % 4 == 0 && (year % 100 != 0 || year % 400 == 0);
    let last = match month {
        2 => 28 + i64::from(leap),
        4 | 6 | 9 | 11 => 30,
        _ => 31,
    };
    let fits = (1900..=2200).contains(&year) && (1..=12).contains(&month) && (1..=last).contains(&day);
    fits.then(|| days(year, month, day))
}

/// Today, in days since 1970-01-01 (UTC).
pub fn days_today() -> i64 {
    let now = std::time::SystemTime::now().duration_since(std::time::UNIX_EPOCH);
    now.map_or(0, |d| (d.as_secs() / 86_400) as i64)
}

/// The year in which a day lies.
pub fn year_of(day: i64) -> i32 {
    let mut year = 1970 + day.div_euclid(366) as i32;
    while days(i64::from(year) + 1, 1, 1) <= day {
        year += 1;
    }
    year
}

/// The last day of a year.
pub(super) fn last_day(year: i32) -> i64 {
    days(i64::from(year), 12, 31)
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
        assert_eq!(last_day(2023) - days(2023, 1, 1), 364);
        for (day, year) in [(0, 1970), (-1, 1969), (19_722, 2023), (19_723, 2024)] {
            assert_eq!(year_of(day), year);
        }
    }
}
