//! Hybrid sigma-pressure levels: p = a + b ps.

use crate::data;
use crate::error::{Error, Result};
use crate::field::AxisLabels;

/// Level edges from the surface up; level k lies between edges k and k + 1.
/// Two are equal where their edges are at the same pressures ([`AxisLabels`]), under both surface
/// pressures that the levels are checked at.
#[derive(Debug, Clone)]
pub struct HybridLevels {
    a: Vec<f64>,
    b: Vec<f64>,
}

/// Surface pressures \[Pa\] between which that of the Earth lies; edges at both determine a and b.
const SURFACES: [f64; 2] = [5.0e4, 1.05e5];

impl PartialEq for HybridLevels {
    fn eq(&self, other: &Self) -> bool {
        SURFACES
            .iter()
            .all(|ps| AxisLabels::of(&self.edges(*ps)).are(&other.edges(*ps)))
    }
}

impl HybridLevels {
    /// From edge coefficients, surface first: `a` \[Pa\], `b` (dimensionless).
    ///
    /// # Errors
    /// Fewer than two edges, unequal lengths, no numbers, or pressure that does not fall with
    /// height.
    pub fn new(a: Vec<f64>, b: Vec<f64>) -> Result<Self> {
        if a.len() != b.len() || a.len() < 2 {
            return Err(
                Error::new("hybrid levels need as many a as b, at least two").got(format!(
                    "{} a and {} b",
                    a.len(),
                    b.len()
                )),
            );
        }
        if a.iter().chain(&b).any(|x| !x.is_finite()) {
            return Err(Error::new(
                "a coefficient of the hybrid levels is not a number",
            ));
        }
        let levels = HybridLevels { a, b };
        for ps in SURFACES {
            if (0..levels.len()).any(|k| levels.edge(k, ps) <= levels.edge(k + 1, ps)) {
                return Err(Error::new(
                    "pressure must fall from each level edge to the next one up",
                )
                .at(format!("a surface pressure of {ps} Pa")));
            }
        }
        Ok(levels)
    }

    /// The 47-level GEOS grid, surface to 0.01 hPa (`src/data/files/levels_47.csv`).
    pub fn geos_47() -> Self {
        HybridLevels::listed(data::levels_47())
    }

    /// The 72 levels of MERRA-2 and GEOS-FP, which the 47 lump above 80 hPa
    /// (`src/data/files/levels_72.csv`).
    pub fn geos_72() -> Self {
        HybridLevels::listed(data::levels_72())
    }

    /// From a table of edges: number, a \[hPa\], b.
    fn listed(text: &str) -> Self {
        let numbers = |column: usize| -> Vec<f64> {
            text.lines()
                .skip(1)
                .map(|l| {
                    l.split(',')
                        .nth(column)
                        .and_then(|v| v.parse().ok())
                        .expect("the level table is whole")
                })
                .collect()
        };
        let a = numbers(1).into_iter().map(|hpa| hpa * 100.0).collect();
        HybridLevels::new(a, numbers(2)).expect("the level table is in order")
    }

    /// Number of levels.
    #[allow(clippy::len_without_is_empty)]
    pub fn len(&self) -> usize {
        self.a.len() - 1
    }
    /// Edge coefficients a \[Pa\].
    pub fn a(&self) -> &[f64] {
        &self.a
    }
    /// Edge coefficients b.
    pub fn b(&self) -> &[f64] {
        &self.b
    }
    /// Pressure at edge `k` over a surface pressure `ps` \[Pa\].
    pub fn edge(&self, k: usize, ps: f64) -> f64 {
        self.a[k] + self.b[k] * ps
    }
    /// Of each edge the number of the edge of finer levels that it is; none where one is not.
    pub fn among(&self, finer: &HybridLevels) -> Option<Vec<usize>> {
        let [low, high] = SURFACES.map(|ps| finer.edges(ps));
        let labels = [AxisLabels::of(&low), AxisLabels::of(&high)];
        let is = |k: usize, e: usize| {
            let mut at = SURFACES.iter().zip(&labels);
            at.all(|(ps, l)| l.is(e, self.edge(k, *ps)))
        };
        let edge = |k: usize| (0..finer.a.len()).find(|e| is(k, *e));
        (0..self.a.len()).map(edge).collect()
    }
    fn edges(&self, ps: f64) -> Vec<f64> {
        (0..self.a.len()).map(|k| self.edge(k, ps)).collect()
    }
    /// Pressure at the middle of level `k` \[Pa\].
    pub fn middle(&self, k: usize, ps: f64) -> f64 {
        0.5 * (self.edge(k, ps) + self.edge(k + 1, ps))
    }
    /// Pressure thickness of level `k` \[Pa\].
    pub fn thickness(&self, k: usize, ps: f64) -> f64 {
        self.edge(k, ps) - self.edge(k + 1, ps)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn thicknesses_add_up_to_the_surface_pressure_less_the_top() {
        let levels = HybridLevels::geos_47();
        assert_eq!(levels.len(), 47);
        let total: f64 = (0..47).map(|k| levels.thickness(k, 9.8e4)).sum();
        assert!((total - (9.8e4 - 1.0)).abs() < 1e-9);
    }

    #[test]
    fn levels_that_cross_are_refused() {
        assert!(HybridLevels::new(vec![0.0, 0.0, 0.0], vec![1.0, 0.5, 0.7]).is_err());
    }
}
