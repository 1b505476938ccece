//! Tokens into a tree. `or` binds weakest, then `and`, `not`, comparisons, sums, products, signs.

use super::lexer::{Compare, QueryError, Token, tokens};

/// Bytes of the text that a piece of the tree comes from.
pub type Span = (usize, usize);

/// Deepest nesting.
const DEPTH: usize = 64;

/// A piece of an expression, as it was written.
#[derive(Clone, Debug, PartialEq)]
pub enum Node {
    /// A number.
    Number(f64, Span),
    /// Text in quotes.
    Text(String, Span),
    /// A name or a bare word: the check tells which.
    Word(String, Span),
    /// A name.
    Name(String, Span),
    /// `-` before something.
    Negative(Box<Node>, Span),
    /// `+`, `-`, `*`, `/`.
    Arithmetic(char, Box<Node>, Box<Node>, Span),
    /// A comparison.
    Compare(Compare, Box<Node>, Box<Node>, Span),
    /// `x in (a, b)`; `true` for `not in`.
    Among(Box<Node>, Vec<Node>, bool, Span),
    /// `x contains "text"`; `true` for `not contains`.
    Contains(Box<Node>, Box<Node>, bool, Span),
    /// `x is unknown` (true) or `x is known`.
    Unknown(Box<Node>, bool, Span),
    /// `not`.
    Not(Box<Node>, Span),
    /// `and`.
    And(Box<Node>, Box<Node>, Span),
    /// `or`.
    Or(Box<Node>, Box<Node>, Span),
}

impl Node {
    /// Where it stands.
    pub fn span(&self) -> Span {
        match self {
            Self::Number(_, s)
            | Self::Text(_, s)
            | Self::Word(_, s)
            | Self::Name(_, s)
            | Self::Contains(.., s)
            | Self::Negative(_, s)
            | Self::Arithmetic(.., s)
            | Self::Compare(.., s)
            | Self::Among(.., s)
            | Self::Unknown(.., s)
            | Self::Not(_, s)
            | Self::And(.., s)
            | Self::Or(.., s) => *s,
        }
    }
}

struct Parser {
    tokens: Vec<(Token, Span)>,
    at: usize,
    end: usize,
    depth: usize,
}

/// Reads a whole text.
pub(super) fn parse(text: &str) -> Result<Node, QueryError> {
    let mut p = Parser { tokens: tokens(text)?, at: 0, end: text.len(), depth: 0 };
    let node = p.or()?;
    match p.tokens.get(p.at) {
        None => Ok(node),
        Some((_, span)) => Err(QueryError::new("unexpected", *span, text.get(span.0..span.1).unwrap_or(""))),
    }
}

fn join(a: &Node, b: &Node) -> Span {
    (a.span().0, b.span().1)
}

impl Parser {
    fn peek(&self) -> Option<&Token> {
        self.tokens.get(self.at).map(|t| &t.0)
    }

    fn here(&self) -> Span {
        self.tokens.get(self.at).map_or((self.end, self.end), |t| t.1)
    }

    fn take(&mut self, token: &Token) -> bool {
        let is = self.peek() == Some(token);
        self.at += usize::from(is);
        is
    }

    fn or(&mut self) -> Result<Node, QueryError> {
        let mut left = self.and()?;
        while self.take(&Token::Or) {
            let right = self.and()?;
            let span = join(&left, &right);
            left = Node::Or(Box::new(left), Box::new(right), span);
        }
        Ok(left)
    }

    fn and(&mut self) -> Result<Node, QueryError> {
        let mut left = self.not()?;
        while self.take(&Token::And) {
            let right = self.not()?;
            let span = join(&left, &right);
            left = Node::And(Box::new(left), Box::new(right), span);
        }
        Ok(left)
    }

    fn not(&mut self) -> Result<Node, QueryError> {
        let start = self.here();
        if !self.take(&Token::Not) {
            return self.comparison();
        }
        self.deeper()?;
        let inner = self.not()?;
        self.depth -= 1;
        let span = (start.0, inner.span().1);
        Ok(Node::Not(Box::new(inner), span))
    }

    fn comparison(&mut self) -> Result<Node, QueryError> {
        let left = self.sum()?;
        if let Some(Token::Compare(compare)) = self.peek() {
            let compare = *compare;
            self.at += 1;
            let right = self.sum()?;
            if let Some(Token::Compare(_)) = self.peek() {
                return Err(QueryError::new("chained", self.here(), ""));
            }
            let span = join(&left, &right);
            return Ok(Node::Compare(compare, Box::new(left), Box::new(right), span));
        }
        if self.take(&Token::Is) {
            let not = self.take(&Token::Not);
            let here = self.here();
            let unknown = match self.peek() {
                Some(Token::Unknown) => true,
                Some(Token::Known) => false,
                _ => return Err(QueryError::new("after-is", here, "")),
            };
            self.at += 1;
            let span = (left.span().0, here.1);
            return Ok(Node::Unknown(Box::new(left), unknown != not, span));
        }
        let next = self.tokens.get(self.at + 1).map(|t| &t.0);
        let not = self.peek() == Some(&Token::Not) && matches!(next, Some(Token::In | Token::Contains(_)));
        self.at += usize::from(not);
        if let Some(Token::Contains(denied)) = self.peek().cloned() {
            self.at += 1;
            let right = self.sum()?;
            let span = join(&left, &right);
            return Ok(Node::Contains(Box::new(left), Box::new(right), denied != not, span));
        }
        if self.take(&Token::In) {
            return self.among(left, not);
        }
        Ok(left)
    }

    fn among(&mut self, left: Node, not: bool) -> Result<Node, QueryError> {
        if !self.take(&Token::Open) {
            return Err(QueryError::new("after-in", self.here(), ""));
        }
        let mut list = vec![self.sum()?];
        while self.take(&Token::Comma) {
            list.push(self.sum()?);
        }
        let end = self.here();
        if !self.take(&Token::Close) {
            return Err(QueryError::new("open-bracket", end, ""));
        }
        let span = (left.span().0, end.1);
        Ok(Node::Among(Box::new(left), list, not, span))
    }

    fn sum(&mut self) -> Result<Node, QueryError> {
        let mut left = self.product()?;
        loop {
            let sign = match self.peek() {
                Some(Token::Plus) => '+',
                Some(Token::Minus) => '-',
                _ => return Ok(left),
            };
            self.at += 1;
            let right = self.product()?;
            let span = join(&left, &right);
            left = Node::Arithmetic(sign, Box::new(left), Box::new(right), span);
        }
    }

    fn product(&mut self) -> Result<Node, QueryError> {
        let mut left = self.signed()?;
        loop {
            let sign = match self.peek() {
                Some(Token::Times) => '*',
                Some(Token::Over) => '/',
                _ => return Ok(left),
            };
            self.at += 1;
            let right = self.signed()?;
            let span = join(&left, &right);
            left = Node::Arithmetic(sign, Box::new(left), Box::new(right), span);
        }
    }

    fn signed(&mut self) -> Result<Node, QueryError> {
        let start = self.here();
        if !self.take(&Token::Minus) {
            return self.primary();
        }
        self.deeper()?;
        let inner = self.signed()?;
        self.depth -= 1;
        let span = (start.0, inner.span().1);
        Ok(Node::Negative(Box::new(inner), span))
    }

    fn primary(&mut self) -> Result<Node, QueryError> {
        let span = self.here();
        let Some(token) = self.peek().cloned() else {
            return Err(QueryError::new("ends", span, ""));
        };
        self.at += 1;
        match token {
            Token::Number(n) => Ok(Node::Number(n, span)),
            Token::Text(t) => Ok(Node::Text(t, span)),
            Token::Word(w) => Ok(Node::Word(w, span)),
            Token::Name(n) => Ok(Node::Name(n, span)),
            Token::Open => {
                self.deeper()?;
                let inner = self.or()?;
                self.depth -= 1;
                let end = self.here();
                if self.take(&Token::Close) { Ok(inner) } else { Err(QueryError::new("open-bracket", end, "")) }
            }
            _ => Err(QueryError::new("value-expected", span, "")),
        }
    }

    fn deeper(&mut self) -> Result<(), QueryError> {
        self.depth += 1;
        if self.depth > DEPTH { Err(QueryError::new("too-deep", self.here(), "")) } else { Ok(()) }
    }
}
