//! What the built-in meteorology lends to drivers whose files lack it: mixing, temperature, surface.

use super::BuiltIn;
use crate::meteorology::mean_state::MeanState;
use crate::meteorology::waves::northern_summer;
use crate::time::Time;
use ndarray::{Array3, Zip};

impl BuiltIn {
    /// Exchange and updraft at level edges (level + 1, lat, lon), detrainment in levels (level, lat, lon) \[kg m-2 s-1\].
    pub(in crate::meteorology) fn mixing(&self, time: Time) -> (Array3<f64>, Array3<f64>, Array3<f64>) {
        let (updraft, detrainment) = self.convection(time);
        (self.exchange(time), updraft, detrainment)
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
