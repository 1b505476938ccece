//! A cell of somebody else's form that is bound by itself.

use serde::{Deserialize, Serialize};

/// A cell of a form and the figure that belongs there: of a village, of a town, or, where neither is named, of the whole district.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct FormCell {
    /// The cell as spreadsheets name it: `C5`.
    pub cell: String,
    /// The indicator's stable name.
    pub indicator: String,
    /// Code or name of the village.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub village: String,
    /// Name of the town.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub town: String,
    /// The year; the one that is filled in where absent.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub year: Option<i32>,
}

impl FormCell {
    /// Its line, from 1, and its column, from 0; `None` where `cell` names none.
    ///
    /// # Examples
    /// ```
    /// use qiancun::model::FormCell;
    ///
    /// let at = |cell: &str| FormCell { cell: cell.into(), ..FormCell::default() }.place();
    /// assert_eq!((at("C5"), at("aa10"), at("5C")), (Some((5, 2)), Some((10, 26)), None));
    /// ```
    pub fn place(&self) -> Option<(u32, u32)> {
        let name = self.cell.trim().to_ascii_uppercase();
        let letters = name.bytes().take_while(u8::is_ascii_uppercase).count();
        let line = name.get(letters..)?.parse().ok().filter(|l| *l > 0)?;
        let column = name
            .bytes()
            .take(letters)
            .try_fold(0_u32, |column, letter| column.checked_mul(26)?.checked_add(u32::from(letter - b'A') + 1))?;
        Some((line, column.checked_sub(1)?))
    }
}
