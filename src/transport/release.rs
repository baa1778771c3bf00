//! The depth over which a surface flux is released in a step, before diffusion.
//!
//! A release gives the part of the flux that passes up through a surface with the part x of the
//! boundary layer's air below it; what does not pass a layer's upper edge stays in the layer. The
//! parts of a column add up to one.

use crate::error::{Error, Result};
use crate::meteorology::Forcing;
use std::fmt;

/// Where emissions go.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Release {
    /// Into the lowest layer, from where diffusion carries them.
    #[default]
    Surface,
    /// Evenly through the boundary layer.
    Mixed,
    /// At the surface of a non-local K-profile: beside diffusion the eddies of a layer that is
    /// heated from below carry beta (27/4) x (1 - x)^2 of the flux upward, against the gradient or
    /// not (Troen and Mahrt 1986; Holtslag and Boville 1993, their gamma_c K). beta, 0 to 1, is the
    /// meteorology's: none at night.
    NonLocal,
}

impl Release {
    /// All, and their names in a script.
    pub const ALL: [(&'static str, Release); 3] = [
        ("surface", Release::Surface),
        ("mixed", Release::Mixed),
        ("nonlocal", Release::NonLocal),
    ];

    /// The part of a flux that passes a surface with the part `x` of the layer's air below it,
    /// above zero; `beta`: the greatest part that eddies of the whole layer carry.
    #[inline(always)]
    pub(crate) fn passing(self, x: f64, beta: f64) -> f64 {
        match self {
            Release::Surface => 0.0,
            Release::Mixed => 1.0 - x,
            Release::NonLocal => beta * 6.75 * x * (1.0 - x) * (1.0 - x),
        }
    }

    /// Refuses a meteorology without a boundary layer where there must be one.
    ///
    /// # Errors
    /// There is no boundary layer and emissions are released in it.
    pub fn check(self, forcing: &Forcing) -> Result<()> {
        if self == Release::Surface || forcing.layer_depth.iter().any(|depth| *depth > 0.0) {
            return Ok(());
        }
        Err(Error::new("the meteorology has no boundary layer to release emissions in")
            .expected("a depth of the boundary layer above zero somewhere")
            .got(format!("emission: {self}"))
            .hint("emission: \"surface\", or boundary_layer: \"100 hPa\" in what meteorology::prescribed is given"))
    }
}

impl fmt::Display for Release {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let name = Release::ALL
            .iter()
            .find(|(_, r)| r == self)
            .map_or("", |(name, _)| name);
        write!(f, "{name:?}")
    }
}
