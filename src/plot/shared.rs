//! What the panels of a figure share: one legend, and as much room for each title.

use super::canvas::{Canvas, Rect};
use super::frame::Entry;
use super::{Figure, Result};

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

/// What panels show when each is drawn by itself, where `area` is.
///
/// # Errors
/// Data that cannot be drawn.
pub(super) fn alone(size: (u32, u32), figure: &dyn Figure, area: Rect) -> Result<Shared> {
    let mut canvas = Canvas::new(size);
    figure.draw(&mut canvas, area)?;
    Ok(canvas.shared)
}

/// The one legend of panels whose legends are all the same, if two or more have one.
pub(super) fn common_legend(panels: &[Shared]) -> Option<Vec<Entry>> {
    let mut legends = panels.iter().flat_map(|p| &p.legends);
    let first = legends.next()?;
    let (others, same) = legends.fold((0, true), |(n, same), l| (n + 1, same && l == first));
    (others > 0 && same).then(|| first.clone())
}
