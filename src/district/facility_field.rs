//! Which columns of a file of facilities say what: by the names that offices use, or as a person chose.

use super::facility::Kind;
use crate::model::{Dataset, FieldNames, PartKind};

/// What a column says of a facility.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum FacilityField {
    /// Its id.
    Id,
    /// Its name.
    Name,
    /// What it is: toilet, clinic and so on.
    Kind,
    /// Whether it can be used.
    Status,
    /// The class of a toilet.
    Class,
    /// Whose a clinic is: the village's or the township's.
    Level,
    /// Whether a toilet is dry or flushed.
    ToiletType,
    /// Floor in m².
    AreaM2,
    /// Doctors.
    Doctors,
    /// The other villages that it serves.
    Serves,
    /// Households at it.
    Households,
    /// When it was last checked.
    CheckedOn,
    /// What was done with it.
    Action,
    /// In which year.
    ActionYear,
    /// When it was built.
    BuiltYear,
    /// Code of its village.
    VillageCode,
    /// Name of its village.
    VillageName,
    /// Its town.
    Town,
}

/// Keys in projects and language files with the names that files use, most telling first.
const NAMES: [(FacilityField, &str, &[&str]); 18] = [
    (FacilityField::Id, "facility_id", &["id", "编号", "设施编号", "facilityid", "osmid", "uuid"]),
    (
        FacilityField::Name,
        "facility_name",
        &[
            "name",
            "名称",
            "设施名称",
            "机构名称",
            "厕所名称",
            "卫生室名称",
            "公厕名称",
            "facilityname",
            "nom",
            "nombre",
            "nome",
            "namafasilitas",
            "시설명",
            "施設名",
        ],
    ),
    (
        FacilityField::Kind,
        "kind",
        &[
            "kind",
            "类别",
            "设施类型",
            "设施类别",
            "设施种类",
            "类型",
            "amenity",
            "facilitytype",
            "typeoffacility",
            "factype",
            "facilitykind",
            "healthcare",
            "typeetablissement",
            "typedetablissement",
            "typedétablissement",
            "typeétablissement",
            "tipoestablecimiento",
            "jenisfasilitas",
            "시설구분",
            "시설종류",
            "施設種別",
            "category",
            "categorie",
            "catégorie",
            "categoria",
            "categoría",
            "tipologia",
            "tipo",
            "jenis",
            "loaihinh",
            "種別",
            "设备类型",
        ],
    ),
    (
        FacilityField::Status,
        "status",
        &[
            "status",
            "状态",
            "使用状态",
            "使用情况",
            "运行状态",
            "operationalstatus",
            "functionalstatus",
            "etat",
            "estado",
            "opstatus",
        ],
    ),
    (FacilityField::Class, "class", &["class", "等级", "类级", "公厕等级", "厕所等级", "达标等级", "grade"]),
    (FacilityField::Level, "level", &["level", "级别", "机构级别", "facilitylevel", "niveau", "nivel"]),
    (FacilityField::ToiletType, "toilet_type", &["type", "厕所类型", "公厕类型", "toilettype", "toiletsdisposal"]),
    (FacilityField::AreaM2, "area_m2", &["area_m2", "面积", "建筑面积", "业务用房面积", "floorarea"]),
    (
        FacilityField::Doctors,
        "doctors",
        &["doctors", "医生数", "村医数", "医生", "村医人数", "执业医师数", "staffdoctors", "numberofdoctors"],
    ),
    (FacilityField::Serves, "serves", &["serves", "服务村", "服务范围", "覆盖村"]),
    (FacilityField::Households, "households", &["households", "户数", "服务户数", "涉及户数"]),
    (
        FacilityField::CheckedOn,
        "checked_on",
        &["checked_on", "核查日期", "检查日期", "巡查日期", "surveydate", "checkdate", "dateofvisit"],
    ),
    (FacilityField::Action, "action", &["action", "改造方式", "改造", "改造类型"]),
    (FacilityField::ActionYear, "action_year", &["action_year", "改造年份", "改造时间", "提升年份"]),
    (
        FacilityField::BuiltYear,
        "built_year",
        &["built_year", "建成年份", "建设年份", "建成时间", "installyear", "constructionyear", "startdate"],
    ),
    (
        FacilityField::VillageCode,
        "village_code",
        &["village_code", "村代码", "村编码", "村庄代码", "所属村代码", "行政村代码"],
    ),
    (
        FacilityField::VillageName,
        "village",
        &[
            "village",
            "village_name",
            "村名",
            "所属村",
            "行政村",
            "所在村",
            "村庄",
            "村庄名称",
            "所属村庄",
            "desa",
            "kelurahan",
        ],
    ),
    (FacilityField::Town, "town", &["town", "镇", "乡镇", "街镇", "所属镇", "所属乡镇", "所在镇"]),
];

impl FacilityField {
    /// All, in the order they are shown.
    pub fn all() -> impl Iterator<Item = Self> {
        NAMES.iter().map(|(field, ..)| *field)
    }

    /// Stable name: in projects under `[[layer]]`, in language files (`facility-field.<key>`).
    pub fn key(self) -> &'static str {
        NAMES.iter().find(|(field, ..)| *field == self).map_or("", |(_, key, _)| key)
    }
}

/// The columns of a file of facilities.
pub struct FacilityColumns {
    columns: [Option<usize>; NAMES.len()],
    /// What all of them are, where no column says it: as a person chose, or by the name of the file or its layer.
    pub kind_of_all: Option<Kind>,
}

impl FacilityColumns {
    /// Finds the columns of a dataset; what a person chose stands over their names.
    pub fn of(dataset: &Dataset) -> Self {
        let table = &dataset.table;
        let folded: Vec<String> = table.columns.iter().map(|c| FieldNames::folded(&c.name)).collect();
        let mut columns = [None; NAMES.len()];
        for (slot, (field, key, names)) in columns.iter_mut().zip(&NAMES) {
            *slot = match dataset.chosen.get(*key) {
                Some(chosen) => table.position(chosen),
                None => names.iter().find_map(|n| {
                    let n = FieldNames::folded(n);
                    folded.iter().position(|c| *c == n)
                }),
            };
            // Two words with one meaning: what the column says decides whether it is the kind or the type of a toilet.
            let is_unsaid = *field == FacilityField::Kind && slot.is_none() && !dataset.chosen.contains_key(*key);
            if is_unsaid && let Some(at) = folded.iter().position(|c| c == "type").filter(|at| says_kinds(dataset, *at))
            {
                *slot = Some(at);
            }
        }
        let mut found = Self { columns, kind_of_all: None };
        found.kind_of_all = match dataset.chosen.get(FacilityField::Kind.key()) {
            Some(chosen) => chosen.strip_prefix('=').and_then(Kind::from_key),
            None if found.column(FacilityField::Kind).is_none() => kind_of_file(dataset),
            None => None,
        };
        found
    }

    /// The column of a field.
    pub fn column(&self, field: FacilityField) -> Option<usize> {
        let at = NAMES.iter().position(|(f, ..)| *f == field)?;
        self.columns.get(at).copied().flatten()
    }
}

/// Heads that say by themselves that their column holds kinds; of the others some of what it holds must be known.
const PLAIN_HEADS: usize = 21;

/// Whether points with this column for their kind are facilities.
pub(super) fn holds_kinds(dataset: &Dataset, column: usize) -> bool {
    let head = dataset.table.columns.get(column).map(|c| FieldNames::folded(&c.name)).unwrap_or_default();
    let is_chosen = dataset.chosen.contains_key(FacilityField::Kind.key());
    let names = NAMES.iter().find(|(field, ..)| *field == FacilityField::Kind).map_or(&[][..], |(.., names)| names);
    is_chosen || names.iter().take(PLAIN_HEADS).any(|n| FieldNames::folded(n) == head) || says_kinds(dataset, column)
}

/// Whether a good part of what a column says, one in five, are kinds of facilities: others may be words that nobody knows yet.
fn says_kinds(dataset: &Dataset, column: usize) -> bool {
    let texts = dataset.features().take(500).filter_map(|row| dataset.table.value(row, column).to_text());
    let (known, all) = texts
        .filter(|t| !t.trim().is_empty())
        .fold((0_u32, 0_u32), |(known, all), text| (known + u32::from(Kind::of(&text) != Kind::Other), all + 1));
    known > 0 && 5 * known >= all
}

/// What points are by the name of their layer or file, where nothing else says it: 公厕.kml, 村卫生室2024.shp, clinics.geojson.
fn kind_of_file(dataset: &Dataset) -> Option<Kind> {
    let is_points =
        !dataset.geometry.parts.is_empty() && dataset.geometry.parts.iter().all(|p| p.kind == PartKind::Point);
    if !is_points {
        return None;
    }
    let stem = dataset.file_stem();
    let names = [dataset.source.layer.as_str(), stem.as_str()];
    let kind = |name: &str| {
        let is_sign = |c: char| c.is_ascii_digit() || matches!(c, '_' | '-' | '.' | ' ' | '年');
        let plain = name.trim_matches(is_sign);
        let bare = ["分布图", "分布", "点位", "点", "名单", "清单", "台账", "信息", "表"]
            .iter()
            .find_map(|e| plain.strip_suffix(e));
        let singular = plain.strip_suffix('s');
        [Some(plain), bare, singular].into_iter().flatten().map(Kind::of).find(|k| *k != Kind::Other)
    };
    names.into_iter().find_map(kind)
}
