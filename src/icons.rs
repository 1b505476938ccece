//! The signs on buttons, drawn rather than taken from a font: no font needs to have them.

use egui::{Color32, Painter, Pos2, Rect, Shape, Stroke, Vec2};

use crate::model::ThemeIcon;

/// A sign.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Icon {
    /// Add, zoom in.
    Plus,
    /// Zoom out.
    Minus,
    /// Everything.
    Home,
    /// Settings of a layer.
    Sliders,
    /// More actions.
    Dots,
    /// Light.
    Sun,
    /// Dark.
    Moon,
    /// Zoom to.
    Target,
    /// Let the years pass.
    Play,
    /// Stop that.
    Pause,
    /// Put on the clipboard.
    Copy,
    /// Previous.
    Up,
    /// Next.
    Down,
    /// The ground from a server.
    Globe,
}

impl Icon {
    /// Draws the sign in the middle of a rectangle, 14 points wide.
    pub fn paint(self, painter: &Painter, rect: Rect, colour: Color32) {
        let c = rect.center();
        let stroke = Stroke::new(1.5, colour);
        let at = |x: f32, y: f32| c + Vec2::new(x, y);
        let line = |a: Pos2, b: Pos2| {
            painter.line_segment([a, b], stroke);
        };
        let path = |points: &[(f32, f32)]| {
            painter.add(Shape::line(points.iter().map(|(x, y)| at(*x, *y)).collect(), stroke));
        };
        match self {
            Self::Plus => {
                line(at(-6.0, 0.0), at(6.0, 0.0));
                line(at(0.0, -6.0), at(0.0, 6.0));
            }
            Self::Minus => line(at(-6.0, 0.0), at(6.0, 0.0)),
            Self::Home => {
                path(&[(-7.0, 0.0), (0.0, -6.5), (7.0, 0.0), (4.5, -1.0), (4.5, 6.0), (-4.5, 6.0), (-4.5, -1.0)])
            }
            Self::Sliders => {
                for (y, x) in [(-4.5, 2.5), (0.0, -3.0), (4.5, 1.0)] {
                    line(at(-6.0, y), at(6.0, y));
                    painter.circle_filled(at(x, y), 2.2, colour);
                }
            }
            Self::Dots => {
                for y in [-5.0, 0.0, 5.0] {
                    painter.circle_filled(at(0.0, y), 1.5, colour);
                }
            }
            Self::Sun => {
                painter.circle_stroke(c, 3.4, stroke);
                for i in 0..8 {
                    let (sin, cos) = (i as f32 * std::f32::consts::FRAC_PI_4).sin_cos();
                    line(at(cos * 5.4, sin * 5.4), at(cos * 7.2, sin * 7.2));
                }
            }
            Self::Moon => {
                let arc = |r: f32, cx: f32, from: f32, to: f32| {
                    (0..=14)
                        .map(move |i| from + (to - from) * i as f32 / 14.0)
                        .map(move |t| (cx + r * t.cos(), r * t.sin()))
                };
                let mut points: Vec<(f32, f32)> = arc(6.2, 0.0, 0.6, 5.2).collect();
                points.extend(arc(5.2, 3.2, 4.55, 1.2));
                points.extend(points.first().copied());
                path(&points);
            }
            Self::Target => {
                painter.circle_stroke(c, 5.0, stroke);
                painter.circle_filled(c, 1.6, colour);
                for (x, y) in [(1.0, 0.0), (-1.0, 0.0), (0.0, 1.0), (0.0, -1.0)] {
                    line(at(x * 5.0, y * 5.0), at(x * 7.5, y * 7.5));
                }
            }
            Self::Play => {
                let points = vec![at(-4.0, -5.0), at(5.0, 0.0), at(-4.0, 5.0)];
                painter.add(Shape::convex_polygon(points, colour, Stroke::NONE));
            }
            Self::Pause => {
                for x in [-3.0, 3.0] {
                    painter.rect_filled(Rect::from_center_size(at(x, 0.0), Vec2::new(3.0, 10.0)), 0.5, colour);
                }
            }
            Self::Copy => {
                path(&[(-2.5, -2.5), (6.0, -2.5), (6.0, 6.0), (-2.5, 6.0), (-2.5, -2.5)]);
                path(&[(-4.5, 2.5), (-6.0, 2.5), (-6.0, -6.0), (2.5, -6.0), (2.5, -4.5)]);
            }
            Self::Up => path(&[(-4.5, 2.5), (0.0, -2.5), (4.5, 2.5)]),
            Self::Globe => {
                painter.circle_stroke(c, 6.2, stroke);
                painter.add(Shape::ellipse_stroke(c, Vec2::new(2.7, 6.2), stroke));
                line(at(-6.0, 0.0), at(6.0, 0.0));
            }
            Self::Down => path(&[(-4.5, -2.5), (0.0, 2.5), (4.5, -2.5)]),
        }
    }
}

/// Draws the sign of a theme around a point, 12 points wide.
pub fn theme_icon(icon: ThemeIcon, painter: &Painter, c: Pos2, colour: Color32) {
    let stroke = Stroke::new(1.4, colour);
    let at = |x: f32, y: f32| c + Vec2::new(x, y);
    let path = |points: &[(f32, f32)]| {
        painter.add(Shape::line(points.iter().map(|(x, y)| at(*x, *y)).collect(), stroke));
    };
    let round = |from: f32, to: f32, r: f32, x: f32, y: f32| {
        let point = |i: i32| from + (to - from) * i as f32 / 12.0;
        let points = (0..=12).map(point).map(|a| at(x + r * a.cos(), y + r * a.sin())).collect();
        painter.add(Shape::line(points, stroke));
    };
    use std::f32::consts::{FRAC_PI_2, PI, TAU};
    match icon {
        ThemeIcon::Star => {
            let corner = |i: usize| {
                let (r, a) = (if i.is_multiple_of(2) { 6.2 } else { 2.7 }, i as f32 * PI / 5.0 - FRAC_PI_2);
                at(r * a.cos(), r * a.sin())
            };
            painter.add(Shape::closed_line((0..10).map(corner).collect(), stroke));
        }
        ThemeIcon::Person => {
            painter.circle_stroke(at(0.0, -3.0), 2.6, stroke);
            round(PI, TAU, 4.8, 0.0, 6.0);
        }
        ThemeIcon::House => {
            path(&[(-6.0, 0.0), (0.0, -5.5), (6.0, 0.0), (4.2, 0.0), (4.2, 5.5), (-4.2, 5.5), (-4.2, 0.0), (-6.0, 0.0)])
        }
        ThemeIcon::Leaf => {
            round(PI, PI + FRAC_PI_2, 9.0, 5.0, 5.0);
            round(0.0, FRAC_PI_2, 9.0, -4.0, -4.0);
            path(&[(-5.5, 6.0), (3.0, -2.5)]);
        }
        ThemeIcon::Drop => {
            round(-0.35, PI + 0.35, 4.2, 0.0, 2.0);
            path(&[(-4.0, 0.6), (0.0, -6.0), (4.0, 0.6)]);
        }
        ThemeIcon::Road => {
            path(&[(-2.0, -6.0), (-5.5, 6.0)]);
            path(&[(2.0, -6.0), (5.5, 6.0)]);
            path(&[(0.0, -5.0), (0.0, -2.5)]);
            path(&[(0.0, 1.5), (0.0, 5.0)]);
        }
        ThemeIcon::Coin => {
            painter.circle_stroke(c, 5.8, stroke);
            path(&[(-2.5, -2.8), (0.0, 0.0), (2.5, -2.8)]);
            path(&[(0.0, 0.0), (0.0, 3.6)]);
            path(&[(-2.2, 1.2), (2.2, 1.2)]);
        }
        ThemeIcon::Heart => {
            round(PI, TAU, 2.9, -2.9, -1.5);
            round(PI, TAU, 2.9, 2.9, -1.5);
            path(&[(-5.8, -1.5), (0.0, 6.0), (5.8, -1.5)]);
        }
        ThemeIcon::Grid => {
            for x in [-5.5, 0.0, 5.5] {
                path(&[(x, -5.5), (x, 5.5)]);
                path(&[(-5.5, x), (5.5, x)]);
            }
        }
        ThemeIcon::Paper => {
            path(&[(-4.5, -6.0), (4.5, -6.0), (4.5, 6.0), (-4.5, 6.0), (-4.5, -6.0)]);
            for y in [-2.5, 0.5, 3.5] {
                path(&[(-2.2, y), (2.2, y)]);
            }
        }
        ThemeIcon::Shield => {
            path(&[(0.0, -6.0), (5.0, -4.0), (4.4, 1.6), (0.0, 6.0), (-4.4, 1.6), (-5.0, -4.0), (0.0, -6.0)])
        }
        ThemeIcon::Bolt => {
            path(&[(1.8, -6.2), (-3.6, 1.0), (0.2, 1.0), (-1.8, 6.2), (3.6, -1.2), (-0.2, -1.2), (1.8, -6.2)])
        }
    }
}
