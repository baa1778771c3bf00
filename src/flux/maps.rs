//! Fluxes as labelled maps: mean and spread over members, per module and period, on any grid.

use super::basis::Layout;
use super::budget::{FactorWindow, check_windows};
use super::eco_regions::Surface;
use super::months::seconds_by_month;
use super::{Module, PriorFlux, SurfaceFlux};
use crate::error::{Error, Result};
use crate::field::{CoordinateValues, Dimension, Field};
use crate::grid::LatLonGrid;
use crate::time::Time;
use crate::units::Unit;
use ndarray::{Array1, Array2, Array3};
use rayon::prelude::*;

/// Mean and standard deviation over members of one module.
#[derive(Debug, Clone)]
pub struct FluxMaps {
    /// Mean (time, lat, lon) \[kgC m-2 s-1\]; time is each period's start.
    pub mean: Field,
    /// Standard deviation (n - 1), the same shape.
    pub spread: Field,
}

/// The maps of `module` on `grid` with the factors of `windows`, averaged over the periods between
/// `edges`. The spread is zero for modules without factors and for a single member.
///
/// # Errors
/// Windows with gaps or unlike shapes, or that do not cover the periods.
pub fn flux_maps(
    flux: &PriorFlux,
    windows: &[FactorWindow],
    module: Module,
    edges: &[Time],
    grid: &LatLonGrid,
) -> Result<FluxMaps> {
    let members = check_windows(flux.n_factors(), windows, edges)?;
    let layout = Layout::new(grid, flux.layers());
    let months: Vec<Vec<f64>> = (0..12).map(|m| layout.month(flux.modules(), m)).collect();
    let fossil = layout.fossil(flux.modules());
    let fires: Vec<Vec<f64>> = (0..12).map(|m| layout.fire(flux.modules(), m)).collect();
    let (mut mean, mut spread) = (vec![], vec![]);
    for period in edges.windows(2) {
        let (weights, seconds) = weights(windows, period, members);
        let cells: Vec<(f64, f64)> = (0..grid.n_cells())
            .into_par_iter()
            .map(|cell| {
                let mut values = Array1::from_elem(
                    members,
                    fixed(module, fossil[cell], |m| fires[m][cell], &seconds),
                );
                for (m, share) in seconds.iter().enumerate().filter(|(_, s)| **s > 0.0) {
                    let (land, sea) = layout.beside_month(flux.modules(), m, cell);
                    values += share * module.part(land, sea);
                }
                for k in (layout.first[cell]..layout.first[cell + 1])
                    .filter(|k| module.scales(layout.surface[*k]))
                {
                    for (month, weights) in months.iter().zip(&weights) {
                        values.scaled_add(month[k], &weights.row(layout.factor[k]));
                    }
                }
                (
                    values.mean().unwrap_or(0.0),
                    if members > 1 { values.std(1.0) } else { 0.0 },
                )
            })
            .collect();
        mean.extend(cells.iter().map(|c| c.0));
        spread.extend(cells.iter().map(|c| c.1));
    }
    labelled(module, edges, grid, [mean, spread], true)
}

/// Mean and spread (period, cell) of a module as labelled maps.
pub(super) fn labelled(
    module: Module,
    edges: &[Time],
    grid: &LatLonGrid,
    [mean, spread]: [Vec<f64>; 2],
    synthetic: bool,
) -> Result<FluxMaps> {
    let shape = (edges.len() - 1, grid.n_lat(), grid.n_lon());
    let label = |name: String, values: Vec<f64>| -> Result<Field> {
        let [lat, lon] = grid.dimensions();
        let data = Array3::from_shape_vec(shape, values)
            .map_err(|e| Error::new("a map has the wrong size").got(e))?;
        let starts = CoordinateValues::from(edges[..edges.len() - 1].to_vec()).between(edges);
        let dimensions = vec![Dimension::times(starts), lat, lon];
        let unit = Unit::parse("kgC m-2 s-1")?;
        let field = Field::new(&name, unit, dimensions, data.into_dyn())?;
        Ok(match synthetic {
            true => field.with_attribute("synthetic", "yes"),
            false => field,
        })
    };
    Ok(FluxMaps {
        mean: label(module.name().into(), mean)?,
        spread: label(format!("{} spread", module.name()), spread)?,
    })
}

/// For each month, the factors times the share of the period they hold in that month, summed over
/// windows (n_factors x n_members); and the share of the period in each month.
fn weights(
    windows: &[FactorWindow],
    period: &[Time],
    members: usize,
) -> (Vec<Array2<f64>>, [f64; 12]) {
    let duration = period[1].since(period[0]);
    let mut weights = vec![Array2::zeros((windows[0].factors.nrows(), members)); 12];
    let mut share = [0.0; 12];
    for window in windows {
        let (start, end) = (window.start.max(period[0]), window.end.min(period[1]));
        if end > start {
            for (m, seconds) in seconds_by_month(start, end)
                .into_iter()
                .enumerate()
                .filter(|(_, s)| *s > 0.0)
            {
                weights[m].scaled_add(seconds / duration, &window.factors);
                share[m] += seconds / duration;
            }
        }
    }
    (weights, share)
}

/// The part of a module that no factor changes.
fn fixed(module: Module, fossil: f64, fire: impl Fn(usize) -> f64, share: &[f64; 12]) -> f64 {
    let fires = || (0..12).map(|m| share[m] * fire(m)).sum::<f64>();
    match module {
        Module::Nee | Module::Ocean => 0.0,
        Module::Wildfire | Module::NetLand => fires(),
        Module::Fossil => fossil,
        Module::Global => fossil + fires(),
    }
}

impl Module {
    /// Whether the module holds one of the four parts.
    pub(super) fn holds(self, part: Module) -> bool {
        match self {
            Module::Global => true,
            Module::NetLand => matches!(part, Module::Nee | Module::Wildfire),
            alone => alone == part,
        }
    }

    /// What the module holds of a flux of land and one of the sea.
    fn part(self, land: f64, sea: f64) -> f64 {
        let of = |surface, value| if self.scales(surface) { value } else { 0.0 };
        of(Surface::Land, land) + of(Surface::Ocean, sea)
    }

    /// Whether the module holds the flux that factors of this kind scale.
    fn scales(self, surface: Surface) -> bool {
        match surface {
            Surface::Land => matches!(self, Module::Nee | Module::NetLand | Module::Global),
            Surface::Ocean => matches!(self, Module::Ocean | Module::Global),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::flux::{Budget, Product, month_edges};

    #[test]
    fn maps_add_up_to_the_budget() {
        let grid = LatLonGrid::geos(4.0, 5.0).unwrap();
        let flux = PriorFlux::new(&grid, Product::group_2());
        let (start, end): (Time, Time) =
            ("2015-02-10".parse().unwrap(), "2015-04-07".parse().unwrap());
        let factors =
            Array2::from_shape_fn((175, 4), |(k, i)| 1.0 + 0.1 * ((k * 7 + i * 3) % 5) as f64);
        let middle = start.plus(20.0 * crate::time::DAY);
        let windows = [
            FactorWindow {
                start,
                end: middle,
                factors: factors.clone(),
            },
            FactorWindow {
                start: middle,
                end,
                factors: 2.0 - factors,
            },
        ];
        let edges = month_edges(start, end);
        let budget = Budget::new(&flux, &windows, &edges).unwrap();
        for module in Module::ALL {
            let maps = flux_maps(&flux, &windows, module, &edges, &grid).unwrap();
            assert_eq!(maps.mean.shape(), [3, 46, 72]);
            let rates = budget.field(module).unwrap();
            for p in 0..3 {
                let map: f64 = (0..46)
                    .map(|j| {
                        grid.area(j) * (0..72).map(|i| maps.mean.data()[[p, j, i]]).sum::<f64>()
                    })
                    .sum();
                let wanted: f64 = (0..23)
                    .map(|r| (0..4).map(|k| rates.data()[[p, r, k]]).sum::<f64>() / 4.0)
                    .sum();
                assert!(
                    (map * crate::time::YEAR * 1e-12 - wanted).abs() < 1e-9,
                    "{module:?}"
                );
            }
            let spreads = maps.spread.data().iter().any(|v| *v > 0.0);
            assert_eq!(
                spreads,
                !matches!(module, Module::Wildfire | Module::Fossil)
            );
        }
    }
}
