//! Facilities: points with a kind, a status and the attributes that the themes and rules look at.

use rustc_hash::FxHashMap;

use super::figure::{Comma, cell_of, plain_number, year_in_date};
use crate::geo::{LonLat, representative_point};
use crate::model::{Dataset, Edit, FeatureId, PartKind, Problem, Report, Severity};
use crate::read::Cell;

/// What a facility is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Kind {
    /// 公厕.
    PublicToilet,
    /// 卫生室.
    Clinic,
    /// 污水站.
    SewageStation,
    /// 垃圾点.
    WastePoint,
    /// 停车场.
    Parking,
    /// 口袋公园.
    PocketPark,
    /// 健身.
    Fitness,
    /// A house, or the households at one place: looked at by rules, not a service.
    Building,
    /// Anything else.
    Other,
}

impl Kind {
    /// All kinds that have a name.
    pub const ALL: [Self; 7] = [
        Self::PublicToilet,
        Self::Clinic,
        Self::SewageStation,
        Self::WastePoint,
        Self::Parking,
        Self::PocketPark,
        Self::Fitness,
    ];

    /// Stable name, as files write it.
    pub fn key(self) -> &'static str {
        match self {
            Self::PublicToilet => "public_toilet",
            Self::Clinic => "clinic",
            Self::SewageStation => "sewage_station",
            Self::WastePoint => "waste_point",
            Self::Parking => "parking",
            Self::PocketPark => "pocket_park",
            Self::Fitness => "fitness",
            Self::Building => "building",
            Self::Other => "other",
        }
    }

    /// Tells a kind by the words that files use.
    pub fn of(text: &str) -> Self {
        let text = text.trim().to_lowercase().replace([' ', '-'], "_");
        // 公厕（二类）: what stands in brackets says more of it, not what it is.
        let bare = text.split(['(', '（', '[', '【']).next().unwrap_or("").trim_end_matches('_');
        match bare {
            "public_toilet" | "public_toilets" | "公厕" | "公共厕所" | "公用厕所" | "厕所" | "旱厕" | "水厕"
            | "水冲厕所" | "卫生厕所" | "卫生间" | "公共卫生间" | "toilet" | "toilets" | "latrine" | "wc"
            | "restroom" => Self::PublicToilet,
            "clinic"
            | "clinics"
            | "卫生室"
            | "村卫生室"
            | "村级卫生室"
            | "卫生所"
            | "村卫生所"
            | "卫生站"
            | "村卫生站"
            | "卫生服务站"
            | "社区卫生服务站"
            | "社区卫生站"
            | "卫生院"
            | "乡镇卫生院"
            | "镇卫生院"
            | "社区卫生服务中心"
            | "医务室"
            | "诊所"
            | "doctors"
            | "doctor"
            | "health_post"
            | "health_centre"
            | "health_center"
            | "healthpost"
            | "dispensary" => Self::Clinic,
            "sewage_station" | "sewage_plant" | "wastewater_plant" | "污水站" | "污水处理站" | "污水处理设施"
            | "污水处理厂" => Self::SewageStation,
            "waste_point" | "waste_disposal" | "垃圾点" | "垃圾收集点" | "垃圾站" | "垃圾分类点" | "垃圾投放点"
            | "垃圾中转站" => Self::WastePoint,
            "parking" | "停车场" | "停车点" => Self::Parking,
            "pocket_park" | "口袋公园" => Self::PocketPark,
            "fitness" | "fitness_station" | "健身" | "健身点" | "健身设施" | "健身广场" | "健身场地" => {
                Self::Fitness
            }
            "building" | "house" | "household" | "房屋" | "住宅" | "农户" | "户" => Self::Building,
            _ => Self::Other,
        }
    }
}

/// Whether a facility can be used.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Use {
    /// 在用.
    InUse,
    /// 停用.
    Closed,
    /// 在建.
    Building,
    /// 拆除.
    Removed,
}

impl Use {
    /// Stable name, as files write it.
    pub fn key(self) -> &'static str {
        match self {
            Self::InUse => "in_use",
            Self::Closed => "closed",
            Self::Building => "building",
            Self::Removed => "removed",
        }
    }

    /// Tells it by the words that files use; `None` for any other.
    pub fn of(text: &str) -> Option<Self> {
        Some(match text.trim().to_lowercase().as_str() {
            "in_use" | "in use" | "open" | "在用" | "使用中" => Self::InUse,
            "closed" | "停用" | "disused" | "abandoned" => Self::Closed,
            "building" | "在建" | "planned" => Self::Building,
            "removed" | "拆除" => Self::Removed,
            _ => return None,
        })
    }
}

/// What was done with a toilet, or what it still is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum ToiletState {
    /// A dry toilet rebuilt.
    Rebuilt,
    /// A flush toilet improved.
    Improved,
    /// Still dry.
    Dry,
    /// Any other.
    Plain,
}

impl ToiletState {
    /// Tells it by what was done and by the type, in the words that files use.
    pub fn of(action: &str, kind: &str) -> Self {
        match (action, kind) {
            ("rebuilt" | "旱改" | "改造" | "旱厕改造", _) => Self::Rebuilt,
            ("improved" | "提升" | "水冲提升", _) => Self::Improved,
            (_, "dry" | "旱厕" | "旱") => Self::Dry,
            _ => Self::Plain,
        }
    }
}

/// A facility and the village it was found to belong to.
#[derive(Clone, Debug, PartialEq)]
pub struct Facility {
    /// Position of its file among the layers of facilities.
    pub source: usize,
    /// Its row in its own file.
    pub row: FeatureId,
    /// Its id; empty where it has none.
    pub id: String,
    /// Corrections of the project that it carries.
    pub edits: Vec<Edit>,
    /// Its name, or its id.
    pub name: String,
    /// What it is.
    pub kind: Kind,
    /// Where it stands.
    pub at: LonLat,
    /// Whether it can be used; `None` where its file tells of others but not of this one.
    pub usage: Option<Use>,
    /// For toilets.
    pub toilet: ToiletState,
    /// Whether the type of a toilet is dry, whatever was done with it.
    pub is_dry_type: bool,
    /// Class of a toilet: 1 to 3, 4 below class III; `None` ungraded.
    pub class: Option<u8>,
    /// Whether a clinic is a township's institution rather than a village's own.
    pub is_township: bool,
    /// Floor of a clinic in m².
    pub area_m2: Option<f64>,
    /// Doctors of a clinic.
    pub doctors: Option<f64>,
    /// Codes or names of the other villages that a clinic serves.
    pub serves: Vec<String>,
    /// Households at a building.
    pub households: Option<f64>,
    /// When it was last checked, as written; empty where nothing says so.
    pub checked_on: String,
    /// Year of the last action (a toilet rebuilt or improved).
    pub action_year: Option<i32>,
    /// Year it was built.
    pub built_year: Option<i32>,
    /// The village by code, by name, or by lying inside, in this order.
    pub village: Option<FeatureId>,
    /// Code of the village as the file has it; empty where it has none.
    pub village_code: String,
    /// Name of the village as the file has it; empty where it has none.
    pub village_name: String,
    /// Its town as the file has it; empty where it has none.
    pub town: String,
}

impl Facility {
    /// Whether it is in use.
    pub fn is_in_use(&self) -> bool {
        self.usage == Some(Use::InUse)
    }

    /// Takes a correction; false where it is none that a facility has, or cannot be read.
    pub fn correct(&mut self, edit: &Edit) -> bool {
        let text = edit.value.trim();
        match edit.what.as_str() {
            "status" if text.is_empty() => self.usage = None,
            "status" => match Use::of(text) {
                Some(usage) => self.usage = Some(usage),
                None => return false,
            },
            "action" if self.kind == Kind::PublicToilet => match (ToiletState::of(text, ""), text) {
                (ToiletState::Plain, "dry") => self.toilet = ToiletState::Dry,
                (state, _) => self.toilet = state,
            },
            "action_year" if text.is_empty() => self.action_year = None,
            "action_year" => match year_in_date(text) {
                Some(year) => self.action_year = Some(year),
                None => return false,
            },
            _ => return false,
        }
        self.edits.push(edit.clone());
        true
    }

    /// Whether its action was done by a year; one without a year was.
    pub fn was_done_by(&self, year: Option<i32>) -> bool {
        match (year, self.action_year) {
            (Some(year), Some(done)) => done <= year,
            _ => true,
        }
    }

    /// Whether it was there in a year; what has no year always was.
    pub fn is_there(&self, year: Option<i32>) -> bool {
        match (year, self.built_year) {
            (Some(year), Some(built)) => built <= year,
            _ => true,
        }
    }
}

/// Columns of a file of facilities.
struct Columns {
    id: Option<usize>,
    name: Option<usize>,
    kind: Option<usize>,
    status: Option<usize>,
    class: Option<usize>,
    level: Option<usize>,
    kind_of_toilet: Option<usize>,
    area_m2: Option<usize>,
    doctors: Option<usize>,
    serves: Option<usize>,
    households: Option<usize>,
    checked_on: Option<usize>,
    action: Option<usize>,
    action_year: Option<usize>,
    built_year: Option<usize>,
    village_code: Option<usize>,
    village_name: Option<usize>,
    town: Option<usize>,
}

/// Whether a dataset is one of facilities: points with a field that says of which kind, or areas and lines of which most are of a
/// kind that is known.
pub fn is_facilities(dataset: &Dataset) -> bool {
    let parts = &dataset.geometry.parts;
    let Some(kind) = columns(dataset).kind.filter(|_| !parts.is_empty()) else { return false };
    if parts.iter().all(|p| p.kind == PartKind::Point) {
        return true;
    }
    let texts = (0..dataset.len()).filter_map(|row| dataset.table.value(row, kind).to_text());
    let (known, all) = texts.fold((0_u32, 0_u32), |(known, all), text| {
        (known + u32::from(Kind::of(&text) != Kind::Other), all + u32::from(!text.trim().is_empty()))
    });
    2 * known > all
}

fn columns(dataset: &Dataset) -> Columns {
    let find = |names: &[&str]| {
        names.iter().find_map(|n| dataset.table.columns.iter().position(|c| c.name.eq_ignore_ascii_case(n)))
    };
    Columns {
        id: find(&["id", "编号"]),
        name: find(&["name", "名称", "设施名称"]),
        kind: find(&["kind", "类别", "设施类型", "设施类别", "类型", "amenity"]),
        status: find(&["status", "状态", "使用状态", "使用情况"]),
        class: find(&["class", "等级", "类级"]),
        level: find(&["level", "级别", "机构级别"]),
        kind_of_toilet: find(&["type", "厕所类型"]),
        area_m2: find(&["area_m2", "面积", "建筑面积"]),
        doctors: find(&["doctors", "医生数", "村医数", "医生"]),
        serves: find(&["serves", "服务村", "服务范围"]),
        households: find(&["households", "户数"]),
        checked_on: find(&["checked_on", "核查日期", "检查日期"]),
        action: find(&["action", "改造方式", "改造"]),
        action_year: find(&["action_year", "改造年份"]),
        built_year: find(&["built_year", "建成年份", "建设年份"]),
        village_code: find(&["village_code", "村代码", "村编码"]),
        village_name: find(&["village", "village_name", "村名", "所属村", "行政村"]),
        town: find(&["town", "镇", "乡镇", "街镇"]),
    }
}

/// The field that says of which kind a facility is.
pub fn kind_field(dataset: &Dataset) -> Option<usize> {
    columns(dataset).kind
}

/// The field that a correction of a facility stands for: `status`, `action` or `action_year`.
pub fn corrected_field(dataset: &Dataset, what: &str) -> Option<usize> {
    let columns = columns(dataset);
    match what {
        "status" => columns.status,
        "action" => columns.action,
        "action_year" => columns.action_year,
        _ => None,
    }
}

/// Whether the facility of each row can be used. Without a field that says so in words known here, every one counts as
/// in use; with one, a row that says nothing known is unknown.
pub fn usage_by_row(dataset: &Dataset) -> impl Fn(u32) -> Option<Use> + '_ {
    let of = |row: u32, column: usize| dataset.table.value(row, column).to_text().and_then(|t| Use::of(&t));
    let field = columns(dataset).status.filter(|c| (0..dataset.len()).any(|row| of(row, *c).is_some()));
    move |row| field.map_or(Some(Use::InUse), |column| of(row, column))
}

/// The class of a toilet in the words that files use: 1 to 3, 4 below class III.
fn class_of(text: &str) -> Option<u8> {
    Some(match text {
        "1" | "一类" | "一级" | "i" | "class i" | "class 1" => 1,
        "2" | "二类" | "二级" | "ii" | "class ii" | "class 2" => 2,
        "3" | "三类" | "三级" | "iii" | "class iii" | "class 3" => 3,
        "below" | "三类以下" | "不达标" => 4,
        _ => return None,
    })
}

/// What stands in brackets behind a word.
fn in_brackets(text: &str) -> String {
    let inner = text.split_once(['(', '（']).map_or("", |t| t.1);
    inner.trim_end_matches([')', '）']).trim().to_owned()
}

/// Words of a layer of facilities that are not understood, each once with how many facilities bear it: their kind (then they are
/// shown and counted nowhere), whether they are in use, a toilet's class.
pub fn words_not_understood(dataset: &Dataset) -> Vec<Problem> {
    if !is_facilities(dataset) {
        return Vec::new();
    }
    let columns = columns(dataset);
    let is_kind = |t: &str| Kind::of(t) != Kind::Other || matches!(t, "other" | "其他" | "其它");
    let is_status = |t: &str| Use::of(t).is_some() || matches!(t, "-" | "—" | "未知" | "不详" | "unknown");
    let is_class = |t: &str| {
        class_of(t).is_some() || matches!(t, "-" | "—" | "未评" | "未定级" | "未知" | "unknown" | "none" | "ungraded")
    };
    let looked_at: [(&str, Option<usize>, &dyn Fn(&str) -> bool); 3] = [
        ("unknown-kind", columns.kind, &is_kind),
        ("unknown-status", columns.status, &is_status),
        ("unknown-class", columns.class, &is_class),
    ];
    let mut problems = Vec::new();
    for (code, column, is_known) in looked_at {
        let Some(column) = column else { continue };
        let mut words: Vec<(String, FeatureId, usize)> = Vec::new();
        let mut at: FxHashMap<String, usize> = FxHashMap::default();
        for row in 0..dataset.len() {
            let Some(text) = dataset.table.value(row, column).to_text() else { continue };
            let word = text.trim().to_owned();
            if word.is_empty() || is_known(&word.to_lowercase()) {
                continue;
            }
            let next = words.len();
            let slot = *at.entry(word.clone()).or_insert(next);
            if slot == next {
                words.push((word, row, 0));
            }
            if let Some(found) = words.get_mut(slot) {
                found.2 += 1;
            }
        }
        let layer = dataset.file_stem();
        problems.extend(words.into_iter().map(|(word, row, n)| Problem {
            severity: Severity::Warning,
            code,
            feature: Some(row),
            detail: format!("{layer} · {word} × {n}"),
        }));
    }
    problems
}

/// Whether a clinic's level means a township's institution.
fn is_township(level: &str) -> bool {
    ["township", "镇", "乡镇", "卫生院", "镇卫生院", "乡镇卫生院", "社区卫生服务中心"].contains(&level)
}

/// Where a facility stands: its point, within its area, at the middle vertex of its line.
fn stand_of(dataset: &Dataset, row: FeatureId) -> Option<LonLat> {
    let geometry = &dataset.geometry;
    let first = geometry.parts_of(row).first()?;
    if first.kind == PartKind::Polygon
        && let Some(inside) = representative_point(&geometry.multi_polygon_of(row))
    {
        return Some(inside);
    }
    let positions = geometry.coords.get(geometry.ring_range(first.ring_start))?;
    positions.get(positions.len() / 2).map(|[lon, lat]| LonLat::new(*lon, *lat))
}

/// Reads the facilities of a dataset; features without a position are left out.
/// What is not understood of them is in the report.
pub fn facilities_of(dataset: &Dataset, report: &mut Report) -> Vec<Facility> {
    let columns = columns(dataset);
    let text = |row: u32, column: Option<usize>| {
        let text = column.and_then(|c| dataset.table.value(row, c).to_text());
        text.map(|t| t.trim().to_owned()).unwrap_or_default()
    };
    let usage = usage_by_row(dataset);
    let year = |row: u32, column: Option<usize>| year_in_date(&text(row, column));
    // As tables: a number with a comma is what the column's other numbers say, and nothing where nothing does.
    let commas: FxHashMap<usize, Comma> = [columns.area_m2, columns.doctors, columns.households]
        .into_iter()
        .flatten()
        .map(|c| {
            let cells: Vec<Cell> = (0..dataset.len()).map(|row| cell_of(&text(row, Some(c)))).collect();
            (c, Comma::of(cells.iter(), Comma::Unclear))
        })
        .collect();
    let comma = |column: Option<usize>| column.and_then(|c| commas.get(&c)).copied().unwrap_or(Comma::Unclear);
    let number = |row: u32, column: Option<usize>| {
        plain_number(&text(row, column), comma(column)).ok().filter(|n| n.is_finite() && *n >= 0.0)
    };
    let of = |row: u32| {
        let at = stand_of(dataset, row)?;
        let kind = Kind::of(&text(row, columns.kind));
        let word = |column| text(row, column).to_lowercase();
        // The kind may be the type: 旱厕.
        let type_of = match word(columns.kind_of_toilet) {
            own if own.is_empty() => word(columns.kind),
            own => own,
        };
        let toilet = ToiletState::of(&word(columns.action), &type_of);
        let class = class_of(&word(columns.class)).or_else(|| class_of(&in_brackets(&word(columns.kind))));
        let name = match text(row, columns.name) {
            name if name.is_empty() => text(row, columns.id),
            name => name,
        };
        Some(Facility {
            source: 0,
            row,
            id: text(row, columns.id),
            edits: Vec::new(),
            name,
            kind,
            at,
            usage: usage(row),
            toilet: if kind == Kind::PublicToilet { toilet } else { ToiletState::Plain },
            class,
            is_dry_type: kind == Kind::PublicToilet && ToiletState::of("", &type_of) == ToiletState::Dry,
            area_m2: number(row, columns.area_m2),
            doctors: number(row, columns.doctors),
            serves: text(row, columns.serves)
                .split([';', '；', ',', '，', '、'])
                .map(|s| s.trim().to_owned())
                .filter(|s| !s.is_empty())
                .collect(),
            households: number(row, columns.households),
            checked_on: text(row, columns.checked_on),
            is_township: kind == Kind::Clinic && is_township(&word(columns.level)),
            action_year: year(row, columns.action_year),
            built_year: year(row, columns.built_year),
            village: None,
            village_code: text(row, columns.village_code),
            village_name: text(row, columns.village_name),
            town: text(row, columns.town),
        })
    };
    let layer = dataset.file_stem();
    // Numbered by the rows of their own file, which the district's report does not show.
    report.problems.extend(words_not_understood(dataset).into_iter().map(|p| Problem { feature: None, ..p }));
    for column in [columns.built_year, columns.action_year].into_iter().flatten() {
        for row in 0..dataset.len() {
            let written = text(row, Some(column));
            if !written.is_empty() && year_in_date(&written).is_none() {
                let head = dataset.table.columns.get(column).map_or("", |c| c.name.as_str());
                let detail = format!("{layer} · {} · {head} · {written}", dataset.display_name(row));
                report.add(Severity::Warning, "facility-bad-year", None, detail);
            }
        }
    }
    for column in [columns.area_m2, columns.doctors, columns.households].into_iter().flatten() {
        for row in 0..dataset.len() {
            let written = text(row, Some(column));
            if let (false, Err(code)) = (written.is_empty(), plain_number(&written, comma(Some(column)))) {
                let head = dataset.table.columns.get(column).map_or("", |c| c.name.as_str());
                let detail = format!("{layer} · {} · {head} · {written}", dataset.display_name(row));
                report.add(Severity::Warning, code, None, detail);
            }
        }
    }
    (0..dataset.len()).filter_map(of).collect()
}
