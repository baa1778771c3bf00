//! Least values and roots of functions: COBYLA (Powell 1994), which needs no derivatives and keeps
//! bounds, and Brent's method (1973).

use crate::error::{Error, Result, Warning};
use cobyla::{Func, RhoBeg, StopTols, SuccessStatus, minimize};
use roots::{Convergency, SearchError, find_root_brent};
use std::cell::RefCell;

/// What values are cut to in a search.
const LARGEST: f64 = 1e100;

/// When a search ends.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Search {
    /// Relative change of the arguments below which it has arrived.
    pub tolerance: f64,
    /// Most evaluations of the function.
    pub evaluations: usize,
}

/// Where a function is least.
#[derive(Debug, Clone, PartialEq)]
pub struct Minimum {
    /// The arguments.
    pub at: Vec<f64>,
    /// The value there.
    pub value: f64,
    /// A warning where the search ended before it arrived.
    pub warning: Option<Warning>,
}

impl Search {
    fn check(&self) -> Result<()> {
        if self.tolerance > 0.0 && self.tolerance < 1.0 && self.evaluations > 0 {
            return Ok(());
        }
        Err(Error::new("a search needs an end")
            .expected("a tolerance between 0 and 1, and at least 1 evaluation")
            .got(format!("{} and {}", self.tolerance, self.evaluations)))
    }

    /// The arguments within `bounds` at which `f` is least, searched from `start`: of several
    /// minima one that is near.
    ///
    /// # Errors
    /// A start outside the bounds, bounds out of order, a function that fails or is not a number.
    pub fn minimum(
        &self,
        f: impl Fn(&[f64]) -> Result<f64>,
        start: &[f64],
        bounds: &[(f64, f64)],
    ) -> Result<Minimum> {
        self.check()?;
        inside(start, bounds)?;
        let f = Watched::new(f);
        let (mut at, mut value) = (start.to_vec(), f.at(start));
        f.failed()?;
        let mut arrived = false;
        // A second search from the end of the first leaves a simplex that has become flat.
        for _ in 0..2 {
            let (reached, x, y) = self.searched(&f, &at, bounds, value);
            f.failed()?;
            arrived = reached;
            if y <= value {
                (at, value) = (x, y);
            }
        }
        let said = format!(
            "the search for a minimum ended after {} evaluations, before it arrived",
            self.evaluations
        );
        Ok(Minimum {
            at,
            value,
            warning: (!arrived).then(|| Warning::new("not_converged", said)),
        })
    }

    /// One search: whether it arrived, where, and the value there.
    fn searched<F: Fn(&[f64]) -> Result<f64>>(
        &self,
        f: &Watched<F>,
        start: &[f64],
        bounds: &[(f64, f64)],
        before: f64,
    ) -> (bool, Vec<f64>, f64) {
        let tolerances = StopTols {
            xtol_rel: self.tolerance,
            xtol_abs: vec![f64::MIN_POSITIVE; start.len()],
            ..StopTols::default()
        };
        let steps = RhoBeg::Set(steps(start, bounds));
        // The search does not end among values that are not finite.
        let objective = |x: &[f64], _: &mut ()| f.at(x).clamp(-LARGEST, LARGEST);
        let none: [&dyn Func<()>; 0] = [];
        let (most, stop) = (self.evaluations, Some(tolerances));
        match minimize(objective, start, bounds, &none, (), most, steps, stop) {
            Ok((status, x, y)) => (!matches!(status, SuccessStatus::MaxEvalReached), x, y),
            // Rounding ends the search where nothing is left to be gained.
            Err((_, x, y)) => (y <= before, x, y),
        }
    }

    /// Where `f` is 0 between `low` and `high`, at which it has opposite signs.
    ///
    /// # Errors
    /// Ends of one sign or out of order, a function that fails or is not a number, no end within
    /// the evaluations.
    pub fn root(&self, f: impl Fn(f64) -> Result<f64>, (low, high): (f64, f64)) -> Result<f64> {
        self.check()?;
        inside(&[low], &[(low, high)])?;
        let f = Watched::new(|x: &[f64]| f(x[0]));
        let ends = (f.at(&[low]), f.at(&[high]));
        f.failed()?;
        let mut until = Within {
            width: self.tolerance * (high - low),
            most: self.evaluations,
        };
        let solution = find_root_brent(low, high, |x: f64| f.at(&[x]), &mut until);
        f.failed()?;
        solution.map_err(|e| match e {
            SearchError::NoBracketing => Error::new("the function has one sign at both ends")
                .expected("a root between them")
                .got(format!("{} at {low}, {} at {high}", ends.0, ends.1)),
            _ => Error::new("the search for a root did not arrive")
                .got(format!("{} evaluations", self.evaluations))
                .hint("evaluations: 1000"),
        })
    }
}

/// A root is found to a width, whatever the values around it are.
struct Within {
    width: f64,
    most: usize,
}

impl Convergency<f64> for Within {
    fn is_root_found(&mut self, y: f64) -> bool {
        y == 0.0
    }
    fn is_converged(&mut self, x1: f64, x2: f64) -> bool {
        (x1 - x2).abs() <= self.width
    }
    fn is_iteration_limit_reached(&mut self, iteration: usize) -> bool {
        iteration >= self.most
    }
}

/// A function whose first failure is kept.
struct Watched<F> {
    f: F,
    failure: RefCell<Option<Error>>,
}

impl<F: Fn(&[f64]) -> Result<f64>> Watched<F> {
    fn new(f: F) -> Self {
        Watched {
            f,
            failure: RefCell::default(),
        }
    }
    /// The value, 0 from the first failure on, so that a search ends soon.
    fn at(&self, x: &[f64]) -> f64 {
        if self.failure.borrow().is_some() {
            return 0.0;
        }
        let value = match (self.f)(x) {
            Ok(value) if value.is_nan() => {
                Err(Error::new("the function is not a number").at(format!("its argument {x:?}")))
            }
            other => other,
        };
        value.unwrap_or_else(|e| {
            *self.failure.borrow_mut() = Some(e);
            0.0
        })
    }
    fn failed(&self) -> Result<()> {
        self.failure.borrow_mut().take().map_or(Ok(()), Err)
    }
}

fn inside(start: &[f64], bounds: &[(f64, f64)]) -> Result<()> {
    if start.is_empty() || start.len() != bounds.len() {
        return Err(Error::new("every argument needs bounds")
            .expected(format!("{} bounds", start.len().max(1)))
            .got(bounds.len()));
    }
    let wrong = start
        .iter()
        .zip(bounds)
        .find(|(x, (low, high))| !(x.is_finite() && low < high && (*low..=*high).contains(*x)));
    match wrong {
        None => Ok(()),
        Some((x, (low, high))) => Err(Error::new("a search starts within its bounds")
            .expected("lower < upper, and a start between them")
            .got(format!("{x} between {low} and {high}"))),
    }
}

/// First changes of the arguments: a tenth of their ranges, or of themselves.
fn steps(x: &[f64], bounds: &[(f64, f64)]) -> Vec<f64> {
    let each = x.iter().zip(bounds);
    each.map(|(x, (low, high))| match high - low {
        width if width.is_finite() => 0.1 * width,
        _ => 0.1 * x.abs().max(1.0),
    })
    .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    const SEARCH: Search = Search {
        tolerance: 1e-10,
        evaluations: 20_000,
    };
    const FREE: (f64, f64) = (f64::NEG_INFINITY, f64::INFINITY);

    #[test]
    fn the_least_value_is_found_inside_and_on_the_bounds() {
        let bowl = |x: &[f64]| Ok((x[0] - 1.0).powi(2) + 3.0 * (x[1] + 2.0).powi(2) + 5.0);
        let free = SEARCH.minimum(bowl, &[0.0, 0.0], &[FREE, FREE]).unwrap();
        assert!(free.warning.is_none());
        assert!((free.at[0] - 1.0).abs() < 1e-6 && (free.at[1] + 2.0).abs() < 1e-6);
        assert!((free.value - 5.0).abs() < 1e-10);
        let held = SEARCH
            .minimum(bowl, &[0.0, 0.0], &[(-1.0, 0.5), (-1.0, 1.0)])
            .unwrap();
        assert!((held.at[0] - 0.5).abs() < 1e-6 && (held.at[1] + 1.0).abs() < 1e-6);
    }

    #[test]
    fn a_search_that_does_not_arrive_says_so() {
        let short = Search {
            evaluations: 5,
            ..SEARCH
        };
        let bowl = |x: &[f64]| Ok(x[0] * x[0]);
        let optimum = short.minimum(bowl, &[40.0], &[FREE]).unwrap();
        assert_eq!(optimum.warning.unwrap().name, "not_converged");
        let nan = |_: &[f64]| Ok(f64::NAN);
        let message = SEARCH.minimum(nan, &[1.0], &[FREE]).unwrap_err();
        assert!(message.to_string().contains("not a number"));
        assert!(SEARCH.minimum(bowl, &[2.0], &[(0.0, 1.0)]).is_err());
        let later = |x: &[f64]| Ok(if x[0] < 0.5 { f64::NAN } else { x[0] });
        assert!(SEARCH.minimum(later, &[1.0], &[FREE]).is_err());
        let wall = |x: &[f64]| Ok(if x[0] < 0.5 { f64::INFINITY } else { x[0] });
        let optimum = SEARCH.minimum(wall, &[1.0], &[FREE]).unwrap();
        assert!(optimum.value >= 0.5 && optimum.value <= 1.0, "{optimum:?}");
    }

    #[test]
    fn a_root_is_found_between_ends_of_opposite_signs() {
        // scipy.optimize.brentq(lambda x: x**3 - 2, 0, 3)
        let root = SEARCH.root(|x| Ok(x.powi(3) - 2.0), (0.0, 3.0)).unwrap();
        assert!((root - 1.2599210498948732).abs() < 1e-8, "{root}");
        let one_sign = SEARCH.root(|x| Ok(x * x + 1.0), (-1.0, 1.0)).unwrap_err();
        assert!(one_sign.to_string().contains("one sign"));
    }
}
