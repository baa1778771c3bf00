//! Super-observations: one for each grid cell and interval of time.
//!
//! Observations of one source, kind and block are joined where they lie in one cell of a grid, or
//! belong to one site, in one interval of time, and their operators agree that they may be: columns
//! on levels of one kind, points within 500 m of height. Satellites' soundings, of which many fall
//! in a second, are best joined by the second first and by ten seconds then (Baker et al. 2022).

use super::{Joining, Observation, Observations, SuperObservations};
use crate::error::{Error, Result};
use crate::grid::LatLonGrid;
use std::collections::BTreeMap;

/// What is joined, and how.
#[derive(Debug, Clone, PartialEq)]
pub struct Thinning {
    grid: Option<LatLonGrid>,
    interval: f64,
    first: Option<f64>,
    joining: Joining,
}

impl Thinning {
    /// To the cells of `grid`, or to sites without one, and intervals of `interval` seconds counted
    /// from 1970.
    ///
    /// # Errors
    /// An interval of less than a second, numbers out of range.
    pub fn new(grid: Option<&LatLonGrid>, interval: f64, joining: Joining) -> Result<Self> {
        check_interval(interval)?;
        joining.check()?;
        Ok(Thinning {
            grid: grid.cloned(),
            interval,
            first: None,
            joining,
        })
    }

    /// With intervals of `first` seconds before the others; errors of representation, floor and
    /// least number belong to the last step.
    ///
    /// # Errors
    /// An interval of less than a second, or not shorter than the other.
    pub fn after(mut self, first: f64) -> Result<Self> {
        check_interval(first)?;
        if first >= self.interval {
            let error = Error::new("the first interval must be shorter than the second");
            return Err(error.got(format!("{first} s and {} s", self.interval)));
        }
        self.first = Some(first);
        Ok(self)
    }

    /// Joins the observations of each group.
    ///
    /// # Errors
    /// Operators that have no mean of their kind.
    pub fn apply(&self, all: &Observations) -> Result<SuperObservations> {
        let Some(first) = self.first else {
            return self.joining.apply(all, self.groups(all, self.interval));
        };
        let of_first = Joining {
            representation: 0.0,
            floor: 0.0,
            minimum: 0,
            ..self.joining
        };
        let first = of_first.apply(all, self.groups(all, first))?;
        let between = &first.observations;
        let mut last = self
            .joining
            .apply(between, self.groups(between, self.interval))?;
        let joined = |k: &usize| first.members[*k].iter().copied();
        for members in &mut last.members {
            *members = members.iter().flat_map(joined).collect();
        }
        last.duplicates += first.duplicates;
        Ok(last)
    }

    fn groups(&self, all: &Observations, interval: f64) -> Vec<Vec<usize>> {
        let mut groups: BTreeMap<_, Vec<usize>> = BTreeMap::new();
        for (k, o) in all.rows.iter().enumerate() {
            let number = (o.time.seconds() as f64 / interval).floor() as i64;
            let (cell, site) = self.place(o);
            // Numbers before text, which takes longer to compare.
            let group = (number, cell, o.source, o.block);
            let alike = (o.sampling.thinning_key(o), o.sampling.name());
            groups
                .entry((group, &*o.kind, site, alike))
                .or_default()
                .push(k);
        }
        groups.into_values().collect()
    }

    /// The cell, or the site.
    fn place<'a>(&self, o: &'a Observation) -> (usize, &'a str) {
        match &self.grid {
            Some(grid) => {
                let (row, column) = (grid.row_of(o.latitude), grid.column_of(o.longitude));
                (row * grid.n_lon() + column, "")
            }
            None => (0, &o.site),
        }
    }
}

fn check_interval(seconds: f64) -> Result<()> {
    if seconds >= 1.0 && seconds.is_finite() {
        return Ok(());
    }
    Err(
        Error::new("the interval of super-observations is too short")
            .expected("at least a second")
            .got(seconds),
    )
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::observation::fixture::{point, series};
    use crate::time::{HOUR, Time};

    fn grid() -> LatLonGrid {
        LatLonGrid::geos(4.0, 5.0).unwrap()
    }

    fn of(rows: Vec<Observation>) -> Observations {
        Observations {
            sources: vec!["in_situ".into()],
            rows,
            ..Observations::default()
        }
    }

    #[test]
    fn points_of_a_cell_are_joined_and_those_of_two_heights_or_cells_stay_apart() {
        let site = |site: &str, lat, z| Observation {
            site: site.into(),
            ..point(lat, 0.0, z)
        };
        let rows = vec![
            site("A", 0.0, 10.0),
            site("A", 0.0, 3000.0),
            site("B", 1.0, 20.0),
            site("A", 9.0, 10.0),
        ];
        let n = |grid: Option<&LatLonGrid>| {
            let thinning = Thinning::new(grid, HOUR, Joining::default()).unwrap();
            thinning.apply(&of(rows.clone())).unwrap().members
        };
        assert_eq!(n(Some(&grid())), [vec![0, 2], vec![1], vec![3]]);
        let one_cell = LatLonGrid::geos(90.0, 90.0).unwrap();
        assert_eq!(n(Some(&one_cell)).len(), 2);
        assert_eq!(n(None), [vec![0, 3], vec![1], vec![2]]); // by site
        assert!(Thinning::new(None, 0.0, Joining::default()).is_err());
    }

    #[test]
    fn seconds_first_weigh_every_second_alike() {
        let mut all = series("a", &[0, 0, 0, 5]);
        for (k, o) in all.rows.iter_mut().enumerate() {
            o.value = if k < 3 { 400e-6 } else { 402e-6 };
            o.id = Some(format!("s{k}").into());
        }
        let ten = Thinning::new(Some(&grid()), 10.0, Joining::default()).unwrap();
        let value = |t: &Thinning| t.apply(&all).unwrap().observations.rows[0].value * 1e6;
        assert!((value(&ten) - 400.5).abs() < 1e-9);
        let seconds = ten.clone().after(1.0).unwrap();
        assert!((value(&seconds) - 401.0).abs() < 1e-9);
        let joined = seconds.apply(&all).unwrap();
        assert_eq!(joined.members, [vec![0, 1, 2, 3]]);
        assert_eq!(joined.observations.rows[0].time, Time::from_seconds(3));
        assert!(ten.after(10.0).is_err());
    }
}
