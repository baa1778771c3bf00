//! What is made of groups of positions: reductions, and values less the mean of their group.

use super::tally::{Shape, Tally};
use super::{Dimension, Field, Grouping, Reduction};
use crate::error::{Error, Result};
use ndarray::{ArrayD, ArrayView1, IxDyn};

impl Field {
    /// What each group is reduced to; the groups take the place of the dimension.
    ///
    /// # Errors
    /// The field does not have the dimension, or has another of the groups' name.
    pub fn grouped(&self, groups: &Grouping, how: Reduction) -> Result<Field> {
        let axis = self.axis(groups.along())?;
        let mut dimensions = self.dimensions().to_vec();
        dimensions[axis] = groups.labels().clone();
        let values = match how {
            Reduction::Quantile(_) => self.quantiles_of(axis, groups, how),
            _ => self.tallied_groups(axis, groups, how),
        };
        let shape: Vec<usize> = dimensions.iter().map(Dimension::len).collect();
        let data = ArrayD::from_shape_vec(IxDyn(&shape), values)
            .expect("a value per group and other position");
        let mut field = Field::new(&self.name, how.unit(&self.unit), dimensions, data)?;
        field.attributes = self.attributes.clone();
        if groups.fewest() <= 1 && how != Reduction::Sum || how == Reduction::Count {
            return Ok(field);
        }
        let counts = self.grouped(groups, Reduction::Count)?;
        let few = groups.fewest() as f64;
        field.zip(&counts, field.unit.clone(), |v, n| {
            if n < few { f64::NAN } else { v }
        })
    }

    /// Each value less its group's mean: a seasonal cycle taken out.
    ///
    /// # Errors
    /// As [`Field::grouped`]; positions in two groups.
    pub fn less_group_means(&self, groups: &Grouping) -> Result<Field> {
        let axis = self.axis(groups.along())?;
        let mut group_of = vec![None; self.shape()[axis]];
        for (g, positions) in groups.positions().iter().enumerate() {
            for k in positions {
                if group_of[*k].replace(g).is_some() {
                    return Err(
                        Error::new("an anomaly needs every position in one group only")
                            .got(format!("a position along \"{}\" in two", groups.along())),
                    );
                }
            }
        }
        let means = self.grouped(groups, Reduction::Mean)?;
        let inner: usize = self.shape()[axis + 1..].iter().product();
        let (contiguous, n) = (self.data().as_standard_layout(), self.shape()[axis]);
        let (values, means) = (
            contiguous.as_slice().expect("standard layout"),
            means.data().as_slice().expect("made in standard layout"),
        );
        let mut out = Vec::with_capacity(values.len());
        for (block, row) in values.chunks(inner.max(1)).enumerate() {
            match group_of[block % n] {
                Some(g) => {
                    let start = (block / n * groups.positions().len() + g) * inner;
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
        let contiguous = self.data().as_standard_layout();
        let values = contiguous.as_slice().expect("standard layout");
        let outer = values.len().checked_div(n * inner).unwrap_or(0);
        let mut tally = Tally::new(how, outer * groups.positions().len() * inner);
        let shape = Shape {
            lengths: &[inner],
            strides: &[1],
        };
        for o in 0..outer {
            for (g, positions) in groups.positions().iter().enumerate() {
                for k in positions {
                    let start = (o * n + k) * inner;
                    tally.add(
                        &values[start..start + inner],
                        shape,
                        None,
                        (o * groups.positions().len() + g) * inner,
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
        let contiguous = self.data().as_standard_layout();
        let values = contiguous.as_slice().expect("standard layout");
        let outer = values.len().checked_div(n * inner).unwrap_or(0);
        let mut out = Vec::with_capacity(outer * groups.positions().len() * inner);
        for o in 0..outer {
            for positions in groups.positions() {
                for i in 0..inner {
                    let line: Vec<f64> = positions
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
    use crate::field::*;
    use crate::time::Time;

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
        assert_eq!(globe.positions()[0], [3, 0, 1]);
        let greenwich = Grouping::rolling(&lon(&[0.0, 5.0, 350.0, 355.0]), 2, false, 2).unwrap();
        assert_eq!(greenwich.positions()[0], [3, 0]);
        assert_eq!(greenwich.positions()[2], [2]);
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
        assert_eq!(parts.positions()[0], [0, 1, 11, 12, 13, 23]);
        let periods = Grouping::periods(&f.dimensions()[0], Period::Months(3)).unwrap();
        assert_eq!(periods.labels().coordinate.label(0), "2014-12-01");
        assert_eq!(
            (&periods.positions()[0], &periods.positions()[4]),
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
