//! Files of facilities: which columns say what, rows into facilities, and what of them is not understood.

use rustc_hash::FxHashMap;

use super::facility::{Facility, Kind, ToiletState, Use};
use super::facility_field::{FacilityColumns, FacilityField, holds_kinds};
use super::figure::{Comma, cell_of, plain_number, year_in_date};
use crate::geo::{LonLat, representative_point};
use crate::model::{Dataset, FeatureId, KindWord, PartKind, Problem, Report, Severity};
use crate::read::Cell;

/// Whether a dataset is one of facilities: points with a field that says of which kind, or areas and lines of which most are of a
/// kind that is known.
pub fn is_facilities(dataset: &Dataset) -> bool {
    let parts = &dataset.geometry.parts;
    let columns = FacilityColumns::of(dataset);
    if columns.kind_of_all.is_some() {
        return true;
    }
    let Some(kind) = columns.column(FacilityField::Kind).filter(|_| !parts.is_empty()) else { return false };
    if parts.iter().all(|p| p.kind == PartKind::Point) {
        return holds_kinds(dataset, kind);
    }
    let texts = dataset.features().filter_map(|row| dataset.table.value(row, kind).to_text());
    let (known, all) = texts.fold((0_u32, 0_u32), |(known, all), text| {
        (known + u32::from(Kind::of(&text) != Kind::Other), all + u32::from(!text.trim().is_empty()))
    });
    2 * known > all
}

/// The field that says of which kind a facility is.
pub fn kind_field(dataset: &Dataset) -> Option<usize> {
    FacilityColumns::of(dataset).column(FacilityField::Kind)
}

/// The field that a correction of a facility stands for: `status`, `action` or `action_year`.
pub fn corrected_field(dataset: &Dataset, what: &str) -> Option<usize> {
    let columns = FacilityColumns::of(dataset);
    match what {
        "status" => columns.column(FacilityField::Status),
        "action" => columns.column(FacilityField::Action),
        "action_year" => columns.column(FacilityField::ActionYear),
        _ => None,
    }
}

/// Whether the facility of each row can be used. Without a field that says so in words known here, every one counts as
/// in use; with one, a row that says nothing known is unknown.
pub fn usage_by_row(dataset: &Dataset) -> impl Fn(u32) -> Option<Use> + '_ {
    let of = |row: FeatureId, column: usize| dataset.table.value(row, column).to_text().and_then(|t| Use::of(&t));
    let field = FacilityColumns::of(dataset)
        .column(FacilityField::Status)
        .filter(|c| dataset.features().any(|row| of(row, *c).is_some()));
    move |row| field.map_or(Some(Use::InUse), |column| of(FeatureId::new(row), column))
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
pub fn words_not_understood(dataset: &Dataset, decided: &[KindWord]) -> Vec<Problem> {
    if !is_facilities(dataset) {
        return Vec::new();
    }
    let columns = FacilityColumns::of(dataset);
    let is_decided = |t: &str| decided.iter().any(|w| w.word.to_lowercase() == t);
    let is_kind = |t: &str| Kind::of(t) != Kind::Other || is_decided(t) || matches!(t, "other" | "其他" | "其它");
    let is_status = |t: &str| Use::of(t).is_some() || matches!(t, "-" | "—" | "未知" | "不详" | "unknown");
    let is_class = |t: &str| {
        class_of(t).is_some() || matches!(t, "-" | "—" | "未评" | "未定级" | "未知" | "unknown" | "none" | "ungraded")
    };
    let looked_at: [(&str, Option<usize>, &dyn Fn(&str) -> bool); 3] = [
        ("unknown-kind", columns.column(FacilityField::Kind), &is_kind),
        ("unknown-status", columns.column(FacilityField::Status), &is_status),
        ("unknown-class", columns.column(FacilityField::Class), &is_class),
    ];
    let mut problems = Vec::new();
    for (code, column, is_known) in looked_at {
        let Some(column) = column else { continue };
        let mut words: Vec<(String, FeatureId, usize)> = Vec::new();
        let mut at: FxHashMap<String, usize> = FxHashMap::default();
        for row in 0..dataset.len() {
            let Some(text) = dataset.table.value(FeatureId::new(row), column).to_text() else { continue };
            let word = text.trim().to_owned();
            if word.is_empty() || is_known(&word.to_lowercase()) {
                continue;
            }
            let next = words.len();
            let slot = *at.entry(word.clone()).or_insert(next);
            if slot == next {
                words.push((word, FeatureId::new(row), 0));
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

/// What commas mean in the columns of numbers. As in tables: what the column's other numbers say, and nothing where nothing does.
fn commas_of(dataset: &Dataset, columns: &FacilityColumns) -> FxHashMap<usize, Comma> {
    let numbers = [FacilityField::AreaM2, FacilityField::Doctors, FacilityField::Households];
    let comma = |c: usize| {
        let text = |row| dataset.table.value(row, c).to_text().map(|t| t.trim().to_owned()).unwrap_or_default();
        let cells: Vec<Cell> = dataset.features().map(|row| cell_of(&text(row))).collect();
        (c, Comma::of(cells.iter(), Comma::Unclear))
    };
    numbers.into_iter().filter_map(|field| columns.column(field)).map(comma).collect()
}

/// Reads the facilities of a dataset; features without a position are left out.
/// What is not understood of them is in the report.
pub fn facilities_of(dataset: &Dataset, decided: &[KindWord], report: &mut Report) -> Vec<Facility> {
    let columns = FacilityColumns::of(dataset);
    let text = |row: FeatureId, column: Option<usize>| {
        let text = column.and_then(|c| dataset.table.value(row, c).to_text());
        text.map(|t| t.trim().to_owned()).unwrap_or_default()
    };
    let usage = usage_by_row(dataset);
    let year = |row: FeatureId, column: Option<usize>| year_in_date(&text(row, column));
    let commas = commas_of(dataset, &columns);
    let comma = |column: Option<usize>| column.and_then(|c| commas.get(&c)).copied().unwrap_or(Comma::Unclear);
    let number = |row: FeatureId, column: Option<usize>| {
        plain_number(&text(row, column), comma(column)).ok().filter(|n| n.is_finite() && *n >= 0.0)
    };
    let of = |row: FeatureId| {
        let at = stand_of(dataset, row)?;
        let kind = columns
            .kind_of_all
            .unwrap_or_else(|| Kind::among(&text(row, columns.column(FacilityField::Kind)), decided));
        let word = |column| text(row, column).to_lowercase();
        // The kind may be the type: 旱厕.
        let type_of = match word(columns.column(FacilityField::ToiletType)) {
            own if own.is_empty() => word(columns.column(FacilityField::Kind)),
            own => own,
        };
        let toilet = ToiletState::of(&word(columns.column(FacilityField::Action)), &type_of);
        let class = class_of(&word(columns.column(FacilityField::Class)))
            .or_else(|| class_of(&in_brackets(&word(columns.column(FacilityField::Kind)))));
        let name = match text(row, columns.column(FacilityField::Name)) {
            name if name.is_empty() => text(row, columns.column(FacilityField::Id)),
            name => name,
        };
        Some(Facility {
            source: 0,
            row,
            id: text(row, columns.column(FacilityField::Id)),
            edits: Vec::new(),
            name,
            kind,
            at,
            usage: usage(row.number()),
            toilet: if kind == Kind::PublicToilet { toilet } else { ToiletState::Plain },
            class,
            is_dry_type: kind == Kind::PublicToilet && ToiletState::of("", &type_of) == ToiletState::Dry,
            area_m2: number(row, columns.column(FacilityField::AreaM2)),
            doctors: number(row, columns.column(FacilityField::Doctors)),
            serves: text(row, columns.column(FacilityField::Serves))
                .split([';', '；', ',', '，', '、'])
                .map(|s| s.trim().to_owned())
                .filter(|s| !s.is_empty())
                .collect(),
            households: number(row, columns.column(FacilityField::Households)),
            checked_on: text(row, columns.column(FacilityField::CheckedOn)),
            is_township: kind == Kind::Clinic && is_township(&word(columns.column(FacilityField::Level))),
            action_year: year(row, columns.column(FacilityField::ActionYear)),
            built_year: year(row, columns.column(FacilityField::BuiltYear)),
            village: None,
            village_code: text(row, columns.column(FacilityField::VillageCode)),
            village_name: text(row, columns.column(FacilityField::VillageName)),
            town: text(row, columns.column(FacilityField::Town)),
        })
    };
    // Numbered by the rows of their own file, which the district's report does not show.
    report.problems.extend(words_not_understood(dataset, decided).into_iter().map(|p| Problem { feature: None, ..p }));
    let years =
        [columns.column(FacilityField::BuiltYear), columns.column(FacilityField::ActionYear)].into_iter().flatten();
    let is_year = |written: &str, _| year_in_date(written).map(drop).ok_or("facility-bad-year");
    tell_unreadable(dataset, years, report, is_year);
    let numbers = [
        columns.column(FacilityField::AreaM2),
        columns.column(FacilityField::Doctors),
        columns.column(FacilityField::Households),
    ]
    .into_iter()
    .flatten();
    tell_unreadable(dataset, numbers, report, |written, c| plain_number(written, comma(Some(c))).map(drop));
    dataset.features().filter_map(of).collect()
}

/// Names every cell of some columns that says something that cannot be read, for the reason that `read` gives.
fn tell_unreadable(
    dataset: &Dataset,
    columns: impl Iterator<Item = usize>,
    report: &mut Report,
    read: impl Fn(&str, usize) -> Result<(), &'static str>,
) {
    let layer = dataset.file_stem();
    for column in columns {
        for row in 0..dataset.len() {
            let written = dataset
                .table
                .value(FeatureId::new(row), column)
                .to_text()
                .map(|t| t.trim().to_owned())
                .unwrap_or_default();
            if let (false, Err(code)) = (written.is_empty(), read(&written, column)) {
                let head = dataset.table.columns.get(column).map_or("", |c| c.name.as_str());
                let detail = format!("{layer} · {} · {head} · {written}", dataset.display_name(FeatureId::new(row)));
                report.add(Severity::Warning, code, None, detail);
            }
        }
    }
}
