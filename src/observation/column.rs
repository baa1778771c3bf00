//! A retrieved column in the form of the ACOS algorithm (Connor et al. 2008; O'Dell et al. 2012):
//!
//! XCO2 = XCO2_prior + sum_j h_j a_j (c_j - cprior_j)
//!
//! h pressure weights, a averaging kernel, cprior the prior profile, all at the retrieval's levels;
//! c the model brought to those levels: linear in pressure between level middles and constant
//! beyond the ends, or, as an option, the mean over the layer of air each level stands for, which
//! keeps mass.

use super::point::{between, check_place};
use super::{ColumnRetrieval, Observation, ObservationOperator, Stencil};
use crate::error::{Error, Result};
use crate::meteorology::Atmosphere;
use std::fmt;

/// How the model is brought to the levels of a retrieval.
pub trait LevelSampling: Send + Sync + fmt::Debug + fmt::Display {
    /// For each retrieval level, model levels and weights adding up to one. `pressure` are the
    /// retrieval's levels and `edges` the model's level edges, both falling from the surface
    /// \[Pa\].
    fn sample(&self, pressure: &[f64], edges: &[f64]) -> Vec<Vec<(usize, f64)>>;
}

/// Linear in pressure between level middles.
#[derive(Debug, Clone, Copy, Default, PartialEq)]
pub struct LinearInPressure;

impl LevelSampling for LinearInPressure {
    fn sample(&self, pressure: &[f64], edges: &[f64]) -> Vec<Vec<(usize, f64)>> {
        let middle = |k: usize| -0.5 * (edges[k] + edges[k + 1]); // negative, to rise with k
        pressure
            .iter()
            .map(|p| between(edges.len() - 1, middle, -p).to_vec())
            .collect()
    }
}

impl fmt::Display for LinearInPressure {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("observation::linear_in_pressure()")
    }
}

/// The mean over the layer from half-way to the level below to half-way to the level above.
#[derive(Debug, Clone, Copy, Default, PartialEq)]
pub struct LayerMean;

impl LevelSampling for LayerMean {
    fn sample(&self, pressure: &[f64], edges: &[f64]) -> Vec<Vec<(usize, f64)>> {
        let last = pressure.len() - 1;
        (0..=last)
            .map(|j| {
                let bottom = if j == 0 {
                    pressure[0]
                } else {
                    0.5 * (pressure[j - 1] + pressure[j])
                };
                let top = if j == last {
                    pressure[last]
                } else {
                    0.5 * (pressure[j] + pressure[j + 1])
                };
                layer(bottom, top, edges)
            })
            .collect()
    }
}

impl fmt::Display for LayerMean {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("observation::layer_mean()")
    }
}

/// Model levels under a layer and their shares; what lies beyond the model's ends counts as its end
/// level.
fn layer(bottom: f64, top: f64, edges: &[f64]) -> Vec<(usize, f64)> {
    let n = edges.len() - 1;
    let overlap = |k: usize| {
        let low = if k == 0 { f64::INFINITY } else { edges[k] };
        let high = if k + 1 == n { 0.0 } else { edges[k + 1] };
        (bottom.min(low) - top.max(high)).max(0.0)
    };
    (0..n)
        .map(|k| (k, overlap(k) / (bottom - top)))
        .filter(|(_, w)| *w > 0.0)
        .collect()
}

/// The column operator.
#[derive(Debug)]
pub struct Column {
    sampling: Box<dyn LevelSampling>,
}

impl Column {
    /// With a way to bring the model to the retrieval's levels.
    pub fn new(sampling: impl LevelSampling + 'static) -> Self {
        Column {
            sampling: Box::new(sampling),
        }
    }
}

impl Default for Column {
    fn default() -> Self {
        Column::new(LinearInPressure)
    }
}

impl ObservationOperator for Column {
    fn stencil(&self, observation: &Observation, atmosphere: &Atmosphere) -> Result<Stencil> {
        check_place(observation)?;
        let place = || format!("site {} at {}", observation.site, observation.time);
        let retrieval = observation.column.as_ref().ok_or_else(|| {
            Error::new("this observation is not a column")
                .hint("observation::point()")
                .at(place())
        })?;
        check_retrieval(retrieval).map_err(|e| e.at(place()))?;
        let weight: Vec<f64> = retrieval
            .weight
            .iter()
            .zip(&retrieval.kernel)
            .map(|(h, a)| h * a)
            .collect();
        let grid = &atmosphere.grid;
        let prior: f64 = weight
            .iter()
            .zip(&retrieval.prior)
            .map(|(w, c)| w * c)
            .sum();
        let mut stencil = Stencil {
            offset: retrieval.prior_column - prior,
            cells: vec![],
        };
        for (j, i, share) in grid
            .horizontal
            .bilinear(observation.latitude, observation.longitude)
        {
            let ps = atmosphere.surface_pressure[[j, i]];
            let edges: Vec<f64> = (0..=grid.levels.len())
                .map(|k| grid.levels.edge(k, ps))
                .collect();
            let mut levels = vec![0.0; grid.levels.len()];
            for (samples, w) in self
                .sampling
                .sample(&retrieval.pressure, &edges)
                .iter()
                .zip(&weight)
            {
                samples.iter().for_each(|(k, v)| levels[*k] += w * v);
            }
            levels
                .into_iter()
                .enumerate()
                .for_each(|(k, v)| stencil.add(grid.cell(k, j, i), share * v));
        }
        Ok(stencil)
    }
}

impl fmt::Display for Column {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "observation::column({})", self.sampling)
    }
}

fn check_retrieval(r: &ColumnRetrieval) -> Result<()> {
    let n = r.pressure.len();
    if n < 2
        || [&r.kernel, &r.prior, &r.weight]
            .iter()
            .any(|v| v.len() != n)
    {
        let lengths = [&r.pressure, &r.kernel, &r.prior, &r.weight].map(|v| v.len());
        return Err(Error::new(
            "a retrieval's pressure, kernel, prior and weight differ in length",
        )
        .got(format!("{lengths:?}")));
    }
    if r.pressure.windows(2).any(|p| p[1] >= p[0]) {
        return Err(
            Error::new("a retrieval's pressure must fall from the surface up").got(format!(
                "{} to {} Pa",
                r.pressure[0],
                r.pressure[n - 1]
            )),
        );
    }
    let numbers = r
        .pressure
        .iter()
        .chain(&r.kernel)
        .chain(&r.prior)
        .chain(&r.weight)
        .chain([&r.prior_column]);
    match numbers.copied().find(|v| !v.is_finite()) {
        Some(bad) => Err(Error::new("a retrieval holds a number that is not finite")
            .got(bad)
            .hint("leave out soundings with fill values")),
        None => Ok(()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::observation::fixture::{atmosphere, point};
    use std::sync::Arc;

    /// A retrieval on `n` levels of a surface at `ps`, kernel one, weights of the layers of air.
    fn retrieval(n: usize, ps: f64, top: f64) -> ColumnRetrieval {
        let pressure: Vec<f64> = (0..n)
            .map(|j| ps + (top - ps) * j as f64 / (n - 1) as f64)
            .collect();
        let thick = |j: usize| if j == 0 || j == n - 1 { 0.5 } else { 1.0 };
        let weight = (0..n).map(|j| thick(j) / (n - 1) as f64).collect();
        ColumnRetrieval {
            pressure,
            kernel: vec![1.0; n],
            prior: (0..n).map(|j| 4e-4 - 1e-6 * j as f64).collect(),
            weight,
            prior_column: 3.9e-4,
        }
    }

    fn sounding(r: ColumnRetrieval) -> Observation {
        Observation {
            column: Some(Arc::new(r)),
            ..point(12.0, 33.0, 0.0)
        }
    }

    #[test]
    fn a_model_equal_to_the_prior_gives_the_prior_column() {
        let mut r = retrieval(20, 1.0e5, 10.0);
        r.kernel = (0..20).map(|j| 1.1 - 0.04 * j as f64).collect();
        r.prior = vec![4e-4; 20];
        let stencil = Column::default()
            .stencil(&sounding(r), &atmosphere())
            .unwrap();
        let total: f64 = stencil.cells.iter().map(|c| c.1).sum();
        assert!((stencil.offset + 4e-4 * total - 3.9e-4).abs() < 1e-15);
    }

    #[test]
    fn the_weights_add_up_to_those_of_the_retrieval() {
        for operator in [Column::new(LinearInPressure), Column::new(LayerMean)] {
            let stencil = operator
                .stencil(&sounding(retrieval(20, 9.9e4, 10.0)), &atmosphere())
                .unwrap();
            assert!((stencil.cells.iter().map(|c| c.1).sum::<f64>() - 1.0).abs() < 1e-12);
        }
    }

    #[test]
    fn layer_means_with_a_kernel_of_one_give_the_mass_weighted_column() {
        let air = atmosphere();
        let (ps, top) = (1.0e5, air.grid.levels.edge(47, 1.0e5));
        let stencil = Column::new(LayerMean)
            .stencil(&sounding(retrieval(15, ps, top)), &air)
            .unwrap();
        let column = air.grid.horizontal.n_cells();
        let mut by_level = vec![0.0; 47];
        stencil
            .cells
            .iter()
            .for_each(|(cell, w)| by_level[cell / column] += w);
        for (k, w) in by_level.iter().enumerate() {
            assert!(
                (w - air.grid.levels.thickness(k, ps) / (ps - top)).abs() < 1e-12,
                "level {k}"
            );
        }
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
        let stencil = Column::default().stencil(&sounding(r), &air).unwrap();
        let n = air.grid.horizontal.n_cells();
        let seen: f64 = stencil
            .cells
            .iter()
            .map(|(cell, w)| w * (3e-4 + 1e-9 * air.grid.levels.middle(cell / n, 1.0e5)))
            .sum();
        assert!((stencil.offset + seen - (3.9e-4 + wanted - prior)).abs() < 1e-15);
    }

    #[test]
    fn fill_values_and_points_are_refused() {
        let mut r = retrieval(20, 1.0e5, 10.0);
        r.prior[3] = f64::NAN;
        assert!(
            Column::default()
                .stencil(&sounding(r), &atmosphere())
                .is_err()
        );
        assert!(
            Column::default()
                .stencil(&point(0.0, 0.0, 0.0), &atmosphere())
                .is_err()
        );
    }
}
