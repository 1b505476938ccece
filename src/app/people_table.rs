//! Tables of people as offices keep them: who answers for what.

use std::path::Path;

use crate::model::{AnswersFor, Person, whole_phone};
use crate::read::{Cell, ReadError, read_sheets};

/// People of a table, and how many of its rows name nobody.
pub(crate) struct TableOfPeople {
    /// The people, each once.
    pub people: Vec<Person>,
    /// Rows that name nobody.
    pub nameless: usize,
    /// Telephone numbers of which a program left a rounded one (`1.38E+10`): nobody answers there, so they are left out.
    pub rounded_phones: usize,
}

/// What a column of a table of people says.
#[derive(Clone, Copy, PartialEq)]
enum Column {
    Name,
    Unit,
    Phone,
    Role,
    Town,
    Village,
    Thing,
    Rule,
}

/// Heads as people write them, without blanks and in small letters.
const HEADS: [(Column, &[&str]); 8] = [
    (Column::Name, &["姓名", "名字", "责任人", "负责人", "name", "person"]),
    (Column::Unit, &["单位", "部门", "工作单位", "责任单位", "unit", "organisation", "organization", "department"]),
    (Column::Phone, &["电话", "手机", "联系电话", "手机号", "联系方式", "phone", "mobile", "tel"]),
    (Column::Role, &["职务", "身份", "角色", "岗位", "类别", "role", "position", "title"]),
    (
        Column::Town,
        &[
            "乡镇",
            "镇",
            "街道",
            "所属乡镇",
            "所属镇",
            "所在乡镇",
            "负责乡镇",
            "责任乡镇",
            "乡镇街道",
            "镇街",
            "town",
            "township",
        ],
    ),
    (
        Column::Village,
        &[
            "村",
            "村名",
            "行政村",
            "村庄",
            "所属村",
            "所在村",
            "责任村",
            "负责村",
            "包村",
            "包片村",
            "责任区",
            "负责区域",
            "村代码",
            "village",
            "villagecode",
            "code",
        ],
    ),
    (Column::Thing, &["河流", "河道", "河段", "田块", "设施", "责任对象", "river", "field", "facility", "thing"]),
    (Column::Rule, &["规则", "rule"]),
];

fn column_of(head: &str) -> Option<Column> {
    let plain: String = head.chars().filter(|c| !c.is_whitespace() && !"（()）_-".contains(*c)).collect();
    let plain = plain.to_lowercase();
    HEADS.iter().find(|(_, words)| words.contains(&plain.as_str())).map(|(column, _)| *column)
}

/// Several in one cell: `甲村、乙村`.
fn parts(text: &str) -> Vec<String> {
    text.split(['、', '，', ',', ';', '；', '/']).map(str::trim).filter(|t| !t.is_empty()).map(str::to_owned).collect()
}

fn cell_text(cell: &Cell) -> String {
    match cell {
        Cell::Text(text) => text.trim().to_owned(),
        Cell::Number(n) => n.to_string(),
        _ => String::new(),
    }
}

/// Reads a table of people: a row for each, or several rows for one who answers for several places. Who has the same name and telephone
/// number is one person. `None` where no column says names.
///
/// # Errors
/// Where the file cannot be read.
pub(crate) fn people_of_table(path: &Path) -> Result<Option<TableOfPeople>, ReadError> {
    let mut found: Option<TableOfPeople> = None;
    for rows in read_sheets(path)? {
        let head = rows.iter().take(6).enumerate().find_map(|(i, (_, cells))| {
            let columns: Vec<Option<Column>> = cells.iter().map(|c| column_of(&cell_text(c))).collect();
            columns.contains(&Some(Column::Name)).then_some((i, columns))
        });
        let Some((at, columns)) = head else { continue };
        let table = found.get_or_insert(TableOfPeople { people: Vec::new(), nameless: 0, rounded_phones: 0 });
        for (_, cells) in rows.iter().skip(at + 1) {
            let text = |wanted: Column| {
                let of =
                    columns.iter().zip(cells).filter(|(c, _)| **c == Some(wanted)).map(|(_, cell)| cell_text(cell));
                of.filter(|t| !t.is_empty()).collect::<Vec<_>>().join("、")
            };
            if cells.iter().all(|c| cell_text(c).is_empty()) {
                continue;
            }
            let name = text(Column::Name);
            if name.is_empty() {
                table.nameless += 1;
                continue;
            }
            let phone = whole_phone(&text(Column::Phone));
            table.rounded_phones += usize::from(phone.is_none());
            take(&mut table.people, &name, phone.unwrap_or_default(), &text);
        }
    }
    Ok(found)
}

fn take(people: &mut Vec<Person>, name: &str, phone: String, text: &dyn Fn(Column) -> String) {
    let unit = text(Column::Unit);
    let is_same = |p: &Person| p.name == name && (p.phone == phone || phone.is_empty() || p.phone.is_empty());
    if !people.iter().any(is_same) {
        people.push(Person { id: Person::new_id(), name: name.to_owned(), ..Person::default() });
    }
    let Some(person) = people.iter_mut().find(|p| is_same(p)) else { return };
    for (field, value) in [(&mut person.phone, phone), (&mut person.unit, unit)] {
        if field.is_empty() {
            *field = value;
        }
    }
    for role in parts(&text(Column::Role)) {
        if !person.roles.contains(&role) {
            person.roles.push(role);
        }
    }
    let (town, rule) = (text(Column::Town), text(Column::Rule));
    let of = |village: String, thing: String| AnswersFor { town: town.clone(), village, thing, rule: rule.clone() };
    let (villages, things) = (parts(&text(Column::Village)), parts(&text(Column::Thing)));
    let mut answers: Vec<AnswersFor> = villages.into_iter().map(|v| of(v, String::new())).collect();
    answers.extend(things.into_iter().map(|t| of(String::new(), t)));
    if answers.is_empty() {
        answers.push(of(String::new(), String::new()));
    }
    for answer in answers.into_iter().filter(|a| !a.is_empty()) {
        if !person.answers.contains(&answer) {
            person.answers.push(answer);
        }
    }
}

/// The people of a project with those of a table: who is there already, by name and telephone number, answers for what the table says now.
pub(crate) fn with_table(present: &[Person], table: Vec<Person>) -> Vec<Person> {
    let mut all = present.to_vec();
    for person in table {
        let is_same = |p: &Person| {
            p.name == person.name && (p.phone == person.phone || p.phone.is_empty() || person.phone.is_empty())
        };
        match all.iter_mut().find(|p| is_same(p)) {
            Some(known) => {
                let (id, other) = (known.id.clone(), known.other.clone());
                let phone = if person.phone.is_empty() { known.phone.clone() } else { person.phone.clone() };
                *known = Person { id, other, phone, ..person };
            }
            None => all.push(person),
        }
    }
    all
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_table_of_people_as_offices_keep_it() {
        let dir = tempfile::tempdir().expect("a folder");
        let path = dir.path().join("网格员.csv");
        let text = "网格员名单,,,,\n姓 名,单位,联系电话,职务,乡镇,村名\n李雷,城管科,13800000000,网格员,甲镇,东沟村、西沟村\n\
                    李雷,城管科,13800000000,河长,乙镇,\n,城管科,,,丙镇,\n韩梅,卫生院,,村医,甲镇,东沟村\n";
        std::fs::write(&path, text).expect("written");
        let table = people_of_table(&path).expect("read").expect("a table of people");
        assert_eq!((table.people.len(), table.nameless), (2, 1));
        let first = &table.people[0];
        assert_eq!(first.roles, ["网格员", "河长"]);
        let words: Vec<String> = first.answers.iter().map(AnswersFor::words).collect();
        assert_eq!(words, ["甲镇 东沟村", "甲镇 西沟村", "乙镇"]);
        assert_eq!((first.phone.as_str(), table.rounded_phones), ("13800000000", 0));
        // Taken in twice it is the same, ids and all.
        let once = with_table(&[], table.people.clone());
        let again = people_of_table(&path).expect("read").expect("a table of people");
        assert_eq!(with_table(&once, again.people), once);
        std::fs::write(&path, "姓名,电话\n李雷,1.38E+10\n韩梅,010-62880000\n王芳,1.3812345678E+10\n").expect("written");
        let spoilt = people_of_table(&path).expect("read").expect("a table of people");
        let phones: Vec<&str> = spoilt.people.iter().map(|p| p.phone.as_str()).collect();
        assert_eq!((phones, spoilt.rounded_phones), (vec!["", "010-62880000", "13812345678"], 1));
        std::fs::write(&path, "code,population\n1,2\n").expect("written");
        assert!(people_of_table(&path).expect("read").is_none());
    }
}
