//! Fluxes as values: priors, the hidden truth of a twin world, posteriors.

mod budget;
mod factors;
mod files;
mod groups;
pub(super) mod maps;
mod modules;
mod real;
mod series;
mod written;

use crate::error::{Error, Result};
use crate::flux::{
    Average, FactorPrior, FactorSet, ModulePrior, Prior, PriorFlux, Product, SideBySide,
    SurfaceFlux, Truth, TruthOptions,
};
use crate::grid::Grid;
use crate::script::bridge::options::{OptionTable, options};
use crate::script::bridge::rooms::{Rooms, optional};
use crate::script::bridge::value::kind;
use crate::script::{Fallible, attempt, read};
pub(super) use factors::windows_from;
use rhai::plugin::*;
use rhai::{Array, Dynamic, Map};
use std::fmt;
use std::sync::Arc;

/// A flux model as a script holds it.
#[derive(Clone)]
pub struct Flux {
    /// The flux model that transport is driven by.
    pub model: Arc<dyn SurfaceFlux>,
    /// The model whose factors windows belong to, if there is one.
    prior: Option<Arc<dyn Prior>>,
    truth: Option<Arc<Truth>>,
    /// The prior of modules it is, with its covariance and the names of its factors.
    modules: Option<Arc<ModulePrior>>,
    name: String,
}

impl fmt::Display for Flux {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.model.n_factors() {
            0 => write!(f, "{}", self.name),
            n => write!(f, "{} with {n} factors", self.name),
        }
    }
}

impl Flux {
    /// A model without factors.
    pub(super) fn without_factors(model: Arc<dyn SurfaceFlux>, name: &str) -> Self {
        Flux {
            model,
            prior: None,
            truth: None,
            modules: None,
            name: name.into(),
        }
    }

    /// The same flux with the factors of a set.
    pub(super) fn scaled_by(&self, set: &FactorSet) -> Result<Self> {
        if self.truth.is_some() {
            return Err(Error::new("the hidden truth has no factors to choose").got(&self.name));
        }
        if self.model.n_factors() == 0 {
            return Err(Error::new("the factors of this flux are given already")
                .got(&self.name)
                .hint("flux::prior(grid, 1).scaled_by(set).with_factors(windows)"));
        }
        let prior = self.prior()?.scaled_by(set.layers())?;
        Ok(Flux {
            model: prior.clone(),
            prior: Some(prior),
            truth: None,
            modules: None,
            name: self.name.clone(),
        })
    }

    pub(super) fn prior(&self) -> Result<&Arc<dyn Prior>> {
        self.prior.as_ref().ok_or_else(|| {
            Error::new("this flux has no factors of its own")
                .got(&self.name)
                .hint("flux::prior(...)")
        })
    }
}

impl Flux {
    /// The prior of modules it is.
    pub(super) fn of_modules(&self) -> Result<&Arc<ModulePrior>> {
        self.modules.as_ref().ok_or_else(|| {
            Error::new("this flux is not made of modules")
                .got(&self.name)
                .hint("flux::of_modules(grid, modules, #{ optimised: [\"bio\"] })")
        })
    }
}

kind!(Flux, "Flux", "a flux");

/// Binds `flux::`.
pub fn bind(rooms: &mut Rooms) {
    rooms.kind::<Flux>();
    rooms.room("flux", exported_module!(functions));
    optional!(rooms, TruthSettings: "flux::truth" = functions::truth_token);
    budget::bind(rooms);
    factors::bind(rooms);
    files::bind(rooms);
    groups::bind(rooms);
    maps::bind(rooms);
    modules::bind(rooms);
    real::bind(rooms);
    series::bind(rooms);
    written::bind(rooms);
}

fn prior_product(group: i64) -> Result<Product> {
    match group {
        1 => Ok(Product::group_1()),
        2 => Ok(Product::group_2()),
        _ => Err(Error::new("there is no such group of priors")
            .expected("1 or 2")
            .got(group)),
    }
}

options! {
    /// The uncertainty of factors.
    pub(super) struct PriorOptions of "flux::factor_covariance", "factors::eco_regions" {
        /// The standard deviation on land, as a part of the flux.
        land_sd: f64 = 0.5,
        /// The standard deviation over sea, as a part of the flux.
        ocean_sd: f64 = 0.3,
        /// The distance at which correlations have fallen to 1/e.
        length_km: f64 ["km"] = 2000.0,
    }
}

impl PriorOptions {
    /// The prior distribution of the factors.
    pub(super) fn prior(&self) -> Result<FactorPrior> {
        FactorPrior::new(self.land_sd, self.ocean_sd, self.length_km)
    }
}

options! {
    /// The hidden truth of the twin world.
    struct TruthSettings of "flux::truth" with departures: PriorOptions {
        /// The seed of the departures.
        seed: u64 = TruthOptions::default().seed,
        /// Weeks over which departures forget themselves.
        weeks: f64 = TruthOptions::default().weeks,
        /// 3 for the third product; 1 or 2 for that prior's, whose factors can reach the truth.
        group: i64 = 3,
    }
}

fn fluxes(list: Array) -> Result<Vec<Arc<dyn SurfaceFlux>>> {
    if list.is_empty() {
        return Err(Error::new("there are no fluxes to put together"));
    }
    list.iter()
        .map(|v| Ok(read::<Flux>("a flux", v)?.model))
        .collect()
}

#[export_module]
mod functions {
    /// A prior of the built-in world: the four modules of Eq. 1 (Su et al. 2024) with a factor on
    /// every eco-region. Synthetic: zonal monthly means of real products spread over the map by
    /// ecosystem.
    ///
    /// # Arguments
    /// - `grid`: the model grid.
    /// - `group`: 1 (zonal means of CT2019B) or 2 (of CTE2020).
    ///
    /// # Returns
    /// A flux with 175 factors.
    ///
    /// # Errors
    /// Another group.
    ///
    /// # Example
    /// ```rhai
    /// assert(flux::prior(grid("4x5"), 1).n_factors == 175);
    /// ```
    #[rhai_fn(return_raw)]
    pub fn prior(context: NativeCallContext, grid: Arc<Grid>, group: i64) -> Fallible<Flux> {
        attempt(&context, || {
            let prior = Arc::new(PriorFlux::new(&grid.horizontal, prior_product(group)?));
            Ok(Flux {
                model: prior.clone(),
                prior: Some(prior),
                truth: None,
                modules: None,
                name: format!("flux::prior(grid, {group})"),
            })
        })
    }

    /// The hidden truth of the built-in twin world: a third product and departures from it.
    /// Synthetic.
    ///
    /// # Arguments
    /// - `grid`: the model grid.
    ///
    /// # Returns
    /// A flux without factors.
    ///
    /// # Errors
    /// A standard deviation or length that is not positive.
    ///
    /// # Example
    /// ```rhai
    /// assert(flux::truth(grid("4x5"), #{ seed: 2 }).n_factors == 0);
    /// ```
    #[rhai_fn(return_raw)]
    pub fn truth(context: NativeCallContext, grid: Arc<Grid>, options: Map) -> Fallible<Flux> {
        attempt(&context, || {
            let o = TruthSettings::read(&context, options)?;
            let options = TruthOptions {
                seed: o.seed,
                departures: o.departures.prior()?,
                weeks: o.weeks,
            };
            let product = match o.group {
                3 => Product::truth(),
                group => prior_product(group)?,
            };
            let truth = Arc::new(Truth::new(&grid.horizontal, product, options)?);
            let prior: Arc<dyn Prior> = Arc::new(truth.flux().clone());
            Ok(Flux {
                name: truth.to_string(),
                model: truth.clone(),
                prior: Some(prior),
                truth: Some(truth),
                modules: None,
            })
        })
    }

    /// The mean of several fluxes without factors.
    ///
    /// # Arguments
    /// - `fluxes`: an array.
    ///
    /// # Returns
    /// A flux without factors.
    ///
    /// # Errors
    /// An empty array, or something that is not a flux.
    ///
    /// # Example
    /// ```rhai
    /// let g = grid("4x5");
    /// let both = [flux::prior(g, 1).with_factors([]), flux::prior(g, 2).with_factors([])];
    /// assert(flux::average(both).n_factors == 0);
    /// ```
    #[rhai_fn(return_raw)]
    pub fn average(context: NativeCallContext, list: Array) -> Fallible<Flux> {
        attempt(&context, || {
            Ok(Flux {
                model: Arc::new(Average::new(fluxes(list)?)),
                prior: None,
                truth: None,
                modules: None,
                name: "a mean of fluxes".into(),
            })
        })
    }

    /// The mean of several fluxes without factors with given weights, such as those of
    /// `averaging::bayesian_weights`.
    ///
    /// # Arguments
    /// - `fluxes`: an array.
    /// - `weights`: a number for each, none negative; they need not add up to one.
    ///
    /// # Returns
    /// A flux without factors.
    ///
    /// # Errors
    /// Other than one weight for each flux, a negative weight, or a sum of 0.
    ///
    /// # Example
    /// ```rhai
    /// let g = grid("30x30");
    /// let both = [flux::prior(g, 1).with_factors([]), flux::prior(g, 2).with_factors([])];
    /// let first = flux::average(both, [1, 0]).mean(["2016-07-01", "2016-07-02"], g);
    /// assert((first - both[0].mean(["2016-07-01", "2016-07-02"], g)).max() == 0.0);
    /// ```
    #[rhai_fn(name = "average", return_raw)]
    pub fn weighted_average(
        context: NativeCallContext,
        list: Array,
        weights: Dynamic,
    ) -> Fallible<Flux> {
        attempt(&context, || {
            let weights: Vec<f64> = read("the weights", &weights)?;
            Ok(Flux::without_factors(
                Arc::new(Average::weighted(fluxes(list)?, weights)?),
                "a weighted mean of fluxes",
            ))
        })
    }

    /// Several fluxes without factors side by side: member k of a run with identity factors follows
    /// flux k.
    ///
    /// # Arguments
    /// - `fluxes`: an array.
    ///
    /// # Returns
    /// A flux with as many factors as there are fluxes.
    ///
    /// # Errors
    /// An empty array, or something that is not a flux.
    ///
    /// # Example
    /// ```rhai
    /// let g = grid("4x5");
    /// let both = [flux::prior(g, 1).with_factors([]), flux::prior(g, 2).with_factors([])];
    /// assert(flux::side_by_side(both).n_factors == 2);
    /// ```
    #[rhai_fn(return_raw)]
    pub fn side_by_side(context: NativeCallContext, list: Array) -> Fallible<Flux> {
        attempt(&context, || {
            let name = format!("{} fluxes side by side", list.len());
            Ok(Flux {
                model: Arc::new(SideBySide(fluxes(list)?)),
                prior: None,
                truth: None,
                modules: None,
                name,
            })
        })
    }
}
