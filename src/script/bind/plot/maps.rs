//! Maps of fields and of places.

use crate::data;
use crate::error::{Error, Result};
use crate::field::Field;
use crate::grid::RegionMap;
use crate::plot::labels::in_unit;
use crate::plot::{Map as GlobeMap, MapPoint, Projection};
use crate::script::bind::plot::options::{Heading, Scale, Size};
use crate::script::bind::plot::{Figure, title_of};
use crate::script::bridge::options::{OptionTable, options};
use crate::script::bridge::rooms::{Rooms, optional};
use crate::script::bridge::value::choice;
use crate::script::{Fallible, attempt, read};
use rhai::plugin::*;
use rhai::{Dynamic, Map};
use std::sync::{Arc, LazyLock};

/// Binds `plot::map`.
pub(super) fn bind(rooms: &mut Rooms) {
    rooms.room("plot", exported_module!(functions));
    optional!(rooms, MapOptions: "plot::map" = functions::map_token);
}

static COASTLINES: LazyLock<Vec<Vec<(f64, f64)>>> = LazyLock::new(data::coastlines);

choice!(Projection, "projection", {
    "robinson" => Projection::Robinson,
    "plate_carree" => Projection::PlateCarree,
});

options! {
    /// A place on a map.
    pub(super) struct PointOptions of "a point of plot::map" {
        /// Its latitude.
        lat: f64 ["degrees"],
        /// Its longitude.
        lon: f64 ["degrees"],
        /// The value that colours it; it is dark without one.
        value: Option<f64>,
    }
}

options! {
    /// Options of a map.
    pub(super) struct MapOptions of "plot::map" with heading: Heading, scale: Scale, size: Size {
        /// How the globe is laid flat; where not given Robinson, and for a region the plate carree.
        projection: Option<Projection>,
        /// Places that are marked.
        points: Vec<PointOptions> = Vec::new(),
        /// Whether coastlines are drawn.
        coastlines: bool = true,
    }
}

fn point(o: &PointOptions) -> Result<MapPoint> {
    let (lat, lon) = (o.lat, o.lon);
    if !((-90.0..=90.0).contains(&lat) && lon.is_finite()) {
        return Err(Error::new("a point of the map is not on the globe")
            .expected("latitudes from -90 to 90")
            .got(format!("lat {lat}, lon {lon}")));
    }
    let value = o.value.unwrap_or(f64::NAN);
    Ok(MapPoint { lat, lon, value })
}

/// A map of a field.
pub(super) fn map_of(field: &Field, o: &MapOptions) -> Result<Figure> {
    let title = title_of(field, o.heading.title.clone());
    let (field, unit) = in_unit(field, o.heading.unit.as_deref())?;
    let map = GlobeMap::new(&title).field(&field)?.unit(&unit);
    let text = format!(
        "map \"{title}\" of {} x {} cells",
        field.dimension("lat")?.len(),
        field.dimension("lon")?.len()
    );
    finish(map, o, text)
}

/// A map of regions, each named in a legend.
fn map_of_regions(regions: &RegionMap, o: &MapOptions) -> Result<Figure> {
    let names = regions.names();
    let title = o.heading.title.clone();
    let title = title.unwrap_or_else(|| format!("{} regions", names.len()));
    let (grid, values) = (regions.grid(), regions.regions().mapv(|r| r as f64));
    let map = GlobeMap::new(&title).values(grid.lat_edges(), grid.lon_edges(), values.view());
    let text = format!("map \"{title}\" of {} regions", names.len());
    finish(map.categories(names), o, text)
}

/// A map of points alone.
fn map_of_points(o: &MapOptions) -> Result<Figure> {
    let title = o.heading.title();
    let unit = o.heading.unit.as_deref().unwrap_or("");
    let map = GlobeMap::new(&title).unit(unit);
    finish(map, o, format!("map \"{title}\""))
}

fn finish(map: GlobeMap, o: &MapOptions, text: String) -> Result<Figure> {
    let points = o.points.iter().map(point).collect::<Result<Vec<_>>>()?;
    let text = if points.is_empty() {
        text
    } else {
        format!("{text} with {} points", points.len())
    };
    let mut map = map.points(points);
    if let Some(projection) = o.projection {
        map = map.projection(projection);
    }
    if o.coastlines {
        map = map.coastlines(&COASTLINES);
    }
    if let Some(scale) = o.scale.colours()? {
        map = map.scale(scale);
    }
    let map = o.size.of(map, GlobeMap::sized)?;
    match map.has_categories() {
        true => Figure::new(map, text),
        false => Figure::of_map(map, text),
    }
}

#[export_module]
mod functions {
    /// A map of a field, or of places alone.
    ///
    /// # Arguments
    /// - `field`: dimensions lat and lon only, or a region map, whose regions a legend names;
    ///   leave it out for places alone. Missing values are grey. A field of a region fills the
    ///   map, across 180 or 0 degrees too.
    ///
    /// # Returns
    /// A figure, 1200 by 730 pixels unless another size is given.
    ///
    /// # Errors
    /// Other dimensions, a unit of another kind, only missing values, a point off the globe.
    ///
    /// # Example
    /// ```rhai
    /// let area = grid("4x5").areas();
    /// let figure = plot::map(area, #{ title: "Cells", unit: "km2", points: [#{ lat: 46, lon: 7 }] });
    /// figure.save(output("cells.png"));
    /// plot::map(regions::seven(grid("4x5"))).save(output("regions.png"));
    /// plot::map(#{ title: "A place", points: [#{ lat: 19.5, lon: -155.6 }] }).save(output("place.png"));
    /// ```
    #[rhai_fn(return_raw)]
    pub fn map(context: NativeCallContext, field: Dynamic, options: Map) -> Fallible<Figure> {
        attempt(&context, || {
            let o = MapOptions::read(&context, options)?;
            match field.read_lock::<Arc<RegionMap>>() {
                Some(regions) => map_of_regions(&regions, &o),
                None => map_of(&read("the field", &field)?, &o),
            }
        })
    }

    #[rhai_fn(name = "map", return_raw)]
    pub fn map_points(context: NativeCallContext, options: Map) -> Fallible<Figure> {
        attempt(&context, || {
            map_of_points(&MapOptions::read(&context, options)?)
        })
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
