//! Tables of reports as services, hotlines and groups keep them, and which village and gap each row speaks of.

use std::path::{Path, PathBuf};

use rustc_hash::FxHashMap;

use super::instant::Instant;
use super::photo::{Attached, photo_facts};
use super::report::NewReport;
use super::subject::Subject;
use super::visits::{GapStatus, Survey};
use crate::district::{District, Found, RowKey, VillageFinder, is_total};
use crate::geo::{LonLat, distance_m, parse_position};
use crate::index::SpatialIndex;
use crate::model::FeatureId;
use crate::read::{Cell, ReadError, read_sheets};
use crate::rules::Gap;

/// Metres within which a gap with a place of its own is what a report at a place speaks of.
const NEAR_M: f64 = 300.0;

/// What a column of a table of reports says.
#[derive(Clone, Copy, PartialEq)]
enum Column {
    Number,
    At,
    Lon,
    Lat,
    Place,
    Address,
    Town,
    Village,
    Code,
    Category,
    Text,
    By,
    Phone,
    Photo,
    Status,
}

/// Heads as people write them, without blanks and brackets, in small letters.
const HEADS: [(Column, &[&str]); 15] = [
    (Column::Number, &["编号", "工单号", "工单编号", "单号", "受理号", "序列号", "number", "ticket", "caseid", "case"]),
    (
        Column::At,
        &[
            "时间",
            "上报时间",
            "受理时间",
            "反映时间",
            "来电时间",
            "发现时间",
            "日期",
            "time",
            "date",
            "reportedat",
            "createdat",
        ],
    ),
    (Column::Lon, &["经度", "lon", "lng", "longitude", "x"]),
    (Column::Lat, &["纬度", "lat", "latitude", "y"]),
    (Column::Place, &["坐标", "经纬度", "定位", "coordinates", "position", "location"]),
    (
        Column::Address,
        &[
            "地址",
            "地点",
            "位置",
            "详细地址",
            "事发地点",
            "发生地点",
            "诉求地址",
            "被反映地址",
            "反映地址",
            "问题地址",
            "address",
            "place",
            "where",
        ],
    ),
    (Column::Town, &["乡镇", "镇", "街道", "镇街", "所属乡镇", "town", "township"]),
    (Column::Village, &["村", "村名", "行政村", "所属村", "村庄", "village", "villagename"]),
    (Column::Code, &["村代码", "代码", "编码", "code", "villagecode"]),
    (
        Column::Category,
        &[
            "类别",
            "问题类别",
            "问题类型",
            "类型",
            "分类",
            "事项类别",
            "诉求类型",
            "诉求类别",
            "事件类型",
            "上报类型",
            "category",
            "type",
            "kind",
        ],
    ),
    (
        Column::Text,
        &[
            "内容",
            "问题描述",
            "描述",
            "反映内容",
            "诉求内容",
            "诉求",
            "事件描述",
            "问题",
            "情况",
            "反映问题",
            "反映事项",
            "反映情况",
            "投诉内容",
            "工单内容",
            "消息内容",
            "问题内容",
            "上报内容",
            "事项内容",
            "诉求描述",
            "诉求标题",
            "标题",
            "消息",
            "text",
            "description",
            "report",
        ],
    ),
    (Column::By, &["上报人", "反映人", "姓名", "来电人", "联系人", "网格员", "by", "reporter", "name"]),
    (
        Column::Phone,
        &[
            "电话",
            "手机",
            "联系电话",
            "来电号码",
            "手机号",
            "手机号码",
            "电话号码",
            "联系方式",
            "phone",
            "mobile",
            "tel",
        ],
    ),
    (Column::Photo, &["照片", "图片", "附件", "photo", "picture", "image", "attachment"]),
    (Column::Status, &["状态", "办理状态", "处理状态", "处理结果", "办理结果", "status", "result"]),
];

fn column_of(head: &str) -> Option<Column> {
    let plain: String = head.chars().filter(|c| !c.is_whitespace() && !"（()）_-*：:".contains(*c)).collect();
    let plain = plain.to_lowercase();
    HEADS.iter().find(|(_, words)| words.contains(&plain.as_str())).map(|(column, _)| *column)
}

fn text_of(cell: &Cell) -> String {
    match cell {
        Cell::Text(text) => text.trim().to_owned(),
        Cell::Number(n) => n.to_string(),
        _ => String::new(),
    }
}

/// Reads a table of reports. `None` where no sheet has a column of what was reported.
///
/// # Errors
/// Where the file cannot be read.
pub fn read_reports(path: &Path) -> Result<Option<Vec<NewReport>>, ReadError> {
    let mut found: Option<Vec<NewReport>> = None;
    let (attached, folder) = (Attached::default(), path.parent().unwrap_or(Path::new("")));
    // Times without a year or a day are those before the table was written last.
    let written = std::fs::metadata(path).and_then(|m| m.modified()).ok();
    let written = written.and_then(|t| t.duration_since(std::time::UNIX_EPOCH).ok());
    let near = written.map_or_else(Instant::now, |d| Instant::from_millis(d.as_millis() as i64));
    for rows in read_sheets(path)? {
        let head = rows.iter().take(6).enumerate().find_map(|(i, (_, cells))| {
            let columns: Vec<Option<Column>> = cells.iter().map(|c| column_of(&text_of(c))).collect();
            let has = |c| columns.contains(&Some(c));
            // A text, and something that says when, where or what kind.
            let is_of_reports = has(Column::Text)
                && [Column::At, Column::Address, Column::Category, Column::Number, Column::Village, Column::Lon]
                    .into_iter()
                    .any(has);
            is_of_reports.then_some((i, columns))
        });
        let Some((at, columns)) = head else { continue };
        let list = found.get_or_insert_default();
        for (line, cells) in rows.iter().skip(at + 1) {
            let text = |wanted: Column| {
                let of = columns.iter().zip(cells).filter(|(c, _)| **c == Some(wanted));
                of.map(|(_, cell)| text_of(cell)).find(|t| !t.is_empty()).unwrap_or_default()
            };
            let written = text(Column::At);
            // A sum has no time, and a count where others say what was seen; a report may begin with 全镇.
            let is_sum = written.is_empty() && text(Column::Text).chars().count() < 6 && is_total(&first_of(cells));
            if cells.iter().all(|c| text_of(c).is_empty()) || is_sum {
                continue;
            }
            let photos: Vec<String> = text(Column::Photo)
                .split([';', '；', ',', '，', '、', '\n'])
                .map(str::trim)
                .filter(|p| !p.is_empty())
                .map(str::to_owned)
                .collect();
            let at = Instant::parse_near(&written, Some(near));
            let number = |c| text(c).parse::<f64>().ok();
            let own = number(Column::Lon).zip(number(Column::Lat)).map(|(lon, lat)| LonLat::new(lon, lat));
            let of_words = || parse_position(&format!("{} {}", text(Column::Lat), text(Column::Lon)), None);
            let own = own.filter(|p| p.is_valid()).or_else(of_words);
            let place = own.or_else(|| parse_position(&text(Column::Place), None));
            list.push(NewReport {
                line: *line,
                number: text(Column::Number),
                at: at.map(|(at, _)| at),
                is_at_assumed: at.is_some_and(|(_, is_assumed)| is_assumed),
                at_text: written,
                category: text(Column::Category),
                text: text(Column::Text),
                address: text(Column::Address),
                place,
                photo_place: None,
                subject: Subject {
                    town: text(Column::Town),
                    village: text(Column::Village),
                    code: text(Column::Code),
                    ..Subject::default()
                },
                by: text(Column::By),
                phone: text(Column::Phone),
                files: photos.iter().filter_map(|p| Some((p.clone(), attached.near(folder, p)?))).collect(),
                photos,
                status: text(Column::Status),
            });
        }
    }
    // Where a row says no place, its photo may.
    for report in found.iter_mut().flatten().filter(|r| r.place.is_none()) {
        report.photo_place = report.files.iter().find_map(|(_, file)| photo_facts(file).place);
    }
    Ok(found)
}

fn first_of(cells: &[Cell]) -> String {
    cells.iter().map(text_of).find(|t| !t.is_empty()).unwrap_or_default()
}

/// Deepest folder that is looked into for tables of reports, and most tables.
const DEEPEST: usize = 3;
const MOST_TABLES: usize = 500;

/// Tables in a folder, those of folders in it too; whether they say reports, reading them tells. A file stands for itself.
pub fn tables_of_reports(path: &Path) -> Vec<PathBuf> {
    let mut found = Vec::new();
    if path.is_dir() {
        tables_in(path, 0, &mut found);
    } else {
        found.push(path.to_path_buf());
    }
    found
}

fn tables_in(folder: &Path, depth: usize, found: &mut Vec<PathBuf>) {
    const ENDINGS: [&str; 7] = ["xlsx", "xls", "csv", "ods", "xlsm", "et", "tsv"];
    let entries = std::fs::read_dir(folder).into_iter().flatten().flatten();
    let mut entries: Vec<PathBuf> = entries.map(|e| e.path()).filter(|e| !e.is_symlink()).collect();
    entries.sort();
    for entry in entries {
        // What a program has open lies beside it under a name of its own.
        let is_own = entry.file_name().is_some_and(|n| !n.to_string_lossy().starts_with(['.', '~']));
        let is_table = entry.extension().is_some_and(|e| ENDINGS.iter().any(|own| e.eq_ignore_ascii_case(own)));
        if entry.is_dir() && depth < DEEPEST && is_own {
            tables_in(&entry, depth + 1, found);
        } else if is_own && is_table && found.len() < MOST_TABLES {
            found.push(entry);
        }
    }
}

/// What words of reports speak of: rules by the first letters of their ids.
const KINDS: [(&[&str], &[&str]); 4] = [
    (&["厕", "粪", "toilet", "latrine"], &["T", "H"]),
    (&["污水", "下水", "排水", "臭水", "黑水", "sewage", "drain"], &["S"]),
    (&["垃圾", "清运", "保洁", "卫生死角", "waste", "garbage", "rubbish"], &["W"]),
    (&["卫生室", "村医", "医务", "看病", "就医", "clinic", "doctor"], &["C"]),
];

/// The letters of the rules that a report may speak of; empty where its words do not say.
fn kinds_of(report: &NewReport) -> Vec<&'static str> {
    let said = |text: &str| -> Vec<&'static str> {
        let text = text.to_lowercase();
        let is = |(words, _): &&(&[&str], &[&'static str])| words.iter().any(|w| text.contains(w));
        KINDS.iter().filter(is).flat_map(|(_, rules)| rules.iter().copied()).collect()
    };
    // What the service calls it counts before what was written.
    let by_category = said(&report.category);
    if by_category.is_empty() { said(&report.text) } else { by_category }
}

/// A report with what it was matched to.
#[derive(Clone, Debug, PartialEq)]
pub struct MatchedReport {
    /// What came.
    pub report: NewReport,
    /// The village; `None` where neither its place nor its words name one.
    pub village: Option<FeatureId>,
    /// Key of the gap; empty where it is of none.
    pub gap: String,
    /// Whether the log has it already.
    pub is_known: bool,
    /// Whether it is there and its row says more by now: that it was settled, or photos that were not there.
    pub says_more: bool,
    /// Whether its place lies in another village than the one that its row names.
    pub is_elsewhere: bool,
}

impl MatchedReport {
    /// Whether it would change the log.
    pub fn is_taken(&self) -> bool {
        !self.is_known || self.says_more
    }
}

/// Matches reports to villages and, by distance and kind, to gaps that are open.
pub fn match_reports(
    reports: Vec<NewReport>,
    district: &District,
    gaps: &[Gap],
    survey: &Survey,
) -> Vec<MatchedReport> {
    let finder = VillageFinder::new(&district.villages, &district.members);
    let spatial = SpatialIndex::new(&district.villages.geometry);
    let mut of_village: FxHashMap<FeatureId, Vec<&Gap>> = FxHashMap::default();
    for gap in gaps {
        if let Some(village) = gap.village {
            of_village.entry(village).or_default().push(gap);
        }
    }
    let mut names: Vec<(String, FeatureId)> = district
        .village_list()
        .map(|v| (district.villages.display_name(v), v))
        .filter(|(n, _)| n.chars().count() > 1)
        .collect();
    // The longest name that stands in an address is the one that is meant.
    names.sort_by_key(|(name, _)| std::cmp::Reverse(name.chars().count()));
    let one = |report: NewReport| {
        let (village, is_elsewhere) = village_of(&report, district, &finder, &spatial, &names);
        let kinds = kinds_of(&report);
        let is_of_kind = |gap: &&&Gap| kinds.iter().any(|k| gap.rule.starts_with(k));
        let open: Vec<&Gap> = village
            .and_then(|v| of_village.get(&v))
            .into_iter()
            .flatten()
            .filter(is_of_kind)
            .copied()
            .filter(|g| !matches!(survey.status(&g.key(district)), GapStatus::Closed | GapStatus::Wrong))
            .collect();
        let gap = match report.at_place() {
            // A gap of a facility only where it stands near; one of the village as a whole anywhere in it.
            Some(place) => {
                let near = |g: &&&Gap| g.facility.is_none() || g.at.is_some_and(|at| distance_m(at, place) <= NEAR_M);
                let away = |g: &&Gap| g.at.filter(|_| g.facility.is_some()).map_or(NEAR_M, |at| distance_m(at, place));
                open.iter().filter(near).copied().min_by(|a, b| away(a).total_cmp(&away(b)))
            }
            // Without a place only where there is no doubt.
            None => match open.as_slice() {
                [only] => Some(*only),
                _ => open.iter().find(|g| g.facility.is_none()).copied(),
            },
        };
        let is_known = report.known_id(survey).is_some();
        let says_more = report.newly_settled(survey).is_some() || !report.late_files(survey).is_empty();
        let gap = gap.map(|g| g.key(district)).unwrap_or_default();
        MatchedReport { gap, village, is_known, says_more, is_elsewhere, report }
    };
    let mut list: Vec<MatchedReport> = reports.into_iter().map(one).collect();
    // The same row twice in one file is one report.
    let mut seen = rustc_hash::FxHashSet::default();
    for matched in &mut list {
        matched.is_known |= !seen.insert(matched.report.id());
    }
    list
}

fn village_of(
    report: &NewReport,
    district: &District,
    finder: &VillageFinder,
    spatial: &SpatialIndex,
    names: &[(String, FeatureId)],
) -> (Option<FeatureId>, bool) {
    let at = report.place.and_then(|p| spatial.at_point(&district.villages.geometry, p).first().copied());
    let at = at.and_then(|f| district.members.village_of(f));
    let said = &report.subject;
    let key = RowKey { code: &said.code, name: &said.village, town: &said.town, district: "" };
    // What somebody wrote in a column of its own counts before a place, which may be where the telephone was.
    if let Found::One(village, _) = finder.find(key) {
        return (Some(village), at.is_some_and(|at| at != village));
    }
    (at.or_else(|| named_in(report, district, names)), false)
}

/// The one village that address or text name.
fn named_in(report: &NewReport, district: &District, names: &[(String, FeatureId)]) -> Option<FeatureId> {
    let said = &report.subject;
    let mut towns: Vec<&str> =
        names.iter().map(|(_, v)| district.town_name(*v)).filter(|t| t.chars().count() > 1).collect();
    towns.sort_unstable();
    towns.dedup();
    towns.sort_by_key(|t| std::cmp::Reverse(t.chars().count()));
    for text in [&report.address, &report.text] {
        // A village's name in that of a town is none: 上庄镇 is not 上庄.
        let mut rest = towns.iter().fold(text.clone(), |rest, town| rest.replace(town, "\u{0}"));
        let mut hits: Vec<&(String, FeatureId)> = Vec::new();
        let mut found: Vec<&str> = Vec::new();
        for named in names {
            let is_again = found.last() == Some(&named.0.as_str());
            if is_again || rest.contains(named.0.as_str()) {
                // A shorter name within a longer one is not meant by it.
                rest = rest.replace(named.0.as_str(), "\u{0}");
                hits.push(named);
                if !is_again {
                    found.push(&named.0);
                }
            }
        }
        // Two villages in one text: which of them is meant a person has to say.
        let [longest] = found.as_slice() else { if found.is_empty() { continue } else { return None } };
        let same: Vec<_> = hits.iter().filter(|(name, _)| name == longest).collect();
        if let [(_, village)] = same.as_slice() {
            return Some(*village);
        }
        // Several villages of that name: the town that stands there too decides.
        let of_town = same.iter().filter(|(_, v)| {
            let town = district.town_name(*v);
            !town.is_empty() && (text.contains(town) || said.town == town)
        });
        if let [only] = of_town.collect::<Vec<_>>().as_slice() {
            return Some(only.1);
        }
    }
    None
}
