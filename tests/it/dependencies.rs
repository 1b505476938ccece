//! What the program is built from: licences, where it comes from, and one copy of what must be one.

use std::collections::{BTreeMap, BTreeSet};
use std::process::Command;

use serde_json::Value;

/// Crates of which there is one copy: types of two copies do not fit together.
const SINGLE: [&str; 6] = ["egui", "eframe", "wgpu", "geo-types", "rstar", "geojson"];

/// Runtimes and network stacks that nothing here needs.
const UNWANTED: [&str; 5] = ["tokio", "async-std", "smol", "hyper", "openssl-sys"];

/// What cargo says about this package.
fn cargo(arguments: &[&str]) -> Vec<u8> {
    let cargo = std::env::var("CARGO").unwrap_or_else(|_| "cargo".into());
    let manifest = concat!(env!("CARGO_MANIFEST_DIR"), "/Cargo.toml");
    let told = Command::new(cargo).args(arguments).args(["--locked", "--manifest-path", manifest]).output();
    let told = told.expect("cargo runs");
    assert!(told.status.success(), "{}", String::from_utf8_lossy(&told.stderr));
    told.stdout
}

fn metadata() -> Value {
    serde_json::from_slice(&cargo(&["metadata", "--format-version", "1"])).expect("JSON")
}

/// Crates that are built, each version once; unlike [`metadata`], only what the features chosen ask for.
fn tree() -> BTreeSet<String> {
    let format = ["tree", "--target", "all", "--edges", "normal,build,dev", "--prefix", "none", "--format", "{p}"];
    let text = String::from_utf8(cargo(&format)).expect("text");
    let name_and_version = |line: &str| line.split(' ').take(2).collect::<Vec<_>>().join(" ");
    text.lines().map(name_and_version).collect()
}

/// Packages that are built, by id: name, licence, source.
fn built(metadata: &Value) -> BTreeMap<String, (String, String, String)> {
    let nodes: BTreeMap<&str, &Value> = metadata["resolve"]["nodes"]
        .as_array()
        .expect("nodes")
        .iter()
        .filter_map(|n| Some((n["id"].as_str()?, n)))
        .collect();
    let mut open = vec![metadata["resolve"]["root"].as_str().expect("a root")];
    let mut reached: BTreeSet<&str> = BTreeSet::new();
    while let Some(id) = open.pop() {
        if reached.insert(id) {
            let next = nodes.get(id).and_then(|n| n["deps"].as_array()).into_iter().flatten();
            open.extend(next.filter(|d| is_for_a_desktop(d)).filter_map(|d| d["pkg"].as_str()));
        }
    }
    let text = |p: &Value, key: &str| p[key].as_str().unwrap_or_default().to_owned();
    let packages = metadata["packages"].as_array().expect("packages").iter();
    packages
        .filter(|p| reached.contains(p["id"].as_str().unwrap_or_default()))
        .map(|p| (text(p, "id"), (text(p, "name"), text(p, "license"), text(p, "source"))))
        .collect()
}

/// Whether a dependency is built on any desktop, rather than for browsers only.
fn is_for_a_desktop(dependency: &Value) -> bool {
    let kinds = dependency["dep_kinds"].as_array().expect("kinds");
    let is_for_browsers = |target: &str| target.contains("wasm") && !target.contains("not(");
    kinds.iter().any(|kind| kind["target"].as_str().is_none_or(|target| !is_for_browsers(target)))
}

/// The licences that deny.toml allows.
fn allowed() -> Vec<String> {
    let text = std::fs::read_to_string(concat!(env!("CARGO_MANIFEST_DIR"), "/deny.toml")).expect("deny.toml");
    let table: toml::Table = toml::from_str(&text).expect("TOML");
    let list = table["licenses"]["allow"].as_array().expect("a list").iter();
    list.map(|l| l.as_str().expect("a name").to_owned()).collect()
}

/// Whether an SPDX expression can be met with the licences allowed (SPDX 2.3, annex D; `/` as old manifests write `OR`).
fn is_met(expression: &str, allowed: &[String]) -> bool {
    let spaced = expression.replace('/', " OR ").replace('(', " ( ").replace(')', " ) ");
    let words: Vec<&str> = spaced.split_whitespace().collect();
    let mut at = 0;
    let met = any(&words, &mut at, allowed);
    met && at == words.len()
}

fn any(words: &[&str], at: &mut usize, allowed: &[String]) -> bool {
    let mut met = all(words, at, allowed);
    while words.get(*at) == Some(&"OR") {
        *at += 1;
        met |= all(words, at, allowed);
    }
    met
}

fn all(words: &[&str], at: &mut usize, allowed: &[String]) -> bool {
    let mut met = one(words, at, allowed);
    while words.get(*at) == Some(&"AND") {
        *at += 1;
        met &= one(words, at, allowed);
    }
    met
}

fn one(words: &[&str], at: &mut usize, allowed: &[String]) -> bool {
    if words.get(*at) == Some(&"(") {
        *at += 1;
        let met = any(words, at, allowed);
        *at += 1;
        return met;
    }
    let mut name = words.get(*at).copied().unwrap_or_default().to_owned();
    *at += 1;
    if words.get(*at) == Some(&"WITH") {
        name = format!("{name} WITH {}", words.get(*at + 1).copied().unwrap_or_default());
        *at += 2;
    }
    allowed.contains(&name)
}

#[test]
fn expressions_are_read_as_spdx_means_them() {
    let allowed = ["MIT".to_owned(), "Apache-2.0 WITH LLVM-exception".to_owned(), "Zlib".to_owned()];
    for met in
        ["MIT", "GPL-3.0 OR MIT", "GPL-3.0/MIT", "(MIT OR GPL-3.0) AND Zlib", "Apache-2.0 WITH LLVM-exception OR X"]
    {
        assert!(is_met(met, &allowed), "{met}");
    }
    for unmet in ["", "GPL-3.0", "MIT AND GPL-3.0", "(MIT OR Zlib) AND X", "Apache-2.0", "MIT GPL-3.0"] {
        assert!(!is_met(unmet, &allowed), "{unmet}");
    }
}

#[test]
fn licences_sources_and_single_copies() {
    if cfg!(windows) && std::process::Command::new("cargo").arg("--version").output().is_err() {
        return;
    }
    let metadata = metadata();
    let built = built(&metadata);
    assert!(built.len() > 100, "the graph was walked");
    let allowed = allowed();
    for (id, (name, licence, source)) in &built {
        if name == "qiancun" {
            continue;
        }
        assert!(is_met(licence, &allowed), "{id}: the licence “{licence}” is not among those that deny.toml allows");
        assert!(source.starts_with("registry+"), "{id} comes from {source}");
        assert!(!UNWANTED.contains(&name.as_str()), "{id} is not to be built in");
    }
    let tree = tree();
    for name in SINGLE {
        let copies: Vec<_> = tree.iter().filter(|c| c.split(' ').next() == Some(name)).collect();
        assert_eq!(copies.len(), 1, "{copies:?}");
    }
    let used: BTreeSet<&str> = built.values().map(|(_, licence, _)| licence.as_str()).collect();
    for licence in &allowed {
        assert!(used.iter().any(|l| l.contains(licence.as_str())), "nothing is under {licence} any more");
    }
}
