// Copies the kept picture of the map to the window: moved while panning, scaled while zooming, the ground beyond it.

struct Blit {
    rect_origin_px: vec2<f32>, // upper left corner of the map in the window
    offset_px: vec2<f32>,      // picture pixel = window pixel · scale + offset
    scale: f32,
    linear_target: f32,        // 1 where the window's format converts from linear light
    picture_px: vec2<f32>,
    ground: vec4<f32>,
};

@group(0) @binding(0) var<uniform> blit: Blit;
@group(0) @binding(1) var picture: texture_2d<f32>;
@group(0) @binding(2) var smooth_sampler: sampler;

@vertex
fn blit_vertex(@builtin(vertex_index) i: u32) -> @builtin(position) vec4<f32> {
    // One triangle that covers the viewport.
    return vec4<f32>(f32(i & 1u) * 4.0 - 1.0, f32(i >> 1u) * 4.0 - 1.0, 0.0, 1.0);
}

fn linear_from_gamma(c: vec3<f32>) -> vec3<f32> {
    return select(pow((c + 0.055) / 1.055, vec3<f32>(2.4)), c / 12.92, c < vec3<f32>(0.04045));
}

@fragment
fn blit_fragment(@builtin(position) at: vec4<f32>) -> @location(0) vec4<f32> {
    let p = (at.xy - blit.rect_origin_px) * blit.scale + blit.offset_px;
    var rgb = blit.ground.rgb;
    if all(p >= vec2<f32>(0.0)) && all(p < blit.picture_px) {
        if blit.scale == 1.0 {
            rgb = textureLoad(picture, vec2<i32>(p), 0).rgb;
        } else {
            rgb = textureSampleLevel(picture, smooth_sampler, clamp(p, vec2<f32>(0.5), blit.picture_px - 0.5) / vec2<f32>(textureDimensions(picture)), 0.0).rgb;
        }
    }
    if blit.linear_target > 0.5 {
        rgb = linear_from_gamma(rgb);
    }
    return vec4<f32>(rgb, 1.0);
}
