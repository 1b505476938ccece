//! Decisions of meetings in the window, and who answers for what.

use super::state::Session;
use crate::lang::Lang;
use crate::model::{AnswersFor, FeatureId, Person};
use crate::rules::{days_today, ends_of};
use crate::survey::{Decision, DecisionStatus, Instant, MatchedReport, NewDecision, Report, ReportStatus, Subject};

/// A decision being typed.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct DecisionDraft {
    /// The decision so far.
    pub new: NewDecision,
    /// What it is about, in words.
    pub about: String,
    /// Its last day as typed.
    pub due: String,
    /// Id of the decision that is being changed; `None` for a new one.
    pub changes: Option<String>,
    /// Why it could not be recorded, as a sentence.
    pub trouble: Option<String>,
}

/// Reports on their way into the log.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct ReportsDraft {
    /// Name of the table.
    pub name: String,
    /// Its rows with what they were matched to.
    pub rows: Vec<MatchedReport>,
}

/// The people of the project, being changed.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct PeopleDraft {
    /// All of them.
    pub people: Vec<Person>,
    /// Which of them is open, by position.
    pub open: Option<usize>,
    /// What a table brought that cannot be used, as a sentence.
    pub trouble: Option<String>,
}

impl Session {
    /// Decisions that count, late ones first, each of those with the earliest last day first.
    pub fn listed_decisions(&self) -> Vec<(Decision<'_>, DecisionStatus)> {
        let Some(survey) = self.survey() else { return Vec::new() };
        let today = days_today();
        let mut list: Vec<_> = survey.decisions().map(|d| (d, d.status(survey, today))).collect();
        list.sort_by_key(|(d, status)| (*status, d.due().unwrap_or(i64::MAX)));
        list
    }

    /// What was decided since the meeting that is held began, the first first: about what, what, who, by when.
    pub fn decided_in_meeting(&self) -> Vec<String> {
        let Some((survey, meeting)) = self.survey().zip(self.meeting.as_ref()) else { return Vec::new() };
        let begun = |d: &Decision<'_>| survey.events.get(d.record.begins).and_then(|e| e.recorded_at);
        let mut list: Vec<(Instant, Decision<'_>)> =
            survey.decisions().filter_map(|d| Some((begun(&d)?, d))).filter(|(at, _)| *at >= meeting.since).collect();
        list.sort_by_key(|(at, _)| *at);
        let words = |(_, d): (Instant, Decision<'_>)| {
            let subject = &d.said.subject;
            let about = [subject.village.as_str(), subject.facility_word()];
            let about: Vec<&str> = about.into_iter().filter(|w| !w.is_empty()).collect();
            let due = d.due().map(crate::rules::day_text).unwrap_or_default();
            let who: Vec<&str> = [d.who(), d.unit(), &due].into_iter().filter(|w| !w.is_empty()).collect();
            let who = if who.is_empty() { String::new() } else { format!("  →  {}", who.join(" · ")) };
            let colon = if self.lang == Lang::Zh { "：" } else { ": " };
            format!("{}{colon}{}{who}", about.join(" "), d.what().lines().next().unwrap_or_default())
        };
        list.into_iter().map(words).collect()
    }

    /// How many decisions are late, open and done.
    pub fn decision_counts(&self) -> [usize; 3] {
        let Some(survey) = self.survey() else { return [0; 3] };
        let today = days_today();
        let mut counts = [0; 3];
        for decision in survey.decisions() {
            if let Some(count) = counts.get_mut(decision.status(survey, today) as usize) {
                *count += 1;
            }
        }
        counts
    }

    /// Reports that count, new ones first, of each the latest first.
    pub fn listed_reports(&self) -> Vec<(Report<'_>, ReportStatus)> {
        let Some(survey) = self.survey() else { return Vec::new() };
        let mut list: Vec<_> = survey.reports().map(|r| (r, r.status(survey))).collect();
        list.reverse();
        list.sort_by_key(|(_, status)| *status);
        list
    }

    /// The village on the card, where the card is one of a village.
    pub fn village_on_card(&self) -> Option<FeatureId> {
        let (layer, village) = self.on_card()?;
        (self.village_layer()?.key == layer.key).then_some(village)
    }

    /// A decision about a village as a whole, with what the person who answers for it suggests.
    pub fn draft_decision_of_village(&self, village: FeatureId) -> Option<DecisionDraft> {
        let district = self.district()?;
        let subject = Subject::of_village(village, district);
        let new = NewDecision { subject, place: district.stand(village), ..NewDecision::default() };
        let about = [district.town_name(village), &district.villages.display_name(village)].join(" ");
        Some(self.with_responsible(
            DecisionDraft { new, about: about.trim().to_owned(), ..DecisionDraft::default() },
            village,
        ))
    }

    /// A decision about a gap, by its position among those found.
    pub fn draft_decision_of_gap(&self, row: usize) -> Option<DecisionDraft> {
        let found = self.present_gaps()?;
        let district = self.district()?;
        let gap = found.list.gaps.get(row)?;
        let rule = found.rules.get(&gap.rule);
        let mut new = NewDecision::of_gap(gap, district);
        // What would close the gap is the likeliest decision.
        new.what = rule.map(|r| r.closes(self.lang).to_owned()).unwrap_or_default();
        let name = gap.village.map(|v| [district.town_name(v), &district.villages.display_name(v)].join(" "));
        let about = format!("{} · {}", name.unwrap_or_default().trim(), gap.reason(district, rule, self.lang));
        let draft = DecisionDraft { new, about, ..DecisionDraft::default() };
        Some(match gap.village {
            Some(village) => self.with_responsible(draft, village),
            None => draft,
        })
    }

    /// Names who answers for it, where somebody does.
    fn with_responsible(&self, mut draft: DecisionDraft, village: FeatureId) -> DecisionDraft {
        let rule = Some(draft.new.rule.as_str()).filter(|r| !r.is_empty());
        draft.new.by.clone_from(&self.settings.surveyor);
        if let Some((person, _)) = self.responsible(village, rule).first() {
            (draft.new.who, draft.new.unit) = (person.name.clone(), person.unit.clone());
        }
        draft
    }

    /// Who answers for a village; with a rule, those named for it first.
    pub fn responsible(&self, village: FeatureId, rule: Option<&str>) -> Vec<(&Person, &AnswersFor)> {
        self.district().map_or_else(Vec::new, |d| d.people.of_village(village, rule))
    }

    /// Last days that are offered: in a week, at the end of this month, in three months, at the end of the year.
    pub fn offered_days() -> [i64; 4] {
        let today = days_today();
        let (month, year) = ends_of(today);
        [today + 7, month, today + 91, year]
    }

    /// The village that an event speaks of, where the map has it.
    pub fn village_of_subject(&self, subject: &Subject) -> Option<FeatureId> {
        subject.village_in(self.district()?)
    }
}
