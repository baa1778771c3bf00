//! Which text a position belongs to.
//!
//! Every text a session compiles (the stdlib, the script, each line of the prompt) gets a range of
//! line numbers of its own by starting after the lines of the ones before. A position alone then
//! says which file it is in, wherever a closure travels.

use crate::error::{Error, Result};
use rhai::Position;

/// The texts of a session in the order they were compiled.
#[derive(Debug, Clone, Default)]
pub struct Sources {
    texts: Vec<Source>,
    lines: usize,
}

/// One compiled text.
#[derive(Debug, Clone)]
pub struct Source {
    /// File name, or `line 3` of the prompt.
    pub name: String,
    text: String,
    before: usize,
    embedded: bool,
    insertions: Vec<Insertion>,
}

/// A text that the program puts into one it compiles.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Insertion {
    /// Line among all lines of the session, from 1.
    pub line: usize,
    /// Column after which it stands, before anything was inserted.
    pub column: usize,
    /// The text.
    pub text: String,
}

/// A position for people.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Location {
    /// File name.
    pub name: String,
    /// Line, from 1.
    pub line: usize,
    /// Column, from 1.
    pub column: usize,
    /// The text of the line.
    pub text: String,
    /// Whether it is part of the program, not a text of the person who runs it.
    pub embedded: bool,
}

impl Sources {
    /// Most lines a session can hold; the engine counts lines in 16 bits.
    const MOST: usize = 65_000;

    /// Adds a text and gives it back moved down to lines of its own.
    ///
    /// # Errors
    /// The session holds too many lines.
    pub fn add(&mut self, name: &str, text: &str) -> Result<String> {
        let n = text.lines().count() + 1;
        if self.lines + n > Self::MOST {
            return Err(Error::new("this session holds too many lines")
                .expected(format!("at most {}", Self::MOST))
                .hint(":reset, or a shorter file"));
        }
        let moved = "\n".repeat(self.lines) + text;
        self.texts.push(Source {
            name: name.to_string(),
            text: text.to_string(),
            before: self.lines,
            embedded: false,
            insertions: vec![],
        });
        self.lines += n;
        Ok(moved)
    }

    /// The same for a text that is part of the program.
    ///
    /// # Errors
    /// The session holds too many lines.
    pub fn add_embedded(&mut self, name: &str, text: &str) -> Result<String> {
        let moved = self.add(name, text)?;
        self.texts
            .iter_mut()
            .last()
            .into_iter()
            .for_each(|s| s.embedded = true);
        Ok(moved)
    }

    /// The texts of modules written in the language: those of the program and of `stdlib` folders.
    pub fn modules(&self) -> Vec<String> {
        let module = |s: &&Source| s.embedded;
        self.texts
            .iter()
            .filter(module)
            .map(|s| s.text.clone())
            .collect()
    }

    /// Every text, each on its own lines, so that any position of the session is in it.
    pub fn whole(&self) -> String {
        let lines = self.texts.iter().flat_map(|s| s.text.lines().chain([""]));
        lines.flat_map(|line| [line, "\n"]).collect()
    }

    /// The text added last, moved down and with `insertions` in order of location, which positions
    /// then leave out.
    pub fn amended(&mut self, moved: &str, insertions: Vec<Insertion>) -> String {
        let mut lines: Vec<Vec<char>> = moved.lines().map(|l| l.chars().collect()).collect();
        for insertion in insertions.iter().rev() {
            let at = insertion.column;
            lines[insertion.line - 1].splice(at..at, insertion.text.chars());
        }
        let last = self.texts.iter_mut().last();
        last.into_iter()
            .for_each(|s| s.insertions = insertions.clone());
        let lines: Vec<String> = lines.into_iter().map(String::from_iter).collect();
        lines.join("\n")
    }

    /// Names that a person's texts make with `let`, `const` or `for`, for suggestions.
    pub fn names(&self) -> Vec<String> {
        let mut names = Vec::new();
        for source in self.texts.iter().filter(|s| !s.embedded) {
            let words: Vec<&str> = source
                .text
                .split(|c: char| !(c.is_alphanumeric() || c == '_'))
                .filter(|w| !w.is_empty())
                .collect();
            names.extend(
                words
                    .windows(2)
                    .filter(|w| ["let", "const", "for"].contains(&w[0]))
                    .map(|w| w[1].to_string()),
            );
        }
        names
    }

    /// The last line before that of a position that is not empty, of the same text.
    pub fn line_above(&self, position: Position) -> String {
        let Some(location) = self.location(position) else {
            return String::new();
        };
        let source = self.texts.iter().rev().find(|s| s.name == location.name);
        let above = source.and_then(|s| {
            s.text
                .lines()
                .take(location.line - 1)
                .filter(|l| !l.trim().is_empty())
                .last()
        });
        above.unwrap_or("").to_string()
    }

    /// The file, line and column of a position, if it has one.
    pub fn location(&self, position: Position) -> Option<Location> {
        let line = position.line()?;
        let k = self
            .texts
            .partition_point(|s| s.before < line)
            .checked_sub(1)?;
        let source = &self.texts[k];
        let text = source
            .text
            .lines()
            .nth(line - source.before - 1)
            .unwrap_or("")
            .to_string();
        Some(Location {
            name: source.name.clone(),
            line: line - source.before,
            column: source.column(line, position.position().unwrap_or(1)),
            text,
            embedded: source.embedded,
        })
    }
}

impl Source {
    /// A column of a line of the session, without what was inserted before it.
    fn column(&self, line: usize, column: usize) -> usize {
        let here = self.insertions.iter().filter(|i| i.line == line);
        here.fold(column, |column, i| {
            if column > i.column {
                i.column.max(column.saturating_sub(i.text.chars().count()))
            } else {
                column
            }
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_inserted_does_not_move_what_people_see() {
        let mut sources = Sources::default();
        let moved = sources.add("a", "for k in x { f(k); g(k) }").unwrap();
        let insertion = |column, text: &str| Insertion {
            line: 1,
            column,
            text: text.into(),
        };
        let insertions = vec![insertion(12, " let k = k;"), insertion(18, " return")];
        let amended = sources.amended(&moved, insertions);
        assert_eq!(amended, "for k in x { let k = k; f(k); return g(k) }");
        let column = |of: &str| {
            let at = Position::new(1, amended.find(of).unwrap() as u16 + 1);
            sources.location(at).unwrap().column
        };
        assert_eq!(
            (column("x {"), column("f(k)"), column("g(k)")),
            (10, 14, 20)
        );
    }

    #[test]
    fn a_position_finds_its_text_again() {
        let mut sources = Sources::default();
        sources.add("a", "one\ntwo\n").unwrap();
        let moved = sources.add("b", "three\nfour").unwrap();
        let line = moved.lines().position(|l| l == "four").unwrap() + 1;
        let location = sources.location(Position::new(line as u16, 2)).unwrap();
        assert_eq!(
            (
                location.name.as_str(),
                location.line,
                location.column,
                location.text.as_str()
            ),
            ("b", 2, 2, "four")
        );
        assert_eq!(sources.location(Position::new(2, 1)).unwrap().text, "two");
        assert_eq!(sources.location(Position::NONE), None);
    }
}
