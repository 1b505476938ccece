//! Who answers for what: 河长, 网格员, 村医 and the like.

use serde::{Deserialize, Serialize};

/// Something that a person answers for: a town, a village, a river, field or facility by its name, or the gaps of a rule. What is said
/// together narrows: a town and a rule are that rule's gaps in that town. What is not said is empty.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct AnswersFor {
    /// A town, by its name.
    #[serde(skip_serializing_if = "String::is_empty")]
    pub town: String,
    /// A village, by its code or name.
    #[serde(skip_serializing_if = "String::is_empty")]
    pub village: String,
    /// A river, field or facility, by its name.
    #[serde(skip_serializing_if = "String::is_empty")]
    pub thing: String,
    /// A gap rule, by its id.
    #[serde(skip_serializing_if = "String::is_empty")]
    pub rule: String,
}

impl AnswersFor {
    /// Whether nothing is said.
    pub fn is_empty(&self) -> bool {
        *self == Self::default()
    }

    /// In words: what is said, one behind the other.
    ///
    /// ```
    /// use qiancun::model::AnswersFor;
    /// let of = AnswersFor { town: "苏家坨镇".into(), rule: "S1".into(), ..AnswersFor::default() };
    /// assert_eq!(of.words(), "苏家坨镇 S1");
    /// ```
    pub fn words(&self) -> String {
        let parts = [&self.town, &self.village, &self.thing, &self.rule];
        parts.into_iter().filter(|p| !p.is_empty()).map(String::as_str).collect::<Vec<_>>().join(" ")
    }
}

/// A telephone number as it was written; digits that a spreadsheet wrote as a power of ten in full. `None` where digits are lost by it.
///
/// ```
/// use qiancun::model::whole_phone;
/// assert_eq!(whole_phone("1.3812345678E+10").as_deref(), Some("13812345678"));
/// assert_eq!(whole_phone("1.38E+10"), None);
/// assert_eq!(whole_phone("010-62880000 转 8").as_deref(), Some("010-62880000 转 8"));
/// ```
pub fn whole_phone(text: &str) -> Option<String> {
    let parts = text.split_once(['e', 'E']).and_then(|(mantissa, power)| {
        let (first, rest) = mantissa.split_once('.').unwrap_or((mantissa, ""));
        let is_power = first.len() == 1 && format!("{first}{rest}").bytes().all(|b| b.is_ascii_digit());
        let power: usize = power.strip_prefix('+').unwrap_or(power).parse().ok()?;
        is_power.then(|| (format!("{first}{rest}"), power))
    });
    match parts {
        None => Some(text.to_owned()),
        // Zeros at the end of a mantissa are not written, so that one digit less may still be all of them; two are not believed.
        Some((digits, power)) if power < 20 && digits.len() > power.saturating_sub(1) => {
            Some(digits.chars().chain(std::iter::repeat('0')).take(power + 1).collect())
        }
        Some(_) => None,
    }
}

/// A person who answers for something.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct Person {
    /// Its id, unique in the project.
    #[serde(default)]
    pub id: String,
    /// The name.
    #[serde(default)]
    pub name: String,
    /// The unit.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub unit: String,
    /// The telephone number.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub phone: String,
    /// What the person is: 河长, 网格员, 村医, …
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub roles: Vec<String>,
    /// What the person answers for.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub answers: Vec<AnswersFor>,
    /// What a later version says besides: kept.
    #[serde(flatten)]
    pub other: toml::Table,
}

impl Person {
    /// A new id.
    pub fn new_id() -> String {
        uuid::Uuid::now_v7().to_string()
    }

    /// What the person is, in words.
    pub fn roles_text(&self) -> String {
        self.roles.join("、")
    }

    /// Whether nothing is said.
    pub fn says_nothing(&self) -> bool {
        self.name.trim().is_empty() && self.unit.trim().is_empty()
    }
}
