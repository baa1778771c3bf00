//! Localization: regions, the observations that each of them is analysed with, and the weights
//! with which their analyses are blended in every cell.

mod correlation;
mod distance;

mod factors;

mod global;
mod product;
mod regional;
mod selection;
mod taper;
mod threshold;

pub use correlation::related;
pub(crate) use distance::distance_to_nearest;

pub use factors::factor_regions;
pub use global::Global;
pub use product::Product;
pub use regional::Regional;
pub use selection::{Selection, SelectionContext};
pub use taper::{Boxcar, GaspariCohn, Tabulated, Taper, TaperProduct, gaspari_cohn, tapers};
pub use threshold::{Threshold, correlation_threshold};

use crate::error::{Error, Result};
use crate::grid::LatLonGrid;
use ndarray::Array2;
use std::fmt;

/// A division of the analysis into regions.
///
/// # Example
/// ```
/// use mcas::grid::LatLonGrid;
/// use mcas::innovation::About;
/// use mcas::localization::{Global, Localization, SelectionContext};
/// use ndarray::Array2;
///
/// let localization = Global::new(&LatLonGrid::geos(4.0, 5.0)?);
/// let (equivalents, factors) = (Array2::zeros((2, 3)), Array2::zeros((1, 3)));
/// let context = SelectionContext {
///     latitude: &[10.0, -40.0],
///     longitude: &[0.0, 120.0],
///     equivalents: equivalents.view(),
///     factors: factors.view(),
///     factor_region: &[0],
///     about: About::default(),
/// };
/// assert_eq!(localization.regions(), ["Globe"]);
/// assert_eq!(localization.selection(0, &context)?.observations, [0, 1]);
/// # Ok::<(), mcas::error::Error>(())
/// ```
pub trait Localization: fmt::Display + fmt::Debug + Send + Sync {
    /// Names of the regions.
    fn regions(&self) -> &[String];
    /// The observations that region number `region` is analysed with.
    ///
    /// # Errors
    /// There is no such region, or the context does not fit the localization.
    fn selection(&self, region: usize, context: &SelectionContext) -> Result<Selection>;
    /// Weight of a region's analysis in each cell (lat x lon); over the regions they add up to one.
    fn weights(&self, region: usize) -> &Array2<f64>;
    /// The region that a location \[degrees\] belongs to, for factors; `grid` is that of the
    /// weights. By default the region whose analysis has most weight in the cell, the first of
    /// equals.
    fn region_at(&self, grid: &LatLonGrid, lat: f64, lon: f64) -> usize {
        let cell = (grid.row_of(lat), grid.column_of(lon));
        let weight = |region: usize| self.weights(region)[cell];
        let larger = |best, r| if weight(r) > weight(best) { r } else { best };
        (1..self.regions().len()).fold(0, larger)
    }
}

/// Checks a localization before a run: weights of the right shape, finite, not negative, adding up
/// to one in every cell.
///
/// # Errors
/// The first cell and region that violates it.
pub fn check(localization: &dyn Localization, grid: &LatLonGrid) -> Result<()> {
    let names = localization.regions();
    if names.is_empty() {
        return Err(Error::new("a localization needs a region"));
    }
    let mut sum = Array2::<f64>::zeros((grid.n_lat(), grid.n_lon()));
    for (r, name) in names.iter().enumerate() {
        let weight = localization.weights(r);
        let location = format!("region {name}");
        if weight.dim() != sum.dim() {
            let shape = format!("{} x {}", weight.nrows(), weight.ncols());
            return Err(Error::new("weights must have the shape of the grid")
                .expected(format!("{} x {}", sum.nrows(), sum.ncols()))
                .got(shape)
                .at(location));
        }
        if let Some(((j, i), bad)) = weight
            .indexed_iter()
            .find(|(_, w)| !(w.is_finite() && **w >= 0.0))
        {
            let cell = format!("the cell at {} N {} E", grid.lat()[j], grid.lon()[i]);
            return Err(Error::new("a weight must be finite and not negative")
                .got(bad)
                .at(cell)
                .at(location));
        }
        sum += weight;
    }
    match sum.indexed_iter().find(|(_, s)| (*s - 1.0).abs() > 1e-9) {
        None => Ok(()),
        Some(((j, i), s)) => Err(Error::new("the weights of the regions must add up to one")
            .got(s)
            .at(format!(
                "the cell at {} N {} E",
                grid.lat()[j],
                grid.lon()[i]
            ))
            .hint("a region map that covers every cell")),
    }
}
