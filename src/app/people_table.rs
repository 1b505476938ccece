//! Tables of people as offices keep them: who answers for what.

use std::path::Path;

use crate::district::is_total;
use crate::model::{AnswersFor, Person, whole_phone};
use crate::read::{Cell, ReadError, read_sheets};

/// People of a table, and how many of its rows name nobody.
#[derive(Default)]
pub(crate) struct TableOfPeople {
    /// The people, each once.
    pub people: Vec<Person>,
    /// Rows that name nobody.
    pub nameless: usize,
    /// Rows of totals and notes.
    pub totals: usize,
    /// Heads of columns with words in them that say nothing that is known.
    pub unused: Vec<String>,
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
    let known = HEADS.iter().find(|(_, words)| words.contains(&plain.as_str())).map(|(column, _)| *column);
    known.or_else(|| likely_column(&plain))
}

/// Heads of more words than those that are listed: 河长姓名, 手机号码, 包联村名称.
fn likely_column(plain: &str) -> Option<Column> {
    let says = |words: &[&str]| words.iter().any(|w| plain.contains(w));
    // A number of villages or people names none.
    if says(&["数", "面积", "人口", "序号", "编号", "日期", "时间"]) {
        return None;
    }
    if says(&["电话", "手机", "联系方式", "联系号码"]) {
        return Some(Column::Phone);
    }
    if plain.ends_with("姓名") || ["联系人", "河长", "村医", "网格员", "田长"].contains(&plain) {
        return Some(Column::Name);
    }
    if says(&["职务", "岗位", "身份"]) {
        return Some(Column::Role);
    }
    if says(&["村"]) && !says(&["村民", "地址", "住址", "电话"]) {
        return Some(Column::Village);
    }
    if says(&["乡镇", "街道", "镇街"]) {
        return Some(Column::Town);
    }
    None
}

/// Whether words stand below or between people: a sum, how many there are, a note.
fn is_nobody(word: &str) -> bool {
    let plain: String = word.chars().filter(|c| !c.is_whitespace()).collect();
    let is_count = plain.strip_suffix('人').is_some_and(|n| !n.is_empty() && n.bytes().all(|b| b.is_ascii_digit()));
    is_count || is_total(word) || ["人数", "备注", "说明"].iter().any(|w| plain.starts_with(w))
}

/// Several in one cell: `甲村、乙村`.
fn parts(text: &str) -> Vec<String> {
    let split = text.split(['、', '，', ',', ';', '；', '/', '\n', '\r', '\t']);
    // Blanks part names in Chinese; in other scripts they stand within them.
    let split = split.flat_map(|part| match part.is_ascii() {
        true => vec![part],
        false => part.split_whitespace().collect(),
    });
    split.map(str::trim).filter(|t| !t.is_empty()).map(str::to_owned).collect()
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
        let table = found.get_or_insert_default();
        table.unused.extend(unused_heads(&rows, at, &columns));
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
            let first = cells.iter().map(cell_text).find(|t| !t.is_empty()).unwrap_or_default();
            // Somebody may answer for 全区: such a row names a person.
            if is_nobody(&name) || (name.is_empty() && is_nobody(&first)) {
                table.totals += 1;
                continue;
            }
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
    let town = text(Column::Town);
    let row = Person {
        name: name.to_owned(),
        phone: phone.clone(),
        unit: unit.clone(),
        answers: vec![AnswersFor { town: town.clone(), ..AnswersFor::default() }],
        ..Person::default()
    };
    let is_same = |p: &Person| is_one(p, &row);
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
    let rule = text(Column::Rule);
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

/// Whether two records are of one person: by name and telephone number; where one of them has no number, by unit or by town, since two
/// people of one name are two.
fn is_one(a: &Person, b: &Person) -> bool {
    if a.name != b.name {
        return false;
    }
    if !a.phone.is_empty() && !b.phone.is_empty() {
        return a.phone == b.phone;
    }
    let towns =
        |p: &Person| -> Vec<String> { p.answers.iter().map(|a| a.town.clone()).filter(|t| !t.is_empty()).collect() };
    let (of_a, of_b) = (towns(a), towns(b));
    let is_same_unit = !a.unit.is_empty() && a.unit == b.unit;
    let shares_town = of_a.iter().any(|t| of_b.contains(t));
    // Nothing says that they are two.
    let is_open = (of_a.is_empty() || of_b.is_empty()) && (a.unit.is_empty() || b.unit.is_empty());
    is_same_unit || shares_town || is_open
}

/// The people of a project with those of a table. Who is there already answers for what the table says besides what was said before: lists of
/// several duties come one by one, and none takes back the other.
pub(crate) fn with_table(present: &[Person], table: Vec<Person>) -> Vec<Person> {
    let mut all = present.to_vec();
    for person in table {
        let Some(known) = all.iter_mut().find(|p| is_one(p, &person)) else {
            all.push(person);
            continue;
        };
        for (own, said) in [(&mut known.phone, &person.phone), (&mut known.unit, &person.unit)] {
            if !said.is_empty() {
                own.clone_from(said);
            }
        }
        for role in person.roles {
            if !known.roles.contains(&role) {
                known.roles.push(role);
            }
        }
        for answer in person.answers {
            if !known.answers.contains(&answer) {
                known.answers.push(answer);
            }
        }
    }
    all
}

/// Heads of columns that say nothing that is known, and under which something stands.
fn unused_heads(rows: &[(u32, Vec<Cell>)], at: usize, columns: &[Option<Column>]) -> Vec<String> {
    let Some((_, heads)) = rows.get(at) else { return Vec::new() };
    let is_filled =
        |c: usize| rows.iter().skip(at + 1).any(|(_, cells)| cells.get(c).is_some_and(|v| !cell_text(v).is_empty()));
    let unused = heads.iter().enumerate().filter(|(c, _)| columns.get(*c).is_some_and(Option::is_none));
    let unused = unused.map(|(c, head)| (c, cell_text(head)));
    let is_number = |head: &str| ["序号", "编号", "no", "no.", "id", "备注"].contains(&head.to_lowercase().as_str());
    unused.filter(|(c, head)| !head.is_empty() && !is_number(head) && is_filled(*c)).map(|(_, head)| head).collect()
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
        std::fs::write(&path, "范围,姓名,电话\n全区,李雷,13800000000\n全镇合计,,1 人\n,1人,\n备注：名单至十一月,,\n")
            .expect("written");
        let counted = people_of_table(&path).expect("read").expect("a table of people");
        assert_eq!((counted.people.len(), counted.totals), (1, 3));
        assert_eq!((phones, spoilt.rounded_phones), (vec!["", "010-62880000", "13812345678"], 1));
        std::fs::write(&path, "code,population\n1,2\n").expect("written");
        assert!(people_of_table(&path).expect("read").is_none());
    }
}
