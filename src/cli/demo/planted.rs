//! What the demonstration data gets wrong on purpose: one list, used by the code that plants it and by tests.

/// No public toilet in or near the village.
pub const NO_TOILET: &str = "梁家园";
/// One toilet below class III.
pub const BELOW_CLASS: &str = "唐家岭";
/// One toilet without a grade.
pub const UNGRADED: &str = "塔院";
/// One dry toilet each, neither rebuilt nor removed.
pub const STILL_DRY: [&str; 3] = ["西小营", "聂各庄", "徐各庄"];
/// Toilets far from the middle of the village.
pub const FAR_TOILETS: &str = "屯佃";
/// Many residents, few toilets.
pub const CROWDED: &str = "马连洼";
/// Harmless household toilets in tenths of a percent; all others have 100.
pub const HOUSEHOLD_TOILETS: [(&str, i64); 2] = [("柳林", 974), ("罗家坟", 918)];
/// Neither sewer nor station.
pub const NO_SEWER: &str = "台头";
/// Perishable waste collected every other day.
pub const RARE_COLLECTION: &str = "双塔";
/// No collection point.
pub const NO_WASTE_POINT: &str = "杨家庄";
/// No clinic, neither shared nor township.
pub const NO_CLINIC: &str = "大牛坊";
/// A clinic of 48 m².
pub const SMALL_CLINIC: &str = "冷泉";
/// A clinic with too few doctors.
pub const FEW_DOCTORS: &str = "常乐";
/// A waste point of this village lies in the neighbouring one.
pub const STRAY_POINT: &str = "高里掌";
/// Two toilets 8 m apart.
pub const TWIN_TOILETS: &str = "六郎庄";
/// An improved toilet was closed, and the table still counts it.
pub const CLOSED_TOILET: &str = "南玉河";
/// No sewage figure at all, and none for 2023.
pub const SEWAGE_UNKNOWN: [&str; 2] = ["永泰庄", "东埠头"];
/// A toilet last checked in March 2022.
pub const OLD_CHECK: &str = "韩家川";
/// Dry toilets rebuilt, cumulative, fall in 2021.
pub const FALLING_COUNT: &str = "皇后店";
/// Sewage treatment drops by more than five points in 2021.
pub const FALLING_RATE: &str = "西玉河";
/// Length of streets unknown (the 八家 of 东升镇).
pub const ROADS_UNKNOWN: (&str, &str) = ("八家", "东升镇");
/// Code and name of a table row that belongs to no village.
pub const ORPHAN_ROW: (&str, &str, &str) = ("DEMO00000072", "示例新村", "上庄镇");

/// Sewage treatment below 99 %: village and tenths of a percent. All others have 99.6 or more.
pub const SEWAGE_BELOW_99: [(&str, i64); 26] = [
    ("台头", 524),
    ("北庄子", 572),
    ("西辛力屯", 586),
    ("草厂", 731),
    ("六里屯", 768),
    ("白水洼", 785),
    ("七王坟", 846),
    ("梁家园", 872),
    ("东小营", 858),
    ("太舟坞", 889),
    ("土井", 895),
    ("小牛坊", 883),
    ("三星庄", 962),
    ("西小营", 975),
    ("柳林", 981),
    ("聂各庄", 968),
    ("后章村", 978),
    ("北玉河", 985),
    ("双塔", 972),
    ("河北村", 987),
    ("东玉河", 983),
    ("亮甲店", 976),
    ("辛庄", 988),
    ("杨家庄", 979),
    ("树村", 982),
    ("小营", 986),
];

/// One planted problem: the rule of `domain.md` that finds it, where, and what.
#[derive(Debug)]
pub struct Planted {
    /// Rule, or `join` and `name` for what the reader itself reports.
    pub rule: &'static str,
    /// Village, or the district.
    pub place: &'static str,
    /// What is wrong there.
    pub what: &'static str,
}

const fn planted(rule: &'static str, place: &'static str, what: &'static str) -> Planted {
    Planted { rule, place, what }
}

/// Every problem planted on purpose. What follows from one (a village without toilets is also far from the next one)
/// and what geometry brings about by itself (C2, distances over 2,000 m) is not repeated here.
pub const PLANTED: [Planted; 33] = [
    planted("T1", NO_TOILET, "no toilet in use within 100 m of the village (T4 follows)"),
    planted("T2", BELOW_CLASS, "one toilet of class below"),
    planted("T2", UNGRADED, "one toilet ungraded: data, not a failure"),
    planted("T3", STILL_DRY[0], "one dry toilet in use (T2 follows)"),
    planted("T3", STILL_DRY[1], "one dry toilet in use (T2 follows)"),
    planted("T3", STILL_DRY[2], "one dry toilet in use (T2 follows)"),
    planted("T4", FAR_TOILETS, "all toilets more than 700 m from the middle"),
    planted("T5", CROWDED, "five toilets for more than 5,000 residents"),
    planted("H1", HOUSEHOLD_TOILETS[0].0, "97.4 %: medium"),
    planted("H1", HOUSEHOLD_TOILETS[1].0, "91.8 %: high"),
    planted("S1", NO_SEWER, "sewage coverage 0 and no station; treatment 52.4 %"),
    planted("S1", "北庄子", "57.2 %: high, as the eleven others of SEWAGE_BELOW_99 under 90 %"),
    planted("S1", "三星庄", "96.2 %: medium, as the thirteen others of SEWAGE_BELOW_99 from 90 to 99 %"),
    planted("W1", RARE_COLLECTION, "perishable waste collected 0.5 times a day"),
    planted("W1", NO_WASTE_POINT, "no collection point"),
    planted("C1", NO_CLINIC, "clinic none, served by no other"),
    planted("C2", NO_CLINIC, "more than 2,000 m to the nearest clinic, as in other villages by geometry"),
    planted("C3", SMALL_CLINIC, "48 m²"),
    planted("C3", FEW_DOCTORS, "one doctor for several thousand residents"),
    planted("D1", STRAY_POINT, "a waste point with this village's code lies in the neighbouring village"),
    planted("D2", TWIN_TOILETS, "two toilets 8 m apart"),
    planted("D3", CLOSED_TOILET, "public_toilets counts a toilet that is closed; improved and in use: 180, not 181"),
    planted("D4", SEWAGE_UNKNOWN[0], "sewage treatment unknown in all years"),
    planted("D4", SEWAGE_UNKNOWN[1], "sewage treatment unknown in 2023"),
    planted("D4", ROADS_UNKNOWN.0, "roads_km empty in all years (八家 of 东升镇)"),
    planted("D4", OLD_CHECK, "a toilet last checked on 2022-03-14"),
    planted("D5", FALLING_COUNT, "dry_rebuilt falls from 2020 to 2021"),
    planted("D5", FALLING_RATE, "sewage treatment drops more than 5 points from 2020 to 2021"),
    planted("E1", "海淀区", "elderly_care per 1,000 people: 山前 more than 1.5 times 山后"),
    planted("join", ORPHAN_ROW.1, "a row of indicators.csv (DEMO00000072) joins to no village"),
    planted("name", "八家", "two villages of this name, in 上庄镇 and 东升镇"),
    planted("shape", "东小营", "a village of two parts: the exclave"),
    planted("shape", "西闸", "a village with a hole, which the exclave fills"),
];
