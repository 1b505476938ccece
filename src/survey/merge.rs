//! Two logs as one.

use std::cmp::Reverse;
use std::collections::BTreeMap;

use super::event::{Event, id_of};

/// The union of sets of events by id: commutative, associative and idempotent. One row imported twice, on two machines,
/// is one event: the earlier writing stays. Where two events otherwise say different things under one id, which only a
/// foreign hand can bring about, both are kept, one of them under an id made from what it says.
pub fn union(events: impl IntoIterator<Item = Event>) -> BTreeMap<String, Event> {
    let mut all: BTreeMap<String, Event> = BTreeMap::new();
    for event in events {
        put(&mut all, event);
    }
    all
}

/// What an event says, apart from its id, from when and by what it was written down, and from its photos, which one machine
/// may have had and the other not.
fn content(event: &Event) -> String {
    let bare = Event {
        id: String::new(),
        seq: 0,
        recorded_at: None,
        origin: String::new(),
        photos: Vec::new(),
        ..event.clone()
    };
    serde_json::to_string(&bare).unwrap_or_default()
}

fn put(all: &mut BTreeMap<String, Event>, event: Event) {
    let Some(present) = all.get_mut(&event.id) else {
        all.insert(event.id.clone(), event);
        return;
    };
    if *present == event {
        return;
    }
    let (old, new) = (content(present), content(&event));
    if old == new {
        // The one with the most photos that lie in a log comes first.
        let written = |e: &Event| {
            let kept = e.photos.iter().filter(|p| p.is_kept()).count();
            let photos = serde_json::to_string(&e.photos).unwrap_or_default();
            (Reverse(kept), Reverse(e.photos.len()), e.seq, e.recorded_at, e.origin.clone(), photos)
        };
        if written(&event) < written(present) {
            *present = event;
        }
        return;
    }
    let (gives_way, says) = if new < old { (std::mem::replace(present, event), old) } else { (event, new) };
    put(all, Event { id: id_of(&says), ..gives_way });
}

#[cfg(test)]
mod tests {
    use super::super::visits::Survey;
    use super::super::word::{EventKind, Outcome};
    use super::*;
    use proptest::prelude::*;

    fn events() -> impl Strategy<Value = Vec<Event>> {
        let one = (0..12_u8, 0..4_i64, 0..6_u8, 0..4_usize, 0..12_u8, 0..3_u8).prop_map(
            |(id, seq, kind, result, of, gap)| {
                let kinds = [
                    EventKind::Visit,
                    EventKind::Correction,
                    EventKind::Withdrawal,
                    EventKind::Report,
                    EventKind::Decision,
                    EventKind::from_key("appraisal"),
                ];
                let kind = kinds[usize::from(kind)];
                Event {
                    id: format!("id-{id}"),
                    seq,
                    kind,
                    of: (!matches!(kind, EventKind::Visit | EventKind::Decision | EventKind::Report))
                        .then(|| format!("id-{of}")),
                    after: vec![format!("id-{}", of / 2)],
                    gap: format!("T1/{gap}"),
                    result: (kind != EventKind::Withdrawal).then(|| Outcome::ALL[result]),
                    ..Event::default()
                }
            },
        );
        proptest::collection::vec(one, 0..20)
    }

    fn merged(a: &BTreeMap<String, Event>, b: &BTreeMap<String, Event>) -> BTreeMap<String, Event> {
        union(a.values().chain(b.values()).cloned())
    }

    proptest! {
        #[test]
        fn laws_of_merging(a in events(), b in events(), c in events()) {
            let (a, b, c) = (union(a), union(b), union(c));
            prop_assert_eq!(merged(&a, &b), merged(&b, &a));
            prop_assert_eq!(merged(&merged(&a, &b), &c), merged(&a, &merged(&b, &c)));
            prop_assert_eq!(merged(&a, &a), a.clone());
            let both = merged(&a, &b);
            // Nothing is lost: whatever an event said is said by one of the union.
            for event in a.values().chain(b.values()) {
                prop_assert!(both.values().any(|e| content(e) == content(event)));
            }
            // One by one, in whatever order they come, amounts to the same as all at once: an amendment that sorts before its visit
            // means the same after reopening.
            let at_once = Survey::new(both.values().cloned().collect());
            for order in [both.values().cloned().collect::<Vec<_>>(), at_once.events.clone()] {
                let mut survey = Survey::default();
                order.into_iter().for_each(|e| survey.add(e));
                prop_assert_eq!(&survey, &at_once);
            }
            // What it amounts to does not depend on the order either.
            let forth = Survey::new(both.values().cloned().collect());
            let back = Survey::new(both.values().rev().cloned().collect());
            for gap in forth.gaps() {
                prop_assert_eq!(forth.status(gap), back.status(gap));
            }
        }
    }
}
