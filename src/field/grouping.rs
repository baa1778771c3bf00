//! Groups of places along a dimension, and what is made of each: calendar months over many years,
//! periods one after the other, windows that move, bins, names. All of them are a list of places
//! for each new label.

use super::tally::{Shape, Tally};
use super::{Coordinate, Dimension, Field, Reduction, eastward, whole_turn};
use crate::error::{Error, Result};
use crate::time::Time;
use crate::units::Unit;
use ndarray::{ArrayD, ArrayView1, IxDyn};
use std::collections::BTreeMap;

/// A part of a date that comes again every year or day.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum CalendarPart {
    /// 1 to 12.
    Month,
    /// DJF, MAM, JJA, SON.
    Season,
    /// The calendar year.
    Year,
    /// 1 to 366.
    DayOfYear,
    /// 0 to 23.
    Hour,
}

/// A length of time that divides the calendar.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Period {
    /// Whole seconds, counted from the midnight before the first instant.
    Seconds(i64),
    /// Calendar months, counted from January, or from December for three (the seasons).
    Months(i64),
}

/// The number of the period an instant lies in, and the instant a period starts.
type NumberOf = Box<dyn Fn(&Time) -> i64>;
type StartOf = Box<dyn Fn(i64) -> Result<Time>>;

/// Groups of places along a dimension. A place may be in several groups, as in windows that move,
/// or in none.
#[derive(Debug, Clone, PartialEq)]
pub struct Grouping {
    /// The dimension that is grouped.
    along: String,
    /// What takes its place, one label per group.
    to: Dimension,
    places: Vec<Vec<usize>>,
    /// Groups with fewer values than this are missing.
    fewest: usize,
}

impl Grouping {
    /// One group for each value of a part of the date.
    ///
    /// # Errors
    /// A dimension without dates.
    pub fn calendar(dimension: &Dimension, part: CalendarPart) -> Result<Self> {
        let name = match part {
            CalendarPart::Month => "month",
            CalendarPart::Season => "season",
            CalendarPart::Year => "year",
            CalendarPart::DayOfYear => "day_of_year",
            CalendarPart::Hour => "hour",
        };
        let number = |t: &Time| match part {
            CalendarPart::Month => t.month() as i64,
            CalendarPart::Season => (t.month() % 12 / 3) as i64,
            CalendarPart::Year => i64::from(t.year()),
            CalendarPart::DayOfYear => t.day_of_year() as i64 + 1,
            CalendarPart::Hour => t.hour() as i64,
        };
        let groups = sorted(times(dimension)?.iter().map(number));
        let coordinate = match part {
            CalendarPart::Season => Coordinate::Labels(
                groups
                    .keys()
                    .map(|k| SEASONS[*k as usize].to_string())
                    .collect(),
            ),
            _ => Coordinate::Numbers(groups.keys().map(|k| *k as f64).collect(), Unit::none()),
        };
        Ok(Self::made(
            dimension,
            name,
            coordinate,
            groups.into_values().collect(),
        ))
    }

    /// Periods one after the other, each labelled by its start; those without an instant are
    /// missing.
    ///
    /// # Errors
    /// A dimension without dates, or a length of 0.
    pub fn periods(dimension: &Dimension, period: Period) -> Result<Self> {
        let times = times(dimension)?;
        let Some(first) = times.iter().min() else {
            return Err(Error::new(format!("\"{}\" is empty", dimension.name)));
        };
        let origin = Time::from_seconds(first.seconds().div_euclid(86_400) * 86_400);
        let (number, start): (NumberOf, StartOf) = match period {
            Period::Seconds(n) | Period::Months(n) if n <= 0 => {
                return Err(Error::new("a period must have a positive length")
                    .expected("more than nothing")
                    .got(n));
            }
            Period::Seconds(n) => (
                Box::new(move |t| (t.seconds() - origin.seconds()).div_euclid(n)),
                Box::new(move |k| Ok(origin.plus((k * n) as f64))),
            ),
            Period::Months(n) => {
                let shift = i64::from(n == 3);
                let month = move |t: &Time| i64::from(t.year()) * 12 + t.month() as i64 - 1 + shift;
                let begin = move |k: i64| {
                    Time::from_date(
                        (k * n - shift).div_euclid(12) as i16,
                        (k * n - shift).rem_euclid(12) as i8 + 1,
                        1,
                    )
                };
                (Box::new(move |t| month(t).div_euclid(n)), Box::new(begin))
            }
        };
        let mut groups = sorted(times.iter().map(number));
        let (from, to) = (
            *groups.keys().next().unwrap_or(&0),
            *groups.keys().next_back().unwrap_or(&0),
        );
        if (to - from) as usize > 100 * times.len() + 1000 {
            return Err(
                Error::new("nearly all of these periods would be empty").got(format!(
                    "{} periods for {} instants",
                    to - from + 1,
                    times.len()
                )),
            );
        }
        let labels = (from..=to).map(start).collect::<Result<Vec<_>>>()?;
        let places = (from..=to)
            .map(|k| groups.remove(&k).unwrap_or_default())
            .collect();
        Ok(Self::made(
            dimension,
            &dimension.name,
            Coordinate::Times(labels.into()),
            places,
        ))
    }

    /// Windows of `width` places that move along, each labelled by its last place, or by its middle
    /// one; along longitudes eastward, over the seam and around the globe. A window
    /// with fewer than `fewest` values is missing.
    ///
    /// # Errors
    /// A width of 0, or more values asked for than a window has.
    pub fn rolling(
        dimension: &Dimension,
        width: usize,
        centred: bool,
        fewest: usize,
    ) -> Result<Self> {
        if width == 0 || width > dimension.len() {
            let what = format!("a window along \"{}\" must fit its length", dimension.name);
            return Err(Error::new(what)
                .expected(format!("1 to {} places", dimension.len()))
                .got(width));
        }
        if fewest == 0 || fewest > width {
            return Err(
                Error::new("the minimum number of values must fit the window")
                    .expected(format!("1 to {width}"))
                    .got(fewest),
            );
        }
        let ahead = if centred { (width - 1) / 2 } else { 0 };
        let n = dimension.len();
        let (order, turns) = match (dimension.name.as_str(), &dimension.coordinate) {
            ("lon", Coordinate::Numbers(v, _)) => (eastward(v).0, whole_turn(v)),
            _ => ((0..n).collect(), false),
        };
        let mut places = vec![vec![]; n];
        for (k, place) in order.iter().enumerate() {
            // Counted from one turn on, so that a window may begin before the first place.
            let window = n + k + ahead + 1 - width..n + k + ahead + 1;
            let inside = |at: &usize| turns || (n..2 * n).contains(at);
            places[*place] = window.filter(inside).map(|at| order[at % n]).collect();
        }
        let made = Self::made(
            dimension,
            &dimension.name,
            dimension.coordinate.clone(),
            places,
        );
        Ok(Grouping { fewest, ..made })
    }

    /// Bins of a dimension of numbers between edges, the upper edge of the last included; labelled
    /// by their middles.
    ///
    /// # Errors
    /// A dimension without numbers, edges that do not ascend, no place in any bin.
    pub fn bins(dimension: &Dimension, edges: &[f64]) -> Result<Self> {
        let Coordinate::Numbers(values, unit) = &dimension.coordinate else {
            return Err(Error::new(format!(
                "\"{}\" has no numbers to put into bins",
                dimension.name
            )));
        };
        if edges.len() < 2 || edges.windows(2).any(|w| w[0].is_nan() || w[1] <= w[0]) {
            return Err(Error::new("the edges of bins must ascend")
                .expected("at least two numbers, ascending")
                .got(format!("{edges:?}")));
        }
        let last = edges.len() - 2;
        let inside = |v: f64, k: usize| {
            v >= edges[k] && (v < edges[k + 1] || (k == last && v == edges[k + 1]))
        };
        let places: Vec<Vec<usize>> = (0..=last)
            .map(|k| {
                (0..values.len())
                    .filter(|p| inside(values[*p], k))
                    .collect()
            })
            .collect();
        if places.iter().all(Vec::is_empty) {
            return Err(Error::new(format!(
                "nothing along \"{}\" lies in these bins",
                dimension.name
            ))
            .got(format!("{edges:?}")));
        }
        let middles = edges.windows(2).map(|w| 0.5 * (w[0] + w[1])).collect();
        Ok(Self::made(
            dimension,
            &dimension.name,
            Coordinate::Numbers(middles, unit.clone()),
            places,
        ))
    }

    /// One group for each name, in the order first met; `names` has one for each place.
    ///
    /// # Errors
    /// Another number of names.
    pub fn names(dimension: &Dimension, to: &str, names: &[String]) -> Result<Self> {
        if names.len() != dimension.len() {
            return Err(Error::new(format!(
                "every place along \"{}\" needs a name",
                dimension.name
            ))
            .expected(dimension.len())
            .got(names.len()));
        }
        let mut found: Vec<(String, Vec<usize>)> = Vec::new();
        for (k, name) in names.iter().enumerate() {
            match found.iter_mut().find(|(n, _)| n == name) {
                Some((_, places)) => places.push(k),
                None => found.push((name.clone(), vec![k])),
            }
        }
        let (labels, places): (Vec<String>, Vec<Vec<usize>>) = found.into_iter().unzip();
        Ok(Self::made(
            dimension,
            to,
            Coordinate::Labels(labels.into()),
            places,
        ))
    }

    /// One group for each different label.
    ///
    /// # Errors
    /// A dimension without labels.
    pub fn equal(dimension: &Dimension) -> Result<Self> {
        let n = dimension.len();
        let exact = |k: usize| match &dimension.coordinate {
            Coordinate::Numbers(v, _) => v[k].to_string(),
            other => other.label(k),
        };
        let texts: Vec<String> = (0..n).map(exact).collect();
        let Grouping { places, .. } = Self::names(dimension, &dimension.name, &texts)?;
        let firsts: Vec<usize> = places.iter().map(|p| p[0]).collect();
        Ok(Self::made(
            dimension,
            &dimension.name,
            dimension.coordinate.take(&firsts),
            places,
        ))
    }

    fn made(
        dimension: &Dimension,
        name: &str,
        coordinate: Coordinate,
        places: Vec<Vec<usize>>,
    ) -> Self {
        Grouping {
            along: dimension.name.clone(),
            to: Dimension {
                name: name.to_string(),
                coordinate,
            },
            places,
            fewest: 1,
        }
    }

    /// The dimension that is grouped.
    pub fn along(&self) -> &str {
        &self.along
    }
    /// The labels of the groups.
    pub fn labels(&self) -> &Dimension {
        &self.to
    }
    /// The places of each group.
    pub fn places(&self) -> &[Vec<usize>] {
        &self.places
    }
    /// Groups with fewer places than this are missing.
    pub fn fewest(&self) -> usize {
        self.fewest
    }
}

const SEASONS: [&str; 4] = ["DJF", "MAM", "JJA", "SON"];

fn times(dimension: &Dimension) -> Result<&[Time]> {
    match &dimension.coordinate {
        Coordinate::Times(times) => Ok(times),
        _ => Err(Error::new(format!("\"{}\" has no dates", dimension.name))
            .expected("a dimension of dates")
            .hint(".label(\"time\", dates(...))")),
    }
}

fn sorted(keys: impl Iterator<Item = i64>) -> BTreeMap<i64, Vec<usize>> {
    let mut groups: BTreeMap<i64, Vec<usize>> = BTreeMap::new();
    keys.enumerate()
        .for_each(|(place, key)| groups.entry(key).or_default().push(place));
    groups
}

impl Field {
    /// What each group is reduced to; the groups take the place of the dimension.
    ///
    /// # Errors
    /// The field does not have the dimension, or has another of the groups' name.
    pub fn grouped(&self, groups: &Grouping, how: Reduction) -> Result<Field> {
        let axis = self.axis(&groups.along)?;
        let mut dimensions = self.dimensions().to_vec();
        dimensions[axis] = groups.to.clone();
        let values = match how {
            Reduction::Quantile(_) => self.quantiles_of(axis, groups, how),
            _ => self.tallied_groups(axis, groups, how),
        };
        let shape: Vec<usize> = dimensions.iter().map(Dimension::len).collect();
        let data = ArrayD::from_shape_vec(IxDyn(&shape), values)
            .expect("a value per group and other place");
        let mut field = Field::new(&self.name, how.unit(&self.unit), dimensions, data)?;
        field.attributes = self.attributes.clone();
        if groups.fewest <= 1 && how != Reduction::Sum || how == Reduction::Count {
            return Ok(field);
        }
        let counts = self.grouped(groups, Reduction::Count)?;
        let few = groups.fewest as f64;
        field.zip(&counts, field.unit.clone(), |v, n| {
            if n < few { f64::NAN } else { v }
        })
    }

    /// Each value less its group's mean: a seasonal cycle taken out.
    ///
    /// # Errors
    /// As [`Field::grouped`]; places in two groups.
    pub fn less_group_means(&self, groups: &Grouping) -> Result<Field> {
        let axis = self.axis(&groups.along)?;
        let mut group_of = vec![None; self.shape()[axis]];
        for (g, places) in groups.places.iter().enumerate() {
            for k in places {
                if group_of[*k].replace(g).is_some() {
                    return Err(Error::new("an anomaly needs every place in one group only")
                        .got(format!("a place along \"{}\" in two", groups.along)));
                }
            }
        }
        let means = self.grouped(groups, Reduction::Mean)?;
        let inner: usize = self.shape()[axis + 1..].iter().product();
        let (whole, n) = (self.data().as_standard_layout(), self.shape()[axis]);
        let (values, means) = (
            whole.as_slice().expect("standard layout"),
            means.data().as_slice().expect("made in standard layout"),
        );
        let mut out = Vec::with_capacity(values.len());
        for (block, row) in values.chunks(inner.max(1)).enumerate() {
            match group_of[block % n] {
                Some(g) => {
                    let start = (block / n * groups.places.len() + g) * inner;
                    out.extend(
                        row.iter()
                            .zip(&means[start..start + inner])
                            .map(|(v, m)| v - m),
                    );
                }
                None => out.extend(row.iter().map(|_| f64::NAN)),
            }
        }
        Ok(self.refilled(out, self.unit.of_difference()))
    }

    fn tallied_groups(&self, axis: usize, groups: &Grouping, how: Reduction) -> Vec<f64> {
        let (n, inner) = (
            self.shape()[axis],
            self.shape()[axis + 1..].iter().product::<usize>(),
        );
        let whole = self.data().as_standard_layout();
        let values = whole.as_slice().expect("standard layout");
        let outer = values.len().checked_div(n * inner).unwrap_or(0);
        let mut tally = Tally::new(how, outer * groups.places.len() * inner);
        let shape = Shape {
            lengths: &[inner],
            strides: &[1],
        };
        for o in 0..outer {
            for (g, places) in groups.places.iter().enumerate() {
                for k in places {
                    let start = (o * n + k) * inner;
                    tally.add(
                        &values[start..start + inner],
                        shape,
                        None,
                        (o * groups.places.len() + g) * inner,
                    );
                }
            }
        }
        tally.finish()
    }

    fn quantiles_of(&self, axis: usize, groups: &Grouping, how: Reduction) -> Vec<f64> {
        let (n, inner) = (
            self.shape()[axis],
            self.shape()[axis + 1..].iter().product::<usize>(),
        );
        let whole = self.data().as_standard_layout();
        let values = whole.as_slice().expect("standard layout");
        let outer = values.len().checked_div(n * inner).unwrap_or(0);
        let mut out = Vec::with_capacity(outer * groups.places.len() * inner);
        for o in 0..outer {
            for places in &groups.places {
                for i in 0..inner {
                    let line: Vec<f64> = places
                        .iter()
                        .map(|k| values[(o * n + k) * inner + i])
                        .collect();
                    out.push(how.of(ArrayView1::from(&line)));
                }
            }
        }
        out
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn monthly(months: usize) -> Field {
        let times: Vec<Time> = (0..months)
            .map(|m| Time::from_date(2015 + (m / 12) as i16, (m % 12) as i8 + 1, 1).unwrap())
            .collect();
        let data = ArrayD::from_shape_fn(vec![months, 2], |k| {
            (k[0] % 12) as f64 + 10.0 * (k[0] / 12) as f64 + 100.0 * k[1] as f64
        });
        Field::new(
            "co2",
            Unit::parse("ppm").unwrap(),
            vec![Dimension::times(times), Dimension::index("site", 2)],
            data,
        )
        .unwrap()
    }

    #[test]
    fn windows_of_longitudes_go_over_the_seam_and_around_the_globe() {
        let lon = |v: &[f64]| Dimension::numbers("lon", v, Unit::none());
        let globe = Grouping::rolling(&lon(&[0.0, 90.0, 180.0, 270.0]), 3, true, 3).unwrap();
        assert_eq!(globe.places()[0], [3, 0, 1]);
        let greenwich = Grouping::rolling(&lon(&[0.0, 5.0, 350.0, 355.0]), 2, false, 2).unwrap();
        assert_eq!(greenwich.places()[0], [3, 0]);
        assert_eq!(greenwich.places()[2], [2]);
    }

    #[test]
    fn a_climatology_is_the_mean_of_each_month_and_anomalies_sum_to_nothing_in_each() {
        let f = monthly(24);
        let months = Grouping::calendar(&f.dimensions()[0], CalendarPart::Month).unwrap();
        let mean = f.grouped(&months, Reduction::Mean).unwrap();
        assert_eq!(mean.shape(), [12, 2]);
        assert_eq!((mean.data()[[0, 0]], mean.data()[[3, 1]]), (5.0, 108.0));
        let anomalies = f.less_group_means(&months).unwrap();
        assert_eq!(
            (anomalies.data()[[3, 1]], anomalies.data()[[15, 1]]),
            (-5.0, 5.0)
        );
        assert!(
            anomalies
                .grouped(&months, Reduction::Sum)
                .unwrap()
                .data()
                .iter()
                .all(|v| *v == 0.0)
        );
    }

    #[test]
    fn seasons_of_a_calendar_go_on_from_december() {
        let f = monthly(24);
        let parts = Grouping::calendar(&f.dimensions()[0], CalendarPart::Season).unwrap();
        assert_eq!(parts.labels().coordinate.label(0), "DJF");
        assert_eq!(parts.places()[0], [0, 1, 11, 12, 13, 23]);
        let periods = Grouping::periods(&f.dimensions()[0], Period::Months(3)).unwrap();
        assert_eq!(periods.labels().coordinate.label(0), "2014-12-01");
        assert_eq!(
            (&periods.places()[0], &periods.places()[4]),
            (&vec![0, 1], &vec![11, 12, 13])
        );
    }

    #[test]
    fn periods_without_an_instant_are_missing() {
        let f = monthly(3).take("time", &[0, 2]).unwrap();
        let months = Grouping::periods(&f.dimensions()[0], Period::Months(1)).unwrap();
        let sums = f.grouped(&months, Reduction::Sum).unwrap();
        assert_eq!(sums.shape(), [3, 2]);
        assert!(sums.data()[[1, 0]].is_nan() && sums.data()[[2, 0]] == 2.0);
        let years = f
            .grouped(
                &Grouping::periods(&f.dimensions()[0], Period::Months(12)).unwrap(),
                Reduction::Max,
            )
            .unwrap();
        assert_eq!(years.dimensions()[0].coordinate.label(0), "2015-01-01");
    }

    #[test]
    fn a_window_that_moves_is_missing_until_it_is_full() {
        let data = ArrayD::from_shape_vec(vec![5], vec![1.0, 2.0, 6.0, f64::NAN, 4.0]).unwrap();
        let f = Field::new("f", Unit::none(), vec![Dimension::index("x", 5)], data).unwrap();
        let of = |centred, fewest| {
            let windows = Grouping::rolling(&f.dimensions()[0], 3, centred, fewest).unwrap();
            f.grouped(&windows, Reduction::Mean)
                .unwrap()
                .data()
                .iter()
                .map(|v| if v.is_nan() { -1.0 } else { *v })
                .collect::<Vec<_>>()
        };
        assert_eq!(of(false, 3), [-1.0, -1.0, 3.0, -1.0, -1.0]);
        assert_eq!(of(true, 2), [1.5, 3.0, 4.0, 5.0, -1.0]);
        assert!(Grouping::rolling(&f.dimensions()[0], 6, false, 1).is_err());
        let overlapping = Grouping::rolling(&f.dimensions()[0], 3, false, 1).unwrap();
        assert!(f.less_group_means(&overlapping).is_err());
    }

    #[test]
    fn bins_take_what_lies_between_their_edges() {
        let data = ArrayD::from_shape_vec(vec![4], vec![1.0, 2.0, 3.0, 4.0]).unwrap();
        let f = Field::new(
            "f",
            Unit::none(),
            vec![Dimension::numbers(
                "lat",
                vec![-60.0, 0.0, 30.0, 90.0],
                Unit::none(),
            )],
            data,
        )
        .unwrap();
        let bins = Grouping::bins(&f.dimensions()[0], &[-90.0, 0.0, 90.0]).unwrap();
        assert_eq!(
            f.grouped(&bins, Reduction::Mean)
                .unwrap()
                .data()
                .as_slice()
                .unwrap(),
            [1.0, 3.0]
        );
        assert_eq!(
            f.grouped(&bins, Reduction::Quantile(1.0))
                .unwrap()
                .data()
                .as_slice()
                .unwrap(),
            [1.0, 4.0]
        );
        assert!(Grouping::bins(&f.dimensions()[0], &[100.0, 200.0]).is_err());
        assert!(Grouping::calendar(&f.dimensions()[0], CalendarPart::Month).is_err());
    }
}
