//! Near the poles air crosses several cells of a row in one step: each face draws whole upwind
//! cells, by air mass, and a part of the parabola of the last one.

use super::parabola::{Limiter, outflow};
use crate::ensemble::Real;
use crate::error::{Error, Result};
use crate::transport::lanes::fma;

/// Where the air of every face of a row comes from.
#[derive(Debug, Clone)]
pub struct IntegerCourant<T> {
    faces: Vec<Draw<T>>,
    /// Whole cells of all faces and the part of the face's air each gives.
    cells: Vec<(usize, T)>,
}

#[derive(Debug, Clone, Copy)]
struct Draw<T> {
    /// The cell next to the face, upwind.
    adjacent: usize,
    /// Whole cells: a range of `whole`.
    first: usize,
    end: usize,
    /// The last cell, the fraction of its mass that is drawn, and the part of the face's air that
    /// is.
    last: usize,
    fraction: T,
    part: T,
    eastward: bool,
}

impl<T: Real> IntegerCourant<T> {
    /// From the eastward mass through the west face of each cell in a step, and the mass of each
    /// cell \[kg\].
    ///
    /// # Errors
    /// More air through a face than the row holds.
    pub fn new(flux: &[f64], mass: &[f64]) -> Result<Self> {
        let n = flux.len();
        let total: f64 = mass.iter().sum();
        let mut row = IntegerCourant {
            faces: Vec::with_capacity(n),
            cells: Vec::new(),
        };
        for (i, &flux) in flux.iter().enumerate() {
            let (eastward, air) = (flux > 0.0, flux.abs());
            if air >= total || air.is_nan() {
                return Err(
                    Error::new("the wind goes around a latitude circle in one step")
                        .hint("a shorter step"),
                );
            }
            let adjacent = if eastward { (i + n - 1) % n } else { i };
            let (mut cell, mut left, first) = (adjacent, air, row.cells.len());
            while left > mass[cell] {
                row.cells.push((cell, T::from_f64(mass[cell] / air)));
                left -= mass[cell];
                cell = if eastward {
                    (cell + n - 1) % n
                } else {
                    (cell + 1) % n
                };
            }
            let part = if air > 0.0 { left / air } else { 1.0 };
            let (fraction, part) = (T::from_f64(left / mass[cell]), T::from_f64(part));
            row.faces.push(Draw {
                adjacent,
                first,
                end: row.cells.len(),
                last: cell,
                fraction,
                part,
                eastward,
            });
        }
        Ok(row)
    }

    /// Mean value of the air through face `i`, as a departure from the adjacent cell so that a
    /// constant stays exact.
    #[inline(always)]
    pub fn face<L: Limiter, const W: usize, const FMA: bool>(
        &self,
        i: usize,
        values: &[[T; W]],
        slopes: &[[T; W]],
        edges: &[[T; W]],
        out: &mut [T; W],
    ) {
        let draw = &self.faces[i];
        let (near, last) = (&values[draw.adjacent], &values[draw.last]);
        let (slope, left, right) = (&slopes[draw.last], &edges[draw.last], &edges[draw.last + 1]);
        for m in 0..W {
            let (l, r) = L::bound(left[m] - last[m], right[m] - last[m], slope[m]);
            let (leaving, staying) = if draw.eastward { (r, l) } else { (l, r) };
            let drawn = outflow::<T, FMA>(last[m], leaving, staying, draw.fraction);
            out[m] = fma::<T, FMA>(draw.part, drawn - near[m], near[m]);
        }
        for (cell, part) in &self.cells[draw.first..draw.end] {
            for m in 0..W {
                out[m] = fma::<T, FMA>(*part, values[*cell][m] - near[m], out[m]);
            }
        }
    }
}
