//! Groups of positions along a dimension: calendar months over many years, periods one after the
//! other, windows that move, bins, names. All of them are a list of positions for each new label.

use super::{Coordinate, Dimension, eastward, whole_turn};
use crate::error::{Error, Result};

/// Groups of positions along a dimension. A position may be in several groups, as in windows that
/// move, or in none.
#[derive(Debug, Clone, PartialEq)]
pub struct Grouping {
    /// The dimension that is grouped.
    along: String,
    /// What takes its place, one label per group.
    to: Dimension,
    positions: Vec<Vec<usize>>,
    /// Groups with fewer values than this are missing.
    fewest: usize,
}

impl Grouping {
    /// Windows of `width` positions that move along, each labelled by its last position, or by its
    /// middle one; along longitudes eastward, over the seam and around the globe. A window
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
                .expected(format!("1 to {} positions", dimension.len()))
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
        let mut positions = vec![vec![]; n];
        for (k, position) in order.iter().enumerate() {
            // Counted from one turn on, so that a window may begin before the first position.
            let window = n + k + ahead + 1 - width..n + k + ahead + 1;
            let inside = |at: &usize| turns || (n..2 * n).contains(at);
            positions[*position] = window.filter(inside).map(|at| order[at % n]).collect();
        }
        let made = Self::made(
            dimension,
            &dimension.name,
            dimension.coordinate.clone(),
            positions,
        );
        Ok(Grouping { fewest, ..made })
    }

    /// Bins of a dimension of numbers between edges, the upper edge of the last included; labelled
    /// by their middles.
    ///
    /// # Errors
    /// A dimension without numbers, edges that do not ascend, no position in any bin.
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
        let positions: Vec<Vec<usize>> = (0..=last)
            .map(|k| {
                (0..values.len())
                    .filter(|p| inside(values[*p], k))
                    .collect()
            })
            .collect();
        if positions.iter().all(Vec::is_empty) {
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
            positions,
        ))
    }

    /// One group for each name, in the order first met; `names` has one for each position.
    ///
    /// # Errors
    /// Another number of names.
    pub fn names(dimension: &Dimension, to: &str, names: &[String]) -> Result<Self> {
        if names.len() != dimension.len() {
            return Err(Error::new(format!(
                "every position along \"{}\" needs a name",
                dimension.name
            ))
            .expected(dimension.len())
            .got(names.len()));
        }
        let mut groups: Vec<(String, Vec<usize>)> = Vec::new();
        for (k, name) in names.iter().enumerate() {
            match groups.iter_mut().find(|(n, _)| n == name) {
                Some((_, positions)) => positions.push(k),
                None => groups.push((name.clone(), vec![k])),
            }
        }
        let (labels, positions): (Vec<String>, Vec<Vec<usize>>) = groups.into_iter().unzip();
        Ok(Self::made(
            dimension,
            to,
            Coordinate::Labels(labels.into()),
            positions,
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
        let Grouping { positions, .. } = Self::names(dimension, &dimension.name, &texts)?;
        let firsts: Vec<usize> = positions.iter().map(|p| p[0]).collect();
        Ok(Self::made(
            dimension,
            &dimension.name,
            dimension.coordinate.take(&firsts),
            positions,
        ))
    }

    pub(super) fn made(
        dimension: &Dimension,
        name: &str,
        coordinate: Coordinate,
        positions: Vec<Vec<usize>>,
    ) -> Self {
        Grouping {
            along: dimension.name.clone(),
            to: Dimension {
                name: name.to_string(),
                coordinate,
            },
            positions,
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
    /// The positions of each group.
    pub fn positions(&self) -> &[Vec<usize>] {
        &self.positions
    }
    /// Groups with fewer positions than this are missing.
    pub fn fewest(&self) -> usize {
        self.fewest
    }
}
