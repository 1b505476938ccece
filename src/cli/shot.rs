//! `qiancun shot`: a picture of the whole window, drawn without a display.

use std::path::PathBuf;

use image::RgbaImage;

use super::{Failure, args};
use crate::app::{Headless, Options, png_bytes};
use crate::lang::Lang;
use crate::project::write_replacing;
use crate::session::Tab;

/// Runs the command.
pub fn run(mut parser: lexopt::Parser) -> Result<(), Failure> {
    let (mut out, mut size, mut scale, mut show) = (None, [1366, 768], 1.0f32, None);
    let mut options = Options::default();
    while let Some(arg) = parser.next()? {
        match arg {
            lexopt::Arg::Value(path) => options.files.push(PathBuf::from(path)),
            lexopt::Arg::Short('o') | lexopt::Arg::Long("output") => out = Some(PathBuf::from(parser.value()?)),
            lexopt::Arg::Long("size") => size = args::size(&args::text(&mut parser)?)?,
            lexopt::Arg::Long("scale") => {
                let text = args::text(&mut parser)?;
                scale = text
                    .parse()
                    .ok()
                    .filter(|s| (0.5..=4.0).contains(s))
                    .ok_or_else(|| Failure::Usage(format!("--scale is 0.5 to 4, not {text}")))?;
            }
            lexopt::Arg::Long("lang") => options.lang = Some(args::lang(&mut parser)?),
            lexopt::Arg::Long("dark") => options.dark = Some(true),
            lexopt::Arg::Long("show") => show = Some(tab(&args::text(&mut parser)?)?),
            lexopt::Arg::Long("field") => options.field = Some(args::text(&mut parser)?),
            other => return Err(other.unexpected().into()),
        }
    }
    let out = out.ok_or_else(|| Failure::Usage("shot needs -o F.png".into()))?;
    for file in &options.files {
        args::refuse_source(&out, &args::sources(file))?;
    }
    let lang = options.lang.unwrap_or_else(Lang::of_system);
    let field = options.field.clone();
    let mut headless = Headless::new(options, size, scale, true)
        .map_err(|e| Failure::Input(lang.with("error.no-gpu", &[("n", &e.to_string())])))?;
    let mut whole = headless.settle(120.0);
    if let Some(tab) = show {
        let session = &mut headless.app.session;
        (session.tab, session.settings.drawer_open) = (tab, true);
        whole &= headless.settle(60.0);
    }
    if let Some(crate::session::Dialogue::Message(message)) = &headless.app.session.moment.dialogue {
        return Err(Failure::Input(message.clone()));
    }
    if headless.app.has_unused_field() {
        return Err(Failure::Input(format!("no layer has a field {}", field.unwrap_or_default())));
    }
    if !whole {
        return Err(Failure::Input("the picture was not complete after two minutes".into()));
    }
    let [width, height] = headless.size_px();
    let image = headless.pixels().and_then(|p| RgbaImage::from_raw(width, height, p));
    let image = image.ok_or_else(|| Failure::Input("the graphics device gave no picture back".into()))?;
    let explain = |e: std::io::Error| Failure::Input(format!("{} cannot be written: {e}", out.display()));
    let is_jpeg = out.extension().is_some_and(|e| e.eq_ignore_ascii_case("jpg") || e.eq_ignore_ascii_case("jpeg"));
    let bytes = if is_jpeg { jpeg_bytes(&image) } else { png_bytes(&image) };
    write_replacing(&out, &bytes.map_err(explain)?).map_err(explain)
}

/// The drawer that is to be open.
fn tab(text: &str) -> Result<Tab, Failure> {
    match text {
        "table" => Ok(Tab::Table),
        "summary" => Ok(Tab::Summary),
        "gaps" => Ok(Tab::Gaps),
        "scenes" => Ok(Tab::Scenes),
        other => Err(Failure::Usage(format!("--show is table, summary, gaps or scenes, not {other}"))),
    }
}

fn jpeg_bytes(image: &RgbaImage) -> std::io::Result<Vec<u8>> {
    let rgb = image::DynamicImage::ImageRgba8(image.clone()).into_rgb8();
    let mut bytes = Vec::new();
    let encoder = image::codecs::jpeg::JpegEncoder::new_with_quality(&mut bytes, 80);
    rgb.write_with_encoder(encoder).map_err(std::io::Error::other)?;
    Ok(bytes)
}
