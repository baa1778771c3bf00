//! Advection in a column: piecewise parabolic on layers of unequal mass (Colella and Woodward 1984,
//! Eqs. 1.6-1.8).
//!
//! The lowest and the highest layer are taken as constant. Where more air crosses an edge than the
//! layer holds, the step is divided.

use super::parabola::Limiter;
use super::sweep::{Carried, Courant, Spacing, exchange, sweep};
use crate::ensemble::Real;
use crate::transport::lanes::{BATCH, ColumnBatch, fma};

/// One level of one column, for all members; edges are the lower ones.
#[derive(Debug, Clone, Copy, Default)]
pub struct LayerFlux<T> {
    /// Weights of the differences to the levels below and above in the slope.
    pub slope: [T; 2],
    /// Weights of the difference across the lower edge, the slope below it (of the level under) and
    /// above it.
    pub edge: [T; 3],
    /// Air upward through the lower edge in one part of the step \[kg\].
    pub upward: T,
    /// Air of the level before the vertical step and after it \[kg\], and by how much it grows in
    /// one part of the step.
    pub before: T,
    pub growth: T,
}

/// The vertical step of one column.
#[derive(Debug, Clone, Copy)]
pub struct Vertical<'a, T> {
    pub layers: &'a [LayerFlux<T>],
    /// Parts the step is divided into.
    pub parts: usize,
}

impl<T: Real> LayerFlux<T> {
    /// The layers of columns side by side from their masses after the horizontal step and after the
    /// whole step (surface first) \[kg\], and the number of parts the step must have. `upward` is
    /// scratch of one level more; `layers` are column by column.
    #[inline(always)]
    pub fn columns(
        before: &[ColumnBatch],
        after: &[ColumnBatch],
        upward: &mut [ColumnBatch],
        layers: &mut [LayerFlux<T>],
    ) -> [usize; BATCH] {
        let n = before.len();
        upward[0] = [0.0; BATCH];
        for k in 0..n {
            for c in 0..BATCH {
                upward[k + 1][c] = upward[k][c] + before[k][c] - after[k][c];
            }
        }
        upward[n] = [0.0; BATCH];
        let mut parts = [0.0f64; BATCH];
        for k in 0..n {
            for c in 0..BATCH {
                let leaving = upward[k + 1][c].greater(0.0) - upward[k][c].lesser(0.0);
                parts[c] = parts[c].greater(leaving / before[k][c].lesser(after[k][c]));
            }
        }
        parts = parts.map(|most| (most / 0.95).ceil().greater(1.0));
        let mass = |k: isize| &before[k.clamp(0, n as isize - 1) as usize];
        for k in 0..n {
            let near = [-2, -1, 0, 1].map(|d| mass(k as isize + d));
            // The outermost layers stay constant.
            let (slope, edge) = weights(near, k == 0 || k == n - 1);
            for (c, column) in layers.chunks_mut(n).enumerate() {
                let round = |x: &ColumnBatch| T::from_f64(x[c]);
                column[k] = LayerFlux {
                    slope: [round(&slope[0]), round(&slope[1])],
                    edge: [round(&edge[0]), round(&edge[1]), round(&edge[2])],
                    upward: T::from_f64(upward[k][c] / parts[c]),
                    before: round(&before[k]),
                    growth: T::from_f64((after[k][c] - before[k][c]) / parts[c]),
                };
            }
        }
        parts.map(|p| p as usize)
    }

    /// 1 / air of the level after so many parts of the step.
    #[inline(always)]
    fn inverse<const FMA: bool>(&self, parts: T) -> T {
        T::from_f64(1.0 / fma::<T, FMA>(parts, self.growth, self.before).to_f64())
    }
}

/// Weights of the slope in a layer and of the edge under it, from the masses of two layers below
/// it, itself and the one above.
#[inline(always)]
fn weights(
    [below2, below, here, above]: [&ColumnBatch; 4],
    constant: bool,
) -> ([ColumnBatch; 2], [ColumnBatch; 3]) {
    let (mut slopes, mut edges) = ([[0.0; BATCH]; 2], [[0.0; BATCH]; 3]);
    let slope_factor = if constant { 0.0 } else { 1.0 };
    for c in 0..BATCH {
        let (below2, below, here, above) = (below2[c], below[c], here[c], above[c]);
        let slope = slope_factor * (here / (below + here + above));
        slopes[0][c] = slope * (here + 2.0 * above) / (below + here);
        slopes[1][c] = slope * (2.0 * below + here) / (above + here);
        [edges[0][c], edges[1][c], edges[2][c]] = edge_weights(below2, below, here, above);
    }
    (slopes, edges)
}

/// Weights of Eq. 1.6 at the edge between two layers of mass `b` and `c` with `a` under and `d`
/// over them.
#[inline(always)]
fn edge_weights(a: f64, b: f64, c: f64, d: f64) -> [f64; 3] {
    let (under, over) = ((a + b) / (2.0 * b + c), (d + c) / (2.0 * c + b));
    let sum = a + b + c + d;
    [
        b / (b + c) + 2.0 * c * b / (b + c) * (under - over) / sum,
        c * over / sum,
        -b * under / sum,
    ]
}

impl<T: Real> Spacing<T> for LayerFlux<T> {
    #[inline(always)]
    fn slope<const FMA: bool>(&self, before: T, after: T) -> T {
        fma::<T, FMA>(self.slope[0], before, self.slope[1] * after)
    }
    #[inline(always)]
    fn edge<const FMA: bool>(&self, here: T, slope: T, difference: T, next_slope: T) -> T {
        let curved = fma::<T, FMA>(self.edge[2], next_slope, here);
        fma::<T, FMA>(
            self.edge[0],
            difference,
            fma::<T, FMA>(self.edge[1], slope, curved),
        )
    }
}

/// Scratch of a column: what the sweep carries, and three faces.
pub struct VerticalScratch<T, const W: usize> {
    carried: Carried<T, W>,
    faces: [[T; W]; 3],
}

impl<T: Real, const W: usize> VerticalScratch<T, W> {
    pub fn new() -> Self {
        VerticalScratch {
            carried: Carried::default(),
            faces: [[T::default(); W]; 3],
        }
    }
}

/// Moves one of the columns side by side in `values` (level, column) upward and downward, in place.
#[inline(always)]
pub fn vertical<T: Real, L: Limiter, const W: usize, const FMA: bool>(
    values: &mut [[T; W]],
    stride: usize,
    column: usize,
    plan: Vertical<T>,
    s: &mut VerticalScratch<T, W>,
) {
    let (layers, n) = (plan.layers, plan.layers.len());
    let at = |k: usize| k.min(n - 1) * stride + column;
    for part in 0..plan.parts {
        let elapsed = T::from_f64(part as f64);
        s.carried.slope = [T::default(); W];
        s.carried.edge = values[at(0)];
        for p in 0..n {
            let inverse = layers[p].inverse::<FMA>(elapsed);
            let up = layers.get(p + 1).map_or(T::default(), |r| r.upward);
            let courant = Courant {
                first: layers[p].upward * inverse,
                last: up * inverse,
                ..Courant::none()
            };
            let cells = [&values[at(p)], &values[at(p + 1)], &values[at(p + 2)]];
            let [back, forth] = s
                .faces
                .get_disjoint_mut([p % 3, (p + 1) % 3])
                .expect("two faces");
            sweep::<T, L, LayerFlux<T>, W, FMA>(
                layers[(p + 1).min(n - 1)],
                cells,
                &mut s.carried,
                courant,
                back,
                forth,
            );
            if p > 0 {
                let faces = [&s.faces[(p + 2) % 3], &s.faces[p % 3]];
                finish::<T, W, FMA>(
                    &mut values[at(p - 1)],
                    &layers[p - 1],
                    layers[p].upward,
                    elapsed,
                    faces,
                );
            }
        }
        let faces = [&s.faces[(n + 2) % 3], &s.faces[n % 3]];
        finish::<T, W, FMA>(
            &mut values[at(n - 1)],
            &layers[n - 1],
            T::default(),
            elapsed,
            faces,
        );
    }
}

/// A layer whose two faces are known.
#[inline(always)]
fn finish<T: Real, const W: usize, const FMA: bool>(
    value: &mut [T; W],
    layer: &LayerFlux<T>,
    above: T,
    elapsed: T,
    [under, over]: [&[T; W]; 2],
) {
    let inverse = layer.inverse::<FMA>(elapsed + T::from_f64(1.0));
    let old = *value;
    exchange::<T, W, FMA>(
        value,
        &old,
        (layer.upward * inverse, under),
        (above * inverse, over),
    );
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn equal_layers_have_the_weights_of_the_uniform_grid() {
        let [difference, under, over] = edge_weights(1.0, 1.0, 1.0, 1.0);
        assert!(
            (difference - 0.5).abs() < 1e-15
                && (under - 1.0 / 6.0).abs() < 1e-15
                && (over + 1.0 / 6.0).abs() < 1e-15
        );
    }

    #[test]
    fn a_profile_linear_in_mass_has_its_own_edge_values() {
        let (a, b, c, d) = (1.0, 2.0, 0.5, 1.5);
        // q = mass from the bottom: means 0.5, 2, 3.25, 4.25; the slope of a layer is its mass; the
        // edge lies at 3.
        let w = edge_weights(a, b, c, d);
        let edge = 2.0 + w[0] * (3.25 - 2.0) + w[1] * b + w[2] * c;
        assert!((edge - 3.0).abs() < 1e-14, "{edge}");
    }
}
