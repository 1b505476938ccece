//! The file: page, style and program of our own, and the data between them, escaped.

use base64::Engine as _;
use sha2::{Digest, Sha256};

use super::LeftOut;
use super::data::data;
use crate::session::{Session, ShareOptions};

const PAGE: &str = include_str!("../../assets/share/page.html");
const STYLE: &str = include_str!("../../assets/share/share.css");
const PROGRAM: &str = include_str!("../../assets/share/share.js");

/// A file for anyone.
#[derive(Clone, Debug)]
pub struct Shared {
    /// The HTML.
    pub html: String,
    /// What is not in it.
    pub left_out: Vec<LeftOut>,
}

/// Puts what a session shows into one HTML file; `None` where no layer holds villages.
///
/// Nothing in it is fetched from anywhere: a content security policy forbids it, and allows the one program and the one style that are
/// in it by their digests. No path of the machine and nobody's name is in it.
pub fn share_html(session: &mut Session, options: &ShareOptions) -> Option<Shared> {
    let (data, left_out) = data(session, options)?;
    let title = data["title"]["zh"].as_str().unwrap_or_default().to_owned();
    // Within a script element only `<` could end it.
    let text = data.to_string().replace('<', "\\u003c").replace('\u{2028}', "\\u2028").replace('\u{2029}', "\\u2029");
    let policy = format!(
        "default-src 'none'; img-src data:; script-src 'sha256-{}'; style-src 'sha256-{}'; base-uri 'none'; form-action 'none'",
        digest(PROGRAM),
        digest(STYLE)
    );
    let lang = if session.lang == crate::lang::Lang::En { "en" } else { "zh-CN" };
    // Each piece is put in once, from the end on, so that nothing of the data can be taken for a place of another.
    let mut html = PAGE.to_owned();
    for (mark, piece) in [
        ("{{program}}", PROGRAM),
        ("{{data}}", &text),
        ("{{style}}", STYLE),
        ("{{title}}", &escaped(&title)),
        ("{{policy}}", &policy),
        ("{{lang}}", lang),
    ] {
        let at = PAGE.find(mark)?;
        html.replace_range(at..at + mark.len(), piece);
    }
    Some(Shared { html, left_out })
}

fn digest(text: &str) -> String {
    base64::engine::general_purpose::STANDARD.encode(Sha256::digest(text.as_bytes()))
}

fn escaped(text: &str) -> String {
    crate::output::escaped(text)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_page_has_each_place_once_and_in_the_order_in_which_they_are_filled() {
        let marks = ["{{lang}}", "{{policy}}", "{{title}}", "{{style}}", "{{data}}", "{{program}}"];
        let places: Vec<usize> = marks.iter().filter_map(|m| PAGE.find(m)).collect();
        assert_eq!(places.len(), marks.len());
        assert!(places.windows(2).all(|w| w[0] < w[1]), "{places:?}");
        assert!(marks.iter().all(|m| PAGE.matches(m).count() == 1));
        assert!(!PROGRAM.contains("</script") && !STYLE.contains("</style") && !PROGRAM.contains("innerHTML"));
    }
}
