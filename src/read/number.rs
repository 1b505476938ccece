//! The numbers that coordinates mostly are, read without calls: up to nineteen digits, no exponent.

/// Powers of ten that an f64 holds exactly, as far as they are needed.
const TENS: [f64; 20] =
    [1e0, 1e1, 1e2, 1e3, 1e4, 1e5, 1e6, 1e7, 1e8, 1e9, 1e10, 1e11, 1e12, 1e13, 1e14, 1e15, 1e16, 1e17, 1e18, 1e19];

/// Largest whole number up to which an f64 holds every one.
const LARGEST_EXACT: u64 = 1 << 53;

/// A number at the beginning of the text, correctly rounded, and its length in bytes; `None` where it takes more work, or is
/// no number. Where its digits, taken together, are a whole number that an f64 holds exactly, one division rounds correctly;
/// degrees with more digits are set right by their exact remainder.
///
/// # References
/// W. D. Clinger, "How to Read Floating Point Numbers Accurately", PLDI 1990: the exact case, and the step from an
/// approximation to the nearest f64.
#[inline]
pub(super) fn short_decimal(text: &[u8]) -> Option<(f64, usize)> {
    let negative = text.first() == Some(&b'-');
    let start = usize::from(negative);
    let (mut at, mut digits) = (start, 0_u64);
    while let Some(digit) = digit(text, at) {
        digits = digits.wrapping_mul(10).wrapping_add(digit);
        at += 1;
    }
    let whole = at - start;
    let mut fraction = 0;
    if whole > 0 && text.get(at) == Some(&b'.') {
        let point = at;
        at += 1;
        while let Some(eight) = text.get(at..at + 8).and_then(eight_digits) {
            digits = digits.wrapping_mul(100_000_000).wrapping_add(eight);
            at += 8;
        }
        while let Some(digit) = digit(text, at) {
            digits = digits.wrapping_mul(10).wrapping_add(digit);
            at += 1;
        }
        fraction = at - point - 1;
        if fraction == 0 {
            return None;
        }
    }
    if whole == 0 || whole + fraction > 19 || matches!(text.get(at), Some(b'e' | b'E')) {
        return None;
    }
    let near = digits as f64 / TENS[fraction];
    let value = if digits <= LARGEST_EXACT { near } else { nearest(digits, fraction, near)? };
    Some((if negative { -value } else { value }, at))
}

/// The f64 nearest to `digits` / 10^`fraction`, from one at most two steps away; `None` outside 1 to 2048 and beside the
/// powers of two, where steps change their size.
#[inline]
fn nearest(digits: u64, fraction: usize, near: f64) -> Option<f64> {
    if !(1.0..2048.0).contains(&near) {
        return None;
    }
    // near = mantissa / 2^shift, so the error in steps is (digits · 2^shift - mantissa · 10^fraction) / 10^fraction.
    let shift = 1075 - (near.to_bits() >> 52);
    let mantissa = near.to_bits() & ((1 << 52) - 1) | 1 << 52;
    let ten = i128::from(10_u64.pow(fraction as u32));
    let mut error = (i128::from(digits) << shift) - i128::from(mantissa) * ten;
    let mut steps = 0_i64;
    while error * 2 > ten {
        error -= ten;
        steps += 1;
    }
    while error * 2 < -ten {
        error += ten;
        steps -= 1;
    }
    if error * 2 == ten || error * 2 == -ten || !(1 << 52 | 4..(1 << 53) - 4).contains(&mantissa) {
        return None;
    }
    Some(f64::from_bits(near.to_bits().wrapping_add_signed(steps)))
}

#[inline]
fn digit(text: &[u8], at: usize) -> Option<u64> {
    let digit = text.get(at)?.wrapping_sub(b'0');
    (digit < 10).then_some(u64::from(digit))
}

/// The number that eight bytes spell, if all are digits.
#[inline]
fn eight_digits(bytes: &[u8]) -> Option<u64> {
    let word = u64::from_le_bytes(bytes.try_into().ok()?);
    // Bytes '0'..='9' have 3 as their upper half, and still have it when 6 is added.
    const UPPER: u64 = 0xf0f0_f0f0_f0f0_f0f0;
    if word & UPPER != 0x3030_3030_3030_3030
        || word.wrapping_add(0x0606_0606_0606_0606) & UPPER != 0x3030_3030_3030_3030
    {
        return None;
    }
    // Neighbours are joined: digits to pairs, pairs to fours, fours to the whole.
    let pairs = (word & 0x0f0f_0f0f_0f0f_0f0f).wrapping_mul(10 << 8 | 1) >> 8 & 0x00ff_00ff_00ff_00ff;
    let fours = pairs.wrapping_mul(100 << 16 | 1) >> 16 & 0x0000_ffff_0000_ffff;
    Some(fours.wrapping_mul(10_000 << 32 | 1) >> 32)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_what_is_exact_is_taken() {
        assert_eq!(short_decimal(b"116.2012345,"), Some((116.2012345, 11)));
        assert_eq!(short_decimal(b"-0.5]"), Some((-0.5, 4)));
        assert_eq!(short_decimal(b"9007199254740992"), Some((9_007_199_254_740_992.0, 16)));
        let refused = [
            "99999999999999999999",
            "9007199254740993",
            "1.",
            "1e5",
            "1.5e5",
            ".5",
            "-",
            "",
            "+1",
            "0.00000000000000000001",
        ];
        for text in refused {
            assert_eq!(short_decimal(text.as_bytes()), None, "{text}");
        }
    }

    #[test]
    fn eight_digits_are_digits_only() {
        assert_eq!(eight_digits(b"01234567"), Some(1_234_567));
        assert_eq!(eight_digits(b"98765432"), Some(98_765_432));
        for text in [b"0123456/", b"0123456:", b"01234,67", b"0123456\xb3"] {
            assert_eq!(eight_digits(text), None);
        }
    }

    proptest::proptest! {
        #[test]
        fn rounded_as_rust_rounds(text in "-?[0-9]{1,4}(\\.[0-9]{1,17})?") {
            if let Some((value, length)) = short_decimal(text.as_bytes()) {
                proptest::prop_assert_eq!(length, text.len());
                proptest::prop_assert_eq!(Ok(value.to_bits()), text.parse::<f64>().map(f64::to_bits));
            }
        }
    }
}
