//! A field in a file, with what is to be said of it.

use super::attributes::numbers;
use super::cf_names::{cf_unit, long_name, safe_name};
use super::packing::DEFAULT_FILL;
use super::part::{FOREIGN, UNIT_OF_SUBSTANCE};
use super::scalar_coordinates::put_names;
use super::write_coordinates::{describe, failed};
use crate::error::Result;
use crate::field::Field;
use netcdf::{AttributeValue, FileMut, VariableMut};

/// The unit, a name for people, and the attributes of a field that are true of it in any file.
pub(super) fn put_meaning(variable: &mut VariableMut, field: &Field) -> Result<()> {
    let (unit, substance) = cf_unit(&field.unit);
    let mut name = match field.attributes.get("long_name") {
        Some(name) => name.clone(),
        None => long_name(&field.name),
    };
    if let Some(substance) = substance {
        let of_field = field.unit.to_string();
        describe(variable, &[(UNIT_OF_SUBSTANCE, &of_field)])?;
        if !name.to_lowercase().contains(substance) {
            name = format!("{name}, mass of {substance}");
        }
    }
    describe(variable, &[("units", &unit), ("long_name", &name)])?;
    for (key, value) in &field.attributes {
        if key == "units" || key == "long_name" || key.starts_with('_') {
            continue;
        }
        if FOREIGN.contains(&key.as_str()) {
            continue; // it names variables of the file it came from
        }
        let numbers = match key.as_str() {
            "flag_values" | "flag_masks" => numbers(AttributeValue::Str(value.clone())),
            _ => vec![],
        };
        match numbers.is_empty() {
            true => describe(variable, &[(&safe_name(key), value)])?,
            false => {
                variable.put_attribute(key, numbers).map_err(failed)?;
            }
        }
    }
    Ok(())
}

pub(super) fn put_field(
    file: &mut FileMut,
    field: &Field,
    means: bool,
    labels: &str,
) -> Result<()> {
    let name = safe_name(&field.name);
    let dimensions: Vec<String> = field
        .dimensions()
        .iter()
        .map(|d| safe_name(&d.name))
        .collect();
    let dimensions: Vec<&str> = dimensions.iter().map(String::as_str).collect();
    let mut variable = file
        .add_variable::<f64>(&name, &dimensions)
        .map_err(failed)?;
    if !dimensions.is_empty() {
        variable.set_compression(1, true).map_err(failed)?;
    }
    variable.set_fill_value(DEFAULT_FILL).map_err(failed)?;
    put_meaning(&mut variable, field)?;
    put_names(&mut variable, labels)?;
    let mean = means && field.dimension("time").is_ok();
    if mean && !field.attributes.contains_key("cell_methods") {
        describe(&mut variable, &[("cell_methods", "time: mean")])?;
    }
    let values: Vec<f64> = field
        .data()
        .iter()
        .map(|v| if v.is_nan() { DEFAULT_FILL } else { *v })
        .collect();
    variable.put_values(&values, ..).map_err(failed)
}
