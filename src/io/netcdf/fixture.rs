//! Characters in the files that tests write.

use netcdf::types::{NcTypeDescriptor, NcVariableType};
use netcdf::{Extent, FileMut, VariableMut};

/// One character of a NetCDF file.
#[derive(Debug, Clone, Copy)]
#[repr(transparent)]
pub struct Character(u8);

// SAFETY: a character of NetCDF is one byte, as is this type.
unsafe impl NcTypeDescriptor for Character {
    fn type_descriptor() -> NcVariableType {
        NcVariableType::Char
    }
}

/// Adds a variable of characters along a dimension that is there: of single ones where `length` is
/// 1, else of rows padded with NUL.
pub fn put_characters(file: &mut FileMut, name: &str, along: &str, length: usize, rows: &[&str]) {
    let dimension = format!("characters_{length}");
    if length > 1 && file.dimension(&dimension).is_none() {
        file.add_dimension(&dimension, length).unwrap();
    }
    let dimensions = match length {
        1 => vec![along],
        _ => vec![along, dimension.as_str()],
    };
    let padded = |row: &&str| {
        let mut bytes = row.as_bytes().to_vec();
        bytes.resize(length, 0);
        bytes.into_iter().map(Character)
    };
    let characters: Vec<Character> = rows.iter().flat_map(padded).collect();
    put(file, name, &dimensions, &characters, |_| {});
}

/// Adds a variable with its attributes and values, which begin along the first dimension; in a
/// classic file each of these has a mode of its own.
pub fn put<T: NcTypeDescriptor + Copy>(
    file: &mut FileMut,
    name: &str,
    dimensions: &[&str],
    values: &[T],
    describe: impl FnOnce(&mut VariableMut),
) {
    describe(&mut file.add_variable::<T>(name, dimensions).unwrap());
    let _ = file.enddef(); // files of HDF5 know no such mode
    let mut variable = file.variable_mut(name).unwrap();
    let inner = variable.dimensions().iter().skip(1).map(|d| d.len());
    let inner: Vec<usize> = inner.collect();
    let records = values.len() / inner.iter().product::<usize>().max(1);
    let inner_extents = inner.iter().map(|n| Extent::from(0..*n));
    let extents: Vec<Extent> = std::iter::once(Extent::from(0..records))
        .chain(inner_extents)
        .collect();
    variable.put_values(values, extents).unwrap();
    let _ = file.redef();
}
