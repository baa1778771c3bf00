//! Values of variables: stored numbers, text, and the unit of times.

use super::attributes::{attribute, text_attribute};
use super::cf_time::TimeUnit;
use super::packing::Packing;
use crate::error::{Error, Result};
use netcdf::types::{EnumType, EnumTypeValues, FloatType, IntType, NcVariableType};
use netcdf::{Extent, Variable};
use std::ops::{Range, RangeBounds};

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
    if variable.len() == 0 {
        return Ok(values);
    }
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
            read.map_err(|e| unread(&e))
        }
        use NcVariableType::{Enum, Float, Int};
        Ok(match variable.vartype() {
            Int(IntType::I8) => Block::I8(get(variable, extents)?),
            Int(IntType::U8) => Block::U8(get(variable, extents)?),
            Int(IntType::I16) => Block::I16(get(variable, extents)?),
            Int(IntType::U16) => Block::U16(get(variable, extents)?),
            Int(IntType::I32) => Block::I32(get(variable, extents)?),
            Int(IntType::U32) => Block::U32(get(variable, extents)?),
            Float(FloatType::F32) => Block::F32(get(variable, extents)?),
            Int(IntType::I64) => Block::F64(integers(variable, get::<i64>(variable, extents)?)?),
            Int(IntType::U64) => Block::F64(integers(variable, get::<u64>(variable, extents)?)?),
            Float(_) => Block::F64(get(variable, extents)?),
            Enum(kind) => Block::F64(enumerated(variable, &kind, extents)?),
            other => {
                return Err(
                    Error::new("the variable does not hold numbers").got(match other {
                        NcVariableType::Char | NcVariableType::String => "text",
                        NcVariableType::Vlen(_) => "lists of varying length",
                        NcVariableType::Opaque(_) => "bytes without a meaning",
                        _ => "a compound type",
                    }),
                );
            }
        })
    }

    /// The values, added to `out`.
    pub(crate) fn unpack(&self, packing: &Packing, out: &mut Vec<f64>) {
        self.unpack_part(.., packing, out);
    }

    /// The values at some positions, added to `out`.
    pub(crate) fn unpack_part(
        &self,
        part: impl RangeBounds<usize>,
        packing: &Packing,
        out: &mut Vec<f64>,
    ) {
        let part = (part.start_bound().cloned(), part.end_bound().cloned());
        match self {
            Block::I8(v) => packing.unpack(&v[part], f64::from, out),
            Block::U8(v) => packing.unpack(&v[part], f64::from, out),
            Block::I16(v) => packing.unpack(&v[part], f64::from, out),
            Block::U16(v) => packing.unpack(&v[part], f64::from, out),
            Block::I32(v) => packing.unpack(&v[part], f64::from, out),
            Block::U32(v) => packing.unpack(&v[part], f64::from, out),
            Block::F32(v) => packing.unpack(&v[part], f64::from, out),
            Block::F64(v) => packing.unpack(&v[part], |x| x, out),
        }
    }
}

/// Values that the library cannot read: damaged, or compressed in a way that it does not know.
fn unread(cause: &netcdf::Error) -> Error {
    let error = Error::new("the values cannot be read").got(cause);
    match cause.to_string().to_lowercase().contains("filter") {
        true => error.expected("values compressed by deflate, or not at all").hint(
            "nccopy -F none in.nc out.nc where the filter is installed, or HDF5_PLUGIN_PATH set to it",
        ),
        false => error.hint("fetching the file again: it may be cut off or damaged"),
    }
}

/// Numbers of 64 bits as values, which hold 53: times are rounded to the second in any case, others
/// must be exact.
fn integers<T: TryInto<i128> + Copy>(variable: &Variable, stored: Vec<T>) -> Result<Vec<f64>> {
    let number = |v: &T| (*v).try_into().unwrap_or(0);
    let marks = |v: i128| v <= i128::from(i64::MIN) + 1 || v >= i128::from(i64::MAX) - 1;
    let changed = |v: &&i128| (**v as f64) as i128 != **v && !marks(**v);
    let stored: Vec<i128> = stored.iter().map(number).collect();
    let units = text_attribute(variable, "units").unwrap_or_default();
    let packed = attribute(variable, "scale_factor").is_some();
    match stored.iter().find(changed) {
        Some(v) if !units.contains(" since ") && !packed => Err(Error::new(
            "a whole number has more digits than a value holds",
        )
        .expected("numbers up to 2^53, which are all distinct")
        .got(v)
        .hint("the variable as text: text(name) of the open file")),
        _ => Ok(stored.into_iter().map(|v| v as f64).collect()),
    }
}

/// The numbers of an enumeration, such as the truth values of HDF5.
fn enumerated(variable: &Variable, kind: &EnumType, extents: Vec<Extent>) -> Result<Vec<f64>> {
    let read = if extents.is_empty() {
        variable.get_raw_values(..)
    } else {
        variable.get_raw_values(extents)
    };
    let bytes = read.map_err(|e| Error::new("the values cannot be read").got(e))?;
    macro_rules! numbers {
        ($t:ty) => {
            bytes
                .chunks_exact(size_of::<$t>())
                .map(|b| <$t>::from_ne_bytes(b.try_into().expect("chunks are of that size")) as f64)
                .collect()
        };
    }
    Ok(match kind.fieldvalues {
        EnumTypeValues::U8(_) => numbers!(u8),
        EnumTypeValues::I8(_) => numbers!(i8),
        EnumTypeValues::U16(_) => numbers!(u16),
        EnumTypeValues::I16(_) => numbers!(i16),
        EnumTypeValues::U32(_) => numbers!(u32),
        EnumTypeValues::I32(_) => numbers!(i32),
        EnumTypeValues::U64(_) => numbers!(u64),
        EnumTypeValues::I64(_) => numbers!(i64),
    })
}

/// What the numbers of an enumeration mean, as CF's attributes say it.
pub(super) fn flags(variable: &Variable) -> Vec<(String, String)> {
    let NcVariableType::Enum(kind) = variable.vartype() else {
        return vec![];
    };
    macro_rules! joined {
        ($v:expr) => {
            $v.iter()
                .map(|v| v.to_string())
                .collect::<Vec<_>>()
                .join(" ")
        };
    }
    let values = match &kind.fieldvalues {
        EnumTypeValues::U8(v) => joined!(v),
        EnumTypeValues::I8(v) => joined!(v),
        EnumTypeValues::U16(v) => joined!(v),
        EnumTypeValues::I16(v) => joined!(v),
        EnumTypeValues::U32(v) => joined!(v),
        EnumTypeValues::I32(v) => joined!(v),
        EnumTypeValues::U64(v) => joined!(v),
        EnumTypeValues::I64(v) => joined!(v),
    };
    vec![
        ("flag_values".into(), values),
        ("flag_meanings".into(), kind.fieldnames.join(" ")),
    ]
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
    if lengths.contains(&0) {
        return Ok(vec![]);
    }
    match variable.vartype() {
        // Identifiers of more digits than a value holds.
        NcVariableType::Int(IntType::I64) => {
            let all = variable.get_values::<i64, _>(..).map_err(broken)?;
            Ok(all.iter().map(i64::to_string).collect())
        }
        NcVariableType::Int(IntType::U64) => {
            let all = variable.get_values::<u64, _>(..).map_err(broken)?;
            Ok(all.iter().map(u64::to_string).collect())
        }
        NcVariableType::String => (0..lengths.iter().product())
            .map(|k| {
                let mut rest: usize = k;
                let mut position: Vec<usize> = lengths
                    .iter()
                    .rev()
                    .map(|n| (rest % n, rest /= n).0)
                    .collect();
                position.reverse();
                variable.get_string(position).map_err(broken)
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

/// The text of each of some records, which lie along the first dimension: a row of characters up to
/// the first NUL without blanks at its end, a string, or a number.
pub(super) fn records_of_text(
    variable: &Variable,
    extents: Vec<Extent>,
    records: Range<usize>,
) -> Result<Vec<String>> {
    let broken = |e: netcdf::Error| Error::new("the text cannot be read").got(e);
    if records.is_empty() || variable.len() == 0 {
        return Ok(vec![String::new(); records.len()]);
    }
    match variable.vartype() {
        NcVariableType::Char => {
            let bytes = variable.get_raw_values(extents).map_err(broken)?;
            let row = (bytes.len() / records.len()).max(1);
            Ok(bytes.chunks(row).map(up_to_nul).collect())
        }
        NcVariableType::String if variable.dimensions().len() == 1 => records
            .map(|k| variable.get_string([k]).map_err(broken))
            .collect(),
        NcVariableType::Int(IntType::I64) => {
            let all = variable.get_values::<i64, _>(extents).map_err(broken)?;
            Ok(all.iter().map(i64::to_string).collect())
        }
        NcVariableType::Int(IntType::U64) => {
            let all = variable.get_values::<u64, _>(extents).map_err(broken)?;
            Ok(all.iter().map(u64::to_string).collect())
        }
        NcVariableType::Int(_) => {
            let mut all = Vec::new();
            Block::read(variable, extents)?.unpack(&Packing::none(), &mut all);
            Ok(all.iter().map(f64::to_string).collect())
        }
        _ => Err(Error::new("the variable holds no text")),
    }
}

fn up_to_nul(row: &[u8]) -> String {
    let end = row.iter().position(|b| *b == 0).unwrap_or(row.len());
    String::from_utf8_lossy(&row[..end]).trim_end().to_string()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_filter_that_is_not_installed_is_named() {
        // NC_ENOFILTER of the library.
        let message = unread(&netcdf::Error::Netcdf(-136)).to_string();
        assert!(message.contains("nccopy"), "{message}");
    }
}
