//! The keys a function's options may have, from its documentation: the code words of the bullet on
//! `options`.

use crate::script::help::docs::Docs;
use std::collections::{BTreeMap, BTreeSet};

impl Docs {
    /// The option keys of the functions called `name`; none where they document no options.
    pub(super) fn keys_in_prose(&self, name: &str) -> Option<BTreeSet<String>> {
        let mut found = BTreeSet::new();
        for entry in self.entries().iter().filter(|e| e.name == name) {
            for span in code_spans(&bullet(&entry.text)) {
                match span.strip_suffix("()") {
                    Some(function) => found.extend(
                        self.entries()
                            .iter()
                            .filter(|e| e.name == function)
                            .flat_map(|e| words(&e.text)),
                    ),
                    None => found.extend(Some(span).filter(|s| is_key(s))),
                }
            }
        }
        if found.is_empty() { None } else { Some(found) }
    }

    /// The options that are maps of options themselves, and whose: from `key`: options of
    /// `function` in the bullet, or in that of the function that lists the defaults.
    pub(super) fn nested_in_prose(&self, name: &str) -> BTreeMap<String, String> {
        let mut found = BTreeMap::new();
        for entry in self.entries().iter().filter(|e| e.name == name) {
            let own = bullet(&entry.text);
            found.extend(options_of(&own));
            let lists: Vec<String> = code_spans(&own)
                .iter()
                .filter_map(|s| s.strip_suffix("()").map(str::to_string))
                .collect();
            found.extend(
                self.entries()
                    .iter()
                    .filter(|e| lists.contains(&e.name))
                    .flat_map(|e| options_of(&e.text)),
            );
        }
        found
    }
}

/// The bullet that documents the options, to the next bullet or paragraph.
fn bullet(text: &str) -> String {
    let begins = |line: &str| line.starts_with("- `options`") || line.starts_with("- options");
    let mut lines = text.lines().skip_while(|l| !begins(l));
    let first = lines.next().unwrap_or("");
    let rest = lines.take_while(|l| !l.is_empty() && !l.starts_with("- ") && !l.starts_with('#'));
    std::iter::once(first)
        .chain(rest)
        .collect::<Vec<_>>()
        .join("\n")
        .replacen("`options`", "", 1)
}

/// The keys before "options of" and the function after it.
fn options_of(text: &str) -> Vec<(String, String)> {
    const OF: &str = ": options of `";
    let text = text.split_whitespace().collect::<Vec<_>>().join(" ");
    let mut found = Vec::new();
    for (k, _) in text.match_indices(OF) {
        let function = text[k + OF.len()..].split('`').next().unwrap_or("");
        let keys = text[..k]
            .rsplit("; ")
            .next()
            .unwrap_or("")
            .rsplit(": ")
            .next()
            .unwrap_or("");
        found.extend(
            words(keys)
                .into_iter()
                .map(|key| (key, function.to_string())),
        );
    }
    found
}

fn words(text: &str) -> Vec<String> {
    code_spans(text).into_iter().filter(|s| is_key(s)).collect()
}

/// What stands between single backticks.
fn code_spans(text: &str) -> Vec<String> {
    text.split('`')
        .skip(1)
        .step_by(2)
        .map(str::to_string)
        .collect()
}

fn is_key(span: &str) -> bool {
    span.starts_with(|c: char| c.is_ascii_lowercase())
        && span.chars().all(|c| c.is_ascii_alphanumeric() || c == '_')
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::script::Session;
    use crate::script::bridge::options::{Declared, Nested};
    use crate::script::session::Start;

    #[test]
    fn keys_are_the_code_words_of_the_bullet() {
        let text = "A thing.\n\n# Arguments\n- `field`: of `lat`.\n- `options`: optional. `title`; `range`: `[low, high]`, as\n  `width` says.\n- `other`: x.";
        assert_eq!(words(&bullet(text)), ["title", "range", "width"]);
    }

    #[test]
    fn options_of_another_function_are_followed_there() {
        let docs = Session::new(Start::default()).unwrap().docs();
        assert_eq!(docs.keys_in_prose("assert_near"), None);
        let world = docs.options_of("world::built_in").unwrap();
        let satellite = world.iter().find(|o| o.key == "satellite").unwrap();
        assert_eq!(
            satellite.nested,
            Nested::Of("network::satellite".to_string())
        );
        let nested = |o: &&Declared| matches!(o.nested, Nested::Of(_));
        for option in world.iter().filter(nested) {
            assert!(docs.options_in(option).is_some(), "{option:?}");
        }
    }
}
