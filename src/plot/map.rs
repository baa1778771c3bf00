//! Maps of values on latitude-longitude cells, with coastlines and sites.

use super::Figure;
use super::canvas::{Canvas, Rect};
use super::check::{same_length, some_numbers};
use super::color_bar::ColorBar;
use super::color_scale::ColorScale;
use super::frame::{Key, legend};
use super::labels::{Labels, labelled};
use super::markers::shrunk;
use super::projection::Projection;
use super::seam::unrolled;
use super::style::{CATEGORIES, Colour, INK, MISSING, Sizes, WHITE, category, unit_label};
use super::window::{Window, cell, draw_coast, draw_graticule, draw_outline};
use crate::error::{Error, Result};
use crate::field::{Coordinate, Field};
use crate::grid::{edges_of, lat_edges_of};
use ndarray::{Array2, ArrayView2};
use std::sync::Arc;

/// A place marked on a map.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct MapPoint {
    /// Latitude \[degrees north\].
    pub lat: f64,
    /// Longitude \[degrees east\], on any turn.
    pub lon: f64,
    /// Coloured by the scale of the map; NaN: a plain dark dot.
    pub value: f64,
}

/// A map of the globe: cells coloured by value (white is zero on the diverging scale, grey is
/// missing), coastlines, points.
#[derive(Debug, Clone)]
pub struct Map {
    labels: Labels,
    lat_edges: Vec<f64>,
    lon_edges: Vec<f64>,
    values: Array2<f64>,
    points: Vec<MapPoint>,
    coastlines: Arc<[Vec<(f64, f64)>]>,
    scale: Option<ColorScale>,
    categories: Vec<String>,
    projection: Option<Projection>,
    bar: bool,
}

labelled!(Map, unit);

impl Map {
    /// A map with a title and nothing on it yet.
    pub fn new(title: &str) -> Self {
        Map {
            labels: Labels::new(title, (1200, 730)),
            lat_edges: vec![],
            lon_edges: vec![],
            values: Array2::zeros((0, 0)),
            points: vec![],
            coastlines: Arc::from([]),
            scale: None,
            categories: vec![],
            projection: None,
            bar: true,
        }
    }
    /// Values on cells (lat x lon) between latitude and longitude edges \[degrees\], each one more
    /// than cells. Longitudes may be on any turn; rows may run either way. NaN is missing.
    pub fn values(mut self, lat_edges: &[f64], lon_edges: &[f64], values: ArrayView2<f64>) -> Self {
        (self.lat_edges, self.lon_edges, self.values) =
            (lat_edges.to_vec(), lon_edges.to_vec(), values.to_owned());
        self
    }
    /// Values and unit of a field with dimensions `lat` and `lon` only; edges lie halfway between
    /// centres, polar cells end at the pole. Longitudes go eastward in one piece.
    ///
    /// # Errors
    /// Other dimensions, or coordinates that are not numbers.
    pub fn field(self, field: &Field) -> Result<Self> {
        let field = &unrolled(field)?;
        let centres = |name: &str| match &field.dimension(name)?.coordinate {
            Coordinate::Numbers(v, _) => Ok(v.to_vec()),
            _ => Err(Error::new(format!(
                "\"{name}\" of \"{}\" has no degrees",
                field.name
            ))),
        };
        let (lat, lon) = (centres("lat")?, centres("lon")?);
        let view = field
            .data()
            .view()
            .into_dimensionality::<ndarray::Ix2>()
            .map_err(|_| {
                let names: Vec<&str> = field.dimensions().iter().map(|d| d.name.as_str()).collect();
                Error::new(format!("\"{}\" is not a single map", field.name))
                    .expected("dimensions lat, lon")
                    .got(names.join(", "))
                    .hint(".mean(\"time\")")
            })?;
        let view = if field.axis("lat")? == 0 {
            view
        } else {
            view.reversed_axes()
        };
        Ok(self
            .values(&lat_edges_of(&lat), &edges_of(&lon), view)
            .unit(&field.unit.to_string()))
    }
    /// Places to mark over the cells, or alone.
    pub fn points(mut self, points: Vec<MapPoint>) -> Self {
        self.points = points;
        self
    }
    /// The colours; by default fitted to the values.
    pub fn scale(mut self, scale: ColorScale) -> Self {
        self.scale = Some(scale);
        self
    }
    /// Names of what the values number from 0, such as regions: a legend names their colours in
    /// place of the scale.
    pub fn categories(mut self, names: &[String]) -> Self {
        self.categories = names.to_vec();
        self
    }
    /// Whether its values are numbers of categories.
    pub fn has_categories(&self) -> bool {
        !self.categories.is_empty()
    }
    /// Coastlines as lines of (longitude, latitude) \[degrees\].
    pub fn coastlines(mut self, lines: &[Vec<(f64, f64)>]) -> Self {
        self.coastlines = Arc::from(lines);
        self
    }
    /// By default Robinson for the globe, and the plate carree for a region, which then fills the
    /// map, across 180 or 0 degrees too.
    pub fn projection(mut self, projection: Projection) -> Self {
        self.projection = Some(projection);
        self
    }
    /// Leaves the colour bar out.
    pub fn without_bar(mut self) -> Self {
        self.bar = false;
        self
    }
    /// All numbers that are coloured.
    pub fn numbers(&self) -> impl Iterator<Item = f64> + '_ {
        self.values
            .iter()
            .copied()
            .chain(self.points.iter().map(|p| p.value))
    }
    /// The scale given, or the one fitted to the values.
    ///
    /// # Errors
    /// No numbers to fit it to.
    pub(crate) fn color_scale(&self) -> Result<ColorScale> {
        self.scale
            .clone()
            .map_or_else(|| ColorScale::fitted(self.numbers()), Ok)
    }
    pub(super) fn shared(mut self, scale: &ColorScale) -> Self {
        self.scale = Some(scale.clone());
        self.bar = false;
        self
    }
    pub(super) fn unit_text(&self) -> &str {
        &self.labels.unit
    }
    pub(super) fn given_scale(&self) -> Option<&ColorScale> {
        self.scale.as_ref()
    }
    /// Whether a cell has no value.
    pub(super) fn has_missing(&self) -> bool {
        self.values.iter().any(|v| v.is_nan())
    }

    fn check(&self) -> Result<()> {
        if self.values.is_empty() && !self.points.is_empty() {
            return Ok(());
        }
        some_numbers(&format!("map \"{}\"", self.labels.title), self.numbers())?;
        same_length(
            "the latitude edges and the rows of the map",
            self.values.nrows() + 1,
            self.lat_edges.len(),
        )?;
        same_length(
            "the longitude edges and the columns of the map",
            self.values.ncols() + 1,
            self.lon_edges.len(),
        )?;
        if self
            .lat_edges
            .iter()
            .any(|e| !(-90.001..=90.001).contains(e))
            || self.lon_edges.iter().any(|e| !e.is_finite())
        {
            return Err(Error::new("a cell edge of the map is not on the globe")
                .expected("latitudes from -90 to 90"));
        }
        Ok(())
    }
}

impl Figure for Map {
    fn size(&self) -> (u32, u32) {
        self.labels.size
    }

    fn draw(&self, canvas: &mut Canvas, area: Rect) -> Result<()> {
        self.check()?;
        let sizes = Sizes::of(area.width(), canvas.area().width());
        let plain = self.values.is_empty() && self.points.iter().all(|p| p.value.is_nan());
        let scale = match plain || !self.categories.is_empty() {
            true => None,
            false => Some(self.color_scale()?),
        };
        let rest = self.labels.head(canvas, area, &sizes);
        let names = self.categories.iter().enumerate();
        let entries: Vec<_> = names
            .map(|(k, name)| (name.clone(), shade(k), Key::Box))
            .collect();
        let mut rest = legend(canvas, rest, &entries, &sizes);
        if let Some(scale) = scale.as_ref().filter(|_| self.bar) {
            let unit = unit_label(&self.labels.unit);
            let bar = ColorBar {
                scale,
                unit: &unit,
                beyond: beyond(scale, self.numbers()),
                missing: self.has_missing(),
            };
            let top = rest.bottom - bar.height(&sizes);
            bar.draw_level(canvas, Rect { top, ..rest }, &sizes);
            rest.bottom = top - sizes.gap;
        }
        let window = self.window(rest, area.width() > 0.6 * canvas.area().width(), &sizes);
        self.draw_cells(canvas, &window, scale.as_ref());
        draw_graticule(
            canvas,
            &window,
            area.width() > 0.6 * canvas.area().width(),
            &sizes,
        );
        self.draw_coastlines(canvas, &window, &sizes);
        draw_outline(canvas, &window, &sizes);
        self.draw_points(canvas, &window, scale.as_ref(), &sizes);
        Ok(())
    }
}

/// The colour of category `k`, lighter each time that the colours begin anew.
fn shade(k: usize) -> Colour {
    let turn = (k / CATEGORIES.len()) as f64;
    category(k).toward(WHITE, 1.0 - 0.6_f64.powf(turn))
}

/// Whether numbers lie beyond either end of a scale.
pub(super) fn beyond(scale: &ColorScale, values: impl Iterator<Item = f64>) -> (bool, bool) {
    values.fold((false, false), |(low, high), v| {
        (low || v < scale.low(), high || v > scale.high())
    })
}

impl Map {
    /// West, south, east and north of cells that cover part of the globe.
    fn region(&self) -> Option<[f64; 4]> {
        let span = |e: &[f64]| {
            (
                e.iter().copied().fold(f64::INFINITY, f64::min),
                e.iter().copied().fold(f64::NEG_INFINITY, f64::max),
            )
        };
        let ((west, east), (south, north)) = (span(&self.lon_edges), span(&self.lat_edges));
        let part = !self.values.is_empty() && east - west < 300.0;
        part.then_some([west, south, east, north])
    }

    fn window(&self, area: Rect, labelled: bool, sizes: &Sizes) -> Window {
        let region = self.region();
        let projection = self.projection.unwrap_or(match region {
            Some(_) => Projection::PlateCarree,
            None => Projection::Robinson,
        });
        let bounds = region
            .filter(|_| projection == Projection::PlateCarree)
            .unwrap_or([-180.0, -90.0, 180.0, 90.0]);
        let area = if labelled {
            area.inset(
                3.2 * sizes.tick,
                0.4 * sizes.tick,
                1.2 * sizes.tick,
                1.9 * sizes.tick,
            )
        } else {
            area
        };
        let shape = Window::shape(projection, bounds);
        let (width, height) = if area.width() / area.height() > shape {
            (area.height() * shape, area.height())
        } else {
            (area.width(), area.width() / shape)
        };
        let (x, y) = area.centre();
        let inner = Rect {
            left: x - 0.5 * width,
            right: x + 0.5 * width,
            top: y - 0.5 * height,
            bottom: y + 0.5 * height,
        };
        Window {
            projection,
            bounds,
            inner,
        }
    }

    fn draw_cells(&self, canvas: &mut Canvas, window: &Window, scale: Option<&ColorScale>) {
        let known = |value: f64| match scale {
            Some(scale) => scale.colour(value),
            None => (value >= 0.0).then(|| shade(value as usize)),
        };
        for ((j, i), value) in self.values.indexed_iter() {
            let colour = known(*value).unwrap_or(MISSING);
            let (south, north) = (
                self.lat_edges[j].min(self.lat_edges[j + 1]),
                self.lat_edges[j].max(self.lat_edges[j + 1]),
            );
            let (a, b) = (
                self.lon_edges[i].min(self.lon_edges[i + 1]),
                self.lon_edges[i].max(self.lon_edges[i + 1]),
            );
            let [least, _, most, _] = window.bounds;
            for turn in [-720.0, -360.0, 0.0, 360.0, 720.0] {
                let (west, east) = ((a + turn).max(least), (b + turn).min(most));
                if east - west > 1e-9 {
                    canvas.polygon(cell(window, west, east, south, north), colour);
                }
            }
        }
    }

    fn draw_coastlines(&self, canvas: &mut Canvas, window: &Window, sizes: &Sizes) {
        let [west, south, east, north] = window.bounds;
        let bounds = Rect {
            left: west,
            top: south,
            right: east,
            bottom: north,
        };
        let turns = [-720.0, -360.0, 0.0, 360.0, 720.0]
            .into_iter()
            .filter(|t| west < 180.0 + t && east > -180.0 + t);
        for turn in turns {
            for line in self.coastlines.iter() {
                draw_coast(canvas, window, line, (turn, &bounds), 0.5 * sizes.line);
            }
        }
    }

    fn draw_points(
        &self,
        canvas: &mut Canvas,
        window: &Window,
        scale: Option<&ColorScale>,
        sizes: &Sizes,
    ) {
        let [west, south, east, north] = window.bounds;
        for p in &self.points {
            let lon = west + (p.lon - west).rem_euclid(360.0);
            if !((west..=east).contains(&lon) && (south..=north).contains(&p.lat)) {
                continue;
            }
            let at = window.place(lon, p.lat);
            let radius = 0.36 * sizes.tick * shrunk(self.points.len());
            match scale.and_then(|s| s.colour(p.value)) {
                Some(colour) => {
                    canvas.disc(at, radius + 0.5 * sizes.line, INK);
                    canvas.disc(at, radius, colour);
                }
                None => {
                    canvas.disc(at, 0.75 * radius + 0.3 * sizes.line, WHITE);
                    canvas.disc(at, 0.75 * radius, INK);
                }
            }
        }
    }
}
