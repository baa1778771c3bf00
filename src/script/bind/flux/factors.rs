//! The scaling factors of fluxes: their windows, locations and prior covariance.

use crate::error::{Error, Result};
use crate::field::Field;
use crate::flux::{
    EcoRegions, Factor, FactorWindow, FixedFactors, InPeriods, REGIONS, Surface, SurfaceFlux,
};
use crate::script::bind::flux::{Flux, PriorOptions};
use crate::script::bridge::arrays::{field_of, line_of, matrix};
use crate::script::bridge::options::OptionTable;
use crate::script::bridge::rooms::{Rooms, optional};
use crate::script::{Fallible, attempt, read};
use rhai::plugin::*;
use rhai::{Array, Dynamic, Map};
use std::sync::Arc;

/// Binds the factors under `flux::`.
pub fn bind(rooms: &mut Rooms) {
    rooms.room("flux", exported_module!(functions));
    optional!(rooms, PriorOptions: "flux::factor_covariance" = functions::factor_covariance_token);
}

/// Windows of factors from an array of maps with start, end and factors (factor x member).
pub fn windows_from(value: &Dynamic) -> Result<Vec<FactorWindow>> {
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

#[export_module]
mod functions {
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
                modules: flux.modules.clone(),
                name: format!("{} with given factors", flux.name),
            })
        })
    }

    /// The flux with factors of its own in each period: those of the first period, then those of
    /// the second, and so on.
    ///
    /// # Arguments
    /// - `edges`: dates that bound the periods; before the first and after the last one the
    ///   nearest period's factors hold.
    ///
    /// # Returns
    /// A flux with as many times the factors as there are periods.
    ///
    /// # Errors
    /// Dates out of order.
    ///
    /// # Example
    /// ```rhai
    /// let start = date("2016-07-01");
    /// let two = flux::prior(grid("4x5"), 1).in_periods([start, start + 7, start + 14]);
    /// assert(two.n_factors == 350);
    /// ```
    #[rhai_fn(global, return_raw)]
    pub fn in_periods(
        context: NativeCallContext,
        flux: &mut Flux,
        edges: Dynamic,
    ) -> Fallible<Flux> {
        attempt(&context, || {
            let edges = read("the edges of the periods", &edges)?;
            let model = InPeriods::new(flux.model.clone(), edges)?;
            let periods = model.n_factors() / flux.model.n_factors().max(1);
            let name = format!("{} in {periods} periods", flux.name);
            Ok(Flux::without_factors(Arc::new(model), &name))
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
                flux.model.n_factors(),
            )))
        })
    }

    /// The prior covariance of the 175 factors.
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
            let prior = PriorOptions::read(&context, options)?.prior()?;
            Ok(field_of(
                "covariance",
                prior.covariance(EcoRegions::carbontracker()),
                ["factor", "other"],
                None,
            ))
        })
    }

    /// The factors in order: name, region (of the seven), surface, TransCom region, location.
    ///
    /// # Returns
    /// An array of maps: name, region, surface (`land` or `ocean`), transcom (1 to 22), lat, lon.
    ///
    /// # Example
    /// ```rhai
    /// assert(flux::factors().filter(|f| f.surface == "ocean").len() == 30);
    /// ```
    pub fn factors() -> Array {
        let one = |f: &Factor| -> Dynamic {
            let surface = if f.surface == Surface::Land {
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
