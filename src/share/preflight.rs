//! What is looked through before a meeting or before printing: every scene and the page, for what an audience would trip over.

use super::slides::as_shown;
use crate::colouring::Colouring;
use crate::lang::fill;
use crate::model::LayerKind;
use crate::page::{PageContent, missing_glyphs, title_is_cut};
use crate::project::{PageOptions, SceneEntry};
use crate::rules::{days_today, year_of};
use crate::session::{Finding, FindingWeight, FoundAt, MOST_PHOTOS, Mend, PlacedPhoto, Session};

/// Share of villages without a figure above which a map says little.
const MOST_MISSING: f64 = 0.3;
/// Least difference of lightness (CIE L*) between neighbouring classes in grey.
const LEAST_GREY: f64 = 5.0;
/// Least difference of colour (CIE 1976 ΔE) between any two classes on a washed-out projector.
const LEAST_WASHED: f64 = 6.0;
/// How much white a washed-out projector mixes in.
const WASHED: f64 = 0.5;

/// What would be wrong in front of an audience, as far as it can be told at once: files that are not there.
pub fn missing_files(session: &Session) -> Vec<Finding> {
    let mut look = Look { session, list: Vec::new() };
    look.project();
    look.list.retain(|f| f.weight == FindingWeight::Error);
    look.list
}

/// What a reader would trip over on a page with these options.
pub fn page_findings(session: &Session, options: &PageOptions) -> Vec<Finding> {
    let mut look = Look { session, list: Vec::new() };
    look.page(options);
    look.list.sort_by_key(|f| f.weight);
    look.list
}

struct Look<'a> {
    session: &'a Session,
    list: Vec<Finding>,
}

/// Looks everything through; what matters most comes first.
pub fn preflight(session: &Session) -> Vec<Finding> {
    let mut look = Look { session, list: Vec::new() };
    look.project();
    for (at, scene) in session.document.project.scenes.iter().enumerate() {
        look.scene(at, scene);
    }
    look.page(&session.document.project.page);
    look.list.sort_by_key(|f| f.weight);
    look.list
}

impl Look<'_> {
    fn add(&mut self, at: FoundAt, weight: FindingWeight, code: &'static str, values: &[(&str, &str)], mend: Mend) {
        let words = self.session.lang.find(&format!("preflight.{code}")).unwrap_or(code);
        let words = fill(words, values);
        self.list.push(Finding { at, weight, code, words, mend });
    }

    /// Files that are not there, and who is to be named.
    fn project(&mut self) {
        let session = self.session;
        for (layer, entry) in session.shown() {
            if layer.trouble().is_some() {
                let title = session.layer_title(layer.key);
                let weight = if entry.visible { FindingWeight::Error } else { FindingWeight::Note };
                self.add(FoundAt::Project, weight, "layer-missing", &[("n", &title)], Mend::ByHand);
            }
        }
        for note in
            session.document.project.notes.iter().filter(|n| !n.photo.as_os_str().is_empty() && !n.photo.exists())
        {
            let title = if note.title.is_empty() { &note.text } else { &note.title };
            self.add(FoundAt::Project, FindingWeight::Warning, "photo-missing", &[("n", title)], Mend::ByHand);
        }
        let newest = session.district().and_then(|d| d.observations.years().last().copied());
        if let Some(year) = newest.filter(|y| *y + 1 < year_of(days_today())) {
            self.add(FoundAt::Project, FindingWeight::Note, "old", &[("n", &year.to_string())], Mend::ByHand);
        }
        if session.survey().is_some() {
            let late = session.decision_counts()[0];
            if late > 0 {
                self.add(FoundAt::Project, FindingWeight::Note, "late", &[("n", &late.to_string())], Mend::ByHand);
            }
        }
    }

    fn scene(&mut self, place: usize, scene: &SceneEntry) {
        let session = self.session;
        let at = FoundAt::Scene(place);
        let still = as_shown(session, scene);
        if let Some(theme) = scene.view.theme
            && let Some(district) = still.district()
        {
            let wanted = scene.view.measure(theme);
            let is_known = |id: &str| district.indicators.position(id).is_some_and(|i| district.observations.has(i));
            if !wanted.is_empty() && !is_known(wanted) {
                self.add(at, FindingWeight::Error, "measure-gone", &[("n", wanted)], Mend::ByHand);
            }
            if let Some(year) = scene.view.year.filter(|y| !district.observations.years().contains(y)) {
                self.add(at, FindingWeight::Error, "year-gone", &[("n", &year.to_string())], Mend::ByHand);
            }
        }
        if let Some(focus) = scene.view.focus.as_ref().filter(|_| still.focused().is_none()) {
            self.add(at, FindingWeight::Error, "focus-gone", &[("n", &focus.name)], Mend::ByHand);
        }
        if let Some(named) = scene.selected.as_ref().filter(|named| !is_there(&still, named)) {
            self.add(at, FindingWeight::Warning, "village-gone", &[("n", named)], Mend::ByHand);
        }
        if scene.chart.is_some_and(|kind| still.chart(kind, crate::district::By::Town).is_none()) {
            self.add(at, FindingWeight::Warning, "no-chart", &[], Mend::ByHand);
        }
        let options = session.document.project.page.clone();
        let content = PageContent::of(&still, &PageOptions { gaps: false, before: None, ..options });
        self.map(at, &still, &content);
        if scene.photos > 0 {
            self.photos(at, &still.photos_to_show(usize::from(scene.photos.min(MOST_PHOTOS))));
        }
        let title = scene.title_in(session.lang);
        if title.chars().count() > LONG_TITLE {
            let own = SceneEntry { title: String::new(), title_en: String::new(), ..scene.clone() };
            self.add(at, FindingWeight::Warning, "title-long", &[], Mend::OwnTitle(Box::new(own)));
        }
        let rows = content.colouring.as_ref().map_or(0, |c| c.legend.len() + usize::from(c.missing > 0))
            + scene.view.theme.and_then(|t| scene.view.symbols.get(t.key())).map_or(0, |shown| {
                let counted = still.shown_symbol_counts(None);
                counted.iter().filter(|(kind, _)| shown.iter().any(|s| s == kind.key())).count()
            })
            // Marks of gaps by severity, and the line of reach.
            + if scene.gaps { 3 } else { 0 }
            + usize::from(still.present_coverage().is_some() && !scene.view.hide_coverage);
        if !scene.no_legend && rows > MOST_LEGEND_ROWS {
            self.add(at, FindingWeight::Warning, "legend-small", &[("n", &rows.to_string())], Mend::ByHand);
        }
        let lacking: String = missing_glyphs([title, scene.note_in(session.lang)]).into_iter().collect();
        if !lacking.is_empty() {
            self.add(at, FindingWeight::Warning, "glyphs", &[("n", &lacking)], Mend::ByHand);
        }
        self.changed(at, scene, &still);
    }

    /// Figures that are not those that the scene was captured with.
    fn changed(&mut self, at: FoundAt, scene: &SceneEntry, still: &Session) {
        let now = still.seen_figures(&scene.figures);
        let mut changes = Vec::new();
        for (name, was, is) in scene.seen.iter().filter_map(|seen| differs(seen, &now)) {
            let name = still
                .district()
                .and_then(|d| Some(d.indicators.get(&name)?.name(still.lang).to_owned()))
                .unwrap_or(name);
            changes.push(format!("{name} {was} → {is}"));
        }
        if !changes.is_empty() {
            let taken = SceneEntry { seen: now, ..scene.clone() };
            let words = changes.join("；");
            self.add(
                at,
                FindingWeight::Warning,
                "figures-changed",
                &[("n", &words)],
                Mend::TakeFigures(Box::new(taken)),
            );
        }
    }

    /// Source, classes and colours of a map.
    fn map(&mut self, at: FoundAt, still: &Session, content: &PageContent) {
        if still.source_words().trim().is_empty() {
            self.add(at, FindingWeight::Error, "no-source", &[], Mend::ByHand);
        }
        let Some(colouring) = &content.colouring else { return };
        let known: usize = colouring.legend.iter().map(|r| r.count).sum();
        let all = known + colouring.missing;
        if known == 0 {
            self.add(at, FindingWeight::Error, "nothing-known", &[], Mend::ByHand);
            return;
        }
        if colouring.missing as f64 > all as f64 * MOST_MISSING {
            let share = format!("{:.0}", 100.0 * colouring.missing as f64 / all as f64);
            self.add(at, FindingWeight::Warning, "many-missing", &[("n", &share)], Mend::ByHand);
        }
        let empty = colouring.legend.iter().filter(|r| r.count == 0).count();
        if colouring.legend.len() > 1 && empty + 1 == colouring.legend.len() {
            self.add(at, FindingWeight::Warning, "one-class", &[], Mend::ByHand);
        } else if empty > 0 {
            self.add(at, FindingWeight::Note, "empty-classes", &[("n", &empty.to_string())], Mend::ByHand);
        }
        let (in_grey, washed) = merging(colouring);
        if washed > 0 {
            self.add(at, FindingWeight::Warning, "washed", &[("n", &washed.to_string())], Mend::ByHand);
        }
        // A scene is seen in colour, a page may be printed without.
        if in_grey > 0 && at == FoundAt::Page {
            self.add(at, FindingWeight::Note, "in-grey", &[("n", &in_grey.to_string())], Mend::ByHand);
        }
    }

    /// Photos that are to be seen and are not there.
    fn photos(&mut self, at: FoundAt, photos: &[(PlacedPhoto, String)]) {
        for (photo, words) in photos.iter().filter(|(photo, _)| !photo.file.exists()) {
            let name = photo.file.file_name().map(|n| n.to_string_lossy().into_owned()).unwrap_or_default();
            let words = format!("{words} ({name})");
            self.add(at, FindingWeight::Warning, "photo-missing", &[("n", &words)], Mend::ByHand);
        }
    }

    fn page(&mut self, options: &PageOptions) {
        let content = PageContent::of(self.session, options);
        self.photos(FoundAt::Page, &content.photos);
        let at = FoundAt::Page;
        self.map(at, self.session, &content);
        if title_is_cut(&content) {
            self.add(at, FindingWeight::Warning, "title-cut", &[], Mend::ByHand);
        }
        if content.stamp.trim().is_empty() && options.approval.trim().is_empty() {
            self.add(at, FindingWeight::Warning, "no-stamp", &[], Mend::UsualStamp);
        }
        if content.maker.trim().is_empty() {
            self.add(at, FindingWeight::Note, "no-maker", &[], Mend::ByHand);
        }
        let lacking: String = missing_glyphs(content.texts()).into_iter().collect();
        if !lacking.is_empty() {
            self.add(at, FindingWeight::Warning, "glyphs", &[("n", &lacking)], Mend::ByHand);
        }
        let photos = self.session.shown().filter(|(_, e)| e.kind == Some(LayerKind::Photos));
        let gone = photos.filter(|(l, _)| l.loaded().is_none()).count();
        if gone > 0 {
            self.add(at, FindingWeight::Note, "photo-missing", &[("n", &gone.to_string())], Mend::ByHand);
        }
    }
}

/// Characters of a title that stand in two lines of a meeting.
const LONG_TITLE: usize = 48;

/// Rows of a legend that stand beside the map of a meeting in type of 24 px on a screen of 1080 lines.
const MOST_LEGEND_ROWS: usize = 17;

/// Whether a village of that code or name is on the map.
fn is_there(session: &Session, named: &str) -> bool {
    let Some(district) = session.district() else { return true };
    let is = |v| district.text(v, crate::model::Role::Code) == named || district.villages.display_name(v) == named;
    district.village_list().any(is)
}

/// Name, value then, value now of a figure that is not what it was.
fn differs(seen: &str, now: &[String]) -> Option<(String, String, String)> {
    let (name, was) = seen.split_once('=')?;
    let is = now.iter().find_map(|n| n.split_once('=').filter(|(other, _)| *other == name))?.1;
    let (a, b) = (was.parse::<f64>().ok()?, is.parse::<f64>().ok()?);
    let same = (a - b).abs() <= 1e-9 * a.abs().max(1.0);
    let id = name.split(['@', '^']).next().unwrap_or(name);
    (!same).then(|| (id.to_owned(), crate::session::number(a), crate::session::number(b)))
}

/// CIE L*, a*, b* of a colour (sRGB, D65; CIE 15:2004).
fn lab([r, g, b]: [f64; 3]) -> [f64; 3] {
    let linear = |c: f64| if c <= 0.040_45 { c / 12.92 } else { ((c + 0.055) / 1.055).powf(2.4) };
    let [r, g, b] = [r, g, b].map(linear);
    let x = (0.412_456 * r + 0.357_576 * g + 0.180_437 * b) / 0.950_47;
    let y = 0.212_673 * r + 0.715_152 * g + 0.072_175 * b;
    let z = (0.019_334 * r + 0.119_192 * g + 0.950_304 * b) / 1.088_83;
    let f = |t: f64| if t > 216.0 / 24_389.0 { t.cbrt() } else { (24_389.0 / 27.0 * t + 16.0) / 116.0 };
    let [x, y, z] = [x, y, z].map(f);
    [116.0 * y - 16.0, 500.0 * (x - y), 200.0 * (y - z)]
}

/// How many pairs of classes that have villages cannot be told apart: neighbours in grey, any two on a washed-out projector.
fn merging(colouring: &Colouring) -> (usize, usize) {
    let used: Vec<[f64; 3]> =
        colouring.legend.iter().filter(|r| r.count > 0).map(|r| r.colour.map(|c| f64::from(c) / 255.0)).collect();
    let in_grey = used.windows(2).filter(|pair| match pair {
        [a, b] => (lab(*a)[0] - lab(*b)[0]).abs() < LEAST_GREY,
        _ => false,
    });
    let white = |c: [f64; 3]| lab(c.map(|v| v + (1.0 - v) * WASHED));
    let apart = |a: [f64; 3], b: [f64; 3]| a.iter().zip(b).map(|(x, y)| (x - y).powi(2)).sum::<f64>().sqrt();
    let mut washed = 0;
    for (i, a) in used.iter().enumerate() {
        washed += used.iter().skip(i + 1).filter(|b| apart(white(*a), white(**b)) < LEAST_WASHED).count();
    }
    (in_grey.count(), washed)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lightness_is_that_of_the_standard() {
        let [l, a, b] = lab([1.0, 1.0, 1.0]);
        assert!((l - 100.0).abs() < 0.01 && a.abs() < 0.02 && b.abs() < 0.02);
        // sRGB red: L* 53.24, a* 80.09, b* 67.20 (Lindbloom's calculator).
        let red = lab([1.0, 0.0, 0.0]);
        assert!((red[0] - 53.24).abs() < 0.02 && (red[1] - 80.09).abs() < 0.05 && (red[2] - 67.20).abs() < 0.05);
    }

    #[test]
    fn only_figures_that_changed_are_told() {
        let now = ["a=3".to_owned(), "b^2018=4.5".to_owned()];
        assert_eq!(differs("a=3.0", &now), None);
        assert_eq!(differs("b^2018=5", &now), Some(("b".into(), "5".into(), "4.5".into())));
        assert_eq!(differs("c=5", &now), None);
    }
}
