//! Evaluation in three values.

use super::check::{Checked, Condition, Term};
use super::lexer::Compare;

/// A value of a row.
#[derive(Clone, Debug, PartialEq)]
pub enum Datum<'a> {
    /// Nothing is known.
    Unknown,
    /// A number, or the position of a category's value.
    Number(f64),
    /// Text.
    Text(std::borrow::Cow<'a, str>),
}

/// A row that expressions look at.
pub trait Row {
    /// The value of a field of the schema.
    fn datum(&self, field: usize) -> Datum<'_>;
}

impl Checked {
    /// Whether the row fulfils the expression; `None` where that cannot be told.
    pub fn is_true(&self, row: &dyn Row) -> Option<bool> {
        truth(&self.condition, row)
    }
}

fn truth(condition: &Condition, row: &dyn Row) -> Option<bool> {
    match condition {
        Condition::Compare(compare, a, b) => compared(*compare, &value(a, row), &value(b, row)),
        Condition::Among(a, list, not) => {
            let a = value(a, row);
            if a == Datum::Unknown {
                return None;
            }
            let mut found = Some(false);
            for item in list {
                match compared(Compare::Equal, &a, &value(item, row)) {
                    Some(true) => {
                        found = Some(true);
                        break;
                    }
                    Some(false) => {}
                    None => found = None,
                }
            }
            found.map(|f| f != *not)
        }
        Condition::Contains(a, text, not) => match value(a, row) {
            Datum::Text(t) => Some(t.to_lowercase().contains(text.as_str()) != *not),
            _ => None,
        },
        Condition::Unknown(a, unknown) => Some((value(a, row) == Datum::Unknown) == *unknown),
        Condition::Not(a) => truth(a, row).map(|t| !t),
        Condition::And(a, b) => match (truth(a, row), truth(b, row)) {
            (Some(false), _) | (_, Some(false)) => Some(false),
            (Some(true), Some(true)) => Some(true),
            _ => None,
        },
        Condition::Or(a, b) => match (truth(a, row), truth(b, row)) {
            (Some(true), _) | (_, Some(true)) => Some(true),
            (Some(false), Some(false)) => Some(false),
            _ => None,
        },
    }
}

fn value<'a>(term: &'a Term, row: &'a dyn Row) -> Datum<'a> {
    let number = |t: &'a Term| match value(t, row) {
        Datum::Number(n) => Some(n),
        _ => None,
    };
    let known = |n: Option<f64>| n.filter(|n| n.is_finite()).map_or(Datum::Unknown, Datum::Number);
    match term {
        Term::Number(n) => Datum::Number(*n),
        Term::Text(t) => Datum::Text(t.as_str().into()),
        Term::Field(id, _) => row.datum(*id),
        Term::Negative(a) => known(number(a).map(|n| -n)),
        // What cannot be computed, such as a quotient by zero, is unknown.
        Term::Arithmetic(sign, a, b) => known(number(a).zip(number(b)).map(|(a, b)| match sign {
            '+' => a + b,
            '-' => a - b,
            '*' => a * b,
            _ => a / b,
        })),
    }
}

fn compared(compare: Compare, a: &Datum<'_>, b: &Datum<'_>) -> Option<bool> {
    match (a, b) {
        (Datum::Number(a), Datum::Number(b)) => Some(match compare {
            Compare::Equal => a == b,
            Compare::Unequal => a != b,
            Compare::Less => a < b,
            Compare::LessEqual => a <= b,
            Compare::Greater => a > b,
            Compare::GreaterEqual => a >= b,
        }),
        (Datum::Text(a), Datum::Text(b)) => match compare {
            Compare::Equal => Some(a.trim() == b.trim()),
            Compare::Unequal => Some(a.trim() != b.trim()),
            _ => None,
        },
        _ => None,
    }
}
