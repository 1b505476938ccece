//! Which field is the name, the code, the town, the district and the group, found by the names people use.

use super::{Column, FieldNames, FieldType, Table, by_value};
use crate::lang::Lang;

/// What a field says about its village.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Role {
    /// Name of the village.
    Name,
    /// Its administrative code.
    Code,
    /// The town or township it belongs to.
    Town,
    /// The district or county it belongs to.
    District,
    /// The group it is compared in, such as 山前 / 山后.
    Group,
}

impl Role {
    /// All roles, in the order they are shown.
    pub const ALL: [Self; 5] = [Self::Name, Self::Code, Self::Town, Self::District, Self::Group];

    /// Stable name: key in project files and language files.
    pub fn key(self) -> &'static str {
        match self {
            Self::Name => "name",
            Self::Code => "code",
            Self::Town => "town",
            Self::District => "district",
            Self::Group => "group",
        }
    }

    /// Field names that stand for the role, most telling first, compared without case, blanks, `_` and `-`.
    fn aliases(self) -> &'static [String] {
        let names = FieldNames::shipped();
        match self {
            Self::Name => &names.name,
            Self::Code => &names.code,
            Self::Town => &names.town,
            Self::District => &names.district,
            Self::Group => &names.group,
        }
    }
}

/// Position of the field that plays each role; `None` where no field does.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Roles {
    fields: [Option<usize>; 5],
    /// The field of names that the file or a person says, in whatever language names are shown.
    own_name: Option<usize>,
    /// Fields of names in Chinese and in English, where there are such.
    names: [Option<usize>; 2],
    /// Whether a field was told by its values, as no head was known.
    by_value: [bool; 5],
}

impl Roles {
    /// Finds the fields by their usual names. A field plays one role at most; text wins over numbers for names. Where no head of a name is
    /// known the values decide, if they can.
    pub fn detect(table: &Table) -> Self {
        let mut roles = Self::default();
        for role in Role::ALL {
            let hit = role.aliases().iter().find_map(|alias| {
                table.columns.iter().enumerate().find_map(|(i, column)| {
                    let fits = role == Role::Code || matches!(column.kind, FieldType::Text);
                    (fits && folded(&column.name) == *alias && !roles.fields.contains(&Some(i))).then_some(i)
                })
            });
            roles.set(role, hit);
        }
        roles.tell_by_values(table);
        roles.names = [Lang::Zh, Lang::En].map(|lang| roles.named_in(lang, table).field(Role::Name));
        roles
    }

    /// Takes the name, and the code where neither is known, from fields whose values say so.
    fn tell_by_values(&mut self, table: &Table) {
        if self.field(Role::Name).is_some() {
            return;
        }
        let is_free = |roles: &Self, field: &usize| !roles.fields.contains(&Some(*field));
        if self.field(Role::Code).is_none()
            && let Some(code) = by_value::code(table).filter(|f| is_free(self, f))
        {
            self.set(Role::Code, Some(code));
            self.by_value[Role::Code as usize] = true;
        }
        if let Some(name) = by_value::name(table).filter(|f| is_free(self, f)) {
            self.set(Role::Name, Some(name));
            self.by_value[Role::Name as usize] = true;
        }
    }

    /// Whether the field of a role was told by its values alone.
    pub fn is_by_value(&self, role: Role) -> bool {
        self.by_value[role as usize]
    }

    /// The fields that a person chose, by the keys of their roles, in place of those found; an empty name takes a role
    /// from every field.
    pub fn chosen(mut self, chosen: &std::collections::BTreeMap<String, String>, table: &Table) -> Self {
        for role in Role::ALL {
            if let Some(name) = chosen.get(role.key()) {
                self.set(role, table.position(name));
            }
        }
        self
    }

    /// Takes the name from a field in this language where the table has one; else it stays as it is.
    pub fn named_in(mut self, lang: Lang, table: &Table) -> Self {
        let aliases: &[&str] = match lang {
            Lang::Zh => &["namezh", "namecn", "zhname", "cnname", "中文名", "中文名称", "村名", "zwmc"],
            Lang::En => &["nameen", "enname", "nameeng", "englishname", "英文名", "英文名称", "namelatn"],
        };
        let is_free = |i: &usize| Role::ALL.iter().all(|r| *r == Role::Name || self.field(*r) != Some(*i));
        let found = aliases.iter().find_map(|alias| {
            let is = |c: &Column| c.kind == FieldType::Text && folded(&c.name) == *alias;
            table.columns.iter().position(is).filter(is_free)
        });
        if found.is_some() {
            // Shown, and no more than that: what names a village over languages stays.
            self.fields[Role::Name as usize] = found;
        }
        self
    }

    /// The field that plays a role.
    pub fn field(&self, role: Role) -> Option<usize> {
        self.fields[role as usize]
    }

    /// The field of names that is the same in all languages of the window.
    pub fn own_name(&self) -> Option<usize> {
        self.own_name
    }

    /// All fields that names may be shown from.
    pub fn name_fields(&self) -> Vec<usize> {
        let mut all: Vec<usize> =
            [self.own_name, self.field(Role::Name)].into_iter().chain(self.names).flatten().collect();
        all.sort_unstable();
        all.dedup();
        all
    }

    /// Lets a field, or none, play a role.
    pub fn set(&mut self, role: Role, field: Option<usize>) {
        self.fields[role as usize] = field;
        self.by_value[role as usize] = false;
        if role == Role::Name {
            self.own_name = field;
        }
    }
}

/// A field name without case, blanks, `_`, `-` and `.`.
pub(super) fn folded(name: &str) -> String {
    name.chars()
        .filter(|c| !c.is_whitespace() && !matches!(c, '_' | '-' | '.' | '/'))
        .map(super::simplified)
        .flat_map(char::to_lowercase)
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::{ColumnBuilder, FeatureId, Value};

    fn table(names: &[&str]) -> Table {
        let columns = names.iter().map(|n| {
            let mut b = ColumnBuilder::default();
            b.set(FeatureId::new(0), Value::Text("x"), "");
            b.finish((*n).to_owned(), 1)
        });
        Table { columns: columns.collect(), rows: 1 }
    }

    #[test]
    fn usual_names_are_found_in_both_languages() {
        for (fields, name, code, town) in [
            (&["XZQDM", "XZQMC"][..], Some(1), Some(0), None),
            (&["code", "name", "town", "district", "group"][..], Some(1), Some(0), Some(2)),
            (&["行政村", "乡镇"][..], Some(0), None, Some(1)),
            (&["VILLAGENAM", "TOWNNAME", "VILLAGEID"][..], Some(0), Some(2), Some(1)),
            (&["adcode", "name"][..], Some(1), Some(0), None),
            (&["foo"][..], None, None, None),
        ] {
            let r = Roles::detect(&table(fields));
            assert_eq!(
                (r.field(Role::Name), r.field(Role::Code), r.field(Role::Town)),
                (name, code, town),
                "{fields:?}"
            );
        }
    }

    #[test]
    fn names_follow_a_language_where_the_table_has_it() {
        let t = table(&["code", "name", "name_en", "name_zh"]);
        let name = |lang| {
            let r = Roles::detect(&t).named_in(lang, &t);
            t.columns[r.field(Role::Name).expect("a name")].name.clone()
        };
        assert_eq!(name(Lang::En), "name_en");
        assert_eq!(name(Lang::Zh), "name_zh");
        let own = |lang| Roles::detect(&t).named_in(lang, &t).own_name();
        assert_eq!(own(Lang::En), own(Lang::Zh));
        assert_eq!(Roles::detect(&t).name_fields(), [2, 3]);
        let plain = table(&["code", "name"]);
        assert_eq!(Roles::detect(&plain).named_in(Lang::En, &plain), Roles::detect(&plain));
    }
}
