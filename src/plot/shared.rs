//! What the panels of a figure share: one legend, and as much room for each title.

use super::style::Colour;

/// How a legend shows its entry.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) enum Key {
    Box,
    Line,
    Dot,
}

/// A name, its colour and how the legend shows it.
pub(super) type Entry = (String, Colour, Key);

/// What is left out of a panel or given room in it, and what it was found to show.
#[derive(Debug, Clone, Default)]
pub(super) struct Shared {
    /// The legend stands elsewhere.
    pub legend: bool,
    /// Lines that each title has room for, at least.
    pub lines: usize,
    /// The legends drawn so far.
    pub legends: Vec<Vec<Entry>>,
    /// The most lines of a title drawn so far.
    pub most_lines: usize,
}

/// The one legend of panels whose legends are all the same, if two or more have one.
pub(super) fn common_legend(panels: &[Shared]) -> Option<Vec<Entry>> {
    let mut legends = panels.iter().flat_map(|p| &p.legends);
    let first = legends.next()?;
    let (others, same) = legends.fold((0, true), |(n, same), l| (n + 1, same && l == first));
    (others > 0 && same).then(|| first.clone())
}
