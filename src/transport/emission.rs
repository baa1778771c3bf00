//! Surface fluxes of all members, from the basis of the flux model and the members' factors (Su et
//! al. 2024, Eq. 1).

use crate::ensemble::{LANES, Real};
use crate::error::{Error, Result};
use crate::flux::{FluxBasis, SurfaceFlux};
use crate::grid::LatLonGrid;
use crate::time::Time;
use ndarray::{ArrayView2, s};
use rayon::prelude::*;

/// The fluxes of every member over one interval.
pub struct Emission<T> {
    basis: FluxBasis,
    /// Per block: (cell, member) \[kg C m-2 s-1\].
    blocks: Vec<Vec<T>>,
    /// Global flux of each member \[kg C s-1\].
    totals: Vec<f64>,
}

impl<T: Real> Emission<T> {
    /// No flux yet.
    pub fn new() -> Self {
        Emission {
            basis: FluxBasis::default(),
            blocks: Vec::new(),
            totals: Vec::new(),
        }
    }

    /// The mean fluxes from `start` to `end` under `factors` (factor, member), for blocks of the
    /// given widths.
    ///
    /// # Errors
    /// Factors of another number than the flux has, or a basis of another grid.
    pub fn update(
        &mut self,
        flux: &dyn SurfaceFlux,
        factors: ArrayView2<f64>,
        grid: &LatLonGrid,
        widths: &[usize],
        start: Time,
        end: Time,
    ) -> Result<()> {
        let (n_factors, n_members) = factors.dim();
        if n_factors != flux.n_factors() {
            return Err(Error::new("the factors do not fit the flux")
                .expected(format!("{} factors", flux.n_factors()))
                .got(n_factors));
        }
        flux.between(start, end, &mut self.basis)?;
        self.check(grid, n_factors)?;
        self.unite_polar_rows(grid);
        self.totals = self.global(grid, factors);
        let basis = &self.basis;
        self.blocks.resize(widths.len(), Vec::new());
        for (b, (block, &width)) in self.blocks.iter_mut().zip(widths).enumerate() {
            block.resize(width * grid.n_cells(), T::default());
            let members = n_members.saturating_sub(b * LANES).min(width);
            let factors = factors.slice(s![.., b * LANES..b * LANES + members]);
            block
                .par_chunks_mut(width)
                .enumerate()
                .with_min_len(64)
                .for_each(|(cell, out)| {
                    let mut sums = [0.0; LANES];
                    for t in basis.first[cell]..basis.first[cell + 1] {
                        sums.iter_mut()
                            .zip(factors.row(basis.factor[t]))
                            .for_each(|(sum, factor)| *sum += basis.value[t] * factor);
                    }
                    out.iter_mut()
                        .zip(&sums[..members])
                        .for_each(|(out, sum)| *out = T::from_f64(basis.fixed[cell] + sum));
                });
        }
        Ok(())
    }

    /// Fluxes of a block, empty before the first update.
    pub fn block(&self, b: usize) -> &[T] {
        self.blocks.get(b).map_or(&[], Vec::as_slice)
    }

    /// Global flux of each member \[kg C s-1\], empty before the first update.
    pub fn totals(&self) -> &[f64] {
        &self.totals
    }

    fn check(&self, grid: &LatLonGrid, n_factors: usize) -> Result<()> {
        let b = &self.basis;
        let shape = b.fixed.len() == grid.n_cells()
            && b.first.len() == grid.n_cells() + 1
            && b.value.len() == b.factor.len();
        if !shape
            || b.first.last() != Some(&b.value.len())
            || b.factor.iter().any(|f| *f >= n_factors)
        {
            return Err(
                Error::new("the flux is given on another grid than the transport")
                    .expected(format!("{} cells", grid.n_cells()))
                    .got(b.fixed.len()),
            );
        }
        match b.fixed.iter().chain(&b.value).find(|v| !v.is_finite()) {
            Some(bad) => Err(Error::new("a surface flux is not a number").got(bad)),
            None => Ok(()),
        }
    }

    /// Every cell of a polar row takes the terms of the whole row, divided by its cells.
    fn unite_polar_rows(&mut self, grid: &LatLonGrid) {
        let (n_lat, n_lon) = (grid.n_lat(), grid.n_lon());
        let old = std::mem::take(&mut self.basis);
        let new = &mut self.basis;
        new.first.push(0);
        let share = 1.0 / n_lon as f64;
        for cell in 0..grid.n_cells() {
            let j = cell / n_lon;
            if j == 0 || j == n_lat - 1 {
                let row = j * n_lon..(j + 1) * n_lon;
                new.fixed
                    .push(share * old.fixed[row.clone()].iter().sum::<f64>());
                let terms = old.first[row.start]..old.first[row.end];
                new.factor.extend_from_slice(&old.factor[terms.clone()]);
                new.value.extend(old.value[terms].iter().map(|v| share * v));
            } else {
                new.fixed.push(old.fixed[cell]);
                let terms = old.first[cell]..old.first[cell + 1];
                new.factor.extend_from_slice(&old.factor[terms.clone()]);
                new.value.extend_from_slice(&old.value[terms]);
            }
            new.first.push(new.value.len());
        }
    }

    fn global(&self, grid: &LatLonGrid, factors: ArrayView2<f64>) -> Vec<f64> {
        let basis = &self.basis;
        let mut fixed = 0.0;
        let mut weights = vec![0.0; factors.nrows()];
        for cell in 0..grid.n_cells() {
            let area = grid.area(cell / grid.n_lon());
            fixed += area * basis.fixed[cell];
            for t in basis.first[cell]..basis.first[cell + 1] {
                weights[basis.factor[t]] += area * basis.value[t];
            }
        }
        factors
            .columns()
            .into_iter()
            .map(|f| fixed + f.iter().zip(&weights).map(|(l, w)| l * w).sum::<f64>())
            .collect()
    }
}
