//! What datasets a folder of ObsPack files holds, from their names and attributes alone.

use super::obspack::Name;
use super::paths::files_in;
use crate::error::{Result, Warning};
use crate::io::netcdf::Dataset;
use crate::table::{Column, Table};
use crate::time::Time;
use crate::units::Unit;
use std::path::{Path, PathBuf};

/// One dataset.
#[derive(Default)]
struct Entry {
    path: PathBuf,
    dataset: String,
    name: Name,
    site_name: String,
    scale: String,
    /// First and last instant, as the attributes write them.
    period: [String; 2],
    /// Latitude, longitude, elevation, height of the intake.
    position: [f64; 4],
    count: usize,
}

/// The ObsPack datasets of files and folders, in order of name: name, site, site_name, lab, type
/// (`surface-flask`, `tower-insitu`, `aircraft-pfp`, ...), method (`flask`, `insitu`, `pfp`),
/// selection, gas, scale, first, last, count, latitude, longitude, elevation \[m\], intake_height
/// \[m above ground\], file. No data are read; files that are no ObsPack dataset are warned of.
///
/// # Errors
/// A path that is not there, a folder without files that end in `.nc`.
pub fn obspack_catalogue(paths: &[PathBuf]) -> Result<(Table, Vec<Warning>)> {
    let mut entries = Vec::new();
    let mut others = Vec::new();
    for path in files_in(paths, &[".nc"])? {
        match entry(&path) {
            Ok(Some(entry)) => entries.push(entry),
            Ok(None) => others.push(format!("{} is no dataset", path.display())),
            Err(e) => others.push(format!("{e}")),
        }
    }
    entries.sort_by(|a, b| (&a.dataset, &a.path).cmp(&(&b.dataset, &b.path)));
    let warning = others.first().map(|first| {
        let text = format!("{} files are not listed, the first: {first}", others.len());
        Warning::new("files_not_listed", text)
    });
    Ok((table(&entries)?, warning.into_iter().collect()))
}

/// The entry of a file; none where neither its name nor its attributes name a dataset.
fn entry(path: &Path) -> Result<Option<Entry>> {
    let stem = path.file_stem().unwrap_or_default().to_string_lossy();
    let file = Dataset::open(path)?;
    let about = |name: &str| {
        let text = file.attribute(None, name).unwrap_or_default();
        text.trim().to_string()
    };
    let number = |name: &str| about(name).parse().unwrap_or(f64::NAN);
    let dataset = match about("dataset_name") {
        none if none.is_empty() => stem.into_owned(),
        name => name,
    };
    let Some(mut name) = Name::parse(&dataset) else {
        return Ok(None);
    };
    let or = |text: String, other: &str| if text.is_empty() { other.into() } else { text };
    name.site = or(about("site_code"), &name.site);
    name.lab = or(about("lab_1_abbr"), &name.lab);
    let intake = number("dataset_intake_ht");
    let intake = if intake >= 0.0 {
        Some(intake)
    } else {
        name.height
    };
    let count = file.records("time");
    Ok(Some(Entry {
        site_name: about("site_name"),
        scale: about("dataset_calibration_scale"),
        period: ["dataset_start_date", "dataset_stop_date"].map(about),
        position: [
            number("site_latitude"),
            number("site_longitude"),
            number("site_elevation"),
            intake.unwrap_or(f64::NAN),
        ],
        count: count.unwrap_or(0),
        path: path.into(),
        dataset,
        name,
    }))
}

fn table(entries: &[Entry]) -> Result<Table> {
    fn text<'a>(entries: &'a [Entry], of: impl Fn(&'a Entry) -> &'a str) -> Column {
        Column::text(entries.iter().map(of))
    }
    let e = entries;
    let position = |k: usize, unit: &str| {
        let values = entries.iter().map(|e| e.position[k]).collect();
        Ok(Column::Numbers(values, Unit::parse(unit)?))
    };
    let counts: Vec<f64> = entries.iter().map(|e| e.count as f64).collect();
    let files = entries.iter().map(|e| e.path.display());
    Table::new()
        .with("name", text(e, |e| &e.dataset))?
        .with("site", text(e, |e| &e.name.site))?
        .with("site_name", text(e, |e| &e.site_name))?
        .with("lab", text(e, |e| &e.name.lab))?
        .with("type", text(e, |e| &e.name.project))?
        .with("method", text(e, |e| method(&e.name.project)))?
        .with("selection", text(e, |e| &e.name.selection))?
        .with("gas", text(e, |e| &e.name.gas))?
        .with("scale", text(e, |e| &e.scale))?
        .with("first", instants(entries, 0))?
        .with("last", instants(entries, 1))?
        .with("count", Column::numbers(counts))?
        .with("latitude", position(0, "degrees_north")?)?
        .with("longitude", position(1, "degrees_east")?)?
        .with("elevation", position(2, "m")?)?
        .with("intake_height", position(3, "m")?)?
        .with("file", Column::text(files))
}

fn method(project: &str) -> &str {
    project
        .split_once('-')
        .map_or(project, |(_, method)| method)
}

/// Instants where all datasets say one, to the second; else their texts.
fn instants(entries: &[Entry], which: usize) -> Column {
    let texts: Vec<&str> = entries.iter().map(|e| e.period[which].as_str()).collect();
    let times: Option<Vec<Time>> = texts.iter().map(|t| t.parse().ok()).collect();
    times.map_or_else(|| Column::text(texts), Column::Times)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::observation::files::obspack::samples;

    #[test]
    fn datasets_are_listed_from_names_and_attributes() {
        let folder = tempfile::tempdir().unwrap();
        let at = |name: &str| folder.path().join(name);
        samples::flask(
            &at("co2_mlo_surface-flask_1_representative.nc"),
            &samples::Flask::default(),
        );
        samples::tower(&at("co2_lef_tower-insitu_1_allvalid-396magl.nc"));
        std::fs::write(at("notes.nc"), "none").unwrap();
        let (table, warnings) = obspack_catalogue(&[folder.path().into()]).unwrap();
        let text = |name: &str| table.column(name).unwrap().clone();
        assert_eq!(text("site"), Column::text(["LEF", "MLO"]));
        assert_eq!(
            text("type"),
            Column::text(["tower-insitu", "surface-flask"])
        );
        assert_eq!(text("method"), Column::text(["insitu", "flask"]));
        assert_eq!(table.numbers("count").unwrap(), [4.0, 5.0]);
        assert_eq!(table.numbers("intake_height").unwrap()[0], 396.0);
        assert_eq!(warnings[0].name, "files_not_listed");
    }
}
