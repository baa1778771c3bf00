//! A session of the prompt as a script, with the digests that it must come to again.
//!
//! Comments at the end of the script hold them, so that it runs as any other:
//!
//! ```text
//! // [3]                          before the text of entry 3
//! // input DIGEST FILE            a file that was read
//! // value 3 DIGEST               what entry 3 gave
//! // variable NAME DIGEST         what a variable held at the end
//! ```

use super::entry::{closed, is_expression, uses, value_name};
use crate::script::bridge::errors::Fallible;
use crate::script::session::Session;
use crate::script::tools::digest;
use crate::script::tools::stored::Parts;
use rhai::Dynamic;
use std::collections::BTreeMap;
use std::fmt::Write;
use std::path::Path;

const HEAD: &str =
    "// Journal: `mcas replay FILE` runs the entries and compares what they come to.";

/// The entries of a session as a script that runs, a value that a later entry uses having its name,
/// and the journal.
pub fn text(session: &Session) -> String {
    let entries = session.entries();
    let mut text = String::new();
    let mut named = vec![];
    for (k, entry) in entries.iter().enumerate() {
        let used = entries[k + 1..].iter().any(|e| uses(&e.text, k + 1));
        let lead = if entry.gave_value && used && is_expression(&entry.text) {
            named.push(k + 1);
            format!("let {} = ", value_name(k + 1))
        } else {
            String::new()
        };
        let _ = writeln!(
            text,
            "// [{}]\n{}",
            k + 1,
            closed(&format!("{lead}{}", entry.text))
        );
    }
    let _ = writeln!(text, "// [end]\n{HEAD}");
    for (file, sha256) in session.inputs() {
        let _ = writeln!(text, "// input {sha256} {}", file.display());
    }
    for (entry, value) in session.values().iter().filter(|(k, _)| !named.contains(k)) {
        let _ = writeln!(text, "// value {entry} {}", digest_of(session, value));
    }
    for (name, value) in session.variables().iter().filter(|(_, v)| comparable(v)) {
        let _ = writeln!(text, "// variable {name} {}", digest_of(session, value));
    }
    text
}

/// Whether a value is the same whenever it is made; a moment of the clock is not.
fn comparable(value: &Dynamic) -> bool {
    value.type_name() != "timestamp" && !value.is_fnptr()
}

fn digest_of(session: &Session, value: &Dynamic) -> String {
    match Parts::of("the value", value) {
        Ok(parts) => digest::of_parts(parts.bytes(), parts.singles()),
        Err(_) => digest::of_text(&session.show(value)),
    }
}

/// What a replay came to.
#[derive(Debug, Default, PartialEq, Eq)]
pub struct Replayed {
    /// How many values and variables were compared.
    pub compared: usize,
    /// Inputs that are not what they were, and values that differ, each in a sentence.
    pub differences: Vec<String>,
}

/// Runs the entries of a journal in a session, one by one, and compares what they come to.
///
/// # Errors
/// An entry fails.
pub fn replay(session: &mut Session, text: &str) -> Fallible<Replayed> {
    let journal = Journal::of(text);
    let mut done = Replayed::default();
    for (file, sha256) in &journal.inputs {
        match digest::of_file(Path::new(file)) {
            Ok((_, now)) if now == *sha256 => {}
            Ok(_) => done
                .differences
                .push(format!("the input {file} holds something else")),
            Err(e) => done
                .differences
                .push(format!("the input {file} cannot be read: {e}")),
        }
    }
    for (number, entry) in &journal.entries {
        let wanted = journal.values.get(number);
        let entry = if wanted.is_some() {
            entry.trim_end().trim_end_matches(';')
        } else {
            entry
        };
        let value = session.run(&format!("entry {number}"), entry)?;
        if let Some(wanted) = wanted {
            done.compare(
                format!("the value of entry {number}"),
                wanted,
                &digest_of(session, &value),
            );
        }
    }
    let now: BTreeMap<String, Dynamic> = session.variables().into_iter().collect();
    for (name, wanted) in &journal.variables {
        let got = now.get(name).map(|v| digest_of(session, v));
        done.compare(
            format!("the variable {name}"),
            wanted,
            &got.unwrap_or_default(),
        );
    }
    Ok(done)
}

impl Replayed {
    fn compare(&mut self, what: String, wanted: &str, got: &str) {
        self.compared += 1;
        if wanted != got {
            let short = |d: &str| d.chars().take(12).collect::<String>();
            self.differences.push(format!(
                "{what} differs: digest {}, was {}",
                short(got),
                short(wanted)
            ));
        }
    }
}

/// A journal taken apart.
#[derive(Debug, Default)]
struct Journal {
    entries: Vec<(usize, String)>,
    inputs: Vec<(String, String)>,
    values: BTreeMap<usize, String>,
    variables: Vec<(String, String)>,
}

impl Journal {
    fn of(text: &str) -> Self {
        let mut journal = Journal::default();
        let mut ended = false;
        for line in text.lines() {
            let note = line.strip_prefix("// ");
            let mark = note.and_then(|n| n.strip_prefix('[')?.strip_suffix(']'));
            match (mark.map(str::parse), note) {
                (Some(Ok(number)), _) => journal.entries.push((number, String::new())),
                (Some(Err(_)), _) => ended = true,
                (None, Some(note)) if ended => journal.take(note),
                _ => {
                    if let Some((_, entry)) = journal.entries.last_mut().filter(|_| !ended) {
                        entry.push_str(line);
                        entry.push('\n');
                    }
                }
            }
        }
        journal
    }

    fn take(&mut self, note: &str) {
        let mut words = note.splitn(3, ' ');
        let (kind, first, second) = (words.next(), words.next(), words.next());
        let (Some(kind), Some(first), Some(second)) = (kind, first, second) else {
            return;
        };
        let pair = |a: &str, b: &str| (a.to_string(), b.to_string());
        match kind {
            "input" => self.inputs.push(pair(second, first)),
            "value" => self
                .values
                .extend(first.parse().ok().map(|k| (k, second.to_string()))),
            "variable" => self.variables.push(pair(first, second)),
            _ => {}
        }
    }
}

#[cfg(test)]
mod tests {
    use super::super::{Outcome, command};
    use super::*;
    use crate::script::session::Start;

    /// A session that read a file, and what `:save` wrote of it.
    fn saved(folder: &Path) -> String {
        let (csv, saved) = (folder.join("in.csv"), folder.join("s.rhai"));
        std::fs::write(&csv, "a\n1\n2\n").unwrap();
        let mut session = Session::new(Start::default()).unwrap();
        let entries = [
            &format!("t = read_csv({:?})", csv.display().to_string()),
            "t.column(\"a\")",
            "_[0] + 0.5",
            "fn twice(x) {\n    2 * x\n}",
            "y = twice(_)",
            "random::normal(1, \"x\", 0, [\"x\"], [3])",
            "begun = timestamp()",
            &format!(":save {}", saved.display()),
        ];
        for entry in entries {
            let outcome = command(&mut session, entry);
            assert!(!matches!(outcome, Outcome::Report(_)), "{outcome:?}");
        }
        std::fs::read_to_string(&saved).unwrap()
    }

    #[test]
    fn a_replay_comes_to_the_same_and_says_what_does_not() {
        let folder = tempfile::tempdir().unwrap();
        let text = saved(folder.path());
        // The files that other tests of this process read are none of ours.
        let folder_name = folder.path().display().to_string();
        let again = |text: &str| {
            let mut session = Session::new(Start::default()).unwrap();
            let mut done = replay(&mut session, text).unwrap();
            done.differences
                .retain(|d| !d.starts_with("the input") || d.contains(&folder_name));
            done
        };
        let same = again(&text);
        let none = same.differences.is_empty();
        assert!(none && same.compared >= 4, "{same:?}\n{text}");
        let other = again(&text.replace("2 * x", "3 * x"));
        assert!(
            other.differences[0].contains("the variable y differs"),
            "{other:?}"
        );
        std::fs::write(folder.path().join("in.csv"), "a\n1\n3\n").unwrap();
        let other = again(&text);
        assert!(
            other.differences[0].contains("in.csv holds something else"),
            "{other:?}"
        );
        let mut session = Session::new(Start::default()).unwrap();
        assert!(session.run("saved", &text).is_ok());
    }
}
