//! Influence of one observation on the analysis, and of the observations on one cell: which
//! regions use it, with which weight, and what it contributed.
//!
//! With g = theta/(m-1), `T = (I + g G)^-1` and the whitened row y, d of observation i of source k
//! in a region: influence (its part of the degrees of freedom for signal) `g y'T y / mu_k`, from 0
//! to 1; its part of the increment of a mean whose anomalies are x (m): `g x'T y d / mu_k`. The
//! parts add up to the increment. Of correlated errors a whitened row is what the observation
//! adds to those before it in its block.

use crate::error::{Error, Result};
use crate::inflation::Factors;
use crate::innovation::{Innovation, Likelihood, Source};
use crate::localization::Localization;
use ndarray::{Array1, ArrayView1};
use std::fmt;

/// What one region was analysed with.
#[derive(Debug, Clone, Copy)]
pub struct RegionAnalysis<'a> {
    /// Its observations.
    pub innovation: &'a Innovation,
    /// Its factors.
    pub factors: &'a Factors,
}

/// An observation in one region.
#[derive(Debug, Clone, PartialEq, serde::Serialize)]
pub struct ObservationUse {
    /// The region.
    pub region: String,
    /// Weight of the region's analysis in the observation's cell.
    pub blend: f64,
    /// Factor of its source's error covariance there.
    pub mu: f64,
    /// Factor of its own error variance on top, 1 unless moderated.
    pub moderation: f64,
    /// Part of the degrees of freedom for signal, 0 to 1.
    pub influence: f64,
    /// Increment of its equivalent by this region's analysis \[unit of the observation\].
    pub increment: f64,
}

/// Why an observation did what it did.
#[derive(Debug, Clone, PartialEq, serde::Serialize)]
pub struct ObservationStory {
    /// Its number.
    pub observation: usize,
    /// Its source.
    pub source: String,
    /// Observed less the forecast's mean \[unit of the observation\].
    pub departure: f64,
    /// Increment of its equivalent where regions are blended; by regions that use it alone \[the
    /// same unit\].
    pub increment: f64,
    /// The regions that use it.
    pub regions: Vec<ObservationUse>,
}

/// One observation's part in a cell.
#[derive(Debug, Clone, PartialEq, serde::Serialize)]
pub struct Contribution {
    /// Its number.
    pub observation: usize,
    /// Its source.
    pub source: String,
    /// Its part of the increment of the mean \[unit of the cell\].
    pub increment: f64,
}

/// Why a cell was analysed as it was.
#[derive(Debug, Clone, PartialEq, serde::Serialize)]
pub struct CellStory {
    /// Regions with weight in the cell, and that weight.
    pub regions: Vec<(String, f64)>,
    /// Increment of the mean \[unit of the cell\].
    pub increment: f64,
    /// The strongest observations, by size of their part.
    pub strongest: Vec<Contribution>,
}

fn row_of(innovation: &Innovation, observation: usize) -> Option<(usize, &Source, usize)> {
    let position = |(k, s): (usize, &'_ Source)| {
        s.observations()
            .iter()
            .position(|o| *o == observation)
            .map(|i| (k, i))
    };
    let (k, i) = innovation.sources().iter().enumerate().find_map(position)?;
    Some((k, &innovation.sources()[k], i))
}

/// The likelihood's parts at a region's factors, its observations as moderated, and mu.
fn solved(region: &RegionAnalysis) -> Result<(Innovation, Vec<f64>, Likelihood)> {
    let innovation = region.factors.moderated(region.innovation)?.into_owned();
    let mu = region.factors.aligned(&innovation)?;
    let at = innovation.likelihood(region.factors.theta, &mu)?;
    Ok((innovation, mu, at))
}

fn check(
    localization: &dyn Localization,
    regions: &[RegionAnalysis],
    (lat, lon): (usize, usize),
) -> Result<()> {
    let n = localization.regions().len();
    if regions.len() != n {
        return Err(Error::new("every region needs its analysis")
            .expected(n)
            .got(regions.len()));
    }
    let shape = localization.weights(0).dim();
    if lat >= shape.0 || lon >= shape.1 {
        return Err(Error::new("there is no such cell")
            .expected(format!("below {} x {}", shape.0, shape.1))
            .got(format!("({lat}, {lon})")));
    }
    Ok(())
}

/// Why an observation, by number, in the `cell` (lat, lon) did what it did; `regions` in the
/// localization's order.
///
/// # Errors
/// No region uses the observation, another number of analyses than regions, or no such cell.
pub fn explain_observation(
    localization: &dyn Localization,
    regions: &[RegionAnalysis],
    observation: usize,
    cell: (usize, usize),
) -> Result<ObservationStory> {
    check(localization, regions, cell)?;
    let mut story: Option<ObservationStory> = None;
    for (r, region) in regions.iter().enumerate() {
        if row_of(region.innovation, observation).is_none() {
            continue;
        }
        let (innovation, mu, at) = solved(region)?;
        let Some((k, source, i)) = row_of(&innovation, observation) else {
            continue;
        };
        let g = at.theta / (innovation.n_members() - 1) as f64;
        let (whitened, _) = source.whitened()?;
        let y = whitened.row(i);
        let moderation = region
            .factors
            .observations
            .iter()
            .find(|(o, _)| *o == observation)
            .map_or(1.0, |(_, f)| *f);
        let entry = ObservationUse {
            region: localization.regions()[r].clone(),
            blend: localization.weights(r)[cell],
            mu: mu[k],
            moderation,
            influence: g * y.dot(&at.transform.dot(&y)) / mu[k],
            increment: g * source.anomalies(i).dot(&at.z),
        };
        let story = story.get_or_insert_with(|| ObservationStory {
            observation,
            source: source.name().to_string(),
            departure: source.departure(i),
            increment: 0.0,
            regions: vec![],
        });
        story.increment += entry.blend * entry.increment;
        story.regions.push(entry);
    }
    story.ok_or_else(|| {
        Error::new(format!("no region uses observation {observation}"))
            .hint("a larger halo, or a lower threshold of correlation")
    })
}

/// Why a `cell` (lat, lon), whose members' values at some level are `members` (m, of any unit), was
/// analysed as it was; the `n_strongest` observations with their parts.
///
/// # Errors
/// Another number of members, or of analyses than regions; no such cell.
pub fn explain_cell(
    localization: &dyn Localization,
    regions: &[RegionAnalysis],
    cell: (usize, usize),
    members: ArrayView1<f64>,
    n_strongest: usize,
) -> Result<CellStory> {
    check(localization, regions, cell)?;
    let mean = members.sum() / members.len().max(1) as f64;
    let x: Array1<f64> = members.mapv(|v| v - mean);
    let mut story = CellStory {
        regions: vec![],
        increment: 0.0,
        strongest: vec![],
    };
    let mut parts: std::collections::BTreeMap<usize, Contribution> = Default::default();
    for (r, region) in regions.iter().enumerate() {
        let blend = localization.weights(r)[cell];
        if blend <= 0.0 {
            continue;
        }
        if region.innovation.n_members() != x.len() {
            return Err(Error::new("the cell needs a value of every member")
                .expected(region.innovation.n_members())
                .got(x.len()));
        }
        story
            .regions
            .push((localization.regions()[r].clone(), blend));
        let (innovation, mu, at) = solved(region)?;
        let pull = at.transform.dot(&x) * (blend * at.theta / (x.len() - 1) as f64);
        for (source, mu) in innovation.sources().iter().zip(&mu) {
            let (y, d) = source.whitened()?;
            let each = y.dot(&pull) * d / *mu;
            for (number, increment) in source.observations().iter().zip(each) {
                story.increment += increment;
                let part = parts.entry(*number).or_insert_with(|| Contribution {
                    observation: *number,
                    source: source.name().to_string(),
                    increment: 0.0,
                });
                part.increment += increment;
            }
        }
    }
    story.strongest = parts.into_values().collect();
    story
        .strongest
        .sort_by(|a, b| b.increment.abs().total_cmp(&a.increment.abs()));
    story.strongest.truncate(n_strongest);
    Ok(story)
}

impl fmt::Display for ObservationStory {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(
            f,
            "observation {} of {}: departure {:.4e}, increment {:.4e}",
            self.observation, self.source, self.departure, self.increment
        )?;
        self.regions.iter().try_for_each(|u| {
            write!(
                f,
                "\n  {:<16} blend {:.3}  mu {:.3}  moderation {:.2}",
                u.region, u.blend, u.mu, u.moderation
            )?;
            write!(
                f,
                "  influence {:.4}  increment {:.4e}",
                u.influence, u.increment
            )
        })
    }
}

impl fmt::Display for CellStory {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let blend: Vec<String> = self
            .regions
            .iter()
            .map(|(name, w)| format!("{name} {w:.3}"))
            .collect();
        write!(
            f,
            "increment {:.4e} by {}",
            self.increment,
            blend.join(", ")
        )?;
        self.strongest.iter().try_for_each(|c| {
            write!(
                f,
                "\n  observation {} of {}: {:.4e}",
                c.observation, c.source, c.increment
            )
        })
    }
}
