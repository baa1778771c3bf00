//! How the transport steps, and which processes are at work.

use super::{Advection, Release};
use crate::time::HOUR;

/// How the transport steps.
#[derive(Debug, Clone, PartialEq)]
pub struct TransportOptions {
    /// Step of advection \[s\], whole seconds; steps also end where an interval of the meteorology
    /// or of the fluxes ends.
    pub step: f64,
    /// Longest step of emission, mixing and convection \[s\]: each step is divided into as many
    /// equal parts as it takes. Not given: `step`.
    pub column_step: Option<f64>,
    /// What is at work.
    pub processes: Processes,
    /// Fluxes are averaged over intervals of this length \[s\].
    pub flux_interval: f64,
    /// How far up fluxes are released.
    pub emission: Release,
    /// The advection scheme.
    pub advection: Advection,
}

impl Default for TransportOptions {
    /// 600 s, hourly fluxes released at the surface, monotone advection, all processes.
    fn default() -> Self {
        TransportOptions {
            step: 600.0,
            column_step: None,
            processes: Processes::default(),
            flux_interval: HOUR,
            emission: Release::default(),
            advection: Advection::default(),
        }
    }
}

/// Which processes are at work.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Processes {
    /// Transport by the resolved winds, horizontal and vertical. Without it a changing surface
    /// pressure does not keep tracer mass.
    pub advection: bool,
    /// Surface fluxes.
    pub emission: bool,
    /// Turbulent mixing.
    pub mixing: bool,
    /// Convective updrafts.
    pub convection: bool,
}

impl Processes {
    /// Names of those that are not at work.
    pub fn missing(&self) -> Vec<&'static str> {
        let named = [
            ("advection", self.advection),
            ("emission", self.emission),
            ("mixing", self.mixing),
            ("convection", self.convection),
        ];
        named
            .into_iter()
            .filter(|(_, on)| !on)
            .map(|(name, _)| name)
            .collect()
    }
}

impl Default for Processes {
    /// All of them.
    fn default() -> Self {
        Processes {
            advection: true,
            emission: true,
            mixing: true,
            convection: true,
        }
    }
}
