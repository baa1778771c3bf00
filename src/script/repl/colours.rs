//! Colours of what is typed: words of the language, text, numbers, comments, functions, and the
//! bracket that matches.

use std::fmt::Write;

const WORDS: [&str; 22] = [
    "let", "const", "fn", "if", "else", "switch", "for", "in", "while", "loop", "do", "until",
    "break", "continue", "return", "throw", "try", "catch", "import", "as", "true", "false",
];

const WORD: &str = "\x1b[35m";
const TEXT: &str = "\x1b[32m";
const NUMBER: &str = "\x1b[36m";
const COMMENT: &str = "\x1b[2m";
const FUNCTION: &str = "\x1b[34m";
const BRACKET: &str = "\x1b[1;33m";
const END: &str = "\x1b[0m";

/// A line with colours; the bracket at the cursor and its partner stand out.
pub fn coloured(line: &str, cursor: usize) -> String {
    let pair = matching(line, cursor);
    let mut out = String::with_capacity(line.len() * 2);
    let mut rest = line;
    let mut at = 0;
    while let Some(c) = rest.chars().next() {
        let (length, colour) = token(rest, c);
        let (piece, tail) = rest.split_at(length);
        let colour = if pair.is_some_and(|(a, b)| at == a || at == b) {
            BRACKET
        } else {
            colour
        };
        let _ = if colour.is_empty() {
            write!(out, "{piece}")
        } else {
            write!(out, "{colour}{piece}{END}")
        };
        (rest, at) = (tail, at + length);
    }
    out
}

/// Length and colour of what a text begins with.
fn token(rest: &str, c: char) -> (usize, &'static str) {
    let span = |more: &dyn Fn(char) -> bool| {
        rest.char_indices()
            .find(|(_, c)| !more(*c))
            .map_or(rest.len(), |(k, _)| k)
    };
    if rest.starts_with("//") {
        return (rest.find('\n').unwrap_or(rest.len()), COMMENT);
    }
    if c == '"' || c == '`' {
        return (quoted(rest, c), TEXT);
    }
    if c.is_ascii_digit() {
        return (
            span(&|c| c.is_ascii_alphanumeric() || c == '.' || c == '_'),
            NUMBER,
        );
    }
    if c.is_alphabetic() || c == '_' {
        let length = span(&|c| c.is_alphanumeric() || c == '_');
        let colour = match &rest[..length] {
            word if WORDS.contains(&word) => WORD,
            _ if rest[length..].starts_with('(') || rest[length..].starts_with("::") => FUNCTION,
            _ => "",
        };
        return (length, colour);
    }
    (c.len_utf8(), "")
}

/// Length of a text with its quotes, or of all that is there where it does not end.
fn quoted(rest: &str, quote: char) -> usize {
    let mut escaped = false;
    for (k, c) in rest.char_indices().skip(1) {
        if c == quote && !escaped {
            return k + 1;
        }
        escaped = c == '\\' && !escaped;
    }
    rest.len()
}

/// The bracket at the cursor or before it, and its partner.
fn matching(line: &str, cursor: usize) -> Option<(usize, usize)> {
    let is_bracket = |k: &usize| {
        line.as_bytes()
            .get(*k)
            .is_some_and(|b| b"()[]{}".contains(b))
    };
    let at = [Some(cursor), cursor.checked_sub(1)]
        .into_iter()
        .flatten()
        .find(is_bracket)?;
    let bracket = line.as_bytes()[at];
    let (partner, forward) = match bracket {
        b'(' => (b')', true),
        b'[' => (b']', true),
        b'{' => (b'}', true),
        b')' => (b'(', false),
        b']' => (b'[', false),
        _ => (b'{', false),
    };
    let mut depth = 0;
    let mut find = |k: usize| {
        let b = line.as_bytes()[k];
        depth += i32::from(b == bracket) - i32::from(b == partner);
        (depth == 0).then_some((at, k))
    };
    if forward {
        (at..line.len()).find_map(&mut find)
    } else {
        (0..=at).rev().find_map(&mut find)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn colours_change_nothing_but_colours() {
        for line in [
            "let x = f(#{ a: \"b\\\" c\", d: [1.5e3, 2] }); // end",
            "`open ${x",
            "é + \"ü\"",
            "plot::map(x)",
        ] {
            let shown = coloured(line, 3);
            let bare = [WORD, TEXT, NUMBER, COMMENT, FUNCTION, BRACKET, END]
                .iter()
                .fold(shown, |s, code| s.replace(code, ""));
            assert_eq!(bare, line);
        }
        assert!(coloured("let x", 0).starts_with(WORD));
    }

    #[test]
    fn a_bracket_finds_its_partner() {
        assert_eq!(matching("f(a[1], (b))", 1), Some((1, 11)));
        assert_eq!(matching("f(a[1], (b))", 12), Some((11, 1)));
        assert_eq!(matching("f(a", 1), None);
    }
}
