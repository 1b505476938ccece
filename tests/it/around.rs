//! What lies around the villages: roads, rivers and borders in styles of their own, labels, photos beside the map.

use serde_json::json;

use crate::program::{Folder, collection, qiancun, square};

/// A line feature.
fn line(positions: &[[f64; 2]], properties: &str) -> String {
    format!(
        r#"{{"type":"Feature","properties":{properties},"geometry":{}}}"#,
        json!({ "type": "LineString", "coordinates": positions })
    )
}

/// A district of four villages, roads in two classes, a border without a fill.
fn district(style_of_villages: &str) -> (Folder, String) {
    let folder = Folder::new();
    let at = |i: usize| (116.0 + 0.05 * (i % 2) as f64, 40.0 + 0.05 * (i / 2) as f64);
    let village = |i: usize| {
        let (w, s) = at(i);
        let name = ["东沟村", "西沟村", "南沟村", "北沟村"][i];
        square(
            w,
            s,
            0.05,
            &format!(r#"{{"name":"{name}","code":"11010810000{i}","town":"甲镇","households":{}}}"#, 100 * (i + 1)),
        )
    };
    folder.write("villages.geojson", collection(&(0..4).map(village).collect::<Vec<_>>()));
    let road = |lat: f64, class: &str| {
        line(
            &[[116.0, lat], [116.05, lat + 0.004], [116.1, lat]],
            &format!(r#"{{"name":"{class}一号","class":"{class}"}}"#),
        )
    };
    folder.write("roads.geojson", collection(&[road(40.02, "国道"), road(40.07, "村道")]));
    folder.write("border.geojson", collection(&[square(115.99, 39.99, 0.12, r#"{"title":"旧界"}"#)]));
    folder.write(
        "p.qiancun",
        format!(
            "version = 1\n[[layer]]\npath = \"border.geojson\"\nkind = \"shapes\"\n[layer.style]\nfill = \"none\"\noutline = \"#7c2d92\"\ndash = \"dash-dot\"\n\
             [[layer]]\npath = \"roads.geojson\"\nkind = \"shapes\"\ntitle = \"道路\"\n[layer.theme]\nfield = \"class\"\n[layer.style]\noutline_pt = 3.0\ndash = \"dashed\"\n\
             [[layer]]\npath = \"villages.geojson\"\n{style_of_villages}"
        ),
    );
    let project = folder.text("p.qiancun");
    (folder, project)
}

fn page(folder: &Folder, project: &str) -> String {
    let out = folder.text("page.svg");
    let made = qiancun(&["render", project, "-o", &out, "--lang", "zh"]);
    assert!(made.status.success(), "{}", String::from_utf8_lossy(&made.stderr));
    std::fs::read_to_string(out).expect("a page")
}

#[test]
fn lines_have_the_colours_of_their_classes_on_pages_too_and_stand_in_the_legend() {
    let (folder, project) = district("");
    let svg = page(&folder, &project);
    let dashed: Vec<&str> = svg.split("<path").filter(|p| p.contains("stroke-dasharray")).collect();
    let inks: std::collections::BTreeSet<&str> =
        dashed.iter().filter_map(|p| p.split("stroke=\"").nth(1)?.split('"').next()).collect();
    assert!(inks.len() >= 3 && inks.contains("#7c2d92"), "two classes of roads and a border: {inks:?}");
    for text in ["道路 · ", "国道", "村道", "border", "国道一号"] {
        assert!(svg.contains(text), "{text} is not on the page");
    }
}

#[test]
fn a_layer_is_shown_between_its_scales_only() {
    let (folder, project) = district("");
    let text = std::fs::read_to_string(&project).expect("a project");
    let limited = text.replace("outline_pt = 3.0", "outline_pt = 3.0\nscale_from = 5000");
    std::fs::write(&project, limited).expect("written");
    let svg = page(&folder, &project);
    assert!(!svg.contains("国道一号"), "at 1 : 30,000 the roads are not shown");
    let bounds = |folder: &Folder, size: &str, bounds: &str| {
        let out = folder.text("map.png");
        let args = ["map", &project, "--bounds", bounds, "--size", size, "-o", &out];
        let made = qiancun(&args);
        assert!(made.status.success(), "{}", String::from_utf8_lossy(&made.stderr));
        image::open(out).expect("a picture").into_rgb8()
    };
    // Along a road: near it is there, from afar it is not.
    let near = bounds(&folder, "400x300", "116.049,40.0235,116.051,40.0245");
    let far = bounds(&folder, "400x300", "116.0,40.0,116.1,40.05");
    let colours =
        |image: &image::RgbImage| image.pixels().map(|p| p.0).collect::<std::collections::BTreeSet<_>>().len();
    assert!(colours(&near) > 1, "the road is drawn near");
    let is_road = |p: &image::Rgb<u8>| near.pixels().any(|q| q == p);
    let middle = far.get_pixel(200, 150);
    assert!(is_road(middle) || colours(&far) < 40, "from afar only villages are seen");
}

#[test]
fn labels_are_texts_of_fields_in_lines_and_stand_beside_where_there_is_no_room() {
    let style = "[layer.style]\nlabel = \"{name}（{households} 户）\\n{code}\"\nlabel_by = \"households\"\nlabel_pt = 14\nlabel_towns = true\n";
    let (folder, project) = district(style);
    let svg = page(&folder, &project);
    for text in ["东沟村（100 户）", "北沟村（400 户）", "110108100003", "甲镇"] {
        assert!(svg.contains(text), "{text} is not on the page");
    }
    // A village too small for its name.
    let tiny = square(116.2, 40.0, 0.002, r#"{"name":"一个名字很长的小村庄","code":"110108100009"}"#);
    let large = square(116.0, 40.0, 0.15, r#"{"name":"大村","code":"110108100008"}"#);
    folder.write("villages.geojson", collection(&[large, tiny]));
    let alone = |name: &str, style: &str| {
        folder.write(name, format!("version = 1\n[[layer]]\npath = \"villages.geojson\"\n{style}"));
        page(&folder, &folder.text(name))
    };
    assert!(!alone("plain.qiancun", "").contains("一个名字很长的小村庄"), "it has no room");
    let beside = alone("beside.qiancun", "[layer.style]\nlabel_leaders = true\n");
    assert!(beside.contains("一个名字很长的小村庄") && beside.contains("<circle"), "it stands beside, with a line");
}

/// A JPEG with a position and a time in its EXIF (CIPA DC-008).
fn photo(colour: [u8; 3], lon: f64, lat: f64, taken: &str) -> Vec<u8> {
    let image = image::RgbImage::from_pixel(160, 120, image::Rgb(colour));
    let mut jpeg = Vec::new();
    image.write_with_encoder(image::codecs::jpeg::JpegEncoder::new_with_quality(&mut jpeg, 90)).expect("a JPEG");
    let rationals = |v: f64| -> Vec<u8> {
        let (d, m) = (v.floor(), (v.fract() * 60.0).floor());
        let s = ((v.fract() * 60.0).fract() * 60.0 * 10_000.0).round();
        [(d, 1), (m, 1), (s, 10_000)]
            .iter()
            .flat_map(|(n, d)| [(*n as u32).to_be_bytes(), (*d as u32).to_be_bytes()].concat())
            .collect()
    };
    // Two directories: one that leads to time and place, each with what it says behind it.
    let mut tiff: Vec<u8> = b"MM\0*\0\0\0\x08".to_vec();
    let entry = |tag: u16, kind: u16, count: u32, value: [u8; 4]| -> Vec<u8> {
        [tag.to_be_bytes().to_vec(), kind.to_be_bytes().to_vec(), count.to_be_bytes().to_vec(), value.to_vec()].concat()
    };
    let (exif_at, gps_at) = (8 + 2 + 24 + 4, 8 + 2 + 24 + 4 + 2 + 12 + 4 + 20);
    tiff.extend(2u16.to_be_bytes());
    tiff.extend(entry(0x8769, 4, 1, (exif_at as u32).to_be_bytes()));
    tiff.extend(entry(0x8825, 4, 1, (gps_at as u32).to_be_bytes()));
    tiff.extend([0; 4]);
    tiff.extend(1u16.to_be_bytes());
    tiff.extend(entry(0x9003, 2, 20, ((exif_at + 2 + 12 + 4) as u32).to_be_bytes()));
    tiff.extend([0; 4]);
    tiff.extend(taken.bytes().chain([0]));
    let values_at = (gps_at + 2 + 48 + 4) as u32;
    tiff.extend(4u16.to_be_bytes());
    tiff.extend(entry(1, 2, 2, *b"N\0\0\0"));
    tiff.extend(entry(2, 5, 3, values_at.to_be_bytes()));
    tiff.extend(entry(3, 2, 2, *b"E\0\0\0"));
    tiff.extend(entry(4, 5, 3, (values_at + 24).to_be_bytes()));
    tiff.extend([0; 4]);
    tiff.extend(rationals(lat));
    tiff.extend(rationals(lon));
    let mut app1 = b"Exif\0\0".to_vec();
    app1.extend(tiff);
    let mut out = jpeg[..2].to_vec();
    out.extend([0xff, 0xe1]);
    out.extend(((app1.len() + 2) as u16).to_be_bytes());
    out.extend(app1);
    out.extend(&jpeg[2..]);
    out
}

#[test]
fn photos_stand_beside_the_map_and_on_the_pages_of_their_villages() {
    let (folder, project) = district("");
    std::fs::create_dir(folder.path("photos")).expect("a folder");
    for (i, (lon, lat, day)) in [
        (116.02, 40.02, "2024:05:01 10:00:00"),
        (116.07, 40.02, "2024:05:03 10:00:00"),
        (116.02, 40.07, "2024:05:02 10:00:00"),
    ]
    .into_iter()
    .enumerate()
    {
        folder.write(&format!("photos/{i}.jpg"), photo([200, 60 + 40 * i as u8, 40], lon, lat, day));
    }
    let text = std::fs::read_to_string(&project).expect("a project");
    let with = text.replace("version = 1\n", "version = 1\n[page]\nphotos = 2\n")
        + "[[layer]]\npath = \"photos\"\nkind = \"photos\"\n";
    std::fs::write(&project, with).expect("written");
    let svg = page(&folder, &project);
    assert_eq!(svg.matches("data:image/jpeg").count(), 2, "two, as the page asks");
    // The latest first, each with its village and day.
    let (first, second) =
        (svg.find("西沟村 · 2024-05-03").expect("there"), svg.find("南沟村 · 2024-05-02").expect("there"));
    assert!(first < second);
    let atlas = folder.text("atlas.pdf");
    let made = qiancun(&["atlas", &project, "-o", &atlas]);
    assert!(made.status.success(), "{}", String::from_utf8_lossy(&made.stderr));
    // A photo that has gone leaves its frame and says so.
    std::fs::remove_file(folder.path("photos/1.jpg")).expect("removed");
    let svg = page(&folder, &project);
    assert!(svg.contains("data:image/jpeg"), "the others stay");
}

#[test]
fn slides_carry_the_photos_of_their_scenes_below_the_map() {
    let (folder, project) = district("");
    std::fs::create_dir(folder.path("photos")).expect("a folder");
    for (i, (lon, lat)) in [(116.02, 40.02), (116.07, 40.02)].into_iter().enumerate() {
        let day = format!("2024:05:0{} 10:00:00", i + 1);
        folder.write(&format!("photos/{i}.jpg"), photo([200, 60, 40], lon, lat, &day));
    }
    let text = std::fs::read_to_string(&project).expect("a project");
    let scenes = "[[layer]]\npath = \"photos\"\nkind = \"photos\"\n[[scene]]\ntitle = \"a\"\nphotos = 4\n[[scene]]\ntitle = \"b\"\n";
    std::fs::write(&project, text + scenes).expect("written");
    let out = folder.text("slides.pptx");
    let made = qiancun(&["share", &project, "-o", &out, "--lang", "zh"]);
    assert!(made.status.success(), "{}", String::from_utf8_lossy(&made.stderr));
    let mut archive = zip::ZipArchive::new(std::fs::File::open(&out).expect("slides")).expect("an archive");
    let names: Vec<String> = archive.file_names().filter_map(|n| Some(n.ok()?.into_owned())).collect();
    let media: Vec<&String> = names.iter().filter(|n| n.starts_with("ppt/media/")).collect();
    assert_eq!(media.len(), 4, "a map and two photos, and a map: {media:?}");
    let mut read = |name: &str| {
        let mut text = String::new();
        std::io::Read::read_to_string(&mut archive.by_name(name).expect("a part"), &mut text).expect("text");
        text
    };
    let [first, second] = [read("ppt/slides/slide1.xml"), read("ppt/slides/slide2.xml")];
    assert_eq!(first.matches("<p:pic>").count(), 3);
    assert_eq!(second.matches("<p:pic>").count(), 1);
    assert!(first.contains("西沟村 · 2024-05-02"));
    let height = |slide: &str| {
        let map = slide.split("name=\"Map\"").nth(1).expect("a map");
        map.split("cy=\"").nth(1).and_then(|t| t.split('"').next()?.parse::<i64>().ok()).expect("a height")
    };
    assert!(height(&first) < height(&second), "the map gives them room");
    let relations = read("ppt/slides/_rels/slide1.xml.rels");
    for name in media.iter().filter(|n| n.contains("picture1-")) {
        assert!(relations.contains(name.trim_start_matches("ppt/")), "{name} in {relations}");
    }
}
