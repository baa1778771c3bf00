//! One side of a section: where its cells end, which way it runs, and how it is marked.

use super::frame::Axis;
use super::labels::readable;
use super::lines::{number_axis, time_axis};
use super::seam::{degrees, meridian};
use super::style::{Sizes, with_unit};
use super::ticks::Tick;
use crate::error::Result;
use crate::field::{Coordinate, Dimension};
use crate::grid::{edges_of, lat_edges_of};
use crate::units::Unit;

/// Cell edges along a dimension, in the numbers of the axis.
#[derive(Debug, Clone, PartialEq)]
pub struct Side {
    name: String,
    label: String,
    edges: Vec<f64>,
    kind: Kind,
}

#[derive(Debug, Clone, PartialEq)]
enum Kind {
    Numbers,
    /// Numbers that are said to grow upwards.
    Height,
    /// Numbers that fall upward, as sigma and depth do; the axis runs in their negatives.
    Falling,
    Latitude,
    Longitude,
    Time,
    /// The axis runs in -ln(p / hPa), so that the surface is at the bottom and equal heights are
    /// about equal lengths.
    Pressure,
    Names(Vec<String>),
}

/// Pressures that are marked, where there is room \[hPa\].
const PRESSURES: [f64; 14] = [
    1000.0, 700.0, 500.0, 300.0, 200.0, 100.0, 50.0, 30.0, 20.0, 10.0, 5.0, 3.0, 2.0, 1.0,
];

impl Side {
    /// The side a dimension of a field makes; edges lie halfway between its coordinates, those of
    /// pressure in its logarithm. A vertical that is said to grow downwards, and one called sigma,
    /// has its greatest number at the bottom.
    ///
    /// # Errors
    /// A pressure that is not positive.
    pub fn of(dimension: &Dimension) -> Result<Self> {
        let name = dimension.name.clone();
        let side = |label: String, edges: Vec<f64>, kind: Kind| Side {
            name: name.clone(),
            label,
            edges,
            kind,
        };
        Ok(match &dimension.coordinate {
            Coordinate::Index(n) => side(name.clone(), positions(*n), Kind::Numbers),
            Coordinate::Labels(names) => side(
                String::new(),
                positions(names.len()),
                Kind::Names(names.to_vec()),
            ),
            Coordinate::Times(times) => {
                let seconds: Vec<f64> = times.iter().map(|t| t.seconds() as f64).collect();
                side(String::new(), halfway(&seconds, 86_400.0), Kind::Time)
            }
            Coordinate::Numbers(v, _) if name == "lat" => {
                side(String::new(), lat_edges_of(v), Kind::Latitude)
            }
            Coordinate::Numbers(v, _) if name == "lon" => {
                side(String::new(), edges_of(v), Kind::Longitude)
            }
            Coordinate::Numbers(v, unit) => match hectopascal(&name, unit) {
                Some(factor) if v.iter().all(|p| *p > 0.0) => {
                    let heights: Vec<f64> = v.iter().map(|p| -(p * factor).ln()).collect();
                    side(
                        "pressure [hPa]".into(),
                        halfway(&heights, 0.1),
                        Kind::Pressure,
                    )
                }
                _ if v.down().unwrap_or(name == "sigma") => {
                    let heights: Vec<f64> = v.iter().map(|s| -s).collect();
                    let label = with_unit(&readable(&name), &unit.to_string());
                    side(label, halfway(&heights, 0.1), Kind::Falling)
                }
                _ => side(
                    with_unit(&readable(&name), &unit.to_string()),
                    halfway(v, 1.0),
                    if v.down() == Some(false) {
                        Kind::Height
                    } else {
                        Kind::Numbers
                    },
                ),
            },
        })
    }

    /// Name of the dimension.
    pub fn name(&self) -> &str {
        &self.name
    }
    /// Number of cells.
    pub(super) fn len(&self) -> usize {
        self.edges.len().saturating_sub(1)
    }
    /// Lower and upper edge of a cell.
    pub(super) fn cell(&self, k: usize) -> (f64, f64) {
        (
            self.edges[k].min(self.edges[k + 1]),
            self.edges[k].max(self.edges[k + 1]),
        )
    }
    /// How much it belongs upright.
    pub(super) fn rises(&self) -> u8 {
        match self.kind {
            Kind::Pressure | Kind::Falling | Kind::Height => 5,
            Kind::Numbers
                if ["level", "lev", "height", "altitude"].contains(&self.name.as_str()) =>
            {
                5
            }
            Kind::Names(_) => 4,
            Kind::Latitude => 3,
            Kind::Time => 2,
            Kind::Numbers => 1,
            Kind::Longitude => 0,
        }
    }

    /// The axis on `length` pixels.
    pub(super) fn axis(&self, length: f64, upright: bool, sizes: &Sizes) -> Axis {
        let (low, high) = self
            .edges
            .iter()
            .fold((f64::INFINITY, f64::NEG_INFINITY), |(a, b), e| {
                (a.min(*e), b.max(*e))
            });
        let mut axis = match &self.kind {
            Kind::Numbers | Kind::Height => {
                number_axis(self.label.clone(), (low, high), length, sizes)
            }
            Kind::Falling => self.falling((low, high), length, sizes),
            Kind::Time => time_axis(self.label.clone(), (low, high), length, sizes),
            Kind::Latitude => self.marked(
                (low, high),
                every(low, high, 30.0, |v| degrees(v, "N", "S")),
            ),
            Kind::Longitude => self.marked((low, high), every(low, high, 60.0, meridian)),
            Kind::Pressure => {
                let marks = PRESSURES.iter().map(|p| Tick {
                    at: -p.ln(),
                    label: format!("{p}"),
                });
                self.marked(
                    (low, high),
                    marks.filter(|t| t.at >= low && t.at <= high).collect(),
                )
            }
            Kind::Names(names) => {
                let marks = named(names);
                Axis {
                    upward: !upright,
                    ..self.marked((low, high), marks)
                }
            }
        };
        if upright {
            axis.ticks
                .iter_mut()
                .for_each(|t| t.label = t.label.replace('\n', " "));
        }
        axis
    }

    /// The axis of numbers that fall upward, which runs in their negatives.
    fn falling(&self, (low, high): (f64, f64), length: f64, sizes: &Sizes) -> Axis {
        let axis = number_axis(String::new(), (-high, -low), length, sizes);
        let marks = axis.ticks.into_iter().rev();
        self.marked(
            (low, high),
            marks.map(|t| Tick { at: -t.at, ..t }).collect(),
        )
    }

    fn marked(&self, (low, high): (f64, f64), ticks: Vec<Tick>) -> Axis {
        Axis {
            low,
            high,
            ticks,
            label: self.label.clone(),
            upward: false,
        }
    }
}

/// Marks at 0, 1, 2, ...
fn named(names: &[String]) -> Vec<Tick> {
    let mark = |(k, name): (usize, &String)| Tick {
        at: k as f64,
        label: name.clone(),
    };
    names.iter().enumerate().map(mark).collect()
}

/// Edges of cells centred on 0, 1, 2, ...
fn positions(n: usize) -> Vec<f64> {
    (0..=n).map(|k| k as f64 - 0.5).collect()
}

/// Edges halfway between centres, the outer cells symmetric; a lone one is `width` wide.
fn halfway(centres: &[f64], width: f64) -> Vec<f64> {
    let [first, .., last] = centres else {
        return centres
            .iter()
            .flat_map(|c| [c - 0.5 * width, c + 0.5 * width])
            .collect();
    };
    let mut edges: Vec<f64> = centres.windows(2).map(|w| 0.5 * (w[0] + w[1])).collect();
    let (below, above) = (2.0 * first - edges[0], 2.0 * last - edges[edges.len() - 1]);
    edges.insert(0, below);
    edges.push(above);
    edges
}

/// The factor from a unit of pressure to hPa; what is called pressure without a unit is in hPa.
fn hectopascal(name: &str, unit: &Unit) -> Option<f64> {
    if name == "pressure" && unit.is_none() {
        Some(1.0)
    } else {
        unit.factor_to(&Unit::parse("hPa").ok()?).ok()
    }
}

/// Marks at multiples of a step, of a third of it where few fit.
pub(super) fn every(low: f64, high: f64, step: f64, label: impl Fn(f64) -> String) -> Vec<Tick> {
    let step = if high - low < 2.0 * step {
        step / 3.0
    } else {
        step
    };
    ((low / step - 1e-9).ceil() as i64..=(high / step + 1e-9).floor() as i64)
        .map(|k| k as f64 * step)
        .map(|at| Tick {
            at,
            label: label(at),
        })
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::field::CoordinateValues;

    #[test]
    fn pressure_falls_upward_and_its_cells_end_halfway_in_its_logarithm() {
        let side = Side::of(&Dimension::numbers(
            "level",
            vec![1000.0, 500.0, 250.0],
            Unit::parse("hPa").unwrap(),
        ))
        .unwrap();
        let (low, high) = side.cell(1);
        assert!(
            ((-low).exp() - 1000.0 / 2f64.sqrt()).abs() < 1e-9
                && ((-high).exp() - 500.0 / 2f64.sqrt()).abs() < 1e-9
        );
        let same = Side::of(&Dimension::numbers(
            "level",
            vec![100_000.0, 50_000.0, 25_000.0],
            Unit::parse("Pa").unwrap(),
        ))
        .unwrap();
        assert!(
            (same.cell(1).0 - low).abs() < 1e-12
                && side.rises() > Side::of(&Dimension::index("lon", 3)).unwrap().rises()
        );
        let axis = side.axis(400.0, true, &Sizes::of(1200.0, 1200.0));
        assert_eq!(
            axis.ticks
                .iter()
                .map(|t| t.label.as_str())
                .collect::<Vec<_>>(),
            ["1000", "700", "500", "300", "200"]
        );
    }

    #[test]
    fn sigma_has_its_surface_at_the_bottom_and_height_its_ground() {
        let levels = |down: Option<bool>| {
            let sigma = CoordinateValues::from(vec![0.95, 0.5, 0.1]).pointing(down);
            let coordinate = Coordinate::Numbers(sigma, Unit::none());
            Side::of(&Dimension {
                name: "lev".into(),
                coordinate,
            })
            .unwrap()
        };
        let sigma = levels(Some(true));
        assert!(sigma.cell(0).1 < sigma.cell(2).0, "0.95 lies below 0.1");
        let axis = sigma.axis(400.0, true, &Sizes::of(1200.0, 1200.0));
        assert!(axis.ticks.windows(2).all(|w| w[0].at < w[1].at));
        let mark = axis.ticks.iter().find(|t| t.label == "0.8").unwrap();
        assert_eq!(mark.at, -0.8);
        let height = levels(Some(false));
        assert!(height.cell(0).0 > height.cell(2).1, "0.95 lies above 0.1");
        assert_eq!((sigma.rises(), height.rises()), (5, 5));
    }
}
