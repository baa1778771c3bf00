//! Priors made of modules: maps from fields and files, with factors on regions.

use crate::error::{Error, Result};
use crate::field::Field;
use crate::flux::{
    Beyond, Cycle, FactorRegions, FluxModule, MapStamp, Module, ModulePrior, Series, SeriesReading,
    Surface,
};
use crate::grid::{Grid, RegionMap};
use crate::script::bind::flux::Flux;
use crate::script::bridge::arrays::field_of;
use crate::script::bridge::options::{OptionTable, options};
use crate::script::bridge::rooms::{Rooms, optional};
use crate::script::bridge::value::{describe, kind};
use crate::script::{Fallible, Host, attempt, read};
use rhai::plugin::*;
use rhai::{Array, Dynamic, Map};
use std::sync::Arc;

/// Binds `flux::module_of` and the sum of modules.
pub fn bind(rooms: &mut Rooms) {
    rooms.kind::<FluxModule>();
    rooms.room("flux", exported_module!(functions));
    optional!(rooms, SeriesOptions: "flux::series" = functions::series_token);
    optional!(rooms, ModuleOptions: "flux::module_of" = functions::module_of_token);
    optional!(rooms, SumOptions: "flux::of_modules" = functions::of_modules_token);
}

kind!(
    FluxModule,
    "FluxModule",
    "a module of a prior, such as flux::module_of(\"bio\", maps, #{})"
);

options! {
    /// How a field is read as maps of a flux.
    pub(in crate::script::bind::flux) struct SeriesOptions of "flux::series" {
        /// The molar mass of the gas, needed for a flux in kg of the gas itself.
        molar_mass: Option<f64> ["kg mol-1"],
        /// Where in its interval a date lies, `"start"`, `"middle"`, `"end"`, or `"bounds"` that the
        /// dates have; needed where neither bounds nor the file say it.
        time: Option<MapStamp>,
        /// What holds before the first and after the last map: `"refuse"` nothing, `"hold"` the
        /// nearest map, `"repeat"` the maps of the same month of the nearest year.
        beyond: Beyond = Beyond::Refuse,
    }
}

options! {
    /// What a module is, and its factors.
    struct ModuleOptions of "flux::module_of" with reading: SeriesOptions {
        /// The part of the budget it is: `"nee"`, `"ocean"`, `"wildfire"` or `"fossil"`; where not
        /// given it follows from a usual name such as `"bio"`.
        r#of: Option<Module>,
        /// Where its factors are: `"eco"` for CarbonTracker's eco-regions of land (145) or sea (30),
        /// `"transcom"`, `"globe"`, or a region map.
        regions: Dynamic = Dynamic::from("eco".to_string()),
        /// The prior standard deviation of its factors as a part of the flux, one for all or an
        /// array; 0.3 of an ocean and 0.5 of others where it is not given.
        sd: Option<Dynamic>,
        /// The distance at which correlations between its factors have fallen to 1/e.
        length_km: f64 ["km"] = 2000.0,
        /// A cycle within the day that is added, whose daily mean is zero: `"production"` for that
        /// of the built-in gross production (synthetic), or a field (hour, lat, lon) or (month,
        /// hour, lat, lon) in a unit of flux, whose daily mean is taken off; () for none.
        diurnal: Option<Dynamic>,
    }
}

options! {
    /// Which modules have factors.
    struct SumOptions of "flux::of_modules" {
        /// Names of the modules whose factors are to be estimated.
        optimised: Vec<String> = Vec::new(),
    }
}

impl SeriesOptions {
    pub(in crate::script::bind::flux) fn reading(&self) -> SeriesReading {
        SeriesReading {
            molar_mass: self.molar_mass,
            time: self.time,
            beyond: self.beyond,
        }
    }
}

/// Maps of a flux from a field, or as they are.
fn series_of(value: &Dynamic, reading: &SeriesOptions) -> Result<Series> {
    if let Some(series) = value.read_lock::<Series>() {
        return Ok(series.clone().beyond(reading.beyond));
    }
    if value.is::<Field>() {
        return reading
            .reading()
            .series(&read("the maps of a module", value)?);
    }
    Err(Error::new("the maps of a module have the wrong type")
        .expected("a field, or a series of maps such as flux::from_netcdf(path, #{}) gives")
        .got(describe(value)))
}

/// The regions that a word or a map stands for.
fn regions_of(value: &Dynamic, of: Module) -> Result<FactorRegions> {
    if let Some(map) = value.read_lock::<Arc<RegionMap>>() {
        return FactorRegions::of_map(&map);
    }
    let surface = match of {
        Module::Ocean => Surface::Ocean,
        _ => Surface::Land,
    };
    let word: String = read("the regions of a module", value)?;
    match word.as_str() {
        "eco" => Ok(FactorRegions::eco(surface)),
        "transcom" => Ok(FactorRegions::transcom(surface)),
        "globe" => Ok(FactorRegions::globe()),
        other => Err(Error::new("there are no such regions for factors")
            .expected("\"eco\", \"transcom\", \"globe\" or a region map")
            .got(format!("\"{other}\""))
            .near(other, ["eco", "transcom", "globe"])),
    }
}

/// One standard deviation or one for each region.
fn sd_of(value: Option<&Dynamic>, of: Module) -> Result<Vec<f64>> {
    match value {
        None if of == Module::Ocean => Ok(vec![0.3]),
        None => Ok(vec![0.5]),
        Some(one) if one.is_int() || one.is_float() => Ok(vec![read("sd", one)?]),
        Some(many) => read("sd", many),
    }
}

pub(in crate::script::bind::flux) fn cycle_of(
    value: Option<&Dynamic>,
    molar_mass: Option<f64>,
) -> Result<Option<Cycle>> {
    let Some(value) = value.filter(|v| !v.is_unit()) else {
        return Ok(None);
    };
    if let Some(field) = value.read_lock::<Field>() {
        return Cycle::of_field(&field, molar_mass).map(Some);
    }
    match value.as_immutable_string_ref() {
        Ok(word) if word.as_str() == "production" => Ok(Some(Cycle::of_production())),
        _ => Err(Error::new("there is no such cycle within the day")
            .expected("\"production\", or a field (hour, lat, lon) or (month, hour, lat, lon)")
            .got(describe(value))),
    }
}

impl ModuleOptions {
    fn module(&self, name: &str, maps: &Dynamic) -> Result<FluxModule> {
        let module = FluxModule::new(name, self.r#of, series_of(maps, &self.reading)?)?;
        let regions = regions_of(&self.regions, module.of)?;
        let sd = sd_of(self.sd.as_ref(), module.of)?;
        let cycle = cycle_of(self.diurnal.as_ref(), self.reading.molar_mass)?;
        Ok(module
            .with_factors(regions, sd, self.length_km)?
            .with_cycle(cycle))
    }
}

/// A sum of modules as a flux.
pub(in crate::script::bind::flux) fn flux_of(prior: ModulePrior) -> Flux {
    let prior = Arc::new(prior);
    let names: Vec<&str> = prior.modules().map(|m| m.name.as_str()).collect();
    Flux {
        name: format!("a prior of the modules {}", names.join(", ")),
        model: prior.clone(),
        prior: Some(prior.clone()),
        truth: None,
        modules: Some(prior),
    }
}

/// Says what is suspicious of the maps of modules.
pub(in crate::script::bind::flux) fn warn_of(context: &NativeCallContext, series: &Series) {
    let host = Host::of(context);
    series.warnings().iter().for_each(|w| host.warn(w.clone()));
}

#[export_module]
mod functions {
    /// Maps of a flux in time from a field, on the grid of its own latitudes and longitudes.
    ///
    /// # Arguments
    /// - `maps`: a field (lat, lon) for any time, (month, lat, lon) for the months of any year, or
    ///   (time, lat, lon), each map held through the bounds of its date or as `time` says. In any
    ///   unit of flux: by area or by cell, by time or by interval, of carbon, CO2 or moles.
    ///
    /// # Returns
    /// A series: `mean(start, end)`, `emitted(start, end)`, `maps`, `span`.
    ///
    /// # Errors
    /// No latitudes or longitudes, a unit that is no flux, dates that do not say where in their
    /// intervals they lie, a map without any value.
    ///
    /// # Example
    /// ```rhai
    /// let at = #{ dims: ["time", "lat", "lon"], coords: #{ time: ["2015-01-01", "2016-01-01"], lat: [-45, 45], lon: [-90, 90] } };
    /// let two = field(at, |time, lat, lon| 1.0).with_unit("gC m-2 yr-1");
    /// let s = flux::series(two, #{ time: "start" });
    /// assert(s.maps == 2 && s.span[1] == date("2017-01-01"));
    /// ```
    #[rhai_fn(return_raw)]
    pub fn series(context: NativeCallContext, maps: Field, options: Map) -> Fallible<Series> {
        let series = attempt(&context, || {
            let reading = SeriesOptions::read(&context, options)?.reading();
            reading.series(&maps)
        })?;
        warn_of(&context, &series);
        Ok(series)
    }

    /// A module of a prior: maps of one part of the budget, with regions for factors.
    ///
    /// # Arguments
    /// - `name`: what it is called, such as `"bio"`.
    /// - `maps`: a field, as `flux::series` takes it, or a series from files.
    ///
    /// # Returns
    /// A module, to be summed by `flux::of_modules`.
    ///
    /// # Errors
    /// A name that does not say which part of the budget it is, where `of` does not; what
    /// `flux::series` refuses; standard deviations that do not fit the regions.
    ///
    /// # Example
    /// ```rhai
    /// let g = grid("30x30");
    /// let uptake = field(g, |lat, lon| if lat > 0 { -1.0 } else { 0.0 }).with_unit("gC m-2 d-1");
    /// let bio = flux::module_of("bio", uptake, #{ regions: "transcom", sd: 0.4 });
    /// let prior = flux::of_modules(g, [bio], #{ optimised: ["bio"] });
    /// assert(prior.n_factors == 11);
    /// assert_near(prior.covariance()[0][0].value(), 0.16, 1e-12);
    /// ```
    #[rhai_fn(return_raw)]
    pub fn module_of(
        context: NativeCallContext,
        name: &str,
        maps: Dynamic,
        options: Map,
    ) -> Fallible<FluxModule> {
        let module = attempt(&context, || {
            ModuleOptions::read(&context, options)?.module(name, &maps)
        })?;
        if maps.is::<Field>() {
            warn_of(&context, &module.series);
        }
        Ok(module)
    }

    /// The sum of modules on a model grid, a prior whose factors can be estimated: it goes wherever
    /// `flux::prior` goes.
    ///
    /// # Arguments
    /// - `grid`: the model grid.
    /// - `modules`: an array of modules.
    ///
    /// # Returns
    /// A flux with the factors of the optimised modules, in their order.
    ///
    /// # Errors
    /// Two modules of one name, a name to optimise that is none.
    ///
    /// # Example
    /// ```rhai
    /// let g = grid("30x30");
    /// let of = |value| field(g, |lat, lon| value).with_unit("gC m-2 d-1");
    /// let modules = [flux::module_of("fossil", of.call(0.05)), flux::module_of("ocean", of.call(-0.02)), flux::module_of("bio", of.call(-0.01))];
    /// let prior = flux::of_modules(g, modules, #{ optimised: ["bio", "ocean"] });
    /// assert(prior.n_factors == 175);
    /// let year = prior.budget([prior.window("2015-01-01", "2016-01-01")]);
    /// assert_near(year.totals("global")[0].value(), 3.73, 0.01); // PgC/yr: 0.02 g on 5.1e14 m2
    /// ```
    #[rhai_fn(return_raw)]
    pub fn of_modules(
        context: NativeCallContext,
        grid: Arc<Grid>,
        modules: Array,
        options: Map,
    ) -> Fallible<Flux> {
        attempt(&context, || {
            let optimised = SumOptions::read(&context, options)?.optimised;
            let modules = modules
                .iter()
                .map(|m| read("a module", m))
                .collect::<Result<Vec<_>>>()?;
            let prior = ModulePrior::new(&grid.horizontal, modules, &optimised)?;
            Ok(flux_of(prior))
        })
    }

    /// The prior covariance of the factors of a prior of modules: within a module the standard
    /// deviations times exp(-distance / length), none between modules.
    ///
    /// # Returns
    /// A field (factor, other).
    ///
    /// # Errors
    /// A flux that is not made of modules; `flux::factor_covariance` has that of the built-in one.
    ///
    /// # Example
    /// ```rhai
    /// let g = grid("30x30");
    /// let sea = field(g, |lat, lon| -1.0).with_unit("gC m-2 d-1");
    /// let prior = flux::of_modules(g, [flux::module_of("ocean", sea)], #{ optimised: ["ocean"] });
    /// let draws = factors::draws(prior.covariance());
    /// assert(draws.perturbations(5, 1, "x").shape == [30, 5]);
    /// ```
    #[rhai_fn(global, return_raw)]
    pub fn covariance(context: NativeCallContext, flux: &mut Flux) -> Fallible<Field> {
        attempt(&context, || {
            let covariance = flux.of_modules()?.covariance()?;
            Ok(field_of(
                "covariance",
                covariance,
                ["factor", "other"],
                None,
            ))
        })
    }

    /// The factors of a prior of modules, in order.
    ///
    /// # Returns
    /// An array of maps: part (the module), region, sd, lat, lon.
    ///
    /// # Errors
    /// A flux that is not made of modules; `flux::factors` has those of the built-in one.
    ///
    /// # Example
    /// ```rhai
    /// let g = grid("30x30");
    /// let sea = field(g, |lat, lon| -1.0).with_unit("gC m-2 d-1");
    /// let prior = flux::of_modules(g, [flux::module_of("ocean", sea)], #{ optimised: ["ocean"] });
    /// assert(prior.factor_list()[0].part == "ocean");
    /// ```
    #[rhai_fn(global, return_raw)]
    pub fn factor_list(context: NativeCallContext, flux: &mut Flux) -> Fallible<Array> {
        attempt(&context, || {
            let one = |f: &crate::flux::ModuleFactor| -> Dynamic {
                Map::from_iter([
                    ("part".into(), f.module.clone().into()),
                    ("region".into(), f.region.clone().into()),
                    ("sd".into(), f.sd.into()),
                    ("lat".into(), f.location.0.into()),
                    ("lon".into(), f.location.1.into()),
                ])
                .into()
            };
            Ok(flux.of_modules()?.factors().iter().map(one).collect())
        })
    }
}
