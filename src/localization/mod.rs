//! Localization: regions, which observations each of them is analysed with, and the weights with
//! which their analyses meet at every cell.

mod correlation;
mod distance;

mod global;
mod product;
mod regional;
mod taper;
mod threshold;

pub use correlation::related;
pub use distance::distance_to_nearest;

pub use global::Global;
pub use product::Product;
pub use regional::Regional;
pub use taper::{Boxcar, GaspariCohn, Tabulated, Taper, TaperProduct, gaspari_cohn, tapers};
pub use threshold::{Threshold, correlation_threshold};

use crate::error::{Error, Result, Warning};
use crate::grid::LatLonGrid;
use ndarray::{Array2, ArrayView2};
use std::fmt;

/// A division of the analysis into regions.
///
/// # Example
/// ```
/// use mcas::grid::LatLonGrid;
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
}

/// What a selection may look at: p observations, n factors, m members.
#[derive(Debug, Clone)]
pub struct SelectionContext<'a> {
    /// Latitudes of the observations (p) \[degrees north\].
    pub latitude: &'a [f64],
    /// Longitudes of the observations (p) \[degrees east\].
    pub longitude: &'a [f64],
    /// The members' equivalents (p x m), centred or not.
    pub equivalents: ArrayView2<'a, f64>,
    /// The members' factors (n x m), centred or not.
    pub factors: ArrayView2<'a, f64>,
    /// The region each factor belongs to (n).
    pub factor_region: &'a [usize],
}

impl SelectionContext<'_> {
    /// Refuses what cannot be selected from.
    ///
    /// # Errors
    /// Lengths that differ, or a place that is not finite.
    pub fn check(&self) -> Result<()> {
        let places = self.latitude.iter().zip(self.longitude);
        if let Some((row, place)) = places
            .enumerate()
            .find(|(_, (lat, lon))| !(lat.abs() <= 90.0 && lon.is_finite()))
        {
            let off = Error::new("an observation is not on the globe")
                .expected("a latitude from -90 to 90 and a finite longitude");
            return Err(off
                .got(format!("{place:?}"))
                .at(format!("observation {row}")));
        }
        let p = self.latitude.len();
        if self.longitude.len() != p || self.equivalents.nrows() != p {
            return Err(
                Error::new("every observation needs a place and equivalents")
                    .expected(p)
                    .got(format!(
                        "{} longitudes and {} rows of equivalents",
                        self.longitude.len(),
                        self.equivalents.nrows()
                    )),
            );
        }
        if self.factors.nrows() != self.factor_region.len()
            || (self.factors.nrows() > 0 && self.factors.ncols() != self.equivalents.ncols())
        {
            return Err(
                Error::new("every factor needs a region and one value per member")
                    .expected(format!(
                        "{} x {}",
                        self.factor_region.len(),
                        self.equivalents.ncols()
                    ))
                    .got(format!(
                        "{} x {}",
                        self.factors.nrows(),
                        self.factors.ncols()
                    )),
            );
        }
        Ok(())
    }
}

/// The observations a region is analysed with.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct Selection {
    /// Their positions in the context, ascending.
    pub observations: Vec<usize>,
    /// How many of them lie outside and were taken for their correlation.
    pub by_correlation: usize,
    /// `few_members`.
    pub warnings: Vec<Warning>,
}

/// Checks a localization before a run: weights of the right shape, finite, not negative, adding up
/// to one in every cell.
///
/// # Errors
/// The first cell and region where it is not so.
pub fn check(localization: &dyn Localization, grid: &LatLonGrid) -> Result<()> {
    let names = localization.regions();
    if names.is_empty() {
        return Err(Error::new("a localization needs a region"));
    }
    let mut sum = Array2::<f64>::zeros((grid.n_lat(), grid.n_lon()));
    for (r, name) in names.iter().enumerate() {
        let weight = localization.weights(r);
        let place = format!("region {name}");
        if weight.dim() != sum.dim() {
            let shape = format!("{} x {}", weight.nrows(), weight.ncols());
            return Err(Error::new("weights must have the shape of the grid")
                .expected(format!("{} x {}", sum.nrows(), sum.ncols()))
                .got(shape)
                .at(place));
        }
        if let Some(((j, i), bad)) = weight
            .indexed_iter()
            .find(|(_, w)| !(w.is_finite() && **w >= 0.0))
        {
            let cell = format!("the cell at {} N {} E", grid.lat()[j], grid.lon()[i]);
            return Err(Error::new("a weight must be finite and not negative")
                .got(bad)
                .at(cell)
                .at(place));
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
