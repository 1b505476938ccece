//! The pages of letters of MS-DOS that old tables hold (437, 850, 852), beside those of `encoding_rs`.

use std::borrow::Cow;
use std::sync::OnceLock;

use encoding_rs::{Encoding, WINDOWS_1252};

use super::letters::{name_of, of_label, weight};

/// A page of MS-DOS: the letters of the bytes from 128 (IBM's code pages 437, 850 and 852; the same tables as Unicode's
/// `MAPPINGS/VENDORS/MICSFT/PC`).
#[derive(Debug)]
pub(super) struct Page {
    name: &'static str,
    letters: &'static str,
    /// The same by the byte above 128, made when it is first asked for: every cell of a table is decoded by itself.
    table: OnceLock<Vec<char>>,
}

impl PartialEq for Page {
    fn eq(&self, other: &Self) -> bool {
        self.name == other.name
    }
}

impl Eq for Page {}

static PAGES: [Page; 3] = [
    Page {
        name: "CP437",
        letters: "ÇüéâäàåçêëèïîìÄÅÉæÆôöòûùÿÖÜ¢£¥₧ƒáíóúñÑªº¿⌐¬½¼¡«»░▒▓│┤╡╢╖╕╣║╗╝╜╛┐└┴┬├─┼╞╟╚╔╩╦╠═╬╧╨╤╥╙╘╒╓╫╪┘┌█▄▌▐▀αßΓπΣσµτΦΘΩδ∞φε∩≡±≥≤⌠⌡÷≈°∙·√ⁿ²■\u{a0}",
        table: OnceLock::new(),
    },
    Page {
        name: "CP850",
        letters: "ÇüéâäàåçêëèïîìÄÅÉæÆôöòûùÿÖÜø£Ø×ƒáíóúñÑªº¿®¬½¼¡«»░▒▓│┤ÁÂÀ©╣║╗╝¢¥┐└┴┬├─┼ãÃ╚╔╩╦╠═╬¤ðÐÊËÈıÍÎÏ┘┌█▄¦Ì▀ÓßÔÒõÕµþÞÚÛÙýÝ¯´\u{ad}±‗¾¶§÷¸°¨·¹³²■\u{a0}",
        table: OnceLock::new(),
    },
    Page {
        name: "CP852",
        letters: "ÇüéâäůćçłëŐőîŹÄĆÉĹĺôöĽľŚśÖÜŤťŁ×čáíóúĄąŽžĘę¬źČş«»░▒▓│┤ÁÂĚŞ╣║╗╝Żż┐└┴┬├─┼Ăă╚╔╩╦╠═╬¤đĐĎËďŇÍÎě┘┌█▄ŢŮ▀ÓßÔŃńňŠšŔÚŕŰýÝţ´\u{ad}˝˛ˇ˘§÷¸°¨˙űŘř■\u{a0}",
        table: OnceLock::new(),
    },
];

/// What turns bytes into letters.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Letters {
    /// One of the encodings that the web knows.
    Web(&'static Encoding),
    /// A page of MS-DOS.
    Dos(&'static Page),
}

impl Letters {
    /// Of a label as `.cpg` files and people write it: what [`of_label`] knows, and `437`, `CP850`, `OEM 852`, `IBM850`.
    pub(super) fn of_label(label: &str) -> Option<Self> {
        if let Some(encoding) = of_label(label) {
            return Some(Self::Web(encoding));
        }
        let folded: String = label.chars().filter(char::is_ascii_alphanumeric).flat_map(char::to_lowercase).collect();
        let number = folded.trim_start_matches(|c: char| c.is_ascii_alphabetic());
        let is_word = matches!(folded.strip_suffix(number), Some("" | "cp" | "ibm" | "oem" | "dos" | "ansi" | "ibmcp"));
        let page = PAGES.iter().find(|p| is_word && p.name.strip_prefix("CP") == Some(number))?;
        Some(Self::Dos(page))
    }

    /// Of a dBASE language byte that means MS-DOS: 437, 850, 852 and Russian (866).
    pub(super) fn of_language_byte(byte: u8) -> Option<Self> {
        match byte {
            0x01 | 0x09 | 0x0B | 0x0D | 0x0F | 0x11 | 0x15 | 0x18 | 0x19 | 0x1B => Self::of_label("CP437"),
            0x02 | 0x0A | 0x0E | 0x10 | 0x12 | 0x14 | 0x16 | 0x1A | 0x1D | 0x25 | 0x37 => Self::of_label("CP850"),
            0x1F | 0x22 | 0x23 | 0x40 | 0x64 | 0x87 => Self::of_label("CP852"),
            0x26 | 0x65 => Self::of_label("IBM866"),
            _ => None,
        }
    }

    /// The text of bytes, and whether something of it is damaged; a page of MS-DOS takes every byte.
    pub(super) fn decode<'a>(&self, bytes: &'a [u8]) -> (Cow<'a, str>, bool) {
        match self {
            Self::Web(encoding) => encoding.decode_without_bom_handling(bytes),
            Self::Dos(page) => {
                let table = page.table.get_or_init(|| page.letters.chars().collect());
                let letter = |b: &u8| {
                    let high = b.checked_sub(128).map(usize::from);
                    high.map_or(char::from(*b), |at| table.get(at).copied().unwrap_or(char::REPLACEMENT_CHARACTER))
                };
                (Cow::Owned(bytes.iter().map(letter).collect()), false)
            }
        }
    }

    /// Its name, as standards and people write it.
    pub(super) fn name(&self) -> &'static str {
        match self {
            Self::Web(encoding) => name_of(encoding),
            Self::Dos(page) => page.name,
        }
    }

    /// How well bytes read so: the mean weight of the letters beyond ASCII.
    pub(super) fn weight(&self, bytes: &[u8]) -> f32 {
        match self {
            Self::Web(encoding) => weight(encoding, bytes),
            Self::Dos(_) => {
                let text = self.decode(bytes).0;
                let beyond: Vec<char> = text.chars().filter(|c| !c.is_ascii()).collect();
                let sum: f32 = beyond.iter().map(|c| if c.is_alphabetic() { 0.6 } else { -0.5 }).sum();
                if beyond.is_empty() { 0.0 } else { sum / beyond.len() as f32 }
            }
        }
    }

    /// Whether bytes read better so than in the encoding that Windows had in Western Europe: letters count for it; signs, and large
    /// letters behind small ones, against it.
    pub(super) fn reads_better_than_windows(&self, bytes: &[u8]) -> bool {
        fn score(text: &str) -> f32 {
            let mut before = ' ';
            let mut sum = 0.0;
            for c in text.chars() {
                if !c.is_ascii() {
                    sum += match c.is_alphabetic() {
                        true if c.is_uppercase() && before.is_lowercase() => -0.4,
                        true => 0.6,
                        false => -0.5,
                    };
                }
                before = c;
            }
            sum
        }
        score(&self.decode(bytes).0) > score(&Self::Web(WINDOWS_1252).decode(bytes).0)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn pages_of_dos_are_told_by_label_byte_and_letters() {
        assert!(PAGES.iter().all(|p| p.letters.chars().count() == 128));
        for (label, bytes, text) in [
            ("850", &b"Saint-\x90tienne-de-Cr\x8Aon\xC6o"[..], "Saint-Étienne-de-Crèonão"),
            ("CP437", b"Fran\x87ois", "François"),
            ("OEM 852", b"\x9D\xA2d\xA7", "Łódž"),
            ("IBM866", b"\x91\xA5\xAB\xAE", "Село"),
        ] {
            let letters = Letters::of_label(label).expect(label);
            assert_eq!(letters.decode(bytes).0, text);
        }
        assert!(Letters::of_label("page 850 of it").is_none() && Letters::of_label("8500").is_none());
        let cp850 = Letters::of_language_byte(0x02).expect("CP850");
        assert_eq!(cp850.name(), "CP850");
        assert!(cp850.reads_better_than_windows(b"Cr\x82teil, Orl\x82ans, Vend\x93me"));
        assert!(!cp850.reads_better_than_windows(b"Cr\xE9teil, Orl\xE9ans, Vend\xF4me"));
    }
}
