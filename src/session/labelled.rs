//! What features are labelled with on maps: their name, a field, or a text with fields in braces.

use super::layer::Loaded;
use super::number;
use super::state::Session;
use crate::model::{FeatureId, Role, identifies};
use crate::render::LayerKey;

impl Session {
    /// What a feature is labelled with on the map: its name, the field that the person chose, or the text with its fields filled in. A field
    /// that the table lacks, or that has no value, leaves its place empty; lines that stay empty are left out.
    pub fn label_of(&self, key: LayerKey, loaded: &Loaded, feature: FeatureId) -> String {
        let name = || loaded.dataset.text(feature, Role::Name).unwrap_or_default().into_owned();
        let Some(label) = self.entry(key).and_then(|e| e.style.label.as_deref()) else { return name() };
        if label.contains('{') {
            let filled = filled(label, |field| self.label_value(loaded, feature, field));
            let lines: Vec<&str> = filled.lines().map(str::trim).filter(|l| !l.is_empty()).collect();
            return lines.join("\n");
        }
        if loaded.dataset.table.position(label).is_none() { name() } else { self.label_value(loaded, feature, label) }
    }

    /// The value of a field as labels show it; `name`, `town` and the like also where columns are called otherwise.
    fn label_value(&self, loaded: &Loaded, feature: FeatureId, field: &str) -> String {
        let table = &loaded.dataset.table;
        let Some(position) = table.position(field) else {
            let role = Role::ALL.into_iter().find(|r| r.key() == field);
            return role.and_then(|r| loaded.dataset.text(feature, r)).unwrap_or_default().into_owned();
        };
        let value = table.value(feature, position);
        let text = match value.as_f64() {
            Some(n) if !identifies(table.columns.get(position).map_or("", |c| &c.name)) => number(n),
            _ => value.to_text().unwrap_or_default().into_owned(),
        };
        self.lang.find(&format!("value.{text}")).map_or(text, str::to_owned)
    }
}

/// A text with its braces filled in; `\\n` stands for a new line.
fn filled(template: &str, value: impl Fn(&str) -> String) -> String {
    let (mut out, mut rest) = (String::new(), template);
    while let Some((before, after)) = rest.split_once('{') {
        out.push_str(before);
        let Some((field, tail)) = after.split_once('}') else {
            rest = after;
            break;
        };
        out.push_str(&value(field.trim()));
        rest = tail;
    }
    (out + rest).replace("\\n", "\n")
}

#[cfg(test)]
mod tests {
    use super::filled;

    #[test]
    fn braces_are_filled_and_what_is_open_stays() {
        let value = |f: &str| if f == "name" { "东沟村".to_owned() } else { String::new() };
        assert_eq!(filled("{name}（{ 户 }户）\\n{name}", value), "东沟村（户）\n东沟村");
        assert_eq!(filled("a{b", value), "ab");
        assert_eq!(filled("plain", value), "plain");
    }
}
