//! Super-observations: one for each grid cell and interval of time.
//!
//! n observations of mean variance s2 that share a correlation r count as n_eff = n / (1 + (n - 1)
//! r) independent ones: error = max(floor, sqrt(s2 / n_eff)). Which observations of a source, kind,
//! block and interval are joined follows from the thinning key of their operator: columns within a
//! cell, points within a site and 500 m of height. Value, position, time and the geometry of the
//! operator are means over the observations joined.

use super::operator::{Geometry, ThinningKey};
use super::{Observation, ObservationOperator, Observations, attributes};
use crate::error::{Error, Result};
use crate::grid::LatLonGrid;
use crate::time::Time;
use std::collections::BTreeMap;
use std::sync::Arc;

/// Source, kind, block, interval of time, name of the operator, and the operator's own key.
type Group<'a> = (usize, &'a str, u32, i64, &'a str, ThinningKey);

/// How to join observations.
#[derive(Debug, Clone, PartialEq)]
pub struct Thinning {
    grid: LatLonGrid,
    interval: f64,
    correlation: f64,
    floor: f64,
}

/// Super-observations and the observations that each is the mean of.
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
            return Err(
                Error::new("the interval of super-observations is too short")
                    .expected("at least a second")
                    .got(interval),
            );
        }
        let sound = (0.0..=1.0).contains(&correlation) && floor >= 0.0 && floor.is_finite();
        if !sound {
            return Err(
                Error::new("super-observations cannot be made with these numbers")
                    .expected("a correlation from 0 to 1 and a floor of at least 0")
                    .got(format!("{correlation} and {floor}")),
            );
        }
        Ok(Thinning {
            grid: grid.clone(),
            interval,
            correlation,
            floor,
        })
    }

    /// Joins the observations of each group.
    ///
    /// # Errors
    /// Operators that have no mean of their kind.
    pub fn apply(&self, all: &Observations) -> Result<SuperObservations> {
        let mut groups: BTreeMap<_, Vec<usize>> = BTreeMap::new();
        for (k, o) in all.rows.iter().enumerate() {
            groups.entry(self.group(o)).or_default().push(k);
        }
        let join = |rows: Vec<usize>| Ok((self.join(all, &rows)?, rows));
        let joined = groups.into_values().map(join);
        let mut joined = joined.collect::<Result<Vec<(Observation, Vec<usize>)>>>()?;
        joined.sort_by_key(|(o, rows)| (o.time, rows[0]));
        let (rows, members): (_, Vec<Vec<usize>>) = joined.into_iter().unzip();
        Ok(SuperObservations {
            observations: Observations {
                sources: all.sources.clone(),
                attributes: attributes::joined(&all.attributes, &members)?,
                rows,
                ..Observations::default()
            },
            members,
        })
    }

    fn group<'a>(&self, o: &'a Observation) -> Group<'a> {
        let interval = (o.time.seconds() as f64 / self.interval).floor() as i64;
        let (row, column) = (
            self.grid.row_of(o.latitude),
            self.grid.column_of(o.longitude),
        );
        let key = o.sampling.thinning_key(o, row * self.grid.n_lon() + column);
        (o.source, &o.kind, o.block, interval, o.sampling.name(), key)
    }

    fn join(&self, all: &Observations, rows: &[usize]) -> Result<Observation> {
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
        Ok(Observation {
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
            id: if rows.len() == 1 {
                first.id.clone()
            } else {
                None
            },
            sampling: mean_operator(&rows.iter().map(|k| &of(k).sampling).collect::<Vec<_>>())?,
            ..first.clone()
        })
    }
}

/// The operator of the mean geometry; all are of one kind and their numbers of one length.
fn mean_operator(all: &[&Arc<dyn ObservationOperator>]) -> Result<Arc<dyn ObservationOperator>> {
    if all.iter().all(|o| Arc::ptr_eq(o, all[0])) {
        return Ok(all[0].clone());
    }
    let geometries: Vec<Geometry> = all.iter().map(|o| o.geometry()).collect();
    all[0].with_geometry(&Geometry::mean(&geometries))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::observation::Column;
    use crate::observation::fixture::point;
    use crate::time::HOUR;

    fn soundings() -> Observations {
        let column: Arc<dyn ObservationOperator> = Arc::new(Column {
            pressure: vec![1e5, 5e4],
            kernel: vec![1.0, 0.9],
            prior: vec![4e-4, 4e-4],
            weight: vec![0.5, 0.5],
            prior_column: 4e-4,
            ..Column::default()
        });
        let row = |k: i64| Observation {
            time: Time::from_seconds(10 * k),
            longitude: if k % 2 == 0 { 179.0 } else { -179.0 },
            value: 4e-4 + 1e-6 * k as f64,
            error: if k < 2 { 1e-6 } else { 2e-6 },
            sampling: column.clone(),
            ..point(20.0, 0.0, 0.0)
        };
        Observations {
            sources: vec!["satellite".into()],
            rows: (0..4).map(row).collect(),
            ..Observations::default()
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
        .unwrap()
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
            ..Observations::default()
        };
        let thinning = Thinning::new(&LatLonGrid::geos(4.0, 5.0).unwrap(), HOUR, 0.0, 0.0).unwrap();
        assert_eq!(thinning.apply(&all).unwrap().observations.len(), 3);
        assert!(Thinning::new(&LatLonGrid::geos(4.0, 5.0).unwrap(), 0.0, 0.0, 0.0).is_err());
    }
}
