//! An open NetCDF file: what it has, and its variables as fields, instants or text.

use super::attributes::{as_text, text_attribute};
use super::isolated::tried;
use super::opening::{
    absent, location, refuse_broken, refuse_others, refuse_undescribed, unreadable,
};
use super::values::{numbers, text, time_unit};
use crate::error::{Error, Result, did_you_mean};
use crate::fault::caught;
use crate::field::Field;
use crate::limits;
use crate::time::Time;
use netcdf::{Group, Variable};
use std::fmt;
use std::path::{Path, PathBuf};

/// One line of a file's table of contents.
#[derive(Debug, Clone, PartialEq)]
pub struct Listing {
    /// The variable, with its group if it is in one: `Retrieval/psurf`.
    pub name: String,
    /// Names and lengths of its dimensions in the file, outermost first.
    pub dimensions: Vec<(String, usize)>,
    /// The `units` attribute, or nothing.
    pub unit: String,
    /// The `long_name` attribute, or nothing.
    pub long_name: String,
}

impl fmt::Display for Dataset {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "<{}>", location(&self.path))?;
        self.list().iter().try_for_each(|l| write!(f, "\n  {l}"))
    }
}

impl fmt::Display for Listing {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let sizes: Vec<String> = self
            .dimensions
            .iter()
            .map(|(n, l)| format!("{n}: {l}"))
            .collect();
        write!(
            f,
            "{} ({}) [{}] {}",
            self.name,
            sizes.join(", "),
            self.unit,
            self.long_name
        )
    }
}

/// An open file. The NetCDF library serves one caller at a time, so reading from several threads is
/// safe but no faster.
#[derive(Debug)]
pub struct Dataset {
    pub(super) file: netcdf::File,
    path: PathBuf,
    /// Whether times become dates; else they stay the numbers of the file.
    pub(super) dates: bool,
}

impl Dataset {
    /// Opens a file for reading.
    ///
    /// # Errors
    /// No such file (a near name in its folder is suggested), one that is not NetCDF or is cut off.
    pub fn open(path: impl AsRef<Path>) -> Result<Self> {
        let path = path.as_ref().to_path_buf();
        limits::may_read(&path)?;
        if !path.is_file() {
            return Err(absent(&path));
        }
        super::quiet::hdf5();
        refuse_others(&path)?;
        refuse_broken(&path)?;
        if let Some(program) = limits::isolating() {
            tried(&program, &path)?;
        }
        let file = netcdf::open(&path).map_err(|e| unreadable(&path, &e))?;
        refuse_undescribed(&path, &file)?;
        crate::io::note_input(&path);
        Ok(Dataset {
            file,
            path,
            dates: true,
        })
    }

    /// The file with times as the numbers it holds, for calendars that are not this program's.
    pub fn without_dates(self) -> Self {
        Dataset {
            dates: false,
            ..self
        }
    }

    /// The file's path.
    pub fn path(&self) -> &Path {
        &self.path
    }

    /// All variables, those of groups after those outside.
    pub fn list(&self) -> Vec<Listing> {
        super::quiet::hdf5();
        let mut listings: Vec<Listing> = self.file.variables().map(|v| listing("", &v)).collect();
        if let Some(root) = self.file.root() {
            root.groups()
                .for_each(|g| list_group(&g, "", &mut listings));
        }
        listings
    }

    /// Whether there is a variable of this name.
    pub fn has(&self, variable: &str) -> bool {
        self.direct(variable).is_some()
    }

    /// A variable as a field: packing undone, missing values NaN, coordinates attached. Instants
    /// become seconds since 1970.
    ///
    /// # Errors
    /// No such variable, text instead of numbers, or a broken time coordinate.
    pub fn field(&self, variable: &str) -> Result<Field> {
        self.load(&self.part(variable)?)
    }

    /// A variable at one position along one of its dimensions, which goes: only that part is read.
    ///
    /// # Errors
    /// As [`Dataset::field`], and a dimension or position the variable does not have.
    pub fn field_at(&self, variable: &str, dimension: &str, position: usize) -> Result<Field> {
        let part = self.part(variable)?;
        // Instants and degrees have names of ours; the caller may know the file's.
        let axis = self
            .find(variable)?
            .dimensions()
            .iter()
            .position(|d| d.name() == dimension);
        let ours = axis
            .and_then(|k| part.axes.get(k))
            .map_or(dimension, |a| a.dimension.name.as_str());
        self.load(&part.at_positions(ours, &[position], false)?)
    }

    /// A variable of instants, in file order.
    ///
    /// # Errors
    /// A unit that is not a time since an instant, or a missing value.
    pub fn times(&self, variable: &str) -> Result<Vec<Time>> {
        let stored = self.find(variable)?;
        let units = text_attribute(&stored, "units").unwrap_or_default();
        self.located(variable, || {
            let unit = time_unit(&stored)?.ok_or_else(|| {
                Error::new("the variable holds no instants")
                    .expected("a unit such as days since 1970-01-01")
                    .got(format!("\"{units}\""))
            })?;
            numbers(&stored)?.iter().map(|n| unit.instant(*n)).collect()
        })
    }

    /// A variable of text: one entry per row of characters or per string.
    ///
    /// # Errors
    /// A variable of numbers.
    pub fn text(&self, variable: &str) -> Result<Vec<String>> {
        let stored = self.find(variable)?;
        self.located(variable, || text(&stored))
    }

    /// An attribute of a variable, or of the file, as text.
    pub fn attribute(&self, variable: Option<&str>, name: &str) -> Option<String> {
        match variable {
            Some(v) => self.find(v).ok()?.attribute_value(name)?.ok().map(as_text),
            None => self.file.attribute(name)?.value().ok().map(as_text),
        }
    }

    pub(super) fn located<T>(&self, variable: &str, work: impl FnOnce() -> Result<T>) -> Result<T> {
        let read = caught(work)
            .unwrap_or_else(|fault| Err(Error::new("the variable is damaged").got(fault.message)));
        read.map_err(|e| {
            e.at(format!("variable \"{variable}\""))
                .at(location(&self.path))
        })
    }

    /// The variable of a path, found group by group: asking the library for a name that is not
    /// there can end in a panic where groups are not supported.
    pub(super) fn direct(&self, path: &str) -> Option<Variable<'_>> {
        super::quiet::hdf5();
        let is_there = match path.split_once('/') {
            None => self.file.variables().any(|v| v.name() == path),
            Some((group, rest)) => {
                let root = self.file.root()?;
                let mut groups = root.groups();
                groups.any(|g| g.name() == group && holds(&g, rest))
            }
        };
        is_there.then(|| self.file.variable(path)).flatten()
    }

    pub(super) fn find(&self, variable: &str) -> Result<Variable<'_>> {
        if let Some(stored) = self.direct(variable) {
            return Ok(stored);
        }
        let names: Vec<String> = self.list().into_iter().map(|l| l.name).collect();
        let error =
            Error::new(format!("there is no variable \"{variable}\"")).at(location(&self.path));
        let bare = |n: &str| n.rsplit('/').next().unwrap_or_default().to_lowercase();
        let near = names
            .iter()
            .find(|n| bare(n) == bare(variable))
            .map(String::as_str);
        Err(
            match near.or_else(|| did_you_mean(variable, names.iter().map(String::as_str))) {
                Some(near) => error.hint(format!("\"{near}\"")),
                None => error.expected(format!("one of {}", names.join(", "))),
            },
        )
    }
}

fn listing(group: &str, variable: &Variable) -> Listing {
    Listing {
        name: format!("{group}{}", variable.name()),
        dimensions: variable
            .dimensions()
            .iter()
            .map(|d| (d.name(), d.len()))
            .collect(),
        unit: text_attribute(variable, "units").unwrap_or_default(),
        long_name: text_attribute(variable, "long_name").unwrap_or_default(),
    }
}

/// Whether a group has a variable of this path.
fn holds(group: &Group, path: &str) -> bool {
    match path.split_once('/') {
        None => group.variables().any(|v| v.name() == path),
        Some((inner, rest)) => group.groups().any(|g| g.name() == inner && holds(&g, rest)),
    }
}

fn list_group(group: &Group, above: &str, listings: &mut Vec<Listing>) {
    let path = format!("{above}{}/", group.name());
    listings.extend(group.variables().map(|v| listing(&path, &v)));
    group.groups().for_each(|g| list_group(&g, &path, listings));
}

#[cfg(test)]
mod tests {
    use super::super::{list, read};
    use super::*;
    use crate::field::Choice;
    use crate::units::Unit;

    fn real(name: &str) -> Option<PathBuf> {
        let path = std::env::var_os("MCAS_TEST_DATA").map(|folder| Path::new(&folder).join(name));
        if path.is_none() {
            eprintln!("skipped: MCAS_TEST_DATA is not set, {name} is not read");
        }
        path
    }

    #[test]
    fn packed_integers_become_values_with_instants() {
        let Some(path) = real("met/speedy_winter_6h.nc") else {
            return;
        };
        let t = read(&path, "t").unwrap();
        assert_eq!(t.shape(), [121, 8, 48, 96]);
        assert_eq!(
            t.dimension("time").unwrap().coordinate.label(1),
            "1982-01-01T06:00:00Z"
        );
        assert!(t.data().iter().all(|v| (150.0..350.0).contains(v)), "{t}");
        let slab = Dataset::open(&path)
            .unwrap()
            .field_at("t", "time", 7)
            .unwrap();
        assert_eq!(slab.data(), t.at("time", 7).unwrap().data());
    }

    #[test]
    fn both_kinds_of_missing_value_are_found_and_units_understood() {
        let Some(path) = real("met/NCEP_06_climo.nc") else {
            return;
        };
        let omega = read(&path, "OMEGA").unwrap();
        assert!(
            omega.data().iter().all(|v| v.is_nan() || v.abs() < 900.0),
            "{omega}"
        );
        let ps = read(&path, "PS")
            .unwrap()
            .to_unit(&Unit::parse("Pa").unwrap())
            .unwrap();
        let sea = ps
            .sel("lat", &Choice::Nearest(0.0))
            .unwrap()
            .sel("lon", &Choice::Nearest(200.0))
            .unwrap();
        assert!((sea.data().iter().next().unwrap() - 1.01e5).abs() < 1e3);
    }

    #[test]
    fn characters_are_read_as_text() {
        let Some(path) = real("insitu/ch4_spf_surface-flask_1_ccgg_Event.nc") else {
            return;
        };
        let file = Dataset::open(path).unwrap();
        let text = file.text("datetime").unwrap();
        assert_eq!(text.len(), 410);
        assert_eq!(
            text[0].parse::<Time>().unwrap(),
            file.times("time").unwrap()[0]
        );
        assert_eq!(
            file.field("value").unwrap().unit,
            Unit::parse("ppb").unwrap()
        );
    }

    #[test]
    fn variables_of_groups_are_listed_and_read_by_path() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("groups.nc");
        let mut file = netcdf::create(&path).unwrap();
        file.add_dimension("sounding_id", 2).unwrap();
        let mut group = file.add_group("Retrieval").unwrap();
        group
            .add_variable::<f32>("psurf", &["sounding_id"])
            .unwrap()
            .put_values(&[1000.0f32, 990.0], ..)
            .unwrap();
        file.close().unwrap();
        assert_eq!(list(&path).unwrap()[0].name, "Retrieval/psurf");
        assert_eq!(
            read(&path, "Retrieval/psurf")
                .unwrap()
                .data()
                .as_slice()
                .unwrap(),
            [1000.0, 990.0]
        );
        let message = read(&path, "psurf").unwrap_err().to_string();
        assert!(
            message.contains("\"Retrieval/psurf\"") && message.contains("groups.nc"),
            "{message}"
        );
    }

    #[test]
    fn a_misspelt_variable_or_file_is_named_with_the_nearest_one() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("fluxes.nc");
        super::super::write(
            &path,
            "t",
            &[&Field::scalar("bio_flux_opt", Unit::none(), 1.0)],
        )
        .unwrap();
        let message = read(&path, "bio_flux_op").unwrap_err().to_string();
        assert!(
            message.contains("\"bio_flux_opt\"") && message.contains("fluxes.nc"),
            "{message}"
        );
        assert!(
            read(folder.path().join("fluxs.nc"), "x")
                .unwrap_err()
                .to_string()
                .contains("fluxes.nc")
        );
        std::fs::write(folder.path().join("text.nc"), "not NetCDF").unwrap();
        assert!(
            list(folder.path().join("text.nc"))
                .unwrap_err()
                .to_string()
                .contains("cannot be read as NetCDF")
        );
        assert!(read(&path, "No/such").is_err());
    }
}
