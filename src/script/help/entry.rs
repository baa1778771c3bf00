//! A documented function, from what it was registered with.

use crate::script::bridge::value::kind_of;
use rhai::FuncInfo;
use std::hash::{DefaultHasher, Hash, Hasher};

/// One documented function, as it is called.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct Entry {
    /// Name with its module: `regions::from_function`.
    pub name: String,
    /// Kinds of the parameters with their names.
    pub parameters: Vec<(String, String)>,
    /// Kind of the result.
    pub result: String,
    /// The documentation, Markdown with the headings Arguments, Returns, Errors, Example.
    pub text: String,
    /// Whether it belongs to this program and not to the language.
    pub registered: bool,
    /// Whether it is read as `value.name`, without brackets.
    pub property: bool,
}

impl Entry {
    /// `mean(field: Field, dims: array) -> Field`, and of a property `Field.unit -> text`.
    pub fn signature(&self) -> String {
        if let (true, Some((_, kind))) = (self.property, self.parameters.first()) {
            return format!(
                "{kind}.{} -> {}",
                self.name.rsplit("::").next().unwrap_or(&self.name),
                self.result
            );
        }
        let parameters = self.parameters.iter().map(|(name, kind)| {
            if kind.is_empty() {
                name.clone()
            } else {
                format!("{name}: {kind}")
            }
        });
        let head = format!(
            "{}({})",
            self.name,
            parameters.collect::<Vec<_>>().join(", ")
        );
        if self.result.is_empty() {
            head
        } else {
            format!("{head} -> {}", self.result)
        }
    }
    /// The Rhai text of each Example block.
    pub fn examples(&self) -> Vec<String> {
        let mut examples = Vec::new();
        let mut block: Option<String> = None;
        for line in self.text.lines() {
            match (&mut block, line.trim_start().starts_with("```")) {
                (None, true) => block = Some(String::new()),
                (Some(_), true) => examples.extend(block.take()),
                (Some(text), false) => *text += &format!("{line}\n"),
                (None, false) => {}
            }
        }
        examples
    }
    /// Whether it is written in the language itself, where parameters are of no kind.
    pub fn is_script(&self) -> bool {
        self.parameters.iter().all(|(_, kind)| kind.is_empty())
    }
    /// The first sentence or line.
    pub fn summary(&self) -> &str {
        self.text.lines().next().unwrap_or("")
    }
}

/// The same number for the same function: its name, module, parameters and result.
pub(super) fn identity(f: &FuncInfo) -> u64 {
    let mut hasher = DefaultHasher::new();
    let m = f.metadata;
    (
        f.namespace.as_str(),
        m.name.as_str(),
        m.num_params,
        &m.params_info[..],
        m.return_type.as_str(),
    )
        .hash(&mut hasher);
    f.script.as_ref().map(|s| s.params.len()).hash(&mut hasher);
    hasher.finish()
}

/// A function of the engine; none where it has nothing to be said about.
pub(super) fn described(f: &FuncInfo) -> Option<Entry> {
    match &f.script {
        Some(script) => entry(
            &f.namespace,
            script.name,
            &script.params,
            script.params.len(),
            "",
            &script.comments,
        ),
        None => {
            let m = f.metadata;
            // Without names of parameters it is a twin of another function, for variables that are
            // read for it.
            if m.num_params > 0 && m.params_info.is_empty() {
                return None;
            }
            entry(
                &f.namespace,
                &m.name,
                &m.params_info,
                m.num_params,
                &m.return_type,
                &m.comments,
            )
        }
    }
}

/// A function of a module by its name, parameters, result and the comments above it.
pub(super) fn entry(
    module: &str,
    name: &str,
    parameters: &[impl AsRef<str>],
    count: usize,
    result: &str,
    comments: &[impl AsRef<str>],
) -> Option<Entry> {
    if name.starts_with("anon$") || name.starts_with("set$") || name.starts_with("index$") {
        return None;
    }
    let (name, property) = name
        .strip_prefix("get$")
        .map_or((name, false), |name| (name, true));
    let full = if module.is_empty() {
        name.to_string()
    } else {
        format!("{module}::{name}")
    };
    let mut parameters: Vec<(String, String)> = parameters
        .iter()
        .take(count)
        .map(|p| parameter(p.as_ref()))
        .collect();
    parameters.extend((parameters.len()..count).map(|k| (format!("x{k}"), String::new())));
    Some(Entry {
        name: full,
        parameters,
        result: result_kind(result),
        text: plain(comments),
        registered: true,
        property,
    })
}

fn parameter(text: &str) -> (String, String) {
    let (name, kind) = text.split_once(':').unwrap_or((text, ""));
    let name = name
        .trim()
        .trim_start_matches("mut ")
        .trim_start_matches('_');
    (
        if name.is_empty() || name == "?" {
            "x".into()
        } else {
            name.to_string()
        },
        kind_of(kind.replace("& mut", "").replace("&mut", "").trim()),
    )
}

fn result_kind(text: &str) -> String {
    let text = text.replace(' ', "");
    let wrapped = ["Fallible<", "RhaiResultOf<", "Result<"]
        .iter()
        .find_map(|p| text.split_once(p))
        .map(|(_, inner)| inner);
    // The first parameter of a result, without its error.
    let inner = wrapped.map_or(text.as_str(), |t| t.split([',', '>']).next().unwrap_or(t));
    if inner.is_empty() || inner == "()" {
        String::new()
    } else {
        kind_of(inner)
    }
}

/// Comment lines without their markers, and without the signs that keep brackets from being links.
fn plain(comments: &[impl AsRef<str>]) -> String {
    let lines = comments.iter().flat_map(|c| c.as_ref().lines());
    let text: Vec<&str> = lines
        .map(|l| {
            l.trim_start()
                .trim_start_matches("///")
                .trim_start_matches("/**")
                .trim_end_matches("*/")
        })
        .collect();
    text.iter()
        .map(|l| l.strip_prefix(' ').unwrap_or(l).trim_end())
        .collect::<Vec<_>>()
        .join("\n")
        .trim()
        .replace("\\[", "[")
        .replace("\\]", "]")
}
