//! Values made from others: asked for by key, made at once or in the background, kept until the key changes.
//!
//! One mechanism for all of them, so that none has a stamp, a counter and a message of its own. A key says everything that a value
//! depends on; data stand in it by their [`Generation`](crate::model::Generation), never by their place in memory.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};

static TURNS: AtomicU64 = AtomicU64::new(1);

/// The right to bring a value: given out when its making begins.
#[derive(Clone, Debug)]
pub struct Ticket {
    turn: u64,
    is_cancelled: Arc<AtomicBool>,
}

impl Ticket {
    /// Whether the value is still wanted: work that takes long asks now and then, and stops where it is not.
    pub fn is_wanted(&self) -> bool {
        !self.is_cancelled.load(Ordering::Relaxed)
    }
}

#[derive(Debug)]
enum Making {
    /// Under way.
    Under(Ticket),
    /// It could not be made; it is not tried again for the same key.
    Failed,
}

/// A value derived from others.
#[derive(Debug)]
pub struct Derived<K, V> {
    made: Option<(K, V)>,
    wanted: Option<(K, Making)>,
}

impl<K, V> Default for Derived<K, V> {
    fn default() -> Self {
        Self { made: None, wanted: None }
    }
}

impl<K: PartialEq, V> Derived<K, V> {
    /// A value that is there already.
    pub fn of(key: K, value: V) -> Self {
        Self { made: Some((key, value)), wanted: None }
    }

    /// The last value that came about, whatever it was asked for.
    pub fn last(&self) -> Option<&V> {
        self.made.as_ref().map(|(_, value)| value)
    }

    /// What the last value was made for.
    pub fn key(&self) -> Option<&K> {
        self.made.as_ref().map(|(key, _)| key)
    }

    /// The value for a key, if it is there.
    pub fn get(&self, key: &K) -> Option<&V> {
        self.made.as_ref().filter(|(of, _)| of == key).map(|(_, value)| value)
    }

    /// The value for a key, made at once where it is not there.
    pub fn make(&mut self, key: K, make: impl FnOnce(&K) -> V) -> &V {
        if self.get(&key).is_none() {
            self.cancel();
            self.made = None;
        }
        &self
            .made
            .get_or_insert_with(|| {
                let value = make(&key);
                (key, value)
            })
            .1
    }

    /// Asks for the value of a key: `Some` where its making is to begin now. One under way for another key is cancelled. The old
    /// value stays until the new one is there; [`Self::forget`] takes it away where it must not be shown.
    pub fn ask(&mut self, key: K) -> Option<Ticket> {
        if self.get(&key).is_some() {
            self.cancel();
            return None;
        }
        if self.wanted.as_ref().is_some_and(|(of, _)| *of == key) {
            return None;
        }
        self.cancel();
        let ticket = Ticket { turn: TURNS.fetch_add(1, Ordering::Relaxed), is_cancelled: Arc::default() };
        self.wanted = Some((key, Making::Under(ticket.clone())));
        Some(ticket)
    }

    /// Takes a value that was made in the background; false where it is no longer wanted: it is dropped.
    pub fn bring(&mut self, ticket: &Ticket, value: V) -> bool {
        if !self.is_under_way(ticket) {
            return false;
        }
        if let Some((key, _)) = self.wanted.take() {
            self.made = Some((key, value));
        }
        true
    }

    /// Puts another value in the place of the one that is there, for the same key, where `better` has one; whether it had.
    pub fn amend(&mut self, better: impl FnOnce(&V) -> Option<V>) -> bool {
        let Some((_, value)) = &mut self.made else { return false };
        better(value).map(|v| *value = v).is_some()
    }

    /// Notes that a value could not be made: it is not asked for again until the key changes. False where it is no longer wanted.
    pub fn fail(&mut self, ticket: &Ticket) -> bool {
        let is_mine = self.is_under_way(ticket);
        if let Some((_, making)) = self.wanted.as_mut().filter(|_| is_mine) {
            *making = Making::Failed;
        }
        is_mine
    }

    fn is_under_way(&self, ticket: &Ticket) -> bool {
        matches!(&self.wanted, Some((_, Making::Under(under))) if under.turn == ticket.turn)
    }

    /// Whether a value is being made.
    pub fn is_making(&self) -> bool {
        matches!(self.wanted, Some((_, Making::Under(_))))
    }

    /// Stops what is being made; what is there stays.
    pub fn cancel(&mut self) {
        if let Some((_, Making::Under(ticket))) = self.wanted.take() {
            ticket.is_cancelled.store(true, Ordering::Relaxed);
        }
    }

    /// Forgets the value that is there; what is being made goes on.
    pub fn forget(&mut self) {
        self.made = None;
    }

    /// Forgets everything and stops what is being made.
    pub fn clear(&mut self) {
        self.cancel();
        self.made = None;
    }

    /// The value with its key, for another session that shows the same: data are shared, nothing is asked for.
    pub fn share(&self) -> Self
    where
        K: Clone,
        V: Clone,
    {
        Self { made: self.made.clone(), wanted: None }
    }
}

impl<K, V> Drop for Derived<K, V> {
    /// Nobody waits any more.
    fn drop(&mut self) {
        if let Some((_, Making::Under(ticket))) = &self.wanted {
            ticket.is_cancelled.store(true, Ordering::Relaxed);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn the_old_value_stays_until_the_new_one_is_there() {
        let mut value: Derived<u8, &str> = Derived::default();
        let first = value.ask(1).expect("to be made");
        assert!(value.ask(1).is_none(), "it is under way");
        assert!(value.bring(&first, "one"));
        let second = value.ask(2).expect("to be made");
        assert_eq!((value.last(), value.get(&2)), (Some(&"one"), None));
        let third = value.ask(3).expect("to be made");
        assert!(!second.is_wanted() && third.is_wanted());
        assert!(!value.bring(&second, "two"), "superseded");
        assert!(value.bring(&third, "three"));
        assert!(value.amend(|_| None).eq(&false) && value.amend(|v| (*v == "three").then_some("third")));
        assert_eq!(value.get(&3), Some(&"third"));
        value.amend(|_| Some("three"));
        assert_eq!(value.get(&3), Some(&"three"));
    }

    #[test]
    fn what_failed_is_not_tried_again_for_the_same_key() {
        let mut value: Derived<u8, u8> = Derived::default();
        let ticket = value.ask(1).expect("to be made");
        assert!(value.fail(&ticket) && !value.is_making());
        assert!(value.ask(1).is_none());
        assert!(!value.bring(&ticket, 1));
        assert!(value.ask(2).is_some());
    }

    #[test]
    fn going_back_to_what_is_there_cancels_what_is_not() {
        let mut value: Derived<u8, u8> = Derived::of(1, 10);
        let ticket = value.ask(2).expect("to be made");
        assert!(value.ask(1).is_none() && !ticket.is_wanted() && !value.is_making());
        assert!(!value.bring(&ticket, 20));
        assert_eq!(value.get(&1), Some(&10));
    }

    proptest! {
        /// Whatever is asked for and in whatever order results come: a value is always one of its key, and the last key asked for
        /// ends up there once all results are in.
        #[test]
        fn results_in_any_order(asked in proptest::collection::vec(0..6_u8, 1..30), order in any::<u64>()) {
            let mut value: Derived<u8, u32> = Derived::default();
            let mut under: Vec<(u8, Ticket)> = Vec::new();
            let mut seed = order;
            for key in &asked {
                under.extend(value.ask(*key).map(|t| (*key, t)));
                seed = seed.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1);
                if seed >> 62 == 0 && !under.is_empty() {
                    let (of, ticket) = under.remove((seed >> 8) as usize % under.len());
                    value.bring(&ticket, u32::from(of) * 7);
                }
                if let Some((key, made)) = value.key().zip(value.last()) {
                    prop_assert_eq!(u32::from(*key) * 7, *made);
                }
            }
            while !under.is_empty() {
                seed = seed.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1);
                let (of, ticket) = under.remove((seed >> 8) as usize % under.len());
                value.bring(&ticket, u32::from(of) * 7);
            }
            prop_assert_eq!(value.key(), asked.last());
            prop_assert!(!value.is_making());
        }
    }
}
