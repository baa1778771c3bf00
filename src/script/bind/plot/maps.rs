//! Maps of fields and of places.

use crate::data;
use crate::error::{Error, Result};
use crate::field::Field;
use crate::plot::labels::in_unit;
use crate::plot::{Map as GlobeMap, MapPoint, Projection};
use crate::script::bind::plot::{Drawing, scale_from, sized, title_of};
use crate::script::{Fallible, Options, attempt, read};
use rhai::plugin::*;
use rhai::{Dynamic, Map, Module};
use std::sync::LazyLock;

/// The functions.
pub(super) fn module() -> Module {
    exported_module!(functions)
}

static COASTLINES: LazyLock<Vec<Vec<(f64, f64)>>> = LazyLock::new(data::coastlines);

fn projection(name: &str) -> Result<Projection> {
    match name {
        "robinson" => Ok(Projection::Robinson),
        "plate_carree" => Ok(Projection::PlateCarree),
        _ => {
            let error = Error::new("there is no such projection")
                .expected("robinson or plate_carree")
                .got(format!("\"{name}\""));
            Err(error.near(name, ["robinson", "plate_carree"]))
        }
    }
}

fn point(value: &Dynamic) -> Result<MapPoint> {
    let mut o = Options::new("a point of plot::map", read("a point", value)?);
    let place = (o.required("lat")?, o.required("lon")?);
    let value = o.or("value", f64::NAN)?;
    o.finish()?;
    let (lat, lon): (f64, f64) = place;
    if !((-90.0..=90.0).contains(&lat) && lon.is_finite()) {
        return Err(Error::new("a point of the map is not on the globe")
            .expected("latitudes from -90 to 90")
            .got(format!("lat {lat}, lon {lon}")));
    }
    Ok(MapPoint { lat, lon, value })
}

/// A map of a field with the options of `plot::map`.
pub(super) fn map_of(field: &Field, options: Map) -> Result<Drawing> {
    let mut o = Options::new("plot::map", options);
    let title = title_of(field, o.find("title")?);
    let (field, unit) = in_unit(field, o.find::<String>("unit")?.as_deref())?;
    let map = GlobeMap::new(&title).field(&field)?.unit(&unit);
    let text = format!(
        "map \"{title}\" of {} x {} cells",
        field.dimension("lat")?.len(),
        field.dimension("lon")?.len()
    );
    finish(map, &mut o, text).and_then(|d| o.finish().map(|()| d))
}

/// A map of points alone.
fn map_of_points(options: Map) -> Result<Drawing> {
    let mut o = Options::new("plot::map", options);
    let title = o.or("title", String::new())?;
    let map = GlobeMap::new(&title).unit(&o.or("unit", String::new())?);
    finish(map, &mut o, format!("map \"{title}\"")).and_then(|d| o.finish().map(|()| d))
}

fn finish(map: GlobeMap, o: &mut Options, text: String) -> Result<Drawing> {
    let points = o.or("points", Vec::<Dynamic>::new())?;
    let points = points.iter().map(point).collect::<Result<Vec<_>>>()?;
    let text = if points.is_empty() {
        text
    } else {
        format!("{text} with {} points", points.len())
    };
    let mut map = map
        .points(points)
        .projection(projection(&o.or("projection", "robinson".to_string())?)?);
    if o.or("coastlines", true)? {
        map = map.coastlines(&COASTLINES);
    }
    if let Some(scale) = scale_from(o)? {
        map = map.scale(scale);
    }
    Drawing::of_map(sized(map, o, GlobeMap::sized)?, text)
}

#[export_module]
mod functions {
    /// A map of a field, or of places alone.
    ///
    /// # Arguments
    /// - `field`: dimensions lat and lon only; leave it out for places alone. Missing values are
    ///   grey.
    /// - `options`: optional. `title`: by default the field's name. `unit`: the values are
    ///   converted to it; beside a field without a unit it is a label. `projection`: `"robinson"`
    ///   or `"plate_carree"`. `limit`: blue, white and red from -limit to limit, white at zero; or
    ///   `range`: `[low, high]`, from dark to light; by default fitted to the values. `points`: an
    ///   array of `#{ lat, lon, value }` \[degrees\], coloured by value, dark without one.
    ///   `coastlines`: true. `width`: 1200, `height`: 730 \[pixels\].
    ///
    /// # Returns
    /// A figure.
    ///
    /// # Errors
    /// Other dimensions, a unit of another kind, only missing values, a point off the globe.
    ///
    /// # Example
    /// ```rhai
    /// let area = grid("4x5").areas();
    /// let figure = plot::map(area, #{ title: "Cells", unit: "km2", points: [#{ lat: 46, lon: 7 }] });
    /// figure.save(output("cells.png"));
    /// plot::map(#{ title: "A place", points: [#{ lat: 19.5, lon: -155.6 }] }).save(output("place.png"));
    /// ```
    #[rhai_fn(return_raw)]
    pub fn map(context: NativeCallContext, field: Dynamic, options: Map) -> Fallible<Drawing> {
        attempt(&context, || map_of(&read("the field", &field)?, options))
    }

    #[rhai_fn(name = "map", return_raw)]
    pub fn map_plain(context: NativeCallContext, field: Dynamic) -> Fallible<Drawing> {
        attempt(&context, || map_of(&read("the field", &field)?, Map::new()))
    }

    #[rhai_fn(name = "map", return_raw)]
    pub fn map_points(context: NativeCallContext, options: Map) -> Fallible<Drawing> {
        attempt(&context, || map_of_points(options))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::units::Unit;

    #[test]
    fn mole_fractions_are_converted_and_plain_numbers_are_labelled() {
        let value = |unit: &str| {
            in_unit(
                &Field::scalar("x", Unit::parse(unit).unwrap(), 4e-4),
                Some("ppm"),
            )
            .unwrap()
            .0
            .value()
            .unwrap()
        };
        assert!((value("mol mol-1") - 400.0).abs() < 1e-9);
        assert_eq!(value(""), 4e-4);
    }
}
