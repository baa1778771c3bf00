//! Members taken out of an ensemble, and put together again.

use super::{Concentrations, LANES, Real};
use crate::error::{Error, Result};
use std::ops::Range;

impl<T: Real> Concentrations<T> {
    /// The members of a range, bit for bit.
    ///
    /// # Errors
    /// No members.
    pub fn members(&self, range: Range<usize>) -> Result<Self> {
        let mut part =
            Concentrations::around(self.grid(), self.background()[range.clone()].into())?;
        part.touched_by(self.synthetic());
        part.fill_from(self, range.start, 0, range.len());
        Ok(part)
    }

    /// The members of several ensembles one after the other, bit for bit.
    ///
    /// # Errors
    /// No ensembles, or ensembles on grids of other sizes.
    pub fn joined(parts: &[Self]) -> Result<Self> {
        let first = parts
            .first()
            .ok_or_else(|| Error::new("there are no ensembles to put together"))?;
        if let Some(other) = parts
            .iter()
            .find(|p| p.grid().n_cells() != first.grid().n_cells())
        {
            return Err(
                Error::new("ensembles on different grids do not go together")
                    .expected(first.grid())
                    .got(other.grid()),
            );
        }
        let background = parts.iter().flat_map(|p| p.background().to_vec());
        let mut joined = Concentrations::around(first.grid(), background.collect())?;
        let mut begin = 0;
        for part in parts {
            joined.touched_by(part.synthetic());
            joined.fill_from(part, 0, begin, part.n_members());
            begin += part.n_members();
        }
        Ok(joined)
    }

    /// Copies `n` members of another ensemble from number `from` on to one's own from `to` on,
    /// whose backgrounds are theirs.
    fn fill_from(&mut self, other: &Self, from: usize, to: usize, n: usize) {
        for k in 0..n {
            let source = &other.blocks()[(from + k) / LANES];
            let (lane, target) = ((from + k) % LANES, (to + k) % LANES);
            let width = source.width;
            let block = &mut self.blocks_mut()[(to + k) / LANES];
            let cells = block.values.chunks_mut(block.width);
            for (values, theirs) in cells.zip(source.values.chunks(width)) {
                values[target] = theirs[lane];
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::grid::Grid;

    #[test]
    fn members_taken_out_and_put_together_are_those_they_were() {
        let grid = Grid::geos(30.0, 30.0).unwrap();
        let background = (0..70).map(|k| 400e-6 + 1e-6 * f64::from(k)).collect();
        let mut all = Concentrations::<f32>::around(&grid, background).unwrap();
        for k in 0..70 {
            all.set(3 + k, k, 390e-6 + 1e-7 * k as f64);
        }
        let parts = [0..5, 5..69, 69..70].map(|r| all.members(r).unwrap());
        assert_eq!(parts[1].n_members(), 64);
        let again = Concentrations::joined(&parts).unwrap();
        for cell in 0..grid.n_cells() {
            for k in 0..70 {
                assert_eq!(again.get(cell, k), all.get(cell, k));
            }
        }
        let none: [Concentrations; 0] = [];
        assert!(Concentrations::joined(&none).is_err());
        let other = Grid::geos(20.0, 30.0).unwrap();
        let other = Concentrations::uniform(&other, 2, 0.0).unwrap();
        assert!(Concentrations::joined(&[parts[0].clone(), other]).is_err());
    }
}
