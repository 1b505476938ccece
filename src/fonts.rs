//! The bundled fonts: a subset of Noto Sans SC in two weights (`assets/README.md`).

/// Regular.
pub const REGULAR: &[u8] = include_bytes!("../assets/fonts/NotoSansSC-Regular.otf");
/// Bold.
pub const BOLD: &[u8] = include_bytes!("../assets/fonts/NotoSansSC-Bold.otf");
