//! Words for the classes of a legend.

use super::state::{Session, number};
use crate::colouring::LegendClass;
use crate::lang::Lang;
use crate::render::LayerKey;

impl Session {
    /// Words for a row of a legend; bounds leave no doubt which side they belong to.
    pub fn legend_text(&self, class: &LegendClass, only: bool, signed: bool) -> String {
        self.class_words(class, only, signed, false)
    }

    /// The same where there is little room: large bounds in ten thousands or thousands, and what a class leaves out unsaid.
    pub fn short_legend_text(&self, class: &LegendClass, only: bool, signed: bool) -> String {
        self.class_words(class, only, signed, true)
    }

    /// Inner bounds of the classes that a layer shows, lowest first.
    pub fn shown_bounds(&self, key: LayerKey) -> Vec<f64> {
        let Some(colouring) = self.layers.get(&key).and_then(|l| l.colouring.as_ref()) else { return Vec::new() };
        let lower = |row: &crate::colouring::LegendRow| match row.class {
            LegendClass::Range { lower, .. } => Some(lower),
            _ => None,
        };
        let mut bounds: Vec<f64> = colouring.legend.iter().filter_map(lower).skip(1).collect();
        bounds.dedup();
        bounds
    }

    fn class_words(&self, class: &LegendClass, only: bool, signed: bool, is_short: bool) -> String {
        let lang = self.lang;
        // Bounds that lie close together keep the digits that tell them apart.
        let width = match class {
            LegendClass::Range { lower, upper, whole: false, .. } => upper - lower,
            _ => f64::INFINITY,
        };
        let number = |v: f64| {
            let short = short_number(v, width, lang).filter(|_| is_short);
            let text = short.unwrap_or_else(|| number_within(v, width));
            if signed && v > 0.0 { format!("+{text}") } else { text }
        };
        let between = |key: &'static str, a: f64, b: f64| lang.with(key, &[("a", &number(a)), ("b", &number(b))]);
        match class {
            LegendClass::Named { zh, en, .. } => if lang == Lang::Zh { zh } else { en }.clone(),
            // Whole numbers: 0 rather than < 1, 2–3 rather than 2–4 without 4.
            LegendClass::Range { upper, last: false, open: true, whole: true, .. } if *upper == 1.0 && !signed => {
                number(0.0)
            }
            LegendClass::Range { upper, last: false, open: true, .. } => format!("< {}", number(*upper)),
            LegendClass::Range { lower, last: true, open: true, .. } => format!("≥ {}", number(*lower)),
            LegendClass::Range { lower, upper, .. } if lower == upper => number(*lower),
            LegendClass::Range { lower, upper, last: false, whole: true, .. } if upper - lower <= 1.0 => number(*lower),
            LegendClass::Range { lower, upper, last: false, whole: true, .. } => {
                between("legend.between", lower.ceil(), upper.ceil() - 1.0)
            }
            LegendClass::Range { lower, upper, last: true, .. } if only => between("legend.between", *lower, *upper),
            LegendClass::Range { lower, last: true, .. } => format!("≥ {}", number(*lower)),
            LegendClass::Range { lower, upper, .. } if is_short => between("legend.between", *lower, *upper),
            LegendClass::Range { lower, upper, .. } => between("legend.below", *lower, *upper),
            LegendClass::Category(text) => lang.find(&format!("value.{text}")).unwrap_or(text).to_owned(),
            LegendClass::Others(n) => lang.with("legend.others", &[("n", &n.to_string())]),
        }
    }
}

/// A large number with fewer digits: 42,664 as 4.3万 or 43k. `None` where that would be no shorter, or would not tell bounds of this
/// width apart.
fn short_number(v: f64, width: f64, lang: Lang) -> Option<String> {
    let (unit, name) = match lang {
        Lang::Zh if v.abs() >= 1e8 => (1e8, "亿"),
        Lang::Zh if v.abs() >= 1e4 => (1e4, "万"),
        Lang::En if v.abs() >= 1e9 => (1e9, "bn"),
        Lang::En if v.abs() >= 1e6 => (1e6, "m"),
        Lang::En if v.abs() >= 1e4 => (1e3, "k"),
        _ => return None,
    };
    let share = v / unit;
    let decimals = usize::from(share.abs() < 100.0);
    let apart = !width.is_finite() || width / unit >= if decimals == 1 { 0.2 } else { 2.0 };
    apart.then(|| {
        let text = format!("{:.*}", decimals, share.abs());
        let text = text.strip_suffix(".0").unwrap_or(&text);
        format!("{}{text}{name}", if v < 0.0 { "−" } else { "" })
    })
}

/// A number for people that stands for a bound of a class of this width: with as many decimals as part its bounds by a hundredth.
fn number_within(v: f64, width: f64) -> String {
    let plain = number(v);
    let shown: f64 = plain.replace(',', "").replace('−', "-").parse().unwrap_or(v);
    if !(width.is_finite() && width > 0.0) || (shown - v).abs() <= width / 100.0 {
        return plain;
    }
    let decimals = (2.0 - width.log10().floor()).clamp(0.0, 15.0) as usize;
    let text = format!("{:.*}", decimals, v.abs());
    let sign = if v < 0.0 && text.chars().any(|c| c.is_ascii_digit() && c != '0') { "−" } else { "" };
    format!("{sign}{text}")
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::session::testing::session;

    #[test]
    fn bounds_that_lie_close_together_are_told_apart() {
        assert_eq!(number_within(2175.41, 0.05), "2175.4100");
        assert_eq!(number_within(2175.4, f64::INFINITY), "2175");
        assert_eq!(number_within(0.000_012_5, 0.000_002), "0.00001250");
        assert_eq!(number_within(20.0, 20.0), "20");
    }

    #[test]
    fn bounds_are_whole_or_shorter_but_never_cut() {
        let range = |lower, upper| LegendClass::Range { lower, upper, last: false, open: false, whole: false };
        let zh = session(Lang::Zh);
        assert_eq!(zh.legend_text(&range(90.0, 99.0), false, false), "90–99（不含 99）");
        assert_eq!(zh.legend_text(&range(42_664.0, 91_298.0), false, false), "42,664–91,298（不含 91,298）");
        assert_eq!(zh.short_legend_text(&range(42_664.0, 91_298.0), false, false), "4.3万–9.1万");
        assert_eq!(zh.short_legend_text(&range(42_664.0, 42_700.0), false, false), "42,664–42,700", "told apart");
        let en = session(Lang::En);
        assert_eq!(en.legend_text(&range(90.0, 99.0), false, false), "90–99 (below 99)");
        assert_eq!(en.short_legend_text(&range(42_664.0, 1_291_298.0), false, false), "42.7k–1.3m");
    }
}
