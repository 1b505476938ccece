//! What a person says about a table's layout: kept in the project, given on the command line.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use super::ColumnRole;
use crate::model::Indicators;

/// What a person says; everything absent is guessed.
///
/// # Examples
/// ```
/// use qiancun::read::LayoutSaid;
///
/// let text = "sheet = \"数据\"\nhead_rows = [3, 4]\n[columns]\n\"备注\" = \"leave\"\n\"处理率\" = \"sewage_treatment_pct@2022\"\n";
/// let said: LayoutSaid = toml::from_str(text)?;
/// assert_eq!(said.columns["备注"], "leave");
/// # Ok::<(), toml::de::Error>(())
/// ```
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct LayoutSaid {
    /// The sheet.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub sheet: Option<String>,
    /// Lines of the heads, 1-based.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub head_rows: Vec<u32>,
    /// Line of the first row of data.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub first_row: Option<u32>,
    /// Whether rows and columns that the workbook hides are read too.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub hidden: bool,
    /// Head → role: `code`, `leave`, `new`, or an indicator's stable name, with `@2022` for a year and a blank and `fractions` for rates
    /// written as 0.95.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub columns: BTreeMap<String, String>,
}

/// What a person says about one column.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SaidColumn {
    /// Its role.
    pub role: ColumnRole,
    /// Its year.
    pub year: Option<i32>,
    /// Whether its rates are fractions; `None` where the values decide.
    pub is_fractions: Option<bool>,
}

impl SaidColumn {
    /// Reads what stands in a project; `None` where it is no role and no indicator that is known.
    pub fn parse(text: &str, indicators: &Indicators) -> Option<Self> {
        let (text, is_fractions) = match text.trim().rsplit_once(' ') {
            Some((rest, "fractions")) => (rest.trim(), Some(true)),
            Some((rest, "percent")) => (rest.trim(), Some(false)),
            _ => (text.trim(), None),
        };
        let (text, year) = match text.rsplit_once('@') {
            Some((rest, year)) => (rest, Some(year.parse().ok()?)),
            None => (text, None),
        };
        let keys = ColumnRole::KEYS.into_iter().chain([ColumnRole::New, ColumnRole::Leave]);
        let role = keys.into_iter().find(|r| r.key() == text).or_else(|| {
            let id = |name: &str| indicators.get(name).map(|i| i.id.clone());
            match text.split_once(':') {
                Some(("numerator", name)) => id(name).map(ColumnRole::Numerator),
                Some(("denominator", name)) => id(name).map(ColumnRole::Denominator),
                _ => id(text).map(ColumnRole::Indicator),
            }
        })?;
        Some(Self { role, year, is_fractions })
    }

    /// The text that stands in a project.
    pub fn text(&self) -> String {
        let mut text = match &self.role {
            ColumnRole::Indicator(id) => id.clone(),
            ColumnRole::Numerator(id) => format!("numerator:{id}"),
            ColumnRole::Denominator(id) => format!("denominator:{id}"),
            other => other.key().to_owned(),
        };
        if let Some(year) = self.year {
            text += &format!("@{year}");
        }
        match self.is_fractions {
            Some(true) => text + " fractions",
            Some(false) => text + " percent",
            None => text,
        }
    }
}

impl LayoutSaid {
    /// Whether nothing is said.
    pub fn is_empty(&self) -> bool {
        *self == Self::default()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn columns_there_and_back() {
        let all = Indicators::with(&[]);
        for text in [
            "code",
            "leave",
            "new",
            "sewage_treatment_pct",
            "sewage_treatment_pct@2022",
            "sewage_treatment_pct@2022 fractions",
            "sewage_treatment_pct percent",
            "numerator:sewage_treatment_pct",
        ] {
            assert_eq!(SaidColumn::parse(text, &all).map(|s| s.text()).as_deref(), Some(text));
        }
        assert_eq!(SaidColumn::parse("no such", &all), None);
        assert_eq!(
            SaidColumn::parse("污水处理率", &all).map(|s| s.role),
            Some(ColumnRole::Indicator("sewage_treatment_pct".into()))
        );
    }
}
