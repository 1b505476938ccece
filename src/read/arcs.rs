//! Arcs of circles through three positions, as GML and well-known binary have them (ISO 19107, ISO/IEC 13249-3), made straight in steps.

/// Degrees of a step: what GDAL does by itself, off by 0.06 % of the radius at most.
const STEP_DEG: f64 = 4.0;

/// Positions along arcs: each takes three control points, the last of one being the first of the next. A whole circle has three on it, or two
/// ends that are one.
pub(super) fn straightened(control: &[[f64; 2]], is_circle: bool) -> Vec<[f64; 2]> {
    let mut out: Vec<[f64; 2]> = control.first().copied().into_iter().collect();
    let mut at = 0;
    while let Some([a, b, c]) = control.get(at..at + 3).and_then(|s| <[[f64; 2]; 3]>::try_from(s).ok()) {
        let closes = is_circle || a == c;
        arc(a, b, c, closes, &mut out);
        at += 2;
        if is_circle {
            return out;
        }
    }
    // What is over is straight.
    out.extend(control.iter().skip(at + 1));
    out
}

fn arc(a: [f64; 2], b: [f64; 2], c: [f64; 2], is_whole: bool, out: &mut Vec<[f64; 2]>) {
    let centre = match is_whole && a == c {
        true => Some([(a[0] + b[0]) / 2.0, (a[1] + b[1]) / 2.0]),
        false => centre_of(a, b, c),
    };
    let Some(o) = centre else {
        out.extend([b, c]);
        return;
    };
    let radius = (a[0] - o[0]).hypot(a[1] - o[1]);
    let angle = |p: [f64; 2]| (p[1] - o[1]).atan2(p[0] - o[0]);
    let turn = std::f64::consts::TAU;
    let (from, mid, to) = (angle(a), angle(b), angle(c));
    // Against the clock where the middle is met before the end that way.
    let (to_mid, to_end) = ((mid - from).rem_euclid(turn), (to - from).rem_euclid(turn));
    let sweep = match (is_whole, to_mid <= to_end) {
        (true, _) => turn,
        (false, true) => to_end,
        (false, false) => to_end - turn,
    };
    let steps = (sweep.abs().to_degrees() / STEP_DEG).ceil().max(2.0) as usize;
    for i in 1..steps {
        let at = from + sweep * i as f64 / steps as f64;
        out.push([o[0] + radius * at.cos(), o[1] + radius * at.sin()]);
    }
    out.push(if is_whole { a } else { c });
}

/// The middle of the circle through three positions; `None` where they stand in a line.
fn centre_of(a: [f64; 2], b: [f64; 2], c: [f64; 2]) -> Option<[f64; 2]> {
    // From the first on, so that large coordinates lose nothing.
    let ([bx, by], [cx, cy]) = ([b[0] - a[0], b[1] - a[1]], [c[0] - a[0], c[1] - a[1]]);
    let d = 2.0 * (bx * cy - by * cx);
    let (b2, c2) = (bx * bx + by * by, cx * cx + cy * cy);
    if d.abs() < 1e-12 * (b2 + c2) {
        return None;
    }
    Some([a[0] + (cy * b2 - by * c2) / d, a[1] + (bx * c2 - cx * b2) / d])
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn arcs_lie_on_their_circle_and_end_where_they_are_to() {
        let half = straightened(&[[1.0, 0.0], [0.0, 1.0], [-1.0, 0.0]], false);
        assert_eq!((half.first(), half.last(), half.len()), (Some(&[1.0, 0.0]), Some(&[-1.0, 0.0]), 46));
        assert!(half.iter().all(|p| (p[0].hypot(p[1]) - 1.0).abs() < 1e-12 && p[1] >= -1e-12));
        // The other way round.
        let below = straightened(&[[1.0, 0.0], [0.0, -1.0], [-1.0, 0.0]], false);
        assert!(below.iter().all(|p| p[1] <= 1e-12));
        let circle = straightened(&[[1.0, 0.0], [0.0, 1.0], [-1.0, 0.0]], true);
        assert_eq!(circle.first(), circle.last());
        let area: f64 = circle.windows(2).map(|w| w[0][0] * w[1][1] - w[1][0] * w[0][1]).sum::<f64>() / 2.0;
        assert!((area - std::f64::consts::PI).abs() < 0.004, "{area}");
        assert_eq!(straightened(&[[0.0, 0.0], [1.0, 0.0], [2.0, 0.0]], false), [[0.0, 0.0], [1.0, 0.0], [2.0, 0.0]]);
    }
}
