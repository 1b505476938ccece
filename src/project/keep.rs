//! Saving changes what changed: the text of the file stays as it stands, with its comments, its order and whatever this version
//! does not know, and only what differs between the project as opened and the project now is written into it.

use toml::{Table, Value};
use toml_edit::{ArrayOfTables, DocumentMut, Item, TableLike};

use super::understand::NotUnderstood;

/// The text with what changed from `base` to `now` put into it; `None` where the text cannot be changed so.
pub(super) fn changed_text(text: &str, base: &Table, now: &Table, left_out: &[NotUnderstood]) -> Option<String> {
    let mut document: DocumentMut = text.parse().ok()?;
    merge_table(document.as_table_mut(), base, now, Some(left_out))?;
    Some(document.to_string())
}

/// An item as the file has it.
fn item_of(key: &str, value: &Value) -> Option<Item> {
    let mut table = Table::new();
    table.insert(key.to_owned(), value.clone());
    let mut document: DocumentMut = toml::to_string(&table).ok()?.parse().ok()?;
    let mut item = document.as_table_mut().remove(key)?;
    forget_places(&mut item);
    Some(item)
}

/// Lets tables stand where they are put rather than where they were.
fn forget_places(item: &mut Item) {
    if let Some(table) = item.as_table_mut() {
        forget_table(table);
    } else if let Some(list) = item.as_array_of_tables_mut() {
        list.iter_mut().for_each(forget_table);
    }
}

fn forget_table(table: &mut toml_edit::Table) {
    table.set_position(None);
    table.iter_mut().for_each(|(_, inner)| forget_places(inner));
}

fn merge_table(old: &mut dyn TableLike, base: &Table, now: &Table, left_out: Option<&[NotUnderstood]>) -> Option<()> {
    for (key, value) in now {
        let before = base.get(key);
        if before == Some(value) {
            continue;
        }
        match old.get_mut(key) {
            Some(item) => merge_item(item, key, before, value, left_out)?,
            None => {
                old.insert(key, item_of(key, value)?);
            }
        }
    }
    for key in base.keys().filter(|k| !now.contains_key(*k)) {
        // A list whose entries were not all understood keeps those.
        let kept = left_out.into_iter().flatten().any(|l| l.entry.as_ref().is_some_and(|(list, _)| list == key));
        match old.get_mut(key).filter(|_| kept) {
            Some(item) => merge_item(item, key, base.get(key), &Value::Array(Vec::new()), left_out)?,
            None => {
                old.remove(key);
            }
        }
    }
    Some(())
}

fn merge_item(
    old: &mut Item,
    key: &str,
    base: Option<&Value>,
    now: &Value,
    left_out: Option<&[NotUnderstood]>,
) -> Option<()> {
    let nothing = Table::new();
    if let (Some(table), Value::Table(now)) = (old.as_table_like_mut(), now) {
        return merge_table(table, base.and_then(Value::as_table).unwrap_or(&nothing), now, None);
    }
    if let (Some(list), Value::Array(now)) = (old.as_array_of_tables_mut(), now)
        && now.iter().all(Value::is_table)
    {
        let skipped: Vec<usize> = left_out
            .into_iter()
            .flatten()
            .filter_map(|l| l.entry.as_ref().filter(|(list, _)| list == key).map(|(_, i)| *i))
            .collect();
        return merge_list(list, key, base.and_then(Value::as_array).map_or(&[], Vec::as_slice), now, &skipped);
    }
    if left_out.into_iter().flatten().any(|l| l.entry.as_ref().is_some_and(|(list, _)| list == key)) {
        // Written as one value: what was not understood of it would go.
        return None;
    }
    let mut fresh = item_of(key, now)?;
    if let (Some(before), Some(after)) = (old.as_value(), fresh.as_value_mut()) {
        // A comment behind the value stays behind it.
        *after.decor_mut() = before.decor().clone();
    }
    *old = fresh;
    Some(())
}

/// What names an entry of a list, so that it is known again when it was changed.
pub(super) fn identity(value: &Value) -> Option<String> {
    let table = value.as_table()?;
    let text = |key: &str| table.get(key).map(ToString::to_string);
    if table.contains_key("what") {
        let parts = ["village", "district", "town", "layer", "facility", "what", "year"];
        return Some(parts.map(|k| text(k).unwrap_or_default()).join("/"));
    }
    // What was decided about a row is named by what the row says.
    if table.contains_key("village") && !table.contains_key("id") {
        let parts = ["code", "name", "town", "district"];
        return Some(parts.map(|k| text(k).unwrap_or_default()).join("/"));
    }
    if table.contains_key("word") && !table.contains_key("id") {
        return text("word");
    }
    text("id").or_else(|| text("path")).or_else(|| text("name")).or_else(|| text("indicator"))
}

fn merge_list(old: &mut ArrayOfTables, key: &str, base: &[Value], now: &[Value], skipped: &[usize]) -> Option<()> {
    let tables: Vec<toml_edit::Table> = old.iter().cloned().collect();
    // What was understood, in the order of the file.
    let understood: Vec<usize> = (0..tables.len()).filter(|i| !skipped.contains(i)).collect();
    if understood.len() != base.len() {
        return None;
    }
    let mut of_now: Vec<Option<usize>> = vec![None; now.len()];
    let mut is_taken = vec![false; base.len()];
    let mut pair = |same: &dyn Fn(&Value, &Value) -> bool| {
        for (value, slot) in now.iter().zip(&mut of_now).filter(|(_, slot)| slot.is_none()) {
            let found = base.iter().zip(&is_taken).position(|(b, taken)| !taken && same(b, value));
            if let Some(i) = found {
                *slot = Some(i);
                if let Some(taken) = is_taken.get_mut(i) {
                    *taken = true;
                }
            }
        }
    };
    pair(&|a, b| a == b);
    pair(&|a, b| identity(a).is_some_and(|name| Some(name) == identity(b)));
    // A path that was changed is still that layer; anything else that has another name is another thing.
    let is_loose = |v: &Value| identity(v).is_none() || matches!(key, "layer" | "table");
    let left: Vec<usize> = (0..base.len())
        .filter(|i| !is_taken.get(*i).copied().unwrap_or(true) && base.get(*i).is_some_and(is_loose))
        .collect();
    let open: Vec<usize> = (0..now.len())
        .filter(|i| of_now.get(*i).is_some_and(Option::is_none) && now.get(*i).is_some_and(is_loose))
        .collect();
    if left.len() == open.len() {
        for (i, j) in open.into_iter().zip(left) {
            if let Some(slot) = of_now.get_mut(i) {
                *slot = Some(j);
            }
        }
    }
    let mut merged: Vec<toml_edit::Table> = Vec::new();
    for (value, from) in now.iter().zip(&of_now) {
        let table = match from.and_then(|i| Some((i, understood.get(i)?))) {
            Some((i, at)) => {
                let mut table = tables.get(*at)?.clone();
                let before = base.get(i).and_then(Value::as_table)?;
                merge_table(&mut table, before, value.as_table()?, None)?;
                table
            }
            None => {
                let mut item = item_of(key, &Value::Array(vec![value.clone()]))?;
                item.as_array_of_tables_mut()?.iter().next()?.clone()
            }
        };
        merged.push(table);
    }
    for at in skipped {
        merged.insert((*at).min(merged.len()), tables.get(*at)?.clone());
    }
    let is_in_order = of_now.iter().flatten().is_sorted();
    old.clear();
    for mut table in merged {
        if !is_in_order {
            forget_table(&mut table);
        }
        old.push(table);
    }
    Some(())
}
