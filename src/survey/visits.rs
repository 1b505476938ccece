//! What the events amount to: visits as corrected, and the status of each gap.

use rustc_hash::{FxHashMap, FxHashSet};

use std::sync::Arc;

use super::event::Event;
use super::gap_index::GapIndex;
use super::word::{EventKind, Outcome};
use crate::lang::Lang;
use crate::output::FieldState;

/// How a gap stands by the log.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum GapStatus {
    /// Nobody has been there.
    #[default]
    Pending,
    /// Found as stated.
    Confirmed,
    /// Found closed.
    Closed,
    /// The data were wrong.
    Wrong,
    /// The place could not be reached.
    Unreachable,
    /// Visits that do not know of each other contradict.
    Conflict,
    /// Visited, with a result that a later version of the program knows.
    Unread,
}

impl GapStatus {
    /// All, in the order in which they are offered.
    pub const ALL: [Self; 7] =
        [Self::Pending, Self::Confirmed, Self::Closed, Self::Wrong, Self::Unreachable, Self::Conflict, Self::Unread];

    /// Stable name; in language files `gap-status.<key>`.
    pub fn key(self) -> &'static str {
        match self {
            Self::Pending => "pending",
            Self::Confirmed => "confirmed",
            Self::Closed => "closed",
            Self::Wrong => "wrong",
            Self::Unreachable => "unreachable",
            Self::Conflict => "conflict",
            Self::Unread => "unread",
        }
    }

    /// The status in a word.
    pub fn word(self, lang: Lang) -> &'static str {
        lang.find(&format!("gap-status.{}", self.key())).unwrap_or(self.key())
    }
}

impl From<Outcome> for GapStatus {
    fn from(outcome: Outcome) -> Self {
        match outcome {
            Outcome::Confirmed => Self::Confirmed,
            Outcome::Closed => Self::Closed,
            Outcome::Wrong => Self::Wrong,
            Outcome::Unreachable => Self::Unreachable,
            Outcome::Other(_) => Self::Unread,
        }
    }
}

/// A visit as it stands.
#[derive(Clone, Debug, PartialEq)]
pub struct Visit {
    /// Id of the event that began it.
    pub id: String,
    /// Position of that event.
    pub begins: usize,
    /// Position of what it says now among the events.
    pub says: usize,
    /// Whether it has been withdrawn.
    pub is_withdrawn: bool,
    /// Whether one person withdrew it and another, not knowing, corrected it: it stands, in conflict.
    pub is_contested: bool,
    /// Positions of its corrections and withdrawals, in order.
    pub amendments: Vec<usize>,
    /// Outcomes of corrections that do not know of each other; the one in force among them.
    pub outcomes: Vec<Outcome>,
    /// Ids of what whoever amends it now has seen: its latest corrections.
    pub heads: Vec<String>,
}

/// What a visit says and whether it counts, to be brought back later.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct VisitState {
    /// What it says.
    pub said: Event,
    /// Whether it has been withdrawn.
    pub is_withdrawn: bool,
}

/// All that was recorded, and what it amounts to. A function of the set of events: their order in a file says nothing.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Survey {
    /// The events, in the order of what their writers knew.
    pub events: Vec<Event>,
    /// Visits, withdrawn ones included, in the order of their events.
    pub visits: Vec<Visit>,
    by_id: FxHashMap<String, usize>,
    /// Decisions and reports, withdrawn ones included, in the order of their events: amended like visits, and none.
    records: Vec<(EventKind, Visit)>,
    records_by_id: FxHashMap<String, usize>,
    by_gap: FxHashMap<String, Vec<usize>>,
    /// Visits that amendments speak of which are not there yet.
    awaited: FxHashSet<String>,
    index: Option<Arc<GapIndex>>,
}

impl Survey {
    /// What events amount to.
    pub fn new(events: Vec<Event>) -> Self {
        Self::of(events, None)
    }

    /// What events amount to, found by the gaps that a map has now.
    pub fn of(mut events: Vec<Event>, index: Option<Arc<GapIndex>>) -> Self {
        events.sort_unstable_by(|a, b| (a.seq, a.recorded_at, &a.id).cmp(&(b.seq, b.recorded_at, &b.id)));
        let position: FxHashMap<&str, usize> = events.iter().enumerate().map(|(i, e)| (e.id.as_str(), i)).collect();
        let mut amendments: FxHashMap<usize, Vec<usize>> = FxHashMap::default();
        let (mut begins, mut others, mut awaited) = (Vec::new(), Vec::new(), FxHashSet::default());
        for (i, event) in events.iter().enumerate() {
            if matches!(event.kind, EventKind::Other(_)) {
                continue;
            }
            let of = event.of.as_deref().filter(|_| !is_beginning(event.kind));
            match of.and_then(|id| position.get(id)).and_then(|t| Some((*t, events.get(*t)?.kind))) {
                Some((begun, kind)) if is_beginning(kind) => amendments.entry(begun).or_default().push(i),
                // What speaks of something that is no visit is none either.
                Some((_, EventKind::Other(_))) => {}
                // A correction whose visit is in no log that came together here is kept as a visit of its own.
                _ => {
                    awaited.extend(of.map(str::to_owned));
                    match other_kind(event) {
                        Some(kind) => others.push((kind, i)),
                        None => begins.push(i),
                    }
                }
            }
        }
        let mut amended = |i: usize| Some(visit(i, events.get(i)?, amendments.remove(&i).unwrap_or_default(), &events));
        let visits: Vec<Visit> = begins.into_iter().filter_map(&mut amended).collect();
        let records: Vec<(EventKind, Visit)> =
            others.into_iter().filter_map(|(kind, i)| Some((kind, amended(i)?))).collect();
        let by_id = visits.iter().enumerate().map(|(i, v)| (v.id.clone(), i)).collect();
        let records_by_id = records.iter().enumerate().map(|(i, (_, v))| (v.id.clone(), i)).collect();
        let by_gap = FxHashMap::default();
        let mut survey = Self { events, visits, by_id, records, records_by_id, by_gap, awaited, index };
        survey.group();
        survey
    }

    fn group(&mut self) {
        let mut by_gap: FxHashMap<String, Vec<usize>> = FxHashMap::default();
        for (i, said) in self.visits.iter().enumerate().filter_map(|(i, v)| Some((i, self.events.get(v.says)?))) {
            by_gap.entry(self.key_of(said).to_owned()).or_default().push(i);
        }
        self.by_gap = by_gap;
    }

    /// Lets visits be found by the gaps that a map has now, whatever their keys were when they were recorded.
    pub fn find_by(&mut self, index: Arc<GapIndex>) {
        if self.index.as_ref().is_some_and(|i| Arc::ptr_eq(i, &index)) {
            return;
        }
        self.index = Some(index);
        self.group();
    }

    /// The gaps that visits are found by.
    pub fn index(&self) -> Option<&Arc<GapIndex>> {
        self.index.as_ref()
    }

    /// The key of the gap that an event speaks of, as the map has it now; as it was recorded where the map has it no more.
    pub fn key_of<'a>(&'a self, said: &'a Event) -> &'a str {
        self.index.as_ref().and_then(|index| index.present_key(&said.gap, &said.subject)).unwrap_or(&said.gap)
    }

    /// Events that a later version of the program recorded: kept, merged and counted, and no visits.
    pub fn others(&self) -> impl Iterator<Item = &Event> {
        self.events.iter().filter(|e| matches!(e.kind, EventKind::Other(_)))
    }

    /// Decisions or reports, withdrawn ones included, in the order of their events.
    pub(super) fn records_of(&self, kind: EventKind) -> impl Iterator<Item = &Visit> {
        self.records.iter().filter(move |(k, _)| *k == kind).map(|(_, v)| v)
    }

    /// A visit, a decision or a report by the id of its first event.
    pub fn record(&self, id: &str) -> Option<&Visit> {
        self.visit(id).or_else(|| self.records_by_id.get(id).and_then(|i| Some(&self.records.get(*i)?.1)))
    }

    /// What a visit, a decision or a report says and whether it counts; `None` where there is none such.
    pub fn state(&self, id: &str) -> Option<VisitState> {
        let visit = self.record(id)?;
        Some(VisitState { said: self.said(visit)?.clone(), is_withdrawn: visit.is_withdrawn })
    }

    /// What a visit says now.
    pub fn said(&self, visit: &Visit) -> Option<&Event> {
        self.events.get(visit.says)
    }

    /// A visit by the id of its first event.
    pub fn visit(&self, id: &str) -> Option<&Visit> {
        self.by_id.get(id).and_then(|i| self.visits.get(*i))
    }

    /// All visits to a gap, withdrawn ones included, in order.
    pub fn of_gap(&self, gap: &str) -> impl DoubleEndedIterator<Item = &Visit> {
        self.by_gap.get(gap).into_iter().flatten().filter_map(|i| self.visits.get(*i))
    }

    /// Gaps that were ever visited.
    pub fn gaps(&self) -> impl Iterator<Item = &str> {
        self.by_gap.keys().map(String::as_str)
    }

    /// Visits that count, in order.
    pub fn standing(&self) -> impl Iterator<Item = (&Visit, &Event)> {
        self.visits.iter().filter(|v| !v.is_withdrawn).filter_map(|v| Some((v, self.said(v)?)))
    }

    /// The visits of a gap that none of its others knew and replaced, each person's last one of them: one where people
    /// worked one after the other, several where they worked apart.
    pub fn heads(&self, gap: &str) -> Vec<&Visit> {
        let all: Vec<&Visit> = self.of_gap(gap).collect();
        let after: FxHashMap<&str, &[String]> =
            all.iter().filter_map(|v| Some((v.id.as_str(), self.events.get(v.begins)?.after.as_slice()))).collect();
        let mut replaced: FxHashSet<&str> = FxHashSet::default();
        for visit in all.iter().filter(|v| !v.is_withdrawn) {
            let mut way: Vec<&str> =
                after.get(visit.id.as_str()).into_iter().copied().flatten().map(String::as_str).collect();
            while let Some(id) = way.pop() {
                if id != visit.id && replaced.insert(id) {
                    way.extend(after.get(id).into_iter().copied().flatten().map(String::as_str));
                }
            }
        }
        let mut heads: Vec<&Visit> =
            all.into_iter().filter(|v| !v.is_withdrawn && !replaced.contains(v.id.as_str())).collect();
        let when = |v: &Visit| self.said(v).map(|e| (e.at, e.seq, v.id.clone()));
        let by = |v: &Visit| self.said(v).map(|e| e.by.as_str()).filter(|by| !by.is_empty());
        let mut latest: FxHashMap<&str, _> = FxHashMap::default();
        for (who, when) in heads.iter().filter_map(|v| Some((by(v)?, when(v)))) {
            let slot = latest.entry(who).or_insert_with(|| when.clone());
            if when > *slot {
                *slot = when;
            }
        }
        let is_last = |v: &&Visit| by(v).is_none_or(|who| latest.get(who).is_none_or(|last| when(v) >= *last));
        let last: Vec<bool> = heads.iter().map(is_last).collect();
        let mut keep = last.into_iter();
        heads.retain(|_| keep.next().unwrap_or(true));
        heads
    }

    /// How a gap stands.
    pub fn status(&self, gap: &str) -> GapStatus {
        let heads = self.heads(gap);
        if heads.iter().any(|v| v.is_contested) {
            return GapStatus::Conflict;
        }
        let mut outcomes: Vec<Outcome> = heads.iter().flat_map(|v| v.outcomes.iter().copied()).collect();
        outcomes.sort_unstable();
        outcomes.dedup();
        match outcomes.as_slice() {
            [] => GapStatus::Pending,
            [one] => (*one).into(),
            _ => GapStatus::Conflict,
        }
    }

    /// Takes one more event in. Cheap where it comes last in the order, as those just written do.
    pub fn add(&mut self, event: Event) {
        let key = |e: &Event| (e.seq, e.recorded_at, e.id.clone());
        if self.events.last().is_some_and(|last| key(last) > key(&event)) {
            return self.rebuild_with(event);
        }
        // Amendments came before what they amend.
        if self.awaited.contains(&event.id) {
            return self.rebuild_with(event);
        }
        if matches!(event.kind, EventKind::Other(_)) {
            self.events.push(event);
            return;
        }
        // There are few of them.
        if other_kind(&event).is_some() {
            return self.rebuild_with(event);
        }
        let at = self.events.len();
        let of = event.of.as_deref().filter(|_| event.kind != EventKind::Visit);
        let target = of.and_then(|id| self.by_id.get(id));
        if target.is_none() && of.is_some() {
            // Of something that is not there, or is no visit.
            return self.rebuild_with(event);
        }
        if target
            .and_then(|i| self.visits.get(*i))
            .and_then(|v| self.events.get(v.begins))
            .is_some_and(|e| e.kind != EventKind::Visit)
        {
            return self.rebuild_with(event);
        }
        match target.copied() {
            Some(i) => {
                let said = self.visits.get(i).and_then(|v| self.events.get(v.says));
                let moves = said.is_some_and(|said| self.key_of(said) != self.key_of(&event));
                if moves {
                    return self.rebuild_with(event);
                }
                self.events.push(event);
                let Some(old) = self.visits.get_mut(i) else { return };
                let mut amendments = std::mem::take(&mut old.amendments);
                amendments.push(at);
                if let Some(begin) = self.events.get(old.begins) {
                    *old = visit(old.begins, begin, amendments, &self.events);
                }
            }
            None => {
                let i = self.visits.len();
                self.visits.push(visit(at, &event, Vec::new(), &[]));
                self.by_id.insert(event.id.clone(), i);
                let key = self.key_of(&event).to_owned();
                self.by_gap.entry(key).or_default().push(i);
                self.events.push(event);
            }
        }
    }

    /// Takes several more in; where they do not come last in the order, all at once.
    pub fn add_all(&mut self, events: &[Event]) {
        const FEW: usize = 16;
        if events.len() <= FEW {
            return events.iter().for_each(|e| self.add(e.clone()));
        }
        let mut all = std::mem::take(&mut self.events);
        all.extend_from_slice(events);
        *self = Self::of(all, self.index.take());
    }

    fn rebuild_with(&mut self, event: Event) {
        let mut events = std::mem::take(&mut self.events);
        events.push(event);
        *self = Self::of(events, self.index.take());
    }

    /// What a field sheet is to say of a gap.
    pub fn field_state(&self, gap: &str, lang: Lang) -> FieldState {
        let seen: Vec<&str> = self.heads(gap).iter().map(|v| v.id.as_str()).collect();
        FieldState { status: self.status(gap).word(lang).to_owned(), seen: seen.join(" ") }
    }

    /// The highest position in the order.
    pub fn last_seq(&self) -> i64 {
        self.events.last().map_or(0, |e| e.seq)
    }
}

/// Whether events of a kind begin something that others amend.
fn is_beginning(kind: EventKind) -> bool {
    matches!(kind, EventKind::Visit | EventKind::Decision | EventKind::Report)
}

/// The kind of record that an event begins, or amends where what it amends is not there; `None` for visits.
fn other_kind(event: &Event) -> Option<EventKind> {
    if super::decision::is_of_decision(event) {
        Some(EventKind::Decision)
    } else if super::report::is_of_report(event) {
        Some(EventKind::Report)
    } else {
        None
    }
}

fn visit(begin: usize, event: &Event, amendments: Vec<usize>, events: &[Event]) -> Visit {
    let all = || amendments.iter().filter_map(|i| Some((*i, events.get(*i)?)));
    let replaced: FxHashSet<&str> = all().flat_map(|(_, e)| e.after.iter().map(String::as_str)).collect();
    let heads: Vec<(usize, &Event)> = all().filter(|(_, e)| !replaced.contains(e.id.as_str())).collect();
    let withdrawals = heads.iter().filter(|(_, e)| e.kind == EventKind::Withdrawal).count();
    let is_contested = withdrawals > 0 && withdrawals < heads.len();
    let is_withdrawn = match heads.len() {
        0 => event.kind == EventKind::Withdrawal,
        all => withdrawals == all,
    };
    // A withdrawn visit shows what it said before.
    let says = heads
        .iter()
        .rev()
        .find(|(_, e)| e.kind == EventKind::Correction)
        .map(|(i, _)| *i)
        .or_else(|| {
            amendments.iter().rev().copied().find(|i| events.get(*i).is_some_and(|e| e.kind == EventKind::Correction))
        })
        .unwrap_or(begin);
    let mut outcomes: Vec<Outcome> = match heads.is_empty() {
        true => event.result.into_iter().collect(),
        false => heads.iter().filter_map(|(_, e)| e.result).collect(),
    };
    if is_withdrawn {
        outcomes.clear();
    }
    let heads = heads.iter().map(|(_, e)| e.id.clone()).collect();
    Visit { id: event.id.clone(), begins: begin, says, is_withdrawn, is_contested, amendments, outcomes, heads }
}

#[cfg(test)]
mod tests {
    use super::*;

    pub(crate) fn event(id: &str, seq: i64, result: Outcome, after: &[&str]) -> Event {
        Event {
            id: id.into(),
            seq,
            gap: "T1/a".into(),
            result: Some(result),
            after: after.iter().map(|s| (*s).to_owned()).collect(),
            ..Event::default()
        }
    }

    fn amend(id: &str, seq: i64, of: &str, result: Option<Outcome>, after: &[&str]) -> Event {
        let kind = if result.is_some() { EventKind::Correction } else { EventKind::Withdrawal };
        Event { kind, of: Some(of.into()), result, ..event(id, seq, Outcome::Wrong, after) }
    }

    #[test]
    fn the_later_visit_counts_where_it_knew_the_earlier() {
        use Outcome::{Closed, Confirmed};
        let survey = Survey::new(vec![event("b", 2, Closed, &["a"]), event("a", 1, Confirmed, &[])]);
        assert_eq!(survey.status("T1/a"), GapStatus::Closed);
        assert_eq!(survey.status("T1/other"), GapStatus::Pending);
        // Withdrawn: the earlier one counts again; and a third that knew only the withdrawn one replaces both.
        let back = amend("w", 3, "b", None, &[]);
        let events = vec![event("a", 1, Confirmed, &[]), event("b", 2, Closed, &["a"]), back];
        assert_eq!(Survey::new(events.clone()).status("T1/a"), GapStatus::Confirmed);
        let third = [events, vec![event("c", 4, Closed, &["b"])]].concat();
        assert_eq!(Survey::new(third).heads("T1/a").len(), 1);
    }

    #[test]
    fn visits_that_do_not_know_of_each_other_contradict() {
        use Outcome::{Closed, Confirmed};
        let two = vec![event("a", 1, Confirmed, &[]), event("b", 1, Closed, &[])];
        assert_eq!(Survey::new(two.clone()).status("T1/a"), GapStatus::Conflict);
        let of_one = two.iter().map(|e| Event { by: "李".into(), ..e.clone() }).collect();
        assert_eq!(Survey::new(of_one).status("T1/a"), GapStatus::Closed);
        let settled = [two, vec![event("c", 2, Closed, &["a", "b"])]].concat();
        assert_eq!(Survey::new(settled).status("T1/a"), GapStatus::Closed);
        let same = vec![event("a", 1, Closed, &[]), event("b", 1, Closed, &[])];
        assert_eq!(Survey::new(same).status("T1/a"), GapStatus::Closed);
        // Two corrections of one visit, made apart.
        let apart = vec![
            event("a", 1, Confirmed, &[]),
            amend("x", 2, "a", Some(Closed), &[]),
            amend("y", 2, "a", Some(Confirmed), &[]),
        ];
        assert_eq!(Survey::new(apart).status("T1/a"), GapStatus::Conflict);
    }

    #[test]
    fn one_by_one_is_the_same_as_all_at_once() {
        use Outcome::{Closed, Confirmed, Wrong};
        let events = vec![
            event("a", 1, Confirmed, &[]),
            event("b", 2, Closed, &["a"]),
            amend("x", 3, "b", Some(Wrong), &[]),
            amend("o", 3, "none", Some(Wrong), &[]),
            amend("w", 4, "a", None, &[]),
            event("c", 1, Closed, &[]),
        ];
        let mut survey = Survey::default();
        events.iter().for_each(|e| survey.add(e.clone()));
        assert_eq!(survey, Survey::new(events));
    }

    #[test]
    fn corrections_and_withdrawals_can_be_taken_back() {
        use Outcome::{Closed, Confirmed};
        let mut events = vec![event("a", 1, Confirmed, &[]), amend("x", 2, "a", Some(Closed), &[])];
        assert_eq!(Survey::new(events.clone()).status("T1/a"), GapStatus::Closed);
        events.push(amend("w", 3, "a", None, &["x"]));
        let survey = Survey::new(events.clone());
        assert!(survey.visit("a").is_some_and(|v| v.is_withdrawn));
        assert_eq!(survey.visit("a").and_then(|v| survey.said(v)?.result), Some(Closed));
        events.push(amend("z", 4, "a", Some(Confirmed), &["w"]));
        assert_eq!(Survey::new(events).status("T1/a"), GapStatus::Confirmed);
        // Withdrawn by one, corrected by another who did not know.
        let apart =
            vec![event("a", 1, Confirmed, &[]), amend("x", 2, "a", Some(Closed), &[]), amend("w", 2, "a", None, &[])];
        let survey = Survey::new(apart);
        assert_eq!(survey.status("T1/a"), GapStatus::Conflict);
        assert_eq!(survey.standing().count(), 1);
        // Nothing to correct: it stands by itself.
        assert_eq!(Survey::new(vec![amend("o", 1, "none", Some(Closed), &[])]).status("T1/a"), GapStatus::Closed);
    }
}
