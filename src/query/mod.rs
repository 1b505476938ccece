//! The language of filters and rules: `sewage_treatment_pct < 99 and clinic = none`.
//!
//! A text is cut into tokens, parsed into a tree, and checked against a [`Schema`] that says which names there are and
//! of which type; what passes can be evaluated for any row without failing. Truth has three values (Kleene 1938): where
//! a value is unknown, a comparison is unknown, `unknown and false` is false, `unknown or true` is true. A filter keeps
//! rows that are true; a rule is not raised by a row that is unknown. Every error names its place in the text.

mod check;
mod eval;
mod lexer;
mod parser;

pub use check::{Checked, Schema, Type, check};
pub use eval::{Datum, Row};
pub use lexer::{QueryError, quoted_name};

/// Reads and checks an expression.
///
/// # Errors
/// [`QueryError`] with the place in the text: bytes from..to.
///
/// # Examples
/// ```
/// use qiancun::query::{Datum, Row, Schema, Type, compile};
/// struct Villages;
/// impl Schema for Villages {
///     fn field(&self, name: &str) -> Option<(usize, Type)> {
///         (name == "sewage").then_some((0, Type::Number))
///     }
///     fn category(&self, _: usize, _: &str) -> Option<usize> {
///         None
///     }
/// }
/// struct Village(Option<f64>);
/// impl Row for Village {
///     fn datum(&self, _: usize) -> Datum<'_> {
///         self.0.map_or(Datum::Unknown, Datum::Number)
///     }
/// }
/// let filter = compile("sewage < 99", &Villages)?;
/// assert_eq!(filter.is_true(&Village(Some(98.9))), Some(true));
/// assert_eq!(filter.is_true(&Village(None)), None);
/// assert_eq!(compile("sewage < ", &Villages).unwrap_err().at, (9, 9));
/// # Ok::<(), qiancun::query::QueryError>(())
/// ```
pub fn compile(text: &str, schema: &dyn Schema) -> Result<Checked, QueryError> {
    check(&parser::parse(text)?, schema)
}

/// A condition more: what is there is put in brackets where `and` would otherwise take only a part of it.
///
/// ```
/// use qiancun::query::and_also;
/// assert_eq!(and_also("a < 1 or b < 2", "c = 3"), "(a < 1 or b < 2) and c = 3");
/// assert_eq!(and_also("a < 1", "c = 3"), "a < 1 and c = 3");
/// ```
pub fn and_also(before: &str, condition: &str) -> String {
    let before = before.trim();
    if before.is_empty() {
        return condition.to_owned();
    }
    match parser::parse(before) {
        Ok(parser::Node::Or(..)) if !lexer::is_bracketed(before) => format!("({before}) and {condition}"),
        _ => format!("{before} and {condition}"),
    }
}

#[cfg(test)]
mod tests;
