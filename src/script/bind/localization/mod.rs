//! Localizations as values; a closure may choose the observations of a region.

pub(super) mod tapers;

use crate::error::{Error, Result};
use crate::field::Field;
use crate::grid::{Grid, LatLonGrid, RegionMap};
use crate::localization::{
    Global, Localization, Product, Regional, Selection, SelectionContext, Threshold, check,
    correlation_threshold, related,
};
use crate::script::bridge::arrays::{field_of, matrix};
use crate::script::bridge::rooms::Rooms;
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

/// Regions and seams of a built-in localization, observations chosen by a closure of (region,
/// context).
#[derive(Debug)]
struct Scripted {
    base: Arc<dyn Localization>,
    choose: ScriptFunction,
}

impl Localization for Scripted {
    fn regions(&self) -> &[String] {
        self.base.regions()
    }
    fn selection(&self, region: usize, context: &SelectionContext) -> Result<Selection> {
        context.check()?;
        let name = &self.base.regions()[region];
        let list = |v: &[f64]| Dynamic::from_array(v.iter().map(|x| Dynamic::from(*x)).collect());
        let mut map = Map::new();
        map.insert("latitude".into(), list(context.latitude));
        map.insert("longitude".into(), list(context.longitude));
        map.insert(
            "equivalents".into(),
            Dynamic::from(field_of(
                "equivalents",
                context.equivalents.to_owned(),
                ["observation", "member"],
                None,
            )),
        );
        map.insert(
            "factors".into(),
            Dynamic::from(field_of(
                "factors",
                context.factors.to_owned(),
                ["factor", "member"],
                None,
            )),
        );
        map.insert(
            "factor_region".into(),
            Dynamic::from_array(
                context
                    .factor_region
                    .iter()
                    .map(|r| Dynamic::from(self.base.regions()[*r].clone()))
                    .collect(),
            ),
        );
        map.insert(
            "base".into(),
            Dynamic::from_array(
                self.base
                    .selection(region, context)?
                    .observations
                    .iter()
                    .map(|k| Dynamic::from(*k as i64))
                    .collect(),
            ),
        );
        let place = || format!("the localization function, region {name}");
        let mut rows: Vec<usize> = self
            .choose
            .call_for("the choice of observations", (name.clone(), map))
            .map_err(|e| e.at(place()))?;
        rows.sort_unstable();
        rows.dedup();
        match rows.last() {
            Some(last) if *last >= context.latitude.len() => {
                Err(Error::new("there is no such observation")
                    .expected(format!("positions below {}", context.latitude.len()))
                    .got(last)
                    .hint("positions in context.latitude, counted from 0")
                    .at(place()))
            }
            _ => Ok(Selection {
                observations: rows,
                ..Selection::default()
            }),
        }
    }
    fn weights(&self, region: usize) -> &Array2<f64> {
        self.base.weights(region)
    }
}

impl fmt::Display for Scripted {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "localization::choosing({}, {})", self.base, self.choose)
    }
}

impl Localize {
    /// The region of each factor as a number; with a single region every factor belongs to it.
    pub fn factor_region_numbers(&self, names: &[String]) -> Result<Vec<usize>> {
        if self.scheme.regions().len() == 1 {
            return Ok(vec![0; names.len()]);
        }
        names
            .iter()
            .map(|n| region_number(self, &Dynamic::from(n.clone())))
            .collect()
    }
}

/// Binds `localization::`.
pub fn bind(rooms: &mut Rooms) {
    rooms.value::<Localize>("Localization");
    rooms.room("localization", exported_module!(functions));
    tapers::bind(rooms);
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
    Ok(Localize {
        scheme,
        grid: grid.clone(),
    })
}

fn region_number(localization: &Localize, region: &Dynamic) -> Result<usize> {
    let names = localization.scheme.regions();
    if let Ok(k) = region.as_int() {
        return usize::try_from(k)
            .ok()
            .filter(|k| *k < names.len())
            .ok_or_else(|| {
                Error::new("no such region")
                    .expected(format!("0 to {}", names.len() - 1))
                    .got(k)
            });
    }
    let name: String = read("the region", region)?;
    names.iter().position(|n| *n == name).ok_or_else(|| {
        let error = Error::new(format!("there is no region \"{name}\""))
            .expected(format!("one of {}", names.join(", ")));
        match crate::error::did_you_mean(&name, names.iter().map(String::as_str)) {
            Some(near) => error.hint(format!("\"{near}\"")),
            None => error,
        }
    })
}

#[export_module]
mod functions {
    /// Analyses region by region, each extended by a halo; where extended regions meet, their
    /// analyses are blended (Su et al. 2024, Eq. 6).
    ///
    /// # Arguments
    /// - `regions`: a region map.
    /// - `options`: optional. `halo_km`: 800; `correlation`: 0.7, observations outside whose
    ///   correlation with a factor of the region exceeds it are used too, () for none of them;
    ///   `false_positives`: in place of a correlation, the chance that an observation related to
    ///   nothing is used all the same, such as 0.01.
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
    pub fn regional(
        context: NativeCallContext,
        regions: Arc<RegionMap>,
        options: Map,
    ) -> Fallible<Localize> {
        attempt(&context, || regional_from(&regions, options))
    }

    #[rhai_fn(name = "regional", return_raw)]
    pub fn regional_plain(
        context: NativeCallContext,
        regions: Arc<RegionMap>,
    ) -> Fallible<Localize> {
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
        attempt(&context, || {
            checked(Arc::new(Global::new(&grid.horizontal)), &grid.horizontal)
        })
    }

    /// The regions and seams of another localization, with the observations of each region chosen
    /// by a function of your own.
    ///
    /// # Arguments
    /// - `base`: the localization whose regions and seams are kept.
    /// - `choose`: a function of (region, context) that gives positions of observations. The
    ///   context is a map: latitude, longitude, equivalents (observation, member), factors (factor,
    ///   member), factor_region, and `base`, the positions the base would choose.
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
        Localize {
            scheme: Arc::new(Scripted {
                base: base.scheme,
                choose: ScriptFunction::new(&context, choose),
            }),
            grid: base.grid,
        }
    }

    /// Two localizations at once: the regions are the pairs that meet, their weights are
    /// multiplied, and a pair is analysed with the observations that both would take. Regions are
    /// called `"first, second"`. Or two tapers at once, their weights multiplied.
    ///
    /// # Arguments
    /// - `first`, `second`: localizations on one grid, or tapers.
    ///
    /// # Returns
    /// A localization, or a taper.
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
    /// let near = localization::product(localization::gaspari_cohn(1000), localization::boxcar(1000));
    /// assert_near(near.weight(999), 5.0 / 24, 1e-2);
    /// assert(near.weight(1001) == 0.0);
    /// ```
    #[rhai_fn(return_raw)]
    pub fn product(
        context: NativeCallContext,
        first: Localize,
        second: Localize,
    ) -> Fallible<Localize> {
        attempt(&context, || {
            checked(
                Arc::new(Product::new(first.scheme.clone(), second.scheme.clone())?),
                &first.grid,
            )
        })
    }

    /// The correlation that two unrelated quantities exceed by chance at a given rate (Student's
    /// t).
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
        attempt(&context, || {
            correlation_threshold(
                read("the rate", &rate)?,
                read("the number of members", &members)?,
            )
        })
    }

    /// The correlation test by itself: which observations follow a factor over the members.
    ///
    /// # Arguments
    /// - `equivalents`: (observation, member).
    /// - `factors`: (factor, member).
    /// - `threshold`: of |Pearson r|, 0 to 1.
    ///
    /// # Returns
    /// An array of positions of observations, ascending.
    ///
    /// # Errors
    /// Other numbers of members.
    ///
    /// # Example
    /// ```rhai
    /// assert(localization::related([[1, 2, 3, 5], [1, -1, -1, 1]], [[3, 2, 1, 0]], 0.7) == [0]);
    /// ```
    #[rhai_fn(name = "related", return_raw)]
    pub fn related_rows(
        context: NativeCallContext,
        equivalents: Dynamic,
        factors: Dynamic,
        threshold: Dynamic,
    ) -> Fallible<Array> {
        attempt(&context, || {
            let (y, l) = (
                matrix("the equivalents", &equivalents)?,
                matrix("the factors", &factors)?,
            );
            if y.ncols() != l.ncols() {
                return Err(
                    Error::new("equivalents and factors must have the same members")
                        .expected(l.ncols())
                        .got(y.ncols()),
                );
            }
            let rows = related(y.view(), l.view(), read("the threshold", &threshold)?);
            Ok(rows.iter().map(|k| Dynamic::from(*k as i64)).collect())
        })
    }

    /// Names of the regions.
    #[rhai_fn(get = "regions", global)]
    pub fn regions(localization: &mut Localize) -> Array {
        localization
            .scheme
            .regions()
            .iter()
            .map(|n| Dynamic::from(n.clone()))
            .collect()
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
    pub fn weights(
        context: NativeCallContext,
        localization: &mut Localize,
        region: Dynamic,
    ) -> Fallible<Field> {
        attempt(&context, || {
            let weights = localization
                .scheme
                .weights(region_number(localization, &region)?)
                .clone();
            Field::new(
                "weight",
                Unit::none(),
                localization.grid.dimensions().to_vec(),
                weights.into_dyn(),
            )
        })
    }

    /// The observations a region is analysed with.
    ///
    /// # Arguments
    /// - `region`: its name or number.
    /// - `context`: `latitude`, `longitude` (arrays \[degrees\]), `equivalents` (observation x
    ///   member); and, for the correlation test, `factors` (factor x member) and `factor_region`
    ///   (the name of the region each factor belongs to).
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
    pub fn select(
        context: NativeCallContext,
        localization: &mut Localize,
        region: Dynamic,
        of: Map,
    ) -> Fallible<Array> {
        let selection = attempt(&context, || {
            let mut o = Options::new("select", of);
            let (latitude, longitude): (Vec<f64>, Vec<f64>) =
                (o.required("latitude")?, o.required("longitude")?);
            let equivalents = matrix("the equivalents", &o.required::<Dynamic>("equivalents")?)?;
            let none = Dynamic::from_array(vec![]);
            let factors = o.or::<Dynamic>("factors", none)?;
            let factor_region: Vec<String> = o.or("factor_region", vec![])?;
            o.finish()?;
            let factors = if factor_region.is_empty() {
                Array2::zeros((0, equivalents.ncols()))
            } else {
                matrix("the factors", &factors)?
            };
            let factor_region = localization.factor_region_numbers(&factor_region)?;
            let context = SelectionContext {
                latitude: &latitude,
                longitude: &longitude,
                equivalents: equivalents.view(),
                factors: factors.view(),
                factor_region: &factor_region,
            };
            localization
                .scheme
                .selection(region_number(localization, &region)?, &context)
        })?;
        selection
            .warnings
            .iter()
            .for_each(|w| Host::of(&context).warn(w.clone()));
        Ok(selection
            .observations
            .iter()
            .map(|k| Dynamic::from(*k as i64))
            .collect())
    }
}
