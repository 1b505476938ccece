//! Every sentence the program says, from the language files in `assets/lang/`.

use std::collections::HashMap;
use std::sync::LazyLock;

/// A language of the interface.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Lang {
    /// Simplified Chinese.
    Zh,
    /// English.
    En,
}

type Words = HashMap<String, String>;

static ZH: LazyLock<Words> = LazyLock::new(|| flatten(include_str!("../../assets/lang/zh-CN.toml")));
static EN: LazyLock<Words> = LazyLock::new(|| flatten(include_str!("../../assets/lang/en.toml")));

/// `[section] key = "text"` becomes `section.key`.
fn flatten(source: &str) -> Words {
    let mut words = Words::new();
    let table: toml::Table = source.parse().unwrap_or_default();
    for (section, entries) in table {
        match entries {
            toml::Value::String(text) => {
                words.insert(section, text);
            }
            toml::Value::Table(entries) => {
                words.extend(
                    entries.into_iter().filter_map(|(k, v)| Some((format!("{section}.{k}"), v.as_str()?.to_owned()))),
                );
            }
            _ => {}
        }
    }
    words
}

impl Lang {
    /// The language of the system: Chinese where its locale says so, else English.
    pub fn of_system() -> Self {
        let locale = std::env::var("QIANCUN_LANG").ok().or_else(sys_locale::get_locale).unwrap_or_default();
        Self::from_tag(&locale)
    }

    /// The language for a locale tag such as `zh-CN` or `en_GB.UTF-8`.
    pub fn from_tag(tag: &str) -> Self {
        if tag.to_ascii_lowercase().starts_with("zh") { Self::Zh } else { Self::En }
    }

    /// `zh` or `en`.
    pub fn tag(self) -> &'static str {
        match self {
            Self::Zh => "zh",
            Self::En => "en",
        }
    }

    fn words(self) -> &'static Words {
        match self {
            Self::Zh => &ZH,
            Self::En => &EN,
        }
    }

    /// The text of a key; the key itself where the language file lacks it (a test sees to it that none does).
    pub fn t(self, key: &'static str) -> &'static str {
        self.words().get(key).map_or(key, String::as_str)
    }

    /// The text of a key made at run time, if the language file has it.
    pub fn find(self, key: &str) -> Option<&'static str> {
        self.words().get(key).map(String::as_str)
    }

    /// The text of a key with `{name}` replaced by values.
    pub fn with(self, key: &'static str, values: &[(&str, &str)]) -> String {
        fill(self.t(key), values)
    }

    /// A problem code as the program has it; `None` where it has none such.
    pub fn problem_code(code: &str) -> Option<&'static str> {
        EN.get_key_value(&format!("problem.{code}"))?.0.strip_prefix("problem.")
    }

    /// The sentence of a problem code. The detail of `table-unreadable` is why, as a key of `read`, and the file, parted by a tab.
    pub fn problem(self, code: &str, detail: &str) -> String {
        let why = detail
            .split_once('\t')
            .and_then(|(key, name)| Some(fill(self.find(&format!("read.{key}"))?, &[("name", name)])));
        let detail = why.as_deref().unwrap_or(detail);
        match self.find(&format!("problem.{code}")) {
            Some(text) => fill(text, &[("n", detail)]),
            None => format!("{code} {detail}"),
        }
    }
}

/// A text with each `{name}` replaced by its value, and each `{name:one|many}` by the words for that number. A place without a value stays.
pub fn fill(text: &str, values: &[(&str, &str)]) -> String {
    let mut out = String::with_capacity(text.len() + 16);
    let mut rest = text;
    while let Some((before, after)) = rest.split_once('{') {
        out.push_str(before);
        let place = after.split_once('}').and_then(|(place, behind)| Some((filled(place, values)?, behind)));
        match place {
            Some((words, behind)) => {
                out.push_str(words);
                rest = behind;
            }
            None => {
                out.push('{');
                rest = after;
            }
        }
    }
    out.push_str(rest);
    out
}

fn filled<'a>(place: &'a str, values: &[(&str, &'a str)]) -> Option<&'a str> {
    let value_of = |name: &str| values.iter().find(|(known, _)| *known == name).map(|(_, value)| *value);
    match place.split_once(':') {
        Some((name, words)) => {
            let (one, many) = words.split_once('|')?;
            Some(if value_of(name)? == "1" { one } else { many })
        }
        None => value_of(place),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn both_languages_have_the_same_keys_and_places() {
        let places = |text: &str| {
            let place = |s: &str| Some(s.split('}').next()?.split(':').next()?.to_owned());
            text.split('{').skip(1).filter_map(place).collect::<std::collections::BTreeSet<String>>()
        };
        for key in ZH.keys().chain(EN.keys()) {
            let (zh, en) = (Lang::Zh.find(key), Lang::En.find(key));
            assert!(zh.is_some() && en.is_some(), "{key} is missing in one language");
            assert_eq!(zh.map(places), en.map(places), "{key}");
        }
        assert!(ZH.len() > 50);
    }

    #[test]
    fn one_is_said_otherwise_than_many_and_values_are_not_filled_again() {
        let said = |n| fill("{n} {n:row is|rows are} of {name}; {other}", &[("n", n), ("name", "{n}.csv")]);
        assert_eq!(said("1"), "1 row is of {n}.csv; {other}");
        assert_eq!(said("21"), "21 rows are of {n}.csv; {other}");
        assert_eq!(fill("{", &[]), "{");
    }

    #[test]
    fn a_locale_chooses_the_language() {
        assert_eq!(Lang::from_tag("zh_CN.UTF-8"), Lang::Zh);
        assert_eq!(Lang::from_tag("zh-Hans-CN"), Lang::Zh);
        assert_eq!(Lang::from_tag("en-GB"), Lang::En);
    }
}
