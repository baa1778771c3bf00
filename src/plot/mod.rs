//! Figures for reports and papers: maps, sections, series, bars, boxes, scatter plots, histograms,
//! Taylor diagrams, and grids of them.
//!
//! A figure is a plain value; [`Figure::save`] draws it to a PNG or SVG file by the extension.
//! Problems with the data are reported when it is drawn. Everything is laid out on a [`Canvas`] of
//! polygons, lines and text first, so a figure is the same in both formats.

mod bars;
mod boxplot;
mod canvas;
mod check;
mod color_bar;
mod color_scale;
mod frame;
mod histogram;
pub mod labels;
mod lines;
mod logarithm;
mod map;
mod markers;
mod panels;
mod projection;
mod render;
mod scatter;
mod seam;
mod section;
mod shared;
mod side;
pub mod style;
mod taylor;
mod terminal;
#[cfg(test)]
mod tests;
mod text;
mod ticks;
mod window;

pub use bars::{BarSeries, Bars};
pub use boxplot::{BoxSeries, BoxSummary, Boxplot};
pub use canvas::{Across, Along, Canvas, Point, Rect, text_width, wrap};
pub use color_scale::{ColorScale, Palette};
pub use histogram::Histogram;
pub use lines::{Lines, Series};
pub use map::{Map, MapPoint};
pub use panels::Panels;
pub use projection::Projection;
pub use scatter::{Points, Scatter};
pub use seam::unrolled;
pub use section::Section;
pub use side::Side;
pub use taylor::{Taylor, TaylorPoint};
pub use terminal::{Pictures, inline};
pub use text::as_text;
pub use ticks::Tick;

use crate::error::Result;
use std::path::Path;

/// Something that can be drawn and saved.
///
/// # Example
/// ```
/// use mcas::plot::{Figure, Histogram};
///
/// let figure = Histogram::new("CO2", &[401.0, 402.0, 402.5, 404.0])?;
/// assert!(figure.size().0 > 0);
/// # Ok::<(), mcas::error::Error>(())
/// ```
pub trait Figure: std::fmt::Debug + Send + Sync {
    /// Width and height when it stands alone \[pixels\].
    fn size(&self) -> (u32, u32);

    /// Draws it within an area of a canvas.
    ///
    /// # Errors
    /// Data that cannot be drawn: none, only missing values, lengths that do not match.
    fn draw(&self, canvas: &mut Canvas, area: Rect) -> Result<()>;

    /// Writes it to a `.png` or `.svg` file, whole or not at all.
    ///
    /// # Errors
    /// As [`Figure::draw`]; another extension; a folder that cannot be written to.
    fn save(&self, path: &Path) -> Result<()> {
        let mut canvas = Canvas::new(self.size());
        let area = canvas.area();
        self.draw(&mut canvas, area)
            .map_err(|e| e.at(format!("figure \"{}\"", path.display())))?;
        render::save(&canvas, path)
    }
}
