//! Fonts: a bundled subset of Noto Sans SC in two weights, so that Chinese shows on machines without Chinese fonts.

use std::sync::Arc;

use egui::{Context, FontData, FontDefinitions, FontFamily};

/// Installs the bundled fonts. System fonts stand behind them for rare characters: see `window`.
pub fn install(ctx: &Context) {
    let mut fonts = FontDefinitions::empty();
    let faces: [(&str, &'static [u8]); 2] = [("regular", crate::fonts::REGULAR), ("bold", crate::fonts::BOLD)];
    for (name, bytes) in faces {
        fonts.font_data.insert(name.to_owned(), Arc::new(FontData::from_static(bytes)));
    }
    for family in [FontFamily::Proportional, FontFamily::Monospace] {
        fonts.families.insert(family, vec!["regular".to_owned()]);
    }
    fonts.families.insert(FontFamily::Name("bold".into()), vec!["bold".to_owned(), "regular".to_owned()]);
    ctx.set_fonts(fonts);
}
