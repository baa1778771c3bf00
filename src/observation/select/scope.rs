//! Which observations a step is about.

use crate::observation::Observation;

/// Observations by kind, site and height; all unless something is said.
#[derive(Debug, Clone, PartialEq)]
pub struct Scope {
    /// Patterns of kinds; `*` stands for any text, `?` for a character. All kinds where empty.
    pub kinds: Vec<String>,
    /// Patterns of sites. All sites where empty.
    pub sites: Vec<String>,
    /// From this height above sea level on \[m\].
    pub above: f64,
    /// Below this height above sea level \[m\].
    pub below: f64,
}

impl Default for Scope {
    fn default() -> Self {
        Scope {
            kinds: vec![],
            sites: vec![],
            above: f64::NEG_INFINITY,
            below: f64::INFINITY,
        }
    }
}

impl Scope {
    /// All observations of these kinds.
    #[cfg(test)]
    pub(super) fn of_kinds(kinds: &[&str]) -> Self {
        Scope {
            kinds: kinds.iter().map(|k| k.to_string()).collect(),
            ..Scope::default()
        }
    }

    /// Whether an observation is one of them.
    pub fn holds(&self, o: &Observation) -> bool {
        let any = |patterns: &[String], text: &str| {
            patterns.is_empty() || patterns.iter().any(|p| matches(p, text))
        };
        any(&self.kinds, &o.kind)
            && any(&self.sites, &o.site)
            && o.altitude >= self.above
            && o.altitude < self.below
    }

    /// What it says, in words.
    pub(crate) fn in_words(&self) -> String {
        let list = |name: &str, patterns: &[String]| match patterns.is_empty() {
            true => None,
            false => Some(format!("{name} {}", patterns.join(", "))),
        };
        let above = (self.above > f64::NEG_INFINITY).then(|| format!("from {} m on", self.above));
        let below = (self.below < f64::INFINITY).then(|| format!("below {} m", self.below));
        let parts = [
            list("of", &self.kinds),
            list("at", &self.sites),
            above,
            below,
        ];
        let said: Vec<String> = parts.into_iter().flatten().collect();
        match said.is_empty() {
            true => String::new(),
            false => format!(" {}", said.join(" ")),
        }
    }
}

/// Whether a text is one that a pattern describes: `*` stands for any text, `?` for one character;
/// cases are the same.
pub fn matches(pattern: &str, text: &str) -> bool {
    let fold = |s: &str| s.to_lowercase().chars().collect::<Vec<char>>();
    let (p, t) = (fold(pattern), fold(text));
    let (mut i, mut j) = (0, 0);
    let mut star: Option<(usize, usize)> = None;
    while j < t.len() {
        if i < p.len() && (p[i] == '?' || (p[i] == t[j] && p[i] != '*')) {
            (i, j) = (i + 1, j + 1);
        } else if i < p.len() && p[i] == '*' {
            star = Some((i, j));
            i += 1;
        } else if let Some((at, from)) = star {
            // The last star takes one character more.
            star = Some((at, from + 1));
            (i, j) = (at + 1, from + 1);
        } else {
            return false;
        }
    }
    p[i..].iter().all(|c| *c == '*')
}
