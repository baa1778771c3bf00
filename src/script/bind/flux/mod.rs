//! Fluxes as values: priors, the hidden truth of a twin world, posteriors.

mod budget;
pub(super) mod maps;

use crate::error::{Error, Result};
use crate::field::Field;
use crate::flux::{
    Average, EcoRegions, FactorPrior, FactorWindow, FixedFactors, PriorFlux, Product, REGIONS,
    SideBySide, SurfaceFlux, Truth, TruthOptions,
};
use crate::grid::Grid;
use crate::script::bridge::arrays::{field_of, line_of, matrix};
use crate::script::bridge::rooms::Rooms;
use crate::script::{Fallible, Options, attempt, read};
use rhai::plugin::*;
use rhai::{Array, Dynamic, Map};
use std::fmt;
use std::sync::Arc;

/// A flux model as a script holds it.
#[derive(Clone)]
pub struct Flux {
    /// The model the transport sees.
    pub model: Arc<dyn SurfaceFlux>,
    /// The model whose factors windows belong to, if there is one.
    prior: Option<Arc<PriorFlux>>,
    truth: Option<Arc<Truth>>,
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
            name: name.into(),
        }
    }

    pub(super) fn prior(&self) -> Result<&Arc<PriorFlux>> {
        self.prior.as_ref().ok_or_else(|| {
            Error::new("this flux has no factors of its own")
                .got(&self.name)
                .hint("flux::prior(...)")
        })
    }
}

/// Binds `flux::`.
pub fn bind(rooms: &mut Rooms) {
    rooms.value::<Flux>("Flux");
    rooms.room("flux", exported_module!(functions));
    budget::bind(rooms);
    maps::bind(rooms);
}

/// Windows of factors from an array of maps with start, end and factors (factor x member).
pub(super) fn windows_from(value: &Dynamic) -> Result<Vec<FactorWindow>> {
    let maps: Vec<Map> = read("the windows", value)?;
    let one = |map: &Map| {
        let find = |key: &str| {
            map.get(key).cloned().ok_or_else(|| {
                Error::new(format!("a window needs \"{key}\"")).hint("#{ start, end, factors }")
            })
        };
        Ok(FactorWindow {
            start: read("start", &find("start")?)?,
            end: read("end", &find("end")?)?,
            factors: matrix("the factors", &find("factors")?)?,
        })
    };
    maps.iter().map(one).collect()
}

fn window_map(window: FactorWindow) -> Dynamic {
    let mut map = Map::new();
    map.insert("start".into(), Dynamic::from(window.start));
    map.insert("end".into(), Dynamic::from(window.end));
    map.insert(
        "factors".into(),
        Dynamic::from(field_of(
            "factors",
            window.factors,
            ["factor", "member"],
            None,
        )),
    );
    map.into()
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

fn factor_prior_from(o: &mut Options) -> Result<FactorPrior> {
    FactorPrior::new(
        o.or("land_sd", 0.5)?,
        o.or("ocean_sd", 0.3)?,
        o.quantity("length_km", "km", 2000.0)?,
    )
}

fn fluxes(list: Array) -> Result<Vec<Arc<dyn SurfaceFlux>>> {
    if list.is_empty() {
        return Err(Error::new("there are no fluxes to put together"));
    }
    list.iter()
        .map(|v| Ok(crate::script::bridge::value::handle::<Flux>("a flux", v, "a flux")?.model))
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
                name: format!("flux::prior(grid, {group})"),
            })
        })
    }

    /// The hidden truth of the built-in twin world: a third product and departures from it.
    /// Synthetic.
    ///
    /// # Arguments
    /// - `grid`: the model grid.
    /// - `options`: optional. `seed`: 1; `land_sd`: 0.5, `ocean_sd`: 0.3, of the departures, as
    ///   parts of the flux; `length_km`: 2000; `weeks`: 6, over which departures forget themselves;
    ///   `group`: 3, the third product; 1 or 2 departs from the product of that prior, whose
    ///   factors can then reach the truth.
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
            let mut o = Options::new("flux::truth", options);
            let options = TruthOptions {
                seed: o.or("seed", 1u64)?,
                departures: factor_prior_from(&mut o)?,
                weeks: o.or("weeks", 6.0)?,
            };
            let product = match o.or("group", 3i64)? {
                3 => Product::truth(),
                group => prior_product(group)?,
            };
            o.finish()?;
            let truth = Arc::new(Truth::new(&grid.horizontal, product, options)?);
            let prior = Arc::new(truth.flux().clone());
            Ok(Flux {
                name: truth.to_string(),
                model: truth.clone(),
                prior: Some(prior),
                truth: Some(truth),
            })
        })
    }

    /// The windows of factors of the hidden truth, for budgets and maps.
    ///
    /// # Arguments
    /// - `start`, `end`: dates.
    ///
    /// # Returns
    /// An array of `#{ start, end, factors }`, one per week.
    ///
    /// # Errors
    /// The flux is not a hidden truth.
    ///
    /// # Example
    /// ```rhai
    /// assert(flux::truth(grid("4x5"), #{}).true_windows("2016-07-01", "2016-07-15").len() >= 2);
    /// ```
    #[rhai_fn(global, return_raw)]
    pub fn true_windows(
        context: NativeCallContext,
        flux: &mut Flux,
        start: Dynamic,
        end: Dynamic,
    ) -> Fallible<Array> {
        attempt(&context, || {
            let truth = flux.truth.as_ref().ok_or_else(|| {
                Error::new("only a hidden truth has true factors").got(&flux.name)
            })?;
            Ok(truth
                .windows(read("the start", &start)?, read("the end", &end)?)
                .into_iter()
                .map(window_map)
                .collect())
        })
    }

    /// Number of factors.
    #[rhai_fn(get = "n_factors", global)]
    pub fn n_factors(flux: &mut Flux) -> i64 {
        flux.model.n_factors() as i64
    }

    /// A one for each factor: the mean of the prior.
    ///
    /// # Returns
    /// A field (factor).
    ///
    /// # Example
    /// ```rhai
    /// assert(flux::prior(grid("4x5"), 1).ones().shape == [175]);
    /// ```
    #[rhai_fn(global)]
    pub fn ones(flux: &mut Flux) -> Field {
        line_of(
            "factors",
            ndarray::Array1::ones(flux.model.n_factors()),
            "factor",
        )
    }

    /// The flux with given factors, window by window: the mean over members of each window's. It
    /// has none of its own.
    ///
    /// # Arguments
    /// - `windows`: an array of `#{ start, end, factors }`, factors a field (factor, member).
    ///   Outside of them factors are 1.
    ///
    /// # Returns
    /// A flux without factors.
    ///
    /// # Errors
    /// A window with another number of factors.
    ///
    /// # Example
    /// ```rhai
    /// let prior = flux::prior(grid("4x5"), 1);
    /// assert(prior.with_factors([]).n_factors == 0);
    /// ```
    #[rhai_fn(global, return_raw)]
    pub fn with_factors(
        context: NativeCallContext,
        flux: &mut Flux,
        windows: Dynamic,
    ) -> Fallible<Flux> {
        attempt(&context, || {
            let model = FixedFactors::new(flux.model.clone(), &windows_from(&windows)?)?;
            Ok(Flux {
                model: Arc::new(model),
                prior: flux.prior.clone(),
                truth: None,
                name: format!("{} with given factors", flux.name),
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
                model: Arc::new(Average(fluxes(list)?)),
                prior: None,
                truth: None,
                name: "a mean of fluxes".into(),
            })
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
                name,
            })
        })
    }

    /// A window of factors that are all 1.
    ///
    /// # Arguments
    /// - `start`, `end`: dates.
    ///
    /// # Returns
    /// `#{ start, end, factors }`.
    ///
    /// # Errors
    /// The flux has no factors.
    ///
    /// # Example
    /// ```rhai
    /// assert(flux::prior(grid("4x5"), 1).window("2016-07-01", "2016-07-08").factors.shape[0] == 175);
    /// ```
    #[rhai_fn(global, return_raw)]
    pub fn window(
        context: NativeCallContext,
        flux: &mut Flux,
        start: Dynamic,
        end: Dynamic,
    ) -> Fallible<Dynamic> {
        attempt(&context, || {
            Ok(window_map(FactorWindow::prior(
                read("the start", &start)?,
                read("the end", &end)?,
                flux.prior()?.regions().n_factors(),
            )))
        })
    }

    /// The prior covariance of the 175 factors.
    ///
    /// # Arguments
    /// - `options`: `land_sd`: 0.5; `ocean_sd`: 0.3; `length_km`: 2000.
    ///
    /// # Returns
    /// A field (factor, other).
    ///
    /// # Errors
    /// A value that is not positive.
    ///
    /// # Example
    /// ```rhai
    /// assert_near(flux::factor_covariance(#{ land_sd: 0.4 })[0][0], 0.16, 1e-12);
    /// ```
    #[rhai_fn(return_raw)]
    pub fn factor_covariance(context: NativeCallContext, options: Map) -> Fallible<Field> {
        attempt(&context, || {
            let mut o = Options::new("flux::factor_covariance", options);
            let prior = factor_prior_from(&mut o)?;
            o.finish()?;
            Ok(field_of(
                "covariance",
                prior.covariance(EcoRegions::carbontracker()),
                ["factor", "other"],
                None,
            ))
        })
    }

    /// The factors in order: name, region (of the seven), surface, TransCom region, place.
    ///
    /// # Returns
    /// An array of maps: name, region, surface (`land` or `ocean`), transcom (1 to 22), lat, lon.
    ///
    /// # Example
    /// ```rhai
    /// assert(flux::factors().filter(|f| f.surface == "ocean").len() == 30);
    /// ```
    pub fn factors() -> Array {
        let one = |f: &crate::flux::Factor| -> Dynamic {
            let surface = if f.surface == crate::flux::Surface::Land {
                "land"
            } else {
                "ocean"
            };
            Map::from_iter([
                ("name".into(), Dynamic::from(f.name.clone())),
                (
                    "region".into(),
                    Dynamic::from(REGIONS[f.region].to_string()),
                ),
                ("surface".into(), Dynamic::from(surface.to_string())),
                ("transcom".into(), Dynamic::from(f.transcom as i64)),
                ("lat".into(), f.centroid.0.into()),
                ("lon".into(), f.centroid.1.into()),
            ])
            .into()
        };
        EcoRegions::carbontracker()
            .factors()
            .iter()
            .map(one)
            .collect()
    }
}
