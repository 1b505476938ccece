//! Walking over JSON text byte by byte, without building values and without recursion.
//!
//! Lenient where leniency loses nothing (a missing or trailing comma), exact where it matters (numbers, nesting).

use memchr::memchr2;

/// The text is not JSON from this byte on.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Syntax {
    /// Byte in the text.
    pub(super) at: usize,
}

/// The bytes that end a bare word or number.
const ENDS_TOKEN: [bool; 256] = {
    let (mut ends, delimiters, mut i) = ([false; 256], b",:]}[{\" \n\r\t", 0);
    while i < delimiters.len() {
        ends[delimiters[i] as usize] = true;
        i += 1;
    }
    ends
};

/// What a step over the text gives.
pub(super) type Step<T> = Result<T, Syntax>;

/// A string as the text has it, between its quotes.
#[derive(Clone, Copy, Debug)]
pub(super) struct Raw<'a> {
    /// The bytes.
    pub(super) bytes: &'a [u8],
    /// Whether there is a backslash among them.
    pub(super) escaped: bool,
}

/// A place in a text.
#[derive(Clone, Copy, Debug)]
pub(super) struct Cursor<'a> {
    /// The whole text.
    pub(super) text: &'a [u8],
    /// The next byte.
    pub(super) at: usize,
}

impl<'a> Cursor<'a> {
    pub(super) fn new(text: &'a [u8]) -> Self {
        Self { text, at: 0 }
    }

    pub(super) fn fail<T>(&self) -> Step<T> {
        Err(Syntax { at: self.at })
    }

    /// The next byte that is no blank; it stays.
    #[inline]
    pub(super) fn peek(&mut self) -> Option<u8> {
        loop {
            match self.text.get(self.at) {
                Some(b' ' | b'\n' | b'\r' | b'\t') => self.at += 1,
                other => return other.copied(),
            }
        }
    }

    /// Takes this byte, blanks before it included, if it comes next.
    #[inline]
    pub(super) fn eat(&mut self, byte: u8) -> bool {
        let is = self.peek() == Some(byte);
        self.at += usize::from(is);
        is
    }

    #[inline]
    pub(super) fn expect(&mut self, byte: u8) -> Step<()> {
        if self.eat(byte) { Ok(()) } else { self.fail() }
    }

    /// The next string.
    #[inline]
    pub(super) fn string(&mut self) -> Step<Raw<'a>> {
        self.expect(b'"')?;
        let start = self.at;
        let (end, escaped) = string_end(self.text, start).ok_or(Syntax { at: start })?;
        self.at = end + 1;
        Ok(Raw { bytes: self.text.get(start..end).unwrap_or(&[]), escaped })
    }

    /// Inside an object: the next key, its colon taken; `None` after the closing brace.
    #[inline]
    pub(super) fn next_key(&mut self) -> Step<Option<Raw<'a>>> {
        self.eat(b',');
        if self.eat(b'}') {
            return Ok(None);
        }
        let key = self.string()?;
        self.expect(b':')?;
        Ok(Some(key))
    }

    /// Inside an array: whether another element follows; the closing bracket is taken.
    #[inline]
    pub(super) fn next_element(&mut self) -> Step<bool> {
        self.eat(b',');
        match self.peek() {
            Some(b']') => {
                self.at += 1;
                Ok(false)
            }
            Some(_) => Ok(true),
            None => self.fail(),
        }
    }

    /// Steps over a value of any kind and depth; gives how deep it nests. Brackets are counted, not matched by kind.
    pub(super) fn skip_value(&mut self) -> Step<usize> {
        match self.peek() {
            Some(b'"') => self.string().map(|_| 0),
            Some(b'{' | b'[') => self.skip_nested(),
            _ => self.token().map(|_| 0),
        }
    }

    fn skip_nested(&mut self) -> Step<usize> {
        let (mut depth, mut deepest) = (0_usize, 0);
        while let Some(&byte) = self.text.get(self.at) {
            self.at += 1;
            match byte {
                b'{' | b'[' => {
                    depth += 1;
                    deepest = deepest.max(depth);
                }
                b'}' | b']' => {
                    depth -= 1;
                    if depth == 0 {
                        return Ok(deepest);
                    }
                }
                b'"' => match string_end(self.text, self.at) {
                    Some((end, _)) => self.at = end + 1,
                    None => break,
                },
                _ => {}
            }
        }
        self.at = self.text.len();
        self.fail()
    }

    /// A bare word or number: everything up to the next delimiter.
    pub(super) fn token(&mut self) -> Step<&'a [u8]> {
        self.peek();
        let rest = self.text.get(self.at..).unwrap_or(&[]);
        let length = rest.iter().position(|b| ENDS_TOKEN[usize::from(*b)]).unwrap_or(rest.len());
        if length == 0 {
            return self.fail();
        }
        self.at += length;
        Ok(rest.get(..length).unwrap_or(&[]))
    }

    /// A JSON number, correctly rounded; infinite where it is too large for an f64.
    #[inline]
    pub(super) fn number(&mut self) -> Step<f64> {
        self.peek();
        let rest = self.text.get(self.at..).unwrap_or(&[]);
        if let Some((value, length)) = super::number::short_decimal(rest) {
            self.at += length;
            return Ok(value);
        }
        // The float parser also takes `inf`, `nan`, `+1` and `.5`; JSON does not.
        let starts = matches!(rest, [b'0'..=b'9', ..] | [b'-', b'0'..=b'9', ..]);
        match fast_float2::parse_partial::<f64, _>(rest) {
            Ok((value, length)) if starts => {
                self.at += length;
                Ok(value)
            }
            _ => self.fail(),
        }
    }
}

/// Where the string that starts here ends: its closing quote, and whether a backslash is inside.
#[inline]
pub(super) fn string_end(text: &[u8], start: usize) -> Option<(usize, bool)> {
    let mut at = start;
    loop {
        let found = at + memchr2(b'"', b'\\', text.get(at..)?)?;
        if text.get(found) == Some(&b'"') {
            return Some((found, at != start));
        }
        at = found + 2;
    }
}

/// One past the end of the object that starts here. Only braces and strings are looked at, so that broken coordinates
/// inside cost no more than their own feature, and so that it runs at the speed of memory over the rest.
pub(super) fn object_end(text: &[u8], start: usize) -> Option<usize> {
    let (mut at, mut depth) = (start, 0_usize);
    loop {
        at += memchr::memchr3(b'{', b'}', b'"', text.get(at..)?)?;
        match text.get(at)? {
            b'{' => depth += 1,
            b'}' => {
                depth = depth.checked_sub(1)?;
                if depth == 0 {
                    return Some(at + 1);
                }
            }
            _ => at = string_end(text, at + 1)?.0,
        }
        at += 1;
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn strings_with_escapes_and_braces_do_not_end_an_object() {
        let text = br#"{"a":"}\"}","b":{"c":"\\"}} tail"#;
        assert_eq!(object_end(text, 0), Some(text.len() - 5));
        assert_eq!(object_end(b"{\"a\":\"", 0), None);
    }

    #[test]
    fn a_hundred_thousand_levels_need_no_stack() {
        let text = [vec![b'['; 100_000], vec![b']'; 100_000]].concat();
        assert_eq!(Cursor::new(&text).skip_value(), Ok(100_000));
        assert!(Cursor::new(&text[..100_000]).skip_value().is_err());
    }

    #[test]
    fn numbers_are_those_of_json() {
        for (text, value) in
            [("1.5,", Some(1.5)), ("-0.1e1", Some(-1.0)), ("inf", None), ("-inf", None), ("+1", None), (".5", None)]
        {
            assert_eq!(Cursor::new(text.as_bytes()).number().ok(), value, "{text}");
        }
        assert_eq!(Cursor::new(b"1e999").number(), Ok(f64::INFINITY));
    }

    proptest::proptest! {
        #[test]
        fn numbers_are_rounded_as_rust_rounds_them(text in "-?[0-9]{1,12}(\\.[0-9]{1,14})?[,\\]]") {
            let expected: f64 = text.trim_end_matches([',', ']']).parse().unwrap_or(f64::NAN);
            let mut cursor = Cursor::new(text.as_bytes());
            proptest::prop_assert_eq!(cursor.number().map(f64::to_bits), Ok(expected.to_bits()));
            proptest::prop_assert_eq!(cursor.at, text.len() - 1);
        }
    }
}
