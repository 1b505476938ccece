//! One texel per feature: its colour, and whether it is hatched or hidden.

/// How one feature is drawn.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Texel {
    /// Not at all.
    Hidden,
    /// With the hatch for missing values.
    Hatched,
    /// In a colour, sRGB.
    Colour([u8; 3]),
}

/// Texels along one row of the style texture; the shader has the same constant.
pub(super) const STYLE_WIDTH: u32 = 1024;

/// The style of a layer: one [`Texel`] per feature, kept as the bytes of an RGBA texture.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Style {
    bytes: Vec<u8>,
    rows: u32,
}

impl Style {
    /// The style of features in order.
    pub fn new(texels: impl ExactSizeIterator<Item = Texel>) -> Self {
        let rows = (texels.len() as u32).div_ceil(STYLE_WIDTH).max(1);
        let mut bytes = Vec::with_capacity((rows * STYLE_WIDTH * 4) as usize);
        for texel in texels {
            bytes.extend(match texel {
                Texel::Hidden => [0, 0, 0, 0],
                Texel::Hatched => [0, 0, 0, 128],
                Texel::Colour([r, g, b]) => [r, g, b, 255],
            });
        }
        bytes.resize((rows * STYLE_WIDTH * 4) as usize, 0);
        Self { bytes, rows }
    }

    /// How a feature is drawn; hidden where there is none.
    pub fn texel(&self, feature: u32) -> Texel {
        match self.bytes.get(feature as usize * 4..feature as usize * 4 + 4) {
            Some(&[r, g, b, 255]) => Texel::Colour([r, g, b]),
            Some(&[_, _, _, 128]) => Texel::Hatched,
            _ => Texel::Hidden,
        }
    }

    /// Rows of the texture.
    pub(super) fn rows(&self) -> u32 {
        self.rows
    }

    /// Bytes of the texture, RGBA.
    pub(super) fn bytes(&self) -> &[u8] {
        &self.bytes
    }
}
