//! Projected Newton minimization within bounds with Levenberg-Marquardt damping, for a handful of
//! variables (Nocedal and Wright 2006, chapters 4 and 16).
//!
//! A step minimizes the quadratic model within the bounds, with a multiple of the curvature added
//! to the diagonal: each variable is held back by its own curvature, so that one along which the
//! function is flat does not shorten the step of the others.

use crate::error::Result;
use crate::linalg::PositiveDefinite;
use ndarray::{Array1, Array2};

/// A function at a point, with its derivatives.
pub(super) struct Derivatives {
    pub value: f64,
    pub gradient: Array1<f64>,
    /// The Hessian.
    pub observed: Array2<f64>,
    /// A positive semidefinite stand-in for it (Fisher information).
    pub expected: Array2<f64>,
}

/// Where the minimization ended.
#[derive(Debug)]
pub(super) struct Minimum {
    pub at: Vec<f64>,
    pub value: f64,
    pub iterations: usize,
    /// Largest component of the gradient projected on the bounds.
    pub gradient: f64,
    /// Whether every step was an undamped Newton step, as they are where the start lies in the
    /// basin of the minimum.
    pub direct: bool,
}

impl Minimum {
    /// Whether the condition of a minimum holds.
    pub fn converged(&self) -> bool {
        self.gradient < TOLERANCE
    }
}

/// Gradient, projected on the bounds, below which a point is a minimum.
pub(super) const TOLERANCE: f64 = 1e-6;
/// Gradient at which the iteration ends: convergence is quadratic, so that the step from
/// [`TOLERANCE`] to here is one.
const TARGET: f64 = 1e-8;
/// Most iterations.
const MOST: usize = 100;
/// Longest step of a variable (a logarithm: a factor changes at most 7.4-fold in a step).
const LONGEST: f64 = 2.0;
/// Part of the foreseen decrease that a step must bring (Armijo).
const DECREASE: f64 = 1e-4;
/// A change smaller than this part of the value may be rounding; the gradients at both ends say
/// more (the approximate Wolfe condition of Hager and Zhang 2005).
const ROUNDING: f64 = 1e-6;
/// First damping, as a part of the curvature; and the last, at which a step moves nothing.
const DAMPING: (f64, f64) = (1e-3, 1e12);

/// The lowest minimum of those reached from `start` and, unless the way from it was direct, from
/// each of `others`. Iterations are those of all ways.
pub(super) fn minimize_from(
    f: impl Fn(&[f64]) -> Result<Derivatives>,
    start: Vec<f64>,
    others: &[Vec<f64>],
    bounds: &[(f64, f64)],
) -> Result<Minimum> {
    let mut best = minimize(&f, start, bounds)?;
    if best.direct && best.converged() {
        return Ok(best);
    }
    for other in others {
        let restarted = minimize(&f, other.clone(), bounds)?;
        let iterations = best.iterations + restarted.iterations;
        // Minima apart by rounding are one: the first reached of them stays.
        let margin = ROUNDING * (1.0 + best.value.abs());
        let better = match (best.converged(), restarted.converged()) {
            (true, false) => false,
            (false, true) => restarted.value < best.value + margin,
            _ => restarted.value < best.value - margin,
        };
        if better {
            best = restarted;
        }
        best.iterations = iterations;
    }
    Ok(best)
}

/// Minimizes `f` from `start` within `bounds`; a variable whose bounds are equal does not move.
pub(super) fn minimize(
    f: impl Fn(&[f64]) -> Result<Derivatives>,
    start: Vec<f64>,
    bounds: &[(f64, f64)],
) -> Result<Minimum> {
    let start: Vec<f64> = start
        .iter()
        .zip(bounds)
        .map(|(x, (low, high))| x.clamp(*low, *high))
        .collect();
    let mut now = Point::new(&f, start, bounds)?;
    let (mut damping, mut direct, mut iterations) = (0.0, true, 0);
    while now.slope > TARGET && iterations < MOST {
        let Some(next) = step(&f, &now, &mut damping, bounds)? else {
            break;
        };
        direct &= damping == 0.0;
        now = next;
        iterations += 1;
    }
    Ok(Minimum {
        at: now.at,
        value: now.f.value,
        iterations,
        gradient: now.slope,
        direct,
    })
}

/// Largest component of the gradient projected on the bounds: of `P(x - gradient) - x`.
pub(super) fn projected(at: &[f64], gradient: &Array1<f64>, bounds: &[(f64, f64)]) -> f64 {
    at.iter()
        .zip(gradient)
        .zip(bounds)
        .map(|((x, g), (low, high))| ((x - g).clamp(*low, *high) - x).abs())
        .fold(0.0, f64::max)
}

struct Point {
    at: Vec<f64>,
    f: Derivatives,
    slope: f64,
}

impl Point {
    fn new(
        f: &impl Fn(&[f64]) -> Result<Derivatives>,
        at: Vec<f64>,
        bounds: &[(f64, f64)],
    ) -> Result<Self> {
        let f = f(&at)?;
        let slope = projected(&at, &f.gradient, bounds);
        Ok(Point { at, f, slope })
    }
}

/// The next point: the damping grows until the function falls as foreseen, and is eased after a
/// step that the quadratic model foretold well.
fn step(
    f: &impl Fn(&[f64]) -> Result<Derivatives>,
    now: &Point,
    damping: &mut f64,
    bounds: &[(f64, f64)],
) -> Result<Option<Point>> {
    while *damping < DAMPING.1 {
        if let Some(step) = model_step(now, *damping, bounds) {
            let at = now.at.iter().zip(&step).zip(bounds);
            let at = at.map(|((x, s), (low, high))| (x + s).clamp(*low, *high));
            let there = Point::new(f, at.collect(), bounds)?;
            let step: Array1<f64> = there.at.iter().zip(&now.at).map(|(a, b)| a - b).collect();
            let linear = now.f.gradient.dot(&step);
            let foreseen = -linear - 0.5 * step.dot(&now.f.observed.dot(&step));
            let mut fallen = now.f.value - there.f.value;
            if fallen.abs() < ROUNDING * (1.0 + now.f.value.abs()) {
                fallen = -0.5 * (linear + there.f.gradient.dot(&step));
            }
            if (linear < 0.0 && fallen >= -DECREASE * linear) || there.slope < TARGET {
                if foreseen > 0.0 && fallen > 0.75 * foreseen {
                    *damping = if *damping > DAMPING.0 {
                        *damping / 5.0
                    } else {
                        0.0
                    };
                } else if fallen < 0.25 * foreseen {
                    *damping = (2.0 * *damping).max(DAMPING.0);
                }
                return Ok(Some(there));
            }
        }
        if now.slope < TOLERANCE {
            break; // what is left is rounding
        }
        *damping = (4.0 * *damping).max(DAMPING.0);
    }
    Ok(None)
}

/// The step that minimizes the damped quadratic model within the bounds: variables that would leave
/// are put on their bound and the others solved for again. `None` where the model has no minimum.
fn model_step(now: &Point, damping: f64, bounds: &[(f64, f64)]) -> Option<Vec<f64>> {
    let (n, f) = (now.at.len(), &now.f);
    let flattest = 1e-8 * (1.0 + f.expected.diag().iter().fold(0.0, |a: f64, e| a.max(*e)));
    let curvature = |i: usize| f.observed[[i, i]].abs().max(f.expected[[i, i]]) + flattest;
    let mut free: Vec<usize> = (0..n)
        .filter(|i| is_free(now.at[*i], f.gradient[*i], bounds[*i]))
        .collect();
    let mut step = vec![0.0; n];
    while !free.is_empty() {
        let slope = |i: usize| {
            let held = (0..n).filter(|j| !free.contains(j));
            f.gradient[i] + held.map(|j| f.observed[[i, j]] * step[j]).sum::<f64>()
        };
        let gradient: Array1<f64> = free.iter().map(|i| slope(*i)).collect();
        let hessian = Array2::from_shape_fn((free.len(), free.len()), |(a, b)| {
            let added = if a == b {
                damping * curvature(free[a])
            } else {
                0.0
            };
            f.observed[[free[a], free[b]]] + added
        });
        let solved = PositiveDefinite::new(hessian).ok()?.solve(&gradient).ok()?;
        free.iter().zip(&solved).for_each(|(i, s)| step[*i] = -s);
        let room = |i: usize| (bounds[i].0 - now.at[i], bounds[i].1 - now.at[i]);
        let outside = |i: &usize| step[*i] < room(*i).0 || step[*i] > room(*i).1;
        let out: Vec<usize> = free.iter().copied().filter(outside).collect();
        if out.is_empty() {
            break;
        }
        out.iter()
            .for_each(|i| step[*i] = step[*i].clamp(room(*i).0, room(*i).1));
        free.retain(|i| !out.contains(i));
    }
    Some(step.iter().map(|s| s.clamp(-LONGEST, LONGEST)).collect())
}

/// Whether a variable may move: it has room, and does not press against a bound.
fn is_free(x: f64, gradient: f64, (low, high): (f64, f64)) -> bool {
    low < high && !(x <= low && gradient >= 0.0) && !(x >= high && gradient <= 0.0)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn rosenbrock(x: &[f64]) -> Result<Derivatives> {
        let (a, b) = (x[0], x[1]);
        let gradient = Array1::from(vec![
            -2.0 * (1.0 - a) - 400.0 * a * (b - a * a),
            200.0 * (b - a * a),
        ]);
        let observed = ndarray::array![
            [2.0 - 400.0 * (b - 3.0 * a * a), -400.0 * a],
            [-400.0 * a, 200.0]
        ];
        let expected = ndarray::array![[2.0 + 800.0 * a * a, -400.0 * a], [-400.0 * a, 200.0]];
        Ok(Derivatives {
            value: (1.0 - a).powi(2) + 100.0 * (b - a * a).powi(2),
            gradient,
            observed,
            expected,
        })
    }

    #[test]
    fn the_minimum_of_rosenbrock_is_found_inside_and_at_a_bound() {
        let inside = minimize(rosenbrock, vec![-1.2, 1.0], &[(-5.0, 5.0); 2]).unwrap();
        assert!(inside.converged() && inside.at.iter().all(|x| (x - 1.0).abs() < 1e-9));
        // With a held below 0.5 the best b is a^2.
        let bounded = minimize(rosenbrock, vec![-1.2, 1.0], &[(-5.0, 0.5), (-5.0, 5.0)]).unwrap();
        assert!(bounded.converged() && bounded.at[0] == 0.5 && (bounded.at[1] - 0.25).abs() < 1e-9);
    }

    #[test]
    fn a_variable_that_is_flat_at_its_bound_does_not_hold_back_the_others() {
        // A bowl in the first, and next to nothing in the second.
        let f = |x: &[f64]| {
            Ok(Derivatives {
                value: 10.0 * (x[0] - 4.0).powi(2) - 1e-9 * x[1],
                gradient: ndarray::array![20.0 * (x[0] - 4.0), -1e-9],
                observed: ndarray::array![[20.0, 0.0], [0.0, 1e-12]],
                expected: ndarray::array![[20.0, 0.0], [0.0, 1e-12]],
            })
        };
        let optimum = minimize(f, vec![0.0, 0.0], &[(-5.0, 5.0); 2]).unwrap();
        assert!((optimum.at[0] - 4.0).abs() < 1e-9, "{optimum:?}");
        assert!(
            optimum.iterations <= 3 && optimum.converged(),
            "{optimum:?}"
        );
    }

    #[test]
    fn of_two_minima_the_lower_is_taken() {
        // x^4/4 - x^2/2 + x/10: minima near -1.05 and 0.95, the left one lower.
        let f = |x: &[f64]| {
            let x = x[0];
            let curvature = ndarray::array![[3.0 * x * x - 1.0]];
            Ok(Derivatives {
                value: x.powi(4) / 4.0 - x * x / 2.0 + x / 10.0,
                gradient: ndarray::array![x.powi(3) - x + 0.1],
                observed: curvature.clone(),
                expected: curvature.mapv(f64::abs),
            })
        };
        let right = minimize(f, vec![0.3], &[(-2.0, 2.0)]).unwrap();
        let lower = minimize_from(f, vec![0.3], &[vec![-0.5]], &[(-2.0, 2.0)]).unwrap();
        assert!(
            right.at[0] > 0.9 && !right.direct && lower.at[0] < -1.0,
            "{right:?} {lower:?}"
        );
    }
}
