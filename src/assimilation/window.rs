//! What a window is analysed from, and what comes of it.

use super::RegionAnalysis;
use crate::ensemble::Concentrations;
use crate::error::Warning;
use crate::inflation::Factors;
use crate::innovation::Innovation;
use crate::observation::Observations;
use crate::time::Time;
use ndarray::{Array2, ArrayView2};
use std::sync::Arc;

/// What a window is analysed from: p observations, n factors, m members.
#[derive(Debug)]
pub struct Window<'a> {
    /// Its number in the run, from 0.
    pub number: usize,
    /// When it starts.
    pub start: Option<Time>,
    /// The innovation of all observations, numbered as they are.
    pub innovation: &'a Innovation,
    /// The observations (p), of which the locations are used.
    pub observations: &'a Observations,
    /// The members' equivalents (p x m) \[mol mol-1\].
    pub equivalents: ArrayView2<'a, f64>,
    /// The members' concentrations at the hand-over.
    pub concentrations: Concentrations,
    /// The members' factors (n x m).
    pub factors: &'a Array2<f64>,
    /// The region each factor belongs to (n); see [`crate::localization::factor_regions`].
    pub factor_region: &'a [usize],
    /// Where each factor is (n), as (lat, lon) \[degrees\]; used by the local filter alone.
    pub factor_locations: &'a [(f64, f64)],
}

/// The analysis of one region.
#[derive(Debug, Clone)]
pub struct RegionResult {
    /// Its name; `all regions` for the pooled one.
    pub region: String,
    /// Its observations, with their weights.
    pub innovation: Arc<Innovation>,
    /// Its factors.
    pub factors: Factors,
}

/// The analysis of a window.
#[derive(Debug)]
pub struct WindowAnalysis {
    /// The analysed concentrations.
    pub concentrations: Concentrations,
    /// The analysed factors (n x m).
    pub factors: Array2<f64>,
    /// All observations together.
    pub pooled: RegionResult,
    /// Region by region, in the localization's order; none for the local filter.
    pub regions: Vec<RegionResult>,
    /// Warnings, each with its region.
    pub warnings: Vec<(String, Warning)>,
}

impl WindowAnalysis {
    /// The regions as [`super::explain_observation`] takes them.
    pub fn explained(&self) -> Vec<RegionAnalysis<'_>> {
        let regions = self.regions.iter();
        regions
            .map(|r| RegionAnalysis {
                innovation: &r.innovation,
                factors: &r.factors,
            })
            .collect()
    }
}
