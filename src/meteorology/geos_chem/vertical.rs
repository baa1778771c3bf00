//! Convection and turbulence of an interval.

use super::files::{GeosChemFiles, read_at};
use super::mixing::SurfaceLayer;
use crate::error::{Error, Result};
use crate::meteorology::files::Variable;
use crate::meteorology::forcing::{layer_depth, unite_polar_rows};
use crate::meteorology::mean_state::{half_layers, vertical_structure};
use crate::time::Time;
use ndarray::{Array2, Array3, Axis, Zip};

impl GeosChemFiles {
    /// Updraft through level edges and detrainment in levels \[kg m-2 s-1\].
    pub(super) fn convection(&self, middle: Time) -> Result<(Array3<f64>, Array3<f64>)> {
        let (edges, within) = (
            read_at(&self.updraft, middle)?,
            read_at(&self.detrainment, middle)?,
        );
        let (_, n_lat, n_lon) = within.dim();
        let factor = self.built_in.factors().1;
        let picked: Vec<usize> = self
            .lumps
            .iter()
            .map(|l| l.start)
            .chain([self.levels.len()])
            .collect();
        let updraft = Array3::from_shape_fn((picked.len(), n_lat, n_lon), |(k, j, i)| {
            factor * edges[[picked[k], j, i]].max(0.0)
        });
        let detrainment = Array3::from_shape_fn((self.lumps.len(), n_lat, n_lon), |(k, j, i)| {
            factor
                * self.lumps[k]
                    .clone()
                    .map(|s| within[[s, j, i]].max(0.0))
                    .sum::<f64>()
        });
        let on_model = |values: &Array3<f64>| united(self.faces.cell_means_of_levels(values));
        Ok((on_model(&updraft), on_model(&detrainment)))
    }

    /// Turbulent exchange at level edges \[kg m-2 s-1\], depth of the boundary layer \[Pa\] and the
    /// part of a flux its eddies carry.
    pub(super) fn turbulence(
        &self,
        start: Time,
        end: Time,
    ) -> Result<(Array3<f64>, [Array2<f64>; 2])> {
        let (before, after) = (self.instant(start)?, self.instant(end)?);
        let ps = 0.5 * (&before.surface_pressure + &after.surface_pressure);
        let temperature = 0.5 * (&before.temperature + &after.temperature);
        let (edge_height, conductance) =
            vertical_structure(&self.grid, &ps, &temperature, &half_layers(&self.grid, &ps));
        let [height, friction, heat, warmth] =
            [0, 1, 2, 3].map(|v: usize| self.layer_mean(&self.layer[v], start, end));
        let (height, friction, heat, warmth) = (height?, friction?, heat?, warmth?);
        let layers = Array2::from_shape_fn(ps.dim(), |at| {
            SurfaceLayer::new(height[at], friction[at], heat[at], warmth[at], ps[at])
        });
        let (top, mixing) = (edge_height.dim().0 - 1, self.built_in.factors().0);
        let mut exchange = Array3::zeros(edge_height.dim());
        Zip::indexed(&mut exchange).par_for_each(|(k, j, i), x| {
            if k > 0 && k < top {
                *x = mixing
                    * conductance[[k, j, i]]
                    * layers[[j, i]].diffusivity_at(edge_height[[k, j, i]]);
            }
        });
        let depth = layer_depth(&layers.map(|l| l.height), &edge_height, &self.grid, &ps);
        let mut nonlocal = layers.map(|l| l.nonlocal);
        unite_polar_rows(&mut nonlocal.view_mut());
        Ok((united(exchange), [depth, nonlocal]))
    }

    /// Mean over the records of A1 in an interval, on the model's cells.
    pub(super) fn layer_mean(
        &self,
        variable: &Variable,
        start: Time,
        end: Time,
    ) -> Result<Array2<f64>> {
        let inside: Vec<usize> = (0..variable.records.len())
            .filter(|k| {
                variable.records[*k]
                    .time
                    .is_some_and(|t| t >= start && t < end)
            })
            .collect();
        let mut sum: Option<Array3<f64>> = None;
        for k in &inside {
            let values = variable.read(*k, |_, _, _| false)?;
            sum = Some(sum.map_or(values.clone(), |s| s + values));
        }
        let sum = sum.ok_or_else(|| {
            Error::new(format!(
                "no file has {} at this time",
                variable.quantity.what
            ))
            .at(start)
        })?;
        Ok(self.faces.cell_means(sum.index_axis(Axis(0), 0)) / inside.len() as f64)
    }
}

/// Every level's polar rows made uniform.
fn united(mut values: Array3<f64>) -> Array3<f64> {
    values
        .axis_iter_mut(Axis(0))
        .for_each(|mut level| unite_polar_rows(&mut level));
    values
}
