//! A prior of real years: zonal fluxes of every month of two products and the world's fossil CO2 of
//! every year, spread over the built-in maps, so that 2015 is not 2010.
//!
//! Measured and estimated are the sums by latitude, month and year; ours is where they lie along a
//! latitude (by ecosystem, and CDIAC's map of 2013 for fossil), the fires (the same every year,
//! 2.15
//! PgC) and the cycle within the day (see [`super::diurnal`]).

use super::modular::{Cycle, FactorRegions, FluxModule, ModulePrior};
use super::{Beyond, Calendar, Modules, Product, Series, Surface, one_degree};
use crate::data;
use crate::error::{Error, Result};
use crate::grid::LatLonGrid;
use crate::time::Time;
use ndarray::{Array3, Axis};
use std::collections::BTreeMap;
use std::sync::{Arc, Mutex};

/// Most years that are held in memory at once.
const HELD: usize = 2;

/// The choices of a prior of real years.
#[derive(Debug, Clone, Copy)]
pub struct RealOptions {
    /// Prior standard deviations on land and sea, as a part of the flux.
    pub sd: [f64; 2],
    /// Distance at which correlations between factors have fallen to 1/e \[km\].
    pub length_km: f64,
    /// What holds before 2000 and after 2018.
    pub beyond: Beyond,
}

/// The maps of years, made when they are wanted.
struct Made {
    group: usize,
    held: Mutex<BTreeMap<usize, Arc<Modules>>>,
}

impl Made {
    /// The product of a year, by its number among the embedded ones.
    fn product(&self, year: usize) -> Product {
        let years = data::years();
        let (product, zonal) = match self.group {
            1 => (Product::group_1(), &years.ct[year]),
            _ => (Product::group_2(), &years.cte[year]),
        };
        Product {
            zonal,
            fossil_total: years.fossil[year],
            ..product
        }
    }

    fn year(&self, year: usize) -> Arc<Modules> {
        let mut held = self.held.lock().unwrap_or_else(|e| e.into_inner());
        if let Some(known) = held.get(&year) {
            return known.clone();
        }
        if held.len() >= HELD {
            held.pop_first();
        }
        let made = Arc::new(Modules::new(&self.product(year)));
        held.insert(year, made.clone());
        made
    }
}

/// The prior of a group: 1 of CT2019B, 2 of CTE2020, 2000 to 2018, with a factor on each of the 145
/// eco-regions of land and 30 of the ocean.
///
/// # Errors
/// Another group, standard deviations or a length that are not positive.
pub fn real_prior(grid: &LatLonGrid, group: usize, options: &RealOptions) -> Result<ModulePrior> {
    if !(1..=2).contains(&group) {
        return Err(Error::new("there is no such group of priors")
            .expected("1 or 2")
            .got(group));
    }
    let made = Arc::new(Made {
        group,
        held: Mutex::default(),
    });
    let (years, months) = (by_year(options.beyond)?, by_month(options.beyond)?);
    let series = |name: &str, calendar: &Calendar, map: fn(&Modules, usize) -> Vec<f64>| {
        let (made, monthly) = (made.clone(), calendar.len() > data::years().years.len());
        let read = move |k: usize| {
            let (year, month) = if monthly { (k / 12, k % 12) } else { (k, 0) };
            Ok(map(&made.year(year), month))
        };
        Series::new(name, one_degree().clone(), calendar.clone(), Arc::new(read))
    };
    let fire = made.year(0);
    let fires = (0..12).map(|m| month(&fire.fire, m)).collect();
    let fires = Series::of_maps("fire", one_degree().clone(), Calendar::Months, fires)?;
    let nee = series("nee", &months, |m, k| month(&m.nee, k));
    let sea = series("ocean", &months, |m, k| month(&m.ocean, k));
    let fossil = series("fossil", &years, |m, _| m.fossil.iter().copied().collect());
    let [land_sd, ocean_sd] = options.sd;
    let modules = vec![
        FluxModule::new("fossil", None, fossil)?,
        FluxModule::new("fire", None, fires)?,
        FluxModule::new("nee", None, nee)?
            .with_factors(
                FactorRegions::eco(Surface::Land),
                vec![land_sd],
                options.length_km,
            )?
            .with_cycle(Some(Cycle::of_production())),
        FluxModule::new("ocean", None, sea)?.with_factors(
            FactorRegions::eco(Surface::Ocean),
            vec![ocean_sd],
            options.length_km,
        )?,
    ];
    ModulePrior::new(grid, modules, &["nee".to_string(), "ocean".to_string()])
}

fn month(maps: &Array3<f64>, month: usize) -> Vec<f64> {
    maps.index_axis(Axis(0), month).iter().copied().collect()
}

fn by_year(beyond: Beyond) -> Result<Calendar> {
    let year = |y: &i16| Ok([Time::from_date(*y, 1, 1)?, Time::from_date(*y + 1, 1, 1)?]);
    let held = data::years()
        .years
        .iter()
        .map(year)
        .collect::<Result<_>>()?;
    Calendar::intervals(held, beyond)
}

fn by_month(beyond: Beyond) -> Result<Calendar> {
    let years = &data::years().years;
    let (first, last) = (years[0], years[years.len() - 1]);
    let edges = super::month_edges(
        Time::from_date(first, 1, 1)?,
        Time::from_date(last + 1, 1, 1)?,
    );
    Calendar::intervals(edges.windows(2).map(|w| [w[0], w[1]]).collect(), beyond)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::flux::{FactorWindow, Module, Prior, SurfaceFlux};

    fn totals(prior: &ModulePrior, year: i16) -> [f64; 3] {
        let at = |y| Time::from_date(y, 1, 1).unwrap();
        let (start, end) = (at(year), at(year + 1));
        let windows = [FactorWindow::prior(start, end, prior.n_factors())];
        let budget = prior.budget(&windows, &[start, end]).unwrap();
        // Of a year of its own length.
        let days = end.since(start) / crate::time::YEAR;
        [Module::Fossil, Module::NetLand, Module::Ocean].map(|m| days * budget.totals(m)[0])
    }

    fn options(beyond: Beyond) -> RealOptions {
        RealOptions {
            sd: [0.5, 0.3],
            length_km: 2000.0,
            beyond,
        }
    }

    #[test]
    fn each_year_has_its_own_totals() {
        let grid = LatLonGrid::geos(4.0, 5.0).unwrap();
        let prior = real_prior(&grid, 1, &options(Beyond::Refuse)).unwrap();
        assert_eq!(prior.n_factors(), 175);
        // numpy: zonal CT2019B of 2015 and 2010, months weighted by their days over 365.2425.
        for (year, fossil, land, ocean) in CT {
            let annual = totals(&prior, year);
            let wanted = [fossil, land, ocean];
            for (f, w) in annual.iter().zip(wanted) {
                assert!(
                    (f - w).abs() < 3e-3 * w.abs() + 2e-3,
                    "{year}: {annual:?} {wanted:?}"
                );
            }
        }
        let message = prior
            .covers("2019-01-01".parse().unwrap(), "2019-02-01".parse().unwrap())
            .unwrap_err()
            .to_string();
        assert!(message.contains("2000-01-01 and 2019-01-01"), "{message}");
        let later = real_prior(&grid, 2, &options(Beyond::Repeat)).unwrap();
        assert!((totals(&later, 2019)[0] - totals(&later, 2018)[0]).abs() < 1e-9);
        assert!(real_prior(&grid, 3, &options(Beyond::Refuse)).is_err());
    }

    /// Year, fossil, net land and ocean \[PgC\].
    const CT: [(i16, f64, f64, f64); 2] = [
        (2010, 9.0420, -0.9822, -2.9310),
        (2015, 9.6116, -0.7859, -3.1358),
    ];
}
