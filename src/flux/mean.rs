//! What any flux without factors is on average over periods, as a map: for budgets by regions of
//! any map, and to set products of different origin side by side.

use super::{FluxBasis, SurfaceFlux};
use crate::error::{Error, Result};
use crate::field::{Dimension, Field};
use crate::grid::LatLonGrid;
use crate::time::Time;
use crate::units::Unit;
use ndarray::Array3;

/// The longest interval over which a flux is asked for its mean \[s\]: built-in fluxes change every
/// three hours.
const INTERVAL: f64 = 10_800.0;

/// The mean of `flux` over the periods between `edges` (time, lat, lon) \[kgC m-2 s-1\], on the
/// model grid that the flux was made for; time is each period's start.
///
/// # Errors
/// A flux with factors, or on another grid; fewer than two edges, or edges that do not rise; a
/// period for which the flux is not given.
pub fn mean_maps(flux: &dyn SurfaceFlux, edges: &[Time], grid: &LatLonGrid) -> Result<Field> {
    check(flux, edges)?;
    flux.covers(edges[0], edges[edges.len() - 1])?;
    let mut values = Vec::with_capacity((edges.len() - 1) * grid.n_cells());
    for period in edges.windows(2) {
        values.extend(mean(flux, period[0], period[1], grid.n_cells())?);
    }
    let [lat, lon] = grid.dimensions();
    let shape = (edges.len() - 1, grid.n_lat(), grid.n_lon());
    let data = Array3::from_shape_vec(shape, values)
        .map_err(|e| Error::new("the map has the wrong size").got(e))?;
    let time = Dimension::times(edges[..edges.len() - 1].to_vec());
    let unit = Unit::parse("kgC m-2 s-1")?;
    let field = Field::new("flux", unit, vec![time, lat, lon], data.into_dyn())?;
    Ok(match flux.synthetic() {
        true => field.with_attribute("synthetic", "yes"),
        false => field,
    })
}

fn check(flux: &dyn SurfaceFlux, edges: &[Time]) -> Result<()> {
    if flux.n_factors() > 0 {
        return Err(Error::new("a flux with factors has no mean of its own")
            .expected("a flux without factors")
            .got(format!("{} factors", flux.n_factors()))
            .hint("prior.with_factors([])"));
    }
    if edges.len() < 2 || edges.windows(2).any(|w| w[1] <= w[0]) {
        return Err(Error::new("the periods are not bounded by rising dates")
            .expected("two dates or more, each after the one before")
            .got(match edges {
                [] => "no date".into(),
                [first, .., last] => {
                    format!("{} dates from {first} to {last}", edges.len())
                }
                [one] => format!("only {one}"),
            })
            .hint("flux::months(\"2015-01-01\", \"2016-01-01\")"));
    }
    Ok(())
}

/// The mean over one period, cell by cell.
fn mean(flux: &dyn SurfaceFlux, start: Time, end: Time, cells: usize) -> Result<Vec<f64>> {
    let seconds = end.since(start);
    let parts = (seconds / INTERVAL).ceil().max(1.0);
    let mut total = vec![0.0; cells];
    let mut basis = FluxBasis::default();
    for k in 0..parts as u64 {
        let at = |k: u64| start.plus(seconds * k as f64 / parts);
        flux.between(at(k), at(k + 1), &mut basis)?;
        if basis.fixed.len() != cells {
            return Err(Error::new("the flux was made for another grid")
                .expected(format!("{cells} cells"))
                .got(basis.fixed.len()));
        }
        total
            .iter_mut()
            .zip(&basis.fixed)
            .for_each(|(total, flux)| *total += flux / parts);
    }
    Ok(total)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::flux::{FactorWindow, FixedFactors, Module, PriorFlux, Product, flux_maps};
    use std::sync::Arc;

    fn prior(grid: &LatLonGrid) -> PriorFlux {
        PriorFlux::new(grid, Product::group_1())
    }

    #[test]
    fn the_mean_of_a_prior_is_the_sum_of_the_maps_of_its_modules() {
        let grid = LatLonGrid::geos(30.0, 30.0).unwrap();
        let edges = [
            Time::from_date(2016, 2, 20).unwrap(),
            Time::from_date(2016, 3, 10).unwrap(),
        ];
        let prior = prior(&grid);
        let window = FactorWindow {
            start: edges[0],
            end: edges[1],
            factors: ndarray::Array2::ones((prior.n_factors(), 1)),
        };
        let maps = flux_maps(&prior, &[window], Module::Global, &edges, &grid).unwrap();
        let flux = FixedFactors::new(Arc::new(prior), &[]).unwrap();
        let mean = mean_maps(&flux, &edges, &grid).unwrap();
        for (a, b) in mean.data().iter().zip(maps.mean.data()) {
            assert!((a - b).abs() < 1e-6 * 1e-7, "{a} {b}");
        }
        assert_eq!(mean.attributes["synthetic"], "yes");
    }

    #[test]
    fn a_flux_with_factors_and_dates_that_fall_are_refused() {
        let grid = LatLonGrid::geos(30.0, 30.0).unwrap();
        let prior = prior(&grid);
        let day = |d| Time::from_date(2016, 2, d).unwrap();
        assert!(mean_maps(&prior, &[day(1), day(2)], &grid).is_err());
        let flux = FixedFactors::new(Arc::new(prior), &[]).unwrap();
        assert!(mean_maps(&flux, &[day(2), day(1)], &grid).is_err());
        assert!(mean_maps(&flux, &[day(2)], &grid).is_err());
        let other = LatLonGrid::geos(10.0, 30.0).unwrap();
        assert!(mean_maps(&flux, &[day(1), day(2)], &other).is_err());
    }
}
