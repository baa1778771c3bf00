//! Values of a script as they are stored in files: every bit of numbers, text, dates, arrays, maps,
//! fields, tables, factors of inflation and concentrations.

use crate::ensemble::{Concentrations, SavedConcentrations};
use crate::error::{Error, Result};
use crate::field::Field;
use crate::grid::Grid;
use crate::inflation::Factors;
use crate::io::{Content, Sections};
use crate::script::bridge::value::describe;
use crate::table::Table;
use crate::time::Time;
use rhai::{Dynamic, Map};
use serde::{Deserialize, Serialize};
use std::sync::Arc;

/// A value.
#[derive(Debug, Clone, Serialize, Deserialize)]
enum Stored {
    Nothing,
    Truth(bool),
    Whole(i64),
    Number(f64),
    Text(String),
    Letter(char),
    Time(Time),
    Array(Vec<Stored>),
    Map(Vec<(String, Stored)>),
    Field(Field),
    Table(Table),
    Factors(Factors),
    /// Their blocks are in sections of their own, from this number on.
    Concentrations(usize, SavedConcentrations),
}

/// A value taken apart.
pub struct Parts {
    bytes: Vec<u8>,
    states: Vec<Arc<Concentrations>>,
}

const VALUE: &str = "value";

impl Parts {
    /// Takes a value apart.
    ///
    /// # Errors
    /// It holds something that cannot be stored, such as a closure; the message says where.
    pub fn of(what: &str, value: &Dynamic) -> Result<Self> {
        let mut states = vec![];
        let stored = stored(what, value, &mut states)?;
        let bytes = rmp_serde::to_vec(&stored).map_err(Error::new)?;
        Ok(Parts { bytes, states })
    }

    /// The sections of a file.
    ///
    /// # Errors
    /// Those of `write`.
    pub fn with<T>(&self, write: impl FnOnce(&[(&str, Content)]) -> Result<T>) -> Result<T> {
        let blocks = self.states.iter().flat_map(|s| s.blocks());
        let named: Vec<(String, &[f32])> = blocks
            .enumerate()
            .map(|(k, b)| (block_name(k), b.values.as_slice()))
            .collect();
        let mut sections = vec![(VALUE, Content::Bytes(&self.bytes))];
        sections.extend(named.iter().map(|(n, v)| (n.as_str(), Content::Singles(v))));
        write(&sections)
    }

    /// What a digest is made of: the same for the same bits.
    pub fn bytes(&self) -> impl Iterator<Item = &[u8]> {
        [self.bytes.as_slice()].into_iter()
    }

    /// Values of concentrations, which come after the bytes in a digest.
    pub fn singles(&self) -> impl Iterator<Item = &[f32]> {
        let blocks = self.states.iter().flat_map(|s| s.blocks());
        blocks.map(|b| b.values.as_slice())
    }
}

fn block_name(number: usize) -> String {
    format!("block_{number}")
}

fn stored(what: &str, value: &Dynamic, states: &mut Vec<Arc<Concentrations>>) -> Result<Stored> {
    if let Ok(array) = value.as_array_ref() {
        let item = |(k, v): (usize, &Dynamic)| stored(&format!("{what}[{k}]"), v, states);
        return Ok(Stored::Array(
            array.iter().enumerate().map(item).collect::<Result<_>>()?,
        ));
    }
    if let Ok(map) = value.as_map_ref() {
        let item = |(k, v): (&_, &Dynamic)| {
            Ok((format!("{k}"), stored(&format!("{what}.{k}"), v, states)?))
        };
        return Ok(Stored::Map(map.iter().map(item).collect::<Result<_>>()?));
    }
    let value = value.flatten_clone();
    if let Some(state) = value.read_lock::<Arc<Concentrations>>() {
        let first = states.iter().map(|s| s.blocks().len()).sum();
        states.push(state.clone());
        return Ok(Stored::Concentrations(first, state.saved()));
    }
    simple(&value).ok_or_else(|| {
        Error::new(format!("{what} cannot be kept in a file"))
            .expected(
                "numbers, text, dates, arrays, maps, fields, tables, factors or concentrations",
            )
            .got(describe(&value))
    })
}

/// A value without parts.
fn simple(value: &Dynamic) -> Option<Stored> {
    let plain = [
        value.is_unit().then_some(Stored::Nothing),
        value.as_bool().ok().map(Stored::Truth),
        value.as_int().ok().map(Stored::Whole),
        value.as_float().ok().map(Stored::Number),
        value.as_char().ok().map(Stored::Letter),
        value
            .as_immutable_string_ref()
            .ok()
            .map(|t| Stored::Text(t.to_string())),
    ];
    let plain = plain.into_iter().flatten().next();
    plain
        .or_else(|| value.read_lock::<Time>().map(|v| Stored::Time(*v)))
        .or_else(|| value.read_lock::<Field>().map(|v| Stored::Field(v.clone())))
        .or_else(|| value.read_lock::<Table>().map(|v| Stored::Table(v.clone())))
        .or_else(|| {
            value
                .read_lock::<Factors>()
                .map(|v| Stored::Factors(v.clone()))
        })
}

/// The value of a file; concentrations need their grid.
///
/// # Errors
/// The file is damaged; concentrations of another grid, or without one.
pub fn read(sections: &mut Sections, grid: Option<&Arc<Grid>>) -> Result<Dynamic> {
    let bytes = sections.bytes(VALUE)?;
    let stored: Stored = rmp_serde::from_slice(&bytes)
        .map_err(|e| Error::new("the checkpoint holds a value that is not understood").got(e))?;
    value(stored, sections, grid)
}

fn value(stored: Stored, sections: &mut Sections, grid: Option<&Arc<Grid>>) -> Result<Dynamic> {
    Ok(match stored {
        Stored::Nothing => Dynamic::UNIT,
        Stored::Truth(v) => v.into(),
        Stored::Whole(v) => v.into(),
        Stored::Number(v) => v.into(),
        Stored::Text(v) => v.into(),
        Stored::Letter(v) => v.into(),
        Stored::Time(v) => Dynamic::from(v),
        Stored::Field(v) => Dynamic::from(v),
        Stored::Table(v) => Dynamic::from(v),
        Stored::Factors(v) => Dynamic::from(v),
        Stored::Array(items) => {
            let items = items.into_iter().map(|v| value(v, sections, grid));
            Dynamic::from_array(items.collect::<Result<_>>()?)
        }
        Stored::Map(items) => {
            let items = items.into_iter();
            let items = items.map(|(k, v)| Ok((k.into(), value(v, sections, grid)?)));
            Dynamic::from_map(items.collect::<Result<Map>>()?)
        }
        Stored::Concentrations(first, saved) => {
            let grid = grid.ok_or_else(|| {
                Error::new("concentrations are read with their grid").hint("state(k, world.grid)")
            })?;
            let blocks = first..first + saved.n_blocks();
            let blocks = blocks.map(|k| sections.singles(&block_name(k)));
            let blocks = blocks.collect::<Result<_>>()?;
            Dynamic::from(Arc::new(Concentrations::restored(grid, saved, blocks)?))
        }
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::io::write_sections;
    use crate::script::session::{Session, Start};

    #[test]
    fn every_kind_of_value_comes_back_with_its_bits() {
        let mut session = Session::new(Start::default()).unwrap();
        let text = "#{
            n: (), t: true, i: -3, x: 0.1 + 0.2, nan: data::missing(), s: \"süß\", d: date(\"2016-07-01T03:00\"),
            a: [1, [2.5, 'c']], f: field(\"co2\", [[1, 2], [3, 4]], #{ unit: \"ppm\", dims: [\"time\", \"x\"],
                coords: #{ time: [date(\"2016-07-01\"), date(\"2016-07-02\")] } }),
            tab: table(#{ a: [1, 2], b: [\"x\", \"y\"] }),
            c: concentrations::uniform(grid(\"30x30\"), 3, 400.5),
            l: inflation::fixed(#{ theta: 1.5 }).estimate(
                innovation(#{ a: #{ equivalents: [[1, 2, 4]], values: [2], sd: 1 } })),
        }";
        let first = session.run("t", text).unwrap();
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("v.mcas");
        let parts = Parts::of("the value", &first).unwrap();
        parts
            .with(|sections| write_sections(&path, sections))
            .unwrap();
        let grid = Grid::geos(30.0, 30.0).unwrap();
        let back = read(&mut Sections::open(&path).unwrap(), Some(&grid)).unwrap();
        let again = Parts::of("the value", &back).unwrap();
        assert!(parts.bytes().eq(again.bytes()) && parts.singles().eq(again.singles()));
        assert_eq!(session.show(&first), session.show(&back));
        assert!(read(&mut Sections::open(&path).unwrap(), None).is_err());
    }

    #[test]
    fn what_cannot_be_kept_is_named_with_its_place() {
        let mut session = Session::new(Start::default()).unwrap();
        let value = session.run("t", "#{ a: [1, |x| x + 1] }").unwrap();
        let message = Parts::of("the result", &value).err().unwrap().to_string();
        assert!(
            message.contains("the result.a[1] cannot be kept"),
            "{message}"
        );
    }
}
