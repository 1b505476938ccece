//! The rooms of the house: what each may use, read from the sources themselves, and what the page about them says.

use std::collections::BTreeSet;
use std::path::{Path, PathBuf};

use syn::visit::Visit;

/// Rooms, bottom floor first: a room uses only those before it. The one list; ARCHITECTURE.md is compared with it.
const ROOMS: [&str; 23] = [
    "lang",
    "geo",
    "model",
    "read",
    "index",
    "ground",
    "colouring",
    "district",
    "query",
    "rules",
    "project",
    "output",
    "survey",
    "round",
    "render",
    "cache",
    "palette",
    "session",
    "map",
    "page",
    "share",
    "panels",
    "app",
];

/// Files that stand beside a room's name, and belong to its floor.
fn floor(room: &str) -> Option<usize> {
    let room = match room {
        "icons" | "fonts" => "palette",
        "cli" => return Some(ROOMS.len()),
        other => other,
    };
    ROOMS.iter().position(|r| *r == room)
}

fn root() -> PathBuf {
    PathBuf::from(env!("CARGO_MANIFEST_DIR"))
}

fn sources(folder: &Path) -> Vec<PathBuf> {
    let mut found = Vec::new();
    for entry in std::fs::read_dir(folder).expect("a folder").flatten() {
        let path = entry.path();
        if path.is_dir() {
            found.extend(sources(&path));
        } else if path.extension().is_some_and(|e| e == "rs") {
            found.push(path);
        }
    }
    found.sort();
    found
}

/// Where a file stands: `src/read/csv.rs` is `["read", "csv"]`.
fn module_of(path: &Path) -> Vec<String> {
    let inside = path.strip_prefix(root().join("src")).expect("a source");
    let mut parts: Vec<String> = inside.with_extension("").iter().map(|p| p.to_string_lossy().into_owned()).collect();
    if parts.last().is_some_and(|l| l == "mod" || l == "lib") {
        parts.pop();
    }
    parts
}

/// The rooms that a source uses: in `use`, in paths that stand in code, and in macros.
struct Used {
    module: Vec<String>,
    rooms: BTreeSet<String>,
}

impl Used {
    fn of(text: &str, module: &[String]) -> BTreeSet<String> {
        let file = syn::parse_file(text).expect("Rust");
        let mut used = Self { module: module.to_vec(), rooms: BTreeSet::new() };
        used.visit_file(&file);
        used.rooms
    }

    /// A path from its first word on: what it leads to, seen from the crate's root.
    fn take(&mut self, words: &[String]) {
        let mut at = self.module.clone();
        let mut rest = words;
        match rest.split_first() {
            Some((first, more)) if first == "crate" || first == "qiancun" => {
                at.clear();
                rest = more;
            }
            Some((first, more)) if first == "self" => rest = more,
            Some((first, _)) if first == "super" => {}
            _ => return,
        }
        while let Some((first, more)) = rest.split_first().filter(|(f, _)| *f == "super") {
            let _ = first;
            at.pop();
            rest = more;
        }
        at.extend(rest.iter().cloned());
        self.rooms.extend(at.into_iter().next());
    }

    fn tree(&mut self, before: &[String], tree: &syn::UseTree) {
        let with = |name: String| before.iter().cloned().chain([name]).collect::<Vec<_>>();
        match tree {
            syn::UseTree::Path(path) => self.tree(&with(path.ident.to_string()), &path.tree),
            syn::UseTree::Name(name) => self.take(&with(name.ident.to_string())),
            syn::UseTree::Rename(name) => self.take(&with(name.ident.to_string())),
            syn::UseTree::Glob(_) => self.take(before),
            syn::UseTree::Group(group) => group.items.iter().for_each(|t| self.tree(before, t)),
        }
    }

    /// Words with `::` between them, as they stand in a macro.
    fn tokens(&mut self, tokens: proc_macro2::TokenStream) {
        let mut words: Vec<String> = Vec::new();
        let mut colons = 0;
        for token in tokens {
            match token {
                proc_macro2::TokenTree::Ident(ident) => {
                    if colons != 2 {
                        self.take(&std::mem::take(&mut words));
                    }
                    words.push(ident.to_string());
                    colons = 0;
                }
                proc_macro2::TokenTree::Punct(punct) if punct.as_char() == ':' => colons += 1,
                proc_macro2::TokenTree::Group(group) => {
                    self.take(&std::mem::take(&mut words));
                    self.tokens(group.stream());
                    colons = 0;
                }
                _ => {
                    self.take(&std::mem::take(&mut words));
                    colons = 0;
                }
            }
        }
        self.take(&words);
    }
}

impl<'ast> Visit<'ast> for Used {
    fn visit_item_use(&mut self, item: &'ast syn::ItemUse) {
        self.tree(&[], &item.tree);
    }

    fn visit_path(&mut self, path: &'ast syn::Path) {
        let words: Vec<String> = path.segments.iter().map(|s| s.ident.to_string()).collect();
        self.take(&words);
        syn::visit::visit_path(self, path);
    }

    fn visit_macro(&mut self, mac: &'ast syn::Macro) {
        self.tokens(mac.tokens.clone());
        self.visit_path(&mac.path);
    }

    fn visit_item_mod(&mut self, item: &'ast syn::ItemMod) {
        self.module.push(item.ident.to_string());
        syn::visit::visit_item_mod(self, item);
        self.module.pop();
    }
}

/// Rooms above its own that a source uses.
fn upward(text: &str, module: &[String]) -> Vec<String> {
    let Some(own) = module.first().and_then(|room| floor(room)) else { return Vec::new() };
    Used::of(text, module).into_iter().filter(|room| floor(room).is_some_and(|f| f > own)).collect()
}

#[test]
fn no_room_uses_one_above_it() {
    let mut wrong = Vec::new();
    let mut seen = BTreeSet::new();
    // Tests in files of their own are not built into the program: they may stand on the floors above.
    let is_test = |p: &PathBuf| p.file_name().is_some_and(|n| n == "tests.rs");
    for path in sources(&root().join("src")).into_iter().filter(|p| !is_test(p)) {
        let module = module_of(&path);
        seen.extend(module.first().cloned());
        let text = std::fs::read_to_string(&path).expect("a source");
        wrong.extend(upward(&text, &module).into_iter().map(|room| format!("{} uses {room}", path.display())));
    }
    assert!(wrong.is_empty(), "{wrong:#?}");
    for room in ROOMS {
        assert!(seen.contains(room), "there is no room {room}");
    }
    let unknown: Vec<_> = seen.iter().filter(|r| floor(r).is_none() && *r != "main").collect();
    assert!(unknown.is_empty(), "rooms that stand in no list: {unknown:?}");
}

#[test]
fn a_planted_upward_path_is_found_wherever_it_stands() {
    let module = ["read".to_owned(), "csv".to_owned()];
    for planted in [
        "use crate::app::run;",
        "use crate::{geo::LonLat, panels};",
        "use super::super::session::Session;",
        "fn f() { crate::session::number(1.0); }",
        "fn f(s: &crate::panels::Thing) {}",
        "fn f() -> String { format!(\"{}\", crate::map::x(1)) }",
        "mod tests { use super::super::super::page::Page; }",
        "mod tests { fn f() { assert!(vec![crate::cli::run()].is_empty()); } }",
        "impl crate::session::Trait for X {}",
    ] {
        assert!(!upward(planted, &module).is_empty(), "{planted}");
    }
    for fine in
        ["use crate::geo::LonLat;", "use super::excel::f;", "mod tests { use super::*; }", "fn f() { self::g(); }"]
    {
        assert_eq!(upward(fine, &module), Vec::<String>::new(), "{fine}");
    }
}

#[test]
fn the_page_about_the_house_lists_the_rooms_in_this_order() {
    let page = std::fs::read_to_string(root().join("ARCHITECTURE.md")).expect("the page");
    let rows = page.lines().filter(|l| l.starts_with("| `"));
    let listed: Vec<String> = rows
        .filter_map(|l| l.split('`').nth(1))
        .map(|name| name.trim_end_matches('/').trim_end_matches(".rs").to_owned())
        .take_while(|name| floor(name).is_some())
        .collect();
    let expected: Vec<&str> = ROOMS.into_iter().chain(["cli"]).collect();
    assert_eq!(listed, expected);
}

/// Structs of more fields than one keeps in mind, each with why it has them.
const LARGE: [(&str, usize, &str); 3] = [
    ("Facility", 23, "a record as files have it: each field is a column that facility files know by name"),
    ("Project", 26, "the project file: each field is a key or a table of it"),
    ("SceneEntry", 24, "a table of the project file: each field is a key of it"),
];

/// Most fields of a struct.
const MOST_FIELDS: usize = 20;

#[test]
fn no_struct_has_more_fields_than_one_keeps_in_mind() {
    #[derive(Default)]
    struct Fields(Vec<(String, usize)>);
    impl<'ast> Visit<'ast> for Fields {
        fn visit_item_struct(&mut self, item: &'ast syn::ItemStruct) {
            self.0.push((item.ident.to_string(), item.fields.len()));
        }
    }
    let mut fields = Fields::default();
    for path in sources(&root().join("src")) {
        fields.visit_file(&syn::parse_file(&std::fs::read_to_string(&path).expect("a source")).expect("Rust"));
    }
    let large: Vec<_> = fields.0.iter().filter(|(_, n)| *n > MOST_FIELDS).collect();
    let is_known =
        |name: &str, count: usize| LARGE.iter().any(|(n, most, why)| *n == name && count <= *most && !why.is_empty());
    let unknown: Vec<_> = large.iter().filter(|(name, count)| !is_known(name, *count)).collect();
    assert!(unknown.is_empty(), "{unknown:?}");
    for (name, ..) in LARGE {
        assert!(large.iter().any(|(n, _)| n == name), "{name} is no longer large: take it off the list");
    }
}
