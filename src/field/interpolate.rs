//! Linear interpolation along coordinates: to new labels of a dimension, or to points.

use super::{Coordinate, Dimension, Field};
use crate::error::{Error, Result};
use ndarray::{ArrayD, IxDyn};

/// What a position beyond the outermost labels gets.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Outside {
    /// An error.
    Refuse,
    /// NaN.
    Missing,
    /// The value at the outermost label.
    Hold,
}

/// The two positions around a number and the weight of the second; none for a position that is
/// missing.
type Between = Option<(usize, usize, f64)>;

/// The labels of a dimension as ascending or descending numbers.
struct Axis<'a> {
    name: &'a str,
    values: Vec<f64>,
    /// The place of each, where they are not in the order of the field: longitudes across a seam.
    positions: Option<Vec<usize>>,
    /// A full turn of longitudes.
    turns: bool,
}

impl<'a> Axis<'a> {
    fn new(dimension: &'a Dimension) -> Result<Self> {
        let values: Vec<f64> = match &dimension.coordinate {
            Coordinate::Index(n) => (0..*n).map(|k| k as f64).collect(),
            Coordinate::Numbers(v, _) => v.to_vec(),
            Coordinate::Times(v) => v.iter().map(|t| t.seconds() as f64).collect(),
            Coordinate::Labels(_) => {
                return Err(Error::new(format!(
                    "\"{}\" has names, and nothing lies between names",
                    dimension.name
                )));
            }
        };
        let (positions, values) = match (dimension.name.as_str(), &dimension.coordinate) {
            ("lon", Coordinate::Numbers(..)) => longitudes(values),
            _ => (None, values),
        };
        let ordered = |holds: fn(f64, f64) -> bool| values.windows(2).all(|w| holds(w[0], w[1]));
        if values.is_empty() || !(ordered(|a, b| a < b) || ordered(|a, b| a > b)) {
            return Err(Error::new(format!(
                "the labels of \"{}\" are not in order",
                dimension.name
            ))
            .expected("labels that ascend or descend"));
        }
        let span = (values[values.len() - 1] - values[0]).abs();
        let turns = dimension.name == "lon"
            && values.len() > 2
            && span + span / (values.len() - 1) as f64 > 360.0 - 1e-3;
        Ok(Axis {
            name: &dimension.name,
            values,
            positions,
            turns,
        })
    }

    /// The two positions of the field around a number.
    fn between(&self, x: f64, outside: Outside) -> Result<Between> {
        let bracket = self.around(x, outside)?;
        Ok(match (bracket, &self.positions) {
            (Some((a, b, w)), Some(positions)) => Some((positions[a], positions[b], w)),
            _ => bracket,
        })
    }

    fn around(&self, x: f64, outside: Outside) -> Result<Between> {
        let (v, n) = (&self.values, self.values.len());
        if x.is_nan() {
            return Err(Error::new(format!(
                "a position along \"{}\" is not a number",
                self.name
            )));
        }
        let ascending = v[n - 1] >= v[0];
        let west = v[0].min(v[n - 1]);
        let x = match self.name {
            _ if self.turns => west + (x - west).rem_euclid(360.0),
            // A position is the same any number of turns away.
            "lon" if n > 1 && !(west..=v[0].max(v[n - 1])).contains(&x) => {
                let inside = west + (x - west).rem_euclid(360.0);
                if inside <= v[0].max(v[n - 1]) {
                    inside
                } else {
                    x
                }
            }
            _ => x,
        };
        let above = v.partition_point(|p| if ascending { *p <= x } else { *p >= x });
        if above > 0 && v[above - 1] == x {
            return Ok(Some((above - 1, above - 1, 0.0)));
        }
        if above > 0 && above < n {
            return Ok(Some((
                above - 1,
                above,
                (x - v[above - 1]) / (v[above] - v[above - 1]),
            )));
        }
        if self.turns {
            let (low, high) = if ascending { (n - 1, 0) } else { (0, n - 1) };
            return Ok(Some((low, high, (x - v[low]) / (v[high] + 360.0 - v[low]))));
        }
        match outside {
            Outside::Missing => Ok(None),
            Outside::Hold => Ok(Some((above.min(n - 1), above.min(n - 1), 0.0))),
            Outside::Refuse => Err(Error::new(format!(
                "a position beyond the ends of \"{}\"",
                self.name
            ))
            .expected(format!("{} to {}", v[0], v[n - 1]))
            .got(x)
            .hint("#{ outside: \"missing\" }, or \"hold\" for the value at the end")),
        }
    }
}

/// Longitudes that ascend or descend within a turn as they are, others eastward across the seam.
fn longitudes(values: Vec<f64>) -> (Option<Vec<usize>>, Vec<f64>) {
    let descends = values.len() > 1 && values.windows(2).all(|w| w[1] < w[0]);
    if descends {
        return (None, values);
    }
    let (positions, east) = super::eastward(&values);
    let in_order = positions.windows(2).all(|w| w[1] == w[0] + 1);
    ((!in_order).then_some(positions), east)
}

impl Field {
    /// The values between the labels of a dimension, linearly; `to` takes the place of its labels
    /// (dates for dates).
    ///
    /// # Errors
    /// A dimension of names or out of order; a position beyond its ends, if that is refused.
    pub fn interpolated(&self, dimension: &str, to: Coordinate, outside: Outside) -> Result<Field> {
        let axis = self.axis(dimension)?;
        let along = Axis::new(&self.dimensions()[axis])?;
        let wanted = numbers_like(&self.dimensions()[axis], &to)?;
        let between = wanted
            .iter()
            .map(|x| along.between(*x, outside))
            .collect::<Result<Vec<_>>>()?;
        let (n, inner) = (
            self.shape()[axis],
            self.shape()[axis + 1..].iter().product::<usize>(),
        );
        let contiguous = self.data().as_standard_layout();
        let values = contiguous.as_slice().expect("standard layout");
        let mut out = Vec::with_capacity(values.len() / n * between.len());
        for block in values.chunks((n * inner).max(1)) {
            for position in &between {
                match position {
                    None => out.extend(std::iter::repeat_n(f64::NAN, inner)),
                    Some((a, _, 0.0)) => out.extend_from_slice(&block[a * inner..(a + 1) * inner]),
                    Some((a, b, w)) => {
                        let (low, high) = (
                            &block[a * inner..(a + 1) * inner],
                            &block[b * inner..(b + 1) * inner],
                        );
                        out.extend(low.iter().zip(high).map(|(p, q)| p + (q - p) * w));
                    }
                }
            }
        }
        let mut dimensions = self.dimensions().to_vec();
        dimensions[axis].coordinate = to;
        let shape: Vec<usize> = dimensions.iter().map(Dimension::len).collect();
        Ok(self.assemble(
            dimensions,
            ArrayD::from_shape_vec(IxDyn(&shape), out).expect("as many values as positions"),
        ))
    }

    /// The values at points, linearly between the labels of several dimensions at once; those
    /// become the dimension `point`.
    ///
    /// # Errors
    /// Lists of other lengths; as [`Field::interpolated`].
    pub fn at_points(&self, positions: &[(&str, Coordinate)], outside: Outside) -> Result<Field> {
        let n = positions.first().map_or(0, |(_, c)| c.len());
        if let Some((name, c)) = positions.iter().find(|(_, c)| c.len() != n) {
            return Err(
                Error::new("every point needs a position along each dimension")
                    .expected(n)
                    .got(format!("{} along \"{name}\"", c.len())),
            );
        }
        let named: Vec<&str> = positions.iter().map(|(name, _)| *name).collect();
        let rest = self
            .dimensions()
            .iter()
            .map(|d| d.name.as_str())
            .filter(|d| !named.contains(d));
        let order: Vec<&str> = named.iter().copied().chain(rest).collect();
        let turned = self.transpose(&order)?;
        let corners = corners(&turned, positions, outside)?;
        let inner: usize = turned.shape()[positions.len()..].iter().product();
        let values = turned
            .data()
            .as_slice()
            .expect("a transposition is in standard layout");
        let mut out = vec![0.0; n * inner];
        for (row, corners) in out.chunks_mut(inner.max(1)).zip(&corners) {
            for (at, w) in corners {
                row.iter_mut()
                    .zip(&values[at * inner..(at + 1) * inner])
                    .for_each(|(s, v)| *s += w * v);
            }
            if corners.is_empty() {
                row.fill(f64::NAN);
            }
        }
        let dimensions: Vec<Dimension> = std::iter::once(Dimension::index("point", n))
            .chain(turned.dimensions()[positions.len()..].iter().cloned())
            .collect();
        let shape: Vec<usize> = dimensions.iter().map(Dimension::len).collect();
        Ok(turned.assemble(
            dimensions,
            ArrayD::from_shape_vec(IxDyn(&shape), out).expect("a row per point"),
        ))
    }
}

/// For each point the corners around it, as positions in the first dimensions of a field, one for
/// each of the positions, and their weights; none beyond the ends.
fn corners(
    field: &Field,
    positions: &[(&str, Coordinate)],
    outside: Outside,
) -> Result<Vec<Vec<(usize, f64)>>> {
    let n = positions.first().map_or(0, |(_, c)| c.len());
    let mut corners: Vec<Vec<(usize, f64)>> = vec![vec![(0, 1.0)]; n];
    for (dimension, (_, coordinate)) in field.dimensions().iter().zip(positions) {
        let along = Axis::new(dimension)?;
        for (point, x) in numbers_like(dimension, coordinate)?.into_iter().enumerate() {
            let two = match along
                .between(x, outside)
                .map_err(|e| e.at(format!("point {point}")))?
            {
                None => vec![],
                Some((a, _, 0.0)) => vec![(a, 1.0)],
                Some((a, b, w)) => vec![(a, 1.0 - w), (b, w)],
            };
            let old = std::mem::take(&mut corners[point]);
            corners[point] = old
                .iter()
                .flat_map(|(at, u)| {
                    two.iter()
                        .map(move |(c, w)| (at * dimension.len() + c, u * w))
                })
                .collect();
        }
    }
    Ok(corners)
}

/// Positions along a dimension as numbers; dates belong to dates only.
fn numbers_like(dimension: &Dimension, positions: &Coordinate) -> Result<Vec<f64>> {
    match (&dimension.coordinate, positions) {
        (Coordinate::Times(_), Coordinate::Times(t)) => {
            Ok(t.iter().map(|t| t.seconds() as f64).collect())
        }
        (Coordinate::Times(_), _) => Err(Error::new(format!(
            "positions along \"{}\"",
            dimension.name
        ))
        .expected("dates")
        .got("numbers or names")),
        (Coordinate::Numbers(_, unit), Coordinate::Numbers(v, other)) => {
            let bare = unit.is_none() || other.is_none();
            let (factor, shift) = if bare {
                (1.0, 0.0)
            } else {
                other
                    .conversion_to(unit)
                    .map_err(|e| e.at(format!("positions along \"{}\"", dimension.name)))?
            };
            Ok(v.iter().map(|x| x * factor + shift).collect())
        }
        (_, Coordinate::Numbers(v, _)) => Ok(v.to_vec()),
        (_, Coordinate::Index(n)) => Ok((0..*n).map(|k| k as f64).collect()),
        _ => Err(
            Error::new(format!("positions along \"{}\"", dimension.name))
                .expected("numbers")
                .got("dates or names"),
        ),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::units::Unit;

    fn numbers(v: &[f64]) -> Coordinate {
        Coordinate::Numbers(v.to_vec().into(), Unit::none())
    }

    /// lat + 10 lon on a grid whose latitudes descend.
    fn field() -> Field {
        let (lat, lon) = ([60.0, 0.0, -60.0], [0.0, 90.0, 180.0, 270.0]);
        let data = ArrayD::from_shape_fn(vec![3, 4], |k| lat[k[0]] + 10.0 * lon[k[1]]);
        let dimensions = vec![
            Dimension::numbers("lat", lat.to_vec(), Unit::none()),
            Dimension::numbers("lon", lon.to_vec(), Unit::none()),
        ];
        Field::new("f", Unit::none(), dimensions, data).unwrap()
    }

    #[test]
    fn a_linear_field_is_met_exactly_between_its_labels() {
        let at = field()
            .interpolated("lat", numbers(&[45.0, -60.0, 0.0]), Outside::Refuse)
            .unwrap();
        assert_eq!(
            (0..3).map(|k| at.data()[[k, 1]]).collect::<Vec<_>>(),
            [945.0, 840.0, 900.0]
        );
        let points = field()
            .at_points(
                &[
                    ("lon", numbers(&[45.0, 180.0])),
                    ("lat", numbers(&[30.0, -15.0])),
                ],
                Outside::Refuse,
            )
            .unwrap();
        assert_eq!(points.data().as_slice().unwrap(), [480.0, 1785.0]);
    }

    #[test]
    fn longitudes_go_round() {
        let at = field()
            .interpolated("lon", numbers(&[315.0, -45.0]), Outside::Refuse)
            .unwrap();
        assert_eq!(at.data()[[1, 0]], 1350.0);
        assert_eq!(at.data()[[1, 1]], 1350.0);
    }

    #[test]
    fn beyond_the_ends_is_refused_missing_or_held() {
        let beyond = |o| field().interpolated("lat", numbers(&[75.0]), o);
        assert!(
            beyond(Outside::Refuse)
                .unwrap_err()
                .to_string()
                .contains("60 to -60")
        );
        assert!(beyond(Outside::Missing).unwrap().data()[[0, 0]].is_nan());
        assert_eq!(beyond(Outside::Hold).unwrap().data()[[0, 0]], 60.0);
    }

    #[test]
    fn a_missing_neighbour_without_weight_does_no_harm() {
        let data = ArrayD::from_shape_vec(vec![3], vec![f64::NAN, 2.0, 4.0]).unwrap();
        let f = Field::new(
            "f",
            Unit::none(),
            vec![Dimension::numbers("x", vec![0.0, 1.0, 2.0], Unit::none())],
            data,
        )
        .unwrap();
        let at = f
            .at_points(&[("x", numbers(&[1.0, 1.5, 0.5]))], Outside::Refuse)
            .unwrap();
        assert_eq!(
            (at.data()[[0]], at.data()[[1]], at.data()[[2]].is_nan()),
            (2.0, 3.0, true)
        );
    }
}
