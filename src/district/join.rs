//! Finds the village that a row means, by its code or its name, and says how it was found. Nothing is guessed: what could be two villages
//! is neither.

use std::sync::Arc;

use rustc_hash::FxHashMap;

use super::editions::Editions;
use super::key_text::{Code, Name, NameKind, bare_code, folded_town, town_matches};
use crate::model::{Dataset, FeatureId, Members, Role, VillageAlias};

/// What a row says about its village. Empty texts say nothing.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct RowKey<'a> {
    /// Code.
    pub code: &'a str,
    /// Name.
    pub name: &'a str,
    /// Town.
    pub town: &'a str,
    /// District or county.
    pub district: &'a str,
}

impl<'a> RowKey<'a> {
    /// A code alone.
    pub fn code(code: &'a str) -> Self {
        Self { code, ..Self::default() }
    }

    /// A name within a town.
    pub fn name(name: &'a str, town: &'a str) -> Self {
        Self { name, town, ..Self::default() }
    }
}

/// How a row found its village, the surest first.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum MatchBy {
    /// The code as it stands.
    Code,
    /// What a person decided.
    Alias,
    /// The code, with what programs do to codes undone: a fraction of 0, an apostrophe, lost zeros, an exponent.
    MendedCode,
    /// The code of an earlier edition: another district before the same digits, and the name agrees.
    EarlierEdition,
    /// District, town and name together.
    DistrictTownName,
    /// Town and name together.
    TownName,
    /// The name, which one village has.
    Name,
}

impl MatchBy {
    /// All, the surest first.
    pub const ALL: [Self; 7] = [
        Self::Code,
        Self::Alias,
        Self::MendedCode,
        Self::EarlierEdition,
        Self::DistrictTownName,
        Self::TownName,
        Self::Name,
    ];

    /// Stable name: in the JSON of `check` and in language files (`match-by.<key>`).
    pub fn key(self) -> &'static str {
        match self {
            Self::Code => "code",
            Self::Alias => "alias",
            Self::MendedCode => "mended-code",
            Self::EarlierEdition => "earlier-edition",
            Self::DistrictTownName => "district-town-name",
            Self::TownName => "town-name",
            Self::Name => "name",
        }
    }
}

/// What was found.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Found {
    /// One village, and how.
    One(FeatureId, MatchBy),
    /// None.
    Nothing,
    /// Several: it is not clear which is meant.
    Several,
    /// None, as a person decided.
    Declined,
}

impl Found {
    /// The village, where it is one.
    pub fn village(self) -> Option<FeatureId> {
        match self {
            Self::One(village, _) => Some(village),
            _ => None,
        }
    }
}

/// A village under one of its names.
#[derive(Clone, Debug)]
struct Named {
    village: FeatureId,
    /// Place in the list of towns.
    town: u32,
    district: u32,
    /// Whether it says that it is a village or a community of residents; compared where only stems agree.
    kind: NameKind,
}

/// Villages by code and by name.
#[derive(Debug, Default)]
pub struct VillageFinder {
    codes: FxHashMap<String, Vec<FeatureId>>,
    /// Codes without the zeros before them.
    without_zeros: FxHashMap<String, Vec<FeatureId>>,
    /// Codes by the digits behind those of the district.
    ends: FxHashMap<String, Vec<FeatureId>>,
    /// Codes as numbers, rising.
    numbers: Vec<(u64, FeatureId)>,
    /// Digits that all codes of digits have; `None` where they differ.
    digits: Option<usize>,
    names: FxHashMap<String, Vec<Named>>,
    stems: FxHashMap<String, Vec<Named>>,
    /// Towns and districts as they are compared.
    places: Vec<String>,
    /// What people decided: a village, or none.
    aliases: FxHashMap<AliasKey, Option<FeatureId>>,
    /// Boundaries of other years.
    editions: Arc<Editions>,
}

/// A row as aliases are found by: code, whole name, town, district, as they are compared.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
struct AliasKey([String; 4]);

impl AliasKey {
    fn of(key: RowKey<'_>) -> Self {
        let name = Name::of(key.name);
        let inside = name.town.unwrap_or_default();
        let town = if key.town.trim().is_empty() { inside.clone() } else { folded_town(key.town) };
        // What stands in brackets is a part of the name where it is not the town.
        let whole = if inside == town { name.whole } else { format!("{}({inside})", name.whole) };
        Self([bare_code(key.code).into_owned(), whole, town, folded_town(key.district)])
    }
}

/// What towns end in; they are compared without it.
const TOWN_ENDS: [&str; 9] = ["民族乡", "地区办事处", "街道办事处", "办事处", "街道", "地区", "镇", "乡", "区"];

/// Digits of a district in an administrative code (GB/T 2260).
const DISTRICT_DIGITS: usize = 6;

impl VillageFinder {
    /// Makes the lists.
    pub fn new(villages: &Dataset, members: &Members) -> Self {
        let mut finder = Self::default();
        let mut known: FxHashMap<String, u32> = FxHashMap::default();
        let mut lengths: Vec<usize> = Vec::new();
        for f in members.list().iter().copied() {
            if let Some(code) = villages.text(f, Role::Code) {
                finder.add_code(&code, f, &mut lengths);
            }
            // In whatever language names are shown: a table joins as it did.
            let mut place = |role| {
                let text = villages.text(f, role).map(|t| folded_town(&t)).unwrap_or_default();
                *known.entry(text).or_insert_with_key(|text| {
                    finder.places.push(text.clone());
                    finder.places.len() as u32 - 1
                })
            };
            let (town, district) = (place(Role::Town), place(Role::District));
            let mut all: Vec<Name> = villages.all_names(f).iter().map(|n| Name::of(n)).collect();
            all.sort_unstable();
            all.dedup();
            for name in all {
                let named = Named { village: f, town, district, kind: name.kind };
                finder.stems.entry(name.stem).or_default().push(named.clone());
                finder.names.entry(name.whole).or_default().push(named);
            }
        }
        lengths.sort_unstable();
        lengths.dedup();
        finder.digits = if let [one] = lengths.as_slice() { Some(*one) } else { None };
        finder.numbers.sort_unstable();
        finder
    }

    fn add_code(&mut self, code: &str, f: FeatureId, lengths: &mut Vec<usize>) {
        let bare = bare_code(code).into_owned();
        if bare.bytes().all(|b| b.is_ascii_digit()) && !bare.is_empty() {
            lengths.push(bare.len());
            self.without_zeros.entry(bare.trim_start_matches('0').to_owned()).or_default().push(f);
            if let Some(end) = bare.get(DISTRICT_DIGITS..).filter(|e| !e.is_empty()) {
                self.ends.entry(end.to_owned()).or_default().push(f);
            }
            self.numbers.extend(bare.parse().ok().map(|n| (n, f)));
        }
        self.codes.entry(code.trim().to_owned()).or_default().push(f);
        if bare != code.trim() {
            self.codes.entry(bare).or_default().push(f);
        }
    }

    /// Takes the boundaries of other years.
    pub fn with_editions(self, editions: Arc<Editions>) -> Self {
        Self { editions, ..self }
    }

    /// The boundaries of other years.
    pub(super) fn editions(&self) -> &Editions {
        &self.editions
    }

    /// What a person decided about a row: a village, or that it is none.
    pub(super) fn decided(&self, key: RowKey<'_>) -> Option<Option<FeatureId>> {
        self.aliases.get(&AliasKey::of(key)).copied()
    }

    /// Takes what people decided about rows; what was decided for a village that is not there counts for nothing.
    pub fn with_aliases(mut self, aliases: &[VillageAlias]) -> Self {
        for alias in aliases {
            let row = RowKey { code: &alias.code, name: &alias.name, town: &alias.town, district: &alias.district };
            let village = match alias.village.trim() {
                "" => None,
                village => {
                    let by_code = self.find(RowKey { code: village, ..RowKey::default() });
                    let by_name =
                        || self.find(RowKey { name: village, town: &alias.village_town, ..RowKey::default() });
                    let Some(found) = by_code.village().or_else(|| by_name().village()) else { continue };
                    Some(found)
                }
            };
            self.aliases.insert(AliasKey::of(row), village);
        }
        self
    }

    /// MatchBy code, then by what was decided, then by a code that a program spoilt, then by name within district and town. A whole code that
    /// no village has finds nothing, whatever the name says, unless it differs in its district alone and the name agrees.
    pub fn find(&self, key: RowKey<'_>) -> Found {
        let code = bare_code(key.code);
        if !code.is_empty()
            && let Some(list) = self.codes.get(key.code.trim()).or_else(|| self.codes.get(code.as_ref()))
        {
            let by = if self.codes.contains_key(key.code.trim()) { MatchBy::Code } else { MatchBy::MendedCode };
            return one(list.iter().copied(), by);
        }
        if !self.aliases.is_empty()
            && let Some(decided) = self.aliases.get(&AliasKey::of(key))
        {
            return decided.map_or(Found::Declined, |village| Found::One(village, MatchBy::Alias));
        }
        if !code.is_empty() {
            match self.by_spoilt_code(&code, key) {
                Some(found) => return found,
                // What a program left of a code says less than a name.
                None if Code::of(&code).is_spoilt(self.digits) => {}
                None => return Found::Nothing,
            }
        }
        self.by_name(key)
    }

    /// MatchBy a code that is not there as it stands; `None` where it says nothing.
    fn by_spoilt_code(&self, code: &str, key: RowKey<'_>) -> Option<Found> {
        match Code::of(code) {
            Code::Rounded { least, greatest } => {
                let from = self.numbers.partition_point(|(n, _)| *n < least);
                let fits = self.numbers.get(from..).unwrap_or(&[]).iter().take_while(|(n, _)| *n <= greatest);
                match one(fits.map(|(_, f)| *f), MatchBy::MendedCode) {
                    Found::One(village, by) => Some(Found::One(village, by)),
                    // Many have lost the same digits: the name may still say which it is.
                    _ => None,
                }
            }
            Code::Digits => {
                let short = code.trim_start_matches('0');
                if self.digits != Some(code.len())
                    && !short.is_empty()
                    && let Some(list) = self.without_zeros.get(short)
                {
                    return Some(one(list.iter().copied(), MatchBy::MendedCode));
                }
                let end = code.get(DISTRICT_DIGITS..).filter(|e| e.len() >= DISTRICT_DIGITS / 2)?;
                let same = self.ends.get(end)?;
                let named = self.by_name(key).village().filter(|v| same.contains(v))?;
                Some(Found::One(named, MatchBy::EarlierEdition))
            }
            Code::Other => None,
        }
    }

    fn by_name(&self, key: RowKey<'_>) -> Found {
        if key.name.trim().is_empty() {
            return Found::Nothing;
        }
        let name = Name::of(key.name);
        let town =
            if key.town.trim().is_empty() { name.town.clone().unwrap_or_default() } else { folded_town(key.town) };
        let district = folded_town(key.district);
        let fits = |n: &&Named| {
            let is = |place: u32, said: &str| {
                let own = self.places.get(place as usize).map_or("", String::as_str);
                said.is_empty() || own.is_empty() || town_matches(own, said)
            };
            is(n.town, &town) && is(n.district, &district)
        };
        let by = |n: &Named| {
            let says = |place: u32, said: &str| {
                !said.is_empty() && self.places.get(place as usize).is_some_and(|p| !p.is_empty())
            };
            match (says(n.district, &district), says(n.town, &town)) {
                (true, true) => MatchBy::DistrictTownName,
                (false, true) => MatchBy::TownName,
                _ => MatchBy::Name,
            }
        };
        let only = |list: &[&Named]| match list {
            [] => Found::Nothing,
            [one] => Found::One(one.village, by(one)),
            [first, rest @ ..] if rest.iter().all(|n| n.village == first.village) => {
                Found::One(first.village, by(first))
            }
            _ => Found::Several,
        };
        let stems: Vec<&Named> = self.stems.get(&name.stem).into_iter().flatten().filter(fits).collect();
        let is_alone = |village: FeatureId| stems.iter().all(|n| n.village == village);
        // As it stands, then without one ending after the other while what remains is the whole name of a village of that kind.
        for (at, whole) in name.shorter().enumerate() {
            let list: Vec<&Named> =
                self.names.get(whole).into_iter().flatten().filter(fits).filter(|n| n.kind.fits(name.kind)).collect();
            if list.is_empty() {
                continue;
            }
            // An ending never decides between two that are there, and a name without its town hardly says which of them it leaves off.
            return match only(&list) {
                Found::One(village, by) if is_alone(village) || (at == 0 && !town.is_empty()) => {
                    Found::One(village, by)
                }
                Found::One(..) => Found::Several,
                other => other,
            };
        }
        match only(&stems) {
            Found::One(village, by) if stems.iter().all(|n| n.kind.fits(name.kind)) => Found::One(village, by),
            Found::Nothing if key.town.trim().is_empty() => self.by_town_in_name(key),
            Found::One(..) => Found::Nothing,
            other => other,
        }
    }

    /// A name with its town before it: 甲镇东沟村, 甲镇-东沟村, 甲镇/东沟村.
    fn by_town_in_name(&self, key: RowKey<'_>) -> Found {
        let text = key.name.trim();
        let mut found = Found::Nothing;
        for town in self.places.iter().filter(|p| !p.is_empty()) {
            let Some(rest) = text.strip_prefix(town.as_str()) else { continue };
            let rest = TOWN_ENDS.iter().find_map(|end| rest.strip_prefix(end)).unwrap_or(rest);
            let rest = rest.trim_start_matches(|c: char| c.is_whitespace() || "-－—_/／·・.、,，>".contains(c));
            // A town of one character needs its word or a sign behind it: other names begin with it too.
            let is_clear = town.chars().count() > 1 || rest.len() + town.len() < text.len();
            if rest.is_empty() || !is_clear {
                continue;
            }
            match self.by_name(RowKey { name: rest, town, ..key }) {
                Found::Nothing => {}
                one @ Found::One(..) if matches!(found, Found::Nothing) || one == found => found = one,
                _ => return Found::Several,
            }
        }
        found
    }

    /// Whether a name is one of a village's own, in whatever form.
    pub(super) fn is_called(&self, village: FeatureId, text: &str) -> bool {
        let name = Name::of(text);
        let is = |list: Option<&Vec<Named>>| list.is_some_and(|l| l.iter().any(|n| n.village == village));
        is(self.stems.get(&name.stem)) || is(self.names.get(&name.whole))
    }

    /// Whether a village has this code; also where either has none.
    pub(super) fn goes_by_code(&self, village: FeatureId, code: &str) -> bool {
        let code = code.trim();
        code.is_empty() || self.codes.is_empty() || self.codes.get(code).is_some_and(|l| l.contains(&village))
    }

    /// Whether villages of a town are known.
    pub(super) fn has_town(&self, text: &str) -> bool {
        let town = folded_town(text);
        !town.is_empty() && self.places.contains(&town)
    }

    /// Villages that a row may mean although nothing says so for sure: by stem, whatever the town; nearest first.
    pub fn related(&self, key: RowKey<'_>) -> Vec<FeatureId> {
        let name = Name::of(key.name);
        let same = self.stems.get(&name.stem).into_iter().flatten().map(|n| n.village);
        let code = bare_code(key.code);
        let by_code = match Code::of(&code) {
            Code::Digits => code.get(DISTRICT_DIGITS..).and_then(|end| self.ends.get(end)),
            _ => None,
        };
        let exact = self.codes.get(code.as_ref()).into_iter().flatten().copied();
        let mut all: Vec<FeatureId> = Vec::new();
        for village in exact.chain(same).chain(by_code.into_iter().flatten().copied()) {
            if !all.contains(&village) {
                all.push(village);
            }
        }
        all
    }
}

fn one(mut hits: impl Iterator<Item = FeatureId>, by: MatchBy) -> Found {
    match (hits.next(), hits.next()) {
        (None, _) => Found::Nothing,
        (Some(f), None) => Found::One(f, by),
        _ => Found::Several,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::read::{Progress, read_bytes};

    fn finder(list: &[(&str, &str, &str)]) -> VillageFinder {
        let feature = |(code, name, town): &(&str, &str, &str)| {
            format!(
                r#"{{"type":"Feature","geometry":null,"properties":{{"code":"{code}","name":"{name}","town":"{town}"}}}}"#
            )
        };
        let list: Vec<String> = list.iter().map(feature).collect();
        let text = format!(r#"{{"type":"FeatureCollection","features":[{}]}}"#, list.join(","));
        let villages = read_bytes("v.geojson".as_ref(), text.as_bytes(), &Progress::new()).expect("read");
        VillageFinder::new(&villages, &Members::of(&villages))
    }

    fn found(finder: &VillageFinder, code: &str, name: &str, town: &str) -> Option<(u32, MatchBy)> {
        match finder.find(RowKey { code, name, town, district: "" }) {
            Found::One(f, by) => Some((f.number(), by)),
            Found::Several => Some((99, MatchBy::Name)),
            Found::Nothing | Found::Declined => None,
        }
    }
    const SEVERAL: Option<(u32, MatchBy)> = Some((99, MatchBy::Name));

    #[test]
    fn two_villages_of_one_name_need_their_town() {
        let finder = finder(&[("1", "八家", "上庄镇"), ("2", "八家村", "东升镇"), ("3", "温泉", "温泉镇")]);
        let find = |code: &str, name: &str, town: &str| found(&finder, code, name, town);
        assert_eq!(find("", "八家", "上庄"), Some((0, MatchBy::TownName)));
        assert_eq!(find("", "八家", "东升地区"), Some((1, MatchBy::TownName)));
        assert_eq!(find("", "八家", ""), SEVERAL, "either may leave its ending off");
        assert_eq!(find("", "八家村委会", ""), SEVERAL);
        assert_eq!(find("", "温泉村", ""), Some((2, MatchBy::Name)));
        assert_eq!(find("2", "温泉", ""), Some((1, MatchBy::Code)));
        assert_eq!(find("'2", "", ""), Some((1, MatchBy::MendedCode)));
        assert_eq!(find("", "", ""), None);
    }

    #[test]
    fn codes_that_programs_spoilt_are_mended_where_one_village_fits() {
        let finder = finder(&[
            ("010108026201", "东沟村", "甲镇"),
            ("010108026202", "西沟村", "甲镇"),
            ("010208026999", "南沟村", "乙镇"),
        ]);
        let find = |code: &str, name: &str| found(&finder, code, name, "");
        for code in ["10108026201", "'010108026201", "010108026201.0", "10108026201.0", "０１０１０８０２６２０１"]
        {
            assert_eq!(find(code, ""), Some((0, MatchBy::MendedCode)), "{code}");
        }
        assert_eq!(find("1.0208E+10", ""), Some((2, MatchBy::MendedCode)), "one code begins with these digits");
        assert_eq!(find("1.0108E+10", ""), None, "two do");
        assert_eq!(find("1.0108E+10", "西沟"), Some((1, MatchBy::Name)), "the name says which");
        assert_eq!(find("030308026201", "东沟村"), Some((0, MatchBy::EarlierEdition)));
        assert_eq!(find("030308026202", "东沟村"), None, "other digits and another district");
        assert_eq!(find("010108026209", "东沟村"), None, "a whole code that is not there");
    }

    #[test]
    fn official_forms_of_names() {
        let finder = finder(&[
            ("1", "东沟村", "甲镇"),
            ("2", "八家村", "甲镇"),
            ("3", "八家村", "乙镇"),
            ("4", "后沙涧村", "乙镇"),
            ("5", "沿村村民委员会", "丙镇"),
            ("6", "沿村居民委员会", "丙镇"),
            ("7", "聶各莊", "喇叭沟门满族乡"),
            ("8", "Kel. Sukamaju", "Kec. Cibeunying"),
        ]);
        let find = |name: &str, town: &str| found(&finder, "", name, town).map(|(f, _)| f);
        assert_eq!(find("东沟村村委会", "甲镇"), Some(0));
        assert_eq!(find("八家村村民委员会", "乙镇"), Some(2));
        assert_eq!(find("八家村社区居委会", "甲镇"), None, "residents are no village");
        assert_eq!(find("后沙涧村村委会", "乙镇"), Some(3));
        assert_eq!(find("后沙涧", "乙"), Some(3));
        assert_eq!(find("八家村（甲镇）", ""), Some(1));
        assert_eq!(find("沿村村委会", "丙镇"), Some(4));
        assert_eq!(find("沿村居委会", "丙镇"), Some(5));
        assert_eq!(found(&finder, "", "沿村", "丙镇"), SEVERAL);
        assert_eq!(find("聂各庄村", "喇叭沟门"), Some(6));
        assert_eq!(find("<b>东 沟\u{200b}村</b>", "甲镇人民政府"), Some(0));
        assert_eq!(find("Kelurahan Sukamaju", "Kecamatan Cibeunying"), Some(7));
        assert_eq!(find("Desa SUKAMAJU", ""), Some(7));
    }

    #[test]
    fn what_a_person_decided_counts_after_the_code() {
        let finder = finder(&[("1", "东沟村", "甲镇"), ("2", "西沟村", "甲镇")]);
        let row = RowKey { code: "", name: "东沟（老村）", town: "甲镇", district: "" };
        let says = |name: &str, village: &str| VillageAlias {
            name: name.into(),
            town: "甲镇".into(),
            village: village.into(),
            ..VillageAlias::default()
        };
        let finder = finder.with_aliases(&[says("东沟（老村）", "2"), says("渔场", ""), says("x", "gone")]);
        assert_eq!(finder.find(RowKey { name: "渔场", ..row }), Found::Declined);
        assert_eq!(finder.find(RowKey { name: "x", ..row }), Found::Nothing);
        assert_eq!(finder.find(row), Found::One(FeatureId::new(1), MatchBy::Alias));
        assert_eq!(found(&finder, "1", "东沟（老村）", "甲镇"), Some((0, MatchBy::Code)));
    }
}
