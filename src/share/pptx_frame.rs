//! What every presentation consists of beside its slides (ECMA-376, Office Open XML): types of parts, relations, one master with one layout, a
//! theme with our fonts by name.

use super::slides::{HIGH, WIDE};
use crate::output::escaped;

/// Name and content of a part.
pub(super) type Part = (String, Vec<u8>);

const HEAD: &str = "<?xml version=\"1.0\" encoding=\"UTF-8\" standalone=\"yes\"?>\n";
const SPACES: &str = "xmlns:a=\"http://schemas.openxmlformats.org/drawingml/2006/main\" xmlns:r=\"http://schemas.openxmlformats.org/officeDocument/2006/relationships\" xmlns:p=\"http://schemas.openxmlformats.org/presentationml/2006/main\"";
const RELATION: &str = "http://schemas.openxmlformats.org/officeDocument/2006/relationships";
/// An empty tree of shapes' own head.
const TREE: &str = "<p:nvGrpSpPr><p:cNvPr id=\"1\" name=\"\"/><p:cNvGrpSpPr/><p:nvPr/></p:nvGrpSpPr><p:grpSpPr><a:xfrm><a:off x=\"0\" y=\"0\"/><a:ext cx=\"0\" cy=\"0\"/><a:chOff x=\"0\" y=\"0\"/><a:chExt cx=\"0\" cy=\"0\"/></a:xfrm></p:grpSpPr>";
const COLOURS: &str = "<p:clrMap bg1=\"lt1\" tx1=\"dk1\" bg2=\"lt2\" tx2=\"dk2\" accent1=\"accent1\" accent2=\"accent2\" accent3=\"accent3\" accent4=\"accent4\" accent5=\"accent5\" accent6=\"accent6\" hlink=\"hlink\" folHlink=\"folHlink\"/>";

fn relations(list: &[(String, &str, String)]) -> String {
    let one = |(id, kind, target): &(String, &str, String)| {
        format!("<Relationship Id=\"{id}\" Type=\"{RELATION}/{kind}\" Target=\"{target}\"/>")
    };
    let all: String = list.iter().map(one).collect();
    format!(
        "{HEAD}<Relationships xmlns=\"http://schemas.openxmlformats.org/package/2006/relationships\">{all}</Relationships>"
    )
}

/// The parts that do not depend on what slides show.
pub(super) fn parts(slides: usize, title: &str) -> Vec<Part> {
    let text = |name: &str, content: String| (name.to_owned(), content.into_bytes());
    let id = |n: usize| format!("rId{n}");
    let office = relations(&[
        (id(1), "officeDocument", "ppt/presentation.xml".into()),
        (id(2), "extended-properties", "docProps/app.xml".into()),
    ])
    .replace("</Relationships>", "<Relationship Id=\"rId3\" Type=\"http://schemas.openxmlformats.org/package/2006/relationships/metadata/core-properties\" Target=\"docProps/core.xml\"/></Relationships>");
    let mut of_presentation = vec![
        (id(1), "slideMaster", "slideMasters/slideMaster1.xml".to_owned()),
        (id(2), "notesMaster", "notesMasters/notesMaster1.xml".to_owned()),
        (id(3), "theme", "theme/theme1.xml".to_owned()),
    ];
    of_presentation.extend((1..=slides).map(|n| (id(n + 3), "slide", format!("slides/slide{n}.xml"))));
    let list: String = (1..=slides).map(|n| format!("<p:sldId id=\"{}\" r:id=\"rId{}\"/>", 255 + n, n + 3)).collect();
    let presentation = format!(
        "{HEAD}<p:presentation {SPACES} saveSubsetFonts=\"1\"><p:sldMasterIdLst><p:sldMasterId id=\"2147483648\" r:id=\"rId1\"/></p:sldMasterIdLst><p:notesMasterIdLst><p:notesMasterId r:id=\"rId2\"/></p:notesMasterIdLst><p:sldIdLst>{list}</p:sldIdLst><p:sldSz cx=\"{WIDE}\" cy=\"{HIGH}\"/><p:notesSz cx=\"{HIGH}\" cy=\"9144000\"/></p:presentation>"
    );
    let master = format!(
        "{HEAD}<p:sldMaster {SPACES}><p:cSld><p:bg><p:bgPr><a:solidFill><a:srgbClr val=\"FFFFFF\"/></a:solidFill><a:effectLst/></p:bgPr></p:bg><p:spTree>{TREE}</p:spTree></p:cSld>{COLOURS}<p:sldLayoutIdLst><p:sldLayoutId id=\"2147483649\" r:id=\"rId1\"/></p:sldLayoutIdLst><p:txStyles><p:titleStyle/><p:bodyStyle/><p:otherStyle/></p:txStyles></p:sldMaster>"
    );
    let layout = format!(
        "{HEAD}<p:sldLayout {SPACES} type=\"blank\" preserve=\"1\"><p:cSld name=\"Qiancun\"><p:spTree>{TREE}</p:spTree></p:cSld><p:clrMapOvr><a:masterClrMapping/></p:clrMapOvr></p:sldLayout>"
    );
    let notes_master = format!(
        "{HEAD}<p:notesMaster {SPACES}><p:cSld><p:bg><p:bgRef idx=\"1001\"><a:schemeClr val=\"bg1\"/></p:bgRef></p:bg><p:spTree>{TREE}</p:spTree></p:cSld>{COLOURS}</p:notesMaster>"
    );
    let core = format!(
        "{HEAD}<cp:coreProperties xmlns:cp=\"http://schemas.openxmlformats.org/package/2006/metadata/core-properties\" xmlns:dc=\"http://purl.org/dc/elements/1.1/\"><dc:title>{}</dc:title></cp:coreProperties>",
        escaped(title)
    );
    let app = format!(
        "{HEAD}<Properties xmlns=\"http://schemas.openxmlformats.org/officeDocument/2006/extended-properties\"><Application>Qiancun</Application></Properties>"
    );
    vec![
        text("[Content_Types].xml", types(slides)),
        text("_rels/.rels", office),
        text("docProps/core.xml", core),
        text("docProps/app.xml", app),
        text("ppt/presentation.xml", presentation),
        text("ppt/_rels/presentation.xml.rels", relations(&of_presentation)),
        text("ppt/slideMasters/slideMaster1.xml", master),
        text(
            "ppt/slideMasters/_rels/slideMaster1.xml.rels",
            relations(&[
                (id(1), "slideLayout", "../slideLayouts/slideLayout1.xml".into()),
                (id(2), "theme", "../theme/theme1.xml".into()),
            ]),
        ),
        text("ppt/slideLayouts/slideLayout1.xml", layout),
        text(
            "ppt/slideLayouts/_rels/slideLayout1.xml.rels",
            relations(&[(id(1), "slideMaster", "../slideMasters/slideMaster1.xml".into())]),
        ),
        text("ppt/notesMasters/notesMaster1.xml", notes_master),
        text(
            "ppt/notesMasters/_rels/notesMaster1.xml.rels",
            relations(&[(id(1), "theme", "../theme/theme2.xml".into())]),
        ),
        text("ppt/theme/theme1.xml", theme()),
        text("ppt/theme/theme2.xml", theme()),
    ]
}

fn types(slides: usize) -> String {
    let kind = "application/vnd.openxmlformats-officedocument.presentationml";
    let part = |name: &str, of: &str| format!("<Override PartName=\"/{name}\" ContentType=\"{kind}.{of}+xml\"/>");
    let mut all = [
        part("ppt/presentation.xml", "presentation.main"),
        part("ppt/slideMasters/slideMaster1.xml", "slideMaster"),
        part("ppt/slideLayouts/slideLayout1.xml", "slideLayout"),
        part("ppt/notesMasters/notesMaster1.xml", "notesMaster"),
    ]
    .concat();
    for n in 1..=slides {
        all += &part(&format!("ppt/slides/slide{n}.xml"), "slide");
        all += &part(&format!("ppt/notesSlides/notesSlide{n}.xml"), "notesSlide");
    }
    for n in 1..=2 {
        all += &format!(
            "<Override PartName=\"/ppt/theme/theme{n}.xml\" ContentType=\"application/vnd.openxmlformats-officedocument.theme+xml\"/>"
        );
    }
    format!(
        "{HEAD}<Types xmlns=\"http://schemas.openxmlformats.org/package/2006/content-types\"><Default Extension=\"rels\" ContentType=\"application/vnd.openxmlformats-package.relationships+xml\"/><Default Extension=\"xml\" ContentType=\"application/xml\"/><Default Extension=\"png\" ContentType=\"image/png\"/><Default Extension=\"jpg\" ContentType=\"image/jpeg\"/>{all}<Override PartName=\"/docProps/core.xml\" ContentType=\"application/vnd.openxmlformats-package.core-properties+xml\"/><Override PartName=\"/docProps/app.xml\" ContentType=\"application/vnd.openxmlformats-officedocument.extended-properties+xml\"/></Types>"
    )
}

fn theme() -> String {
    let colour = |name: &str, rgb: &str| format!("<a:{name}><a:srgbClr val=\"{rgb}\"/></a:{name}>");
    let colours: String = [
        ("dk1", "1F2A26"),
        ("lt1", "FFFFFF"),
        ("dk2", "33413A"),
        ("lt2", "F3F5F2"),
        ("accent1", "0F766E"),
        ("accent2", "1D5FA8"),
        ("accent3", "D97706"),
        ("accent4", "C22F2F"),
        ("accent5", "7B3FA0"),
        ("accent6", "5B6B63"),
        ("hlink", "0F766E"),
        ("folHlink", "5B6B63"),
    ]
    .iter()
    .map(|(name, rgb)| colour(name, rgb))
    .collect();
    let font = "<a:latin typeface=\"Noto Sans SC\"/><a:ea typeface=\"Noto Sans SC\"/><a:cs typeface=\"\"/>";
    let fill = "<a:solidFill><a:schemeClr val=\"phClr\"/></a:solidFill>";
    let line = format!("<a:ln w=\"9525\">{fill}</a:ln>");
    let effect = "<a:effectStyle><a:effectLst/></a:effectStyle>";
    format!(
        "{HEAD}<a:theme xmlns:a=\"http://schemas.openxmlformats.org/drawingml/2006/main\" name=\"Qiancun\"><a:themeElements><a:clrScheme name=\"Qiancun\">{colours}</a:clrScheme><a:fontScheme name=\"Qiancun\"><a:majorFont>{font}</a:majorFont><a:minorFont>{font}</a:minorFont></a:fontScheme><a:fmtScheme name=\"Qiancun\"><a:fillStyleLst>{fill}{fill}{fill}</a:fillStyleLst><a:lnStyleLst>{line}{line}{line}</a:lnStyleLst><a:effectStyleLst>{effect}{effect}{effect}</a:effectStyleLst><a:bgFillStyleLst>{fill}{fill}{fill}</a:bgFillStyleLst></a:fmtScheme></a:themeElements></a:theme>"
    )
}

/// A slide with these shapes.
pub(super) fn slide(shapes: &str) -> String {
    format!(
        "{HEAD}<p:sld {SPACES}><p:cSld><p:spTree>{TREE}{shapes}</p:spTree></p:cSld><p:clrMapOvr><a:masterClrMapping/></p:clrMapOvr></p:sld>"
    )
}

/// What a slide stands in relation to: its layout, its notes, and its pictures by their names, the first as `rId3`.
pub(super) fn slide_relations(n: usize, pictures: &[String]) -> String {
    let mut list = vec![
        ("rId1".to_owned(), "slideLayout", "../slideLayouts/slideLayout1.xml".to_owned()),
        ("rId2".to_owned(), "notesSlide", format!("../notesSlides/notesSlide{n}.xml")),
    ];
    let picture = |(i, name): (usize, &String)| (format!("rId{}", i + 3), "image", format!("../media/{name}"));
    list.extend(pictures.iter().enumerate().map(picture));
    relations(&list)
}

/// What the speaker wants to say of a slide; the text is escaped already.
pub(super) fn notes(text: &str) -> String {
    let lines: String =
        text.lines().map(|l| format!("<a:p><a:r><a:rPr lang=\"zh-CN\"/><a:t>{l}</a:t></a:r></a:p>")).collect();
    let lines = if lines.is_empty() { "<a:p/>".to_owned() } else { lines };
    format!(
        "{HEAD}<p:notes {SPACES}><p:cSld><p:spTree>{TREE}<p:sp><p:nvSpPr><p:cNvPr id=\"2\" name=\"Slide\"/><p:cNvSpPr><a:spLocks noGrp=\"1\" noRot=\"1\" noChangeAspect=\"1\"/></p:cNvSpPr><p:nvPr><p:ph type=\"sldImg\"/></p:nvPr></p:nvSpPr><p:spPr><a:xfrm><a:off x=\"685800\" y=\"1143000\"/><a:ext cx=\"5486400\" cy=\"3086100\"/></a:xfrm></p:spPr></p:sp><p:sp><p:nvSpPr><p:cNvPr id=\"3\" name=\"Notes\"/><p:cNvSpPr><a:spLocks noGrp=\"1\"/></p:cNvSpPr><p:nvPr><p:ph type=\"body\" idx=\"1\"/></p:nvPr></p:nvSpPr><p:spPr><a:xfrm><a:off x=\"685800\" y=\"4400550\"/><a:ext cx=\"5486400\" cy=\"3600450\"/></a:xfrm></p:spPr><p:txBody><a:bodyPr/><a:lstStyle/>{lines}</p:txBody></p:sp></p:spTree></p:cSld><p:clrMapOvr><a:masterClrMapping/></p:clrMapOvr></p:notes>"
    )
}

pub(super) fn notes_relations(n: usize) -> String {
    relations(&[
        ("rId1".to_owned(), "notesMaster", "../notesMasters/notesMaster1.xml".to_owned()),
        ("rId2".to_owned(), "slide", format!("../slides/slide{n}.xml")),
    ])
}
