//! The local ensemble transform Kalman filter (Hunt et al. 2007): a matrix for every column of the
//! atmosphere, from the observations around it, whose errors grow with distance (R-localization).
//!
//! At a position, `G = sum rho_i y_i y_i' / mu`, `b = sum rho_i y_i d_i / mu` over the whitened
//! observations i, rho_i the taper at the chord to observation i; from there it is the transform
//! filter of [`super::Etkf`]. A factor row is updated at the position of its factor.
//!
//! Of correlated errors the whitened rows are tapered, each at the position of its observation:
//! what a row adds to the rows before it in its block. One theta and one mu per source serve
//! all columns.

use super::apply::{Columns, column_by_column};
use super::etkf::square_root;
use super::{UpdateMatrices, Weighted};
use crate::ensemble::{Concentrations, Real};
use crate::error::{Error, Result};
use crate::grid::{LatLonGrid, chord_km};
use crate::inflation::Factors;
use crate::innovation::Innovation;
use crate::linalg;
use crate::localization::Taper;
use ndarray::{Array1, Array2, LinalgScalar};
use rayon::prelude::*;
use std::fmt;
use std::sync::Arc;

/// The local filter with its taper.
#[derive(Debug, Clone)]
pub struct Letkf {
    taper: Arc<dyn Taper>,
}

/// The local filter on one innovation: gives the matrices of any position.
#[derive(Debug)]
pub struct LocalUpdate {
    taper: Arc<dyn Taper>,
    theta: f64,
    locations: Vec<(f64, f64)>,
    /// Whitened anomalies and departures over the root of mu, (p x m) and (p).
    anomalies: Array2<f64>,
    departures: Array1<f64>,
}

impl Letkf {
    /// With a taper by distance.
    pub fn new(taper: Arc<dyn Taper>) -> Self {
        Letkf { taper }
    }

    /// The update from `innovation` with its factors. `locations` are (lat, lon) \[degrees\] by
    /// observation number.
    ///
    /// # Errors
    /// An observation without a position, a position that is not finite, a source without a factor.
    pub fn prepare(
        &self,
        innovation: &Innovation,
        factors: &Factors,
        locations: &[(f64, f64)],
    ) -> Result<LocalUpdate> {
        let innovation = factors.moderated(innovation)?;
        let mu = factors.aligned(&innovation)?;
        let (p, m) = (innovation.n_obs(), innovation.n_members());
        let mut update = LocalUpdate {
            taper: self.taper.clone(),
            theta: factors.theta,
            locations: Vec::with_capacity(p),
            anomalies: Array2::zeros((p, m)),
            departures: Array1::zeros(p),
        };
        for (source, mu) in innovation.sources().iter().zip(mu) {
            let (anomalies, departures) = source.whitened()?;
            let rows = anomalies.outer_iter().zip(departures);
            for (number, (y, d)) in source.observations().iter().zip(rows) {
                let at = update.locations.len();
                update.locations.push(
                    location_of(locations, *number)
                        .map_err(|e| e.at(format!("source {}", source.name())))?,
                );
                update.anomalies.row_mut(at).assign(&(&y / mu.sqrt()));
                update.departures[at] = d / mu.sqrt();
            }
        }
        Ok(update)
    }
}

fn location_of(locations: &[(f64, f64)], number: usize) -> Result<(f64, f64)> {
    match locations.get(number) {
        Some((lat, lon)) if lat.abs() <= 90.0 && lon.is_finite() => Ok((*lat, *lon)),
        Some(bad) => Err(Error::new("an observation is not on the globe")
            .got(format!("{bad:?}"))
            .at(format!("observation {number}"))),
        None => Err(Error::new("every observation needs a position")
            .expected(format!("more than {number}"))
            .got(locations.len())),
    }
}

impl LocalUpdate {
    /// The matrices at a position (lat, lon) \[degrees\]; the identity where no observation reaches
    /// and theta is 1.
    ///
    /// # Errors
    /// The eigenvalues of G were not found.
    pub fn matrices_at(&self, location: (f64, f64)) -> Result<UpdateMatrices> {
        linalg::use_one_blas_thread();
        let near: Vec<(usize, f64)> = self
            .locations
            .iter()
            .enumerate()
            .map(|(i, at)| (i, self.taper.weight(chord_km(location, *at))))
            .collect();
        let near: Vec<(usize, f64)> = near.into_iter().filter(|(_, rho)| *rho > 0.0).collect();
        let m = self.anomalies.ncols();
        let mut rows = Array2::zeros((near.len(), m));
        let mut b = Array1::zeros(m);
        for (mut row, (i, rho)) in rows.outer_iter_mut().zip(&near) {
            row.assign(&(&self.anomalies.row(*i) * rho.sqrt()));
            b.scaled_add(rho * self.departures[*i], &self.anomalies.row(*i));
        }
        square_root(&Weighted {
            mu: vec![],
            theta: self.theta,
            gram: linalg::gram(rows.view()),
            b,
        })
    }

    /// Updates the concentrations in place, every column by the matrix of its centre. The bits do
    /// not depend on the number of threads.
    ///
    /// # Errors
    /// Another number of members.
    pub fn apply<T: Real + LinalgScalar>(&self, state: &mut Concentrations<T>) -> Result<()> {
        self.fits(state.n_members())?;
        let grid = state.grid().clone();
        column_by_column(
            state,
            &Local {
                update: self,
                grid: &grid.horizontal,
            },
        )
    }

    /// The analysed factor rows (n x m), each by the matrix of its position (n).
    ///
    /// # Errors
    /// Another number of members, or of positions than rows.
    pub fn apply_factors(
        &self,
        rows: &Array2<f64>,
        locations: &[(f64, f64)],
    ) -> Result<Array2<f64>> {
        self.row_by_row(rows, locations, |update, row| update.apply_factor(row))
    }

    /// The analysed rows of a state of any unit (n x m), each by the matrix of its position; theta
    /// inflates them.
    ///
    /// # Errors
    /// Another number of members, or of positions than rows.
    pub fn apply_rows(&self, rows: &Array2<f64>, locations: &[(f64, f64)]) -> Result<Array2<f64>> {
        self.row_by_row(rows, locations, |update, row| {
            update.apply_concentration(row)
        })
    }

    fn row_by_row(
        &self,
        rows: &Array2<f64>,
        locations: &[(f64, f64)],
        apply: impl Fn(&UpdateMatrices, &Array2<f64>) -> Result<Array2<f64>> + Sync,
    ) -> Result<Array2<f64>> {
        self.fits(rows.ncols())?;
        if rows.nrows() != locations.len() {
            return Err(Error::new("every row needs a position")
                .expected(rows.nrows())
                .got(locations.len()));
        }
        let one = |k: usize| {
            apply(
                &self.matrices_at(locations[k])?,
                &rows.select(ndarray::Axis(0), &[k]),
            )
        };
        let analysed = (0..rows.nrows())
            .into_par_iter()
            .map(one)
            .collect::<Result<Vec<_>>>()?;
        let mut out = Array2::zeros(rows.dim());
        out.outer_iter_mut()
            .zip(&analysed)
            .for_each(|(mut row, new)| row.assign(&new.row(0)));
        Ok(out)
    }

    fn fits(&self, members: usize) -> Result<()> {
        let m = self.anomalies.ncols();
        if members == m {
            Ok(())
        } else {
            Err(Error::new("a local update must fit the ensemble")
                .expected(m)
                .got(members))
        }
    }
}

struct Local<'a> {
    update: &'a LocalUpdate,
    grid: &'a LatLonGrid,
}

impl<T: Real> Columns<T> for Local<'_> {
    fn matrix(&self, lat: usize, lon: usize, b: &mut Array2<T>) -> Result<Option<f64>> {
        let location = (self.grid.lat()[lat], self.grid.lon()[lon]);
        let update = self
            .update
            .matrices_at(location)
            .map_err(|e| e.at(format!("the column at {} N {} E", location.0, location.1)))?;
        b.zip_mut_with(&update.concentration, |to, from| *to = T::from_f64(*from));
        Ok(Some(0.0))
    }
    fn alike(&self, _: usize, _: usize, _: usize) -> bool {
        false
    }
}

impl fmt::Display for Letkf {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "analysis::letkf({})", self.taper)
    }
}

impl fmt::Display for LocalUpdate {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(
            f,
            "local update by {} observations, {}",
            self.locations.len(),
            self.taper
        )
    }
}
