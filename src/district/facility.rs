//! Facilities: points with a kind, a status and the attributes that the themes and rules look at.

use super::figure::year_in_date;
use crate::geo::LonLat;
use crate::model::{Edit, FeatureId, KindWord, simplified};

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

/// Words that files use for kinds: lower case, simplified, blanks as `_`.
const WORDS: [(Kind, &[&str]); 8] = [
    (
        Kind::PublicToilet,
        &[
            "public_toilet",
            "public_toilets",
            "latrine_publique",
            "latrines_publiques",
            "toilette_publique",
            "toilettes_publiques",
            "sanisette",
            "baños_públicos",
            "nhà_vệ_sinh_công_cộng",
            "公厕",
            "公共厕所",
            "公用厕所",
            "厕所",
            "旱厕",
            "水厕",
            "水冲厕所",
            "卫生厕所",
            "卫生间",
            "公共卫生间",
            "toilet",
            "toilets",
            "latrine",
            "wc",
            "restroom",
            "无害化厕所",
            "三格化粪池厕所",
            "厕屋",
            "latrines",
            "pit_latrine",
            "vip_latrine",
            "flush_toilet",
            "toilettes",
            "sanitaires",
            "letrina",
            "sanitario",
            "baño_público",
            "banheiro_público",
            "トイレ",
            "公众トイレ",
            "화장실",
            "공중화장실",
            "nhà_vệ_sinh",
            "wc_umum",
            "toilet_umum",
            "mck",
        ],
    ),
    (
        Kind::Clinic,
        &[
            "clinic",
            "clinics",
            "卫生室",
            "村卫生室",
            "村级卫生室",
            "卫生所",
            "村卫生所",
            "卫生站",
            "村卫生站",
            "卫生服务站",
            "社区卫生服务站",
            "社区卫生站",
            "卫生院",
            "乡镇卫生院",
            "镇卫生院",
            "社区卫生服务中心",
            "医务室",
            "诊所",
            "doctors",
            "doctor",
            "health_post",
            "health_centre",
            "health_center",
            "healthpost",
            "保健站",
            "保健室",
            "保健所",
            "医务所",
            "村医务室",
            "医疗点",
            "医疗站",
            "门诊部",
            "门诊所",
            "诊疗所",
            "gp",
            "primary_health_centre",
            "primary_health_center",
            "sub_centre",
            "sub_center",
            "basic_health_unit",
            "puskesmas",
            "pustu",
            "puesto_de_salud",
            "centro_de_salud",
            "posto_de_saúde",
            "centre_de_santé",
            "poste_de_santé",
            "trạm_y_tế",
            "보건소",
            "보건지소",
            "보건진료소",
            "dispensary",
        ],
    ),
    (
        Kind::SewageStation,
        &["sewage_station", "sewage_plant", "wastewater_plant", "污水站", "污水处理站", "污水处理设施", "污水处理厂"],
    ),
    (
        Kind::WastePoint,
        &["waste_point", "waste_disposal", "垃圾点", "垃圾收集点", "垃圾站", "垃圾分类点", "垃圾投放点", "垃圾中转站"],
    ),
    (Kind::Parking, &["parking", "停车场", "停车点"]),
    (Kind::PocketPark, &["pocket_park", "口袋公园"]),
    (Kind::Fitness, &["fitness", "fitness_station", "健身", "健身点", "健身设施", "健身广场", "健身场地"]),
    (Kind::Building, &["building", "house", "household", "房屋", "住宅", "农户", "户"]),
];

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

    /// The kind of a stable name; `None` where none is called so.
    pub fn from_key(key: &str) -> Option<Self> {
        Self::ALL.into_iter().chain([Self::Building, Self::Other]).find(|k| k.key() == key)
    }

    /// Tells a kind by the words that files use, and by what people decided about words.
    pub fn among(text: &str, words: &[KindWord]) -> Self {
        let own = text.trim();
        match words.iter().find(|w| w.word.eq_ignore_ascii_case(own)) {
            Some(word) => Self::from_key(&word.kind).unwrap_or(Self::Other),
            None => Self::of(text),
        }
    }

    /// Tells a kind by the words that files use.
    pub fn of(text: &str) -> Self {
        let plain: String = text.trim().chars().map(simplified).collect();
        let text = plain.to_lowercase().replace([' ', '-'], "_");
        // 公厕（二类）: what stands in brackets says more of it, not what it is.
        let bare = text.split(['(', '（', '[', '【']).next().unwrap_or("").trim_end_matches('_');
        let is_of = |(_, words): &&(Self, &[&str])| words.contains(&bare);
        WORDS.iter().find(is_of).map_or(Self::Other, |(kind, _)| *kind)
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
