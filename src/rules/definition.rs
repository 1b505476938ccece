//! Rules as data: the ones that the program ships, what a project changes of them, and a project's own.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use super::gap::GapSeverity;
use crate::lang::Lang;

/// A rule: what it is called, what it asks for, and who is exempt.
#[derive(Clone, Debug, PartialEq, Deserialize)]
pub struct RuleDefinition {
    /// Stable name, such as `T1`.
    pub id: String,
    /// Shown in Chinese.
    pub zh: String,
    /// Shown in English.
    pub en: String,
    /// What would close a gap, in Chinese.
    #[serde(default)]
    pub zh_closes: String,
    /// What would close a gap, in English.
    #[serde(default)]
    pub en_closes: String,
    /// How much its gaps matter.
    pub severity: GapSeverity,
    /// How much they matter beyond the second limit.
    #[serde(default)]
    pub severe: Option<GapSeverity>,
    /// Where the rule comes from.
    #[serde(default)]
    pub clause: String,
    /// Limits by name, the unit in the name.
    #[serde(default)]
    pub limits: BTreeMap<String, f64>,
    /// Indicators that it looks at, where it could look at any.
    #[serde(default)]
    pub indicators: Vec<String>,
    /// Indicators whose shortfalls its gaps tell.
    #[serde(default)]
    pub judges: Vec<String>,
    /// Indicators that are asked for only where an expression holds.
    #[serde(default)]
    pub required_where: BTreeMap<String, String>,
    /// Codes or names of villages that it does not look at.
    #[serde(default)]
    pub exempt: Vec<String>,
    /// For a project's own rule: the condition that raises a gap.
    #[serde(default)]
    pub when: Option<String>,
    /// Whether it is switched off.
    #[serde(default)]
    pub off: bool,
}

impl RuleDefinition {
    /// Its name.
    pub fn name(&self, lang: Lang) -> &str {
        self.words(lang, &self.zh, &self.en)
    }

    /// What would close its gaps; empty where nothing is said.
    pub fn closes(&self, lang: Lang) -> &str {
        self.words(lang, &self.zh_closes, &self.en_closes)
    }

    /// The reason of a project's own rule: its name and condition.
    pub(super) fn reason(&self, lang: Lang) -> String {
        match &self.when {
            Some(when) => format!("{}: {when}", self.name(lang)),
            None => self.name(lang).to_owned(),
        }
    }

    fn words<'a>(&self, lang: Lang, zh: &'a str, en: &'a str) -> &'a str {
        match (lang, zh, en) {
            (Lang::Zh, "", other) | (Lang::En, other, "") | (Lang::Zh, other, _) | (Lang::En, _, other) => other,
        }
    }

    /// A limit; NaN, which nothing is beyond, where neither file has it.
    pub fn limit(&self, name: &str) -> f64 {
        self.limits.get(name).copied().unwrap_or(f64::NAN)
    }
}

/// What a project says of a rule: what is not said stays; an id that is not shipped is a rule of its own.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct RuleEntry {
    /// The rule.
    pub id: String,
    /// Switched off or on.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub off: Option<bool>,
    /// How much its gaps matter.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub severity: Option<GapSeverity>,
    /// How much they matter beyond the second limit.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub severe: Option<GapSeverity>,
    /// What would close a gap, in either language.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub closes: String,
    /// What would close a gap, in Chinese.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub zh_closes: String,
    /// What would close a gap, in English.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub en_closes: String,
    /// Where the rule comes from.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub clause: String,
    /// Indicators that it looks at, in place of those it has.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub indicators: Option<Vec<String>>,
    /// Indicators whose shortfalls its gaps tell, in place of those it has.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub judges: Option<Vec<String>>,
    /// Indicators that are asked for only where an expression holds, besides those it has.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub required_where: BTreeMap<String, String>,
    /// Limits that differ.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub limits: BTreeMap<String, f64>,
    /// Codes or names of villages that it does not look at.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub exempt: Vec<String>,
    /// The condition of a rule of one's own, in the language of filters.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub when: Option<String>,
    /// Its name in Chinese.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub zh: String,
    /// Its name in English.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub en: String,
    /// Keys of the file that this version does not know: kept.
    #[serde(flatten)]
    pub other: toml::Table,
}

/// All rules of a project.
#[derive(Clone, Debug, PartialEq)]
pub struct Rules {
    /// In the order of the list.
    pub list: Vec<RuleDefinition>,
    /// What the project says and nobody here knows: rules without a condition, limits that a rule does not have.
    pub not_understood: Vec<String>,
}

#[derive(Deserialize)]
struct File {
    rule: Vec<RuleDefinition>,
}

impl Rules {
    /// The rules that the program ships, changed by a project, and the project's own behind them.
    pub fn with(entries: &[RuleEntry]) -> Self {
        // The file is part of the program: a test holds it to be right.
        let shipped = toml::from_str::<File>(include_str!("../../assets/rules.toml")).map(|f| f.rule);
        let mut list: Vec<RuleDefinition> = shipped.unwrap_or_default();
        let mut not_understood = Vec::new();
        for entry in entries {
            match list.iter_mut().find(|r| r.id == entry.id) {
                Some(rule) => not_understood.extend(change(rule, entry)),
                None if entry.when.is_some() => {
                    let name = entry.en.is_empty() && entry.zh.is_empty();
                    let mut rule = RuleDefinition {
                        id: entry.id.clone(),
                        zh: String::new(),
                        en: if name { entry.id.clone() } else { String::new() },
                        zh_closes: String::new(),
                        en_closes: String::new(),
                        severity: GapSeverity::Medium,
                        severe: None,
                        clause: String::new(),
                        limits: entry.limits.clone(),
                        indicators: Vec::new(),
                        judges: Vec::new(),
                        required_where: BTreeMap::new(),
                        exempt: Vec::new(),
                        when: None,
                        off: false,
                    };
                    change(&mut rule, entry);
                    list.push(rule);
                }
                None => not_understood.push(entry.id.clone()),
            }
            // What no rule has would count for nothing, in silence.
            not_understood.extend(entry.other.keys().map(|key| format!("{} {key}", entry.id)));
        }
        Self { list, not_understood }
    }

    /// The rule of an id.
    pub fn get(&self, id: &str) -> Option<&RuleDefinition> {
        self.list.iter().find(|r| r.id == id)
    }
}

/// The first text, or the second where it is empty.
fn either<'a>(first: &'a String, second: &'a String) -> &'a String {
    if first.is_empty() { second } else { first }
}

/// Changes a rule; gives the limits that it does not have, as `T5 resident`.
fn change(rule: &mut RuleDefinition, entry: &RuleEntry) -> Vec<String> {
    rule.off = entry.off.unwrap_or(rule.off);
    if let Some(severity) = entry.severity {
        (rule.severity, rule.severe) = (severity, None);
    }
    rule.severe = entry.severe.or(rule.severe);
    for (text, own) in [
        (&mut rule.zh, &entry.zh),
        (&mut rule.en, &entry.en),
        (&mut rule.zh_closes, either(&entry.zh_closes, &entry.closes)),
        (&mut rule.en_closes, either(&entry.en_closes, &entry.closes)),
        (&mut rule.clause, &entry.clause),
    ] {
        if !own.is_empty() {
            text.clone_from(own);
        }
    }
    for (list, own) in [(&mut rule.indicators, &entry.indicators), (&mut rule.judges, &entry.judges)] {
        if let Some(own) = own {
            list.clone_from(own);
        }
    }
    rule.required_where.extend(entry.required_where.iter().map(|(k, v)| (k.clone(), v.clone())));
    rule.exempt.extend(entry.exempt.iter().cloned());
    // A condition takes the place of the way to look.
    rule.when = entry.when.clone().or(rule.when.take());
    let mut unknown = Vec::new();
    for (name, limit) in &entry.limits {
        match rule.limits.get_mut(name) {
            Some(slot) => *slot = *limit,
            None => unknown.push(format!("{} {name}", rule.id)),
        }
    }
    unknown
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_shipped_rules_are_whole() {
        let rules = Rules::with(&[]);
        let ids: Vec<&str> = rules.list.iter().map(|r| r.id.as_str()).collect();
        let expected = "T1 T2 T3 T4 T5 H1 S1 W1 C1 C2 C3 D1 D2 D3 D4 D5 E1 P1";
        assert_eq!(ids.join(" "), expected);
        for rule in &rules.list {
            assert!(super::super::rule_of(&rule.id).is_some(), "{}", rule.id);
            for text in [&rule.zh, &rule.en, &rule.zh_closes, &rule.en_closes] {
                assert!(!text.is_empty(), "{}", rule.id);
            }
        }
    }

    #[test]
    fn a_project_changes_limits_switches_off_and_adds_its_own() {
        let text = "[[rule]]\nid='T5'\nlimits={residents=800, resident=1}\n[[rule]]\nid='C2'\noff=true\n[[rule]]\nid='X1'\nzh='人多'\nwhen='population > 3000'\n[[rule]]\nid='Q9'\n";
        #[derive(Deserialize)]
        struct Entries {
            rule: Vec<RuleEntry>,
        }
        let entries = toml::from_str::<Entries>(text).map(|e| e.rule).unwrap_or_default();
        let rules = Rules::with(&entries);
        assert_eq!(rules.get("T5").map(|r| r.limit("residents")), Some(800.0));
        assert_eq!(rules.get("C2").map(|r| r.off), Some(true));
        assert_eq!(rules.get("X1").map(|r| r.name(Lang::En)), Some("人多"));
        assert_eq!(rules.not_understood, ["T5 resident", "Q9"]);
    }
}
