//! Polygons on a latitude-longitude map: which points they hold.
//!
//! A polygon may cross the antimeridian, written either way (179, -179 or 179, 181): a line whose
//! longitudes are more than 270 degrees apart goes the short way round, but one of 360 exactly is
//! taken as it stands, for maps drawn from -180 to 180. Between 180 and 270 degrees it could be
//! meant either way, and is refused. A ring that goes once around the globe holds the pole it is
//! nearer to. A point on a border that two polygons share belongs to exactly one of them.

use super::check_place;
use crate::error::{Error, Result};

/// A polygon with holes.
#[derive(Debug, Clone, PartialEq)]
pub struct Polygon {
    outer: Ring,
    holes: Vec<Ring>,
}

/// A closed line, as (longitude, latitude) \[degrees\] with longitudes that do not jump.
#[derive(Debug, Clone, PartialEq)]
struct Ring(Vec<(f64, f64)>);

impl Polygon {
    /// From its rings, the outer one first, each a list of (longitude, latitude) \[degrees\]; the
    /// last corner may repeat the first.
    ///
    /// # Errors
    /// No ring, a ring of fewer than three corners, a corner that is not on the globe.
    pub fn new(rings: &[Vec<(f64, f64)>]) -> Result<Self> {
        let made = rings
            .iter()
            .enumerate()
            .map(|(k, r)| Ring::new(r).map_err(|e| e.at(format!("ring {k}"))))
            .collect::<Result<Vec<_>>>()?;
        let mut made = made.into_iter();
        let outer = made.next().ok_or_else(|| {
            Error::new("a polygon needs a ring")
                .expected("at least 1")
                .got(0)
        })?;
        Ok(Polygon {
            outer,
            holes: made.collect(),
        })
    }

    /// Whether it holds a point \[degrees\].
    pub fn holds(&self, latitude: f64, longitude: f64) -> bool {
        self.outer.holds(latitude, longitude)
            && !self.holes.iter().any(|h| h.holds(latitude, longitude))
    }
}

impl Ring {
    fn new(corners: &[(f64, f64)]) -> Result<Self> {
        if let Some(bad) = corners
            .iter()
            .find(|(lon, lat)| check_place(*lat, *lon).is_err())
        {
            return Err(Error::new("a corner of a polygon is not on the globe")
                .expected("[longitude, latitude] in degrees, longitudes from -720 to 720")
                .got(format!("{bad:?}")));
        }
        let closed = corners.len() > 1 && corners.first() == corners.last();
        let open = &corners[..corners.len() - usize::from(closed)];
        if open.len() < 3 {
            return Err(Error::new("a ring of a polygon needs corners")
                .expected("at least 3")
                .got(open.len()));
        }
        let mut ring = vec![open[0]];
        for (from, to) in open.iter().zip(open[1..].iter().chain(&open[..1])) {
            let last = ring[ring.len() - 1].0;
            ring.push((last + short_way(to.0 - from.0)?, to.1));
        }
        close_at_pole(&mut ring);
        Ok(Ring(ring))
    }

    /// Whether a line to the east crosses the ring an odd number of times.
    fn holds(&self, latitude: f64, longitude: f64) -> bool {
        // No cell centre is a pole; one given all the same is moved inside.
        let lat = latitude.clamp(-90.0 + 1e-9, 90.0 - 1e-9);
        let (west, east) = self
            .0
            .iter()
            .fold((f64::MAX, f64::MIN), |(w, e), (lon, _)| {
                (w.min(*lon), e.max(*lon))
            });
        let first = longitude + 360.0 * ((west - longitude) / 360.0).floor();
        let turns = (0..)
            .map(|k| first + 360.0 * k as f64)
            .take_while(|lon| *lon <= east);
        turns
            .map(|lon| {
                self.0
                    .windows(2)
                    .filter(|e| crosses(e[0], e[1], lat, lon))
                    .count()
            })
            .any(|n| n % 2 == 1)
    }
}

/// A difference of longitudes the short way round; a whole turn stays one.
fn short_way(step: f64) -> Result<f64> {
    if step.abs() <= 180.0 || step.abs() == 360.0 {
        Ok(step)
    } else if step.abs() < 270.0 {
        let wide = Error::new("a line of a polygon could go either way round the globe")
            .expected("corners at most 180 degrees of longitude apart");
        Err(wide
            .got(format!("{} degrees", step.abs()))
            .hint("a corner in between"))
    } else {
        Ok(step - 360.0 * ((step + 180.0) / 360.0).floor())
    }
}

/// A ring that ends a turn away from where it began is led over the nearer pole.
fn close_at_pole(ring: &mut Vec<(f64, f64)>) {
    let ((first, _), (last, lat)) = (ring[0], ring[ring.len() - 1]);
    if (last - first).abs() > 180.0 {
        let north = ring.iter().map(|c| c.1).sum::<f64>() >= 0.0;
        let pole = if north { 90.0 } else { -90.0 };
        ring.extend([(last, pole), (first, pole), (first, lat)]);
    }
}

/// Whether an edge crosses the line from a point to the east. Its ends are taken in one order, so
/// that the polygons on both sides compute the same.
fn crosses(a: (f64, f64), b: (f64, f64), lat: f64, lon: f64) -> bool {
    if (a.1 <= lat) == (b.1 <= lat) {
        return false;
    }
    let (low, high) = if a.1 < b.1 { (a, b) } else { (b, a) };
    lon < low.0 + (lat - low.1) / (high.1 - low.1) * (high.0 - low.0)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn square(west: f64, east: f64, south: f64, north: f64) -> Vec<(f64, f64)> {
        vec![
            (west, south),
            (east, south),
            (east, north),
            (west, north),
            (west, south),
        ]
    }

    fn polygon(rings: &[Vec<(f64, f64)>]) -> Polygon {
        Polygon::new(rings).unwrap()
    }

    #[test]
    fn a_hole_is_not_inside() {
        let p = polygon(&[square(0.0, 30.0, 0.0, 30.0), square(10.0, 20.0, 10.0, 20.0)]);
        assert!(p.holds(5.0, 5.0) && p.holds(15.0, 25.0) && p.holds(5.0, 365.0));
        assert!(!p.holds(15.0, 15.0) && !p.holds(5.0, -5.0) && !p.holds(35.0, 5.0));
    }

    #[test]
    fn a_polygon_across_the_antimeridian_is_the_same_written_either_way() {
        for p in [
            square(170.0, -170.0, -10.0, 10.0),
            square(170.0, 190.0, -10.0, 10.0),
            square(-190.0, -170.0, -10.0, 10.0),
        ] {
            let p = polygon(&[p]);
            for lon in [175.0, -180.0, 180.0, -175.0, 185.0] {
                assert!(p.holds(0.0, lon), "{lon}");
            }
            assert!(!p.holds(0.0, 0.0) && !p.holds(0.0, 165.0) && !p.holds(0.0, -165.0));
        }
    }

    #[test]
    fn a_band_drawn_from_edge_to_edge_goes_around_the_globe() {
        let p = polygon(&[square(-180.0, 180.0, -90.0, 0.0)]);
        assert!(
            [-180.0, -90.0, 0.0, 90.0, 180.0]
                .iter()
                .all(|lon| p.holds(-45.0, *lon) && p.holds(-90.0, *lon) && !p.holds(45.0, *lon))
        );
    }

    #[test]
    fn a_ring_around_a_pole_holds_the_pole() {
        let cap: Vec<(f64, f64)> = (0..36)
            .map(|k| (-180.0 + 10.0 * k as f64, 60.0 + f64::from(k % 2)))
            .collect();
        let p = polygon(&[cap]);
        assert!([-180.0, -5.0, 77.0].iter().all(|lon| p.holds(70.0, *lon)
            && p.holds(90.0, *lon)
            && !p.holds(50.0, *lon)
            && !p.holds(-70.0, *lon)));
    }

    #[test]
    fn a_point_on_a_shared_border_is_in_exactly_one_polygon() {
        let (a, b) = (
            polygon(&[square(-180.0, 0.0, -90.0, 90.0)]),
            polygon(&[square(0.0, 180.0, -90.0, 90.0)]),
        );
        for lon in [-180.0, 0.0, 180.0, 360.0, 12.5] {
            assert_eq!(
                usize::from(a.holds(7.0, lon)) + usize::from(b.holds(7.0, lon)),
                1,
                "{lon}"
            );
        }
        let (slope, rest) = (
            vec![(0.0, 0.0), (7.0, 3.0), (0.0, 3.0)],
            vec![(0.0, 0.0), (7.0, 0.0), (7.0, 3.0)],
        );
        let (slope, rest) = (polygon(&[slope]), polygon(&[rest]));
        for k in 1..300 {
            let lat = k as f64 * 0.01;
            assert!(
                slope.holds(lat, lat * 7.0 / 3.0) != rest.holds(lat, lat * 7.0 / 3.0),
                "{lat}"
            );
        }
    }

    #[test]
    fn what_is_no_polygon_is_refused() {
        assert!(Polygon::new(&[]).is_err());
        assert!(
            Polygon::new(&[square(-180.0, 10.0, 0.0, 10.0)])
                .unwrap_err()
                .to_string()
                .contains("got 190 degrees")
        );
        assert!(
            Polygon::new(&[vec![(0.0, 0.0), (1.0, 1.0), (0.0, 0.0)]])
                .unwrap_err()
                .to_string()
                .contains("at least 3")
        );
        assert!(
            Polygon::new(&[square(0.0, 10.0, 0.0, 95.0)])
                .unwrap_err()
                .to_string()
                .contains("not on the globe")
        );
    }
}
