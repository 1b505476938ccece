//! What a typist may expect.

use super::*;
use crate::model::FeatureId;
use proptest::prelude::*;

fn index(rows: &[(&str, &str, &str)]) -> NameIndex {
    NameIndex::new(rows.iter().map(|&(n, t, c)| (n.to_owned(), t.to_owned(), c.to_owned())))
}

fn haidian() -> NameIndex {
    index(&[
        ("车耳营", "苏家坨镇", "110108029201"),
        ("东埠头", "上庄镇", "110108030203"),
        ("西埠头", "苏家坨镇", "110108029207"),
        ("重庆", "重庆", "500000000000"),
        ("São Paulo", "", "3550308"),
        ("六郎庄", "万柳地区", "110108023202"),
        ("绿谷村", "吕梁", "141100"),
        ("双车耳营", "苏家坨镇", "110108029208"),
        ("L'Haÿ-les-Roses", "Val-de-Marne", "94038"),
        ("第5组", "", "X5a"),
    ])
}

fn rows(index: &NameIndex, query: &str) -> Vec<u32> {
    index.search(query, 10).iter().map(|h| h.row.number()).collect()
}

#[test]
fn chinese_pinyin_initials_and_mixtures_find_a_name() {
    let index = haidian();
    for query in [
        "车耳",
        "车耳营",
        "cey",
        "CEY",
        "cheery",
        "cheerying",
        "cheery ing",
        "che er ying",
        "ceying",
        "c耳y",
        "chey",
        "车er",
        "ＣＥＹ",
    ] {
        assert_eq!(rows(&index, query), [0, 7], "{query}");
    }
    // Every keystroke on the way to a full spelling.
    for end in 1..="cheerying".len() {
        assert!(rows(&index, &"cheerying"[..end]).contains(&0), "{end}");
    }
    assert_eq!(rows(&index, "dbt"), [1]);
    assert_eq!(rows(&index, "dongbutou"), [1]);
    assert_eq!(rows(&index, "butou"), [1, 2]);
    assert!(rows(&index, "cex").is_empty());
    assert!(rows(&index, "heer").is_empty());
}

#[test]
fn every_reading_and_every_spelling_of_u_umlaut() {
    let index = haidian();
    assert_eq!((rows(&index, "chongqing"), rows(&index, "zhongqing")), (vec![3], vec![3]));
    for query in ["lvgu", "lugu", "lügu", "lyugu", "lǜgǔ"] {
        assert_eq!(rows(&index, query), [6], "{query}");
    }
}

#[test]
fn latin_without_accents_case_and_signs() {
    let index = haidian();
    for query in ["sao", "SÃO", "são paulo", "saopaulo", "paulo", "Sao P"] {
        assert_eq!(rows(&index, query), [4], "{query}");
    }
    for query in ["lhay", "l'hay les", "les roses", "roses"] {
        assert_eq!(rows(&index, query), [8], "{query}");
    }
    assert_eq!(rows(&index, "di5"), [9]);
}

#[test]
fn towns_and_codes_answer_too() {
    let index = haidian();
    for query in ["sujiatuo cey", "苏家坨 车耳", "cey sjt", "110108029 cey"] {
        assert_eq!(rows(&index, query), [0, 7], "{query}");
    }
    assert_eq!(rows(&index, "sjt"), [0, 2, 7]);
    assert_eq!(rows(&index, "110108029"), [0, 2, 7]);
    assert_eq!(rows(&index, "x5A"), [9]);
    assert!(rows(&index, "sjt dbt").is_empty());
    assert!(rows(&index, "08029").is_empty(), "only the beginning of a code");
}

#[test]
fn ranks_and_ties() {
    let index = index(&[
        ("南庄子", "", ""),
        ("大庄", "", ""),
        ("庄", "", "1"),
        ("庄户", "", ""),
        ("王村", "庄镇", ""),
        ("庄头村", "", ""),
        ("庄上", "", ""),
    ]);
    let hits = index.search("庄", 10);
    let got: Vec<_> = hits.iter().map(|h| (h.row.number(), h.rank)).collect();
    use NameRank::*;
    assert_eq!(got, [(2, Exact), (3, Prefix), (6, Prefix), (5, Prefix), (1, Inside), (0, Inside), (4, Town)]);
    assert_eq!(index.search("zhuang", 2).iter().map(|h| h.row.number()).collect::<Vec<_>>(), [2, 3]);
    assert_eq!(index.search("zhuanghu", 1)[0].rank, Exact);
    assert_eq!(index.search("zh", 1)[0].rank, Prefix);
}

#[test]
fn the_part_of_the_name_that_answers_is_known() {
    let index = haidian();
    let part = |query: &str| {
        let hit = index.search(query, 1).into_iter().next()?;
        let name = index.entry(hit.row)?.name.to_owned();
        name.get(hit.name_match?).map(str::to_owned)
    };
    assert_eq!(part("er"), Some("耳".to_owned()));
    assert_eq!(part("cheery"), Some("车耳营".to_owned()));
    assert_eq!(part("paulo"), Some("Paulo".to_owned()));
    assert_eq!(part("sao p"), Some("São P".to_owned()));
    assert_eq!(part("3550"), None);
}

#[test]
fn nothing_finds_nothing() {
    let index = haidian();
    for query in ["", "  ", "-", "'", "\u{301}"] {
        assert!(index.search(query, 10).is_empty(), "{query:?}");
    }
    assert!(index.search("cey", 0).is_empty());
    assert!(NameIndex::default().search("cey", 5).is_empty());
    assert!(NameIndex::new([]).is_empty());
    assert_eq!((index.len(), index.entry(FeatureId::new(10))), (10, None));
}

proptest! {
    #[test]
    fn any_text_is_searched_without_harm(names in proptest::collection::vec("\\PC{0,12}", 0..8), query in "\\PC{0,80}") {
        let index = NameIndex::new(names.iter().map(|n| (n.clone(), n.clone(), n.clone())));
        for hit in index.search(&query, 5) {
            let name = &names[hit.row.index()];
            prop_assert!(hit.name_match.is_none_or(|r| name.get(r).is_some()));
        }
    }

    #[test]
    fn a_name_finds_itself(name in "[一-龥a-zA-Zé]{1,20}") {
        let index = index(&[("乙村", "", ""), (&name, "", "")]);
        prop_assert!(index.search(&name, 5).iter().any(|h| h.row == FeatureId::new(1) && h.rank == NameRank::Exact));
    }
}

#[test]
fn a_village_is_found_by_what_people_say_and_by_what_they_mistype() {
    let index = index(&[
        ("聂各庄", "苏家坨镇", "110108029205"),
        ("草厂村", "苏家坨镇", "110108029203"),
        ("車耳營", "", "110108029201"),
        ("Bagong Silang", "", "PH137501"),
    ]);
    let found = |query: &str| index.search(query, 5).first().map(|h| (h.row.number(), h.rank == NameRank::Near));
    for query in ["聂各庄村", "聂各庄村委会", "聂各庄村民委员会", "聂各庄社区居委会", "niegezhuangcun", "聶各莊", "205"]
    {
        assert_eq!(found(query), Some((0, false)), "{query}");
    }
    for query in ["草厂村委会", "草廠", "草厂", "9203"] {
        assert_eq!(found(query), Some((1, false)), "{query}");
    }
    for query in ["车耳营", "車耳", "cheery", "cheerying"] {
        assert_eq!(found(query), Some((2, false)), "{query}");
    }
    let slips = ["niegezhang", "niegezuang", "neigezhuang", "niegezhuanng", "聂格庄", "聂庄各", "聂大各庄"];
    for query in slips {
        assert_eq!(found(query), Some((0, true)), "{query}");
    }
    assert_eq!(found("草场"), Some((1, true)));
    assert_eq!(found("bagonb"), Some((3, true)));
    // Too little to be near to anything, and what is near to nothing.
    for query in ["xq", "qwertyuiop", "昌平", "05", "王家庄子"] {
        assert_eq!(found(query), None, "{query}");
    }
}
