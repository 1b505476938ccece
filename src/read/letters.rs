//! Which letters the bytes of a text stand for, where no mark says so: what a file states beside it, else what reads best.
//!
//! Every candidate is decoded and its characters are weighed: those that its own standard lists as common count most, those that
//! a wrong reading makes (rare ideographs, private use, halfwidth kana) count against it. `chardetng` says which of the many
//! encodings of one byte is the likeliest.

use encoding_rs::{BIG5, EUC_KR, Encoding, GB18030, IBM866, SHIFT_JIS, UTF_8, WINDOWS_1252};

/// Bytes that are weighed.
const SAMPLE_BYTES: usize = 64 << 10;

/// How an encoding was decided.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum EncodingFrom {
    /// The format has one only, or every byte fits UTF-8.
    #[default]
    Content,
    /// A byte order mark.
    Mark,
    /// The file says so: `.cpg`, language byte, XML declaration.
    File,
    /// It reads best.
    Scored,
    /// A person said so.
    Chosen,
}

impl EncodingFrom {
    /// Name in the JSON of `check`.
    pub fn name(self) -> &'static str {
        match self {
            Self::Content => "content",
            Self::Mark => "mark",
            Self::File => "file",
            Self::Scored => "scored",
            Self::Chosen => "option",
        }
    }
}

/// The encodings a person may choose from, in the order in which they are shown.
pub const ENCODINGS: [&str; 18] = [
    "UTF-8",
    "GB18030",
    "Big5",
    "Shift_JIS",
    "EUC-KR",
    "windows-1252",
    "windows-1250",
    "windows-1251",
    "windows-1253",
    "windows-1254",
    "windows-1255",
    "windows-1256",
    "windows-1257",
    "windows-1258",
    "CP437",
    "CP850",
    "CP852",
    "IBM866",
];

/// The name of an encoding, as standards and people write it.
pub(super) fn name_of(encoding: &'static Encoding) -> &'static str {
    if encoding == GB18030 { "GB18030" } else { encoding.name() }
}

/// The encoding of a label as `.cpg` files, XML declarations and people write it: `UTF-8`, `GBK`, `936`, `CP936`, `ANSI 1252`,
/// `ISO 8859-1`.
pub(super) fn of_label(label: &str) -> Option<&'static Encoding> {
    let label = label.trim().trim_start_matches('\u{feff}').trim();
    if let Some(encoding) = Encoding::for_label(label.as_bytes()) {
        return Some(encoding);
    }
    let folded: String = label.chars().filter(|c| c.is_ascii_alphanumeric()).flat_map(char::to_lowercase).collect();
    let number: String = folded.chars().filter(char::is_ascii_digit).collect();
    let known = match number.as_str() {
        "65001" | "8" if folded.starts_with("utf") || folded == "65001" || folded.starts_with("cp") => "utf-8",
        "936" | "54936" | "20936" => "gb18030",
        "950" => "big5",
        "932" => "shift_jis",
        "949" | "51949" => "euc-kr",
        "874" => "windows-874",
        "1250" | "1251" | "1252" | "1253" | "1254" | "1255" | "1256" | "1257" | "1258" => {
            return Encoding::for_label(format!("windows-{number}").as_bytes());
        }
        "88591" | "885915" => "iso-8859-1",
        other => {
            let part = other.strip_prefix("8859")?;
            return Encoding::for_label(format!("iso-8859-{part}").as_bytes());
        }
    };
    Encoding::for_label(known.as_bytes())
}

/// The encoding of a dBASE language byte (dBASE and ESRI, "Code pages in dBASE tables"). Those of Western Europe are left out:
/// programs write them whatever the text is.
pub(super) fn of_language_byte(byte: u8) -> Option<&'static Encoding> {
    let label = match byte {
        0x4D | 0x7A => "gb18030",
        0x4F | 0x78 => "big5",
        0x13 | 0x7B => "shift_jis",
        0x4E | 0x79 => "euc-kr",
        0x50 | 0x7C => "windows-874",
        0xC8 => "windows-1250",
        0xC9 => "windows-1251",
        0xCA => "windows-1254",
        0xCB => "windows-1253",
        0xCC => "windows-1257",
        0x7D => "windows-1255",
        0x7E => "windows-1256",
        _ => return None,
    };
    Encoding::for_label(label.as_bytes())
}

/// The encoding that a text reads best in, with how well: the weight per character beyond ASCII, 1 at best.
pub(super) fn of_content(bytes: &[u8]) -> (&'static Encoding, f32) {
    let Some(first) = bytes.iter().position(|b| !b.is_ascii()) else { return (UTF_8, 1.0) };
    if std::str::from_utf8(bytes).is_ok() {
        return (UTF_8, 1.0);
    }
    let sample = bytes.get(first..).unwrap_or(&[]);
    let sample = sample.get(..SAMPLE_BYTES).unwrap_or(sample);
    let mut detector = chardetng::EncodingDetector::new(chardetng::Iso2022JpDetection::Deny);
    detector.feed(sample, true);
    let likely = detector.guess(None, chardetng::Utf8Detection::Allow);
    // Those that hardly anybody writes are guessed from one letter.
    let is_usual = ENCODINGS.contains(&name_of(likely)) && likely != IBM866;
    let likely = if is_usual { likely } else { WINDOWS_1252 };
    let mut best: (&'static Encoding, f32) = (WINDOWS_1252, f32::MIN);
    for candidate in [GB18030, UTF_8, BIG5, SHIFT_JIS, EUC_KR, likely, WINDOWS_1252] {
        let mut score = weight(candidate, sample);
        if candidate == likely {
            score += 0.15;
        }
        if score > best.1 {
            best = (candidate, score);
        }
    }
    (best.0, best.1.clamp(0.0, 1.0))
}

/// Whether a text can be in an encoding that a file states: nothing of it is damaged, but for characters that the end of a field
/// cuts off.
pub(super) fn fits(encoding: &'static Encoding, sample: &[u8]) -> bool {
    let lines: Vec<&[u8]> = sample.split(|b| *b == b'\n').filter(|l| !l.is_empty()).collect();
    let damaged = lines.iter().filter(|l| encoding.decode_without_bom_handling(l).1).count();
    damaged * 10 <= lines.len()
}

/// The mean weight of the characters beyond ASCII that an encoding makes of bytes.
pub(super) fn weight(encoding: &'static Encoding, bytes: &[u8]) -> f32 {
    let (text, _) = encoding.decode_without_bom_handling(bytes);
    let (mut sum, mut count) = (0.0, 0_u32);
    for c in text.chars().filter(|c| !c.is_ascii()) {
        count += 1;
        sum += weight_of(encoding, c);
    }
    if count == 0 { 0.0 } else { sum / count as f32 }
}

fn weight_of(encoding: &'static Encoding, c: char) -> f32 {
    let is_of_east = [GB18030, BIG5, SHIFT_JIS, EUC_KR].contains(&encoding);
    match c {
        '\u{fffd}' => -5.0,
        '\u{80}'..='\u{9f}' | '\u{e000}'..='\u{f8ff}' => -3.0,
        '\u{ff61}'..='\u{ff9f}' => -0.5,
        '\u{3000}'..='\u{303f}' | '\u{ff00}'..='\u{ff60}' => 0.7,
        '\u{3040}'..='\u{30ff}' if encoding == SHIFT_JIS || encoding == UTF_8 => 1.0,
        '\u{3040}'..='\u{30ff}' => 0.2,
        '\u{ac00}'..='\u{d7a3}' => {
            if encoding == EUC_KR || encoding == UTF_8 {
                1.0
            } else {
                0.0
            }
        }
        '\u{4e00}'..='\u{9fff}' if encoding == UTF_8 => 1.0,
        '\u{4e00}'..='\u{9fff}' => {
            if is_common(encoding, c) {
                1.0
            } else {
                -0.1
            }
        }
        _ if c.is_alphabetic() && is_of_east => 0.0,
        _ if c.is_alphabetic() => 0.6,
        _ => 0.1,
    }
}

/// Whether an ideograph is one of those that the standard behind an encoding lists first: GB 2312 level 1 (3,755), Big5 level 1
/// (5,401), JIS X 0208 level 1 (2,965).
fn is_common(encoding: &'static Encoding, c: char) -> bool {
    let mut buffer = [0; 4];
    let (bytes, _, is_damaged) = encoding.encode(c.encode_utf8(&mut buffer));
    let lead = match (&*bytes, is_damaged) {
        ([lead, trail], false) if encoding != GB18030 || *trail >= 0xA1 => *lead,
        _ => return false,
    };
    match () {
        () if encoding == GB18030 => (0xB0..=0xD7).contains(&lead),
        () if encoding == BIG5 => (0xA4..=0xC6).contains(&lead),
        () if encoding == SHIFT_JIS => (0x88..=0x97).contains(&lead),
        () => false,
    }
}

/// What a text says that was encoded twice: taken for Windows-1252 (or ISO 8859-1) though it was UTF-8, so that `é` became `Ã©` and
/// 沟 `æ²Ÿ`. `None` where it was not.
pub fn decoded_twice(text: &str) -> Option<String> {
    if text.is_ascii() {
        return None;
    }
    let mut bytes = Vec::with_capacity(text.len());
    for c in text.chars() {
        if (c as u32) < 0x100 {
            bytes.push(c as u8);
        } else {
            let mut buffer = [0; 4];
            let (byte, _, is_damaged) = WINDOWS_1252.encode(c.encode_utf8(&mut buffer));
            match (&*byte, is_damaged) {
                ([byte], false) => bytes.push(*byte),
                _ => return None,
            }
        }
    }
    let mended = String::from_utf8(bytes).ok()?;
    (mended != text).then_some(mended)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_of_many_lands_are_told_by_their_letters() {
        for (encoding, text) in [
            ("GB18030", "东沟村 西沟村 后沙涧村 草厂 苏家坨镇"),
            ("GB18030", "村"),
            ("GB18030", "周家巷"),
            ("Big5", "東溝村 西溝村 後沙澗村 湖北里"),
            ("Shift_JIS", "北海道札幌市 さくら村"),
            ("EUC-KR", "서울특별시 종로구 사직동"),
            ("windows-1252", "São Paulo, Coté d'Été, Ávila"),
            ("windows-1251", "Сельсовет Новый Куртлак"),
        ] {
            let known = of_label(encoding).expect("known");
            let (bytes, ..) = known.encode(text);
            assert_eq!(name_of(of_content(&bytes).0), encoding, "{text}");
        }
        assert_eq!(of_content("东沟村".as_bytes()).0, UTF_8);
        // A single wrong byte does not make another encoding of a long text.
        let mut text = "东沟村西沟村后沙涧村".repeat(20).into_bytes();
        text.push(0xb4);
        text.extend_from_slice("ab东".as_bytes());
        assert_eq!(of_content(&text).0, UTF_8);
    }

    #[test]
    fn labels_as_people_write_them() {
        for (label, name) in [
            ("UTF-8", "UTF-8"),
            ("65001", "UTF-8"),
            ("GBK", "GBK"),
            ("936", "gb18030"),
            ("CP936", "gb18030"),
            ("ANSI 936", "gb18030"),
            ("OEM 950", "Big5"),
            ("1252", "windows-1252"),
            ("ISO 8859-1", "windows-1252"),
            ("ISO-8859-2", "ISO-8859-2"),
            ("88591", "windows-1252"),
            ("Shift-JIS", "Shift_JIS"),
            ("949", "EUC-KR"),
        ] {
            assert_eq!(
                of_label(label).map(Encoding::name).map(str::to_lowercase),
                Some(name.to_lowercase()),
                "{label}"
            );
        }
        assert!(of_label("").is_none() && of_label("klingon").is_none());
    }

    #[test]
    fn what_was_encoded_twice_comes_back() {
        assert_eq!(decoded_twice("Ã©tÃ©").as_deref(), Some("été"));
        assert_eq!(decoded_twice("æ²Ÿ").as_deref(), Some("沟"));
        for whole in ["été", "沟", "plain", "Ã", "São"] {
            assert_eq!(decoded_twice(whole), None, "{whole}");
        }
    }
}
