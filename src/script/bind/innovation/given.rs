//! Sources of an innovation as a script states them: equivalents, values and errors.

use crate::error::{Error, Result};
use crate::innovation::{CovarianceBlock, ErrorCovariance, SourceData};
use crate::script::bridge::arrays::{beside, matrix, unit_of, vector};
use crate::script::{Options, read};
use crate::units::Unit;
use rhai::{Array, Dynamic, Map};

/// One source from its map of arrays.
pub(super) fn source(name: &str, value: &Dynamic) -> Result<SourceData> {
    let mut o = Options::new(
        &format!("source \"{name}\" of innovation"),
        read(&format!("source \"{name}\""), value)?,
    );
    let equivalents = o.required::<Dynamic>("equivalents")?;
    let unit = unit_of(&equivalents);
    let equivalents = matrix("the equivalents", &equivalents)?;
    let n = equivalents.nrows();
    let values = o.required::<Dynamic>("values")?;
    let values = vector(
        "the values",
        &beside(unit.as_ref(), "the values", &values)?,
        n,
    )?;
    let covariance = covariance(&mut o, name, n, unit.as_ref())?;
    let numbers = o.find::<Vec<usize>>("numbers")?;
    o.finish()?;
    let data = SourceData::new(name, equivalents.view(), values.view(), covariance)?;
    match numbers {
        Some(numbers) => data.numbered(numbers),
        None => Ok(data),
    }
}

/// R of a source, in one of the ways a script may state it.
fn covariance(
    o: &mut Options,
    name: &str,
    n: usize,
    unit: Option<&Unit>,
) -> Result<ErrorCovariance> {
    let squared = unit.map(|u| u.power(2));
    let mut stated = |key: &str, unit: Option<&Unit>| {
        let value = o.find::<Dynamic>(key)?;
        value.map(|v| beside(unit, key, &v)).transpose()
    };
    let sd = stated("sd", unit.map(Unit::of_difference).as_ref())?;
    let variance = stated("variance", squared.as_ref())?;
    let full = stated("covariance", squared.as_ref())?;
    let blocks = o.find::<Array>("blocks")?;
    let correlated = o.find::<Map>("correlated")?;
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
    match (variances, full, blocks, correlated) {
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

fn block(value: &Dynamic, unit: Option<&Unit>) -> Result<CovarianceBlock> {
    let mut o = Options::new("a block of errors", read("a block of errors", value)?);
    let covariance = o.required::<Dynamic>("covariance")?;
    let covariance = beside(unit, "the covariance", &covariance)?;
    let made = CovarianceBlock {
        rows: o.required("rows")?,
        covariance: matrix("the covariance", &covariance)?,
    };
    o.finish()?;
    Ok(made)
}

/// Errors correlated as `exp(-distance / length)` within blocks, distance along a position such as
/// time.
fn correlated_along(sd: &[f64], how: Map) -> Result<ErrorCovariance> {
    let mut o = Options::new("correlated", how);
    let blocks: Vec<u32> = o
        .required::<Vec<usize>>("block")?
        .into_iter()
        .map(|b| b as u32)
        .collect();
    let position = vector("the positions", &o.required::<Dynamic>("position")?, 1)?;
    let length = o.required::<f64>("length")?;
    o.finish()?;
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
