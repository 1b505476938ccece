//! Fields of numbers that name or date a thing rather than measure it: their sums and means say nothing.

/// Words that make a field a name, a version or a place, whole or as the last part of the field's name.
const WORDS: [&str; 27] = [
    "id",
    "fid",
    "gid",
    "oid",
    "pid",
    "uid",
    "objectid",
    "uuid",
    "guid",
    "code",
    "pcode",
    "adcode",
    "version",
    "changeset",
    "timestamp",
    "ref",
    "zip",
    "postcode",
    "phone",
    "tel",
    "year",
    "month",
    "date",
    "lon",
    "lat",
    "longitude",
    "latitude",
];
/// The same in Chinese.
const CHINESE: [&str; 12] =
    ["编号", "序号", "代码", "编码", "邮编", "电话", "手机", "年份", "年度", "日期", "经度", "纬度"];

/// Whether a field of this name identifies rather than measures, such as `osm_id`, `version`, 行政代码.
///
/// ```
/// use qiancun::model::identifies;
/// assert!(identifies("osm_id") && identifies("OBJECTID") && identifies("版本编号") && !identifies("population"));
/// ```
pub fn identifies(name: &str) -> bool {
    let lower = name.trim().to_lowercase();
    let last = lower.rsplit(|c: char| !c.is_alphanumeric()).find(|part| !part.is_empty()).unwrap_or("");
    let first = lower.split(|c: char| !c.is_alphanumeric()).find(|part| !part.is_empty()).unwrap_or("");
    let is_word = |part: &str| WORDS.contains(&part) || ["x", "y", "年", "月"].contains(&part);
    // `id_0` and `ID_4` of the administrative boundaries of the world; `osmid`, `wayid`.
    is_word(&lower)
        || is_word(last)
        || (first == "id" && last.chars().all(|c| c.is_ascii_digit()))
        || lower.strip_suffix("id").is_some_and(|rest| ["osm", "way", "node", "object", "feature"].contains(&rest))
        || CHINESE.iter().any(|word| lower.ends_with(word))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_measures_does_not_identify() {
        for name in
            ["@id", "osm_version", "ADM4_PCODE", "ID_2", "osmid", "行政区划代码", "联系电话", "lat", "year", "cod_code"]
        {
            assert!(identifies(name), "{name}");
        }
        for name in
            ["population", "污水处理率", "Shape_Area", "households", "paid", "valid", "area_km2", "humid", "2023"]
        {
            assert!(!identifies(name), "{name}");
        }
    }
}
