//! Moving, joining and accumulating along named dimensions.

use super::{Coordinate, Dimension, Field};
use crate::error::{Error, Result};
use ndarray::{ArrayD, Axis, Slice, concatenate};

impl Field {
    /// The dimensions in another order.
    ///
    /// # Errors
    /// Names other than those of the field, each once.
    pub fn transpose(&self, order: &[&str]) -> Result<Field> {
        let axes = order
            .iter()
            .map(|n| self.axis(n))
            .collect::<Result<Vec<_>>>()?;
        let mut sorted = axes.clone();
        sorted.sort_unstable();
        if sorted != (0..self.shape().len()).collect::<Vec<_>>() {
            let all: Vec<&str> = self.dimensions().iter().map(|d| d.name.as_str()).collect();
            return Err(Error::new("a transposition names every dimension once")
                .expected(all.join(", "))
                .got(order.join(", ")));
        }
        let data = self
            .data()
            .view()
            .permuted_axes(axes.clone())
            .as_standard_layout()
            .into_owned();
        Ok(self.assemble(
            axes.iter().map(|k| self.dimensions()[*k].clone()).collect(),
            data,
        ))
    }

    /// Values moved `n` positions up along a dimension, those pushed over the end coming back at
    /// the start; labels stay.
    ///
    /// # Errors
    /// There is no such dimension.
    pub fn roll(&self, dimension: &str, n: i64) -> Result<Field> {
        let axis = self.axis(dimension)?;
        let len = self.shape()[axis];
        if len == 0 {
            return Ok(self.clone());
        }
        let shift = n.rem_euclid(len as i64) as usize;
        let inner: usize = self.shape()[axis + 1..].iter().product();
        let contiguous = self.data().as_standard_layout();
        let values = contiguous.as_slice().expect("standard layout is a slice");
        let mut out = Vec::with_capacity(values.len());
        for block in values.chunks(len * inner) {
            let (head, tail) = block.split_at((len - shift) * inner);
            out.extend_from_slice(tail);
            out.extend_from_slice(head);
        }
        Ok(self.refilled(out, self.unit.clone()))
    }

    /// Differences of neighbours along a dimension, one fewer, labelled by the later one.
    ///
    /// # Errors
    /// There is no such dimension, or it is empty.
    pub fn diff(&self, dimension: &str) -> Result<Field> {
        let axis = self.axis(dimension)?;
        let n = self.shape()[axis];
        if n == 0 {
            return Err(Error::new(format!(
                "\"{dimension}\" is empty and has no differences"
            )));
        }
        let later = self.data().slice_axis(Axis(axis), Slice::from(1..));
        let earlier = self.data().slice_axis(Axis(axis), Slice::from(..n - 1));
        let mut dimensions = self.dimensions().to_vec();
        dimensions[axis].coordinate = dimensions[axis]
            .coordinate
            .take(&(1..n).collect::<Vec<_>>());
        let unit = self.unit.of_difference();
        Ok(self.assemble(dimensions, &later - &earlier).with_unit(unit))
    }

    /// Running sums along a dimension.
    ///
    /// # Errors
    /// There is no such dimension.
    pub fn cumulative_sum(&self, dimension: &str) -> Result<Field> {
        let axis = self.axis(dimension)?;
        let mut data = self.data().to_owned();
        data.accumulate_axis_inplace(Axis(axis), |before, now| *now += before);
        Ok(self.assemble(self.dimensions().to_vec(), data))
    }

    /// Fields joined end to end along a dimension that they all have, or had until a label of it
    /// was selected.
    ///
    /// # Errors
    /// No fields, other dimensions, units of different kinds.
    pub fn concat(fields: &[Field], dimension: &str) -> Result<Field> {
        let fields: Vec<Field> = fields.iter().map(|f| f.raised(dimension)).collect();
        let first = fields
            .first()
            .ok_or_else(|| Error::new("there are no fields to join"))?;
        let order: Vec<&str> = first.dimensions().iter().map(|d| d.name.as_str()).collect();
        let alike = fields
            .iter()
            .map(|f| f.beside(&first.unit)?.transpose(&order))
            .collect::<Result<Vec<_>>>()?;
        let axis = first.axis(dimension)?;
        for other in &alike {
            for (k, mine) in first.dimensions().iter().enumerate() {
                if k != axis && mine.len() == other.shape()[k] {
                    super::matching::agree(mine, &other.dimensions()[k])?;
                }
            }
        }
        let views: Vec<_> = alike.iter().map(|f| f.data().view()).collect();
        let data: ArrayD<f64> = concatenate(Axis(axis), &views)
            .map_err(|e| Error::new("these fields do not join").got(e))?;
        let mut dimensions = first.dimensions().to_vec();
        dimensions[axis].coordinate = join(
            &alike
                .iter()
                .map(|f| &f.dimensions()[axis].coordinate)
                .collect::<Vec<_>>(),
        )
        .map_err(|e| e.at(format!("the labels of \"{dimension}\"")))?;
        let joined = first.assemble(dimensions, data);
        Ok(fields.iter().fold(joined, Field::met_by))
    }

    /// Fields side by side along a new outermost dimension, with the labels that were selected
    /// along it where it brings none.
    ///
    /// # Errors
    /// No fields, other dimensions, units of different kinds.
    pub fn stack(fields: &[Field], dimension: Dimension) -> Result<Field> {
        let name = dimension.name.clone();
        let labels: Option<Vec<_>> = fields.iter().map(|f| f.taken_along(&name)).collect();
        let coordinate = match (dimension.coordinate, labels) {
            (Coordinate::Index(_), Some(labels)) if !labels.is_empty() => join(&labels)?,
            (given, _) => given,
        };
        let raised: Vec<Field> = fields
            .iter()
            .map(|f| {
                let dimensions = std::iter::once(Dimension::index(&name, 1))
                    .chain(f.dimensions().iter().cloned())
                    .collect();
                if f.dimensions().iter().any(|d| d.name == name) {
                    return Err(Error::new(format!(
                        "\"{}\" already has a dimension \"{name}\"",
                        f.name
                    ))
                    .hint("concat, to join along it"));
                }
                Ok(f.assemble(dimensions, f.data().to_owned().insert_axis(Axis(0))))
            })
            .collect::<Result<_>>()?;
        Field::concat(&raised, &name)?.labelled(&name, coordinate)
    }
}

impl Field {
    /// Numbers along a dimension of positions, without unit.
    pub fn line(name: &str, values: Vec<f64>) -> Field {
        let dimension = Dimension::index(name, values.len());
        Field::new(
            name,
            crate::units::Unit::none(),
            vec![dimension],
            ndarray::Array1::from(values).into_dyn(),
        )
        .expect("one dimension")
    }

    /// What a function makes of every line along a dimension. Single values take its place, lines
    /// as long as it keep it in its place, others have positions along it.
    ///
    /// # Errors
    /// The function fails, or its lines differ in length or have several dimensions.
    pub fn along_lines(
        &self,
        dimension: &str,
        mut of: impl FnMut(Field) -> Result<Field>,
    ) -> Result<Field> {
        let along = self.dimension(dimension)?.clone();
        let names = || self.dimensions().iter().map(|d| d.name.as_str());
        let rest: Vec<&str> = names().filter(|n| *n != dimension).collect();
        let turned = self.transpose(&[&rest[..], &[dimension]].concat())?;
        let (mut values, mut length, mut unit) = (Vec::new(), None, self.unit.clone());
        let turned_values = turned.data().as_slice().expect("in standard layout");
        let lines: usize = turned.shape()[..rest.len()].iter().product();
        for k in 0..lines {
            let line = turned_values[k * along.len()..(k + 1) * along.len()].to_vec();
            let line = ndarray::Array1::from(line).into_dyn();
            let line = Field::new(&self.name, self.unit.clone(), vec![along.clone()], line)?;
            let made = of(line)?;
            let extent = (!made.dimensions().is_empty()).then(|| made.len());
            if made.dimensions().len() > 1 || *length.get_or_insert(extent) != extent {
                return Err(Error::new(
                    "the function must give one number, or lines of one length",
                )
                .got(format!("{:?} values", made.shape())));
            }
            values.extend(made.data().iter());
            unit = made.unit;
        }
        let mut dimensions = turned.dimensions()[..rest.len()].to_vec();
        match length.flatten() {
            Some(n) if n == along.len() => dimensions.push(along),
            Some(n) => dimensions.push(Dimension::index(dimension, n)),
            None => {}
        }
        let shape: Vec<usize> = dimensions.iter().map(Dimension::len).collect();
        let data = ArrayD::from_shape_vec(shape, values).expect("lines of one length");
        let field = self.assemble(dimensions, data).with_unit(unit);
        let stays = |n: &&str| length.flatten().is_some() || *n != dimension;
        field.transpose(&names().filter(stays).collect::<Vec<_>>())
    }
}

/// The labels one after the other, numbers in the unit of the first.
fn join(parts: &[&Coordinate]) -> Result<Coordinate> {
    use Coordinate::{Index, Labels, Numbers, Times};
    let total = parts.iter().map(|c| c.len()).sum();
    if let Numbers(_, unit) = parts[0]
        && parts.iter().all(|c| matches!(c, Numbers(..)))
    {
        let mut all = Vec::with_capacity(total);
        for part in parts {
            if let Numbers(v, other) = part {
                let bare = unit.is_none() || other.is_none();
                let factor = if bare { 1.0 } else { other.factor_to(unit)? };
                all.extend(v.iter().map(|x| x * factor));
            }
        }
        return Ok(Numbers(all.into(), unit.clone()));
    }
    Ok(match parts[0] {
        Times(_) if parts.iter().all(|c| matches!(c, Times(_))) => Times(
            parts
                .iter()
                .flat_map(|c| if let Times(v) = c { v.to_vec() } else { vec![] })
                .collect(),
        ),
        Labels(_) if parts.iter().all(|c| matches!(c, Labels(_))) => Labels(
            parts
                .iter()
                .flat_map(|c| {
                    if let Labels(v) = c {
                        v.to_vec()
                    } else {
                        vec![]
                    }
                })
                .collect(),
        ),
        _ => Index(total),
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::units::Unit;
    use ndarray::array;

    fn field() -> Field {
        let data = array![[1.0, 2.0, 3.0], [4.0, 5.0, 6.0]].into_dyn();
        Field::new(
            "f",
            Unit::none(),
            vec![Dimension::index("y", 2), Dimension::index("x", 3)],
            data,
        )
        .unwrap()
    }
    fn values(f: &Field) -> Vec<f64> {
        f.data().iter().copied().collect()
    }

    #[test]
    fn rolling_forth_and_back_changes_nothing() {
        assert_eq!(
            values(&field().roll("x", 1).unwrap()),
            [3.0, 1.0, 2.0, 6.0, 4.0, 5.0]
        );
        assert_eq!(
            values(&field().roll("y", 1).unwrap()),
            [4.0, 5.0, 6.0, 1.0, 2.0, 3.0]
        );
        assert_eq!(
            field().roll("x", -2).unwrap().roll("x", 2).unwrap(),
            field()
        );
    }

    #[test]
    fn running_sums_undo_differences() {
        assert_eq!(values(&field().diff("x").unwrap()), [1.0; 4]);
        assert_eq!(
            values(&field().cumulative_sum("y").unwrap()),
            [1.0, 2.0, 3.0, 5.0, 7.0, 9.0]
        );
    }

    #[test]
    fn a_function_of_lines_keeps_or_takes_the_dimension() {
        let means = field()
            .along_lines("y", |l| {
                Ok(Field::line("m", vec![l.data().sum()]).at("m", 0).unwrap())
            })
            .unwrap();
        assert_eq!(
            (means.shape(), values(&means)),
            (&[3][..], vec![5.0, 7.0, 9.0])
        );
        assert_eq!(field().along_lines("y", Ok).unwrap(), field());
        let first = field().along_lines("x", |l| l.take("x", &[0])).unwrap();
        assert_eq!(
            (first.shape(), values(&first)),
            (&[2, 1][..], vec![1.0, 4.0])
        );
        assert!(
            field()
                .along_lines("x", |l| if l.data()[[0]] > 1.0 {
                    l.take("x", &[0])
                } else {
                    Ok(l)
                })
                .is_err()
        );
    }

    #[test]
    fn parts_that_were_taken_join_again() {
        let (a, b) = (
            field().take("x", &[0]).unwrap(),
            field()
                .take("x", &[1, 2])
                .unwrap()
                .transpose(&["x", "y"])
                .unwrap(),
        );
        assert_eq!(Field::concat(&[a, b], "x").unwrap(), field());
        let stacked = Field::stack(&[field(), field()], Dimension::index("member", 2)).unwrap();
        assert_eq!(stacked.shape(), [2, 2, 3]);
        assert!(Field::concat(&[], "x").is_err() && field().transpose(&["x"]).is_err());
    }
}
