//! A flux given as maps, without factors: one map, one for each calendar month, one for each of
//! several intervals, or computed for any time.
//!
//! Fluxes are in kg C m-2 s-1, which stands for any gas: 12.011e-3 kg C are one mole of it.

use super::{FluxBasis, SurfaceFlux, seconds_by_month};
use crate::error::{Error, Result};
use crate::grid::LatLonGrid;
use crate::time::Time;

/// The flux of a date, cells row-major (lat, lon) \[kg C m-2 s-1\].
pub type MapAt = Box<dyn Fn(Time) -> Result<Vec<f64>> + Send + Sync>;

/// The maps, cells row-major (lat, lon) \[kg C m-2 s-1\].
pub enum Maps {
    /// The same at any time.
    Constant(Vec<f64>),
    /// One for each calendar month, January first, the same every year; a map holds through its
    /// month.
    Monthly(Vec<Vec<f64>>),
    /// Each holds through its interval; each interval begins where the one before it ends.
    Between(Vec<([Time; 2], Vec<f64>)>),
    /// Computed at the middle of each interval over which the transport averages fluxes.
    At(MapAt),
}

/// A flux model that is given as maps on a grid. It has no factors.
pub struct Given {
    grid: LatLonGrid,
    maps: Maps,
}

impl Given {
    /// The flux of `maps` on `grid`.
    ///
    /// # Errors
    /// A map of another size than the grid, a number that is not finite, other than twelve months,
    /// intervals that do not follow each other.
    pub fn new(grid: &LatLonGrid, maps: Maps) -> Result<Self> {
        match &maps {
            Maps::Constant(map) => check(grid, map)?,
            Maps::Monthly(months) => {
                if months.len() != 12 {
                    return Err(Error::new("a monthly flux needs a map for each month")
                        .expected(12)
                        .got(months.len()));
                }
                months.iter().enumerate().try_for_each(|(m, map)| {
                    check(grid, map).map_err(|e| e.at(format!("month {}", m + 1)))
                })?;
            }
            Maps::Between(steps) => {
                follow(steps)?;
                steps
                    .iter()
                    .try_for_each(|(time, map)| check(grid, map).map_err(|e| e.at(time[0])))?;
            }
            Maps::At(_) => {}
        }
        Ok(Given {
            grid: grid.clone(),
            maps,
        })
    }

    /// No flux at all.
    pub fn none(grid: &LatLonGrid) -> Self {
        Given {
            grid: grid.clone(),
            maps: Maps::Constant(vec![0.0; grid.n_cells()]),
        }
    }

    /// The mean map from `start` to `end`.
    fn mean(&self, start: Time, end: Time) -> Result<Vec<f64>> {
        match &self.maps {
            Maps::Constant(map) => Ok(map.clone()),
            Maps::Monthly(months) => Ok(weighted(
                self.grid.n_cells(),
                months.iter().zip(seconds_by_month(start, end)),
            )),
            Maps::Between(steps) => {
                self.covers(start, end)?;
                let held = steps.iter().map(|([from, to], map)| {
                    (map, (*to).min(end).since((*from).max(start)).max(0.0))
                });
                Ok(weighted(self.grid.n_cells(), held))
            }
            Maps::At(map_at) => {
                let middle = start.plus(0.5 * end.since(start));
                let map = map_at(middle)?;
                check(&self.grid, &map).map_err(|e| e.at(middle))?;
                Ok(map)
            }
        }
    }
}

/// Refuses no intervals, intervals that do not last, and those that do not follow each other.
fn follow(steps: &[([Time; 2], Vec<f64>)]) -> Result<()> {
    let wrong = Error::new("the intervals of a flux must follow each other")
        .expected("one or more, each beginning where the one before it ends");
    if steps.is_empty() {
        return Err(wrong.got("none"));
    }
    if let Some(([from, to], _)) = steps.iter().find(|([from, to], _)| to <= from) {
        return Err(wrong.got(format!("{from} to {to}")));
    }
    match steps.windows(2).find(|w| w[0].0[1] != w[1].0[0]) {
        None => Ok(()),
        Some(w) => {
            let got = format!("one to {}, then one from {}", w[0].0[1], w[1].0[0]);
            Err(wrong.got(got))
        }
    }
}

/// The mean of maps by their seconds.
fn weighted<'a>(cells: usize, maps: impl Iterator<Item = (&'a Vec<f64>, f64)>) -> Vec<f64> {
    let (mut sum, mut duration) = (vec![0.0; cells], 0.0);
    for (map, seconds) in maps.filter(|(_, seconds)| *seconds > 0.0) {
        duration += seconds;
        sum.iter_mut().zip(map).for_each(|(s, v)| *s += seconds * v);
    }
    sum.iter_mut().for_each(|s| *s /= duration);
    sum
}

/// Refuses a map of another size, and numbers that are not finite.
pub(super) fn check(grid: &LatLonGrid, map: &[f64]) -> Result<()> {
    if map.len() != grid.n_cells() {
        return Err(Error::new("a flux is on another grid")
            .expected(format!("{} cells", grid.n_cells()))
            .got(map.len()));
    }
    match map.iter().position(|v| !v.is_finite()) {
        None => Ok(()),
        Some(cell) => Err(Error::new("a flux is not a number")
            .got(map[cell])
            .at(format!(
                "{} N, {} E",
                grid.lat()[cell / grid.n_lon()],
                grid.lon()[cell % grid.n_lon()]
            ))
            .hint("a field without missing values, such as fill_missing(field, 0)")),
    }
}

impl SurfaceFlux for Given {
    fn n_factors(&self) -> usize {
        0
    }

    fn covers(&self, start: Time, end: Time) -> Result<()> {
        let Maps::Between(steps) = &self.maps else {
            return Ok(());
        };
        let (first, over) = (steps[0].0[0], steps[steps.len() - 1].0[1]);
        if start >= first && end <= over {
            return Ok(());
        }
        Err(Error::new("the flux is not given for all of the run")
            .expected(format!("a run between {first} and {over}"))
            .got(format!("{start} to {end}")))
    }

    fn between(&self, start: Time, end: Time, basis: &mut FluxBasis) -> Result<()> {
        if end <= start {
            return Err(
                Error::new("a flux is averaged over an interval of positive length")
                    .expected(format!("an end after {start}"))
                    .got(end),
            );
        }
        *basis = FluxBasis {
            fixed: self.mean(start, end)?,
            first: vec![0; self.grid.n_cells() + 1],
            factor: vec![],
            value: vec![],
        };
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::time::DAY;

    fn grid() -> LatLonGrid {
        LatLonGrid::geos(30.0, 30.0).unwrap()
    }

    fn flat(value: f64) -> Vec<f64> {
        vec![value; grid().n_cells()]
    }

    fn mean(maps: Maps, start: &str, end: &str) -> Result<f64> {
        let mut basis = FluxBasis::default();
        Given::new(&grid(), maps)?.between(
            start.parse().unwrap(),
            end.parse().unwrap(),
            &mut basis,
        )?;
        Ok(basis.fixed[7])
    }

    #[test]
    fn a_month_holds_through_its_month_and_a_mean_weighs_by_days() {
        let months = || Maps::Monthly((1..=12).map(|m| flat(f64::from(m))).collect());
        assert_eq!(mean(months(), "2016-03-31", "2016-04-01").unwrap(), 3.0);
        assert!((mean(months(), "2016-03-31", "2016-04-03").unwrap() - 11.0 / 3.0).abs() < 1e-12);
        assert!((mean(months(), "2015-12-31", "2016-01-02").unwrap() - 6.5).abs() < 1e-12);
    }

    #[test]
    fn a_map_holds_through_its_interval_and_a_mean_weighs_by_seconds() {
        let first: Time = "2016-01-01".parse().unwrap();
        let days = |a: f64, b: f64| [first.plus(a * DAY), first.plus(b * DAY)];
        let steps = || {
            Maps::Between(vec![
                (days(0.0, 2.0), flat(1.0)),
                (days(2.0, 4.0), flat(4.0)),
            ])
        };
        assert_eq!(mean(steps(), "2016-01-02", "2016-01-04").unwrap(), 2.5);
        assert_eq!(mean(steps(), "2016-01-04", "2016-01-05").unwrap(), 4.0);
        let late = mean(steps(), "2016-01-04", "2016-01-06")
            .unwrap_err()
            .to_string();
        assert!(
            late.contains("not given for all of the run") && late.contains("2016-01-05"),
            "{late}"
        );
        assert!(mean(steps(), "2015-12-31", "2016-01-02").is_err());
        let gap = Maps::Between(vec![
            (days(0.0, 2.0), flat(1.0)),
            (days(3.0, 4.0), flat(4.0)),
        ]);
        assert!(mean(gap, "2016-01-01", "2016-01-02").is_err());
    }

    #[test]
    fn a_map_by_time_is_that_of_the_middle_of_the_interval() {
        let by_day = || {
            Maps::At(Box::new(|t: Time| {
                Ok(vec![t.day_of_year(); grid().n_cells()])
            }))
        };
        let (one, two) = (
            mean(by_day(), "2016-01-01", "2016-01-03").unwrap(),
            mean(by_day(), "2016-01-01", "2016-01-05").unwrap(),
        );
        assert_eq!(two - one, 1.0);
    }

    #[test]
    fn maps_that_do_not_fit_or_are_no_numbers_are_refused() {
        let refused = |maps| {
            mean(maps, "2016-01-01", "2016-01-02")
                .unwrap_err()
                .to_string()
        };
        assert!(refused(Maps::Constant(vec![0.0; 5])).contains("another grid"));
        let mut hole = flat(0.0);
        hole[13] = f64::NAN;
        let text = refused(Maps::At(Box::new(move |_| Ok(hole.clone()))));
        assert!(
            text.contains("not a number") && text.contains("-60 N"),
            "{text}"
        );
        assert!(refused(Maps::Monthly(vec![flat(1.0); 11])).contains("each month"));
    }
}
