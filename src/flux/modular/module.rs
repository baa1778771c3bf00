//! One module: its maps, what it is, and the regions of its factors.

use super::{Cycle, FactorRegions, usual};
use crate::error::{Error, Result};
use crate::flux::{Module, Series};
use std::fmt;
use std::sync::Arc;

/// A series of maps as a part of a prior.
#[derive(Debug, Clone)]
pub struct FluxModule {
    /// What it is called, such as `bio`.
    pub name: String,
    /// Which line of the budget it belongs to: NEE, wildfire, ocean or fossil.
    pub of: Module,
    /// Its maps.
    pub series: Series,
    /// The regions of its factors, where it may have some.
    pub regions: Option<Arc<FactorRegions>>,
    /// Prior standard deviation of each factor, or one for all, as a part of the flux.
    pub sd: Vec<f64>,
    /// Distance at which the correlation of its factors has fallen to 1/e \[km\].
    pub length_km: f64,
    /// A cycle within the day that is added to its maps.
    pub cycle: Option<Cycle>,
}

impl FluxModule {
    /// A module without factors.
    ///
    /// # Errors
    /// A name that does not say what it is, where `of` does not either; a sum of modules.
    pub fn new(name: &str, of: Option<Module>, series: Series) -> Result<Self> {
        let of = of.or_else(|| usual(name)).ok_or_else(|| {
            Error::new(format!(
                "it is not said which part of the budget \"{name}\" is"
            ))
            .expected("a name such as bio, ocean, fire or fossil, or the option of")
            .hint("of: \"nee\", \"ocean\", \"wildfire\" or \"fossil\"")
        })?;
        if matches!(of, Module::NetLand | Module::Global) {
            return Err(Error::new("a module is one part of the budget")
                .expected("nee, ocean, wildfire or fossil")
                .got(of.name()));
        }
        Ok(FluxModule {
            name: name.to_string(),
            of,
            series: series.named(name),
            regions: None,
            sd: vec![],
            length_km: 0.0,
            cycle: None,
        })
    }

    /// With factors on regions, of standard deviations `sd` (one, or one for each region) and a
    /// correlation length.
    ///
    /// # Errors
    /// Numbers that are not positive, other than one or as many as there are regions.
    pub fn with_factors(mut self, on: FactorRegions, sd: Vec<f64>, length_km: f64) -> Result<Self> {
        let n = on.names().len();
        if sd.len() != 1 && sd.len() != n {
            return Err(Error::new("the standard deviations do not fit the regions")
                .expected(format!("1 or {n}"))
                .got(sd.len())
                .at(format!("module \"{}\"", self.name)));
        }
        let bad = sd
            .iter()
            .chain([&length_km])
            .find(|v| !(**v > 0.0 && v.is_finite()));
        if let Some(bad) = bad {
            return Err(
                Error::new("a standard deviation and a correlation length are positive")
                    .got(bad)
                    .at(format!("module \"{}\"", self.name)),
            );
        }
        self.regions = Some(Arc::new(on));
        (self.sd, self.length_km) = (sd, length_km);
        Ok(self)
    }

    /// With a cycle within the day that is added to its maps.
    pub fn with_cycle(mut self, cycle: Option<Cycle>) -> Self {
        self.cycle = cycle;
        self
    }

    /// The regions of its factors.
    ///
    /// # Errors
    /// It has none.
    pub fn regions(&self) -> Result<&FactorRegions> {
        self.regions.as_deref().ok_or_else(|| {
            Error::new(format!(
                "module \"{}\" has no regions for factors",
                self.name
            ))
            .hint("flux::module_of(name, maps, #{ regions: \"eco\", sd: 0.5 })")
        })
    }

    /// The standard deviation of a factor.
    pub(super) fn sd_of(&self, factor: usize) -> f64 {
        if self.sd.len() == 1 {
            self.sd[0]
        } else {
            self.sd[factor]
        }
    }
}

impl fmt::Display for FluxModule {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} ({})", self.series, self.of.name())?;
        if let Some(regions) = &self.regions {
            write!(
                f,
                ", {} regions, sd {:?}, length {} km",
                regions.names().len(),
                self.sd.first().copied().unwrap_or(f64::NAN),
                self.length_km
            )?;
        }
        match &self.cycle {
            Some(cycle) => write!(f, ", {cycle}"),
            None => Ok(()),
        }
    }
}
