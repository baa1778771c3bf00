//! The part of the globe that a map shows: its places on the canvas, its cells, coasts, graticule
//! and outline.

use super::canvas::{Across, Along, Canvas, Point, Rect};
use super::frame::clip;
use super::projection::Projection;
use super::seam::{degrees, meridian};
use super::style::{GRID, INK, REFERENCE, Sizes};

/// The part of the globe shown and where it lies on the canvas.
pub(super) struct Window {
    pub projection: Projection,
    /// West, south, east, north \[degrees\].
    pub bounds: [f64; 4],
    pub inner: Rect,
}

impl Window {
    /// Where a place lies on the canvas.
    pub fn place(&self, lon: f64, lat: f64) -> Point {
        let [west, south, east, north] = self.bounds;
        let (x, y) = self.projection.project(lon, lat);
        let ((x0, _), (x1, _)) = (
            self.projection.project(west, 0.0),
            self.projection.project(east, 0.0),
        );
        let ((_, y0), (_, y1)) = (
            self.projection.project(0.0, south),
            self.projection.project(0.0, north),
        );
        let r = &self.inner;
        (
            r.left + (x - x0) / (x1 - x0) * r.width(),
            r.bottom - (y - y0) / (y1 - y0) * r.height(),
        )
    }
    /// Width over height.
    pub fn shape(projection: Projection, [west, south, east, north]: [f64; 4]) -> f64 {
        let (x, y) = (
            projection.project(east, 0.0).0 - projection.project(west, 0.0).0,
            projection.project(0.0, north).1 - projection.project(0.0, south).1,
        );
        x / y
    }
}

/// A cell's outline, its sides in steps as meridians curve; neighbours overlap slightly so that no
/// seam shows.
pub(super) fn cell(window: &Window, west: f64, east: f64, south: f64, north: f64) -> Vec<Point> {
    const SEAM: f64 = 0.35;
    let steps = if window.projection == Projection::PlateCarree {
        1
    } else {
        ((north - south) / 2.5).ceil().max(1.0) as usize
    };
    let side = |lon: f64, shift: f64| {
        (0..=steps).map(move |k| {
            let part = k as f64 / steps as f64;
            let (x, y) = window.place(lon, south + (north - south) * part);
            (x + shift, y + SEAM * (1.0 - 2.0 * part))
        })
    };
    let mut points: Vec<Point> = side(west, -SEAM).collect();
    points.extend(side(east, SEAM).collect::<Vec<_>>().into_iter().rev());
    points
}

/// Parallels and meridians, with their degrees where the map is labelled.
pub(super) fn draw_graticule(canvas: &mut Canvas, window: &Window, labelled: bool, sizes: &Sizes) {
    let [west, south, east, north] = window.bounds;
    let faint = REFERENCE.toward(GRID, 0.6);
    for lat in multiples(south, north, step(north - south, 30.0))
        .into_iter()
        .filter(|l| l.abs() < 90.0)
    {
        canvas.line(
            vec![window.place(west, lat), window.place(east, lat)],
            faint,
            0.3 * sizes.line,
        );
        let (x, y) = window.place(west, lat);
        if labelled {
            let (text, at) = (degrees(lat, "N", "S"), (x - 0.6 * sizes.gap, y));
            let em = 0.9 * sizes.tick;
            canvas.text(&text, at, em, Across::End, Along::Middle, INK);
        }
    }
    for lon in multiples(west, east, step(east - west, 60.0)) {
        let line = (0..=36)
            .map(|k| window.place(lon, south + (north - south) * f64::from(k) / 36.0))
            .collect();
        canvas.line(line, faint, 0.3 * sizes.line);
        if labelled {
            let (x, y) = window.place(lon, south);
            let (text, at) = (meridian(lon), (x, y + 1.1 * sizes.gap));
            let em = 0.9 * sizes.tick;
            canvas.text(&text, at, em, Across::Middle, Along::Top, INK);
        }
    }
}

/// Degrees from one line of the graticule to the next, `wide` of a whole globe.
fn step(span: f64, wide: f64) -> f64 {
    if span > 200.0 {
        wide
    } else if span > 60.0 {
        30.0
    } else if span > 20.0 {
        10.0
    } else {
        5.0
    }
}

/// Multiples of a step within a range; of a whole globe without the date line at its edges.
fn multiples(low: f64, high: f64, step: f64) -> Vec<f64> {
    ((low / step).ceil() as i64..=(high / step).floor() as i64)
        .map(move |k| k as f64 * step)
        .filter(|v| high - low < 360.0 || v.abs() < 180.0)
        .collect()
}

/// The edge of the window, which is curved as the projection is.
pub(super) fn draw_outline(canvas: &mut Canvas, window: &Window, sizes: &Sizes) {
    let [west, south, east, north] = window.bounds;
    let side =
        |lon: f64| (0..=72).map(move |k| (lon, south + (north - south) * f64::from(k) / 72.0));
    let ring = side(west)
        .chain(side(east).collect::<Vec<_>>().into_iter().rev())
        .chain([(west, south)]);
    let points: Vec<Point> = ring.map(|(lon, lat)| window.place(lon, lat)).collect();
    canvas.line(points, INK, 0.6 * sizes.line);
}

/// A coast moved by whole turns, as far as it lies within the bounds.
pub(super) fn draw_coast(
    canvas: &mut Canvas,
    window: &Window,
    line: &[Point],
    (turn, bounds): (f64, &Rect),
    width: f64,
) {
    let mut run: Vec<Point> = Vec::new();
    for pair in line.windows(2) {
        let (from, to) = ((pair[0].0 + turn, pair[0].1), (pair[1].0 + turn, pair[1].1));
        let cut = if along_the_edge(pair[0], pair[1]) {
            None
        } else {
            clip(from, to, bounds)
        };
        if cut.is_none_or(|(a, _)| a != from) {
            canvas.line(std::mem::take(&mut run), INK, width);
        }
        if let Some((a, b)) = cut {
            if run.is_empty() {
                run.push(window.place(a.0, a.1));
            }
            run.push(window.place(b.0, b.1));
        }
    }
    canvas.line(run, INK, width);
}

/// Segments that close polygons along the date line or the south pole, or jump across the map, are
/// no coast.
fn along_the_edge(a: Point, b: Point) -> bool {
    (a.0 - b.0).abs() > 180.0
        || (a.0.abs() > 179.99 && b.0.abs() > 179.99)
        || (a.1 < -89.5 && b.1 < -89.5)
}
