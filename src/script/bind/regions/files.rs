//! Region maps from points, tables and files.

use crate::error::{Error, Result};
use crate::field::{Coordinate, Field};
use crate::grid::{Grid, MapCheck, RegionMap};
use crate::io::netcdf::read as read_file;
use crate::script::bridge::options::{OptionTable, options};
use crate::script::bridge::rooms::{Rooms, optional};
use crate::script::{Fallible, Host, attempt, read};
use crate::table::{Cell, Table};
use rhai::plugin::*;
use rhai::{Dynamic, Map};
use std::path::Path;
use std::sync::Arc;

/// Binds `regions::from_points`, `from_netcdf`, `from_csv` and `from_geojson`.
pub fn bind(rooms: &mut Rooms) {
    rooms.room("regions", exported_module!(functions));
    optional!(rooms, Reach: "regions::from_points" = functions::from_points_token);
    optional!(rooms, NetcdfOptions: "regions::from_netcdf" = functions::from_netcdf_token);
    optional!(rooms, CsvOptions: "regions::from_csv" = functions::from_csv_token);
    optional!(rooms, GeojsonOptions: "regions::from_geojson" = functions::from_geojson_token);
}

options! {
    /// How far a cell without points looks.
    struct Reach of "regions::from_points" {
        /// The distance within which a cell without points takes the region of the nearest.
        reach_km: f64 ["km"] = 0.0,
    }
}

options! {
    /// Options of a region map from a NetCDF file.
    struct NetcdfOptions of "regions::from_netcdf" with reach: Reach {
        /// A map from number to name, such as `#{ "1": "North" }`; where not given the variable's
        /// flag_meanings, else the numbers.
        names: Option<Map>,
    }
}

options! {
    /// Options of a region map from a CSV file.
    struct CsvOptions of "regions::from_csv" with reach: Reach {
        /// The name of the column of latitudes.
        lat: String = "lat".into(),
        /// The name of the column of longitudes.
        lon: String = "lon".into(),
        /// The name of the column of regions.
        region: String = "region".into(),
        /// A map from number to name where regions are numbered.
        names: Option<Map>,
    }
}

options! {
    /// Options of a region map from polygons.
    struct GeojsonOptions of "regions::from_geojson" {
        /// The property that names the regions.
        property: String = "name".into(),
        /// The region of cells in no polygon; where not given these are holes.
        rest: Option<String>,
    }
}

/// A point with the name of its region.
type Named = (f64, f64, String);

/// The names of region numbers: given, or those of the field's flags (CF), or the number itself.
struct Names(Vec<(f64, String)>);

impl Names {
    fn new(given: Option<Map>, field: Option<&Field>) -> Result<Self> {
        if let Some(map) = given {
            let one = |key: &str, name: &Dynamic| {
                let number = key.parse().map_err(|_| {
                    Error::new("the names of regions go by number")
                        .expected("#{ \"1\": \"North\" }")
                        .got(key)
                })?;
                Ok((number, read(&format!("the name of region {number}"), name)?))
            };
            return map
                .iter()
                .map(|(key, name)| one(key, name))
                .collect::<Result<_>>()
                .map(Names);
        }
        let flag = |name: &str| {
            field
                .and_then(|f| f.attributes.get(name))
                .cloned()
                .unwrap_or_default()
        };
        let values = flag("flag_values");
        let numbers = values
            .split(|c: char| !(c.is_ascii_digit() || ".-+eE".contains(c)))
            .filter_map(|t| t.parse().ok());
        Ok(Names(
            numbers
                .zip(flag("flag_meanings").split_whitespace().map(String::from))
                .collect(),
        ))
    }
    /// Nothing for a missing number, which is a place without a region.
    fn of(&self, number: f64) -> Option<String> {
        let named = self
            .0
            .iter()
            .find(|(n, _)| *n == number)
            .map(|(_, name)| name.clone());
        number
            .is_finite()
            .then(|| named.unwrap_or_else(|| number.to_string()))
    }
}

/// The cells of a field (lat, lon) of region numbers.
fn points_of(field: &Field, names: &Names) -> Result<Vec<Named>> {
    let field = field
        .transpose(&["lat", "lon"])
        .map_err(|e| e.at(format!("the variable {}", field.name)))?;
    let centres = |name: &str| match &field.dimension(name)?.coordinate {
        Coordinate::Numbers(centres, _) => Ok(centres.clone()),
        _ => Err(
            Error::new(format!("a region map needs the coordinate {name}"))
                .at(format!("the variable {}", field.name)),
        ),
    };
    let (lat, lon) = (centres("lat")?, centres("lon")?);
    let cells = field
        .data()
        .iter()
        .enumerate()
        .filter_map(|(k, v)| Some((lat[k / lon.len()], lon[k % lon.len()], names.of(*v)?)));
    Ok(cells.collect())
}

/// The rows of a table; a row whose region is missing is passed over.
fn rows_of(table: &Table, [lat, lon, region]: [&str; 3], names: &Names) -> Result<Vec<Named>> {
    let (lat, lon, region) = (
        table.numbers(lat)?,
        table.numbers(lon)?,
        table.column(region)?,
    );
    let name = |k: usize| match region.cell(k) {
        Cell::Number(number) => names.of(number),
        Cell::Text(text) => (!text.is_empty()).then_some(text),
        Cell::Time(time) => Some(time.to_string()),
    };
    Ok((0..table.rows())
        .filter_map(|k| Some((lat[k], lon[k], name(k)?)))
        .collect())
}

/// The text of a file, or of a map that is GeoJSON itself, and where it is from.
fn geojson(from: &Dynamic) -> Result<(String, String)> {
    if from.is_map() {
        let value: serde_json::Value = rhai::serde::from_dynamic(from)
            .map_err(|e| Error::new("the map has no form in JSON").got(e))?;
        return Ok((value.to_string(), "a map of GeoJSON".to_string()));
    }
    let path: String = read("the path of a file", from)?;
    let text = String::from_utf8(crate::io::read_bytes(path.as_ref())?)
        .map_err(|e| Error::new(format!("{path} cannot be read")).got(e))?;
    Ok((text, path))
}

/// The map, with a warning for cells that stand alone.
fn noted(
    context: &NativeCallContext,
    make: impl FnOnce() -> Result<RegionMap>,
) -> Fallible<Arc<RegionMap>> {
    let map = attempt(context, make)?;
    let check = MapCheck::of_map(&map);
    if !check.orphans.is_empty() {
        Host::of(context).warn(crate::error::Warning::new("lone_cells", check));
    }
    Ok(Arc::new(map))
}

#[export_module]
mod functions {
    /// A region map from points that have names: a cell takes the name that most of the points in
    /// it have, by area.
    ///
    /// # Arguments
    /// - `grid`: the grid.
    /// - `latitude`, `longitude`: arrays \[degrees\].
    /// - `names`: an array of text, the region of each point.
    ///
    /// # Returns
    /// A region map.
    ///
    /// # Errors
    /// A cell without a point in reach, arrays of different lengths.
    ///
    /// # Example
    /// ```rhai
    /// let map = regions::from_points(grid("30x30"), [45, -45], [0, 0], ["North", "South"], #{ reach_km: 13000 });
    /// assert(map.at(60, 100) == "North" && map.at(-60, 100) == "South");
    /// ```
    #[rhai_fn(return_raw)]
    pub fn from_points(
        context: NativeCallContext,
        grid: Arc<Grid>,
        latitude: Dynamic,
        longitude: Dynamic,
        names: Dynamic,
        options: Map,
    ) -> Fallible<Arc<RegionMap>> {
        noted(&context, || {
            let reach_km = Reach::read(&context, options)?.reach_km;
            let (lat, lon): (Vec<f64>, Vec<f64>) = (
                read("the latitudes", &latitude)?,
                read("the longitudes", &longitude)?,
            );
            let names: Vec<String> = read("the names", &names)?;
            if lat.len() != lon.len() || lat.len() != names.len() {
                let got = format!(
                    "{} latitudes, {} longitudes, {} names",
                    lat.len(),
                    lon.len(),
                    names.len()
                );
                return Err(Error::new("every point needs a place and a name").got(got));
            }
            let points: Vec<Named> = lat
                .into_iter()
                .zip(lon)
                .zip(names)
                .map(|((lat, lon), name)| (lat, lon, name))
                .collect();
            RegionMap::from_points(&grid.horizontal, &points, reach_km)
        })
    }

    /// A region map from a variable of a NetCDF file that holds a region number in every cell of
    /// some grid. A cell takes the region that most of it is in.
    ///
    /// # Arguments
    /// - `grid`: the grid of the map.
    /// - `path`: of the file.
    /// - `variable`: a variable over latitude and longitude; missing values are no region.
    ///
    /// # Returns
    /// A region map.
    ///
    /// # Errors
    /// No such file or variable, other dimensions, holes.
    ///
    /// # Example
    /// ```rhai
    /// let seven = regions::seven(grid("4x5"));
    /// let file = write_netcdf(output("seven.nc"), "Regions", seven.field().named("region"));
    /// let names = #{};
    /// for k in 0..7 { names[`${k}`] = seven.names[k]; }
    /// let map = regions::from_netcdf(grid("4x5"), file, "region", #{ names: names });
    /// assert(map.at(45, 90) == "Eurasia");
    /// ```
    #[rhai_fn(return_raw)]
    pub fn from_netcdf(
        context: NativeCallContext,
        grid: Arc<Grid>,
        path: &str,
        variable: &str,
        options: Map,
    ) -> Fallible<Arc<RegionMap>> {
        noted(&context, || {
            let NetcdfOptions { names, reach } = NetcdfOptions::read(&context, options)?;
            let field = read_file(path, variable)?;
            let points =
                points_of(&field, &Names::new(names, Some(&field))?).map_err(|e| e.at(path))?;
            RegionMap::from_points(&grid.horizontal, &points, reach.reach_km)
                .map_err(|e| e.at(path))
        })
    }

    /// A region map from a CSV file with a row for every point of some grid.
    ///
    /// # Arguments
    /// - `grid`: the grid of the map.
    /// - `path`: of the file.
    ///
    /// # Returns
    /// A region map.
    ///
    /// # Errors
    /// No such file or column, holes.
    ///
    /// # Example
    /// ```rhai
    /// let halves = table(#{ lat: [45, -45], lon: [0, 0], region: ["North", "South"] }).write("halves.csv");
    /// let map = regions::from_csv(grid("30x30"), halves, #{ reach_km: 13000 });
    /// assert(map.names == ["South", "North"]);
    /// ```
    #[rhai_fn(return_raw)]
    pub fn from_csv(
        context: NativeCallContext,
        grid: Arc<Grid>,
        path: &str,
        options: Map,
    ) -> Fallible<Arc<RegionMap>> {
        noted(&context, || {
            let o = CsvOptions::read(&context, options)?;
            let table = Table::read_csv(Path::new(path))?;
            let points = rows_of(
                &table,
                [&o.lat, &o.lon, &o.region],
                &Names::new(o.names, None)?,
            )
            .map_err(|e| e.at(path))?;
            RegionMap::from_points(&grid.horizontal, &points, o.reach.reach_km)
                .map_err(|e| e.at(path))
        })
    }

    /// A region map from the polygons of a GeoJSON file; a cell belongs to the polygon that holds
    /// its centre. Polygons may have holes, be made of parts, and cross the antimeridian.
    ///
    /// # Arguments
    /// - `grid`: the grid of the map.
    /// - `from`: the path of the file, or a map that is GeoJSON itself.
    ///
    /// # Returns
    /// A region map.
    ///
    /// # Errors
    /// Text that is no GeoJSON, features without a name, holes, overlaps, a region without cells.
    ///
    /// # Example
    /// ```rhai
    /// let ring = [[160, -20], [-150, -20], [-150, 20], [160, 20], [160, -20]]; // across the antimeridian
    /// let pacific = #{ type: "Feature", properties: #{ name: "Pacific" }, geometry: #{ type: "Polygon", coordinates: [ring] } };
    /// let map = regions::from_geojson(grid("4x5"), pacific, #{ rest: "Elsewhere" });
    /// assert(map.at(0, 180) == "Pacific" && map.at(0, 0) == "Elsewhere");
    /// ```
    #[rhai_fn(return_raw)]
    pub fn from_geojson(
        context: NativeCallContext,
        grid: Arc<Grid>,
        from: Dynamic,
        options: Map,
    ) -> Fallible<Arc<RegionMap>> {
        noted(&context, || {
            let o = GeojsonOptions::read(&context, options)?;
            let (text, origin) = geojson(&from)?;
            RegionMap::from_geojson(&grid.horizontal, &text, &o.property, o.rest.as_deref())
                .map_err(|e| e.at(origin))
        })
    }
}
