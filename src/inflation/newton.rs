//! Damped, projected Newton minimization within bounds, for a handful of variables.

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
pub(super) struct Minimum {
    pub at: Vec<f64>,
    pub iterations: usize,
    pub converged: bool,
}

/// Most iterations.
const MOST: usize = 60;
/// Longest step of a variable (a logarithm: a factor changes at most 7.4-fold in a step).
const LONGEST: f64 = 2.0;
/// A step shorter than this changes the value by less than its rounding can show. Convergence being
/// quadratic, one such step leaves nothing to do.
const SHORTEST: f64 = 1e-6;
/// Part of the foreseen decrease that a step must bring (Armijo).
const DECREASE: f64 = 1e-4;

/// Minimizes `f` from `start` within `bounds`; a variable whose bounds are equal does not move.
pub(super) fn minimize(
    f: impl Fn(&[f64]) -> Result<Derivatives>,
    start: Vec<f64>,
    bounds: &[(f64, f64)],
) -> Result<Minimum> {
    let mut at: Vec<f64> = start
        .iter()
        .zip(bounds)
        .map(|(x, (low, high))| x.clamp(*low, *high))
        .collect();
    let mut now = f(&at)?;
    for iterations in 0..MOST {
        let free: Vec<usize> = (0..at.len())
            .filter(|i| is_free(at[*i], now.gradient[*i], bounds[*i]))
            .collect();
        if free.is_empty() {
            return Ok(Minimum {
                at,
                iterations,
                converged: true,
            });
        }
        let direction = newton_direction(&now, &free, at.len());
        let whole = project(&at, &direction, 1.0, bounds);
        if whole
            .iter()
            .zip(&at)
            .all(|(new, old)| (new - old).abs() < SHORTEST)
        {
            return Ok(Minimum {
                at: whole,
                iterations: iterations + 1,
                converged: true,
            });
        }
        match search(&f, &at, &now, &direction, bounds)? {
            Some((next, there)) => (at, now) = (next, there),
            None => {
                return Ok(Minimum {
                    at,
                    iterations,
                    converged: false,
                });
            }
        }
    }
    Ok(Minimum {
        at,
        iterations: MOST,
        converged: false,
    })
}

/// Whether a variable may move: it has room, and does not press against a bound.
fn is_free(x: f64, gradient: f64, (low, high): (f64, f64)) -> bool {
    low < high && !(x <= low && gradient >= 0.0) && !(x >= high && gradient <= 0.0)
}

/// `-H^-1 gradient` on the free variables, with the observed Hessian where it is positive definite,
/// else the expected one.
fn newton_direction(now: &Derivatives, free: &[usize], n: usize) -> Vec<f64> {
    let mut direction = vec![0.0; n];
    let gradient = Array1::from_shape_fn(free.len(), |a| now.gradient[free[a]]);
    let part = |h: &Array2<f64>, ridge: f64| {
        Array2::from_shape_fn((free.len(), free.len()), |(a, b)| {
            h[[free[a], free[b]]] + if a == b { ridge } else { 0.0 }
        })
    };
    let ridge = 1e-8
        * (1.0
            + free
                .iter()
                .map(|i| now.expected[[*i, *i]])
                .fold(0.0, f64::max));
    let hessians = [part(&now.observed, 0.0), part(&now.expected, ridge)];
    let step = hessians
        .into_iter()
        .find_map(|h| {
            PositiveDefinite::new(h)
                .and_then(|h| h.solve(&gradient))
                .ok()
        })
        .unwrap_or_else(|| gradient.clone());
    let longest = step.iter().fold(0.0f64, |a, s| a.max(s.abs()));
    let damping = if longest > LONGEST {
        LONGEST / longest
    } else {
        1.0
    };
    free.iter()
        .zip(&step)
        .for_each(|(i, s)| direction[*i] = -damping * s);
    direction
}

fn project(at: &[f64], direction: &[f64], length: f64, bounds: &[(f64, f64)]) -> Vec<f64> {
    at.iter()
        .zip(direction)
        .zip(bounds)
        .map(|((x, d), (low, high))| (x + length * d).clamp(*low, *high))
        .collect()
}

/// Halves the step until the function falls as foreseen.
fn search(
    f: &impl Fn(&[f64]) -> Result<Derivatives>,
    at: &[f64],
    now: &Derivatives,
    direction: &[f64],
    bounds: &[(f64, f64)],
) -> Result<Option<(Vec<f64>, Derivatives)>> {
    let mut length = 1.0;
    for _ in 0..30 {
        let next = project(at, direction, length, bounds);
        let there = f(&next)?;
        let foreseen: f64 = next
            .iter()
            .zip(at)
            .zip(&now.gradient)
            .map(|((new, old), g)| (new - old) * g)
            .sum();
        if there.value <= now.value + DECREASE * foreseen {
            return Ok(Some((next, there)));
        }
        length *= 0.5;
    }
    Ok(None)
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
        assert!(inside.converged && inside.at.iter().all(|x| (x - 1.0).abs() < 1e-9));
        // With a held below 0.5 the best b is a^2.
        let bounded = minimize(rosenbrock, vec![-1.2, 1.0], &[(-5.0, 0.5), (-5.0, 5.0)]).unwrap();
        assert!(bounded.converged && bounded.at[0] == 0.5 && (bounded.at[1] - 0.25).abs() < 1e-9);
    }
}
