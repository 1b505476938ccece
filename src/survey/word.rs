//! Open words: kinds of events and results that a later version may add. What is not known here is kept as it is written.

use std::sync::{Mutex, PoisonError};

use rustc_hash::FxHashSet;
use serde::{Deserialize, Deserializer, Serialize, Serializer};

use crate::lang::Lang;

/// A word that is kept as long as the program runs: there are as many as a log has different ones.
pub(super) fn interned(word: &str) -> &'static str {
    static WORDS: Mutex<Option<FxHashSet<&'static str>>> = Mutex::new(None);
    let mut words = WORDS.lock().unwrap_or_else(PoisonError::into_inner);
    let words = words.get_or_insert_default();
    match words.get(word) {
        Some(known) => known,
        None => {
            let kept: &'static str = Box::leak(word.to_owned().into_boxed_str());
            words.insert(kept);
            kept
        }
    }
}

/// What a visit found.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Outcome {
    /// The gap is there.
    Confirmed,
    /// It has been closed.
    Closed,
    /// It never was: the data are wrong.
    Wrong,
    /// The place could not be reached.
    Unreachable,
    /// A word of a later version: kept, counted and shown as it is, and nothing is concluded from it.
    Other(&'static str),
}

/// What people write for a result, besides the words of the language files; compared without case, blanks and full stops.
const SPOKEN: [(Outcome, &[&str]); 4] = [
    (
        Outcome::Confirmed,
        &[
            "是",
            "有",
            "确认",
            "已确认",
            "确认属实",
            "情况属实",
            "属实",
            "存在",
            "仍存在",
            "未整改",
            "未解决",
            "yes",
            "y",
            "true",
            "confirm",
        ],
    ),
    (
        Outcome::Closed,
        &[
            "已解决",
            "解决",
            "已整改",
            "整改",
            "整改完成",
            "已完成",
            "完成",
            "已消除",
            "消除",
            "已关闭",
            "关闭",
            "已修复",
            "已办结",
            "办结",
            "已结案",
            "结案",
            "已处理",
            "处理完毕",
            "已处置",
            "处置完毕",
            "√",
            "✓",
            "✔",
            "done",
            "fixed",
            "solved",
            "resolved",
            "ok",
        ],
    ),
    (
        Outcome::Wrong,
        &[
            "否",
            "不属实",
            "不存在",
            "数据有误",
            "有误",
            "误报",
            "错误",
            "×",
            "✗",
            "no",
            "n",
            "false",
            "error",
            "data wrong",
        ],
    ),
    (Outcome::Unreachable, &["无法到达", "未到达", "未能到达", "没到", "去不了", "进不去", "not reached", "no access"]),
];

impl Outcome {
    /// Those that this version offers, in their order.
    pub const ALL: [Self; 4] = [Self::Confirmed, Self::Closed, Self::Wrong, Self::Unreachable];

    /// Stable name; in language files `result.<key>`.
    pub fn key(self) -> &'static str {
        match self {
            Self::Confirmed => "confirmed",
            Self::Closed => "closed",
            Self::Wrong => "wrong",
            Self::Unreachable => "unreachable",
            Self::Other(word) => word,
        }
    }

    /// Its word in a language; a word of a later version as it is.
    pub fn word(self, lang: Lang) -> &'static str {
        lang.find(&format!("result.{}", self.key())).unwrap_or(self.key())
    }

    /// The outcome that a person names: by the stable name, by its word in any language of the program, or by what people
    /// write for it. The square-root sign stands for a tick on field sheets.
    pub fn from_word(word: &str) -> Option<Self> {
        let plain = |text: &str| -> String {
            let is_noise =
                |c: char| c.is_whitespace() || matches!(c, '。' | '.' | '！' | '!' | '，' | ',' | '\u{feff}');
            text.chars().filter(|c| !is_noise(*c)).flat_map(char::to_lowercase).collect()
        };
        let word = plain(word);
        if word.is_empty() {
            return None;
        }
        let is = |o: &Self, lang: Lang| plain(o.word(lang)) == word;
        let known = Self::ALL.into_iter().find(|o| plain(o.key()) == word || is(o, Lang::Zh) || is(o, Lang::En));
        known.or_else(|| SPOKEN.iter().find(|(_, all)| all.iter().any(|w| plain(w) == word)).map(|(o, _)| *o))
    }

    /// The outcome of a stable name; a word that is not known is kept as it is.
    pub fn from_key(key: &str) -> Option<Self> {
        let known = Self::ALL.into_iter().find(|o| o.key() == key);
        known.or_else(|| (!key.is_empty()).then(|| Self::Other(interned(key))))
    }
}

/// What an event says.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum EventKind {
    /// Somebody was there.
    #[default]
    Visit,
    /// What an earlier visit is to say instead.
    Correction,
    /// An earlier visit does not count.
    Withdrawal,
    /// What a meeting decided about a village or a gap: see [`super::Decision`].
    Decision,
    /// What residents or grid staff reported: see [`super::Report`].
    Report,
    /// Something that a later version records: kept, merged and counted, and never taken for a visit.
    Other(&'static str),
}

impl EventKind {
    /// Stable name, as in the database.
    pub fn key(self) -> &'static str {
        match self {
            Self::Visit => "visit",
            Self::Correction => "correction",
            Self::Withdrawal => "withdrawal",
            Self::Decision => "decision",
            Self::Report => "report",
            Self::Other(word) => word,
        }
    }

    /// The kind of a stable name; a word that is not known is kept as it is.
    pub fn from_key(key: &str) -> Self {
        let known = [Self::Visit, Self::Correction, Self::Withdrawal, Self::Decision, Self::Report]
            .into_iter()
            .find(|k| k.key() == key);
        known.unwrap_or_else(|| Self::Other(interned(key)))
    }
}

impl Serialize for Outcome {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_str(self.key())
    }
}

impl<'de> Deserialize<'de> for Outcome {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let word = String::deserialize(deserializer)?;
        Self::from_key(&word).ok_or_else(|| serde::de::Error::custom("an empty result"))
    }
}

impl Serialize for EventKind {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_str(self.key())
    }
}

impl<'de> Deserialize<'de> for EventKind {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        String::deserialize(deserializer).map(|word| Self::from_key(&word))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn words_as_people_write_them() {
        for (word, expected) in [
            ("属实", Outcome::Confirmed),
            ("是", Outcome::Confirmed),
            ("确认", Outcome::Confirmed),
            ("已解决", Outcome::Closed),
            ("已整改", Outcome::Closed),
            ("√", Outcome::Closed),
            ("Closed ", Outcome::Closed),
            ("closed。", Outcome::Closed),
            ("CLOSED\r", Outcome::Closed),
            ("无法到达", Outcome::Unreachable),
            ("数据有误", Outcome::Wrong),
            ("否", Outcome::Wrong),
        ] {
            assert_eq!(Outcome::from_word(word), Some(expected), "{word}");
        }
        for word in ["", " ", "maybe", "不清楚", "是否"] {
            assert_eq!(Outcome::from_word(word), None, "{word}");
        }
        assert_eq!(Outcome::from_key("partly").map(Outcome::key), Some("partly"));
        assert_eq!(EventKind::from_key("decision"), EventKind::Decision);
        assert_eq!(EventKind::from_key("appraisal").key(), "appraisal");
        let text = serde_json::to_string(&Outcome::from_key("partly")).expect("json");
        assert_eq!(serde_json::from_str::<Option<Outcome>>(&text).expect("back"), Outcome::from_key("partly"));
    }
}
