//! Sections: values on cells of two coordinates, such as latitude and pressure, or longitude and
//! time (Hovmoeller 1949).

use super::Figure;
use super::canvas::{Canvas, Rect};
use super::check::{same_length, some_numbers};
use super::color_bar::ColorBar;
use super::color_scale::ColorScale;
use super::frame::{Axis, Frame};
use super::labels::{Labels, labelled};
use super::map::beyond;
use super::seam::unrolled;
use super::side::Side;
use super::style::{INK, MISSING, Sizes, unit_label};
use crate::error::{Error, Result};
use crate::field::Field;
use ndarray::{Array2, ArrayView2};

/// Cells coloured by value on two axes; grey is missing.
#[derive(Debug, Clone)]
pub struct Section {
    labels: Labels,
    across: Side,
    up: Side,
    values: Array2<f64>,
    scale: Option<ColorScale>,
}

labelled!(Section, unit);

impl Section {
    /// Values (up x across) on cells between the edges of two sides.
    pub fn new(title: &str, up: Side, across: Side, values: ArrayView2<f64>) -> Self {
        Section {
            labels: Labels::new(title, (1200, 730)),
            across,
            up,
            values: values.to_owned(),
            scale: None,
        }
    }

    /// A field of two dimensions, `across` naming the level one; without it pressure, height and
    /// latitude go up, then time. A region across 180 or 0 degrees is drawn in one piece.
    ///
    /// # Errors
    /// Another number of dimensions, or `across` is none of them.
    pub fn of_field(title: &str, field: &Field, across: Option<&str>) -> Result<Self> {
        let field = &unrolled(field)?;
        let [first, second] = field.dimensions() else {
            let names: Vec<&str> = field.dimensions().iter().map(|d| d.name.as_str()).collect();
            return Err(
                Error::new(format!("\"{}\" is not a single section", field.name))
                    .expected("two dimensions")
                    .got(if names.is_empty() {
                        "no dimension".to_string()
                    } else {
                        names.join(", ")
                    })
                    .hint(".mean(\"lon\") or .isel(#{ time: 0 })"),
            );
        };
        let (a, b) = (Side::of(first)?, Side::of(second)?);
        let first_is_up = match across {
            Some(name) if name == second.name => true,
            Some(name) if name == first.name => false,
            Some(name) => {
                return Err(Error::new("a section has no such dimension")
                    .expected(format!("{} or {}", first.name, second.name))
                    .got(format!("\"{name}\"")));
            }
            None => a.rises() >= b.rises(),
        };
        let view = field
            .data()
            .view()
            .into_dimensionality::<ndarray::Ix2>()
            .map_err(Error::new)?;
        let section = if first_is_up {
            Section::new(title, a, b, view)
        } else {
            Section::new(title, b, a, view.reversed_axes())
        };
        Ok(section.unit(&field.unit.to_string()))
    }
    /// The colours; by default fitted to the values.
    pub fn scale(mut self, scale: ColorScale) -> Self {
        self.scale = Some(scale);
        self
    }
    /// Names of the dimensions: across, up.
    pub fn names(&self) -> (&str, &str) {
        (self.across.name(), self.up.name())
    }

    fn check(&self) -> Result<()> {
        some_numbers(
            &format!("section \"{}\"", self.labels.title),
            self.values.iter().copied(),
        )?;
        same_length(
            &format!("the cells along {}", self.up.name()),
            self.up.len(),
            self.values.nrows(),
        )?;
        same_length(
            &format!("the cells along {}", self.across.name()),
            self.across.len(),
            self.values.ncols(),
        )
    }

    fn draw_cells(&self, canvas: &mut Canvas, frame: &Frame, scale: &ColorScale) {
        for ((j, i), value) in self.values.indexed_iter() {
            let (a, b) = self.across.cell(i);
            let (low, high) = self.up.cell(j);
            let cell = Rect {
                left: frame.x(a),
                right: frame.x(b),
                top: frame.y(high),
                bottom: frame.y(low),
            };
            // Neighbours overlap slightly so that no seam shows.
            canvas.rect(
                cell.inset(-0.3, -0.3, -0.3, -0.3),
                scale.colour(*value).unwrap_or(MISSING),
            );
        }
    }
}

impl Figure for Section {
    fn size(&self) -> (u32, u32) {
        self.labels.size
    }

    fn draw(&self, canvas: &mut Canvas, area: Rect) -> Result<()> {
        self.check()?;
        let sizes = Sizes::of(area.width(), canvas.area().width());
        let scale = self
            .scale
            .clone()
            .map_or_else(|| ColorScale::fitted(self.values.iter().copied()), Ok)?;
        let unit = unit_label(&self.labels.unit);
        let missing = self.values.iter().any(|v| v.is_nan());
        let bar = ColorBar {
            scale: &scale,
            unit: &unit,
            beyond: beyond(&scale, self.values.iter().copied()),
            missing,
        };
        let rest = self.labels.head(canvas, area, &sizes);
        let top = rest.bottom - bar.height(&sizes);
        bar.draw_level(canvas, Rect { top, ..rest }, &sizes);
        let rest = Rect {
            bottom: top - sizes.gap,
            ..rest
        };
        let x: Axis = self.across.axis(0.88 * rest.width(), false, &sizes);
        let y: Axis = self.up.axis(0.85 * rest.height(), true, &sizes);
        let frame = Frame::draw(canvas, rest, &x, &y, &sizes);
        self.draw_cells(canvas, &frame, &scale);
        canvas.outline(frame.inner, INK, 0.5 * sizes.line);
        Ok(())
    }
}
