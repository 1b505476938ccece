//! Text into tokens. Chinese punctuation and words mean the same as their ASCII forms.

/// What is wrong with an expression, and where.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{code} at {}..{}: {detail}", at.0, at.1)]
pub struct QueryError {
    /// Stable name, also in the language files (`query.<code>`).
    pub code: &'static str,
    /// Bytes of the text it is about.
    pub at: (usize, usize),
    /// The word or value it is about.
    pub detail: String,
}

impl QueryError {
    pub(super) fn new(code: &'static str, at: (usize, usize), detail: impl Into<String>) -> Self {
        Self { code, at, detail: detail.into() }
    }
}

/// A comparison.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Compare {
    /// `=`
    Equal,
    /// `!=`
    Unequal,
    /// `<`
    Less,
    /// `<=`
    LessEqual,
    /// `>`
    Greater,
    /// `>=`
    GreaterEqual,
}

/// A piece of an expression.
#[derive(Clone, Debug, PartialEq)]
pub enum Token {
    /// A number; a percent sign behind it is left out.
    Number(f64),
    /// Text in quotes.
    Text(String),
    /// A name or a bare word.
    Word(String),
    /// A name between `` ` `` or square brackets: never anything else.
    Name(String),
    /// A comparison.
    Compare(Compare),
    /// `and`, 且
    And,
    /// `or`, 或
    Or,
    /// `not`, 非
    Not,
    /// `is`, 为
    Is,
    /// `in`
    In,
    /// `contains`, 包含; `true` for 不包含
    Contains(bool),
    /// `unknown`, 未知
    Unknown,
    /// `known`, 已知
    Known,
    /// `(`
    Open,
    /// `)`
    Close,
    /// `,`
    Comma,
    /// `+`
    Plus,
    /// `-`
    Minus,
    /// `*`
    Times,
    /// `/`
    Over,
}

/// What stands between quotation marks that begin at `start`, and how many bytes it takes from `at` on with the closing mark.
fn quoted(
    text: &str,
    (start, at): (usize, usize),
    closes: impl Fn(char) -> bool,
) -> Result<(String, usize), QueryError> {
    let rest = text.get(at..).unwrap_or("");
    let Some((length, quote)) = rest.char_indices().find(|(_, q)| closes(*q)) else {
        return Err(QueryError::new("open-quote", (start, text.len()), rest));
    };
    Ok((rest.get(..length).unwrap_or("").to_owned(), length + quote.len_utf8()))
}

/// Cuts a text into tokens with their places.
pub(super) fn tokens(text: &str) -> Result<Vec<(Token, (usize, usize))>, QueryError> {
    let mut out = Vec::new();
    let mut at = 0;
    while let Some(c) = text.get(at..).and_then(|t| t.chars().next()) {
        let start = at;
        at += c.len_utf8();
        if c.is_whitespace() {
            continue;
        }
        let next = text.get(at..).and_then(|t| t.chars().next());
        let followed_by = |what: &[char]| next.filter(|n| what.contains(n));
        // The longer token where one of these follows; the second value is how much longer it is.
        let two = |what: &[char], long: Token, short: Token| match followed_by(what) {
            Some(next) => (long, next.len_utf8()),
            None => (short, 0),
        };
        let one = |token: Token| (token, 0);
        let (token, more) = match c {
            '(' | '（' => one(Token::Open),
            ')' | '）' => one(Token::Close),
            ',' | '，' | '、' => one(Token::Comma),
            '+' => one(Token::Plus),
            '-' | '−' => one(Token::Minus),
            '*' | '×' => one(Token::Times),
            '/' | '÷' => one(Token::Over),
            '=' | '＝' => two(&['='], Token::Compare(Compare::Equal), Token::Compare(Compare::Equal)),
            '<' | '＜' => match followed_by(&['=', '＝', '>']) {
                Some('>') => two(&['>'], Token::Compare(Compare::Unequal), Token::Compare(Compare::Less)),
                _ => two(&['=', '＝'], Token::Compare(Compare::LessEqual), Token::Compare(Compare::Less)),
            },
            '>' | '＞' => two(&['=', '＝'], Token::Compare(Compare::GreaterEqual), Token::Compare(Compare::Greater)),
            '≤' => one(Token::Compare(Compare::LessEqual)),
            '≥' => one(Token::Compare(Compare::GreaterEqual)),
            '≠' => one(Token::Compare(Compare::Unequal)),
            '!' | '！' => two(&['=', '＝'], Token::Compare(Compare::Unequal), Token::Not),
            '&' => two(&['&'], Token::And, Token::And),
            '|' => two(&['|'], Token::Or, Token::Or),
            '"' | '\'' | '“' | '”' | '‘' | '’' => {
                let end = |q: char| match c {
                    '“' | '”' => q == '”' || q == '“',
                    '‘' | '’' => q == '’' || q == '‘',
                    open => q == open,
                };
                let (inner, length) = quoted(text, (start, at), end)?;
                at += length;
                one(Token::Text(inner))
            }
            '`' | '[' | '［' => {
                let close = |q: char| if c == '`' { q == '`' } else { q == ']' || q == '］' };
                let (inner, length) = quoted(text, (start, at), close)?;
                at += length;
                one(Token::Name(inner))
            }
            c if c.is_ascii_digit()
                || (c == '.' && followed_by(&['0', '1', '2', '3', '4', '5', '6', '7', '8', '9']).is_some()) =>
            {
                let rest = text.get(start..).unwrap_or("");
                let length = number_length(rest);
                let digits = rest.get(..length).unwrap_or("");
                at = start + length;
                let Ok(number) = digits.parse::<f64>() else {
                    return Err(QueryError::new("bad-number", (start, at), digits));
                };
                if let Some(sign) = text.get(at..).and_then(|t| t.chars().next()).filter(|c| matches!(c, '%' | '％')) {
                    at += sign.len_utf8();
                }
                one(Token::Number(number))
            }
            c if is_word(c) => {
                let rest = text.get(start..).unwrap_or("");
                let length = rest.find(|c| !is_word(c)).unwrap_or(rest.len());
                at = start + length;
                one(word(rest.get(..length).unwrap_or("")))
            }
            c => return Err(QueryError::new("bad-character", (start, at), c.to_string())),
        };
        at += more;
        out.push((token, (start, at)));
    }
    Ok(out)
}

/// Whether brackets stand around the whole of a text.
pub(super) fn is_bracketed(text: &str) -> bool {
    let Ok(list) = tokens(text) else { return false };
    let mut depth = 0_i32;
    for (i, (token, _)) in list.iter().enumerate() {
        depth += match token {
            Token::Open => 1,
            Token::Close => -1,
            _ => 0,
        };
        if depth == 0 && i + 1 < list.len() {
            return false;
        }
    }
    matches!(list.first(), Some((Token::Open, _)))
}

/// A field's name as an expression can have it: in quotes where it would otherwise be read as something else, as 户数(户) would.
pub fn quoted_name(name: &str) -> String {
    let is_plain = matches!(tokens(name).as_deref(), Ok([(Token::Word(word), _)]) if word == name);
    match is_plain {
        true => name.to_owned(),
        false if name.contains('`') => format!("[{name}]"),
        false => format!("`{name}`"),
    }
}

fn is_word(c: char) -> bool {
    c.is_alphanumeric() || matches!(c, '_' | '·' | '²')
}

/// Length of a number without sign: digits, a point, digits, an exponent.
fn number_length(text: &str) -> usize {
    let bytes = text.as_bytes();
    let digits = |mut i: usize| {
        while bytes.get(i).is_some_and(u8::is_ascii_digit) {
            i += 1;
        }
        i
    };
    let mut end = digits(0);
    if bytes.get(end) == Some(&b'.') {
        end = digits(end + 1);
    }
    if matches!(bytes.get(end), Some(b'e' | b'E')) {
        let sign = usize::from(matches!(bytes.get(end + 1), Some(b'+' | b'-')));
        let to = digits(end + 1 + sign);
        if to > end + 1 + sign {
            end = to;
        }
    }
    end
}

fn word(text: &str) -> Token {
    match text.to_ascii_lowercase().as_str() {
        "and" | "且" | "并且" => Token::And,
        "or" | "或" | "或者" => Token::Or,
        "not" | "非" | "不" => Token::Not,
        "is" | "为" => Token::Is,
        "in" | "属于" => Token::In,
        "contains" | "包含" | "含" | "含有" => Token::Contains(false),
        "不包含" | "不含" => Token::Contains(true),
        "unknown" | "未知" | "无数据" => Token::Unknown,
        "known" | "已知" => Token::Known,
        _ => Token::Word(text.to_owned()),
    }
}
