//! Longitudes in figures: regions across 180 or 0 degrees are drawn in one piece.

use super::frame::Axis;
use super::lines::number_axis;
use super::side::every;
use super::style::Sizes;
use crate::error::Result;
use crate::field::{Coordinate, Field, eastward};

/// A field with its longitudes eastward without a break; of a region across a seam they begin in
/// its west and go on beyond 180 or 360 degrees.
///
/// # Errors
/// None but those of a field that contradicts itself.
pub fn unrolled(field: &Field) -> Result<Field> {
    let longitude = field.dimensions().iter().find(|d| d.name == "lon");
    let Some(Coordinate::Numbers(values, unit)) = longitude.map(|d| &d.coordinate) else {
        return Ok(field.clone());
    };
    let (order, along) = eastward(values);
    if along[..] == values[..] {
        return Ok(field.clone());
    }
    field
        .take("lon", &order)?
        .labelled("lon", Coordinate::Numbers(along.into(), unit.clone()))
}

/// A horizontal axis of longitudes, marked east and west.
pub(super) fn longitude_axis(
    label: String,
    (low, high): (f64, f64),
    width: f64,
    sizes: &Sizes,
) -> Axis {
    let axis = number_axis(label, (low, high), width, sizes);
    let ticks = every(low, high, 60.0, meridian);
    if ticks.len() < 2 {
        return axis;
    }
    Axis { ticks, ..axis }
}

/// Degrees with their side of the equator or the meridian.
pub(super) fn degrees(value: f64, positive: &str, negative: &str) -> String {
    let side = if value > 0.0 {
        positive
    } else if value < 0.0 {
        negative
    } else {
        ""
    };
    format!("{}°{side}", value.abs())
}

/// A longitude on any turn as degrees east or west.
pub(super) fn meridian(lon: f64) -> String {
    let lon = (lon + 180.0).rem_euclid(360.0) - 180.0;
    if lon == -180.0 {
        "180°".into()
    } else {
        degrees(lon, "E", "W")
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::field::Dimension;
    use crate::units::Unit;

    #[test]
    fn a_region_across_the_date_line_begins_in_its_west() {
        let lon = Dimension::numbers("lon", vec![-180.0, -175.0, 170.0, 175.0], Unit::none());
        let data = ndarray::array![3.0, 4.0, 1.0, 2.0].into_dyn();
        let field = Field::new("x", Unit::none(), vec![lon], data).unwrap();
        let ours = unrolled(&field).unwrap();
        assert_eq!(
            ours.data().iter().copied().collect::<Vec<_>>(),
            [1.0, 2.0, 3.0, 4.0]
        );
        let Coordinate::Numbers(along, _) = &ours.dimensions()[0].coordinate else {
            panic!("longitudes are numbers");
        };
        assert_eq!(along[..], [170.0, 175.0, 180.0, 185.0]);
        assert_eq!(meridian(185.0), "175°W");
    }
}
