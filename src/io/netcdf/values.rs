//! Values of variables: stored numbers, text, and the unit of times.

use super::attributes::text_attribute;
use super::cf_time::TimeUnit;
use super::packing::Packing;
use crate::error::{Error, Result};
use netcdf::types::{FloatType, IntType, NcVariableType};
use netcdf::{Extent, Variable};

/// How the numbers of a variable become instants, if they do.
pub(super) fn time_unit(variable: &Variable) -> Result<Option<TimeUnit>> {
    match text_attribute(variable, "units") {
        Some(units) => TimeUnit::parse(&units, text_attribute(variable, "calendar").as_deref()),
        None => Ok(None),
    }
}

/// All values with packing undone, row-major.
///
/// # Errors
/// A variable of text or of a compound type.
pub(super) fn numbers(variable: &Variable) -> Result<Vec<f64>> {
    let mut values = Vec::with_capacity(variable.len());
    Block::read(
        variable,
        vec![Extent::from(..); variable.dimensions().len()],
    )?
    .unpack(&Packing::of(variable), &mut values);
    Ok(values)
}

/// Stored numbers in the type they are stored in.
pub(super) enum Block {
    I8(Vec<i8>),
    U8(Vec<u8>),
    I16(Vec<i16>),
    U16(Vec<u16>),
    I32(Vec<i32>),
    U32(Vec<u32>),
    F32(Vec<f32>),
    F64(Vec<f64>),
}

impl Block {
    /// Reads a part of a variable.
    ///
    /// # Errors
    /// A variable of text or of a compound type, or one the library cannot read.
    pub fn read(variable: &Variable, extents: Vec<Extent>) -> Result<Self> {
        fn get<T: netcdf::NcTypeDescriptor + Copy>(
            variable: &Variable,
            extents: Vec<Extent>,
        ) -> Result<Vec<T>> {
            let read = if extents.is_empty() {
                variable.get_values(..)
            } else {
                variable.get_values(extents)
            };
            read.map_err(|e| {
                Error::new("the values cannot be read")
                    .got(e)
                    .hint("fetching the file again: it may be cut off or damaged")
            })
        }
        use NcVariableType::{Float, Int};
        Ok(match variable.vartype() {
            Int(IntType::I8) => Block::I8(get(variable, extents)?),
            Int(IntType::U8) => Block::U8(get(variable, extents)?),
            Int(IntType::I16) => Block::I16(get(variable, extents)?),
            Int(IntType::U16) => Block::U16(get(variable, extents)?),
            Int(IntType::I32) => Block::I32(get(variable, extents)?),
            Int(IntType::U32) => Block::U32(get(variable, extents)?),
            Float(FloatType::F32) => Block::F32(get(variable, extents)?),
            Int(_) | Float(_) => Block::F64(get(variable, extents)?),
            _ => {
                let error = Error::new("the variable does not hold numbers");
                return Err(if is_text(variable) {
                    error.got("text")
                } else {
                    error.got("a compound type")
                });
            }
        })
    }

    /// The values, added to `out`.
    pub fn unpack(&self, packing: &Packing, out: &mut Vec<f64>) {
        match self {
            Block::I8(v) => packing.unpack(v, f64::from, out),
            Block::U8(v) => packing.unpack(v, f64::from, out),
            Block::I16(v) => packing.unpack(v, f64::from, out),
            Block::U16(v) => packing.unpack(v, f64::from, out),
            Block::I32(v) => packing.unpack(v, f64::from, out),
            Block::U32(v) => packing.unpack(v, f64::from, out),
            Block::F32(v) => packing.unpack(v, f64::from, out),
            Block::F64(v) => packing.unpack(v, |x| x, out),
        }
    }
}

pub(super) fn is_text(variable: &Variable) -> bool {
    matches!(
        variable.vartype(),
        NcVariableType::Char | NcVariableType::String
    )
}

pub(super) fn text(variable: &Variable) -> Result<Vec<String>> {
    let broken = |e: netcdf::Error| Error::new("the text cannot be read").got(e);
    let lengths: Vec<usize> = variable
        .dimensions()
        .iter()
        .map(netcdf::Dimension::len)
        .collect();
    match variable.vartype() {
        NcVariableType::String => (0..lengths.iter().product())
            .map(|k| {
                let mut rest: usize = k;
                let mut place: Vec<usize> = lengths
                    .iter()
                    .rev()
                    .map(|n| (rest % n, rest /= n).0)
                    .collect();
                place.reverse();
                variable.get_string(place).map_err(broken)
            })
            .collect(),
        NcVariableType::Char => {
            let bytes = variable.get_raw_values(..).map_err(broken)?;
            let row = lengths.last().copied().unwrap_or(1).max(1);
            Ok(bytes
                .chunks(row)
                .map(|r| {
                    String::from_utf8_lossy(r)
                        .trim_end_matches(['\0', ' '])
                        .to_string()
                })
                .collect())
        }
        _ => Err(Error::new("the variable holds numbers, not text")),
    }
}
