//! Names and types: after this an expression cannot fail.

use super::lexer::{Compare, QueryError};
use super::parser::Node;

/// What kind of value a field holds.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Type {
    /// Numbers.
    Number,
    /// Text.
    Text,
    /// One of a fixed list of values, by position.
    Category,
}

/// The fields that expressions may name.
pub trait Schema {
    /// A field by its name, in any language: its id and type.
    fn field(&self, name: &str) -> Option<(usize, Type)>;
    /// Position of a category's value by its name, in any language.
    fn category(&self, field: usize, value: &str) -> Option<usize>;
    /// Positions of a category's values whose name, in any language, contains a text.
    fn categories_with(&self, _field: usize, _text: &str) -> Vec<usize> {
        Vec::new()
    }
}

/// A value of a checked expression.
#[derive(Clone, Debug, PartialEq)]
pub(super) enum Term {
    Number(f64),
    Text(String),
    Field(usize, Type),
    Negative(Box<Term>),
    Arithmetic(char, Box<Term>, Box<Term>),
}

/// A condition of a checked expression.
#[derive(Clone, Debug, PartialEq)]
pub(super) enum Condition {
    Compare(Compare, Term, Term),
    Among(Term, Vec<Term>, bool),
    Unknown(Term, bool),
    Contains(Term, String, bool),
    Not(Box<Condition>),
    And(Box<Condition>, Box<Condition>),
    Or(Box<Condition>, Box<Condition>),
}

/// An expression that can be evaluated.
#[derive(Clone, Debug, PartialEq)]
pub struct Checked {
    pub(super) condition: Condition,
    /// Ids of the fields it names, each once.
    pub fields: Vec<usize>,
}

/// Checks a parsed expression against the fields there are.
///
/// # Errors
/// [`QueryError`] for a name that is no field, a value that a category does not have, sides that cannot be compared,
/// and an expression that is no condition.
pub fn check(node: &Node, schema: &dyn Schema) -> Result<Checked, QueryError> {
    let mut checker = Checker { schema, fields: Vec::new() };
    let condition = checker.condition(node)?;
    let mut fields = checker.fields;
    fields.sort_unstable();
    fields.dedup();
    Ok(Checked { condition, fields })
}

struct Checker<'a> {
    schema: &'a dyn Schema,
    fields: Vec<usize>,
}

impl Checker<'_> {
    fn condition(&mut self, node: &Node) -> Result<Condition, QueryError> {
        Ok(match node {
            Node::And(a, b, _) => Condition::And(Box::new(self.condition(a)?), Box::new(self.condition(b)?)),
            Node::Or(a, b, _) => Condition::Or(Box::new(self.condition(a)?), Box::new(self.condition(b)?)),
            Node::Not(a, _) => Condition::Not(Box::new(self.condition(a)?)),
            Node::Unknown(a, unknown, _) => Condition::Unknown(self.term(&self.named(a))?.0, *unknown),
            Node::Compare(compare, a, b, span) => {
                let (a, b) = self.sides(a, b)?;
                let ordered = !matches!(compare, Compare::Equal | Compare::Unequal);
                if ordered && (a.1, b.1) != (Type::Number, Type::Number) {
                    return Err(QueryError::new("no-order", *span, ""));
                }
                Condition::Compare(*compare, a.0, b.0)
            }
            Node::Among(a, list, not, _) => {
                let mut items = Vec::new();
                let mut first = None;
                for item in list {
                    let (a, b) = self.sides(a, item)?;
                    first = Some(a.0);
                    items.push(b.0);
                }
                match first {
                    Some(first) => Condition::Among(first, items, *not),
                    None => return Err(QueryError::new("after-in", node.span(), "")),
                }
            }
            Node::Contains(a, b, not, span) => {
                let (term, kind) = self.term(&self.named(a))?;
                let text = match &**b {
                    Node::Word(w, _) | Node::Text(w, _) | Node::Name(w, _) => w.clone(),
                    // Digits stand in texts too.
                    Node::Number(n, _) => n.to_string(),
                    other => return Err(QueryError::new("value-expected", other.span(), "")),
                };
                match (&term, kind) {
                    (_, Type::Text) => Condition::Contains(term, text.to_lowercase(), *not),
                    (Term::Field(id, _), Type::Category) => {
                        let values = self.schema.categories_with(*id, &text);
                        let values = values.into_iter().map(|v| Term::Number(v as f64)).collect();
                        Condition::Among(term, values, *not)
                    }
                    _ => return Err(QueryError::new("no-text", *span, "")),
                }
            }
            other => {
                let word = if let Node::Word(w, _) = other { w.as_str() } else { "" };
                // A word that is no field is the likelier mistake than a condition without comparison.
                if let Node::Word(w, span) = other
                    && self.schema.field(w).is_none()
                {
                    return Err(QueryError::new("no-such-field", *span, w.as_str()));
                }
                return Err(QueryError::new("no-condition", other.span(), word));
            }
        })
    }

    /// Both sides of a comparison; a bare word or a text beside a category is one of its values, beside text is text.
    fn sides(&mut self, a: &Node, b: &Node) -> Result<((Term, Type), (Term, Type)), QueryError> {
        let a = &self.named(a);
        let field = |n: &Node| match n {
            Node::Word(w, _) | Node::Name(w, _) => self.schema.field(w),
            _ => None,
        };
        let (left, right) = (field(a), field(b));
        let (left, right) = match (left, right) {
            (Some((id, kind)), None) => (self.term(a)?, self.beside(id, kind, b)?),
            (None, Some((id, kind))) => (self.beside(id, kind, a)?, self.term(b)?),
            _ => (self.term(a)?, self.term(b)?),
        };
        if left.1 != right.1 {
            return Err(QueryError::new("unlike", (a.span().0, b.span().1), ""));
        }
        Ok((left, right))
    }

    /// What stands on the left in quotes and is a field's name is that field: `"户数(户)" > 100`.
    fn named(&self, node: &Node) -> Node {
        match node {
            Node::Text(t, span) if self.schema.field(t).is_some() => Node::Name(t.clone(), *span),
            other => other.clone(),
        }
    }

    fn beside(&mut self, id: usize, kind: Type, node: &Node) -> Result<(Term, Type), QueryError> {
        let (word, span) = match node {
            Node::Word(w, span) | Node::Text(w, span) => (w, *span),
            other => return self.term(other),
        };
        match kind {
            Type::Category => match self.schema.category(id, word) {
                Some(value) => Ok((Term::Number(value as f64), Type::Category)),
                None => Err(QueryError::new("no-such-value", span, word.as_str())),
            },
            Type::Text => Ok((Term::Text(word.clone()), Type::Text)),
            Type::Number => self.term(node),
        }
    }

    fn term(&mut self, node: &Node) -> Result<(Term, Type), QueryError> {
        match node {
            Node::Number(n, _) => Ok((Term::Number(*n), Type::Number)),
            Node::Text(t, _) => Ok((Term::Text(t.clone()), Type::Text)),
            Node::Word(w, span) | Node::Name(w, span) => match self.schema.field(w) {
                Some((id, kind)) => {
                    self.fields.push(id);
                    Ok((Term::Field(id, kind), kind))
                }
                None => Err(QueryError::new("no-such-field", *span, w.as_str())),
            },
            Node::Negative(a, _) => Ok((Term::Negative(Box::new(self.number(a)?)), Type::Number)),
            Node::Arithmetic(sign, a, b, _) => {
                let (a, b) = (self.number(a)?, self.number(b)?);
                Ok((Term::Arithmetic(*sign, Box::new(a), Box::new(b)), Type::Number))
            }
            other => Err(QueryError::new("value-expected", other.span(), "")),
        }
    }

    fn number(&mut self, node: &Node) -> Result<Term, QueryError> {
        match self.term(node)? {
            (term, Type::Number) => Ok(term),
            _ => Err(QueryError::new("no-number", node.span(), "")),
        }
    }
}
