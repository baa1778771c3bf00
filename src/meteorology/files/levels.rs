//! The levels of a file: pressure, sigma or hybrid, all as p = a + b ps.

use crate::error::{Error, Result};
use crate::field::Field;
use crate::io::netcdf::Dataset;
use crate::units::Unit;

/// Level middles, level 0 lowest.
#[derive(Debug, Clone, PartialEq)]
pub struct FileLevels {
    a: Vec<f64>,
    b: Vec<f64>,
    /// Whether the file has the highest level first.
    pub top_first: bool,
}

/// Names under which hybrid coefficients are kept beside the levels.
const HYBRID: [(&str, &str); 3] = [("hyam", "hybm"), ("ap", "b"), ("a", "b")];

impl FileLevels {
    /// The levels along a dimension: pressure by its unit, sigma and hybrid by CF standard names
    /// and formula terms, hybrid also by coefficients `hyam` and `hybm` of as many levels.
    ///
    /// # Errors
    /// None of these, or pressures that do not fall from level to level.
    pub fn read(file: &Dataset, dimension: &str, n: usize) -> Result<Self> {
        FileLevels::coefficients(file, dimension, n)
            .and_then(|(a, b)| {
                if a.len() == n && b.len() == n {
                    return FileLevels::new(a, b);
                }
                Err(Error::new(
                    "the coefficients of the hybrid levels are not as many as the levels",
                )
                .expected(format!("{n} each, for the middles of levels"))
                .got(format!("a {}, b {}", a.len(), b.len())))
            })
            .map_err(|e| {
                e.at(format!("levels \"{dimension}\""))
                    .at(format!("file \"{}\"", file.path().display()))
            })
    }

    /// From coefficients in the order of the file \[Pa, 1\].
    ///
    /// # Errors
    /// Fewer than two levels, or pressures that do not fall from level to level.
    pub fn new(mut a: Vec<f64>, mut b: Vec<f64>) -> Result<Self> {
        let pressure = |k: usize| a[k] + 1.0e5 * b[k];
        let top_first = a.len() > 1 && pressure(0) < pressure(1);
        if top_first {
            a.reverse();
            b.reverse();
        }
        let levels = FileLevels { a, b, top_first };
        let falls = |ps: f64| {
            (1..levels.len()).all(|k| levels.pressure(k, ps) < levels.pressure(k - 1, ps))
        };
        if levels.len() < 2
            || !falls(1.0e5)
            || !falls(5.0e4)
            || levels.pressure(levels.len() - 1, 1.0e5) <= 0.0
        {
            let p: Vec<f64> = (0..levels.len())
                .map(|k| levels.pressure(k, 1.0e5))
                .collect();
            return Err(
                Error::new("pressure must fall from level to level and stay above zero")
                    .got(format!("{p:?} Pa under 1000 hPa")),
            );
        }
        Ok(levels)
    }

    fn coefficients(file: &Dataset, dimension: &str, n: usize) -> Result<(Vec<f64>, Vec<f64>)> {
        let values = |f: &Field| f.data().iter().copied().collect::<Vec<f64>>();
        let coordinate = if file.has(dimension) {
            Some(file.field(dimension)?)
        } else {
            None
        };
        if let Some(c) = &coordinate {
            if let Ok(factor) = c.unit.factor_to(&Unit::parse("Pa")?) {
                return Ok((values(c).iter().map(|p| p * factor).collect(), vec![0.0; n]));
            }
            let standard = c.attributes.get("standard_name").map_or("", String::as_str);
            let terms = c.attributes.get("formula_terms").map_or("", String::as_str);
            if standard == "atmosphere_sigma_coordinate" {
                let top = term(file, terms, "ptop")?.map_or(0.0, |t| t[0]);
                return Ok((
                    values(c).iter().map(|s| top * (1.0 - s)).collect(),
                    values(c),
                ));
            }
            if standard == "atmosphere_hybrid_sigma_pressure_coordinate"
                && let Some(b) = term(file, terms, "b")?
            {
                if let Some(ap) = term(file, terms, "ap")? {
                    return Ok((ap, b));
                }
                let p0 = term(file, terms, "p0")?.map_or(1.0e5, |p| p[0]);
                return Ok((
                    term(file, terms, "a")?
                        .unwrap_or_default()
                        .iter()
                        .map(|a| a * p0)
                        .collect(),
                    b,
                ));
            }
        }
        for (a, b) in HYBRID {
            if file.has(a) && file.has(b) {
                let (fa, fb) = (file.field(a)?, file.field(b)?);
                if fa.len() == n && fb.len() == n {
                    let scale = fa.unit.factor_to(&Unit::parse("Pa")?).unwrap_or(1.0e5);
                    return Ok((values(&fa).iter().map(|v| v * scale).collect(), values(&fb)));
                }
            }
        }
        if let Some(sigma) = coordinate
            .map(|c| values(&c))
            .filter(|v| v.iter().all(|s| *s > 0.0 && *s <= 1.0))
        {
            return Ok((vec![0.0; n], sigma));
        }
        Err(Error::new("the levels are neither pressure nor sigma nor hybrid levels")
            .expected("a unit of pressure, the standard name of a sigma or hybrid coordinate with its formula terms, or variables hyam and hybm"))
    }

    /// Number of levels.
    pub fn len(&self) -> usize {
        self.a.len()
    }
    /// Pressure of a level under a surface pressure \[Pa\].
    pub fn pressure(&self, k: usize, ps: f64) -> f64 {
        self.a[k] + self.b[k] * ps
    }
    /// Where `pressure` lies, from level `from` up: the lower level and the weight of the next one,
    /// linear in ln p; the outermost levels are kept beyond them.
    pub fn bracket(&self, pressure: f64, ps: f64, from: usize) -> (usize, f64) {
        let last = self.len() - 1;
        let mut k = from.min(last - 1);
        while k < last - 1 && self.pressure(k + 1, ps) >= pressure {
            k += 1;
        }
        let (low, high) = (self.pressure(k, ps), self.pressure(k + 1, ps));
        (
            k,
            ((low / pressure).ln() / (low / high).ln()).clamp(0.0, 1.0),
        )
    }
}

/// The variable a formula term names, in Pa where it is a pressure.
fn term(file: &Dataset, terms: &str, name: &str) -> Result<Option<Vec<f64>>> {
    let mut words = terms.split_whitespace();
    let Some(variable) = words
        .by_ref()
        .find(|w| w.trim_end_matches(':') == name && w.ends_with(':'))
        .and_then(|_| words.next())
    else {
        return Ok(None);
    };
    let field = file.field(variable)?;
    let scale = field.unit.factor_to(&Unit::parse("Pa")?).unwrap_or(1.0);
    Ok(Some(field.data().iter().map(|v| v * scale).collect()))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_pressure_is_placed_by_its_logarithm_under_the_surface_pressure_of_its_column() {
        let sigma = FileLevels::new(vec![0.0; 3], vec![0.2, 0.5, 0.95]).unwrap();
        assert!(sigma.top_first && sigma.pressure(0, 8.0e4) == 7.6e4);
        let (k, w) = sigma.bracket((7.6e4f64 * 4.0e4).sqrt(), 8.0e4, 0);
        assert_eq!(k, 0);
        assert!((w - 0.5).abs() < 1e-12);
        assert_eq!(
            (sigma.bracket(7.9e4, 8.0e4, 0), sigma.bracket(1.0, 8.0e4, 0)),
            ((0, 0.0), (1, 1.0))
        );
    }

    #[test]
    fn levels_out_of_order_are_refused() {
        assert!(
            FileLevels::new(vec![1e5, 5e4, 8e4], vec![0.0; 3])
                .unwrap_err()
                .to_string()
                .contains("fall from level to level")
        );
    }
}
