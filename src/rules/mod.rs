//! Gap rules: a district in, a list of gaps with reasons out.
//!
//! A rule is data ([`RuleDefinition`]: name, severity, limits, exemptions; shipped in `assets/rules.toml`, overridden by
//! the project) and a way to look (a trait, one file each). What a rule cannot tell, because a figure or a status is
//! unknown, is neither a gap nor fine: it is counted apart. Rules T1 to C3 look at facilities in use.

mod compare;
mod date;
mod definition;
mod facts;
mod gap;
mod list;

mod below_class;
mod counts;
mod crowded_toilets;
mod dry_toilet;
mod falls;
mod far_clinic;
mod far_toilet;
mod groups;
mod household_toilets;
mod misplaced;
mod missing;
mod no_clinic;
mod no_toilet;
mod own;
mod sewage;
mod small_clinic;
mod twins;
mod unanswered;
mod waste;

pub use compare::GapChange;
pub use date::{day_of, day_text, days_today, ends_of, year_of};
pub use definition::{RuleDefinition, RuleEntry, Rules};
pub use facts::Facts;
pub use gap::{Gap, GapSeverity};
pub use list::{GapList, RuleCount, find_gaps};

use crate::model::FeatureId;

/// A way to look for gaps.
trait Rule: Sync {
    /// What it finds among the facts under a definition; exemptions are taken out by the caller.
    fn look(&self, facts: &Facts<'_>, rule: &RuleDefinition) -> Findings;
}

/// What a rule found.
#[derive(Default)]
struct Findings {
    gaps: Vec<Gap>,
    /// Villages about which it cannot tell.
    unknown: Vec<FeatureId>,
}

/// What a rule says of one village.
enum Told {
    Fine,
    CannotTell,
    Gap(Box<Gap>),
}

impl Told {
    fn gap(gap: Gap) -> Self {
        Self::Gap(Box::new(gap))
    }
}

/// Looks at each village by itself.
fn per_village(facts: &Facts<'_>, look: impl Fn(FeatureId) -> Told + Sync + Send) -> Findings {
    use rayon::prelude::*;
    let villages = facts.district.members.list();
    let told: Vec<Told> = villages.par_iter().map(|v| look(*v)).collect();
    let mut findings = Findings::default();
    for (village, told) in villages.iter().zip(told) {
        match told {
            Told::Fine => {}
            Told::CannotTell => findings.unknown.push(*village),
            Told::Gap(gap) => findings.gaps.push(*gap),
        }
    }
    findings
}

/// The rule of that id; `None` for those of users, which are expressions.
fn rule_of(id: &str) -> Option<&'static dyn Rule> {
    Some(match id {
        "T1" => &no_toilet::NoToilet,
        "T2" => &below_class::BelowClass,
        "T3" => &dry_toilet::DryToilet,
        "T4" => &far_toilet::FarToilet,
        "T5" => &crowded_toilets::CrowdedToilets,
        "H1" => &household_toilets::HouseholdToilets,
        "S1" => &sewage::Sewage,
        "W1" => &waste::Waste,
        "C1" => &no_clinic::NoClinic,
        "C2" => &far_clinic::FarClinic,
        "C3" => &small_clinic::SmallClinic,
        "D1" => &misplaced::Misplaced,
        "D2" => &twins::Twins,
        "D3" => &counts::Counts,
        "D4" => &missing::Missing,
        "D5" => &falls::Falls,
        "E1" => &groups::Groups,
        "P1" => &unanswered::Unanswered,
        _ => return None,
    })
}
