//! The table of observations.

use crate::time::Time;
use std::sync::Arc;

/// A retrieved column in the form of the ACOS algorithm (O'Dell et al. 2012), levels from the
/// surface up.
#[derive(Debug, Clone, PartialEq)]
pub struct ColumnRetrieval {
    /// Pressure of the retrieval's levels, falling \[Pa\].
    pub pressure: Vec<f64>,
    /// Column averaging kernel at the levels, dimensionless.
    pub kernel: Vec<f64>,
    /// Prior profile at the levels \[mol mol-1\].
    pub prior: Vec<f64>,
    /// Pressure weights of the levels, adding up to one.
    pub weight: Vec<f64>,
    /// Prior column \[mol mol-1\].
    pub prior_column: f64,
}

/// One observation.
#[derive(Debug, Clone, PartialEq)]
pub struct Observation {
    /// Source, an index into [`Observations::sources`].
    pub source: usize,
    /// Site, dataset, orbit or instrument.
    pub site: Arc<str>,
    /// Sub-kind within a source: `flask`, `continuous`, `tower`, `aircraft`, `nadir_land`, `glint_ocean`, `tccon`, ...
    pub kind: Arc<str>,
    /// When.
    pub time: Time,
    /// \[degrees north\]
    pub latitude: f64,
    /// \[degrees east\]
    pub longitude: f64,
    /// Height above sea level \[m\]; of a column, that of the surface.
    pub altitude: f64,
    /// Mole fraction in dry air \[mol mol-1\].
    pub value: f64,
    /// Stated standard deviation of the error \[mol mol-1\].
    pub error: f64,
    /// Observations of a source that share a block number (not 0) have correlated errors.
    pub block: u32,
    /// Sampling unit for hold-out: flight, day or sample.
    pub unit: u32,
    /// The retrieval, for a column; none for a point.
    pub column: Option<Arc<ColumnRetrieval>>,
}

/// Observations in order of time, with the names of their sources.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct Observations {
    /// Names of the sources: `in_situ`, `satellite`, ...
    pub sources: Vec<String>,
    /// The observations.
    pub rows: Vec<Observation>,
}
