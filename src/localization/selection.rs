//! Which observations a region is analysed with, and how much each counts.

use crate::error::{Error, Result, Warning};
use crate::innovation::{About, Innovation};
use ndarray::ArrayView2;

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
    /// Where in the run the selection is.
    pub about: About,
}

impl SelectionContext<'_> {
    /// Refuses what cannot be selected from.
    ///
    /// # Errors
    /// Lengths that differ, or a location that is not finite.
    pub fn check(&self) -> Result<()> {
        let locations = self.latitude.iter().zip(self.longitude);
        if let Some((row, location)) = locations
            .enumerate()
            .find(|(_, (lat, lon))| !(lat.abs() <= 90.0 && lon.is_finite()))
        {
            let off = Error::new("an observation is not on the globe")
                .expected("a latitude from -90 to 90 and a finite longitude");
            return Err(off
                .got(format!("{location:?}"))
                .at(format!("observation {row}")));
        }
        let p = self.latitude.len();
        if self.longitude.len() != p || self.equivalents.nrows() != p {
            return Err(
                Error::new("every observation needs a location and equivalents")
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
    /// Their weights above 0 to 1, by which their error variances are divided; none for 1 each.
    pub weights: Option<Vec<f64>>,
    /// How many of them lie outside and were taken for their correlation.
    pub by_correlation: usize,
    /// `few_members`.
    pub warnings: Vec<Warning>,
}

impl Selection {
    /// The weight of each chosen observation.
    pub fn weight(&self, k: usize) -> f64 {
        self.weights.as_ref().map_or(1.0, |w| w[k])
    }

    /// The chosen observations of `all`, numbered as the context is; an observation of weight w
    /// has its error variance divided by w.
    ///
    /// # Errors
    /// A number that no observation has, another number of weights than observations, or a weight
    /// that is not above 0 and at most 1.
    pub fn of(&self, all: &Innovation) -> Result<Innovation> {
        let chosen = all.subset(&self.observations)?;
        let Some(weights) = &self.weights else {
            return Ok(chosen);
        };
        if weights.len() != self.observations.len() {
            return Err(Error::new("every observation needs a weight")
                .expected(self.observations.len())
                .got(weights.len()));
        }
        if let Some(k) = weights.iter().position(|w| !(*w > 0.0 && *w <= 1.0)) {
            return Err(Error::new("the weight of an observation is out of range")
                .expected("above 0, at most 1")
                .got(weights[k])
                .at(format!("observation {}", self.observations[k])));
        }
        let divided = self.observations.iter().zip(weights);
        let factors: Vec<(usize, f64)> = divided
            .filter(|(_, w)| **w != 1.0)
            .map(|(o, w)| (*o, 1.0 / w))
            .collect();
        chosen.moderated(&factors)
    }
}
