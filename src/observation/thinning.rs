//! Super-observations: one for each grid cell and interval of time.
//!
//! n observations of mean variance s2 that share a correlation r count as n_eff = n / (1 + (n - 1)
//! r) independent ones: error = max(floor, sqrt(s2 / n_eff)). Columns are joined within a cell,
//! kind and pass; points within a site, kind and 500 m of height, so that a tower and an aircraft
//! stay apart. Value, place, time and the profiles of a retrieval are means over the observations
//! joined.

use super::{ColumnRetrieval, Observation, Observations};
use crate::error::{Error, Result};
use crate::grid::LatLonGrid;
use crate::time::{HOUR, Time};
use std::collections::BTreeMap;
use std::fmt;
use std::sync::Arc;

/// How to join observations.
#[derive(Debug, Clone, PartialEq)]
pub struct Thinning {
    grid: LatLonGrid,
    interval: f64,
    correlation: f64,
    floor: f64,
}

/// Super-observations and what each is made of.
#[derive(Debug, Clone, PartialEq)]
pub struct SuperObservations {
    /// The super-observations, in order of time.
    pub observations: Observations,
    /// For each, the positions in the original table of those joined in it.
    pub members: Vec<Vec<usize>>,
}

impl Thinning {
    /// To the cells of `grid` and intervals of `interval` seconds counted from 1970, with the
    /// correlation r of errors joined (0 to 1) and a floor on the reduced error \[mol mol-1\].
    ///
    /// # Errors
    /// An interval that is not positive, a correlation outside 0 to 1, a negative floor.
    pub fn new(grid: &LatLonGrid, interval: f64, correlation: f64, floor: f64) -> Result<Self> {
        if !(interval >= 1.0 && interval.is_finite()) {
            return Err(Error::new("the interval of super-observations")
                .expected("at least a second")
                .got(interval));
        }
        let sound = (0.0..=1.0).contains(&correlation) && floor >= 0.0 && floor.is_finite();
        if !sound {
            return Err(Error::new("super-observations")
                .expected("a correlation from 0 to 1 and a floor of at least 0")
                .got(format!("{correlation} and {floor}")));
        }
        Ok(Thinning {
            grid: grid.clone(),
            interval,
            correlation,
            floor,
        })
    }

    /// Joins the observations of each group.
    pub fn apply(&self, all: &Observations) -> SuperObservations {
        let mut groups: BTreeMap<_, Vec<usize>> = BTreeMap::new();
        for (k, o) in all.rows.iter().enumerate() {
            groups.entry(self.group(o)).or_default().push(k);
        }
        let mut joined: Vec<(Observation, Vec<usize>)> = groups
            .into_values()
            .map(|rows| (self.join(all, &rows), rows))
            .collect();
        joined.sort_by_key(|(o, rows)| (o.time, rows[0]));
        let (rows, members) = joined.into_iter().unzip();
        SuperObservations {
            observations: Observations {
                sources: all.sources.clone(),
                rows,
            },
            members,
        }
    }

    #[allow(clippy::type_complexity)]
    fn group<'a>(&self, o: &'a Observation) -> (usize, i64, &'a str, u32, &'a str, i64, usize) {
        let interval = (o.time.seconds() as f64 / self.interval).floor() as i64;
        match &o.column {
            Some(column) => {
                let cell = self.grid.row_of(o.latitude) * self.grid.n_lon()
                    + self.grid.column_of(o.longitude);
                (
                    o.source,
                    interval,
                    &o.kind,
                    o.block,
                    "",
                    cell as i64,
                    column.pressure.len(),
                )
            }
            None => (
                o.source,
                interval,
                &o.kind,
                o.block,
                &o.site,
                (o.altitude / 500.0).floor() as i64,
                0,
            ),
        }
    }

    fn join(&self, all: &Observations, rows: &[usize]) -> Observation {
        let of = |k: &usize| &all.rows[*k];
        let first = of(&rows[0]);
        let n = rows.len() as f64;
        let mean = |value: &dyn Fn(&Observation) -> f64| {
            rows.iter().map(|k| value(of(k))).sum::<f64>() / n
        };
        let effective = n / (1.0 + (n - 1.0) * self.correlation);
        let turn = |lon: f64| (lon - first.longitude + 180.0).rem_euclid(360.0) - 180.0;
        let longitude =
            (first.longitude + mean(&|o| turn(o.longitude)) + 180.0).rem_euclid(360.0) - 180.0;
        Observation {
            time: Time::from_seconds(
                (first.time.seconds() as f64 + mean(&|o| o.time.since(first.time))).round() as i64,
            ),
            latitude: mean(&|o| o.latitude),
            longitude,
            altitude: mean(&|o| o.altitude),
            value: mean(&|o| o.value),
            error: (mean(&|o| o.error * o.error) / effective)
                .sqrt()
                .max(self.floor),
            column: first.column.as_ref().map(|_| {
                Arc::new(mean_retrieval(
                    rows.iter().filter_map(|k| of(k).column.as_deref()),
                ))
            }),
            ..first.clone()
        }
    }
}

/// Level by level; all have the same number of levels.
fn mean_retrieval<'a>(all: impl Iterator<Item = &'a ColumnRetrieval>) -> ColumnRetrieval {
    let all: Vec<_> = all.collect();
    let n = all.len() as f64;
    let profile = |of: fn(&ColumnRetrieval) -> &Vec<f64>| {
        (0..of(all[0]).len())
            .map(|j| all.iter().map(|r| of(r)[j]).sum::<f64>() / n)
            .collect()
    };
    ColumnRetrieval {
        pressure: profile(|r| &r.pressure),
        kernel: profile(|r| &r.kernel),
        prior: profile(|r| &r.prior),
        weight: profile(|r| &r.weight),
        prior_column: all.iter().map(|r| r.prior_column).sum::<f64>() / n,
    }
}

impl fmt::Display for Thinning {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let (hours, floor) = (self.interval / HOUR, self.floor * 1e6);
        write!(
            f,
            "observation::super_observations(#{{ hours: {hours:?}, correlation: {:?}, floor_ppm: {floor:?} }})",
            self.correlation
        )
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::observation::fixture::point;

    fn soundings() -> Observations {
        let column = Arc::new(ColumnRetrieval {
            pressure: vec![1e5, 5e4],
            kernel: vec![1.0, 0.9],
            prior: vec![4e-4, 4e-4],
            weight: vec![0.5, 0.5],
            prior_column: 4e-4,
        });
        let row = |k: i64| Observation {
            time: Time::from_seconds(10 * k),
            longitude: if k % 2 == 0 { 179.0 } else { -179.0 },
            value: 4e-4 + 1e-6 * k as f64,
            error: if k < 2 { 1e-6 } else { 2e-6 },
            column: Some(column.clone()),
            ..point(20.0, 0.0, 0.0)
        };
        Observations {
            sources: vec!["satellite".into()],
            rows: (0..4).map(row).collect(),
        }
    }

    fn joined(correlation: f64, floor: f64) -> SuperObservations {
        Thinning::new(
            &LatLonGrid::geos(4.0, 5.0).unwrap(),
            HOUR,
            correlation,
            floor,
        )
        .unwrap()
        .apply(&soundings())
    }

    #[test]
    fn the_reduced_error_follows_its_law() {
        let mean_variance: f64 = 2.5e-12; // of 1, 1, 2 and 2 ppm
        let error = |r, floor| joined(r, floor).observations.rows[0].error;
        assert!((error(0.0, 0.0) - (mean_variance / 4.0).sqrt()).abs() < 1e-18);
        assert!((error(1.0, 0.0) - mean_variance.sqrt()).abs() < 1e-18);
        assert!((error(0.5, 0.0) - (mean_variance * 2.5 / 4.0).sqrt()).abs() < 1e-18); // n_eff = 4 / 2.5
        assert_eq!(error(0.0, 3e-6), 3e-6);
    }

    #[test]
    fn a_super_observation_names_its_soundings_and_is_their_mean() {
        let joined = joined(0.0, 0.0);
        assert_eq!(joined.members, vec![vec![0, 1, 2, 3]]);
        let o = &joined.observations.rows[0];
        assert!((o.value - 4.015e-4).abs() < 1e-15 && o.longitude.abs() > 179.9); // across the date line
        assert_eq!(o.time, Time::from_seconds(15));
    }

    #[test]
    fn points_of_two_sites_or_heights_stay_apart() {
        let rows = vec![
            point(0.0, 0.0, 10.0),
            point(0.0, 0.0, 3000.0),
            Observation {
                site: "B".into(),
                ..point(0.0, 0.0, 10.0)
            },
        ];
        let all = Observations {
            sources: vec!["in_situ".into()],
            rows,
        };
        let thinning = Thinning::new(&LatLonGrid::geos(4.0, 5.0).unwrap(), HOUR, 0.0, 0.0).unwrap();
        assert_eq!(thinning.apply(&all).observations.len(), 3);
        assert!(Thinning::new(&LatLonGrid::geos(4.0, 5.0).unwrap(), 0.0, 0.0, 0.0).is_err());
    }
}
