// Copies the kept picture of the map to the window: moved while panning, scaled while zooming, the ground beyond it.
//
// Software renderers run both sides of a branch for every pixel, so that what never changes during a frame is chosen by
// the pipeline and not here.

struct Blit {
    rect_origin_px: vec2<f32>, // upper left corner of the map in the window
    offset_px: vec2<f32>,      // picture pixel = window pixel · scale + offset
    scale: f32,
    picture_px: vec2<f32>,
    ground: vec4<f32>,
};

@group(0) @binding(0) var<uniform> blit: Blit;
@group(0) @binding(1) var picture: texture_2d<f32>;
@group(0) @binding(2) var smooth_sampler: sampler;

// Whether the window's format converts from linear light.
override LINEAR_TARGET: bool = false;

@vertex
fn blit_vertex(@builtin(vertex_index) i: u32) -> @builtin(position) vec4<f32> {
    // One triangle that covers the viewport.
    return vec4<f32>(f32(i & 1u) * 4.0 - 1.0, f32(i >> 1u) * 4.0 - 1.0, 0.0, 1.0);
}

fn shown(rgb: vec3<f32>) -> vec4<f32> {
    if LINEAR_TARGET {
        let linear = select(pow((rgb + 0.055) / 1.055, vec3<f32>(2.4)), rgb / 12.92, rgb < vec3<f32>(0.04045));
        return vec4<f32>(linear, 1.0);
    }
    return vec4<f32>(rgb, 1.0);
}

// Pixel for pixel, where the picture has every pixel of the window.
@fragment
fn exact_fragment(@builtin(position) at: vec4<f32>) -> @location(0) vec4<f32> {
    return shown(textureLoad(picture, vec2<i32>(at.xy - blit.rect_origin_px + blit.offset_px), 0).rgb);
}

@fragment
fn scaled_fragment(@builtin(position) at: vec4<f32>) -> @location(0) vec4<f32> {
    let p = (at.xy - blit.rect_origin_px) * blit.scale + blit.offset_px;
    let inside = clamp(p, vec2<f32>(0.5), blit.picture_px - 0.5);
    let rgb = textureSampleLevel(picture, smooth_sampler, inside / vec2<f32>(textureDimensions(picture)), 0.0).rgb;
    let is_in = all(p >= vec2<f32>(0.0)) && all(p < blit.picture_px);
    return shown(select(blit.ground.rgb, rgb, is_in));
}
