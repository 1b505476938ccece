//! What a person decided about a word for a kind of facility.

use serde::{Deserialize, Serialize};

/// Facilities of this word are of that kind.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct KindWord {
    /// The word as files have it.
    pub word: String,
    /// The kind by its stable name; `other` for what is shown and counted nowhere.
    pub kind: String,
}
