//! egui's own style, from the tokens.

use egui::{Context, CornerRadius, FontFamily, FontId, Margin, Stroke, Style, TextStyle, Vec2, Visuals};

use crate::palette::Tokens;

/// Sets fonts' sizes, spacing and colours for light and dark.
pub fn apply_style(ctx: &Context, t: &Tokens, is_compact: bool) {
    ctx.set_theme(if t.dark { egui::Theme::Dark } else { egui::Theme::Light });
    ctx.all_styles_mut(|style| {
        style.visuals = visuals(t);
        spacing(style, is_compact);
    });
}

/// Room between things, within buttons, and the least size of what is clicked on.
const USUAL: [Vec2; 3] = [Vec2::new(8.0, 4.0), Vec2::new(10.0, 4.0), Vec2::new(28.0, 26.0)];

/// The bold face.
pub fn bold(size: f32) -> FontId {
    FontId::new(size, FontFamily::Name("bold".into()))
}

fn spacing(style: &mut Style, is_compact: bool) {
    let font = FontId::proportional;
    style.text_styles = [
        (TextStyle::Small, font(11.0)),
        (TextStyle::Body, font(13.0)),
        (TextStyle::Button, font(13.0)),
        (TextStyle::Heading, bold(20.0)),
        (TextStyle::Monospace, font(12.0)),
    ]
    .into();
    let [gap, padding, height] =
        if is_compact { [Vec2::new(6.0, 1.0), Vec2::new(7.0, 1.0), Vec2::new(24.0, 20.0)] } else { USUAL };
    style.spacing.item_spacing = gap;
    style.spacing.button_padding = padding;
    style.spacing.interact_size = height;
    style.spacing.menu_margin = Margin::same(6);
    style.spacing.scroll = egui::style::ScrollStyle::thin();
    style.interaction.tooltip_delay = 0.35;
    style.animation_time = 0.15;
}

fn visuals(t: &Tokens) -> Visuals {
    let mut v = if t.dark { Visuals::dark() } else { Visuals::light() };
    v.override_text_color = None;
    v.panel_fill = t.panel;
    v.window_fill = t.panel;
    v.extreme_bg_color = t.field;
    v.faint_bg_color = t.field;
    v.window_stroke = Stroke::new(1.0, t.line);
    v.selection.bg_fill = t.accent_ground;
    v.selection.stroke = Stroke::new(1.0, t.accent);
    v.hyperlink_color = t.accent;
    v.warn_fg_color = t.warn;
    v.error_fg_color = t.bad;
    v.window_corner_radius = CornerRadius::same(8);
    v.menu_corner_radius = CornerRadius::same(8);
    let w = &mut v.widgets;
    for (state, ground, ink) in [
        (&mut w.noninteractive, t.panel, t.ink),
        (&mut w.inactive, t.field, t.ink),
        (&mut w.hovered, t.accent_ground, t.ink),
        (&mut w.active, t.accent_ground, t.accent),
        (&mut w.open, t.accent_ground, t.ink),
    ] {
        state.bg_fill = ground;
        state.weak_bg_fill = ground;
        state.fg_stroke = Stroke::new(1.0, ink);
        state.bg_stroke = Stroke::NONE;
        state.corner_radius = CornerRadius::same(6);
        state.expansion = 0.0;
    }
    w.noninteractive.bg_stroke = Stroke::new(1.0, t.line);
    w.hovered.bg_stroke = Stroke::new(1.0, t.line);
    v
}
