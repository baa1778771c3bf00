//! What can be varied of the built-in meteorology.

use crate::error::{Error, Result};
use crate::time::HOUR;

/// What can be varied, so that a truth run can differ from the model: 1 is the model itself.
#[derive(Debug, Clone, PartialEq)]
pub struct BuiltInOptions {
    /// Multiplies the travelling waves.
    pub waves: f64,
    /// Seed of the waves: another seed gives another realization.
    pub seed: u64,
    /// Multiplies the climatological winds.
    pub wind: f64,
    /// Multiplies boundary-layer height and diffusivity.
    pub mixing: f64,
    /// Multiplies the convective updrafts.
    pub convection: f64,
    /// Length of one interval of constant winds \[s\]; must divide a day.
    pub interval: f64,
}

impl Default for BuiltInOptions {
    fn default() -> Self {
        BuiltInOptions {
            waves: 1.0,
            seed: 1,
            wind: 1.0,
            mixing: 1.0,
            convection: 1.0,
            interval: 3.0 * HOUR,
        }
    }
}

impl BuiltInOptions {
    pub(super) fn check(&self) -> Result<()> {
        for (name, value) in [
            ("waves", self.waves),
            ("wind", self.wind),
            ("mixing", self.mixing),
            ("convection", self.convection),
        ] {
            if !(0.0..=10.0).contains(&value) {
                return Err(Error::new(format!(
                    "the factor \"{name}\" of the built-in meteorology is out of range"
                ))
                .expected("0 to 10")
                .got(value)
                .hint(format!("{name}: 1.0")));
            }
        }
        if self.mixing == 0.0 {
            return Err(Error::new("the boundary layer needs a height")
                .expected("mixing above 0")
                .got(0));
        }
        if !(self.interval >= 60.0 && (86_400.0 / self.interval).fract() == 0.0) {
            return Err(
                Error::new("the interval of the meteorology must divide a day")
                    .got(format!("{} s", self.interval))
                    .hint("10800.0"),
            );
        }
        Ok(())
    }
}
