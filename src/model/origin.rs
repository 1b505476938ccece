//! Where a value comes from.

/// How sure a value is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum ObservationStatus {
    /// Measured.
    Measured,
    /// Reported.
    Reported,
    /// Estimated.
    Estimated,
    /// Nothing is known.
    Unknown,
    /// The question does not arise: no dry toilet was ever there to be rebuilt.
    NotApplicable,
}

impl ObservationStatus {
    /// All.
    pub const ALL: [Self; 5] = [Self::Measured, Self::Reported, Self::Estimated, Self::Unknown, Self::NotApplicable];

    /// Stable name: in tables and language files (`origin.<key>`).
    pub fn key(self) -> &'static str {
        match self {
            Self::Measured => "measured",
            Self::Reported => "reported",
            Self::Estimated => "estimated",
            Self::Unknown => "unknown",
            Self::NotApplicable => "not_applicable",
        }
    }

    /// Tells it by the words that tables use.
    pub fn of(text: &str) -> Option<Self> {
        Some(match text.trim().to_lowercase().as_str() {
            "measured" | "实测" | "测量" => Self::Measured,
            "reported" | "上报" | "填报" => Self::Reported,
            "estimated" | "估计" | "估算" => Self::Estimated,
            "unknown" | "未知" | "不详" => Self::Unknown,
            "not_applicable" | "not applicable" | "n/a" | "不适用" => Self::NotApplicable,
            _ => return None,
        })
    }
}

/// Source, date, status and, for a rate, what it was made of.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Origin {
    /// Where it comes from; empty where nothing says so.
    pub source: String,
    /// When it was observed, as written; empty where nothing says so.
    pub observed_on: String,
    /// How sure it is.
    pub status: Option<ObservationStatus>,
    /// What the rate counts.
    pub numerator: Option<f64>,
    /// Of how many.
    pub denominator: Option<f64>,
    /// Whether it was corrected in the project.
    pub edited: bool,
    /// Who corrected it; empty where nothing says so.
    pub by: String,
    /// When it was corrected; empty where nothing says so.
    pub on: String,
}
