//! Regions from GeoJSON (RFC 7946): polygons and multipolygons with a name among their properties.

use super::{LatLonGrid, Polygon, RegionMap};
use crate::error::{Error, Result};
use ndarray::Array2;
use serde::Deserialize;
use serde_json::{Map, Value};

/// A ring as GeoJSON writes it: longitude and latitude first, an altitude is passed over.
type Ring = Vec<Vec<f64>>;

#[derive(Deserialize)]
#[serde(tag = "type")]
enum Document {
    FeatureCollection { features: Vec<Feature> },
    Feature(Feature),
}

#[derive(Deserialize)]
struct Feature {
    properties: Option<Map<String, Value>>,
    geometry: Option<Geometry>,
}

#[derive(Deserialize)]
#[serde(tag = "type")]
enum Geometry {
    Polygon {
        coordinates: Vec<Ring>,
    },
    MultiPolygon {
        coordinates: Vec<Vec<Ring>>,
    },
    #[serde(rename = "GeometryCollection")]
    Collection {
        geometries: Vec<Geometry>,
    },
    #[serde(other)]
    Other,
}

impl Geometry {
    /// The rings of every polygon; points and lines have none.
    fn polygons(self) -> Vec<Vec<Ring>> {
        match self {
            Geometry::Polygon { coordinates } => vec![coordinates],
            Geometry::MultiPolygon { coordinates } => coordinates,
            Geometry::Collection { geometries } => geometries
                .into_iter()
                .flat_map(Geometry::polygons)
                .collect(),
            Geometry::Other => vec![],
        }
    }
}

impl Feature {
    fn name(&self, property: &str) -> Result<String> {
        match self.properties.as_ref().and_then(|p| p.get(property)) {
            Some(Value::String(name)) => Ok(name.clone()),
            Some(Value::Number(number)) => Ok(number.to_string()),
            _ => {
                let known: Vec<&str> = self
                    .properties
                    .iter()
                    .flatten()
                    .map(|(k, _)| k.as_str())
                    .collect();
                Err(Error::new(format!(
                    "a feature has no property \"{property}\" to name its region by"
                ))
                .got(format!("properties {}", known.join(", ")))
                .hint("property: the one that names regions"))
            }
        }
    }
}

fn polygon(rings: Vec<Ring>) -> Result<Polygon> {
    let corner = |c: &Vec<f64>| {
        (
            c.first().copied().unwrap_or(f64::NAN),
            c.get(1).copied().unwrap_or(f64::NAN),
        )
    };
    Polygon::new(
        &rings
            .iter()
            .map(|r| r.iter().map(corner).collect())
            .collect::<Vec<_>>(),
    )
}

/// The polygons of every region by name, in the order they are first met.
fn regions(text: &str, property: &str) -> Result<Vec<(String, Vec<Polygon>)>> {
    let document: Document = serde_json::from_str(text).map_err(|e| {
        Error::new("this is not GeoJSON of features")
            .expected("a FeatureCollection or a Feature with polygons")
            .got(e)
    })?;
    let features = match document {
        Document::FeatureCollection { features } => features,
        Document::Feature(one) => vec![one],
    };
    let mut regions: Vec<(String, Vec<Polygon>)> = vec![];
    for (k, feature) in features.into_iter().enumerate() {
        let location = |e: Error| e.at(format!("feature {k}"));
        let name = feature.name(property).map_err(location)?;
        let polygons = feature
            .geometry
            .map_or(vec![], Geometry::polygons)
            .into_iter()
            .map(polygon)
            .collect::<Result<Vec<_>>>()
            .map_err(location)?;
        if polygons.is_empty() {
            return Err(location(
                Error::new(format!("region \"{name}\" has no polygon"))
                    .expected("a Polygon or a MultiPolygon"),
            ));
        }
        match regions.iter_mut().find(|(n, _)| *n == name) {
            Some((_, all)) => all.extend(polygons),
            None => regions.push((name, polygons)),
        }
    }
    Ok(regions)
}

impl RegionMap {
    /// From GeoJSON text: a cell belongs to the region whose polygons hold its centre. Features of
    /// one name make one region; `property` holds the names; `rest` names the cells in no polygon,
    /// without it they are holes.
    ///
    /// # Errors
    /// Text that is no GeoJSON, a feature without name or polygon, holes, overlaps, a region
    /// without cells.
    pub fn from_geojson(
        grid: &LatLonGrid,
        text: &str,
        property: &str,
        rest: Option<&str>,
    ) -> Result<Self> {
        let regions = regions(text, property)?;
        let inside = |polygons: &[Polygon]| {
            Array2::from_shape_fn((grid.n_lat(), grid.n_lon()), |(j, i)| {
                polygons
                    .iter()
                    .any(|p| p.holds(grid.lat()[j], grid.lon()[i]))
            })
        };
        let mut masks: Vec<(String, Array2<bool>)> = regions
            .iter()
            .map(|(name, polygons)| (name.clone(), inside(polygons)))
            .collect();
        if let Some(rest) = rest {
            let covered = |cell| masks.iter().any(|(_, mask)| mask[cell]);
            let open = Array2::from_shape_fn((grid.n_lat(), grid.n_lon()), |cell| !covered(cell));
            if open.iter().any(|o| *o) {
                masks.push((rest.to_string(), open));
            }
        }
        RegionMap::from_masks(grid, &masks)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn feature(name: &str, geometry: &str) -> String {
        format!(
            r#"{{"type": "Feature", "properties": {{"name": {name}, "size": 3}}, "geometry": {geometry}}}"#
        )
    }

    fn collection(features: &[String]) -> String {
        format!(
            r#"{{"type": "FeatureCollection", "features": [{}]}}"#,
            features.join(", ")
        )
    }

    const NORTH: &str = r#"{"type": "Polygon", "coordinates": [[[-180, 0], [180, 0], [180, 90], [-180, 90], [-180, 0]],
        [[10, 20], [50, 20], [50, 60], [10, 60], [10, 20]]]}"#;
    const HOLE: &str = r#"{"type": "MultiPolygon", "coordinates": [[[[10, 20, 5], [50, 20, 5], [50, 60, 5], [10, 60, 5]]]]}"#;

    #[test]
    fn holes_are_filled_by_other_regions_and_the_rest_by_a_name() {
        let grid = LatLonGrid::geos(4.0, 5.0).unwrap();
        let text = collection(&[feature("\"North\"", NORTH), feature("7", HOLE)]);
        let map = RegionMap::from_geojson(&grid, &text, "name", Some("South")).unwrap();
        assert_eq!(map.names(), ["North", "7", "South"]);
        let at = |lat: f64, lon: f64| {
            map.names()[map.regions()[[grid.row_of(lat), grid.column_of(lon)]]].as_str()
        };
        assert_eq!(
            (
                at(40.0, 30.0),
                at(40.0, 70.0),
                at(80.0, -180.0),
                at(-40.0, 30.0)
            ),
            ("7", "North", "North", "South")
        );
        let message = RegionMap::from_geojson(&grid, &text, "name", None)
            .unwrap_err()
            .to_string();
        assert!(message.contains("cells without a region"), "{message}");
    }

    #[test]
    fn overlaps_and_features_that_name_no_region_are_refused_with_their_place() {
        let grid = LatLonGrid::geos(4.0, 5.0).unwrap();
        let message = |text: &str| {
            RegionMap::from_geojson(&grid, text, "name", Some("Rest"))
                .unwrap_err()
                .to_string()
        };
        let earth = NORTH.replace(
            "[[10, 20], [50, 20], [50, 60], [10, 60], [10, 20]]",
            "[[0, 0], [1, 0], [1, 1]]",
        );
        assert!(
            message(&collection(&[
                feature("\"A\"", &earth),
                feature("\"B\"", HOLE)
            ]))
            .contains("in A and B")
        );
        assert!(
            message(&collection(&[feature("null", NORTH)]))
                .contains("properties name, size\n  in feature 0")
        );
        assert!(
            message(&collection(&[feature(
                "\"A\"",
                r#"{"type": "Point", "coordinates": [1, 2]}"#
            )]))
            .contains("no polygon")
        );
        assert!(
            message(&feature(
                "\"A\"",
                r#"{"type": "Polygon", "coordinates": [[[1], [2], [3]]]}"#
            ))
            .contains("not on the globe")
        );
        assert!(message("{}").contains("not GeoJSON") && message("[").contains("not GeoJSON"));
    }

    #[test]
    fn features_of_one_name_make_one_region() {
        let grid = LatLonGrid::geos(4.0, 5.0).unwrap();
        let text = collection(&[feature("\"A\"", NORTH), feature("\"A\"", HOLE)]);
        let map = RegionMap::from_geojson(&grid, &text, "name", Some("B")).unwrap();
        assert_eq!(map.names(), ["A", "B"]);
        assert_eq!(map.regions().iter().filter(|r| **r == 0).count(), 72 * 23);
    }
}
