//! Which values of a pooled sample follow each other: those of one site, in time order.

use crate::error::{Error, Result};
use crate::table::{Column, Table};
use crate::time::Time;
use std::collections::BTreeMap;

/// Positions of the values of each sequence, in time order; every position is in one of them.
#[derive(Debug, Clone, PartialEq)]
pub struct Sequences {
    positions: Vec<Vec<usize>>,
    n: usize,
}

impl Sequences {
    /// All values in one sequence, in the order they are in.
    pub fn one(n: usize) -> Self {
        Sequences {
            positions: vec![(0..n).collect()],
            n,
        }
    }

    /// The values of one label (site) in a sequence, in the order of their times, or in the order
    /// they are in.
    ///
    /// # Errors
    /// Another number of times than labels.
    pub fn by<G: AsRef<str>>(labels: &[G], times: Option<&[Time]>) -> Result<Self> {
        if let Some(times) = times.filter(|t| t.len() != labels.len()) {
            return Err(Error::new("every value needs a label and a time")
                .expected(labels.len())
                .got(times.len()));
        }
        let mut members: BTreeMap<&str, Vec<usize>> = BTreeMap::new();
        for (k, label) in labels.iter().enumerate() {
            members.entry(label.as_ref()).or_default().push(k);
        }
        let mut positions: Vec<Vec<usize>> = members.into_values().collect();
        if let Some(times) = times {
            positions
                .iter_mut()
                .for_each(|p| p.sort_by_key(|k| times[*k]));
        }
        Ok(Sequences {
            positions,
            n: labels.len(),
        })
    }

    /// The rows of a table by a column of text, `site` where it has one, in the order of its column
    /// `time` where it has one; all rows in one sequence where nothing distinguishes them.
    ///
    /// # Errors
    /// No such column, one of numbers.
    pub fn of_table(table: &Table, by: Option<&str>) -> Result<Self> {
        let has = |name: &str| table.names().contains(&name);
        let times = match table.column("time") {
            Ok(Column::Times(times)) => Some(times.as_slice()),
            _ => None,
        };
        let Some(by) = by.or(has("site").then_some("site")) else {
            return Sequences::by(&vec![""; table.rows()], times);
        };
        match table.column(by)? {
            Column::Text(labels) => Sequences::by(labels, times),
            Column::Numbers(..) => {
                Err(Error::new(format!("the column \"{by}\" does not hold text")).got("numbers"))
            }
            Column::Times(_) => {
                Err(Error::new(format!("the column \"{by}\" does not hold text")).got("dates"))
            }
        }
    }

    /// Number of values.
    pub fn len(&self) -> usize {
        self.n
    }
    /// Whether there are no values.
    pub fn is_empty(&self) -> bool {
        self.n == 0
    }

    /// The sequences among some of the positions, numbered as they are there.
    pub(super) fn among(&self, positions: &[usize]) -> Self {
        let mut numbers = vec![None; self.n];
        for (number, position) in positions.iter().enumerate() {
            numbers[*position] = Some(number);
        }
        let chosen = |p: &Vec<usize>| p.iter().filter_map(|k| numbers[*k]).collect::<Vec<_>>();
        Sequences {
            positions: self.positions.iter().map(chosen).collect(),
            n: positions.len(),
        }
    }

    /// Refuses sequences of another number of values.
    ///
    /// # Errors
    /// Another number of values.
    pub fn check(&self, n: usize) -> Result<()> {
        match n == self.n {
            true => Ok(()),
            false => Err(Error::new("every value needs the label of its sequence")
                .expected(format!("{n} labels"))
                .got(self.n)),
        }
    }

    /// Every value with the next of its sequence.
    pub(super) fn neighbours(&self) -> impl Iterator<Item = (usize, usize)> {
        let pairs = |p: &Vec<usize>| {
            let pairs: Vec<(usize, usize)> = p.windows(2).map(|w| (w[0], w[1])).collect();
            pairs
        };
        self.positions.iter().flat_map(pairs)
    }

    /// Number of units in the longest sequence, as `Sequences::units` has them.
    pub fn longest(&self, days: Option<&[Time]>) -> usize {
        let all = days.filter(|t| t.len() == self.n);
        self.units(all).iter().map(Vec::len).max().unwrap_or(0)
    }

    /// The sequences as runs of units that are drawn whole: single values, or those of one day.
    pub(super) fn units(&self, days: Option<&[Time]>) -> Vec<Vec<Vec<usize>>> {
        let day = |k: usize| days.map(|t| t[k].seconds().div_euclid(86_400));
        let units = |p: &Vec<usize>| match days {
            None => p.iter().map(|k| vec![*k]).collect(),
            Some(_) => p
                .chunk_by(|a, b| day(*a) == day(*b))
                .map(<[usize]>::to_vec)
                .collect(),
        };
        self.positions.iter().map(units).collect()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn values_follow_the_last_of_their_own_site_in_time() {
        let times = ["2016-07-02", "2016-07-01", "2016-07-01", "2016-07-02T06:00"];
        let times = times.map(|t| t.parse::<Time>().unwrap());
        let by = Sequences::by(&["a", "b", "a", "a"], Some(&times)).unwrap();
        assert_eq!(by.neighbours().collect::<Vec<_>>(), [(2, 0), (0, 3)]);
        assert_eq!(by.units(Some(&times))[0], [vec![2], vec![0, 3]]);
        assert_eq!(
            Sequences::one(3).neighbours().collect::<Vec<_>>(),
            [(0, 1), (1, 2)]
        );
        let some = by.among(&[3, 1, 2]);
        assert_eq!(some.neighbours().collect::<Vec<_>>(), [(2, 0)]);
        assert!(
            some.check(3).is_ok()
                && by.check(3).is_err()
                && Sequences::by(&["a"], Some(&times)).is_err()
        );
    }

    #[test]
    fn rows_of_a_table_follow_each_other_within_its_sites() {
        let text = "site,network,x\na,p,1\nb,p,2\na,p,3\n";
        let table = Table::from_csv(text).unwrap();
        let pairs = |by| -> Vec<(usize, usize)> {
            Sequences::of_table(&table, by)
                .unwrap()
                .neighbours()
                .collect()
        };
        assert_eq!(pairs(None), [(0, 2)]);
        assert_eq!(pairs(Some("network")), [(0, 1), (1, 2)]);
        assert!(Sequences::of_table(&table, Some("x")).is_err());
        let bare = table.select(&["x"]).unwrap();
        assert_eq!(Sequences::of_table(&bare, None).unwrap(), Sequences::one(3));
    }
}
