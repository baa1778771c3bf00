//! Options declared in the language: the map of defaults that a function gives to `fill`, with the
//! comments beside its keys.
//!
//! ```text
//! fn run(world, options) {
//!     let o = fill("room::run", defaults(), options);   // or the map itself
//! }
//! fn defaults() {
//!     #{
//!         // Ensemble size.
//!         members: 64,
//!         in_situ: options_of("network::in_situ"), // of the in situ network
//!     }
//! }
//! ```

use crate::script::bridge::options::{Declared, Nested};
use rhai::{AST, ASTNode, Expr, FnCallExpr, Position, Stmt};

/// The tables of a text by the names of their functions.
pub fn tables(ast: &AST, text: &str) -> Vec<(String, Vec<Declared>)> {
    let mut declared = Vec::new();
    ast.walk(&mut |path: &[ASTNode]| {
        if let Some(ASTNode::Expr(Expr::FnCall(call, _)) | ASTNode::Stmt(Stmt::FnCall(call, _))) =
            path.last()
            && call.name == "fill"
            && let [name, defaults, _] = &call.args[..]
            && let Some(name) = text_of(name)
            && let Some(at) = map_of(ast, defaults)
        {
            declared.push((name, read(text, at)));
        }
        true
    });
    declared
}

fn text_of(e: &Expr) -> Option<String> {
    match e {
        Expr::StringConstant(text, _) => Some(text.to_string()),
        _ => None,
    }
}

/// Where the map of defaults stands: here, or at the end of the function that is called for it.
fn map_of(ast: &AST, defaults: &Expr) -> Option<Position> {
    match defaults {
        Expr::Map(_, at) | Expr::DynamicConstant(_, at) => Some(*at),
        Expr::FnCall(call, _) => last_map(ast, call),
        _ => None,
    }
}

fn last_map(ast: &AST, call: &FnCallExpr) -> Option<Position> {
    let function = ast
        .iter_fn_def()
        .find(|f| f.name == call.name && f.params.len() == call.args.len())?;
    match function.body.statements().last()? {
        Stmt::Expr(e) => match &**e {
            Expr::Map(_, at) | Expr::DynamicConstant(_, at) => Some(*at),
            _ => None,
        },
        _ => None,
    }
}

/// The options of the map literal that begins at a place.
fn read(text: &str, at: Position) -> Vec<Declared> {
    let (line, column) = (at.line().unwrap_or(1), at.position().unwrap_or(1));
    let rest: Vec<&str> = text.split('\n').skip(line - 1).collect();
    let rest = rest.join("\n");
    let start = rest.char_indices().nth(column - 1).map_or(0, |(k, _)| k);
    let Some(open) = rest[start..].find('{') else {
        return Vec::new();
    };
    let mut reader = Reader::default();
    for token in tokens(&rest[start + open + 1..]) {
        if reader.take(token) {
            break;
        }
    }
    reader.end();
    reader.declared
}

/// A piece of a map literal.
#[derive(Debug, PartialEq)]
enum Token<'a> {
    Comment(&'a str),
    Newline,
    Text(&'a str),
}

/// Comments, line ends and everything else; quoted text stays whole.
fn tokens(text: &str) -> Vec<Token<'_>> {
    let (mut all, mut k) = (Vec::new(), 0);
    let bytes = text.as_bytes();
    while k < text.len() {
        let from = k;
        let token = if text[k..].starts_with("//") {
            k = text[k..].find('\n').map_or(text.len(), |n| k + n);
            Token::Comment(text[from + 2..k].trim())
        } else if bytes[k] == b'\n' {
            k += 1;
            Token::Newline
        } else if matches!(bytes[k], b'"' | b'`') {
            let quote = bytes[k] as char;
            let close = text[k + 1..].find(quote).map_or(text.len(), |n| k + n + 2);
            k = close;
            Token::Text(&text[from..k])
        } else {
            k += text[k..].chars().next().map_or(1, char::len_utf8);
            Token::Text(&text[from..k])
        };
        all.push(token);
    }
    all
}

/// Reads `key: value` pairs with the comments above and behind them.
#[derive(Default)]
struct Reader {
    declared: Vec<Declared>,
    above: Vec<String>,
    pair: String,
    depth: usize,
    /// A pair has ended on this line, so that a comment behind it is its own.
    ended: bool,
}

impl Reader {
    /// Takes a token; true at the end of the map.
    fn take(&mut self, token: Token) -> bool {
        match token {
            Token::Comment(text) => self.comment(text),
            Token::Newline => {
                self.ended = false;
                self.pair.push(' ');
            }
            Token::Text(t) => match t {
                "}" if self.depth == 0 => return true,
                "," if self.depth == 0 => self.end(),
                _ => {
                    match t {
                        "{" | "[" | "(" => self.depth += 1,
                        "}" | "]" | ")" => self.depth = self.depth.saturating_sub(1),
                        _ => {}
                    }
                    self.pair.push_str(t);
                }
            },
        }
        false
    }

    fn comment(&mut self, text: &str) {
        match self.declared.last_mut().filter(|_| self.ended) {
            Some(last) if last.text.is_empty() => last.text = text.to_string(),
            Some(last) => last.text += &format!(" {text}"),
            None => self.above.push(text.to_string()),
        }
    }

    fn end(&mut self) {
        let pair = std::mem::take(&mut self.pair);
        let text = std::mem::take(&mut self.above).join(" ");
        if let Some((key, value)) = pair.trim().split_once(':') {
            self.declared
                .push(declared(key.trim().trim_matches('"'), value.trim(), text));
            self.ended = true;
        }
    }
}

/// An option with the default as it is written.
fn declared(key: &str, value: &str, text: String) -> Declared {
    let of = value
        .strip_prefix("options_of(\"")
        .and_then(|v| v.split('"').next());
    let kind = match value.chars().next() {
        _ if of.is_some() => "map of options",
        Some('"' | '`') => "text",
        Some('[') => "array",
        Some('#') => "map",
        Some('0'..='9' | '-') => "number",
        _ if value == "true" || value == "false" => "true or false",
        _ if value.starts_with("date(") => "date",
        _ => "any value",
    };
    Declared {
        key: key.to_string(),
        kind: kind.to_string(),
        unit: String::new(),
        default: if of.is_some() {
            "#{}".into()
        } else {
            value.to_string()
        },
        required: false,
        text,
        nested: of.map_or(Nested::None, |f| Nested::Of(f.to_string())),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::script::bridge::grammar::grammar;

    fn of(text: &str) -> Vec<(String, Vec<Declared>)> {
        tables(&grammar().compile(text).unwrap(), text)
    }

    #[test]
    fn defaults_with_comments_are_a_declaration() {
        let text = "fn run(o) {\n    fill(\"a::run\", defaults(), o)\n}\nfn defaults() {\n    #{\n        // Ensemble\n        // size.\n        members: 64,\n        name: \"a, b\", // of the run\n        reach: #{ a: 1, b: [2, 3] },\n        in_situ: options_of(\"network::in_situ\"),\n    }\n}\n";
        let all = of(text);
        assert_eq!((all.len(), all[0].0.as_str()), (1, "a::run"));
        let o = &all[0].1;
        let keys: Vec<&str> = o.iter().map(|d| d.key.as_str()).collect();
        assert_eq!(keys, ["members", "name", "reach", "in_situ"]);
        assert_eq!(
            (o[0].text.as_str(), o[0].default.as_str()),
            ("Ensemble size.", "64")
        );
        assert_eq!(
            (o[1].text.as_str(), o[1].default.as_str()),
            ("of the run", "\"a, b\"")
        );
        assert_eq!(o[2].default, "#{ a: 1, b: [2, 3] }");
        assert_eq!(o[3].nested, Nested::Of("network::in_situ".into()));
    }

    #[test]
    fn a_map_given_to_fill_at_once_is_one_too() {
        let all = of("fn run(o) { let o = fill(\"run\", #{ level: 0.95, unit: \"\" }, o); o }");
        assert_eq!(all[0].1[0].default, "0.95");
        assert_eq!(all[0].1[1].key, "unit");
    }
}
