//! One source of observations, and its small matrices.

use super::{ErrorCovariance, covariance::Part};
use crate::error::{Error, Result};
use crate::{linalg, random};
use ndarray::{Array1, Array2, ArrayView1, ArrayView2, Axis, s};
use rayon::prelude::*;
use std::sync::Arc;

/// Rows of the product that gives the small matrices that one thread makes at once; they fit its
/// cache.
const PART: usize = 512;

/// Observations of a source and the members' equivalents: p observations, m members.
#[derive(Debug, Clone, PartialEq)]
pub struct SourceData {
    name: String,
    observations: Option<Vec<usize>>,
    anomalies: Array2<f64>,
    innovation: Array1<f64>,
    covariance: ErrorCovariance,
}

impl SourceData {
    /// From the members' equivalents `yhat` (p x m) and the observed `values` (p), both in one
    /// unit, and the stated covariance R of the errors in its square. Centres: Y = yhat - mean, d =
    /// values - mean.
    ///
    /// # Errors
    /// Shapes that differ, numbers that are not finite, an R that is no covariance; each names
    /// source and row.
    pub fn new(
        name: &str,
        equivalents: ArrayView2<f64>,
        values: ArrayView1<f64>,
        covariance: ErrorCovariance,
    ) -> Result<Self> {
        if equivalents.nrows() != values.len() {
            let shape = Error::new("every observation needs a row of equivalents")
                .expected(values.len())
                .got(equivalents.nrows());
            return Err(shape.at(format!("source {name}")));
        }
        check_rows(name, equivalents, values)?;
        let mean = equivalents
            .mean_axis(Axis(1))
            .unwrap_or_else(|| Array1::zeros(values.len()));
        let anomalies = &equivalents - &mean.view().insert_axis(Axis(1));
        covariance
            .check(values.len())
            .map_err(|e| e.at(format!("source {name}")))?;
        Ok(SourceData {
            name: name.to_string(),
            observations: None,
            innovation: &values - &mean,
            anomalies,
            covariance,
        })
    }

    /// Numbers the observations (one number per row, such as the row of the table they came from),
    /// for [`super::Innovation::subset`]. Without it they are numbered through all sources in
    /// order.
    ///
    /// # Errors
    /// As many numbers as rows are needed.
    pub fn numbered(mut self, observations: Vec<usize>) -> Result<Self> {
        if observations.len() != self.innovation.len() {
            let count = Error::new("every observation needs a number")
                .expected(self.innovation.len())
                .got(observations.len());
            return Err(count.at(format!("source {}", self.name)));
        }
        self.observations = Some(observations);
        Ok(self)
    }

    /// The source's name.
    pub fn name(&self) -> &str {
        &self.name
    }
    /// Number of members.
    pub fn n_members(&self) -> usize {
        self.anomalies.ncols()
    }
    /// Number of observations.
    pub fn n_obs(&self) -> usize {
        self.innovation.len()
    }
    /// Y with d as its last column, of some rows.
    fn beside(&self, rows: impl ExactSizeIterator<Item = usize>) -> Array2<f64> {
        let m = self.n_members();
        let mut both = Array2::zeros((rows.len(), m + 1));
        for (mut to, row) in both.outer_iter_mut().zip(rows) {
            to.slice_mut(s![..m]).assign(&self.anomalies.row(row));
            to[m] = self.innovation[row];
        }
        both
    }
}

fn check_rows(name: &str, equivalents: ArrayView2<f64>, values: ArrayView1<f64>) -> Result<()> {
    if let Some((row, value)) = values.iter().enumerate().find(|(_, v)| !v.is_finite()) {
        return Err(Error::new("an observed value is not finite")
            .got(value)
            .at(format!("row {row} of source {name}")));
    }
    if let Some(((row, member), value)) = equivalents.indexed_iter().find(|(_, v)| !v.is_finite()) {
        let location = format!("member {member}, row {row} of source {name}");
        return Err(Error::new("a model equivalent is not finite")
            .got(value)
            .at(location));
    }
    Ok(())
}

/// The small matrices of one source, which everything in the filter works on (science of Su et al.
/// 2024, Eq. 3, in the form of m x m matrices): `G = Y' R^-1 Y` (m x m), `b = Y' R^-1 d` (m), `c =
/// d' R^-1 d`, ln det R. Dimensionless.
#[derive(Debug, Clone)]
pub struct Source {
    data: Arc<SourceData>,
    rows: Vec<usize>,
    observations: Vec<usize>,
    /// Factor of each row's error standard deviation, 1 unless moderated.
    scale: Vec<f64>,
    covariance: ErrorCovariance,
    variances: Array1<f64>,
    /// G (m x m).
    pub gram: Array2<f64>,
    /// b (m).
    pub b: Array1<f64>,
    /// c.
    pub c: f64,
    /// ln det R.
    pub log_det_r: f64,
}

impl Source {
    /// The matrices of the whole source; its observations are numbered from `first` unless they
    /// have numbers.
    pub(super) fn new(data: Arc<SourceData>, first: usize) -> Result<Self> {
        let rows: Vec<usize> = (0..data.n_obs()).collect();
        let observations = data
            .observations
            .clone()
            .unwrap_or_else(|| rows.iter().map(|r| first + r).collect());
        let scale = vec![1.0; rows.len()];
        Source::of_rows(data, rows, observations, scale)
    }

    fn of_rows(
        data: Arc<SourceData>,
        rows: Vec<usize>,
        observations: Vec<usize>,
        scale: Vec<f64>,
    ) -> Result<Self> {
        let covariance = data.covariance.of_rows(&rows).scaled(&scale);
        let m = data.n_members();
        // G, b and c are parts of one product, of Y with d beside it: summed in the order of the
        // parts, whichever thread makes them.
        let small = |part: &Part| -> Result<_> {
            let mut both = data.beside(part.rows().iter().map(|row| rows[*row]));
            let log_det_r = part.whiten(both.view_mut())?;
            Ok((linalg::gram(both.view()), log_det_r))
        };
        let parts = covariance
            .parts(PART)
            .par_iter()
            .map(small)
            .collect::<Result<Vec<_>>>()
            .map_err(|e| e.at(format!("source {}", data.name)))?;
        let mut parts = parts.into_iter();
        let first = parts
            .next()
            .unwrap_or_else(|| (Array2::zeros((m + 1, m + 1)), 0.0));
        let (product, log_det_r) = parts.fold(first, |(sum, log_det), (product, more)| {
            (sum + product, log_det + more)
        });
        Ok(Source {
            gram: product.slice(s![..m, ..m]).to_owned(),
            b: product.slice(s![..m, m]).to_owned(),
            c: product[[m, m]],
            log_det_r,
            variances: covariance.variances(),
            covariance,
            data,
            rows,
            observations,
            scale,
        })
    }

    /// The source's name.
    pub fn name(&self) -> &str {
        &self.data.name
    }
    /// Number of observations p.
    pub fn n_obs(&self) -> usize {
        self.rows.len()
    }
    /// Numbers of the observations.
    pub fn observations(&self) -> &[usize] {
        &self.observations
    }
    /// `R^-1/2 Y` (p x m) and `R^-1/2 d` (p), dimensionless; made anew, since few need more than
    /// the small matrices.
    ///
    /// # Errors
    /// LAPACK refused a block of R.
    pub fn whitened(&self) -> Result<(Array2<f64>, Array1<f64>)> {
        let m = self.data.n_members();
        let mut both = self.data.beside(self.rows.iter().copied());
        self.covariance.whiten(&mut both)?;
        Ok((
            both.slice(s![.., ..m]).as_standard_layout().into_owned(),
            both.column(m).to_owned(),
        ))
    }

    /// Anomalies of the members' equivalents of the observation in row `i` (m) \[unit of the
    /// observations\].
    pub fn anomalies(&self, i: usize) -> ArrayView1<'_, f64> {
        self.data.anomalies.row(self.rows[i])
    }
    /// Observed value less the members' mean equivalent, of row `i` \[unit of the observations\].
    pub fn departure(&self, i: usize) -> f64 {
        self.data.innovation[self.rows[i]]
    }
    /// Stated error variance of row `i` \[square of that unit\].
    pub fn error_variance(&self, i: usize) -> f64 {
        self.variances[i]
    }

    /// The observations whose number satisfies `keep`.
    pub(super) fn subset(&self, keep: impl Fn(usize) -> bool) -> Result<Self> {
        let chosen: Vec<usize> = (0..self.n_obs())
            .filter(|i| keep(self.observations[*i]))
            .collect();
        if chosen.len() == self.n_obs() {
            return Ok(self.clone());
        }
        let pick = |from: &[usize]| chosen.iter().map(|i| from[*i]).collect::<Vec<_>>();
        let scale = chosen.iter().map(|i| self.scale[*i]).collect();
        Source::of_rows(
            self.data.clone(),
            pick(&self.rows),
            pick(&self.observations),
            scale,
        )
    }

    /// The source with the error variance of single observations (by number) multiplied by
    /// `factor_of`, correlations kept: `R <- F^1/2 R F^1/2`.
    pub(super) fn moderated(&self, factor_of: impl Fn(usize) -> f64) -> Result<Self> {
        let scale: Vec<f64> = self
            .observations
            .iter()
            .zip(&self.scale)
            .map(|(o, s)| s * factor_of(*o).sqrt())
            .collect();
        if scale == self.scale {
            return Ok(self.clone());
        }
        Source::of_rows(
            self.data.clone(),
            self.rows.clone(),
            self.observations.clone(),
            scale,
        )
    }

    /// The union of subsets of one source, each observation once.
    pub(super) fn pooled(parts: &[&Source]) -> Result<Self> {
        let first = parts[0];
        if parts.iter().any(|p| !Arc::ptr_eq(&p.data, &first.data)) {
            return Err(Error::new("only subsets of one innovation can be pooled")
                .at(format!("source {}", first.name())));
        }
        let union: std::collections::BTreeMap<usize, (usize, f64)> = parts
            .iter()
            .flat_map(|p| (0..p.n_obs()).map(|i| (p.rows[i], (p.observations[i], p.scale[i]))))
            .collect();
        let (observations, scale) = union.values().copied().unzip();
        Source::of_rows(
            first.data.clone(),
            union.into_keys().collect(),
            observations,
            scale,
        )
    }

    /// Draws of observation errors, whitened: `R^-1/2 eps` (p x m), eps ~ N(0, R), centred over the
    /// members. Member i's draws before centring depend on (seed, stream, source, i) only, and an
    /// observation has the same errors in every subset it is in, so that regions join.
    ///
    /// # Errors
    /// The covariance of the errors has no root.
    pub fn perturbations(&self, seed: u64, stream: &str) -> Result<Array2<f64>> {
        let (p, m) = (self.data.n_obs(), self.data.n_members());
        let stream = format!("{stream}/{}", self.data.name);
        let mut draws = Array2::zeros((p, m));
        for (i, mut column) in draws.columns_mut().into_iter().enumerate() {
            column.assign(&Array1::from(random::normals(
                &mut random::generator(seed, &stream, i as u64),
                p,
            )));
        }
        self.data.covariance.colour(draws.view_mut())?;
        let mut draws = draws.select(Axis(0), &self.rows);
        draws
            .outer_iter_mut()
            .zip(&self.scale)
            .for_each(|(mut row, scale)| row *= *scale);
        self.covariance.whiten(&mut draws)?;
        let mean = draws.mean_axis(Axis(1)).unwrap_or_else(|| Array1::zeros(0));
        Ok(draws - &mean.insert_axis(Axis(1)))
    }
}
