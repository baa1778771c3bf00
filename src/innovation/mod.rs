//! Innovation statistics projected on the ensemble, m x m matrices: for each source k `G_k = Y_k'
//! R_k^-1 Y_k`, `b_k = Y_k' R_k^-1 d_k`, `c_k = d_k' R_k^-1 d_k`, formed once per region and
//! window; inflation and analysis work on these alone, at a cost that does not depend on the number
//! of observations.

mod about;
mod covariance;
mod likelihood;
mod of_forecast;
mod screening;
mod source;

pub use about::{About, Memory};
pub use covariance::{CovarianceBlock, ErrorCovariance};
pub use likelihood::{Likelihood, SelfCheck};
pub use of_forecast::SharedMu;
pub use screening::{Outlier, outliers, rejected_table};
pub use source::{Source, SourceData};

use crate::error::{Error, Result, did_you_mean};
use crate::linalg;
use ndarray::{Array1, Array2};
use std::collections::BTreeSet;
use std::fmt;
use std::sync::Arc;

/// The innovation of one region and window: every source's small matrices.
#[derive(Debug, Clone)]
pub struct Innovation {
    n_members: usize,
    sources: Vec<Source>,
}

impl Innovation {
    /// Forms the small matrices of `sources`. A source without observations is allowed and counts
    /// as absent.
    ///
    /// # Errors
    /// Fewer than 3 members, sources that differ in their members, two sources of one name, or an
    /// observation number met twice.
    pub fn new<S: Into<Arc<SourceData>>>(n_members: usize, sources: Vec<S>) -> Result<Self> {
        linalg::use_one_blas_thread();
        if n_members < 3 {
            return Err(Error::new("an analysis needs an ensemble")
                .expected("at least 3 members")
                .got(n_members)
                .hint("members: 64"));
        }
        let mut made: Vec<Source> = Vec::with_capacity(sources.len());
        let mut first = 0;
        for data in sources.into_iter().map(S::into) {
            let location = format!("source {}", data.name());
            if data.n_members() != n_members {
                return Err(Error::new("every source needs one equivalent per member")
                    .expected(n_members)
                    .got(data.n_members())
                    .at(location));
            }
            if made.iter().any(|s| s.name() == data.name()) {
                return Err(Error::new("two sources have one name").at(location));
            }
            let n_obs = data.n_obs();
            made.push(Source::new(data, first)?);
            first += n_obs;
        }
        let mut numbers: Vec<usize> = made
            .iter()
            .flat_map(|s| s.observations())
            .copied()
            .collect();
        numbers.sort_unstable();
        if let Some(twice) = numbers.windows(2).find(|w| w[0] == w[1]) {
            return Err(Error::new(format!(
                "observation number {} is used twice",
                twice[0]
            )));
        }
        Ok(Innovation {
            n_members,
            sources: made,
        })
    }

    /// Number of members m.
    pub fn n_members(&self) -> usize {
        self.n_members
    }
    /// Number of observations of all sources.
    pub fn n_obs(&self) -> usize {
        self.sources.iter().map(Source::n_obs).sum()
    }
    /// The sources.
    pub fn sources(&self) -> &[Source] {
        &self.sources
    }
    /// The source called `name`.
    ///
    /// # Errors
    /// There is none.
    pub fn source(&self, name: &str) -> Result<&Source> {
        self.sources
            .iter()
            .find(|s| s.name() == name)
            .ok_or_else(|| {
                let names: Vec<&str> = self.sources.iter().map(Source::name).collect();
                let error = Error::new(format!("there is no source \"{name}\""))
                    .expected(format!("one of {}", names.join(", ")));
                match did_you_mean(name, names) {
                    Some(near) => error.hint(format!("\"{near}\"")),
                    None => error,
                }
            })
    }

    /// The innovation of some observations, by number.
    ///
    /// # Errors
    /// A number that no observation has.
    pub fn subset(&self, observations: &[usize]) -> Result<Self> {
        let wanted: BTreeSet<usize> = observations.iter().copied().collect();
        self.refuse_unknown(&wanted)?;
        let sources = self
            .sources
            .iter()
            .map(|s| s.subset(|o| wanted.contains(&o)))
            .collect::<Result<_>>()?;
        Ok(Innovation {
            n_members: self.n_members,
            sources,
        })
    }

    fn refuse_unknown(&self, wanted: &BTreeSet<usize>) -> Result<()> {
        let all = self.sources.iter().flat_map(Source::observations);
        let held: BTreeSet<usize> = all.copied().collect();
        let Some(unknown) = wanted.difference(&held).next() else {
            return Ok(());
        };
        let error = Error::new(format!("there is no observation {unknown}"));
        Err(match (held.first(), held.last()) {
            (Some(first), Some(last)) if last - first + 1 == held.len() => {
                error.expected(format!("numbers from {first} to {last}"))
            }
            (Some(_), Some(last)) => error.expected(format!(
                "one of the {} numbers the innovation has, the largest {last}",
                held.len()
            )),
            _ => error.expected("none: the innovation is empty"),
        })
    }

    /// The innovation with the error variance of single observations multiplied by a factor, given
    /// by number as `(observation, factor)`; numbers it does not have are passed over.
    ///
    /// # Errors
    /// A factor that is not positive and finite.
    pub fn moderated(&self, factors: &[(usize, f64)]) -> Result<Self> {
        if let Some((number, bad)) = factors.iter().find(|(_, f)| !(f.is_finite() && *f > 0.0)) {
            let what =
                Error::new("the factor of an observation's error must be positive and finite");
            return Err(what.got(bad).at(format!("observation {number}")));
        }
        let of: std::collections::BTreeMap<usize, f64> = factors.iter().copied().collect();
        let sources = self
            .sources
            .iter()
            .map(|s| s.moderated(|o| of.get(&o).copied().unwrap_or(1.0)))
            .collect::<Result<_>>()?;
        Ok(Innovation {
            n_members: self.n_members,
            sources,
        })
    }

    /// The observations of any of `parts` (subsets of one innovation), each once.
    ///
    /// # Errors
    /// No parts, or parts that are not subsets of one innovation.
    pub fn pooled(parts: &[&Innovation]) -> Result<Self> {
        let first = parts
            .first()
            .ok_or_else(|| Error::new("there is nothing to pool"))?;
        if parts.iter().any(|p| p.sources.len() != first.sources.len()) {
            return Err(Error::new("only subsets of one innovation can be pooled"));
        }
        let pool =
            |k: usize| Source::pooled(&parts.iter().map(|p| &p.sources[k]).collect::<Vec<_>>());
        let sources = (0..first.sources.len()).map(pool).collect::<Result<_>>()?;
        Ok(Innovation {
            n_members: first.n_members,
            sources,
        })
    }

    /// `G = sum G_k / mu_k` (m x m) and `b = sum b_k / mu_k` (m).
    pub fn weighted(&self, mu: &[f64]) -> (Array2<f64>, Array1<f64>) {
        let mut gram = Array2::zeros((self.n_members, self.n_members));
        let mut b = Array1::zeros(self.n_members);
        for (source, mu) in self.sources.iter().zip(mu) {
            gram.scaled_add(1.0 / mu, &source.gram);
            b.scaled_add(1.0 / mu, &source.b);
        }
        (gram, b)
    }

    /// Mean over the observations of the ensemble's variance over the stated one, `tr(G) / (m-1) /
    /// p`; none without observations.
    pub fn relative_spread(&self) -> Option<f64> {
        let trace: f64 = self.sources.iter().map(|s| s.gram.diag().sum()).sum();
        (self.n_obs() > 0).then(|| trace / (self.n_members - 1) as f64 / self.n_obs() as f64)
    }
}

impl fmt::Display for Innovation {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "innovation of {} members", self.n_members)?;
        self.sources
            .iter()
            .try_for_each(|s| write!(f, ", {} {}", s.n_obs(), s.name()))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use ndarray::{Array2, array};

    fn source(name: &str, p: usize, m: usize) -> SourceData {
        let equivalents = Array2::from_shape_fn((p, m), |(i, j)| ((i * 7 + j * j * 3) % 11) as f64);
        let values = Array1::from_shape_fn(p, |i| (i % 5) as f64);
        SourceData::new(
            name,
            equivalents.view(),
            values.view(),
            ErrorCovariance::Diagonal(Array1::from_elem(p, 4.0)),
        )
        .unwrap()
    }

    #[test]
    fn the_small_matrices_of_a_hand_computed_case() {
        let data = SourceData::new(
            "a",
            array![[1.0, 2.0, 6.0]].view(),
            array![5.0].view(),
            ErrorCovariance::independent(&[2.0]),
        )
        .unwrap();
        let innovation = Innovation::new(3, vec![data]).unwrap();
        let s = &innovation.sources()[0];
        // Y = [-2, -1, 3], d = 2, R = 4
        assert!(
            (&s.gram - &(array![[4.0, 2.0, -6.0], [2.0, 1.0, -3.0], [-6.0, -3.0, 9.0]] / 4.0))
                .iter()
                .all(|e: &f64| e.abs() < 1e-15)
        );
        assert!(
            (&s.b - &array![-1.0, -0.5, 1.5])
                .iter()
                .all(|e: &f64| e.abs() < 1e-15)
        );
        assert_eq!((s.c, s.log_det_r), (1.0, 4f64.ln()));
        assert_eq!(innovation.relative_spread(), Some(1.75));
    }

    #[test]
    fn subsets_pool_to_what_they_were_taken_from() {
        let all = Innovation::new(5, vec![source("a", 6, 5), source("b", 4, 5)]).unwrap();
        let (left, right) = (
            all.subset(&[0, 1, 2, 3, 8]).unwrap(),
            all.subset(&[3, 4, 5, 6, 7, 9]).unwrap(),
        );
        assert_eq!(
            (
                left.n_obs(),
                right.n_obs(),
                right.sources()[1].observations()
            ),
            (5, 6, &[6, 7, 9][..])
        );
        let pooled = Innovation::pooled(&[&left, &right]).unwrap();
        for (p, w) in pooled.sources().iter().zip(all.sources()) {
            assert_eq!(
                (p.observations(), &p.gram, &p.b, p.c),
                (w.observations(), &w.gram, &w.b, w.c)
            );
        }
    }

    #[test]
    fn an_observation_has_the_same_error_draws_in_every_subset() {
        let all = Innovation::new(5, vec![source("a", 6, 5)]).unwrap();
        let some = all.subset(&[2, 5]).unwrap();
        let (all, two) = (
            all.sources()[0].perturbations(3, "w").unwrap(),
            some.sources()[0].perturbations(3, "w").unwrap(),
        );
        assert!((&two.row(1) - &all.row(5)).iter().all(|e| e.abs() < 1e-15));
        assert!(
            all.sum_axis(ndarray::Axis(1))
                .iter()
                .all(|e| e.abs() < 1e-14)
        );
    }

    #[test]
    fn what_cannot_be_a_source_is_refused_by_name_and_row() {
        let unit = |p| ErrorCovariance::Diagonal(Array1::ones(p));
        let made = |y: Array2<f64>, d: Array1<f64>, r| {
            SourceData::new("oco2", y.view(), d.view(), r)
                .unwrap_err()
                .to_string()
        };
        let message = made(
            array![[1.0, 2.0, 3.0], [1.0, f64::NAN, 3.0]],
            array![1.0, 2.0],
            unit(2),
        );
        assert!(
            message.contains("row 1 of source oco2") && message.contains("member 1"),
            "{message}"
        );
        assert!(
            made(array![[1.0, 2.0, 3.0]], array![f64::INFINITY], unit(1))
                .contains("row 0 of source oco2")
        );
        assert!(
            made(
                array![[1.0, 2.0, 3.0]],
                array![1.0],
                ErrorCovariance::Diagonal(array![-1.0])
            )
            .contains("source oco2")
        );
        assert!(
            made(array![[1.0, 2.0, 3.0]], array![1.0, 2.0], unit(2)).contains("expected 2, got 1")
        );
    }

    #[test]
    fn sources_that_make_no_innovation_are_refused() {
        assert!(
            Innovation::new(2, vec![source("a", 1, 2)])
                .unwrap_err()
                .to_string()
                .contains("at least 3 members")
        );
        assert!(
            Innovation::new(5, vec![source("a", 1, 4)])
                .unwrap_err()
                .to_string()
                .contains("expected 5, got 4")
        );
        assert!(Innovation::new(5, vec![source("a", 1, 5), source("a", 1, 5)]).is_err());
        let all = Innovation::new(5, vec![source("in_situ", 2, 5)]).unwrap();
        assert!(
            all.source("insitu")
                .unwrap_err()
                .to_string()
                .contains("try \"in_situ\"")
        );
    }
}
