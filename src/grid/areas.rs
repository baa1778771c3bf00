//! Areas and masses of the cells of a field.

use super::cells::{lat_cells, lon_cells, numbers};
use super::edges_of;
use crate::constants::{EARTH_RADIUS, GRAVITY};
use crate::error::{Error, Result};
use crate::field::{Coordinate, Field};
use crate::units::Unit;
use ndarray::{Array1, Array2};

/// Area of the cells of a field \[m2\], by latitude, and by longitude too where the columns differ
/// in width: between their bounds where those are known, else halfway to the neighbours, around the
/// globe. Without longitudes a cell is the whole band.
///
/// # Errors
/// No latitudes, or latitudes beyond the poles; a single label without bounds.
pub fn cell_areas(field: &Field) -> Result<Field> {
    let sine = |degrees: f64| degrees.to_radians().sin();
    let bands = lat_cells(field)?
        .into_iter()
        .map(|[south, north]| EARTH_RADIUS * EARTH_RADIUS * (sine(north) - sine(south)));
    let widths: Vec<f64> = match field.dimension("lon") {
        Ok(_) => lon_cells(field)?.iter().map(|[w, e]| e - w).collect(),
        Err(_) => vec![360.0],
    };
    let mean = widths.iter().sum::<f64>() / widths.len() as f64;
    let lat = field.dimension("lat")?.clone();
    let unit = Unit::parse("m2")?;
    if widths.iter().all(|w| (w - mean).abs() < 1e-6 * mean) {
        let areas: Array1<f64> = bands.map(|b| b * mean.to_radians()).collect();
        return Field::new("area", unit, vec![lat], areas.into_dyn());
    }
    let bands: Vec<f64> = bands.collect();
    let areas = Array2::from_shape_fn((bands.len(), widths.len()), |(j, i)| {
        bands[j] * widths[i].to_radians()
    });
    let lon = field.dimension("lon")?.clone();
    Field::new("area", unit, vec![lat, lon], areas.into_dyn())
}

/// Weights of a mean over area: [`cell_areas`], where a single row or column need not define its
/// width.
///
/// # Errors
/// As [`cell_areas`].
pub fn area_weights(field: &Field) -> Result<Field> {
    let mut known = field.clone();
    for name in ["lat", "lon"] {
        if let Ok(locations) = numbers(field, name)
            && locations.len() == 1
            && locations.bounds().is_none()
        {
            known = known.at(name, 0)?;
        }
    }
    if known.dimension("lat").is_ok() {
        return cell_areas(&known);
    }
    let lat = field.dimension("lat")?.clone();
    let one = ndarray::ArrayD::from_elem(vec![lat.len()], 1.0);
    match known.dimension("lon") {
        Err(_) => Field::new("area", Unit::none(), vec![lat], one),
        Ok(lon) => {
            let widths: Array1<f64> = lon_cells(&known)?.iter().map(|[w, e]| e - w).collect();
            Field::new("area", Unit::none(), vec![lon.clone()], widths.into_dyn())
        }
    }
}

/// Mass of air in the layers of a field on levels of pressure \[kg m-2\]: thickness between the
/// middles of neighbours, the outermost as far out as in but not beyond a pressure of 0, over
/// gravity.
///
/// # Errors
/// No such dimension, or one whose numbers are not pressures.
pub fn layer_masses(field: &Field, level: &str) -> Result<Field> {
    let dimension = field.dimension(level)?;
    let Coordinate::Numbers(pressure, unit) = &dimension.coordinate else {
        return Err(
            Error::new(format!("\"{level}\" has no pressures")).expected("numbers in Pa or hPa")
        );
    };
    let factor = unit.factor_to(&Unit::parse("Pa")?).map_err(|e| {
        e.at(format!("the levels \"{level}\""))
            .hint("weighted_mean with masses of your own")
    })?;
    let edges: Vec<f64> = edges_of(pressure).into_iter().map(|p| p.max(0.0)).collect();
    let masses: Vec<f64> = edges
        .windows(2)
        .map(|w| (w[1] - w[0]).abs() * factor / GRAVITY)
        .collect();
    Field::new(
        "mass",
        Unit::parse("kg m-2")?,
        vec![dimension.clone()],
        Array1::from(masses).into_dyn(),
    )
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::field::Dimension;

    #[test]
    fn layers_of_pressure_add_up_to_the_column() {
        let levels = Dimension::numbers(
            "level",
            vec![900.0, 700.0, 500.0, 300.0, 100.0],
            Unit::parse("hPa").unwrap(),
        );
        let f = Field::new(
            "q",
            Unit::none(),
            vec![levels],
            ndarray::ArrayD::zeros(vec![5]),
        )
        .unwrap();
        let masses = layer_masses(&f, "level").unwrap();
        assert!((masses.data().sum() - 1e5 / GRAVITY).abs() < 1e-9);
    }
}
