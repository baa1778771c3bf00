//! The innovation of a forecast: which observations share a mu, and the stated error covariance of
//! each group, whose errors may be correlated along a satellite's pass.

use super::{ErrorCovariance, Innovation, SourceData};
use crate::error::{Error, Result};
use crate::observation::{Observation, Observations};
use ndarray::{Array1, ArrayView2, Axis};

/// Innovations of forecasts are formed in ppm, so that their numbers are of the order of one; the
/// small matrices do not depend on the unit.
const PPM: f64 = 1e6;

/// Which observations share a factor mu of their stated errors.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub enum SharedMu {
    /// Those of one source, such as `satellite`.
    #[default]
    Source,
    /// Those of one site, dataset, orbit or instrument.
    Site,
    /// Those of one sub-kind, such as `flask`.
    Kind,
    /// Those given one name: a name for each observation.
    Named(Vec<String>),
}

impl SharedMu {
    /// By the name of a column: `source`, `site` or `kind`.
    ///
    /// # Errors
    /// Another name.
    pub fn by(column: &str) -> Result<Self> {
        match column {
            "source" => Ok(SharedMu::Source),
            "site" => Ok(SharedMu::Site),
            "kind" => Ok(SharedMu::Kind),
            other => Err(
                Error::new(format!("observations cannot be grouped by \"{other}\""))
                    .expected("source, site, kind, or an array of text, one for each observation"),
            ),
        }
    }

    /// The groups in the order they are first met, with the rows of their observations. A source
    /// without observations keeps its name, so that it counts as absent and not as unknown.
    fn groups(&self, observations: &Observations) -> Result<Vec<(String, Vec<usize>)>> {
        let rows = &observations.rows;
        let mut groups: Vec<(String, Vec<usize>)> = match self {
            SharedMu::Source => {
                let names = observations.sources.iter();
                names.map(|name| (name.clone(), vec![])).collect()
            }
            SharedMu::Named(names) if names.len() != rows.len() => {
                return Err(Error::new("every observation needs a name")
                    .expected(rows.len())
                    .got(names.len()));
            }
            _ => vec![],
        };
        for (r, row) in rows.iter().enumerate() {
            let name: &str = match self {
                SharedMu::Source => &observations.sources[row.source],
                SharedMu::Site => &row.site,
                SharedMu::Kind => &row.kind,
                SharedMu::Named(names) => &names[r],
            };
            match groups.iter_mut().find(|(n, _)| n == name) {
                Some((_, rows)) => rows.push(r),
                None => groups.push((name.to_string(), vec![r])),
            }
        }
        Ok(groups)
    }
}

impl Innovation {
    /// The innovation of a forecast whose members' `equivalents` (p x m) \[mol mol-1\] are those of
    /// `observations` (p), a source for each group that shares a mu; observations are numbered by
    /// their row. With `correlation_seconds` the errors of one block (a satellite's pass) are
    /// correlated as `exp(-|dt| / correlation_seconds)`, without they are independent.
    ///
    /// # Errors
    /// Fewer than 3 members, other numbers of equivalents or names than observations, observations
    /// that state no error, numbers that are not finite, a correlation time that is not positive.
    ///
    /// # Example
    /// ```
    /// use mcas::innovation::{Innovation, SharedMu};
    /// use mcas::observation::Observations;
    /// let none = Observations::empty(&["in_situ", "satellite"]);
    /// let equivalents = ndarray::Array2::zeros((0, 8));
    /// let innovation =
    ///     Innovation::of_forecast(&none, equivalents.view(), &SharedMu::Source, None).unwrap();
    /// assert_eq!((innovation.sources().len(), innovation.n_obs()), (2, 0));
    /// ```
    pub fn of_forecast(
        observations: &Observations,
        equivalents: ArrayView2<f64>,
        shared: &SharedMu,
        correlation_seconds: Option<f64>,
    ) -> Result<Self> {
        if equivalents.nrows() != observations.len() {
            return Err(Error::new("every observation needs a row of equivalents")
                .expected(observations.len())
                .got(equivalents.nrows()));
        }
        observations.check_errors()?;
        if let Some(bad) = correlation_seconds.filter(|s| !(s.is_finite() && *s > 0.0)) {
            return Err(Error::new("the time of a correlation must be positive")
                .got(format!("{bad} s"))
                .hint("correlation_seconds: 60"));
        }
        let source = |(name, rows): (String, Vec<usize>)| {
            source_data(observations, equivalents, &name, rows, correlation_seconds)
        };
        let sources = shared.groups(observations)?.into_iter().map(source);
        Innovation::new(equivalents.ncols(), sources.collect::<Result<Vec<_>>>()?)
    }
}

/// The data of some rows, in ppm.
fn source_data(
    observations: &Observations,
    equivalents: ArrayView2<f64>,
    name: &str,
    rows: Vec<usize>,
    correlation_seconds: Option<f64>,
) -> Result<SourceData> {
    let all = &observations.rows;
    let of = |g: &dyn Fn(&Observation) -> f64| Array1::from_iter(rows.iter().map(|r| g(&all[*r])));
    let sd = of(&|o| o.error * PPM).to_vec();
    let covariance = match correlation_seconds {
        None => ErrorCovariance::independent(&sd),
        Some(length) => {
            let blocks: Vec<u32> = rows.iter().map(|r| all[*r].block).collect();
            let time = |i: usize| all[rows[i]].time;
            ErrorCovariance::from_blocks(&sd, &blocks, |i, j| {
                (-time(i).since(time(j)).abs() / length).exp()
            })?
        }
    };
    let values = of(&|o| o.value * PPM);
    let equivalents = equivalents.select(Axis(0), &rows) * PPM;
    SourceData::new(name, equivalents.view(), values.view(), covariance)?.numbered(rows)
}

#[cfg(test)]
mod tests {
    use super::*;
    use ndarray::Array2;

    fn observations() -> Observations {
        let row = |source, site: &str, minute: u8, block| Observation {
            source,
            site: site.into(),
            kind: "flask".into(),
            time: "2016-07-01"
                .parse::<crate::time::Time>()
                .unwrap()
                .plus(60.0 * f64::from(minute)),
            value: 401e-6,
            error: 0.5e-6,
            block,
            ..crate::observation::fixture::point(0.0, 0.0, 0.0)
        };
        Observations {
            sources: vec!["in_situ".into(), "satellite".into(), "tower".into()],
            rows: vec![
                row(0, "MLO", 0, 0),
                row(1, "OCO2", 1, 7),
                row(0, "BRW", 2, 0),
                row(1, "OCO2", 3, 7),
            ],
            ..Observations::default()
        }
    }

    fn equivalents() -> Array2<f64> {
        Array2::from_shape_fn((4, 3), |(i, j)| {
            (400.0 + ((3 * i + 2 * j * j) % 5) as f64) * 1e-6
        })
    }

    #[test]
    fn groups_are_numbered_by_row_and_a_source_without_observations_stays() {
        let of = |shared: SharedMu| {
            let i = Innovation::of_forecast(&observations(), equivalents().view(), &shared, None)
                .unwrap();
            let rows = i.sources().iter();
            rows.map(|s| (s.name().to_string(), s.observations().to_vec()))
                .collect::<Vec<_>>()
        };
        let named = |name: &str, rows: &[usize]| (name.to_string(), rows.to_vec());
        assert_eq!(
            of(SharedMu::Source),
            [
                named("in_situ", &[0, 2]),
                named("satellite", &[1, 3]),
                named("tower", &[])
            ]
        );
        let sites = [
            named("MLO", &[0]),
            named("OCO2", &[1, 3]),
            named("BRW", &[2]),
        ];
        assert_eq!(of(SharedMu::by("site").unwrap()), sites);
        assert_eq!(of(SharedMu::Kind), [named("flask", &[0, 1, 2, 3])]);
        let given = SharedMu::Named(["x", "y", "y", "x"].map(String::from).to_vec());
        assert_eq!(of(given), [named("x", &[0, 3]), named("y", &[1, 2])]);
    }

    #[test]
    fn errors_of_one_pass_are_correlated_by_the_time_between() {
        let of = |length| {
            let i = Innovation::of_forecast(
                &observations(),
                equivalents().view(),
                &SharedMu::Source,
                length,
            )
            .unwrap();
            i.source("satellite").unwrap().log_det_r
        };
        // sd 0.5 ppm twice; two minutes apart at a length of two minutes: r = 1/e.
        let independent = 2.0 * 0.25f64.ln();
        assert!((of(None) - independent).abs() < 1e-12);
        let r2 = (-2.0f64).exp();
        assert!((of(Some(120.0)) - independent - (1.0 - r2).ln()).abs() < 1e-12);
    }

    #[test]
    fn what_does_not_fit_is_refused() {
        let y = equivalents();
        let of = |shared: &SharedMu, rows: usize, length| {
            let y = y.slice(ndarray::s![..rows, ..]);
            Innovation::of_forecast(&observations(), y, shared, length)
                .unwrap_err()
                .to_string()
        };
        assert!(of(&SharedMu::Source, 3, None).contains("expected 4, got 3"));
        assert!(of(&SharedMu::Named(vec!["a".into()]), 4, None).contains("needs a name"));
        assert!(of(&SharedMu::Source, 4, Some(0.0)).contains("must be positive"));
        assert!(SharedMu::by("colour").is_err());
    }
}
