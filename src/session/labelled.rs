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

/// A text with its braces filled in; `\\n` stands for a new line. Brackets go with what stands in them where none of their fields has a value,
/// and signs at the ends of a line that would part something from nothing.
fn filled(template: &str, value: impl Fn(&str) -> String) -> String {
    let (mut out, mut lacks, template) = (String::new(), false, without_empty_brackets(template, &value));
    let mut rest = template.as_str();
    while let Some((before, after)) = rest.split_once('{') {
        out.push_str(before);
        let Some((field, tail)) = after.split_once('}') else {
            rest = after;
            break;
        };
        let text = value(field.trim());
        lacks |= text.trim().is_empty();
        out.push_str(&text);
        rest = tail;
    }
    let whole = (out + rest).replace("\\n", "\n");
    if !lacks {
        return whole;
    }
    let parts = |c: char| c.is_whitespace() || "·,，、/|;；".contains(c);
    let lines: Vec<&str> = whole.split('\n').map(|line| line.trim_matches(parts)).collect();
    lines.join("\n")
}

/// A template without the brackets that have fields, none of which has a value.
fn without_empty_brackets(template: &str, value: impl Fn(&str) -> String) -> String {
    let mut kept = template.to_owned();
    for (open, close) in [('(', ')'), ('（', '）'), ('[', ']'), ('【', '】')] {
        let mut from = 0;
        while let Some(at) = kept.get(from..).and_then(|rest| rest.find(open)).map(|at| from + at) {
            let after = at + open.len_utf8();
            let Some(end) = kept.get(after..).and_then(|rest| rest.find(close)).map(|end| after + end) else { break };
            let inner = kept.get(after..end).unwrap_or_default();
            let fields: Vec<&str> =
                inner.split('{').skip(1).filter_map(|part| Some(part.split_once('}')?.0.trim())).collect();
            if !fields.is_empty() && fields.iter().all(|f| value(f).trim().is_empty()) {
                kept.replace_range(at..end + close.len_utf8(), "");
            } else {
                from = after;
            }
        }
    }
    kept
}

#[cfg(test)]
mod tests {
    use super::filled;

    #[test]
    fn braces_are_filled_and_what_is_open_stays() {
        let value = |f: &str| if f == "name" { "东沟村".to_owned() } else { String::new() };
        for (template, expected) in [
            ("{name}（{code}）", "东沟村"),
            ("{name} ( {code} )", "东沟村 "),
            ("{code} · {name}", "东沟村"),
            ("{name}（{ 户 }户）\\n{name}", "东沟村\n东沟村"),
            ("{name}（{code}）（旧）", "东沟村（旧）"),
            ("{name}\\n[{code}] / {x}", "东沟村\n"),
            ("（{name}{code}）()", "（东沟村）()"),
        ] {
            assert_eq!(filled(template, value), expected, "{template}");
        }
        assert_eq!(filled("a{b", value), "ab");
        assert_eq!(filled("plain", value), "plain");
    }
}
