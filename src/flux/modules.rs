//! The four modules of a product on 1 x 1 degree.
//!
//! - **fossil**: CDIAC's map, scaled to the total; constant through the year.
//! - **fire**: the total by TransCom region, spread over what burns there, with each region's
//!   season.
//! - **land** (net ecosystem exchange): in each latitude band and month, the product's net land
//!   flux less our fire, spread over land in proportion to area and production. The products' land
//!   flux includes fire, so net land = NEE + fire is the product's. Gross production gives the
//!   diurnal cycle, see [`super::diurnal`].
//! - **ocean**: the product's flux of a band and month, spread evenly over its ocean cells.
//!
//! Where a band has flux but no cell of the kind, the flux goes to the nearest band that has
//! (equatorward first), so that monthly global totals are the product's.

use super::diurnal::Daylight;
use super::eco_regions::{EcoRegions, Surface, one_degree};
use super::months::annual_mean;
use super::product::Product;
use crate::data;
use crate::grid::{ConservativeRegrid, LatLonGrid};
use crate::time::YEAR;
use ndarray::{Array2, Array3};

/// Kilograms per petagram.
const PETA: f64 = 1e12;

/// Fluxes on 1 x 1 degree \[kg C m-2 s-1\]; monthly ones are indexed (month, lat, lon).
#[derive(Debug, Clone)]
pub struct Modules {
    /// Fossil CO2 (lat, lon).
    pub fossil: Array2<f64>,
    /// Wildfire.
    pub fire: Array3<f64>,
    /// Net ecosystem exchange, daily mean.
    pub nee: Array3<f64>,
    /// Gross primary production, daily mean, positive.
    pub gpp: Array3<f64>,
    /// Air-sea exchange.
    pub ocean: Array3<f64>,
    /// How production follows the sun.
    pub daylight: &'static Daylight,
}

impl Modules {
    /// The modules of `product`.
    pub fn new(product: &Product) -> Self {
        let daylight = Daylight::table();
        let production = production();
        let fire = fire(product, &production);
        let nee = land(product, &production, &fire);
        let gpp = gross(product, &production, daylight);
        Modules {
            fossil: fossil(product),
            fire,
            nee,
            gpp,
            ocean: ocean(product),
            daylight,
        }
    }
}

/// Sum over the globe of a flux in one row-major map \[kg C s-1\].
fn global(map: impl Fn(usize, usize) -> f64) -> f64 {
    let grid = one_degree();
    (0..180)
        .map(|j| grid.area(j) * (0..360).map(|i| map(j, i)).sum::<f64>())
        .sum()
}

/// Production of each cell's ecosystem before scaling; zero off the land \[gC m-2 yr-1\].
fn production() -> Array2<f64> {
    let eco = EcoRegions::carbontracker();
    eco.map().mapv(|f| {
        f.and_then(|k| eco.factors()[k].ecosystem)
            .map_or(0.0, |e| data::ecosystems()[e - 1].gpp)
    })
}

/// Where fossil CO2 comes from, on any grid (lat, lon) \[kg C m-2 s-1\]: the map of
/// [`Product::group_1`].
pub(crate) fn fossil_pattern(grid: &LatLonGrid) -> Array2<f64> {
    ConservativeRegrid::new(one_degree(), grid).density(fossil(&Product::group_1()).view())
}

fn fossil(product: &Product) -> Array2<f64> {
    let world = data::world();
    let sharpened = world.fossil.mapv(|v| v.powf(product.fossil_contrast));
    // Per TransCom region, what it emits and what the sharpened map would.
    let (mut unsharpened, mut sharp) = ([0.0; 24], [0.0; 24]);
    for ((v, s), t) in world.fossil.iter().zip(&sharpened).zip(&world.transcom) {
        unsharpened[usize::from(*t)] += v;
        sharp[usize::from(*t)] += s;
    }
    let scale = product.fossil_total * PETA / YEAR / unsharpened.iter().sum::<f64>();
    Array2::from_shape_fn((180, 360), |(j, i)| {
        let t = usize::from(world.transcom[[j, i]]);
        if sharp[t] > 0.0 {
            sharpened[[j, i]] * unsharpened[t] / sharp[t] * scale / one_degree().area(j)
        } else {
            0.0
        }
    })
}

fn fire(product: &Product, production: &Array2<f64>) -> Array3<f64> {
    let transcom = &data::world().transcom;
    // Deserts have too little to burn; elsewhere fuel follows production, less than in proportion.
    let fuel = production.mapv(|p| if p > 100.0 { p.sqrt() } else { 0.0 });
    let mut map = Array3::zeros((12, 180, 360));
    for (region, share) in data::fire_regions().iter().zip(&product.fire_shares) {
        let inside = |j: usize, i: usize| {
            if usize::from(transcom[[j, i]]) == region.transcom {
                fuel[[j, i]]
            } else {
                0.0
            }
        };
        let per_fuel = product.fire_total * share * PETA / YEAR / global(inside);
        let season = |m: usize| {
            let apart = (m as f64 + 1.5 - region.peak_month + 6.0).rem_euclid(12.0) - 6.0;
            (-0.5 * (apart / region.width_months).powi(2)).exp()
        };
        let mean = annual_mean(season);
        for ((m, j, i), value) in map.indexed_iter_mut() {
            *value += per_fuel * inside(j, i) * season(m) / mean;
        }
    }
    map
}

fn land(product: &Product, production: &Array2<f64>, fire: &Array3<f64>) -> Array3<f64> {
    let weight = production.mapv(|p| {
        if p > 0.0 {
            p.powf(product.land_contrast)
        } else {
            0.0
        }
    });
    let grid = one_degree();
    spread(&weight, |m, j| {
        let burnt = grid.area(j) * (0..360).map(|i| fire[[m, j, i]]).sum::<f64>();
        product.zonal[[0, m, j]] * PETA / YEAR - burnt
    })
}

fn ocean(product: &Product) -> Array3<f64> {
    let eco = EcoRegions::carbontracker();
    let open = eco.map().mapv(|f| {
        if f.is_some_and(|k| eco.factors()[k].surface == Surface::Ocean) {
            1.0
        } else {
            0.0
        }
    });
    spread(&open, |m, j| product.zonal[[1, m, j]] * PETA / YEAR)
}

/// Spreads the flux of each month and latitude band \[kg C s-1\] over the cells of the band in
/// proportion to area times weight; a band without weight gives its flux to the nearest that has.
fn spread(weight: &Array2<f64>, zonal: impl Fn(usize, usize) -> f64) -> Array3<f64> {
    let grid = one_degree();
    let band: Vec<f64> = (0..180)
        .map(|j| grid.area(j) * weight.row(j).sum())
        .collect();
    let poleward = |j: usize| (j as i64 * 2 - 179).abs();
    let home = |j: usize| {
        (0..180)
            .filter(|k| band[*k] > 0.0)
            .min_by_key(|k| (k.abs_diff(j), poleward(*k)))
            .expect("some band has cells")
    };
    let homes: Vec<usize> = (0..180).map(home).collect();
    let mut map = Array3::zeros((12, 180, 360));
    for m in 0..12 {
        let mut flux = [0.0; 180];
        (0..180).for_each(|j| flux[homes[j]] += zonal(m, j));
        for j in (0..180).filter(|j| band[*j] > 0.0) {
            for i in 0..360 {
                map[[m, j, i]] = flux[j] * weight[[j, i]] / band[j];
            }
        }
    }
    map
}

/// Gross production by month: each ecosystem's, with a season that follows the sun and is sharper
/// towards the poles, scaled to the global total.
fn gross(product: &Product, production: &Array2<f64>, daylight: &Daylight) -> Array3<f64> {
    let grid = one_degree();
    let season: Vec<[f64; 12]> = (0..180)
        .map(|j| {
            let sharpness = 1.0 + grid.lat()[j].abs() / 30.0;
            let growth: [f64; 12] = std::array::from_fn(|m| daylight.mean(m, j).powf(sharpness));
            let mean = annual_mean(|m| growth[m]);
            growth.map(|g| g / mean)
        })
        .collect();
    let scale = product.gpp_total * PETA / YEAR / global(|j, i| production[[j, i]]);
    Array3::from_shape_fn((12, 180, 360), |(m, j, i)| {
        production[[j, i]] * scale * season[j][m]
    })
}

/// Annual total of a monthly flux \[PgC yr-1\].
#[cfg(test)]
pub(crate) fn annual_total(flux: &Array3<f64>) -> f64 {
    annual_mean(|m| global(|j, i| flux[[m, j, i]])) * YEAR / PETA
}

#[cfg(test)]
mod tests {
    use super::*;

    fn band_sum(map: &Array3<f64>, m: usize, j: usize) -> f64 {
        one_degree().area(j) * map.slice(ndarray::s![m, j, ..]).sum() * YEAR / PETA
    }

    #[test]
    fn fossil_and_fire_have_the_totals_of_the_paper() {
        for product in [Product::group_1(), Product::group_2(), Product::truth()] {
            let modules = Modules::new(&product);
            let fossil = global(|j, i| modules.fossil[[j, i]]) * YEAR / PETA;
            assert!((fossil - 9.80).abs() < 1e-9, "{fossil}");
            assert!((annual_total(&modules.fire) - 2.15).abs() < 1e-9);
            assert!((annual_total(&modules.gpp) - 120.0).abs() < 1e-9);
            assert!(
                modules
                    .fossil
                    .iter()
                    .chain(&modules.fire)
                    .all(|v| *v >= 0.0)
            );
        }
    }

    #[test]
    fn net_land_and_ocean_have_the_zonal_monthly_totals_of_the_product() {
        let product = Product::group_1();
        let modules = Modules::new(&product);
        for m in 0..12 {
            let land: f64 = (0..180)
                .map(|j| band_sum(&modules.nee, m, j) + band_sum(&modules.fire, m, j))
                .sum();
            let ocean: f64 = (0..180).map(|j| band_sum(&modules.ocean, m, j)).sum();
            let wanted = |k: usize| (0..180).map(|j| product.zonal[[k, m, j]]).sum::<f64>();
            assert!((land - wanted(0)).abs() < 1e-9 && (ocean - wanted(1)).abs() < 1e-9);
            // In the middle of the globe every band has land and sea, and keeps its own.
            for j in 60..150 {
                assert!(
                    (band_sum(&modules.nee, m, j) + band_sum(&modules.fire, m, j)
                        - product.zonal[[0, m, j]])
                    .abs()
                        < 1e-10
                );
                assert!((band_sum(&modules.ocean, m, j) - product.zonal[[1, m, j]]).abs() < 1e-10);
            }
        }
    }

    #[test]
    fn northern_forests_take_up_carbon_in_july_and_lose_it_in_january() {
        let modules = Modules::new(&Product::group_1());
        let (j, i) = (60 + 90, 100 + 180);
        assert!(modules.nee[[6, j, i]] < 0.0 && modules.nee[[0, j, i]] > 0.0);
        assert!(modules.gpp[[6, j, i]] > 5.0 * modules.gpp[[0, j, i]]);
    }
}
