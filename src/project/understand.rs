//! What a project file says, as far as this version understands it. What it does not understand is left out here, told, and stays
//! in the file; a number that is none is refused with its place.

use toml::{Table, Value};

use super::file::Project;
use crate::model::Theme;

/// What of a project was not understood.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct NotUnderstood {
    /// Where, such as `rule[0].severity`.
    pub place: String,
    /// Why.
    pub why: String,
    /// The list and the position in it that was left out as a whole, where it was.
    pub(super) entry: Option<(String, usize)>,
}

/// Most that is left out before the file is taken for something else.
const MOST: usize = 500;

/// Lists whose entries mean something only as a whole: half a correction would be another one.
const WHOLE: [&str; 8] = ["edit", "facility", "target", "indicator", "alias", "table", "scene", "theme"];

/// A step of a path: a key or a position in a list.
#[derive(Clone, Debug, PartialEq, Eq)]
enum Step {
    Key(String),
    At(usize),
}

/// A theme to look at that is neither the program's nor the project's is a slip of the pen, told like others.
fn with_known_theme(mut project: Project, mut left_out: Vec<NotUnderstood>) -> (Project, Vec<NotUnderstood>) {
    let is_known = |theme: Theme| {
        Theme::from_key(theme.key()).is_some()
            || project.themes.iter().any(|t| t.id == theme)
            || project.indicators.iter().any(|i| i.theme == theme)
    };
    if let Some(theme) = project.view.theme.filter(|t| !is_known(*t)) {
        project.view.theme = None;
        let why = format!("no indicator is under a theme `{}`", theme.key());
        left_out.push(NotUnderstood { place: "view.theme".to_owned(), why, entry: None });
    }
    (project, left_out)
}

/// The project, and what of it was not understood.
///
/// # Errors
/// Why it is no project at all.
pub(super) fn understand(mut table: Table) -> Result<(Project, Vec<NotUnderstood>), String> {
    for layer in
        table.get_mut("layer").and_then(Value::as_array_mut).into_iter().flatten().filter_map(Value::as_table_mut)
    {
        // Tiles of a server have an address instead.
        if layer.contains_key("url") && !layer.contains_key("path") {
            layer.insert("path".to_owned(), Value::String(String::new()));
        }
    }
    let mut left_out: Vec<NotUnderstood> = Vec::new();
    // Positions in lists as they were, by list: taking one out moves those behind it.
    let mut originals: std::collections::BTreeMap<String, Vec<usize>> =
        table.iter().filter_map(|(k, v)| Some((k.clone(), (0..v.as_array()?.len()).collect()))).collect();
    loop {
        let error = match serde_path_to_error::deserialize::<_, Project>(Value::Table(table.clone())) {
            Ok(project) => return Ok(with_known_theme(project, left_out)),
            Err(error) => error,
        };
        let steps = steps(error.path());
        let why = error.inner().to_string();
        let Some(cut) = cut(&steps).filter(|_| left_out.len() < MOST) else { return Err(why) };
        let mut named = cut.clone();
        let mut entry = None;
        if let [Step::Key(list), Step::At(i), ..] = cut.as_slice()
            && let Some(known) = originals.get_mut(list)
            && let Some(original) = known.get(*i).copied()
        {
            if let Some(step) = named.get_mut(1) {
                *step = Step::At(original);
            }
            if cut.len() == 2 {
                known.remove(*i);
                entry = Some((list.clone(), original));
            }
        }
        if !remove(&mut table, &cut) {
            return Err(why);
        }
        left_out.push(NotUnderstood { place: place_of(&named), why: why.trim().to_owned(), entry });
    }
}

fn steps(path: &serde_path_to_error::Path) -> Vec<Step> {
    use serde_path_to_error::Segment;
    path.iter()
        .filter_map(|segment| match segment {
            Segment::Seq { index } => Some(Step::At(*index)),
            Segment::Map { key } => Some(Step::Key(key.clone())),
            Segment::Enum { .. } | Segment::Unknown => None,
        })
        .collect()
}

fn place_of(steps: &[Step]) -> String {
    let mut text = String::new();
    for step in steps {
        match step {
            Step::Key(key) if text.is_empty() => text += key,
            Step::Key(key) => text += &format!(".{key}"),
            Step::At(i) => text += &format!("[{i}]"),
        }
    }
    text
}

/// What is left out for an error at a place: the smallest piece that means something by itself.
fn cut(steps: &[Step]) -> Option<Vec<Step>> {
    match steps {
        [] => None,
        [Step::Key(key), ..] if key == "version" => None,
        [Step::Key(list), Step::At(_), ..] if WHOLE.contains(&list.as_str()) => Some(steps.get(..2)?.to_vec()),
        steps => {
            // A part of how a layer is coloured would colour it otherwise.
            let theme = steps.iter().position(|s| *s == Step::Key("theme".into())).filter(|i| *i > 1);
            let inner = steps.iter().skip(2).position(|s| matches!(s, Step::At(_))).map(|i| i + 1);
            let last = [theme, inner].into_iter().flatten().min().unwrap_or(steps.len() - 1);
            Some(steps.get(..=last)?.to_vec())
        }
    }
}

fn remove(table: &mut Table, steps: &[Step]) -> bool {
    let (Some(last), Some(way)) = (steps.last(), steps.get(1..steps.len().saturating_sub(1))) else { return false };
    let Some(Step::Key(first)) = steps.first() else { return false };
    if steps.len() == 1 {
        return table.remove(first).is_some();
    }
    let mut at = table.get_mut(first);
    for step in way {
        at = match (at, step) {
            (Some(Value::Table(t)), Step::Key(k)) => t.get_mut(k),
            (Some(Value::Array(a)), Step::At(i)) => a.get_mut(*i),
            _ => None,
        };
    }
    match (at, last) {
        (Some(Value::Table(t)), Step::Key(k)) => t.remove(k).is_some(),
        (Some(Value::Array(a)), Step::At(i)) if *i < a.len() => {
            a.remove(*i);
            true
        }
        _ => false,
    }
}

/// The first number of a project that is none, or is endless: its line, its place, and how it stands there. A correction's
/// figure is a text, and is looked at too.
pub(super) fn not_finite(text: &str) -> Option<(usize, String, String)> {
    let document = toml_edit::Document::parse(text).ok()?;
    let mut found = Vec::new();
    walk(document.as_item(), &mut Vec::new(), &mut found);
    let (start, place, value) = found.into_iter().min_by_key(|(start, ..)| *start)?;
    let line = text.get(..start).map_or(1, |before| before.matches('\n').count() + 1);
    Some((line, place, value))
}

fn walk(item: &toml_edit::Item, way: &mut Vec<Step>, found: &mut Vec<(usize, String, String)>) {
    if let Some(table) = item.as_table_like() {
        for (key, inner) in table.iter() {
            way.push(Step::Key(key.to_owned()));
            walk(inner, way, found);
            way.pop();
        }
    } else if let Some(list) = item.as_array_of_tables() {
        for (i, table) in list.iter().enumerate() {
            way.push(Step::At(i));
            for (key, inner) in table.iter() {
                way.push(Step::Key(key.to_owned()));
                walk(inner, way, found);
                way.pop();
            }
            way.pop();
        }
    } else if let Some(value) = item.as_value() {
        walk_value(value, way, found);
    }
}

fn walk_value(value: &toml_edit::Value, way: &mut Vec<Step>, found: &mut Vec<(usize, String, String)>) {
    let start = value.span().map_or(0, |s| s.start);
    let is_correction =
        way.first() == Some(&Step::Key("edit".into())) && way.last() == Some(&Step::Key("value".into()));
    match value {
        toml_edit::Value::Float(v) if !v.value().is_finite() => {
            found.push((start, place_of(way), v.value().to_string()));
        }
        toml_edit::Value::String(text)
            if is_correction && text.value().trim().parse::<f64>().is_ok_and(f64::is_infinite) =>
        {
            found.push((start, place_of(way), text.value().clone()));
        }
        toml_edit::Value::Array(list) => {
            for (i, inner) in list.iter().enumerate() {
                way.push(Step::At(i));
                walk_value(inner, way, found);
                way.pop();
            }
        }
        toml_edit::Value::InlineTable(table) => {
            for (key, inner) in table.iter() {
                way.push(Step::Key(key.to_owned()));
                walk_value(inner, way, found);
                way.pop();
            }
        }
        _ => {}
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(text: &str) -> (Project, Vec<String>) {
        let (project, left_out) = understand(toml::from_str(text).expect("TOML")).expect("a project");
        (project, left_out.into_iter().map(|l| l.place).collect())
    }

    #[test]
    fn what_is_not_understood_is_left_out_and_named() {
        let text = "version = 1\n[view]\ntheme = 'markets'\nyear = 2021\n[[rule]]\nid = 'T1'\nseverity = 'urgent'\noff = true\n\
                    [[edit]]\nwhat = 'population'\nvalue = 5\n[[edit]]\nwhat = 'population'\nvalue = '7'\n[[edit]]\nvalue = '1'\n\
                    [[layer]]\npath = 'a.geojson'\n[layer.theme]\nfield = 'x'\nclasses = 'many'\n[[layer]]\ntitle = 'no path'\n";
        let (project, places) = read(text);
        assert_eq!(project.view.year, Some(2021));
        assert_eq!((project.rules.len(), project.rules[0].off), (1, Some(true)));
        assert_eq!((project.edits.len(), project.edits[0].value.as_str()), (1, "7"));
        assert_eq!((project.layers.len(), project.layers[0].colouring.as_ref()), (1, None));
        let mut places = places;
        places.sort();
        assert_eq!(
            places,
            ["edit[0]", "edit[2]", "layer[0].theme", "layer[1]", "rule[0].severity", "view.theme"],
            "{places:?}"
        );
        assert!(understand(toml::from_str("version = 'x'").expect("TOML")).is_err());
    }

    #[test]
    fn numbers_that_are_none_are_found_with_their_line() {
        let text = "version = 1\n[[layer]]\npath = 'a'\n[layer.theme]\nbreaks = [1.0, nan]\n[[edit]]\nvalue = '-inf'\n";
        assert_eq!(not_finite(text), Some((5, "layer[0].theme.breaks[1]".into(), "NaN".into())));
        let text = "version = 1\n[[rule]]\nlimits = { residents = inf }\n";
        assert_eq!(not_finite(text), Some((3, "rule[0].limits.residents".into(), "inf".into())));
        // As text it says that a figure is unknown, as tables write it.
        assert_eq!(not_finite("[[edit]]\nvalue = ' nan'\n"), None);
        assert_eq!(not_finite("[[edit]]\nvalue = '1e999'\n"), Some((2, "edit[0].value".into(), "1e999".into())));
        assert_eq!(not_finite("a = 1.5\ntitle = 'nan'\n"), None);
    }
}
