//! Regions from points that have names, such as the cells of another grid or the rows of a table.

use super::{LatLonGrid, RegionMap, check_place, chord_km};
use crate::error::{Error, Result};
use std::collections::{BTreeMap, HashMap};

/// Points nearer than this are one \[degrees\].
const SAME: f64 = 1e-7;

impl RegionMap {
    /// From points (lat, lon \[degrees\], name): a cell takes the name with most weight among the
    /// points in it, which weigh as the cosine of their latitude, as equal areas do; of equals the
    /// one met first. A cell without points takes the name of the nearest within `reach_km`.
    ///
    /// # Errors
    /// A point that is not on the globe, a cell without a point in reach.
    pub fn from_points(
        grid: &LatLonGrid,
        points: &[(f64, f64, String)],
        reach_km: f64,
    ) -> Result<Self> {
        let points = &each_once(points)?;
        let mut points_of_cell: BTreeMap<(usize, usize), Vec<(&str, f64)>> = BTreeMap::new();
        for (lat, lon, name) in points {
            let votes = points_of_cell
                .entry((grid.row_of(*lat), grid.column_of(*lon)))
                .or_default();
            let weight = lat.to_radians().cos().max(1e-9);
            match votes.iter_mut().find(|(n, _)| *n == name.as_str()) {
                Some((_, sum)) => *sum += weight,
                None => votes.push((name, weight)),
            }
        }
        // Rounding must not decide between equals.
        let most = |votes: &[(&str, f64)]| {
            let largest = votes.iter().fold(0.0f64, |a, v| a.max(v.1));
            votes
                .iter()
                .find(|v| v.1 >= largest * (1.0 - 1e-9))
                .map(|v| v.0.to_string())
        };
        RegionMap::from_function(grid, |lat, lon, j, i| {
            Ok(points_of_cell
                .get(&(j, i))
                .and_then(|v| most(v))
                .or_else(|| nearest(points, (lat, lon), reach_km)))
        })
    }
}

/// The points without those that are given again, such as the meridian at 0 and at 360 degrees.
///
/// # Errors
/// A point that is not on the globe, or is there twice with different names.
fn each_once(points: &[(f64, f64, String)]) -> Result<Vec<(f64, f64, String)>> {
    let mut known: HashMap<[i64; 2], usize> = HashMap::with_capacity(points.len());
    let mut once = Vec::with_capacity(points.len());
    for (row, point) in points.iter().enumerate() {
        let (lat, lon, name) = point;
        check_place(*lat, *lon).map_err(|e| e.at(format!("point {row}")))?;
        let key = [*lat, lon.rem_euclid(360.0)].map(|x| (x / SAME).round() as i64);
        match known.get(&key) {
            None => {
                known.insert(key, row);
                once.push(point.clone());
            }
            Some(first) if points[*first].2 != *name => {
                return Err(Error::new("a point is in two regions")
                    .expected("each point once, or always in one region")
                    .got(format!("\"{}\" and \"{name}\"", points[*first].2))
                    .at(format!("points {first} and {row}, {lat} N {lon} E")));
            }
            Some(_) => {}
        }
    }
    Ok(once)
}

fn nearest(points: &[(f64, f64, String)], location: (f64, f64), reach_km: f64) -> Option<String> {
    if reach_km <= 0.0 {
        return None;
    }
    let far = points
        .iter()
        .map(|(lat, lon, name)| (chord_km(location, (*lat, *lon)), name));
    far.filter(|(d, _)| *d <= reach_km)
        .min_by(|a, b| a.0.total_cmp(&b.0))
        .map(|(_, name)| name.clone())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn half(lat: f64) -> String {
        if lat > 0.0 { "North" } else { "South" }.into()
    }

    #[test]
    fn a_finer_map_gives_each_cell_the_region_most_of_it_is_in() {
        let (grid, fine) = (
            LatLonGrid::geos(4.0, 5.0).unwrap(),
            LatLonGrid::regular(1.0, 1.0).unwrap(),
        );
        let points: Vec<_> = fine
            .lat()
            .iter()
            .flat_map(|lat| fine.lon().iter().map(|lon| (*lat, *lon, half(*lat))))
            .collect();
        let map = RegionMap::from_points(&grid, &points, 0.0).unwrap();
        for j in 0..grid.n_lat() {
            assert_eq!(
                map.names()[map.regions()[[j, 7]]],
                half(grid.lat()[j]),
                "{}",
                grid.lat()[j]
            );
        }
    }

    #[test]
    fn a_coarser_map_reaches_the_cells_between_and_leaves_holes_beyond() {
        let grid = LatLonGrid::geos(4.0, 5.0).unwrap();
        let coarse = LatLonGrid::regular(10.0, 10.0).unwrap();
        let points: Vec<_> = coarse
            .lat()
            .iter()
            .flat_map(|lat| coarse.lon().iter().map(|lon| (*lat, *lon, half(*lat))))
            .collect();
        assert_eq!(
            RegionMap::from_points(&grid, &points, 900.0)
                .unwrap()
                .names(),
            ["South", "North"]
        );
        assert!(
            RegionMap::from_points(&grid, &points, 0.0)
                .unwrap_err()
                .to_string()
                .contains("holes")
        );
        let northern: Vec<_> = points.into_iter().filter(|p| p.0 > 0.0).collect();
        assert!(
            RegionMap::from_points(&grid, &northern, 900.0)
                .unwrap_err()
                .to_string()
                .contains("holes")
        );
        assert!(
            RegionMap::from_points(&grid, &[(95.0, 0.0, "A".into())], 0.0)
                .unwrap_err()
                .to_string()
                .contains("point 0")
        );
    }

    #[test]
    fn a_point_given_again_counts_once_and_in_two_regions_is_an_error() {
        let grid = LatLonGrid::geos(4.0, 5.0).unwrap();
        let twice = |name: &str| {
            let of = |lat: f64, lon: f64, name: &str| (lat, lon, name.to_string());
            let all = [
                of(45.0, 0.0, "A"),
                of(45.0, 360.0, name),
                of(-45.0, 0.0, "B"),
            ];
            RegionMap::from_points(&grid, &all, 20_000.0)
        };
        assert_eq!(twice("A").unwrap().names().len(), 2);
        let message = twice("B").unwrap_err().to_string();
        assert!(message.contains("points 0 and 1"), "{message}");
    }
}
