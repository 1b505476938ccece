//! Bounds at round numbers.

/// Bounds at multiples of 1, 2 or 5 times a power of ten that lie inside `low < bound < high`: as many as the finest
/// such step gives without making more than `classes` classes.
///
/// A bound below 1 is a quotient of whole numbers, so that it is the very number one writes: 0.3, not
/// 0.30000000000000004.
///
/// # References
/// The 1-2-5 rule of `pretty()` in R: R. A. Becker, J. M. Chambers, A. R. Wilks (1988), *The New S Language*,
/// Wadsworth & Brooks/Cole.
pub(super) fn pretty(low: f64, high: f64, classes: usize) -> Vec<f64> {
    let span = high / 2.0 - low / 2.0;
    if classes < 2 || !span.is_normal() || span < 0.0 {
        return Vec::new();
    }
    // Half the span over the number of classes cannot be coarser than twice the step looked for, so start below it.
    let mut exponent = (span / classes as f64).log10().floor() as i32 - 1;
    loop {
        for mantissa in [1.0, 2.0, 5.0] {
            if let Some(bounds) = multiples(mantissa, exponent, low, high, classes - 1) {
                return bounds;
            }
        }
        if exponent > 308 {
            return Vec::new();
        }
        exponent += 1;
    }
}

/// The multiples of a step strictly between two numbers; `None` where there are more than `most`.
fn multiples(mantissa: f64, exponent: i32, low: f64, high: f64, most: usize) -> Option<Vec<f64>> {
    let power = 10f64.powi(exponent.abs());
    if !power.is_finite() {
        return None;
    }
    let multiple = |i: f64| if exponent < 0 { i * mantissa / power } else { i * mantissa * power };
    let step = multiple(1.0);
    let first = (low / step).floor();
    if !(first.is_finite() && (high / step - first).is_finite()) || high / step - first > most as f64 + 2.0 {
        return None;
    }
    let mut bounds: Vec<f64> =
        (0..most + 4).map(|i| multiple(first + i as f64)).filter(|b| *b > low && *b < high).collect();
    bounds.dedup();
    (bounds.len() <= most).then_some(bounds)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn steps_are_one_two_or_five() {
        assert_eq!(pretty(0.0, 100.0, 5), [20.0, 40.0, 60.0, 80.0]);
        assert_eq!(pretty(3.0, 97.0, 5), [20.0, 40.0, 60.0, 80.0]);
        assert_eq!(pretty(0.0, 1.0, 10), [0.1, 0.2, 0.3, 0.4, 0.5, 0.6, 0.7, 0.8, 0.9]);
        assert_eq!(pretty(-7.0, 12.0, 4), [0.0, 10.0]);
        assert_eq!(pretty(0.0, 100.0, 4), [50.0]);
        assert_eq!(pretty(0.0, 1e-5, 2), [5e-6]);
    }

    #[test]
    fn strange_ranges_end() {
        for (low, high) in
            [(1.0, 1.0), (f64::MIN, f64::MAX), (0.0, 5e-324), (1e18, 1e18 + 256.0), (0.0, f64::MIN_POSITIVE)]
        {
            for classes in [1, 2, 5, 20] {
                let bounds = pretty(low, high, classes);
                assert!(bounds.len() < classes.max(1), "{low} {high} {classes}: {bounds:?}");
                assert!(bounds.iter().all(|b| *b > low && *b < high));
            }
        }
    }
}
