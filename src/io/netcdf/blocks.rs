//! The blocks in which a part is read, and where they lie in the file.

use super::part::{Chosen, Part};
use ndarray::{ArrayD, Axis, IxDyn};
use netcdf::{Extent, Variable};
use std::ops::Range;

/// About how many values are read at once: they stay in the processor's cache between reading and
/// adding.
const BLOCK: usize = 1 << 19;

impl Part {
    /// The outermost axis with more than one position: blocks are ranges of it.
    pub(super) fn split_axis(&self) -> Option<usize> {
        self.axes.iter().position(|a| a.positions.len() > 1)
    }

    /// The blocks, as ranges of positions along the axis that is split; whole chunks of the file
    /// where it is chunked.
    pub(super) fn ranges(&self, variable: &Variable) -> Vec<Range<usize>> {
        let Some(axis) = self.split_axis() else {
            return std::iter::once(0..1).collect();
        };
        let n = self.axes[axis].positions.len();
        let inner: usize = self.axes[axis + 1..]
            .iter()
            .map(|a| a.positions.len())
            .product();
        let chunk = variable
            .chunking()
            .ok()
            .flatten()
            .map_or(1, |c| c[axis].clamp(1, n));
        let rows = (BLOCK / inner.max(1)).max(1).next_multiple_of(chunk);
        (0..n)
            .step_by(rows)
            .map(|start| start..(start + rows).min(n))
            .collect()
    }

    /// Where the rows of a block lie in the file.
    pub(super) fn extents(&self, rows: &Range<usize>) -> Vec<Extent> {
        let split = self.split_axis();
        let stretch = |(k, axis): (usize, &Chosen)| {
            let positions = if Some(k) == split {
                &axis.positions[rows.clone()]
            } else {
                &axis.positions[..]
            };
            match step_of(positions) {
                Some(step) => Extent::SliceCount {
                    start: positions[0],
                    count: positions.len(),
                    stride: step as isize,
                },
                None => {
                    let (low, high) = hull(positions);
                    Extent::SliceCount {
                        start: low,
                        count: high - low + 1,
                        stride: 1,
                    }
                }
            }
        };
        self.axes.iter().enumerate().map(stretch).collect()
    }

    /// The values of a block in the order asked for, where it is not that of the file.
    pub(super) fn in_order(&self, rows: &Range<usize>, values: Vec<f64>) -> Vec<f64> {
        let split = self.split_axis();
        let chosen: Vec<&[usize]> = self
            .axes
            .iter()
            .enumerate()
            .map(|(k, a)| {
                if Some(k) == split {
                    &a.positions[rows.clone()]
                } else {
                    &a.positions[..]
                }
            })
            .collect();
        if chosen.iter().all(|p| step_of(p).is_some()) {
            return values;
        }
        let span = |p: &&[usize]| {
            if step_of(p).is_some() {
                p.len()
            } else {
                hull(p).1 - hull(p).0 + 1
            }
        };
        let shape: Vec<usize> = chosen.iter().map(span).collect();
        let mut data = ArrayD::from_shape_vec(IxDyn(&shape), values)
            .expect("as many values as the file was asked for");
        for (k, positions) in chosen
            .iter()
            .enumerate()
            .filter(|(_, p)| step_of(p).is_none())
        {
            let low = hull(positions).0;
            data = data.select(
                Axis(k),
                &positions.iter().map(|p| p - low).collect::<Vec<_>>(),
            );
        }
        data.as_standard_layout().iter().copied().collect()
    }
}

/// The step between positions that ascend evenly.
fn step_of(positions: &[usize]) -> Option<usize> {
    let step = match positions {
        [] | [_] => return Some(1),
        [a, b, ..] => b.checked_sub(*a).filter(|s| *s > 0)?,
    };
    positions
        .windows(2)
        .all(|w| w[0] + step == w[1])
        .then_some(step)
}

fn hull(positions: &[usize]) -> (usize, usize) {
    (
        positions.iter().copied().min().unwrap_or(0),
        positions.iter().copied().max().unwrap_or(0),
    )
}
