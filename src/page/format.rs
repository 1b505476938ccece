//! Sizes of pages.

/// A size that a page is finished in.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum PageFormat {
    /// ISO 216 A4, 297 × 210 mm.
    #[default]
    A4,
    /// ISO 216 A3, 420 × 297 mm.
    A3,
    /// A4 upright.
    A4Portrait,
    /// A3 upright.
    A3Portrait,
    /// A screen of 1920 × 1080.
    Hd,
    /// A screen of 3840 × 2160.
    Uhd,
}

/// Pixels per inch of pictures for print.
const PRINT_DPI: f32 = 300.0;

impl PageFormat {
    /// All.
    pub const ALL: [Self; 6] = [Self::A4, Self::A3, Self::A4Portrait, Self::A3Portrait, Self::Hd, Self::Uhd];

    /// Stable name, as on the command line.
    pub fn key(self) -> &'static str {
        match self {
            Self::A4 => "a4",
            Self::A3 => "a3",
            Self::A4Portrait => "a4-portrait",
            Self::A3Portrait => "a3-portrait",
            Self::Hd => "1080p",
            Self::Uhd => "4k",
        }
    }

    /// The format of that name.
    pub fn from_key(key: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|f| f.key() == key)
    }

    /// Whether it is for a screen.
    pub fn is_screen(self) -> bool {
        matches!(self, Self::Hd | Self::Uhd)
    }

    /// Whether it is higher than wide.
    pub fn is_portrait(self) -> bool {
        matches!(self, Self::A4Portrait | Self::A3Portrait)
    }

    /// Width and height in millimetres; screens as 16:9 slides of PDF viewers, 13⅓ inches wide.
    pub fn size_mm(self) -> [f32; 2] {
        match self {
            Self::A4 => [297.0, 210.0],
            Self::A3 => [420.0, 297.0],
            Self::A4Portrait => [210.0, 297.0],
            Self::A3Portrait => [297.0, 420.0],
            Self::Hd | Self::Uhd => [338.667, 190.5],
        }
    }

    /// Width and height in points of 1/72 inch.
    pub fn size_pt(self) -> [f32; 2] {
        match self {
            Self::Hd | Self::Uhd => [960.0, 540.0],
            _ => self.size_mm().map(|mm| mm / 25.4 * 72.0),
        }
    }

    /// Width and height that it is laid out in: pixels of 1/96 inch, or those of the smaller screen.
    pub fn size_px(self) -> [f32; 2] {
        match self {
            Self::Hd | Self::Uhd => [1920.0, 1080.0],
            _ => self.size_mm().map(|mm| mm / 25.4 * 96.0),
        }
    }

    /// Width and height of its picture: 300 dots an inch, or the screen's own.
    pub fn picture_px(self) -> [u32; 2] {
        match self {
            Self::Hd => [1920, 1080],
            Self::Uhd => [3840, 2160],
            _ => self.size_mm().map(|mm| (mm / 25.4 * PRINT_DPI).round() as u32),
        }
    }

    /// How large type is: 1 on A3.
    pub fn scale(self) -> f32 {
        match self {
            Self::A4 | Self::A4Portrait => 0.74,
            Self::A3 | Self::A3Portrait => 1.0,
            Self::Hd | Self::Uhd => 1.32,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn pictures_have_the_sizes_that_printers_and_screens_expect() {
        let sizes: Vec<_> = PageFormat::ALL.iter().map(|f| f.picture_px()).collect();
        assert_eq!(sizes, [[3508, 2480], [4961, 3508], [2480, 3508], [3508, 4961], [1920, 1080], [3840, 2160]]);
        for format in PageFormat::ALL {
            assert_eq!(PageFormat::from_key(format.key()), Some(format));
        }
    }
}
