// Fills, borders and symbols of a map layer. Positions are steps on a grid of 2^32 across the world: the difference to
// the view's origin is taken as integers, so that nothing jitters however far one zooms in.

struct Layer {
    origin: vec2<u32>,          // grid position at the middle of the target
    clip_per_step: vec2<f32>,   // clip units per grid step
    target_px: vec2<f32>,       // size of the target in pixels
    hatch_shift_px: vec2<f32>,  // keeps the hatch still on the map while it pans
    widths_px: vec4<f32>,       // border widths: village, town, outer, line
    colours: array<vec4<f32>, 4>, // border colours, straight alpha
    pale_border: vec4<f32>,     // border between villages beside a pale one
    hatch_ground: vec4<f32>,
    hatch_line: vec4<f32>,
    rim: vec4<f32>,             // rim of symbols
    ground: vec4<f32>,
    opacity: f32,
    symbol_px: f32,
    hatch_px: f32,
    single_class: f32,          // below 0: classes as they are; else every segment is drawn as this class
    dash_px: vec4<f32>,         // lengths of ink, gap, ink, gap along lines; 0 where they are drawn through
    dash_units: u32,            // their sum, in units of length
    px_per_unit: f32,
    padding: vec2<f32>,
};

@group(0) @binding(0) var<uniform> layer: Layer;
@group(0) @binding(1) var styles: texture_2d<f32>;

const STYLE_WIDTH: u32 = 1024u;

fn clip_of(at: vec2<u32>) -> vec2<f32> {
    let steps = vec2<f32>(bitcast<vec2<i32>>(at - layer.origin));
    return vec2<f32>(steps.x, -steps.y) * layer.clip_per_step;
}

fn style_of(feature: u32) -> vec4<f32> {
    return textureLoad(styles, vec2<i32>(i32(feature % STYLE_WIDTH), i32(feature / STYLE_WIDTH)), 0);
}

@vertex
fn ground_vertex(@builtin(vertex_index) i: u32) -> @builtin(position) vec4<f32> {
    // One triangle that covers the target; the scissor rectangle cuts out the strip.
    return vec4<f32>(f32(i & 1u) * 4.0 - 1.0, f32(i >> 1u) * 4.0 - 1.0, 0.0, 1.0);
}

@fragment
fn ground_fragment() -> @location(0) vec4<f32> {
    return vec4<f32>(layer.ground.rgb, 1.0);
}

struct Fill {
    @builtin(position) position: vec4<f32>,
    @location(0) @interpolate(flat) colour: vec4<f32>,
};

@vertex
fn fill_vertex(@location(0) at: vec2<u32>, @location(1) feature: u32) -> Fill {
    var out: Fill;
    out.colour = style_of(feature);
    out.position = vec4<f32>(clip_of(at), 0.0, 1.0);
    if out.colour.a == 0.0 {
        out.position = vec4<f32>(2.0, 2.0, 2.0, 1.0); // hidden: outside the clip volume
    }
    return out;
}

@fragment
fn fill_fragment(in: Fill) -> @location(0) vec4<f32> {
    var rgb = in.colour.rgb;
    if in.colour.a < 0.75 { // no data: hatch
        let p = in.position.xy + layer.hatch_shift_px;
        let along = (p.x + p.y) / layer.hatch_px;
        let d = abs(fract(along) - 0.5) * layer.hatch_px;
        rgb = mix(layer.hatch_line.rgb, layer.hatch_ground.rgb, clamp(d - 0.6, 0.0, 1.0));
    }
    return vec4<f32>(rgb * layer.opacity, layer.opacity);
}

// Whether white does not show on a fill: the weights of sRGB, with 0.8 between #c7e9b4 and #7fcdbb.
fn is_pale(style: vec4<f32>) -> bool {
    let rgb = select(layer.hatch_ground.rgb, style.rgb, style.a > 0.75);
    return dot(rgb, vec3<f32>(0.2126, 0.7152, 0.0722)) > 0.8;
}

struct Border {
    @builtin(position) position: vec4<f32>,
    @location(0) across_px: f32,
    @location(1) @interpolate(flat) half_px: f32,
    @location(2) @interpolate(flat) colour: vec4<f32>,
    @location(3) along_px: f32,
};

@vertex
fn border_vertex(@builtin(vertex_index) corner: u32, @location(0) a: vec2<u32>, @location(1) b: vec2<u32>,
                 @location(2) packed: u32, @location(3) feature: u32) -> Border {
    var out: Border;
    let class_in = packed & 3u; // above it: how far along its line the edge begins
    var class_of = class_in;
    if layer.single_class >= 0.0 {
        class_of = u32(layer.single_class);
    }
    let half_target = layer.target_px * 0.5;
    let p = clip_of(a) * half_target;
    let q = clip_of(b) * half_target;
    var along = q - p;
    let len = length(along);
    along = select(vec2<f32>(1.0, 0.0), along / max(len, 1e-6), len > 1e-6);
    let normal = vec2<f32>(-along.y, along.x);
    let width = layer.widths_px[class_of];
    // Below a pixel a line is drawn a pixel wide and lighter instead.
    let half_px = max(width, 1.0) * 0.5;
    let reach = half_px + 0.5;
    let is_broken = layer.dash_px.x > 0.0 && layer.single_class < 0.0;
    let cap = select(0.0, half_px * 0.9, width > 1.2 && !is_broken);
    let at_b = f32(corner & 1u);
    let side = f32(corner >> 1u) * 2.0 - 1.0;
    let centre = mix(p - along * cap, q + along * cap, at_b);
    out.position = vec4<f32>((centre + normal * side * reach) / half_target, 0.0, 1.0);
    out.across_px = side * reach;
    out.half_px = half_px;
    out.along_px = f32((packed >> 2u) % layer.dash_units) * layer.px_per_unit + len * at_b;
    out.colour = layer.colours[class_of];
    if class_in == 0u && layer.single_class < 0.0 && is_pale(style_of(feature)) {
        out.colour = layer.pale_border;
    }
    out.colour.a = out.colour.a * min(width, 1.0) * layer.opacity;
    if class_in == 3u && layer.single_class < 0.0 {
        let style = style_of(feature);
        // A line without a value, as areas and pages have it.
        let is_hatched = style.a > 0.25 && style.a < 0.75;
        let ink = select(style, vec4<f32>(layer.hatch_line.rgb, 1.0), is_hatched);
        out.colour = vec4<f32>(ink.rgb, ink.a * layer.opacity);
    }
    if out.colour.a <= 0.003 || width <= 0.0 {
        out.position = vec4<f32>(2.0, 2.0, 2.0, 1.0);
    }
    return out;
}

// How much ink a broken line has at a place along it: 1 within a piece, with soft ends.
fn inked(along_px: f32) -> f32 {
    let d = layer.dash_px;
    let period = max(d.x + d.y + d.z + d.w, 1e-3);
    let at = along_px - floor(along_px / period) * period;
    let first = min(abs(at - d.x * 0.5), abs(at - period - d.x * 0.5)) - d.x * 0.5;
    let second = abs(at - d.x - d.y - d.z * 0.5) - d.z * 0.5;
    return select(1.0, clamp(0.5 - min(first, second), 0.0, 1.0), d.x > 0.0);
}

@fragment
fn border_fragment(in: Border) -> @location(0) vec4<f32> {
    let alpha = in.colour.a * clamp(in.half_px + 0.5 - abs(in.across_px), 0.0, 1.0) * inked(in.along_px);
    return vec4<f32>(in.colour.rgb * alpha, alpha);
}

struct Symbol {
    @builtin(position) position: vec4<f32>,
    @location(0) local_px: vec2<f32>,
    @location(1) @interpolate(flat) colour: vec4<f32>,
    @location(2) @interpolate(flat) shape: u32,
};

@vertex
fn symbol_vertex(@builtin(vertex_index) corner: u32, @location(0) at: vec2<u32>, @location(1) feature: u32,
                 @location(2) shape: u32) -> Symbol {
    var out: Symbol;
    let reach = layer.symbol_px * 0.5 + 2.0;
    let local = vec2<f32>(f32(corner & 1u) * 2.0 - 1.0, f32(corner >> 1u) * 2.0 - 1.0) * reach;
    let half_target = layer.target_px * 0.5;
    // Symbols stand on whole pixels, so that their edges are equally sharp.
    let centre = round(clip_of(at) * half_target);
    out.position = vec4<f32>((centre + local) / half_target, 0.0, 1.0);
    out.local_px = local;
    out.colour = style_of(feature);
    out.shape = shape;
    if out.colour.a == 0.0 {
        out.position = vec4<f32>(2.0, 2.0, 2.0, 1.0);
    }
    return out;
}

// Signed distance in pixels to the symbol's outline, y up: negative inside.
fn outline_distance(p: vec2<f32>, shape: u32, r: f32) -> f32 {
    switch shape {
        case 1u: { // square
            let q = abs(p) - vec2<f32>(r * 0.84);
            return max(q.x, q.y);
        }
        case 2u: { // triangle, point up
            let q = vec2<f32>(abs(p.x), p.y);
            return max(dot(q, vec2<f32>(0.866, 0.5)) - r * 0.62, -q.y - r * 0.72);
        }
        case 3u: { // cross
            let q = abs(p);
            let arm = vec2<f32>(max(q.x, q.y), min(q.x, q.y));
            return max(arm.x - r, arm.y - r * 0.36);
        }
        case 4u: { // diamond
            return (abs(p.x) + abs(p.y) - r) * 0.7071;
        }
        default: { // circle
            return length(p) - r * 0.92;
        }
    }
}

@fragment
fn symbol_fragment(in: Symbol) -> @location(0) vec4<f32> {
    let d = outline_distance(in.local_px, in.shape & 255u, layer.symbol_px * 0.5);
    var body = clamp(0.5 - d, 0.0, 1.0);
    if (in.shape & 256u) != 0u { // hollow: cannot be used
        body = body * (1.0 - clamp(-d - 0.22 * layer.symbol_px + 0.5, 0.0, 1.0));
    }
    if (in.shape & 512u) != 0u { // a dot in the middle: below the class asked for
        body = body * clamp(length(in.local_px) - 0.16 * layer.symbol_px + 0.5, 0.0, 1.0);
    }
    let rim = clamp(0.5 - (d - 1.2), 0.0, 1.0);
    let rgb = mix(layer.rim.rgb, in.colour.rgb, body);
    let alpha = rim * layer.opacity;
    return vec4<f32>(rgb * alpha, alpha);
}
