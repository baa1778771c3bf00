//! A flux whose factors change from period to period: each period has a set of its own.

use super::{FluxBasis, Footprint, SurfaceFlux};
use crate::error::{Error, Result};
use crate::time::Time;
use std::sync::Arc;

/// A flux with n factors as one with n for each of p periods: factor k of period i is number
/// i n + k. Before the first period and after the last one their factors hold.
pub struct InPeriods {
    model: Arc<dyn SurfaceFlux>,
    edges: Vec<Time>,
}

impl InPeriods {
    /// The periods lie between `edges`, one more than periods.
    ///
    /// # Errors
    /// Fewer than two edges, or edges out of order.
    pub fn new(model: Arc<dyn SurfaceFlux>, edges: Vec<Time>) -> Result<Self> {
        if edges.len() < 2 || edges.windows(2).any(|p| p[1] <= p[0]) {
            return Err(Error::new("periods need edges in order")
                .expected("at least two instants, rising")
                .got(format!("{} edges", edges.len()))
                .hint("[start, start + 7, start + 14]"));
        }
        Ok(InPeriods { model, edges })
    }

    fn n_periods(&self) -> usize {
        self.edges.len() - 1
    }

    /// The parts of `start..end` in each period: its number and its ends.
    fn pieces(&self, start: Time, end: Time) -> Vec<(usize, Time, Time)> {
        let last = self.n_periods() - 1;
        let of = |i: usize| {
            let from = if i == 0 { start } else { self.edges[i] };
            let until = if i == last { end } else { self.edges[i + 1] };
            (i, from.max(start), until.min(end))
        };
        let pieces = (0..=last).map(of).filter(|(_, a, b)| b > a);
        pieces.collect()
    }
}

impl SurfaceFlux for InPeriods {
    fn n_factors(&self) -> usize {
        self.n_periods() * self.model.n_factors()
    }
    fn synthetic(&self) -> bool {
        self.model.synthetic()
    }
    fn covers(&self, start: Time, end: Time) -> Result<()> {
        self.model.covers(start, end)
    }
    fn footprints(&self) -> Option<Vec<Footprint>> {
        let one = self.model.footprints()?;
        Some((0..self.n_periods()).flat_map(|_| one.clone()).collect())
    }

    fn between(&self, start: Time, end: Time, basis: &mut FluxBasis) -> Result<()> {
        let n = self.model.n_factors();
        let pieces = self.pieces(start, end);
        if let [(i, ..)] = pieces.as_slice() {
            self.model.between(start, end, basis)?;
            basis.factor.iter_mut().for_each(|f| *f += i * n);
            return Ok(());
        }
        // An edge lies within: the terms of every piece, each by its share of the time.
        let mut parts = vec![];
        for (i, from, until) in pieces {
            let mut part = FluxBasis::default();
            self.model.between(from, until, &mut part)?;
            parts.push((i, until.since(from) / end.since(start), part));
        }
        let cells = parts.first().map_or(0, |(_, _, p)| p.fixed.len());
        *basis = FluxBasis {
            fixed: vec![0.0; cells],
            first: vec![0],
            ..FluxBasis::default()
        };
        for cell in 0..cells {
            for (i, share, part) in &parts {
                basis.fixed[cell] += share * part.fixed[cell];
                for k in part.first[cell]..part.first[cell + 1] {
                    basis.factor.push(part.factor[k] + i * n);
                    basis.value.push(share * part.value[k]);
                }
            }
            basis.first.push(basis.factor.len());
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::flux::{FactorWindow, FixedFactors, PriorFlux, Product};
    use crate::grid::LatLonGrid;
    use crate::time::DAY;
    use ndarray::{Array2, s};

    /// The flux of every cell with one set of factors.
    fn total(flux: &dyn SurfaceFlux, factors: &[f64], start: Time, end: Time) -> Vec<f64> {
        let mut basis = FluxBasis::default();
        flux.between(start, end, &mut basis).unwrap();
        let terms = |s: usize| basis.first[s]..basis.first[s + 1];
        let one = |s: usize| {
            let sum = terms(s).map(|k| basis.value[k] * factors[basis.factor[k]]);
            basis.fixed[s] + sum.sum::<f64>()
        };
        (0..basis.fixed.len()).map(one).collect()
    }

    #[test]
    fn every_period_has_factors_of_its_own_also_within_an_interval_that_straddles() {
        let grid = LatLonGrid::geos(30.0, 30.0).unwrap();
        let prior: Arc<dyn SurfaceFlux> = Arc::new(PriorFlux::new(&grid, Product::group_1()));
        let start: Time = "2016-06-01".parse().unwrap();
        let at = |days: f64| start.plus(days * DAY);
        let weekly = InPeriods::new(prior.clone(), vec![start, at(7.0), at(14.0)]).unwrap();
        let n = prior.n_factors();
        assert_eq!(
            (weekly.n_factors(), weekly.footprints().unwrap().len()),
            (2 * n, 2 * n)
        );
        let factors = Array2::from_shape_fn((2 * n, 1), |(k, _)| 0.5 + (k % 13) as f64 / 10.0);
        let windows: Vec<FactorWindow> = (0..2)
            .map(|i| FactorWindow {
                start: at(7.0 * i as f64),
                end: at(7.0 * (i + 1) as f64),
                factors: factors.slice(s![i * n..(i + 1) * n, ..]).to_owned(),
            })
            .collect();
        let fixed = FixedFactors::new(prior, &windows).unwrap();
        let stacked = factors.column(0).to_vec();
        let near = |a: &[f64], b: &[f64]| {
            let size = b.iter().fold(0.0_f64, |m, x| m.max(x.abs()));
            assert!(a.iter().zip(b).all(|(x, y)| (x - y).abs() < 1e-12 * size));
        };
        for day in [1.0, 8.0] {
            let (from, until) = (at(day), at(day + 0.125));
            near(
                &total(&weekly, &stacked, from, until),
                &total(&fixed, &[], from, until),
            );
        }
        // Half of the interval before the edge, half after it.
        let (a, b) = (at(6.75), at(7.25));
        let halves = [
            total(&fixed, &[], a, at(7.0)),
            total(&fixed, &[], at(7.0), b),
        ];
        let mean: Vec<f64> = halves[0]
            .iter()
            .zip(&halves[1])
            .map(|(x, y)| 0.5 * (x + y))
            .collect();
        near(&total(&weekly, &stacked, a, b), &mean);
    }

    #[test]
    fn edges_out_of_order_are_refused() {
        let grid = LatLonGrid::geos(30.0, 30.0).unwrap();
        let prior: Arc<dyn SurfaceFlux> = Arc::new(PriorFlux::new(&grid, Product::group_1()));
        let start: Time = "2016-06-01".parse().unwrap();
        assert!(InPeriods::new(prior.clone(), vec![start]).is_err());
        assert!(InPeriods::new(prior, vec![start, start]).is_err());
    }
}
