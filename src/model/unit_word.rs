//! Words that are units, as heads of columns and cells say them.

/// Words for things that are counted: behind a number they say nothing that the column does not.
const COUNTERS: [&str; 22] = [
    "个", "座", "处", "户", "人", "所", "间", "家", "名", "位", "辆", "套", "口", "次", "条", "盏", "块", "片", "件",
    "分", "栋", "台",
];
/// Shares, lengths, areas, masses and money.
const MEASURES: [&str; 24] = [
    "%",
    "％",
    "‰",
    "平方米",
    "平米",
    "㎡",
    "m²",
    "m2",
    "亩",
    "公顷",
    "ha",
    "hm²",
    "km²",
    "平方公里",
    "公里",
    "千米",
    "km",
    "米",
    "m",
    "里",
    "元",
    "吨",
    "公斤",
    "次/日",
];

/// Whether a word counts things: 座, 户.
pub fn is_counter(word: &str) -> bool {
    COUNTERS.contains(&word)
}

/// Whether a word is a unit of a share, length, area, mass, frequency or of money: %, 公里, 亩.
pub fn is_measure(word: &str) -> bool {
    MEASURES.contains(&word)
}

/// Whether a word is a unit of any kind, without a multiplier before it.
///
/// # Examples
/// ```
/// use qiancun::model::is_unit_word;
///
/// assert!(is_unit_word("平方公里") && is_unit_word("座"));
/// assert!(!is_unit_word("万") && !is_unit_word("东沟村"));
/// ```
pub fn is_unit_word(word: &str) -> bool {
    is_counter(word) || is_measure(word)
}
