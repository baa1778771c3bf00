//! Map projections, from degrees to a plane on which the whole globe is 2 wide.

use super::canvas::Point;

/// How the globe is laid flat.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Projection {
    /// Longitude and latitude as they are.
    PlateCarree,
    /// Robinson (1974), a compromise between area and shape, after its table interpolated linearly
    /// between every 5 degrees.
    #[default]
    Robinson,
}

/// Robinson's lengths of parallels and distances from the equator, every 5 degrees from 0 to 90.
const ROBINSON: [(f64, f64); 19] = [
    (1.0, 0.0),
    (0.9986, 0.0620),
    (0.9954, 0.1240),
    (0.9900, 0.1860),
    (0.9822, 0.2480),
    (0.9730, 0.3100),
    (0.9600, 0.3720),
    (0.9427, 0.4340),
    (0.9216, 0.4958),
    (0.8962, 0.5571),
    (0.8679, 0.6176),
    (0.8350, 0.6769),
    (0.7986, 0.7346),
    (0.7597, 0.7903),
    (0.7186, 0.8435),
    (0.6732, 0.8936),
    (0.6213, 0.9394),
    (0.5722, 0.9761),
    (0.5322, 1.0),
];

impl Projection {
    /// The place of a longitude (-180 to 180) and latitude \[degrees\], east and north positive;
    /// the globe spans -1 to 1 eastward.
    pub fn project(&self, lon: f64, lat: f64) -> Point {
        match self {
            Projection::PlateCarree => (lon / 180.0, lat / 180.0),
            Projection::Robinson => {
                let step = (lat.abs() / 5.0).min(18.0);
                let k = (step.floor() as usize).min(17);
                let part = step - k as f64;
                let (a, b) = (ROBINSON[k], ROBINSON[k + 1]);
                let (length, distance) = (a.0 + (b.0 - a.0) * part, a.1 + (b.1 - a.1) * part);
                (
                    length * lon / 180.0,
                    (distance * 1.3523 / (0.8487 * std::f64::consts::PI)).copysign(lat),
                )
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn north_is_up_and_east_is_right() {
        for p in [Projection::PlateCarree, Projection::Robinson] {
            assert_eq!(p.project(0.0, 0.0), (0.0, 0.0));
            assert!(p.project(10.0, 40.0).0 > 0.0 && p.project(10.0, 40.0).1 > 0.0);
            let ((e, n), (w, s)) = (p.project(120.0, 50.0), p.project(-120.0, -50.0));
            assert_eq!((e, n), (-w, -s));
        }
    }

    #[test]
    fn robinson_agrees_with_its_table() {
        // At the pole the parallel is 0.5322 of the equator's length, and the height is 0.5072 of
        // the equator's length.
        let (x, y) = Projection::Robinson.project(180.0, 90.0);
        assert!((x - 0.5322).abs() < 1e-12 && (2.0 * y / 2.0 - 0.5072).abs() < 1e-4);
    }
}
