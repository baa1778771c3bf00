//! Blocks of members with a transport of their own: winds and mixing that differ from block to
//! block represent the error of the transport, which no factor of a flux can.

use super::{Forecast, Span, forecast};
use crate::ensemble::Concentrations;
use crate::error::{Error, Result};
use crate::grid::Grid;
use crate::observation::Observation;
use crate::transport::{Ledger, MemberFlux, Transport};
use ndarray::{Axis, concatenate, s};
use std::ops::Range;
use std::sync::Arc;

/// Runs the members over `span` as [`forecast()`] does, block k of them under transport k; the
/// blocks are as even as can be, one after the other. One transport is [`forecast()`] itself.
///
/// # Errors
/// No transports, fewer members than transports, transports on different grids, and those of
/// [`forecast()`], with the block.
pub fn forecast_in_blocks(
    transports: &[Arc<Transport>],
    concentrations: Concentrations,
    (flux, factors): MemberFlux,
    span: Span,
    rows: &[Observation],
) -> Result<Forecast> {
    if let [one] = transports {
        return forecast(one, concentrations, (flux, factors), span, rows);
    }
    grid_of_blocks(transports)?;
    if concentrations.n_members() < transports.len() {
        return Err(Error::new("there are more transports than members")
            .expected(format!("{} members or more", transports.len()))
            .got(concentrations.n_members()));
    }
    let blocks = blocks(concentrations.n_members(), transports.len());
    let mut parts = vec![];
    for (k, (transport, block)) in transports.iter().zip(blocks).enumerate() {
        let state = concentrations.members(block.clone())?;
        let of_block = factors.slice(s![.., block]);
        let part = forecast(transport, state, (flux, of_block), span, rows);
        parts.push(part.map_err(|e| e.at(format!("block {k} of the members")))?);
    }
    joined(parts)
}

/// The members of each of `n` blocks.
fn blocks(members: usize, n: usize) -> impl Iterator<Item = Range<usize>> {
    (0..n).map(move |k| k * members / n..(k + 1) * members / n)
}

/// The grid of several transports.
///
/// # Errors
/// No transports, or transports on different grids.
pub fn grid_of_blocks(transports: &[Arc<Transport>]) -> Result<&Arc<Grid>> {
    let hint = "transport::blocks([model, another])";
    let mut grids = transports.iter().map(|t| t.meteorology().grid());
    let first = grids
        .next()
        .ok_or_else(|| Error::new("there is no transport for the members").hint(hint))?;
    match grids.find(|other| *other != first) {
        None => Ok(first),
        Some(other) => Err(
            Error::new("the transports of blocks of members differ in grid")
                .expected(first)
                .got(other),
        ),
    }
}

fn joined(parts: Vec<Forecast>) -> Result<Forecast> {
    let views: Vec<_> = parts.iter().map(|p| p.equivalents.view()).collect();
    let equivalents = concatenate(Axis(1), &views)
        .map_err(|e| Error::new("the equivalents of blocks do not fit together").got(e))?;
    let mut ledger = Ledger::default();
    let mut states = vec![];
    for part in parts {
        ledger.extend(part.ledger);
        states.push(part.concentrations);
    }
    Ok(Forecast {
        concentrations: Concentrations::joined(&states)?,
        equivalents,
        ledger,
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::flux::{PriorFlux, Product};
    use crate::meteorology::{BuiltIn, BuiltInOptions};
    use crate::observation::fixture;
    use crate::time::Time;
    use crate::transport::TransportOptions;
    use ndarray::Array2;

    fn transport(grid: &Arc<Grid>, mixing: f64) -> Arc<Transport> {
        let options = BuiltInOptions {
            mixing,
            ..BuiltInOptions::default()
        };
        let winds = BuiltIn::new(grid, None, options).unwrap();
        let options = TransportOptions {
            step: 10800.0,
            ..TransportOptions::default()
        };
        Arc::new(Transport::new(Arc::new(winds), options).unwrap())
    }

    #[test]
    fn a_block_runs_as_it_would_alone_and_alike_transports_are_one() {
        let grid = Grid::geos(30.0, 30.0).unwrap();
        let (weak, strong) = (transport(&grid, 0.5), transport(&grid, 1.5));
        let flux = PriorFlux::new(&grid.horizontal, Product::group_1());
        let factors = Array2::from_shape_fn((175, 5), |(k, i)| 1.0 + 0.1 * ((k + i) % 4) as f64);
        let start: Time = "2016-07-01".parse().unwrap();
        let end = start.plus(43200.0);
        let span = Span {
            start,
            handover: end,
            end,
        };
        let rows = [crate::observation::Observation {
            time: end,
            ..fixture::point(20.0, 10.0, 50.0)
        }];
        let air = Concentrations::<f32>::uniform(&grid, 5, 400e-6).unwrap();
        let run = |t: &[Arc<Transport>], air: &Concentrations, of_block: &Array2<f64>| {
            forecast_in_blocks(t, air.clone(), (&flux, of_block.view()), span, &rows)
        };
        let both = run(&[weak.clone(), strong.clone()], &air, &factors).unwrap();
        let of_block = factors.slice(s![.., 2..]).to_owned();
        let alone = run(&[strong], &air.members(2..5).unwrap(), &of_block).unwrap();
        assert_eq!(both.equivalents.slice(s![.., 2..]), alone.equivalents);
        assert_eq!(both.ledger.mass_after[2..], alone.ledger.mass_after[..]);
        assert_eq!(
            both.concentrations.get(7, 3),
            alone.concentrations.get(7, 1)
        );
        let one = run(std::slice::from_ref(&weak), &air, &factors).unwrap();
        let twice = run(&[weak.clone(), weak.clone()], &air, &factors).unwrap();
        assert_eq!(
            (one.equivalents, one.ledger),
            (twice.equivalents, twice.ledger)
        );
        assert!(one_too_many(&weak).is_err());
    }

    /// Six transports for five members.
    fn one_too_many(transport: &Arc<Transport>) -> Result<Forecast> {
        let grid = transport.meteorology().grid();
        let flux = PriorFlux::new(&grid.horizontal, Product::group_1());
        let start: Time = "2016-07-01".parse().unwrap();
        let span = Span {
            start,
            handover: start.plus(10800.0),
            end: start.plus(10800.0),
        };
        let air = Concentrations::uniform(grid, 5, 400e-6)?;
        let ones = Array2::ones((175, 5));
        let many = vec![transport.clone(); 6];
        forecast_in_blocks(&many, air, (&flux, ones.view()), span, &[])
    }
}
