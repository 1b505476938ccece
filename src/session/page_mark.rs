//! What stands on a page so that it leads back to what it shows: a short code, and a longer text for a camera.

use std::path::{Path, PathBuf};

use super::state::Session;
use crate::model::{FeatureId, Role, Theme};
use crate::project::{Camera, MadePage, SceneEntry, code_of, digests};

/// What the text of a code begins with.
const SCHEME: &str = "qiancun:";
/// Characters of a digest in the text: one in 65,536 changes is not seen by it.
const DIGEST_CHARS: usize = 4;
/// The longest filter that stands in the text.
const MOST_FILTER_BYTES: usize = 160;

/// The code on a page.
#[derive(Clone, Debug, PartialEq)]
pub struct PageMark {
    /// The page, as the project's list of pages keeps it.
    pub page: MadePage,
    /// The text for cameras: the code, and what of the view is needed where there is no such list.
    pub said: String,
}

/// A page that a code led back to.
#[derive(Clone, Debug, PartialEq)]
pub struct FoundPage {
    /// The project.
    pub project: PathBuf,
    /// What it showed.
    pub page: MadePage,
    /// Data that are no longer what the page was made of, by name.
    pub changed: Vec<String>,
}

impl Session {
    /// The code of a page that shows what the session shows; `None` where there is no project to come back to.
    pub fn page_mark(&self, is_whole: bool) -> Option<PageMark> {
        let captured = self.capture(String::new());
        let camera = captured.camera.filter(|_| !is_whole);
        let map_size = captured.map_size.filter(|_| !is_whole);
        self.mark_of(SceneEntry { id: String::new(), camera, map_size, ..captured })
    }

    /// The code of a page about one village.
    pub fn village_mark(&self, village: FeatureId) -> Option<PageMark> {
        let dataset = &self.village_layer()?.loaded()?.dataset;
        let code = dataset.text(village, Role::Code).map(|c| c.into_owned());
        let selected = Some(code.unwrap_or_else(|| dataset.display_name(village)));
        // From where all is seen: a village has its place, wherever the window looked.
        let view =
            SceneEntry { selected, id: String::new(), camera: None, map_size: None, ..self.capture(String::new()) };
        self.mark_of(view)
    }

    /// The code of a page or slide that shows a view: year and measures as they are now, whatever comes later.
    pub fn mark_of(&self, view: SceneEntry) -> Option<PageMark> {
        let project = self.file.path.as_ref()?;
        let mut view = view;
        view.view.year = self.year();
        // What it showed is no part of how it is looked at.
        view.seen.clear();
        if let (Some(theme), Some(spec), Some(district)) = (self.view.theme, self.map_spec(), self.district())
            && let Some(indicator) = district.indicators.all().get(spec.indicator)
        {
            view.view.measures.insert(theme.key().to_owned(), indicator.id.clone());
        }
        let page = MadePage::new(view, digests(&self.document.project, project.parent()));
        let said = said(&page, project);
        Some(PageMark { page, said })
    }
}

/// Keeps what stands between the signs of the text apart from them.
fn kept(text: &str) -> String {
    text.replace('%', "%25").replace('&', "%26")
}

fn said(page: &MadePage, project: &Path) -> String {
    let view = &page.view;
    let mut out = format!("{SCHEME}{}", page.code);
    let mut first = true;
    let mut put = |key: &str, value: String| {
        if !value.is_empty() {
            out += if std::mem::take(&mut first) { "?" } else { "&" };
            out += &format!("{key}={}", kept(&value));
        }
    };
    put("p", project.file_stem().map(|s| s.to_string_lossy().into_owned()).unwrap_or_default());
    let theme = view.view.theme;
    put("t", theme.map(|t| t.key().to_owned()).unwrap_or_default());
    put("i", theme.and_then(|t| view.view.measures.get(t.key()).cloned()).unwrap_or_default());
    put("y", view.view.year.map(|y| y.to_string()).unwrap_or_default());
    put("b", view.before.map(|y| y.to_string()).unwrap_or_default());
    put("c", view.camera.map(|c| format!("{:.5},{:.5},{:.2}", c.lon, c.lat, c.zoom)).unwrap_or_default());
    put("m", view.map_size.map(|[w, h]| format!("{w:.0},{h:.0}")).unwrap_or_default());
    // A long one makes squares too small for a camera: the list of pages has it.
    put("f", if view.filter.len() <= MOST_FILTER_BYTES { view.filter.clone() } else { String::new() });
    put("v", view.selected.clone().unwrap_or_default());
    put("g", if view.gaps { "1".to_owned() } else { String::new() });
    put("s", view.id.clone());
    let digests: Vec<&str> = page.data.values().filter_map(|d| d.get(..DIGEST_CHARS)).collect();
    put("d", digests.join(","));
    out
}

/// What the text of a code says: the page, the name of its project, and the digests of its data in the order of their names; `None` where
/// the text is none of ours.
pub fn page_of_code(text: &str) -> Option<(MadePage, String, Vec<String>)> {
    let rest = text.trim().strip_prefix(SCHEME)?;
    let (code, said) = rest.split_once('?').unwrap_or((rest, ""));
    let of = |key: &str| {
        let found = said.split('&').find_map(|part| part.strip_prefix(key)?.strip_prefix('='));
        found.map(|v| v.replace("%26", "&").replace("%25", "%"))
    };
    let numbers = |key: &str| -> Vec<f64> {
        let text = of(key).unwrap_or_default();
        text.split(',').filter_map(|n| n.parse().ok()).filter(|n: &f64| n.is_finite()).collect()
    };
    let year = |key: &str| of(key).and_then(|y| y.parse().ok());
    let mut view =
        SceneEntry { before: year("b"), selected: of("v"), gaps: of("g").is_some(), ..SceneEntry::default() };
    view.id = of("s").unwrap_or_default();
    view.filter = of("f").unwrap_or_default();
    view.view.year = year("y");
    view.view.theme = of("t").map(|t| Theme::named(&t));
    if let (Some(theme), Some(indicator)) = (view.view.theme, of("i")) {
        view.view.measures.insert(theme.key().to_owned(), indicator);
    }
    if let [lon, lat, zoom] = *numbers("c").as_slice() {
        view.camera = Some(Camera { lon, lat, zoom });
    }
    if let [w, h] = *numbers("m").as_slice() {
        view.map_size = Some([w, h]);
    }
    let digests = of("d").map(|d| d.split(',').map(str::to_owned).collect()).unwrap_or_default();
    let page = MadePage { code: code_of(code)?, view, data: std::collections::BTreeMap::new() };
    Some((page, of("p").unwrap_or_default(), digests))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_a_camera_reads_is_the_view() {
        let mut view = SceneEntry { filter: "人口 > 500 & 名 = \"5%\"".into(), gaps: true, ..SceneEntry::default() };
        view.view.theme = Some(Theme::Sanitation);
        view.view.year = Some(2023);
        view.view.measures.insert("sanitation".into(), "sewage_rate".into());
        view.camera = Some(Camera { lon: 116.12345, lat: 40.05, zoom: 11.25 });
        view.map_size = Some([800.0, 600.0]);
        let page = MadePage::new(view, [("v.geojson".to_owned(), "0a1b2c3d".to_owned())].into());
        let text = said(&page, Path::new("/somewhere/海淀.qiancun"));
        assert!(!text.contains("somewhere"));
        let (read, project, digests) = page_of_code(&text).expect("ours");
        assert_eq!((read.code, read.view, project.as_str()), (page.code, page.view, "海淀"));
        assert_eq!(digests, ["0a1b"]);
        assert_eq!(page_of_code("https://example.org"), None);
    }
}
