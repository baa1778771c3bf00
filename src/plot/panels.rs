//! Several figures in one: rows of panels, maps of a row sharing one colour scale.

use super::Figure;
use super::canvas::{Canvas, Rect};
use super::color_bar::ColorBar;
use super::color_scale::ColorScale;
use super::frame::{legend, title};
use super::map::{Map, beyond};
use super::shared::{Shared as Common, common_legend};
use super::style::{INK, Sizes, unit_label};
use super::{Across, Along};
use crate::error::{Error, Result};

/// Rows of figures. Panels are lettered (a), (b), ... row by row; a legend that all of them have
/// is drawn once, under the title.
#[derive(Debug)]
pub struct Panels {
    title: String,
    rows: Vec<Row>,
    letters: bool,
    size: Option<(u32, u32)>,
}

#[derive(Debug)]
struct Row {
    figures: Vec<Box<dyn Figure>>,
    shared: Option<Shared>,
}

/// The colour bar of a row of maps.
#[derive(Debug)]
struct Shared {
    scale: Result<ColorScale>,
    unit: String,
    beyond: (bool, bool),
    missing: bool,
}

impl Panels {
    /// No rows yet; the title may be empty.
    pub fn new(title: &str) -> Self {
        Panels {
            title: title.into(),
            rows: vec![],
            letters: true,
            size: None,
        }
    }
    /// Adds a row of figures of equal width.
    pub fn row(mut self, figures: Vec<Box<dyn Figure>>) -> Self {
        self.rows.push(Row {
            figures,
            shared: None,
        });
        self
    }
    /// Adds a row of maps of one unit with one colour scale and one colour bar beside them: the
    /// scale given here, else the one the maps were given, else one fitted to all of them. Maps of
    /// two units or two scales are an error when it is drawn.
    pub fn maps(mut self, maps: Vec<Map>, scale: Option<ColorScale>) -> Self {
        let scale = common_scale(&maps, scale);
        let unit = maps
            .first()
            .map(|m| unit_label(m.unit_text()))
            .unwrap_or_default();
        let beyond = scale.as_ref().map_or((false, false), |s| {
            beyond(s, maps.iter().flat_map(Map::numbers))
        });
        let missing = maps.iter().any(Map::has_missing);
        let figures = maps
            .into_iter()
            .map(|m| -> Box<dyn Figure> {
                Box::new(if let Ok(s) = &scale { m.shared(s) } else { m })
            })
            .collect();
        self.rows.push(Row {
            figures,
            shared: Some(Shared {
                scale,
                unit,
                beyond,
                missing,
            }),
        });
        self
    }
    /// Leaves the letters out.
    pub fn without_letters(mut self) -> Self {
        self.letters = false;
        self
    }
    /// Width and height \[pixels\]; by default 600 for each column up to 1800, and rows of the
    /// shape of their figures.
    pub fn sized(mut self, width: u32, height: u32) -> Self {
        self.size = Some((width, height));
        self
    }

    fn columns(&self) -> usize {
        self.rows
            .iter()
            .map(|r| r.figures.len())
            .max()
            .unwrap_or(1)
            .max(1)
    }
}

impl Row {
    /// Height of a row `width` wide, its panels in the shape of their own figures.
    fn height(&self, width: f64) -> f64 {
        let panel = width / self.figures.len().max(1) as f64;
        self.figures
            .iter()
            .map(|f| panel * f64::from(f.size().1) / f64::from(f.size().0))
            .fold(0.0, f64::max)
    }
}

impl Shared {
    /// Draws the bar at the right of a row's place, up to `right`; returns where the maps must end.
    fn draw(&self, canvas: &mut Canvas, panel: &Rect, right: f64, sizes: &Sizes) -> Result<f64> {
        let bar = ColorBar {
            scale: self.scale.as_ref().map_err(Clone::clone)?,
            unit: &self.unit,
            beyond: self.beyond,
            missing: self.missing,
        };
        let end = panel.right - (bar.width(sizes) + 2.0 * sizes.gap);
        let left = end + sizes.gap;
        let beside = Rect {
            left,
            right,
            ..*panel
        };
        bar.draw_upright(canvas, beside, sizes);
        Ok(end)
    }
}

impl Figure for Panels {
    fn size(&self) -> (u32, u32) {
        self.size.unwrap_or_else(|| {
            let width = (600.0 * self.columns() as f64).clamp(1200.0, 1800.0);
            let heading = if self.title.is_empty() {
                0.0
            } else {
                0.04 * width
            };
            (
                width as u32,
                (heading + self.rows.iter().map(|r| r.height(width)).sum::<f64>())
                    .clamp(200.0, 6000.0) as u32,
            )
        })
    }

    fn draw(&self, canvas: &mut Canvas, area: Rect) -> Result<()> {
        if self.rows.is_empty() || self.rows.iter().any(|r| r.figures.is_empty()) {
            return Err(Error::new(format!(
                "figure \"{}\" has a row without panels",
                self.title
            )));
        }
        let sizes = Sizes::of(area.width(), canvas.area().width());
        let area = if self.title.is_empty() {
            area
        } else {
            title(canvas, area, &self.title, &sizes)
        };
        let outer = (canvas.shared.legend, canvas.shared.lines);
        let (area, lines) = self.share(canvas, area, &sizes)?;
        let total: f64 = self.rows.iter().map(|r| r.height(area.width())).sum();
        let mut top = area.top;
        let mut number = 0;
        for (row, lines) in self.rows.iter().zip(lines) {
            canvas.shared.lines = lines;
            let bottom = top + row.height(area.width()) / total * area.height();
            let panel = Rect {
                top,
                bottom,
                ..area
            };
            self.draw_row(canvas, row, panel, number)?;
            number += row.figures.len();
            top = bottom;
        }
        (canvas.shared.legend, canvas.shared.lines) = outer;
        Ok(())
    }
}

impl Panels {
    /// Draws the panels of a row, lettered from `first` on, with the colour bar they share.
    fn draw_row(&self, canvas: &mut Canvas, row: &Row, area: Rect, first: usize) -> Result<()> {
        let count = row.figures.len() as f64;
        let panel = Sizes::of(area.width() / count, canvas.area().width());
        let mut panel_area = area;
        if let Some(shared) = &row.shared {
            panel_area.right = shared.draw(canvas, &area, area.right, &panel)?;
        }
        let width = panel_area.width() / count;
        for (k, figure) in row.figures.iter().enumerate() {
            let cell = Rect {
                left: panel_area.left + k as f64 * width,
                right: panel_area.left + (k + 1) as f64 * width,
                ..panel_area
            };
            let text = letter(first + k);
            figure
                .draw(canvas, cell)
                .map_err(|e| e.at(format!("panel {text}")))?;
            if self.letters {
                let at = (cell.left + panel.gap, cell.top + panel.gap);
                canvas.bold(&text, at, panel.title, Across::Start, Along::Top, INK);
            }
        }
        Ok(())
    }

    /// Draws the legend that all panels have, if it is the same, and has every panel leave it out;
    /// what is left, and the lines of the longest title of each row.
    fn share(&self, canvas: &mut Canvas, area: Rect, sizes: &Sizes) -> Result<(Rect, Vec<usize>)> {
        let (mut panels, mut lines) = (Vec::new(), Vec::new());
        for row in &self.rows {
            let panel_area = Rect {
                right: area.left + area.width() / row.figures.len() as f64,
                ..area
            };
            let first = panels.len();
            for figure in &row.figures {
                let at = letter(panels.len());
                let drawn = alone(canvas.size, figure.as_ref(), panel_area);
                panels.push(drawn.map_err(|e| e.at(format!("panel {at}")))?);
            }
            let longest = panels[first..].iter().map(|p: &Common| p.most_lines).max();
            lines.push(longest.unwrap_or(0));
        }
        let Some(entries) = common_legend(&panels) else {
            return Ok((area, lines));
        };
        let rest = legend(canvas, area, &entries, sizes);
        canvas.shared.legend = true;
        Ok((rest, lines))
    }
}

/// What a panel shows when it is drawn by itself, where `area` is.
fn alone(size: (u32, u32), figure: &dyn Figure, area: Rect) -> Result<Common> {
    let mut canvas = Canvas::new(size);
    figure.draw(&mut canvas, area)?;
    Ok(canvas.shared)
}

/// The scale of a row of maps.
fn common_scale(maps: &[Map], given: Option<ColorScale>) -> Result<ColorScale> {
    if let Some(other) = maps.iter().find(|m| m.unit_text() != maps[0].unit_text()) {
        return Err(
            Error::new("maps of different units cannot share a colour scale")
                .expected(format!("\"{}\"", maps[0].unit_text()))
                .got(format!("\"{}\"", other.unit_text())),
        );
    }
    let mut theirs = maps.iter().filter_map(Map::given_scale);
    match (given, theirs.next()) {
        (Some(scale), _) => Ok(scale),
        (None, Some(first)) if theirs.all(|s| s == first) => Ok(first.clone()),
        (None, Some(_)) => Err(Error::new(
            "the maps of the row have colour scales of their own, which differ",
        )
        .hint("one scale for all of them")),
        (None, None) => ColorScale::fitted(maps.iter().flat_map(Map::numbers)),
    }
}

/// (a), (b), ... (z), (aa), ...
fn letter(k: usize) -> String {
    let last = char::from(b'a' + (k % 26) as u8);
    let first = if k < 26 {
        String::new()
    } else {
        char::from(b'a' + ((k / 26 - 1) % 26) as u8).to_string()
    };
    format!("({first}{last})")
}
