//! The parts of the built-in meteorology that it also lends to drivers whose files lack them: mixing, temperature, surface.

use super::BuiltIn;
use crate::meteorology::boundary_layer;
use crate::meteorology::mean_state::MeanState;
use crate::meteorology::waves::northern_summer;
use crate::time::Time;
use ndarray::{Array2, Array3, Zip};

impl BuiltIn {
    /// Exchange and updraft at level edges (level + 1, lat, lon), detrainment in levels (level, lat, lon) \[kg m-2 s-1\].
    pub(in crate::meteorology) fn mixing(&self, time: Time) -> (Array3<f64>, Array3<f64>, Array3<f64>) {
        let (mean, mixing) = (&self.mean, self.options.mixing);
        let layers = boundary_layer::layers(&self.grid.horizontal, &mean.land, time, mixing);
        let exchange = boundary_layer::exchange(&layers, &mean.edge_height, &mean.conductance, mixing);
        let (updraft, detrainment) = self.convection.at(&self.grid, &mean.land, time, self.options.convection);
        (exchange, updraft, detrainment)
    }

    /// Height of the boundary layer above the ground (lat, lon) \[m\].
    pub(in crate::meteorology) fn layer_height(&self, time: Time) -> Array2<f64> {
        boundary_layer::layers(&self.grid.horizontal, &self.mean.land, time, self.options.mixing).mapv(|layer| layer.height)
    }

    /// Temperature of level middles (level, lat, lon) \[K\].
    pub(in crate::meteorology) fn temperature(&self, time: Time) -> Array3<f64> {
        let summer = northern_summer(time);
        let [january, june] = &self.mean.temperature;
        Zip::from(january).and(june).par_map_collect(|a, b| (1.0 - summer) * a + summer * b)
    }

    /// The options of the mixing as a script writes them.
    pub(in crate::meteorology) fn mixing_options(&self) -> String {
        format!("mixing: {:?}, convection: {:?}", self.options.mixing, self.options.convection)
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
