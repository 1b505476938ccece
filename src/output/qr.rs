//! QR codes (ISO/IEC 18004) that are drawn: on pages, slides and sheets for paper.

use qrcodegen::{QrCode, QrCodeEcc};

/// The dark and light squares of a code, without the light rim that readers need: four squares on every side.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct QrMatrix {
    side: usize,
    dark: Vec<bool>,
}

impl QrMatrix {
    /// The smallest code that says a text so that 15 % of it may be lost; `None` where the text is too long for any, beyond 2,331 bytes.
    ///
    /// # Examples
    /// ```
    /// use qiancun::output::QrMatrix;
    ///
    /// let code = QrMatrix::of("geo:40.05,116.11").expect("short enough");
    /// assert_eq!(code.side(), 25);
    /// // The corner of the first finder is dark, what stands beside the finder is light.
    /// assert!(code.is_dark(0, 0) && !code.is_dark(7, 0));
    /// ```
    pub fn of(text: &str) -> Option<Self> {
        let code = QrCode::encode_text(text, QrCodeEcc::Medium).ok()?;
        let side = usize::try_from(code.size()).ok()?;
        let at = |i: usize| code.get_module((i % side) as i32, (i / side) as i32);
        Some(Self { side, dark: (0..side * side).map(at).collect() })
    }

    /// Squares along a side.
    pub fn side(&self) -> usize {
        self.side
    }

    /// Whether the square of a column and a row is dark.
    pub fn is_dark(&self, column: usize, row: usize) -> bool {
        column < self.side && self.dark.get(row * self.side + column).copied().unwrap_or(false)
    }

    /// Runs of dark squares: column, row, how many.
    pub fn runs(&self) -> Vec<[usize; 3]> {
        let mut runs = Vec::new();
        for row in 0..self.side {
            let mut column = 0;
            while column < self.side {
                let length = (column..self.side).take_while(|c| self.is_dark(*c, row)).count();
                if length > 0 {
                    runs.push([column, row, length]);
                }
                column += length.max(1);
            }
        }
        runs
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_drawn_is_read_again() {
        for text in ["geo:40.05,116.11", "qiancun:K7M2-9QXD?p=海淀&f=人口 > 500"] {
            let code = QrMatrix::of(text).expect("a code");
            let (scale, rim) = (4, 16);
            let side = (code.side() * scale + 2 * rim) as u32;
            let picture = image::GrayImage::from_fn(side, side, |x, y| {
                let of = |v: u32| (v as usize).checked_sub(rim).map_or(usize::MAX, |v| v / scale);
                let is_dark = of(y) < code.side() && code.is_dark(of(x), of(y));
                image::Luma([if is_dark { 20 } else { 250 }])
            });
            assert_eq!(crate::read::codes_of_picture(&picture), [text]);
            assert_eq!(code.runs().iter().map(|r| r[2]).sum::<usize>(), code.dark.iter().filter(|d| **d).count());
        }
        assert!(QrMatrix::of(&"x".repeat(3000)).is_none());
    }
}
