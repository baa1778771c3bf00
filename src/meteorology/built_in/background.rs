//! The parts of the built-in meteorology that drivers use where their files lack them:
//! mixing, temperature, surface.

use super::BuiltIn;
use crate::meteorology::boundary_layer;
use crate::meteorology::forcing::{Mixing, layer_depth, unite_polar_rows};
use crate::meteorology::mean_state::MeanState;
use crate::meteorology::waves::northern_summer;
use crate::time::Time;
use ndarray::{Array2, Array3, Zip};

impl BuiltIn {
    /// What is mixed at an instant; under a boundary layer of another `height` (lat, lon) \[m\]
    /// where one is given.
    pub(in crate::meteorology) fn mixing(
        &self,
        time: Time,
        height: Option<&Array2<f64>>,
    ) -> Mixing {
        let (mean, mixing) = (&self.mean, self.options.mixing);
        let mut layers = boundary_layer::layers(&self.grid.horizontal, &mean.land, time, mixing);
        if let Some(height) = height {
            layers.zip_mut_with(height, |layer, height| {
                *layer = layer.of_height(mixing * height)
            });
        }
        let exchange =
            boundary_layer::exchange(&layers, &mean.edge_height, &mean.conductance, mixing);
        let layer_depth = layer_depth(
            &layers.map(|l| l.height),
            &mean.edge_height,
            &self.grid,
            &mean.surface_pressure,
        );
        let mut nonlocal = layers.map(|l| l.convective);
        unite_polar_rows(&mut nonlocal.view_mut());
        let (updraft, detrainment) =
            self.convection
                .at(&self.grid, &mean.land, time, self.options.convection);
        Mixing {
            layer_depth,
            nonlocal,
            exchange,
            updraft,
            detrainment,
        }
    }

    /// Updrafts of another source at level edges \[kg m-2 s-1\], none through the ground and the
    /// top, in place of the built-in ones.
    pub(in crate::meteorology) fn with_updraft(
        &self,
        mut updraft: Array3<f64>,
        mixing: Mixing,
    ) -> Mixing {
        let top = updraft.dim().0 - 1;
        updraft.indexed_iter_mut().for_each(|((k, _, _), u)| {
            *u = if k == 0 || k == top {
                0.0
            } else {
                self.options.convection * u.max(0.0)
            }
        });
        let detrainment = self.convection.detrainment(&updraft, top);
        Mixing {
            updraft,
            detrainment,
            ..mixing
        }
    }

    /// Height of the boundary layer above the ground (lat, lon) \[m\].
    pub(in crate::meteorology) fn layer_height(&self, time: Time) -> Array2<f64> {
        boundary_layer::layers(
            &self.grid.horizontal,
            &self.mean.land,
            time,
            self.options.mixing,
        )
        .mapv(|layer| layer.height)
    }

    /// Temperature of level middles (level, lat, lon) \[K\].
    pub(in crate::meteorology) fn temperature(&self, time: Time) -> Array3<f64> {
        let summer = northern_summer(time);
        let [january, june] = &self.mean.temperature;
        Zip::from(january)
            .and(june)
            .par_map_collect(|a, b| (1.0 - summer) * a + summer * b)
    }

    /// The options of the mixing as a script writes them.
    pub(in crate::meteorology) fn mixing_options(&self) -> String {
        format!(
            "mixing: {:?}, convection: {:?}",
            self.options.mixing, self.options.convection
        )
    }

    /// Factors of mixing and of convection.
    pub(in crate::meteorology) fn factors(&self) -> (f64, f64) {
        (self.options.mixing, self.options.convection)
    }

    /// The state that does not change.
    pub(in crate::meteorology) fn mean(&self) -> &MeanState {
        &self.mean
    }
}
