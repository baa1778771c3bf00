//! Where warnings of one name were given, for their sum at the end of a run.

use std::collections::{BTreeMap, BTreeSet};
use std::fmt;

/// Where a warning is about: a region, which may be empty, and a window.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Spot {
    /// Name of the region.
    pub region: String,
    /// Number of the window.
    pub window: usize,
}

impl fmt::Display for Spot {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if !self.region.is_empty() {
            write!(f, "{}, ", self.region)?;
        }
        write!(f, "window {}", self.window)
    }
}

/// Sets of windows that are written out, those of most regions first.
const GROUPS: usize = 3;
/// Regions of the same windows that are named, and no more.
const NAMED: usize = 3;

/// Windows by region, and how often in all.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Spots {
    times: usize,
    windows: BTreeMap<String, BTreeSet<usize>>,
}

impl Spots {
    /// One more.
    pub fn add(&mut self, spot: &Spot) {
        self.times += 1;
        let windows = self.windows.entry(spot.region.clone()).or_default();
        windows.insert(spot.window);
    }
}

impl fmt::Display for Spots {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} times", self.times)?;
        let mut alike: BTreeMap<&BTreeSet<usize>, Vec<&str>> = BTreeMap::new();
        for (region, windows) in &self.windows {
            let name = if region.is_empty() { "all" } else { region };
            alike.entry(windows).or_default().push(name);
        }
        let mut groups: Vec<_> = alike.into_iter().collect();
        groups.sort_by_key(|(_, regions)| std::cmp::Reverse(regions.len()));
        for (k, (windows, regions)) in groups.iter().take(GROUPS).enumerate() {
            let before = if k == 0 { ": " } else { "; " };
            let named = match regions.len() {
                n if n > NAMED => format!("{n} regions"),
                _ => regions.join(", "),
            };
            write!(f, "{before}{named} in windows {}", ranges(windows))?;
        }
        match groups.iter().skip(GROUPS).map(|(_, r)| r.len()).sum() {
            0 => Ok(()),
            1 => write!(f, "; one region more"),
            n => write!(f, "; {n} regions more"),
        }
    }
}

/// `0-3, 5` for 0, 1, 2, 3 and 5.
fn ranges(numbers: &BTreeSet<usize>) -> String {
    let all: Vec<usize> = numbers.iter().copied().collect();
    let parts = all.chunk_by(|a, b| a + 1 == *b).map(|run| match run {
        [one] => one.to_string(),
        run => format!("{}-{}", run[0], run[run.len() - 1]),
    });
    parts.collect::<Vec<_>>().join(", ")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn windows_are_joined_to_ranges_by_region() {
        let mut spots = Spots::default();
        for (region, window) in [("Ocean", 5), ("Africa", 0), ("Ocean", 0), ("Ocean", 1)] {
            spots.add(&Spot {
                region: region.into(),
                window,
            });
        }
        let said = "4 times: Africa in windows 0; Ocean in windows 0-1, 5";
        assert_eq!(spots.to_string(), said);
    }

    #[test]
    fn regions_of_the_same_windows_are_told_together() {
        let mut spots = Spots::default();
        for region in ["a", "b", "c", "d", "e"] {
            for window in 0..=usize::from(region != "e") {
                spots.add(&Spot {
                    region: region.into(),
                    window,
                });
            }
        }
        let said = "9 times: 4 regions in windows 0-1; e in windows 0";
        assert_eq!(spots.to_string(), said);
    }
}
