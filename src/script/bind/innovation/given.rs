//! Sources of an innovation as a script states them: equivalents, values and errors.

use crate::error::{Error, Result};
use crate::innovation::{CovarianceBlock, ErrorCovariance, SourceData};
use crate::script::bridge::arrays::{beside, matrix, unit_of, vector};
use crate::script::bridge::options::{OptionTable, options};
use crate::script::read;
use crate::units::Unit;
use rhai::Dynamic;

options! {
    /// One source of an innovation.
    pub(super) struct SourceOptions of "innovation(sources)" {
        /// The members' equivalents (observation, member).
        equivalents: Dynamic,
        /// The observed values, in the unit of the equivalents.
        values: Dynamic,
        /// The stated standard deviation of the errors, a number or one per observation.
        sd: Option<Dynamic>,
        /// The variance of the errors in place of the standard deviation.
        variance: Option<Dynamic>,
        /// The covariance matrix of the errors (observation, observation).
        covariance: Option<Dynamic>,
        /// Blocks of the covariance matrix of the errors.
        blocks: Option<Vec<BlockOptions>>,
        /// How errors of the given standard deviations are correlated.
        correlated: Option<CorrelatedOptions>,
        /// Numbers of the observations; where not given they count through all sources.
        numbers: Option<Vec<usize>>,
    }
}

options! {
    /// A block of R.
    pub(super) struct BlockOptions of "a block of errors" {
        /// The observations of the block, counted from 0 within the source.
        rows: Vec<usize>,
        /// Their covariance matrix.
        covariance: Dynamic,
    }
}

options! {
    /// Correlation along a position within blocks.
    pub(super) struct CorrelatedOptions of "correlated" {
        /// The block of each observation; errors of block 0 are independent.
        block: Vec<usize>,
        /// The position of each observation, such as its time.
        position: Dynamic,
        /// The distance at which the correlation has fallen to 1/e, in the unit of the position.
        length: f64,
    }
}

/// One source from its map of arrays.
pub(super) fn source(name: &str, value: &Dynamic) -> Result<SourceData> {
    let map = read(&format!("source \"{name}\""), value)?;
    let o = SourceOptions::read_as(&format!("source \"{name}\" of innovation"), map, None)?;
    let unit = unit_of(&o.equivalents);
    let equivalents = matrix("the equivalents", &o.equivalents)?;
    let values = beside(unit.as_ref(), "the values", &o.values)?;
    let values = vector("the values", &values, equivalents.nrows())?;
    let numbers = o.numbers.clone();
    let covariance = covariance(o, name, equivalents.nrows(), unit.as_ref())?;
    let data = SourceData::new(name, equivalents.view(), values.view(), covariance)?;
    match numbers {
        Some(numbers) => data.numbered(numbers),
        None => Ok(data),
    }
}

/// R of a source, in one of the ways a script may state it.
fn covariance(
    o: SourceOptions,
    name: &str,
    n: usize,
    unit: Option<&Unit>,
) -> Result<ErrorCovariance> {
    let squared = unit.map(|u| u.power(2));
    let stated = |key: &str, value: Option<Dynamic>, unit: Option<&Unit>| {
        value.map(|v| beside(unit, key, &v)).transpose()
    };
    let sd = stated("sd", o.sd, unit.map(Unit::of_difference).as_ref())?;
    let variance = stated("variance", o.variance, squared.as_ref())?;
    let full = stated("covariance", o.covariance, squared.as_ref())?;
    let variances = match (sd, variance) {
        // The sign of a wrong number is kept for its report.
        (Some(sd), None) => Some(vector("the sd", &sd, n)?.mapv(|s| s * s.abs())),
        (None, Some(variance)) => Some(vector("the variance", &variance, n)?),
        (None, None) => None,
        _ => {
            return Err(
                Error::new(format!("source \"{name}\" has both sd and variance"))
                    .expected("one of them"),
            );
        }
    };
    match (variances, full, o.blocks, o.correlated) {
        (Some(variances), None, None, None) => Ok(ErrorCovariance::Diagonal(variances)),
        (Some(variances), None, None, Some(how)) => {
            correlated_along(&variances.mapv(f64::sqrt).to_vec(), how)
        }
        (None, Some(full), None, None) => Ok(ErrorCovariance::Blocks(vec![CovarianceBlock {
            rows: (0..n).collect(),
            covariance: matrix("the covariance", &full)?,
        }])),
        (None, None, Some(blocks), None) => blocks
            .iter()
            .map(|b| block(b, squared.as_ref()))
            .collect::<Result<_>>()
            .map(ErrorCovariance::Blocks),
        _ => Err(
            Error::new(format!("source \"{name}\" needs its errors in one way"))
                .expected("sd or variance, with or without correlated; or covariance; or blocks")
                .hint("sd: 0.5"),
        ),
    }
}

fn block(given: &BlockOptions, unit: Option<&Unit>) -> Result<CovarianceBlock> {
    let covariance = beside(unit, "the covariance", &given.covariance)?;
    Ok(CovarianceBlock {
        rows: given.rows.clone(),
        covariance: matrix("the covariance", &covariance)?,
    })
}

/// Errors correlated as `exp(-distance / length)` within blocks, distance along a position such as
/// time.
fn correlated_along(sd: &[f64], how: CorrelatedOptions) -> Result<ErrorCovariance> {
    let position = vector("the positions", &how.position, 1)?;
    let blocks: Vec<u32> = how.block.into_iter().map(|b| b as u32).collect();
    let length = how.length;
    if position.len() != sd.len() {
        return Err(Error::new("every observation needs a position")
            .expected(sd.len())
            .got(position.len()));
    }
    if length.is_nan() || length <= 0.0 {
        return Err(Error::new("the length of a correlation must be positive").got(length));
    }
    ErrorCovariance::from_blocks(sd, &blocks, |i, j| {
        (-(position[i] - position[j]).abs() / length).exp()
    })
}
