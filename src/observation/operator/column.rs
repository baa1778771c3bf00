//! A retrieved column in the form of the ACOS algorithm (Connor et al. 2008; O'Dell et al. 2012):
//!
//! X = X_prior + sum_j h_j a_j (c_j - cprior_j)
//!
//! h pressure weights of dry air, a averaging kernel, cprior the prior profile, all at the
//! retrieval's levels; c the model's dry mole fraction brought to those levels, linear between the
//! middles of its own and constant beyond the ends. The levels are matched in p / ps, each pressure
//! over its own surface pressure, so that a surface of the model higher or lower than the
//! retrieval's does not shift the boundary layer; or, where it is asked for, in pressure, as for a
//! spectrometer on a mountain that the grid does not have.
//!
//! Where the retrieval has a profile of water, its prior profile and its weights are of wet air, as
//! the integration operator of TCCON's GGG2020: c_j (1 - h2o_j) stands in place of c_j. A kernel on
//! levels of its own is brought to the prior's, linear in pressure.

mod mean;

use super::point::between;
use super::{Equivalent, Geometry, ObservationOperator, Stencil};
use crate::error::{Error, Result};
use crate::grid::HybridLevels;
use crate::meteorology::Atmosphere;
use crate::observation::Observation;
use std::any::Any;
use std::borrow::Cow;
use std::fmt;
use std::sync::Arc;

/// In what the levels of a retrieval and of the model are matched.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Vertical {
    /// Pressure over surface pressure, each its own.
    #[default]
    Sigma,
    /// Pressure.
    Pressure,
}

/// A retrieval, levels from the surface up.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct Column {
    /// Pressure of the retrieval's levels, falling \[Pa\].
    pub pressure: Vec<f64>,
    /// Column averaging kernel at the levels, dimensionless.
    pub kernel: Vec<f64>,
    /// Prior profile at the levels \[mol mol-1\].
    pub prior: Vec<f64>,
    /// Pressure weights of the levels, adding up to one.
    pub weight: Vec<f64>,
    /// Prior column \[mol mol-1\].
    pub prior_column: f64,
    /// Water vapour in wet air at the levels, where prior and weights are of wet air
    /// \[mol mol-1\]; empty where they are of dry air.
    pub water: Vec<f64>,
    /// Pressure at the retrieval's surface \[Pa\], where it is not that of the lowest level.
    pub surface: Option<f64>,
    /// In what its levels are matched with the model's.
    pub vertical: Vertical,
}

impl ObservationOperator for Column {
    fn name(&self) -> &str {
        "column"
    }

    fn equivalent(&self, o: &Observation, air: &Atmosphere) -> Result<Equivalent> {
        o.check_position()?;
        self.check().map_err(|e| e.at(o.location()))?;
        let weights = self.weight.iter().zip(&self.kernel);
        let mut weight: Vec<f64> = weights.map(|(h, a)| h * a).collect();
        let prior = weight.iter().zip(&self.prior).map(|(w, c)| w * c);
        let offset = self.prior_column - prior.sum::<f64>();
        for (w, h2o) in weight.iter_mut().zip(&self.water) {
            *w *= 1.0 - h2o;
        }
        let mut stencil = Stencil {
            offset,
            cells: Vec::with_capacity(4 * air.grid.levels.len()),
        };
        for (j, i, share) in air.grid.horizontal.bilinear(o.latitude, o.longitude) {
            let levels = self.on_levels(&air.grid.levels, air.surface_pressure[[j, i]], &weight);
            let levels = levels.into_iter().enumerate();
            levels.for_each(|(k, v)| stencil.add(air.grid.cell(k, j, i), share * v));
        }
        Ok(Equivalent::Linear(stencil))
    }

    fn columns(&self) -> Vec<(&str, &str)> {
        vec![
            ("pressure", "Pa"),
            ("sigma", "1"),
            ("surface_pressure", "Pa"),
            ("kernel", "1"),
            ("kernel_pressure", "Pa"),
            ("prior", "mol mol-1"),
            ("weight", "1"),
            ("prior_column", "mol mol-1"),
            ("water", "mol mol-1"),
            ("absolute", "1"),
        ]
    }

    fn geometry(&self) -> Geometry {
        let mut geometry = Geometry::default()
            .with("pressure", self.pressure.as_slice())
            .with("kernel", self.kernel.as_slice())
            .with("prior", self.prior.as_slice())
            .with("weight", self.weight.as_slice())
            .with("prior_column", [self.prior_column]);
        if !self.water.is_empty() {
            geometry = geometry.with("water", self.water.as_slice());
        }
        if let Some(surface) = self.surface {
            geometry = geometry.with("surface_pressure", [surface]);
        }
        if self.vertical == Vertical::Pressure {
            geometry = geometry.with("absolute", [1.0]);
        }
        geometry
    }

    fn with_geometry(&self, geometry: &Geometry) -> Result<Arc<dyn ObservationOperator>> {
        Ok(Arc::new(self.read(geometry)?))
    }

    fn mean(
        &self,
        all: &[&dyn ObservationOperator],
        weights: &[f64],
    ) -> Result<Arc<dyn ObservationOperator>> {
        let columns = all.iter().map(|o| self.column(*o));
        let columns = columns.collect::<Result<Vec<_>>>()?;
        Ok(Arc::new(mean::mean(self.vertical, &columns, weights)))
    }

    /// Soundings on as many levels of the same kind.
    fn thinning_key(&self, _: &Observation) -> Vec<i64> {
        vec![
            self.pressure.len() as i64,
            self.water.len() as i64,
            i64::from(self.surface.is_some()),
            i64::from(self.vertical == Vertical::Pressure),
        ]
    }

    fn prior(&self) -> Option<PriorColumn> {
        Some(PriorColumn {
            of_profile: self.of_prior(),
            stated: self.prior_column,
            weight: self.weight.iter().sum(),
        })
    }
}

/// The prior column of a retrieval: what its own weights make of its prior profile, beside what its
/// file states.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct PriorColumn {
    /// sum_j h_j cprior_j \[mol mol-1\].
    pub of_profile: f64,
    /// The prior column that is stated \[mol mol-1\].
    pub stated: f64,
    /// sum_j h_j, which is one for weights of dry air.
    pub weight: f64,
}

fn scaled(values: &[f64], factor: f64) -> Vec<f64> {
    values.iter().map(|v| v * factor).collect()
}

fn no_levels() -> Error {
    Error::new("a retrieval lacks the pressure of its levels")
        .expected("pressure, or sigma and surface_pressure")
}

/// The averaging kernel at the levels of the prior, which it need not be given on.
fn kernel(geometry: &Geometry, pressure: &[f64]) -> Result<Vec<f64>> {
    let given = geometry.profile("kernel")?;
    let Some(levels) = geometry.find("kernel_pressure") else {
        return Ok(given.to_vec());
    };
    if levels.len() != given.len() || levels.is_empty() {
        return Err(
            Error::new("an averaging kernel differs in length from its own pressure").got(format!(
                "{} and {}",
                given.len(),
                levels.len()
            )),
        );
    }
    let n = levels.len();
    let at = |k: usize| {
        if levels[0] > levels[n - 1] {
            n - 1 - k
        } else {
            k
        }
    };
    if (1..n).any(|k| levels[at(k)] <= levels[at(k - 1)]) || levels.iter().any(|p| p.is_nan()) {
        return Err(Error::new(
            "the pressure of an averaging kernel must rise or fall",
        ));
    }
    let at_pressure = |p: &f64| {
        let around = between(n, |k| levels[at(k)], *p);
        around
            .iter()
            .map(|(k, v)| if *v == 0.0 { 0.0 } else { v * given[at(*k)] })
            .sum()
    };
    Ok(pressure.iter().map(at_pressure).collect())
}

impl Column {
    /// An operator of this kind as what it is.
    fn column<'a>(&self, operator: &'a dyn ObservationOperator) -> Result<Cow<'a, Column>> {
        match (operator as &dyn Any).downcast_ref() {
            Some(own) => Ok(Cow::Borrowed(own)),
            None => self.read(&operator.geometry()).map(Cow::Owned),
        }
    }

    /// Levels in either order, as `pressure`, or as `sigma` of `surface_pressure`; without a
    /// `prior_column` it is the weighted sum of `prior`.
    fn read(&self, geometry: &Geometry) -> Result<Column> {
        let surface = match geometry.find("surface_pressure") {
            Some(_) => Some(geometry.number("surface_pressure")?),
            None => None,
        };
        let pressure = match (geometry.find("pressure"), surface) {
            (Some(pressure), _) => pressure.to_vec(),
            (None, Some(surface)) => scaled(geometry.profile("sigma")?, surface),
            (None, None) => return Err(no_levels()),
        };
        let profile = |name: &str| geometry.profile(name).map(<[f64]>::to_vec);
        let mut column = Column {
            kernel: kernel(geometry, &pressure)?,
            prior: profile("prior")?,
            weight: profile("weight")?,
            water: geometry
                .find("water")
                .map(<[f64]>::to_vec)
                .unwrap_or_default(),
            prior_column: 0.0,
            surface,
            vertical: match geometry.find("absolute") {
                Some([a]) if *a != 0.0 => Vertical::Pressure,
                _ => self.vertical,
            },
            pressure,
        };
        column.upward();
        column.surface = surface.filter(|s| column.pressure.first() != Some(s));
        column.prior_column = match geometry.find("prior_column") {
            Some(_) => geometry.number("prior_column")?,
            None => column.of_prior(),
        };
        column.check()?;
        Ok(column)
    }

    /// Pressure at the retrieval's surface \[Pa\].
    fn at_surface(&self) -> f64 {
        self.surface.unwrap_or(self.pressure[0])
    }

    /// Puts the levels in order from the surface up.
    fn upward(&mut self) {
        if self.pressure.first() < self.pressure.last() {
            self.pressure.reverse();
            self.kernel.reverse();
            self.prior.reverse();
            self.weight.reverse();
            self.water.reverse();
        }
    }

    /// What the weights make of the prior profile \[mol mol-1\].
    fn of_prior(&self) -> f64 {
        self.weight
            .iter()
            .zip(&self.prior)
            .map(|(h, c)| h * c)
            .sum()
    }

    /// Weights of the retrieval's levels as weights of the model's over one surface pressure.
    fn on_levels(&self, levels: &HybridLevels, surface: f64, weight: &[f64]) -> Vec<f64> {
        let n = levels.len();
        let surface_pressure = self.surface.unwrap_or(self.pressure[0]);
        let scale = match self.vertical {
            Vertical::Sigma => surface / surface_pressure,
            Vertical::Pressure => 1.0,
        };
        let middles: Vec<f64> = (0..n).map(|k| -levels.middle(k, surface)).collect(); // rising
        let mut out = vec![0.0; n];
        for (p, w) in self.pressure.iter().zip(weight) {
            let around = between(n, |k| middles[k], -p * scale);
            around.iter().for_each(|(k, v)| out[*k] += w * v);
        }
        out
    }

    fn check(&self) -> Result<()> {
        let n = self.pressure.len();
        let lengths = [&self.pressure, &self.kernel, &self.prior, &self.weight].map(|v| v.len());
        let wet = [0, n].contains(&self.water.len());
        if n < 2 || lengths.iter().any(|l| *l != n) || !wet {
            let differ = "a retrieval's pressure, kernel, prior and weight differ in length";
            return Err(Error::new(differ).got(format!("{lengths:?}")));
        }
        let profiles = self.pressure.iter().chain(&self.kernel).chain(&self.prior);
        let profiles = profiles.chain(&self.weight).chain(&self.water);
        let mut numbers = profiles.chain([&self.prior_column]).chain(&self.surface);
        if let Some(bad) = numbers.find(|v| !v.is_finite()) {
            return Err(Error::new("a retrieval holds a number that is not finite")
                .got(bad)
                .hint("leave out soundings with fill values"));
        }
        if self.pressure.windows(2).any(|p| p[1] >= p[0]) || self.pressure[n - 1] < 0.0 {
            let range = format!("{} to {} Pa", self.pressure[0], self.pressure[n - 1]);
            let order = "a retrieval's pressure must fall from the surface up";
            return Err(Error::new(order).got(range));
        }
        self.check_sizes()
    }

    /// Numbers that no air has speak of a wrong unit or of a fill value.
    fn check_sizes(&self) -> Result<()> {
        let surface = self.surface.unwrap_or(self.pressure[0]);
        if !(2e4..1.2e5).contains(&surface) {
            return Err(Error::new("a retrieval's surface has no pressure of air")
                .expected("200 to 1200 hPa")
                .got(format!("{} hPa", surface / 100.0)));
        }
        let fraction = |v: &&f64| !(0.0..0.1).contains(*v);
        if let Some(bad) = self.prior.iter().chain(&self.water).find(fraction) {
            return Err(Error::new("a retrieval's prior is no mole fraction")
                .expected("0 to 0.1 mol mol-1")
                .got(bad));
        }
        Ok(())
    }
}

impl fmt::Display for Column {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let options = match self.vertical {
            Vertical::Sigma => "",
            Vertical::Pressure => "#{ vertical: \"pressure\" }",
        };
        let n = self.pressure.len();
        write!(f, "operator::column({options}) on {n} levels")
    }
}

#[cfg(test)]
mod tests;
