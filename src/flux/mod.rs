//! Surface fluxes: prior modules, eco-regions, trace gases, and Eq. 1, F = fixed + sum over factors
//! of lambda_r F_r.

mod composite;

pub use composite::{Average, FixedFactors, SideBySide};
mod basis;
mod budget;
mod diurnal;
mod eco_regions;
mod factor_prior;
mod factor_set;
pub mod files;
mod given;
mod gridded;
mod in_periods;
mod maps;
mod mean;
mod modular;
mod modules;
mod months;
mod of_field;
mod prior;
mod product;
mod rates;
mod real;
mod regions;
mod series;
mod stamps;
mod tracer;
mod truth;
pub mod written;
pub use budget::{Budget, BudgetLine, FactorWindow};
pub use diurnal::Daylight;
pub use eco_regions::{EcoRegions, Factor, REGIONS, Surface, one_degree, region_of_transcom};
pub use factor_prior::FactorPrior;
pub use factor_set::{FactorSet, Uncertainty};
pub use given::{Given, MapAt, Maps};
pub use in_periods::InPeriods;
pub use maps::{FluxMaps, flux_maps};
pub use mean::mean_maps;
pub use modular::{Cycle, FactorRegions, FluxModule, ModuleFactor, ModulePrior};
pub use modules::Modules;
#[cfg(test)]
pub(crate) use modules::annual_total;
pub(crate) use modules::fossil_pattern;
pub use months::month_edges;
pub(crate) use months::seconds_by_month;
pub use of_field::Reading;
pub use prior::{Prior, PriorFlux};
pub use product::Product;
pub use real::{RealOptions, real_prior};
pub(crate) use regions::ice_free_land;
pub use regions::{land_fraction, localization_regions, transcom_regions};
pub(crate) use series::flux_scale;
pub use series::{Beyond, Calendar, ReadMap, Scale, Series, SeriesReading};
pub(crate) use stamps::said_stamp;
pub use stamps::{MapStamp, intervals};
pub use tracer::{Tracer, TracerAccount};
pub use truth::{Truth, TruthOptions};

use crate::error::Result;
use crate::time::Time;

/// Fluxes on the model grid averaged over one interval, as they depend on the factors:
/// the flux of cell s is `fixed[s] + sum_k value[k] * lambda[factor[k]]` for k in
/// `first[s]..first[s + 1]` \[kg C m-2 s-1, upward\]. Cells are row-major (lat, lon).
#[derive(Debug, Clone, Default, PartialEq)]
pub struct FluxBasis {
    /// Part that no factor changes (fossil, fire, cells outside the eco-regions), per cell.
    pub fixed: Vec<f64>,
    /// Where each cell's terms start; one more than cells.
    pub first: Vec<usize>,
    /// Factor of each term.
    pub factor: Vec<usize>,
    /// Prior flux of each term, averaged over the whole cell.
    pub value: Vec<f64>,
}

/// Where a factor is.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Footprint {
    /// What it is made of: parts as (lat, lon, area) \[degrees, degrees, m2\].
    pub parts: Vec<(f64, f64, f64)>,
    /// Its middle as (lat, lon) \[degrees\].
    pub location: (f64, f64),
}

/// A flux model: linear in its factors (Su et al. 2024, Eq. 1).
///
/// # Example
/// ```
/// use mcas::error::Result;
/// use mcas::flux::{FluxBasis, SurfaceFlux};
/// use mcas::time::Time;
///
/// /// The same flux everywhere, times one factor.
/// struct Even {
///     cells: usize,
///     kg_c_m2_s: f64,
/// }
///
/// impl SurfaceFlux for Even {
///     fn n_factors(&self) -> usize {
///         1
///     }
///     fn between(&self, _: Time, _: Time, basis: &mut FluxBasis) -> Result<()> {
///         *basis = FluxBasis {
///             fixed: vec![0.0; self.cells],
///             first: (0..=self.cells).collect(),
///             factor: vec![0; self.cells],
///             value: vec![self.kg_c_m2_s; self.cells],
///         };
///         Ok(())
///     }
/// }
///
/// let (start, mut basis) = (Time::from_date(2016, 1, 1)?, FluxBasis::default());
/// Even { cells: 4, kg_c_m2_s: 1e-9 }.between(start, start.plus(3600.0), &mut basis)?;
/// assert_eq!(basis.value, [1e-9; 4]);
/// # Ok::<(), mcas::error::Error>(())
/// ```
pub trait SurfaceFlux: Send + Sync {
    /// Number of factors.
    fn n_factors(&self) -> usize;
    /// The mean fluxes between two instants, written over `basis`.
    ///
    /// # Errors
    /// The flux is not given between these instants.
    fn between(&self, start: Time, end: Time, basis: &mut FluxBasis) -> Result<()>;
    /// Whether it is made up, as built-in fluxes are.
    fn synthetic(&self) -> bool {
        false
    }
    /// Whether it is given from `start` to `end`; asked before a run begins.
    ///
    /// # Errors
    /// It begins later or ends earlier.
    fn covers(&self, _start: Time, _end: Time) -> Result<()> {
        Ok(())
    }
    /// Where each factor is, for localization; none for a flux that does not know.
    fn footprints(&self) -> Option<Vec<Footprint>> {
        None
    }
}

/// A line of the carbon budget: one module of Eq. 1, or a sum of them.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Module {
    /// Net ecosystem exchange.
    Nee,
    /// Fire.
    Wildfire,
    /// NEE and wildfire.
    NetLand,
    /// Air-sea exchange.
    Ocean,
    /// Fossil fuel and cement.
    Fossil,
    /// All of them.
    Global,
}

impl Module {
    /// All, in the order of the paper's Table 1.
    pub const ALL: [Module; 6] = [
        Module::Nee,
        Module::Wildfire,
        Module::NetLand,
        Module::Ocean,
        Module::Fossil,
        Module::Global,
    ];

    /// Its name in scripts and tables.
    pub fn name(self) -> &'static str {
        match self {
            Module::Nee => "nee",
            Module::Wildfire => "wildfire",
            Module::NetLand => "net_land",
            Module::Ocean => "ocean",
            Module::Fossil => "fossil",
            Module::Global => "global",
        }
    }
}

impl std::str::FromStr for Module {
    type Err = crate::error::Error;
    fn from_str(text: &str) -> Result<Self> {
        Module::ALL
            .into_iter()
            .find(|m| m.name() == text)
            .ok_or_else(|| {
                let names = Module::ALL.map(Module::name);
                let error = crate::error::Error::new("the flux module is not known")
                    .expected(format!("one of {}", names.join(", ")))
                    .got(format!("\"{text}\""));
                match crate::error::did_you_mean(text, names) {
                    Some(near) => error.hint(format!("\"{near}\"")),
                    None => error,
                }
            })
    }
}
