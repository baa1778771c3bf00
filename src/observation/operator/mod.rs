//! Observation operators: from a model state to what an instrument would report of it.
//!
//! Each observation holds the operator that it is sampled through (`Observation::sampling`), shared
//! where its numbers are. A kind of operator is one file: its equation, the columns that its
//! geometry has in a table, and which observations may be joined when they are thinned.

mod air_column;
mod column;
mod function;
mod geometry;
mod layer;
mod point;

pub use air_column::AirColumn;
pub use column::{Column, PriorColumn, Vertical};
pub use function::{Function, Sampled};
pub use geometry::Geometry;
pub use layer::LayerMean;
pub use point::Point;

use super::Observation;
use crate::ensemble::{Concentrations, Real};
use crate::error::{Error, Result};
use crate::meteorology::Atmosphere;
use std::any::Any;
use std::fmt;
use std::sync::Arc;

/// A kind of observation: which cells an observation samples, and how.
pub trait ObservationOperator: Any + Send + Sync + fmt::Debug + fmt::Display {
    /// Its name, by which a table of observations gives it.
    fn name(&self) -> &str;

    /// What it samples of the air of the observation's instant.
    ///
    /// # Errors
    /// A position outside the grid, or numbers that are not finite.
    fn equivalent(&self, observation: &Observation, air: &Atmosphere) -> Result<Equivalent>;

    /// Names and units of the columns that its geometry can have in a table.
    fn columns(&self) -> Vec<(&str, &str)> {
        vec![]
    }
    /// The numbers by which it differs from others of its kind.
    fn geometry(&self) -> Geometry {
        Geometry::default()
    }
    /// The operator of this kind with another geometry: that of a row of a table, or the mean of
    /// several operators.
    ///
    /// # Errors
    /// Numbers that are missing or out of range.
    fn with_geometry(&self, geometry: &Geometry) -> Result<Arc<dyn ObservationOperator>>;

    /// The operator that is the mean of several of this kind, with weights that add up to one.
    ///
    /// # Errors
    /// Those of [`ObservationOperator::with_geometry`].
    fn mean(
        &self,
        all: &[&dyn ObservationOperator],
        weights: &[f64],
    ) -> Result<Arc<dyn ObservationOperator>> {
        let geometries: Vec<Geometry> = all.iter().map(|o| o.geometry()).collect();
        self.with_geometry(&Geometry::mean(&geometries, weights))
    }

    /// What two observations of one source, kind, block, interval of time and cell must share, that
    /// a mean of them makes sense.
    fn thinning_key(&self, observation: &Observation) -> Vec<i64> {
        vec![slab(observation.altitude, 500.0)]
    }

    /// How far below the model's surface it lies \[m\], where it samples other air than is meant; 0
    /// of what lies over it.
    fn below_surface(&self, _: &Observation, _: &Atmosphere) -> f64 {
        0.0
    }

    /// What a retrieval makes of its own prior profile; none of what has no prior.
    fn prior(&self) -> Option<PriorColumn> {
        None
    }
}

/// All built-in operators, without a geometry yet.
pub fn built_in() -> Vec<Arc<dyn ObservationOperator>> {
    vec![
        Arc::new(Point::default()),
        Arc::new(Column::default()),
        Arc::new(LayerMean::default()),
    ]
}

/// The built-in operator called `name`.
///
/// # Errors
/// There is none: the message lists those there are.
pub fn named(name: &str) -> Result<Arc<dyn ObservationOperator>> {
    let all = built_in();
    if let Some(operator) = all.iter().find(|o| o.name() == name) {
        return Ok(operator.clone());
    }
    let names: Vec<&str> = all.iter().map(|o| o.name()).collect();
    Err(
        Error::new(format!("there is no observation operator \"{name}\""))
            .expected(format!("one of {}", names.join(", ")))
            .near(name, names),
    )
}

impl PartialEq for dyn ObservationOperator {
    fn eq(&self, other: &Self) -> bool {
        // Two functions of one name are not known to be the same; their text distinguishes them.
        std::ptr::addr_eq(self, other)
            || (self.name() == other.name()
                && self.to_string() == other.to_string()
                && self.geometry() == other.geometry())
    }
}

/// A linear observation operator at one position and instant: equivalent = offset + sum(weight *
/// c(cell)).
#[derive(Debug, Clone, PartialEq, Default)]
pub struct Stencil {
    /// The part that does not depend on the model \[mol mol-1\].
    pub offset: f64,
    /// Cells (from [`crate::grid::Grid::cell`]) and weights.
    pub cells: Vec<(usize, f64)>,
}

impl Stencil {
    /// Adds a cell, unless its weight is zero.
    pub fn add(&mut self, cell: usize, weight: f64) {
        if weight != 0.0 {
            self.cells.push((cell, weight));
        }
    }
    /// Its value in each member \[mol mol-1\].
    pub fn sample<T: Real>(&self, c: &Concentrations<T>) -> Vec<f64> {
        let mut values = vec![self.offset; c.n_members()];
        c.accumulate(&self.cells, &mut values);
        values
    }
}

/// A function of a profile \[mol mol-1\], levels from the surface up.
pub type OfProfile = Arc<dyn Fn(&[f64]) -> Result<f64> + Send + Sync>;

/// What an operator samples at one position and instant.
#[derive(Clone)]
pub enum Equivalent {
    /// A linear function of the state, the same for all members.
    Linear(Stencil),
    /// Any function of the profile over the position, taken of each member in turn: one stencil for
    /// each level, and the function.
    OfProfile(Vec<Stencil>, OfProfile),
}

impl Equivalent {
    /// The equivalents of all members \[mol mol-1\].
    ///
    /// # Errors
    /// Whatever the function of a profile refuses, or a value of it that is not finite.
    pub fn sample<T: Real>(&self, c: &Concentrations<T>) -> Result<Vec<f64>> {
        let (levels, value) = match self {
            Equivalent::Linear(stencil) => return Ok(stencil.sample(c)),
            Equivalent::OfProfile(levels, value) => (levels, value),
        };
        let levels: Vec<Vec<f64>> = levels.iter().map(|s| s.sample(c)).collect();
        let of_member = |m: usize| {
            let profile: Vec<f64> = levels.iter().map(|l| l[m]).collect();
            match value(&profile)? {
                v if v.is_finite() => Ok(v),
                v => Err(
                    Error::new("an observation operator gave a value that is not finite")
                        .got(v)
                        .at(format!("member {m}")),
                ),
            }
        };
        (0..c.n_members()).map(of_member).collect()
    }
}

/// The number of the slab of this thickness in which `x` lies.
pub fn slab(x: f64, thickness: f64) -> i64 {
    (x / thickness).floor() as i64
}
