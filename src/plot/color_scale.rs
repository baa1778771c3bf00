//! Colours for numbers: sequential scales, and diverging ones with white at zero.

use super::style::Colour;
use super::ticks::{round_range, round_up};
use crate::error::{Error, Result};

/// Colours from low to high, evenly spaced.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Palette {
    /// Its usual name.
    pub name: &'static str,
    /// The colours.
    pub stops: &'static [Colour],
}

/// Sequential, dark to light, of even lightness steps (van der Walt & Smith 2015).
pub(crate) const VIRIDIS: Palette = Palette {
    name: "viridis",
    stops: &[
        Colour(68, 1, 84),
        Colour(72, 36, 117),
        Colour(65, 68, 135),
        Colour(53, 95, 141),
        Colour(42, 120, 142),
        Colour(33, 145, 140),
        Colour(34, 168, 132),
        Colour(68, 191, 112),
        Colour(122, 209, 81),
        Colour(189, 223, 38),
        Colour(253, 231, 37),
    ],
};

/// Diverging: blue for negative (sinks), white at zero, red for positive (sources). After
/// ColorBrewer's RdBu, its middle made white.
pub(crate) const BLUE_WHITE_RED: Palette = Palette {
    name: "blue_white_red",
    stops: &[
        Colour(5, 48, 97),
        Colour(33, 102, 172),
        Colour(67, 147, 195),
        Colour(146, 197, 222),
        Colour(209, 229, 240),
        Colour(255, 255, 255),
        Colour(253, 219, 199),
        Colour(244, 165, 130),
        Colour(214, 96, 77),
        Colour(178, 24, 43),
        Colour(103, 0, 31),
    ],
};

/// A palette stretched between two numbers; what lies beyond has the colour of the end.
#[derive(Debug, Clone, PartialEq)]
pub struct ColorScale {
    palette: Palette,
    low: f64,
    high: f64,
}

impl ColorScale {
    /// A palette from `low` to `high`.
    ///
    /// # Errors
    /// Limits that are not finite or not in order.
    pub fn new(palette: Palette, low: f64, high: f64) -> Result<Self> {
        if !(low.is_finite() && high.is_finite() && low < high) {
            return Err(
                Error::new("a colour scale needs a lower and a higher limit")
                    .got(format!("{low} to {high}")),
            );
        }
        Ok(ColorScale { palette, low, high })
    }
    /// Blue, white, red from `-limit` to `limit`, white at zero.
    ///
    /// # Errors
    /// A limit that is not positive.
    pub fn diverging(limit: f64) -> Result<Self> {
        ColorScale::new(BLUE_WHITE_RED, -limit, limit)
    }
    /// Viridis from `low` to `high`.
    ///
    /// # Errors
    /// As [`ColorScale::new`].
    pub fn sequential(low: f64, high: f64) -> Result<Self> {
        ColorScale::new(VIRIDIS, low, high)
    }

    /// The scale that suits these numbers (NaN left out): diverging if they have both signs, else
    /// sequential; round limits that leave out the outer 1 % so that a few extremes do not hide the
    /// rest. Of both signs only values count that stand out from those around zero, so that wide
    /// oceans of small values do not take the colours from continents of large ones.
    ///
    /// # Errors
    /// No number among them.
    pub fn fitted(values: impl IntoIterator<Item = f64>) -> Result<Self> {
        let mut present: Vec<f64> = values.into_iter().filter(|v| v.is_finite()).collect();
        if present.is_empty() {
            return Err(Error::new("there is nothing to colour")
                .expected("at least one number")
                .got("none, or only missing values"));
        }
        present.sort_by(f64::total_cmp);
        let rank = |v: &[f64], p: f64| v[(p * (v.len() - 1) as f64).round() as usize];
        if present[0] < 0.0 && present[present.len() - 1] > 0.0 {
            let mut sizes: Vec<f64> = present.iter().map(|v| v.abs()).collect();
            sizes.sort_by(f64::total_cmp);
            let (usual, most) = (rank(&sizes, 0.98), sizes[sizes.len() - 1]);
            let clear = sizes.partition_point(|v| *v <= 0.2 * usual);
            let usual = rank(&sizes[clear.min(sizes.len() - 1)..], 0.99);
            return ColorScale::diverging(round_up(if usual > 0.0 { usual } else { most }));
        }
        let (low, high) = (rank(&present, 0.01), rank(&present, 0.99));
        // Where nearly all values are the same, the few others are what there is to see.
        let (low, high) = if low < high {
            (low, high)
        } else {
            (present[0], present[present.len() - 1])
        };
        let (low, high, _) = round_range(low, high, 6);
        ColorScale::sequential(low, high)
    }

    /// The number at the lower end.
    pub fn low(&self) -> f64 {
        self.low
    }
    /// The number at the upper end.
    pub fn high(&self) -> f64 {
        self.high
    }
    /// The colour of a number; `None` for a missing one.
    pub fn colour(&self, value: f64) -> Option<Colour> {
        if value.is_nan() {
            return None;
        }
        let stops = self.palette.stops;
        let position = ((value - self.low) / (self.high - self.low)).clamp(0.0, 1.0)
            * (stops.len() - 1) as f64;
        let k = (position.floor() as usize).min(stops.len() - 2);
        Some(stops[k].toward(stops[k + 1], position - k as f64))
    }
}

#[cfg(test)]
mod tests {
    use super::super::style::WHITE;
    use super::*;

    #[test]
    fn a_diverging_scale_is_white_at_zero_and_reaches_its_ends() {
        let scale = ColorScale::diverging(2.5).unwrap();
        assert_eq!(scale.colour(0.0), Some(WHITE));
        assert_eq!(scale.colour(-2.5), Some(BLUE_WHITE_RED.stops[0]));
        assert_eq!(scale.colour(99.0), Some(BLUE_WHITE_RED.stops[10]));
        let (sink, source) = (scale.colour(-1.0).unwrap(), scale.colour(1.0).unwrap());
        assert!(
            sink.2 > sink.0 && source.0 > source.2,
            "sinks are blue, sources red"
        );
        assert_eq!(scale.colour(f64::NAN), None);
    }

    #[test]
    fn an_ocean_of_small_values_does_not_saturate_the_continents() {
        // 70 % sea within 0.05; land from -2 to 1 with one cell of fire.
        let sea = (0..700).map(|k| 0.05 * f64::from(k % 3 - 1));
        let land = (0..300).map(|k| -2.0 + 0.01 * f64::from(k));
        let scale = ColorScale::fitted(sea.chain(land).chain([40.0])).unwrap();
        assert_eq!((scale.low(), scale.high()), (-2.0, 2.0));
    }

    #[test]
    fn a_fitted_scale_is_centred_only_for_both_signs_and_has_round_limits() {
        let both = ColorScale::fitted((0..100).map(|k| f64::from(k) * 0.037 - 1.0)).unwrap();
        assert_eq!((both.low(), both.high()), (-3.0, 3.0));
        let one = ColorScale::fitted((0..100).map(|k| 380.0 + 0.3 * f64::from(k))).unwrap();
        assert_eq!(
            (one.low(), one.high(), one.palette),
            (380.0, 410.0, VIRIDIS)
        );
        assert!(
            ColorScale::fitted([f64::NAN]).is_err()
                && ColorScale::fitted([]).is_err()
                && ColorScale::diverging(0.0).is_err()
        );
        let sparse =
            ColorScale::fitted((0..1000).map(|k| if k == 7 { 3e-8 } else { 0.0 })).unwrap();
        assert!(sparse.low() == 0.0 && (sparse.high() / 3e-8 - 1.0).abs() < 1e-12);
        let constant = ColorScale::fitted([4.0, 4.0]).unwrap();
        assert!(constant.low() < 4.0 && 4.0 < constant.high());
    }
}
