//! Regions extended by a halo, with observations selected by position and by correlation (Su et al.
//! 2024).
//!
//! - A region is extended by the cells whose centre is within `halo_km` of one of its own (chord).
//! - It is analysed with the observations in the cells of its extension, and with those outside
//!   whose equivalents correlate over the members with one of its factors, `|Pearson r| >
//!   correlation`.
//! - Seams (Eq. 6): weights proportional to d(g, r), the distance from g to the nearest cell not in
//!   extended region r. The paper calls d the distance to the extended region, which is zero where
//!   it is needed; with ours a region fades to nothing at its outer edge. An extension that covers
//!   the globe has a constant d (the diameter).

use super::{Localization, Selection, SelectionContext, Threshold, distance_to_nearest, related};
use crate::constants::EARTH_RADIUS;
use crate::error::{Error, Result, Warning};
use crate::grid::{LatLonGrid, RegionMap};
use ndarray::{Array2, Axis};
use std::fmt;

/// Fewer members than this and a correlation of 0.7 is exceeded by unrelated observations too
/// often.
const ENOUGH_MEMBERS: usize = 40;

/// The paper's localization: 800 km and 0.7.
#[derive(Debug, Clone, PartialEq)]
pub struct Regional {
    map: RegionMap,
    halo_km: f64,
    correlation: Option<Threshold>,
    extended: Vec<Array2<bool>>,
    weights: Vec<Array2<f64>>,
}

impl Regional {
    /// The regions of `map` extended by `halo_km` (infinite allowed); `correlation` is the
    /// threshold, none for selection by location alone.
    ///
    /// # Errors
    /// A negative halo, or a threshold outside 0 to 1.
    pub fn new(map: RegionMap, halo_km: f64, correlation: Option<f64>) -> Result<Self> {
        if halo_km.is_nan() || halo_km < 0.0 {
            return Err(Error::new("the halo must not be negative")
                .expected("at least 0 km")
                .got(format!("{halo_km} km"))
                .hint("halo_km: 800"));
        }
        let correlation = correlation.map(Threshold::correlation).transpose()?;
        let extend = |r: usize| {
            distance_to_nearest(map.grid(), &map.regions().mapv(|x| x == r)).mapv(|d| d <= halo_km)
        };
        let extended: Vec<Array2<bool>> = (0..map.names().len()).map(extend).collect();
        let weights = seam_weights(&map, &extended);
        Ok(Regional {
            map,
            halo_km,
            correlation,
            extended,
            weights,
        })
    }

    /// With another threshold of correlation, such as one derived from a rate of false positives.
    pub fn with_threshold(mut self, threshold: Threshold) -> Self {
        self.correlation = Some(threshold);
        self
    }

    /// The region map.
    pub fn map(&self) -> &RegionMap {
        &self.map
    }
    /// The cells of a region and its halo (lat x lon).
    pub fn extended(&self, region: usize) -> &Array2<bool> {
        &self.extended[region]
    }
}

fn seam_weights(map: &RegionMap, extended: &[Array2<bool>]) -> Vec<Array2<f64>> {
    let diameter = 2e-3 * EARTH_RADIUS;
    let depth = |e: &Array2<bool>| {
        distance_to_nearest(map.grid(), &e.mapv(|inside| !inside)).mapv(|d| d.min(diameter))
    };
    let depths: Vec<Array2<f64>> = extended.iter().map(depth).collect();
    // Every cell is in the extension of its own region, so the sum is positive.
    let sum = depths
        .iter()
        .fold(Array2::zeros(map.regions().dim()), |sum: Array2<f64>, d| {
            sum + d
        });
    depths.into_iter().map(|d| d / &sum).collect()
}

impl Localization for Regional {
    fn regions(&self) -> &[String] {
        self.map.names()
    }

    fn selection(&self, region: usize, context: &SelectionContext) -> Result<Selection> {
        context.check()?;
        if let Some(factor) = context
            .factor_region
            .iter()
            .position(|r| *r >= self.extended.len())
        {
            return Err(Error::new(format!("factor {factor} belongs to no region"))
                .expected(format!("a region number below {}", self.extended.len()))
                .got(context.factor_region[factor]));
        }
        let (grid, inside) = (self.map.grid(), &self.extended[region]);
        let location = |o: usize| {
            (
                grid.row_of(context.latitude[o]),
                grid.column_of(context.longitude[o]),
            )
        };
        let (mut observations, outside): (Vec<usize>, Vec<usize>) =
            (0..context.latitude.len()).partition(|o| inside[location(*o)]);
        let mut selection = Selection::default();
        let factors: Vec<usize> = (0..context.factor_region.len())
            .filter(|f| context.factor_region[*f] == region)
            .collect();
        if let (Some(threshold), false, false) =
            (self.correlation, outside.is_empty(), factors.is_empty())
        {
            let members = context.equivalents.ncols();
            let adapts = threshold.grows_with_few_members();
            let threshold = threshold.value(members, factors.len())?;
            if members < ENOUGH_MEMBERS && !adapts {
                let message = format!(
                    "a correlation over {members} members may pass {threshold} by chance; {ENOUGH_MEMBERS} or more are better"
                );
                selection
                    .warnings
                    .push(Warning::new("few_members", message));
            }
            let equivalents = context.equivalents.select(Axis(0), &outside);
            let chosen = related(
                equivalents.view(),
                context.factors.select(Axis(0), &factors).view(),
                threshold,
            );
            observations.extend(chosen.iter().map(|row| outside[*row]));
            selection.by_correlation = chosen.len();
            observations.sort_unstable();
        }
        selection.observations = observations;
        Ok(selection)
    }

    fn weights(&self, region: usize) -> &Array2<f64> {
        &self.weights[region]
    }

    fn region_at(&self, _: &LatLonGrid, lat: f64, lon: f64) -> usize {
        self.map.region_at(lat, lon)
    }
}

impl fmt::Display for Regional {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let correlation = self
            .correlation
            .map_or("correlation: ()".to_string(), |r| r.to_string());
        write!(
            f,
            "localization::regional(regions, #{{ halo_km: {:?}, {correlation} }})",
            self.halo_km
        )
    }
}
