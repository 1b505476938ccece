//! What was odd in a file: one entry per feature and kind, grouped for reading.

use super::FeatureId;
use crate::geo::System;

/// How bad a problem is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Severity {
    /// Something was lost: a feature or a part of it cannot be shown.
    Error,
    /// Something was changed or guessed so that it can be shown.
    Warning,
    /// Worth knowing.
    Info,
}

impl Severity {
    /// Name in the JSON of `check`.
    pub fn name(self) -> &'static str {
        match self {
            Self::Error => "error",
            Self::Warning => "warning",
            Self::Info => "info",
        }
    }
}

/// One odd thing, in one feature or in the file as a whole.
#[derive(Clone, Debug, PartialEq)]
pub struct Problem {
    /// How bad it is.
    pub severity: Severity,
    /// What it is: a stable word such as `null-geometry`; its sentence is `problem.<code>` in the language files.
    pub code: &'static str,
    /// The feature, where it concerns one.
    pub feature: Option<FeatureId>,
    /// The figure or word that belongs into the sentence (a count, a type name, a field); neutral in language.
    pub detail: String,
}

/// All problems of one file, in the order they were found.
#[derive(Clone, Debug, Default)]
pub struct Report {
    /// The entries: at most one per feature and code.
    pub problems: Vec<Problem>,
}

/// The problems of one code and severity taken together.
#[derive(Clone, Debug, PartialEq)]
pub struct ProblemGroup {
    /// Severity of the code.
    pub severity: Severity,
    /// The code.
    pub code: &'static str,
    /// How many entries.
    pub count: usize,
    /// The first of them.
    pub first: Problem,
}

impl Report {
    /// Adds an entry.
    pub fn add(
        &mut self,
        severity: Severity,
        code: &'static str,
        feature: Option<FeatureId>,
        detail: impl Into<String>,
    ) {
        self.problems.push(Problem { severity, code, feature, detail: detail.into() });
    }

    /// Says what the datum of a coordinate system leaves open, if anything.
    pub fn tell_datum(&mut self, system: &System) {
        if let Some(code) = system.left_open() {
            let severity = if code == "datum-unknown" { Severity::Warning } else { Severity::Info };
            self.add(severity, code, None, system.name());
        }
    }

    /// Entries grouped by code and severity, errors first, then by first appearance.
    pub fn groups(&self) -> Vec<ProblemGroup> {
        let mut groups: Vec<ProblemGroup> = Vec::new();
        for p in &self.problems {
            match groups.iter_mut().find(|g| (g.code, g.severity) == (p.code, p.severity)) {
                Some(g) => g.count += 1,
                None => groups.push(ProblemGroup { severity: p.severity, code: p.code, count: 1, first: p.clone() }),
            }
        }
        groups.sort_by_key(|g| g.severity);
        groups
    }
}
