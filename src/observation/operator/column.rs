//! A retrieved column in the form of the ACOS algorithm (Connor et al. 2008; O'Dell et al. 2012):
//!
//! XCO2 = XCO2_prior + sum_j h_j a_j (c_j - cprior_j)
//!
//! h pressure weights, a averaging kernel, cprior the prior profile, all at the retrieval's levels;
//! c the model brought to those levels: linear in pressure between level middles and constant
//! beyond the ends.

use super::point::between;
use super::{Equivalent, Geometry, ObservationOperator, Stencil, ThinningKey};
use crate::error::{Error, Result};
use crate::meteorology::Atmosphere;
use crate::observation::Observation;
use std::fmt;
use std::sync::Arc;

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
}

impl ObservationOperator for Column {
    fn name(&self) -> &str {
        "column"
    }

    fn equivalent(&self, o: &Observation, air: &Atmosphere) -> Result<Equivalent> {
        o.check_position()?;
        self.check().map_err(|e| e.at(o.location()))?;
        let weights = self.weight.iter().zip(&self.kernel);
        let weight: Vec<f64> = weights.map(|(h, a)| h * a).collect();
        let prior = weight.iter().zip(&self.prior).map(|(w, c)| w * c);
        let mut stencil = Stencil {
            offset: self.prior_column - prior.sum::<f64>(),
            cells: vec![],
        };
        let grid = &air.grid;
        let n = grid.levels.len();
        for (j, i, share) in grid.horizontal.bilinear(o.latitude, o.longitude) {
            let surface = air.surface_pressure[[j, i]];
            let edges: Vec<f64> = (0..=n).map(|k| grid.levels.edge(k, surface)).collect();
            let middle = |k: usize| -0.5 * (edges[k] + edges[k + 1]); // negative, to rise with k
            let mut levels = vec![0.0; n];
            for (p, w) in self.pressure.iter().zip(&weight) {
                let around = between(n, middle, -p);
                around.iter().for_each(|(k, v)| levels[*k] += w * v);
            }
            let levels = levels.into_iter().enumerate();
            levels.for_each(|(k, v)| stencil.add(grid.cell(k, j, i), share * v));
        }
        Ok(Equivalent::Linear(stencil))
    }

    fn columns(&self) -> Vec<(&str, &str)> {
        vec![
            ("pressure", "Pa"),
            ("sigma", "1"),
            ("surface_pressure", "Pa"),
            ("kernel", "1"),
            ("prior", "mol mol-1"),
            ("weight", "1"),
            ("prior_column", "mol mol-1"),
        ]
    }

    fn geometry(&self) -> Geometry {
        Geometry::default()
            .with("pressure", self.pressure.as_slice())
            .with("kernel", self.kernel.as_slice())
            .with("prior", self.prior.as_slice())
            .with("weight", self.weight.as_slice())
            .with("prior_column", [self.prior_column])
    }

    /// Levels in either order, as `pressure`, or as `sigma` of `surface_pressure`; without a
    /// `prior_column` it is the weighted sum of `prior`.
    fn with_geometry(&self, geometry: &Geometry) -> Result<Arc<dyn ObservationOperator>> {
        let pressure = match geometry.find("pressure") {
            Some(pressure) => pressure.to_vec(),
            None => {
                let surface = geometry.number("surface_pressure")?;
                let sigma = geometry.profile("sigma")?;
                sigma.iter().map(|s| s * surface).collect()
            }
        };
        let mut column = Column {
            kernel: geometry.profile("kernel")?.to_vec(),
            prior: geometry.profile("prior")?.to_vec(),
            weight: geometry.profile("weight")?.to_vec(),
            pressure,
            prior_column: 0.0,
        };
        if column.pressure.first() < column.pressure.last() {
            let profiles = [
                &mut column.pressure,
                &mut column.kernel,
                &mut column.prior,
                &mut column.weight,
            ];
            profiles.into_iter().for_each(|p| p.reverse());
        }
        column.prior_column = match geometry.find("prior_column") {
            Some(_) => geometry.number("prior_column")?,
            None => {
                let parts = column.weight.iter().zip(&column.prior);
                parts.map(|(h, c)| h * c).sum()
            }
        };
        column.check()?;
        Ok(Arc::new(column))
    }

    /// Soundings of one cell and pass, on as many levels.
    fn thinning_key(&self, _: &Observation, cell: usize) -> ThinningKey {
        ThinningKey::of_cell(cell, [self.pressure.len() as i64])
    }
}

impl Column {
    fn check(&self) -> Result<()> {
        let n = self.pressure.len();
        let lengths = [&self.pressure, &self.kernel, &self.prior, &self.weight].map(|v| v.len());
        if n < 2 || lengths.iter().any(|l| *l != n) {
            let differ = "a retrieval's pressure, kernel, prior and weight differ in length";
            return Err(Error::new(differ).got(format!("{lengths:?}")));
        }
        let profiles = self.pressure.iter().chain(&self.kernel);
        let profiles = profiles.chain(&self.prior).chain(&self.weight);
        let mut numbers = profiles.chain([&self.prior_column]);
        if let Some(bad) = numbers.find(|v| !v.is_finite()) {
            return Err(Error::new("a retrieval holds a number that is not finite")
                .got(bad)
                .hint("leave out soundings with fill values"));
        }
        if self.pressure.windows(2).any(|p| p[1] >= p[0]) {
            let range = format!("{} to {} Pa", self.pressure[0], self.pressure[n - 1]);
            let order = "a retrieval's pressure must fall from the surface up";
            return Err(Error::new(order).got(range));
        }
        Ok(())
    }
}

impl fmt::Display for Column {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "operator::column() on {} levels", self.pressure.len())
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::observation::fixture::{atmosphere, linear, point};

    /// A retrieval on `n` levels of a surface at `ps`, kernel one, weights of the layers of air.
    fn retrieval(n: usize, ps: f64, top: f64) -> Column {
        let pressure: Vec<f64> = (0..n)
            .map(|j| ps + (top - ps) * j as f64 / (n - 1) as f64)
            .collect();
        let thick = |j: usize| if j == 0 || j == n - 1 { 0.5 } else { 1.0 };
        let weight = (0..n).map(|j| thick(j) / (n - 1) as f64).collect();
        Column {
            pressure,
            kernel: vec![1.0; n],
            prior: (0..n).map(|j| 4e-4 - 1e-6 * j as f64).collect(),
            weight,
            prior_column: 3.9e-4,
        }
    }

    fn stencil(r: &Column) -> Result<Stencil> {
        Ok(linear(
            r.equivalent(&point(12.0, 33.0, 0.0), &atmosphere())?,
        ))
    }

    #[test]
    fn a_model_equal_to_the_prior_gives_the_prior_column() {
        let mut r = retrieval(20, 1.0e5, 10.0);
        r.kernel = (0..20).map(|j| 1.1 - 0.04 * j as f64).collect();
        r.prior = vec![4e-4; 20];
        let stencil = stencil(&r).unwrap();
        let total: f64 = stencil.cells.iter().map(|c| c.1).sum();
        assert!((stencil.offset + 4e-4 * total - 3.9e-4).abs() < 1e-15);
    }

    #[test]
    fn the_weights_add_up_to_those_of_the_retrieval() {
        let stencil = stencil(&retrieval(20, 9.9e4, 10.0)).unwrap();
        assert!((stencil.cells.iter().map(|c| c.1).sum::<f64>() - 1.0).abs() < 1e-12);
    }

    #[test]
    fn a_profile_linear_in_pressure_is_sampled_exactly() {
        let air = atmosphere();
        let r = retrieval(20, 0.95e5, 5.0e3);
        let wanted: f64 = r
            .weight
            .iter()
            .zip(&r.pressure)
            .map(|(h, p)| h * (3e-4 + 1e-9 * p))
            .sum();
        let prior: f64 = r.weight.iter().zip(&r.prior).map(|(h, c)| h * c).sum();
        let stencil = stencil(&r).unwrap();
        let n = air.grid.horizontal.n_cells();
        let sampled: f64 = stencil
            .cells
            .iter()
            .map(|(cell, w)| w * (3e-4 + 1e-9 * air.grid.levels.middle(cell / n, 1.0e5)))
            .sum();
        assert!((stencil.offset + sampled - (3.9e-4 + wanted - prior)).abs() < 1e-15);
    }

    #[test]
    fn fill_values_are_refused() {
        let mut r = retrieval(20, 1.0e5, 10.0);
        r.prior[3] = f64::NAN;
        assert!(stencil(&r).is_err());
        assert!(r.with_geometry(&r.geometry()).is_err());
        assert!(stencil(&Column::default()).is_err());
    }

    #[test]
    fn levels_from_the_top_down_or_as_shares_of_the_surface_pressure_are_the_same_column() {
        let r = retrieval(20, 1.0e5, 10.0);
        let down = |v: &[f64]| v.iter().rev().copied().collect::<Vec<_>>();
        let sigma: Vec<f64> = r.pressure.iter().map(|p| p / 1.0e5).collect();
        let given = Geometry::default()
            .with("sigma", down(&sigma))
            .with("surface_pressure", [1.0e5])
            .with("kernel", down(&r.kernel))
            .with("prior", down(&r.prior))
            .with("weight", down(&r.weight))
            .with("prior_column", [r.prior_column]);
        let read = Column::default().with_geometry(&given).unwrap().geometry();
        for ((name, a), (_, b)) in read.columns().iter().zip(r.geometry().columns()) {
            assert!(
                a.iter()
                    .zip(b)
                    .all(|(a, b)| (a - b).abs() <= 1e-15 * b.abs()),
                "{name}"
            );
        }
    }
}
