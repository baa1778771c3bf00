//! Statistics along one dimension of a field, for every other place at once.

use super::{Regression, mean};
use crate::error::{Error, Result};
use crate::field::{Coordinate, Dimension, Field};
use crate::time::{Time, YEAR};
use crate::units::Unit;
use ndarray::{Array1, ArrayD};

/// The labels of a dimension as a field along it: numbers with their unit, positions, or dates as
/// years since the first.
///
/// # Errors
/// A dimension of names.
pub fn coordinate_field(field: &Field, dimension: &str) -> Result<Field> {
    let d = field.dimension(dimension)?;
    let (values, unit): (Vec<f64>, Unit) = match &d.coordinate {
        Coordinate::Index(n) => ((0..*n).map(|k| k as f64).collect(), Unit::none()),
        Coordinate::Numbers(v, unit) => (v.to_vec(), unit.clone()),
        Coordinate::Times(t) => {
            let first = t.iter().min().copied().unwrap_or(Time::from_seconds(0));
            (
                t.iter().map(|t| t.since(first) / YEAR).collect(),
                Unit::parse("yr")?,
            )
        }
        Coordinate::Labels(_) => {
            return Err(Error::new(format!(
                "\"{dimension}\" has names, not numbers"
            )));
        }
    };
    Field::new(
        dimension,
        unit,
        vec![d.clone()],
        Array1::from(values).into_dyn(),
    )
}

/// Lines of regression of `y` on `x` along a dimension, one for each other place.
///
/// # Errors
/// A dimension one of them lacks, labels that differ, dimensions of `x` that `y` does not have.
pub fn regressions(
    y: &Field,
    x: &Field,
    dimension: &str,
) -> Result<(Vec<Regression>, Vec<Dimension>)> {
    if let Some(other) = x
        .dimensions()
        .iter()
        .find(|d| y.dimension(&d.name).is_err())
    {
        return Err(Error::new(format!(
            "\"{}\" has a dimension \"{}\" that \"{}\" does not have",
            x.name, other.name, y.name
        )));
    }
    x.axis(dimension)?;
    let rest: Vec<&str> = y
        .dimensions()
        .iter()
        .map(|d| d.name.as_str())
        .filter(|n| *n != dimension)
        .collect();
    let order = [&rest[..], &[dimension]].concat();
    y.axis(dimension)?;
    let turned = y.transpose(&order)?;
    let n = turned.dimension(dimension)?.len();
    let (xs, strides) = x.laid_out_for(turned.dimensions())?;
    let (xs, ys) = (
        xs.as_slice().expect("laid out in standard order"),
        turned.data().as_slice().expect("in standard layout"),
    );
    let lengths: Vec<usize> = turned.shape()[..rest.len()].to_vec();
    let line = |k: usize| {
        let (mut left, mut start) = (k, 0);
        for axis in (0..lengths.len()).rev() {
            start += left % lengths[axis] * strides[axis];
            left /= lengths[axis];
        }
        Regression::new(&xs[start..start + n], &ys[k * n..(k + 1) * n])
    };
    let count = lengths.iter().product();
    Ok((
        (0..count).map(line).collect::<Result<_>>()?,
        turned.dimensions()[..rest.len()].to_vec(),
    ))
}

/// One number of each line as a field.
///
/// # Errors
/// None for lines that [`regressions`] gave.
pub fn of_lines(
    name: &str,
    unit: Unit,
    lines: &[Regression],
    dimensions: &[Dimension],
    of: impl Fn(&Regression) -> f64,
) -> Result<Field> {
    let shape: Vec<usize> = dimensions.iter().map(Dimension::len).collect();
    let data = ArrayD::from_shape_vec(shape, lines.iter().map(of).collect())
        .map_err(|e| Error::new("the lines do not fit the places").got(e))?;
    Field::new(name, unit, dimensions.to_vec(), data)
}

/// What is left when the line of regression on its own labels is taken out along a dimension.
///
/// # Errors
/// As [`coordinate_field`].
pub fn detrended(field: &Field, dimension: &str) -> Result<Field> {
    let x = coordinate_field(field, dimension)?;
    let (lines, rest) = regressions(field, &x, dimension)?;
    let slope = of_lines("slope", field.unit.over(&x.unit), &lines, &rest, |l| {
        l.slope
    })?;
    let centre = mean(x.data().as_slice().unwrap_or(&[]));
    let line = slope.zip(&x, field.unit.clone(), |b, x| b * (x - centre))?;
    let order: Vec<&str> = field.dimensions().iter().map(|d| d.name.as_str()).collect();
    field.clone().minus(line.transpose(&order)?)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn field() -> Field {
        let times: Vec<Time> = (0..5)
            .map(|y| Time::from_date(2000 + y, 7, 1).unwrap())
            .collect();
        let data = ArrayD::from_shape_fn(vec![5, 2], |k| (k[1] as f64 + 1.0) * k[0] as f64 + 400.0);
        Field::new(
            "co2",
            Unit::parse("ppm").unwrap(),
            vec![Dimension::times(times), Dimension::index("site", 2)],
            data,
        )
        .unwrap()
    }

    #[test]
    fn a_trend_is_per_year_at_every_place() {
        let f = field();
        let (lines, rest) =
            regressions(&f, &coordinate_field(&f, "time").unwrap(), "time").unwrap();
        assert_eq!(rest[0].name, "site");
        assert!((lines[0].slope - 1.0).abs() < 1e-3 && (lines[1].slope - 2.0).abs() < 2e-3);
        assert!(
            detrended(&f, "time")
                .unwrap()
                .data()
                .iter()
                .all(|v| (400.0..405.0).contains(v))
        );
    }

    #[test]
    fn a_field_regressed_on_itself_is_the_line_of_one() {
        let f = field();
        let (lines, _) = regressions(&f, &f, "time").unwrap();
        assert!(
            lines
                .iter()
                .all(|l| (l.slope - 1.0).abs() < 1e-12 && (l.correlation - 1.0).abs() < 1e-12)
        );
        assert!(
            regressions(&f, &f, "tim")
                .unwrap_err()
                .to_string()
                .contains("\"time\"")
        );
    }
}
