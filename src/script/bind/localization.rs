//! Localizations as values; a closure may choose the observations of a region.

use super::Rooms;
use super::arrays::matrix;
use super::localization_scripted::Scripted;
use crate::error::{Error, Result};
use crate::field::{Dimension, Field};
use crate::grid::{Grid, LatLonGrid, RegionMap};
use crate::localization::{
    Boxcar, GaspariCohn, Global, Localization, Product, Regional, SelectionContext, Taper, Threshold, check, correlation_threshold, gaspari_cohn,
};
use crate::script::options::quantity;
use crate::script::{Fallible, Host, Options, ScriptFunction, attempt, read};
use crate::units::Unit;
use ndarray::Array2;
use rhai::plugin::*;
use rhai::{Array, Dynamic, FnPtr, Map};
use std::fmt;
use std::sync::Arc;

/// A localization as a script holds it, with its grid.
#[derive(Debug, Clone)]
pub struct Localize {
    /// The scheme.
    pub scheme: Arc<dyn Localization>,
    grid: LatLonGrid,
}

impl fmt::Display for Localize {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}", self.scheme)
    }
}

/// A taper as a script holds it.
#[derive(Debug, Clone)]
pub struct Tapering(pub Arc<dyn Taper>);

impl fmt::Display for Tapering {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.fmt(f)
    }
}

impl Localize {
    /// The region of each factor as a number; with a single region every factor belongs to it.
    pub fn factor_region_numbers(&self, names: &[String]) -> Result<Vec<usize>> {
        if self.scheme.regions().len() == 1 {
            return Ok(vec![0; names.len()]);
        }
        names.iter().map(|n| region_number(self, &Dynamic::from(n.clone()))).collect()
    }
}

/// Binds `localization::`.
pub fn bind(rooms: &mut Rooms) {
    rooms.value::<Localize>("Localization");
    rooms.value::<Tapering>("Taper");
    rooms.room("localization", exported_module!(functions));
}

fn regional_from(map: &RegionMap, options: Map) -> Result<Localize> {
    let mut o = Options::new("localization::regional", options);
    let halo_km = o.quantity("halo_km", "km", 800.0)?;
    let correlation = match o.find::<Option<f64>>("correlation")? {
        None => Some(0.7),
        Some(given) => given,
    };
    let false_positives = o.find::<f64>("false_positives")?;
    o.finish()?;
    let mut scheme = Regional::new(map.clone(), halo_km, correlation)?;
    if let Some(rate) = false_positives {
        scheme = scheme.with_threshold(Threshold::false_positives(rate)?);
    }
    checked(Arc::new(scheme), map.grid())
}

fn checked(scheme: Arc<dyn Localization>, grid: &LatLonGrid) -> Result<Localize> {
    check(scheme.as_ref(), grid)?;
    Ok(Localize { scheme, grid: grid.clone() })
}

fn region_number(localization: &Localize, region: &Dynamic) -> Result<usize> {
    let names = localization.scheme.regions();
    if let Ok(k) = region.as_int() {
        return usize::try_from(k)
            .ok()
            .filter(|k| *k < names.len())
            .ok_or_else(|| Error::new("no such region").expected(format!("0 to {}", names.len() - 1)).got(k));
    }
    let name: String = read("the region", region)?;
    names.iter().position(|n| *n == name).ok_or_else(|| {
        let error = Error::new(format!("there is no region \"{name}\"")).expected(format!("one of {}", names.join(", ")));
        match crate::error::did_you_mean(&name, names.iter().map(String::as_str)) {
            Some(near) => error.hint(format!("\"{near}\"")),
            None => error,
        }
    })
}

#[export_module]
mod functions {
    /// Analyses region by region, each extended by a halo; where extended regions meet, their analyses are blended (Su et
    /// al. 2024, Eq. 6).
    ///
    /// # Arguments
    /// - `regions`: a region map.
    /// - `options`: optional. `halo_km`: 800; `correlation`: 0.7, observations outside whose correlation with a factor of the
    ///   region exceeds it are used too, () for none of them; `false_positives`: in place of a correlation, the chance that an
    ///   observation related to nothing is used all the same, such as 0.01.
    ///
    /// # Returns
    /// A localization.
    ///
    /// # Errors
    /// A negative halo, a correlation outside 0 to 1, weights that do not add up to one.
    ///
    /// # Example
    /// ```rhai
    /// let map = regions::from_function(grid("4x5"), |lat, lon| if lat > 0 { "North" } else { "South" });
    /// let l = localization::regional(map, #{ halo_km: 800 });
    /// assert(l.regions == ["South", "North"]);
    /// assert_near(l.weights("North").sel(#{ lat: 60, lon: 0 }).value(), 1.0, 1e-12);
    /// ```
    #[rhai_fn(return_raw)]
    pub fn regional(context: NativeCallContext, regions: Arc<RegionMap>, options: Map) -> Fallible<Localize> {
        attempt(&context, || regional_from(&regions, options))
    }

    #[rhai_fn(name = "regional", return_raw)]
    pub fn regional_plain(context: NativeCallContext, regions: Arc<RegionMap>) -> Fallible<Localize> {
        attempt(&context, || regional_from(&regions, Map::new()))
    }

    /// No localization: one analysis of everything with everything.
    ///
    /// # Arguments
    /// - `grid`: the model grid.
    ///
    /// # Returns
    /// A localization.
    ///
    /// # Example
    /// ```rhai
    /// assert(localization::none(grid("4x5")).weights(0).min() == 1.0);
    /// ```
    #[rhai_fn(return_raw)]
    pub fn none(context: NativeCallContext, grid: Arc<Grid>) -> Fallible<Localize> {
        attempt(&context, || checked(Arc::new(Global::new(&grid.horizontal)), &grid.horizontal))
    }

    /// The regions and seams of another localization, with the observations of each region chosen by a function of your own.
    ///
    /// # Arguments
    /// - `base`: the localization whose regions and seams are kept.
    /// - `choose`: a function of (region, context) that gives positions of observations. The context is a map: latitude,
    ///   longitude, equivalents (observation, member), factors (factor, member), factor_region, and `base`, the positions
    ///   the base would choose.
    ///
    /// # Returns
    /// A localization.
    ///
    /// # Errors
    /// When it is used: an answer that is not an array of positions.
    ///
    /// # Example
    /// ```rhai
    /// let map = regions::single(grid("4x5"), "Globe");
    /// let northern = localization::choosing(localization::regional(map), |region, c| {
    ///     let latitude = c.latitude;
    ///     c.base.filter(|k| latitude[k] > 0.0)
    /// });
    /// let context = #{ latitude: [50, -50], longitude: [0, 0], equivalents: [[1, 2, 3], [1, 3, 2]] };
    /// assert(northern.select("Globe", context) == [0]);
    /// ```
    pub fn choosing(context: NativeCallContext, base: Localize, choose: FnPtr) -> Localize {
        Localize { scheme: Arc::new(Scripted { base: base.scheme, choose: ScriptFunction::new(&context, choose) }), grid: base.grid }
    }

    /// Two localizations at once: the regions are the pairs that meet, their weights are multiplied, and a pair is analysed
    /// with the observations that both would take. Regions are called `"first, second"`.
    ///
    /// # Arguments
    /// - `first`, `second`: localizations on one grid.
    ///
    /// # Returns
    /// A localization.
    ///
    /// # Errors
    /// Different grids.
    ///
    /// # Example
    /// ```rhai
    /// let by_lat = regions::from_function(grid("4x5"), |lat, lon| if lat > 0 { "North" } else { "South" });
    /// let by_lon = regions::from_function(grid("4x5"), |lat, lon| if lon > 0 { "East" } else { "West" });
    /// let l = localization::product(localization::regional(by_lat), localization::regional(by_lon));
    /// assert(l.regions.len() == 4 && l.regions[0] == "South, West");
    /// ```
    #[rhai_fn(return_raw)]
    pub fn product(context: NativeCallContext, first: Localize, second: Localize) -> Fallible<Localize> {
        attempt(&context, || checked(Arc::new(Product::new(first.scheme.clone(), second.scheme.clone())?), &first.grid))
    }

    /// The correlation that two unrelated quantities exceed by chance at a given rate (Student's t).
    ///
    /// # Arguments
    /// - `rate`: between 0 and 1.
    /// - `members`: of the ensemble.
    ///
    /// # Returns
    /// A correlation, 0 to 1.
    ///
    /// # Errors
    /// Fewer than 3 members, or a rate that is none.
    ///
    /// # Example
    /// ```rhai
    /// assert_near(localization::correlation_threshold(0.05, 10), 0.632, 1e-3);
    /// ```
    #[rhai_fn(name = "correlation_threshold", return_raw)]
    pub fn threshold(context: NativeCallContext, rate: Dynamic, members: Dynamic) -> Fallible<f64> {
        attempt(&context, || correlation_threshold(read("the rate", &rate)?, read("the number of members", &members)?))
    }

    /// A taper that is 1 inside a radius and 0 outside, for `analysis::letkf`.
    ///
    /// # Arguments
    /// - `radius_km`: \[km\].
    ///
    /// # Returns
    /// A taper.
    ///
    /// # Errors
    /// A radius that is not positive.
    ///
    /// # Example
    /// ```rhai
    /// let t = localization::boxcar(1000);
    /// assert(t.weight(900) == 1.0 && t.weight(1100) == 0.0);
    /// ```
    #[rhai_fn(return_raw)]
    pub fn boxcar(context: NativeCallContext, radius_km: Dynamic) -> Fallible<Tapering> {
        attempt(&context, || Ok(Tapering(Arc::new(Boxcar::new(quantity("the radius", &radius_km, "km")?)?))))
    }

    #[rhai_fn(name = "gaspari_cohn", return_raw)]
    pub fn taper_value(context: NativeCallContext, half_width_km: Dynamic) -> Fallible<Tapering> {
        attempt(&context, || Ok(Tapering(Arc::new(GaspariCohn::new(quantity("the half width", &half_width_km, "km")?)?))))
    }

    /// The weight of a taper at a distance.
    ///
    /// # Arguments
    /// - `distance_km`: \[km\].
    ///
    /// # Returns
    /// A number from 0 to 1.
    ///
    /// # Errors
    /// Something that is no distance.
    ///
    /// # Example
    /// ```rhai
    /// assert_near(localization::gaspari_cohn(1000).weight(1000), 5.0 / 24.0, 1e-12);
    /// ```
    #[rhai_fn(global, return_raw)]
    pub fn weight(context: NativeCallContext, taper: &mut Tapering, distance_km: Dynamic) -> Fallible<f64> {
        attempt(&context, || Ok(taper.0.weight(quantity("the distance", &distance_km, "km")?)))
    }

    /// The taper of Gaspari and Cohn (1999): 1 at distance 0, 0 from twice the half width on.
    ///
    /// # Arguments
    /// - `distance`, `half_width`: in one unit; or the half width \[km\] alone, for a taper as a value.
    ///
    /// # Returns
    /// A number from 0 to 1, or a taper.
    ///
    /// # Errors
    /// Arguments that are not numbers.
    ///
    /// # Example
    /// ```rhai
    /// assert_near(localization::gaspari_cohn(1000, 1000), 5.0 / 24.0, 1e-12);
    /// ```
    #[rhai_fn(name = "gaspari_cohn", return_raw)]
    pub fn taper(context: NativeCallContext, distance: Dynamic, half_width: Dynamic) -> Fallible<f64> {
        attempt(&context, || Ok(gaspari_cohn(read("the distance", &distance)?, read("the half width", &half_width)?)))
    }

    /// Names of the regions.
    #[rhai_fn(get = "regions", global)]
    pub fn regions(localization: &mut Localize) -> Array {
        localization.scheme.regions().iter().map(|n| Dynamic::from(n.clone())).collect()
    }

    /// The weight of a region's analysis in every cell.
    ///
    /// # Arguments
    /// - `region`: its name or number.
    ///
    /// # Returns
    /// A field (lat, lon) from 0 to 1; over all regions they add up to one.
    ///
    /// # Errors
    /// No such region.
    ///
    /// # Example
    /// ```rhai
    /// let l = localization::regional(regions::seven(grid("4x5")));
    /// let total = l.weights(0);
    /// for k in 1..7 { total += l.weights(k); }
    /// assert_near(total.min(), 1.0, 1e-12);
    /// ```
    #[rhai_fn(global, return_raw)]
    pub fn weights(context: NativeCallContext, localization: &mut Localize, region: Dynamic) -> Fallible<Field> {
        attempt(&context, || {
            let weights = localization.scheme.weights(region_number(localization, &region)?).clone();
            Field::new("weight", Unit::none(), Dimension::of_grid(&localization.grid).to_vec(), weights.into_dyn())
        })
    }

    /// The observations a region is analysed with.
    ///
    /// # Arguments
    /// - `region`: its name or number.
    /// - `context`: `latitude`, `longitude` (arrays \[degrees\]), `equivalents` (observation x member); and, for the correlation
    ///   test, `factors` (factor x member) and `factor_region` (the name of the region each factor belongs to).
    ///
    /// # Returns
    /// An array of positions, ascending.
    ///
    /// # Errors
    /// Shapes that do not fit.
    ///
    /// # Example
    /// ```rhai
    /// let l = localization::regional(regions::seven(grid("4x5")));
    /// let context = #{ latitude: [50, -25], longitude: [90, 135], equivalents: [[1, 2, 3], [1, 3, 2]] };
    /// assert(l.select("Eurasia", context) == [0] && l.select("Australasia", context) == [1]);
    /// ```
    #[rhai_fn(global, return_raw)]
    pub fn select(context: NativeCallContext, localization: &mut Localize, region: Dynamic, of: Map) -> Fallible<Array> {
        let selection = attempt(&context, || {
            let mut o = Options::new("select", of);
            let (latitude, longitude): (Vec<f64>, Vec<f64>) = (o.required("latitude")?, o.required("longitude")?);
            let equivalents = matrix("the equivalents", &o.required::<Dynamic>("equivalents")?)?;
            let none = Dynamic::from_array(vec![]);
            let factors = o.or::<Dynamic>("factors", none)?;
            let factor_region: Vec<String> = o.or("factor_region", vec![])?;
            o.finish()?;
            let factors = if factor_region.is_empty() { Array2::zeros((0, equivalents.ncols())) } else { matrix("the factors", &factors)? };
            let factor_region = localization.factor_region_numbers(&factor_region)?;
            let context = SelectionContext {
                latitude: &latitude,
                longitude: &longitude,
                equivalents: equivalents.view(),
                factors: factors.view(),
                factor_region: &factor_region,
            };
            localization.scheme.selection(region_number(localization, &region)?, &context)
        })?;
        selection.warnings.iter().for_each(|w| Host::of(&context).warn(w.clone()));
        Ok(selection.observations.iter().map(|k| Dynamic::from(*k as i64)).collect())
    }
}
