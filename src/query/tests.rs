use super::*;

struct Fields;

impl Schema for Fields {
    fn field(&self, name: &str) -> Option<(usize, Type)> {
        Some(match name {
            "sewage" | "污水处理率" => (0, Type::Number),
            "clinic" | "卫生室" => (1, Type::Category),
            "town" | "the town (zh)" => (2, Type::Text),
            "toilets" => (3, Type::Number),
            _ => return None,
        })
    }

    fn category(&self, _: usize, value: &str) -> Option<usize> {
        ["own", "shared", "none"].iter().position(|v| *v == value).or((value == "无").then_some(2))
    }
}

struct Village([Option<f64>; 2], &'static str, Option<f64>);

impl Row for Village {
    fn datum(&self, field: usize) -> Datum<'_> {
        let number = |n: Option<f64>| n.map_or(Datum::Unknown, Datum::Number);
        match field {
            0 => number(self.0[0]),
            1 => number(self.0[1]),
            2 if self.1.is_empty() => Datum::Unknown,
            2 => Datum::Text(self.1.into()),
            _ => number(self.2),
        }
    }
}

fn says(text: &str, village: &Village) -> Option<bool> {
    compile(text, &Fields).expect(text).is_true(village)
}

#[test]
fn three_values() {
    let full = Village([Some(98.0), Some(2.0)], "上庄镇", Some(4.0));
    let blank = Village([None, None], "", None);
    for (text, on_full, on_blank) in [
        ("sewage < 99 and clinic = none", Some(true), None),
        ("污水处理率＜99% 且 卫生室＝无", Some(true), None),
        ("sewage >= 98", Some(true), None),
        ("sewage > 98", Some(false), None),
        ("not sewage > 98", Some(true), None),
        ("sewage is unknown", Some(false), Some(true)),
        ("sewage is not unknown", Some(true), Some(false)),
        ("sewage is known or town = 上庄镇", Some(true), None),
        ("sewage < 99 or toilets < 1", Some(true), None),
        ("clinic in (own, shared)", Some(false), None),
        ("clinic not in (own, shared)", Some(true), None),
        ("town = '上庄镇'", Some(true), None),
        ("town != 温泉镇", Some(true), None),
        ("100 - sewage <= toilets / 2", Some(true), None),
        ("toilets / 0 > 1", None, None),
        ("1 < 2 and sewage < 1 and sewage is unknown", Some(false), None),
        ("2 < 1 and sewage < 1", Some(false), Some(false)),
        ("-sewage < -97.5", Some(true), None),
        ("(sewage < 50 or sewage > 90) and not (clinic = own)", Some(true), None),
        ("town contains 庄", Some(true), None),
        ("town 包含 “温泉”", Some(false), None),
        ("town not contains 温泉", Some(true), None),
        ("town 不包含 庄", Some(false), None),
        ("`town` contains 上 and [污水处理率] > 1", Some(true), None),
        ("\"污水处理率\" > 1 and 'sewage' is known", Some(true), Some(false)),
        ("\"the town (zh)\" = \"上庄镇\"", Some(true), None),
    ] {
        assert_eq!((says(text, &full), says(text, &blank)), (on_full, on_blank), "{text}");
    }
}

#[test]
fn an_error_points_at_its_place() {
    for (text, code, at) in [
        ("", "ends", (0, 0)),
        ("sewage <", "ends", (8, 8)),
        ("sewag < 99", "no-such-field", (0, 5)),
        ("sewage < 99 and clinic = nome", "no-such-value", (25, 29)),
        ("sewage < 99 clinic", "unexpected", (12, 18)),
        ("(sewage < 99", "open-bracket", (12, 12)),
        ("sewage", "no-condition", (0, 6)),
        ("town < 3", "unlike", (0, 8)),
        ("clinic < none", "no-order", (0, 13)),
        ("town = 'a", "open-quote", (7, 9)),
        ("sewage ? 3", "bad-character", (7, 8)),
        ("1 < sewage < 3", "chained", (11, 12)),
        ("sewage is 3", "after-is", (10, 11)),
        ("污水处理率 < 村", "no-such-field", (18, 21)),
        ("sewage + town > 3", "no-number", (9, 13)),
    ] {
        let error = compile(text, &Fields).expect_err(text);
        assert_eq!((error.code, error.at), (code, at), "{text}");
    }
    assert!(compile(&"(".repeat(5000), &Fields).is_err());
    assert!(compile(&format!("{}sewage < 1", "not ".repeat(5000)), &Fields).is_err());
}

proptest::proptest! {
    #[test]
    fn any_text_ends(text in "[a-z0-9 ()<>=!'\"污水且.,%+*/-]{0,60}") {
        if let Err(e) = compile(&text, &Fields) {
            proptest::prop_assert!(e.at.0 <= e.at.1 && e.at.1 <= text.len());
            proptest::prop_assert!(text.is_char_boundary(e.at.0) && text.is_char_boundary(e.at.1));
        }
    }
}

#[test]
fn a_condition_more_narrows_all_that_is_there() {
    for (before, whole) in [
        ("", "c = 3"),
        ("a < 1", "a < 1 and c = 3"),
        ("a < 1 or b < 2", "(a < 1 or b < 2) and c = 3"),
        ("a < 1 或 b < 2 且 d", "(a < 1 或 b < 2 且 d) and c = 3"),
        ("(a < 1 or b < 2)", "(a < 1 or b < 2) and c = 3"),
    ] {
        assert_eq!(and_also(before, "c = 3"), whole);
    }
}

#[test]
fn names_are_quoted_where_they_must_be() {
    for (name, quoted) in [
        ("sewage", "sewage"),
        ("户数(户)", "`户数(户)`"),
        ("per capita", "`per capita`"),
        ("in", "`in`"),
        ("2023", "`2023`"),
        ("a`b", "[a`b]"),
        ("osm:way", "`osm:way`"),
    ] {
        assert_eq!(quoted_name(name), quoted);
    }
}
