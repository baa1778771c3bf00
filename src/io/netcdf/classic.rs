//! The header of a file in a classic format of NetCDF: the length of the file, since the library
//! silently fills a truncated file with zeros; and whether the header is complete, since the
//! library does not check it.

use std::fs::File;
use std::io::{BufReader, ErrorKind, Read, Result};
use std::path::Path;

/// Bytes that the header of a file says it holds; `None` for other formats, and for a file whose
/// number of records is not stated (NetCDF Classic Format Specification, versions 1, 2 and 5).
///
/// # Errors
/// A file that cannot be read, or a header that is broken.
pub fn length(path: &Path) -> Result<Option<u64>> {
    let mut magic = [0; 4];
    let mut file = BufReader::new(File::open(path)?);
    if file.read_exact(&mut magic).is_err()
        || &magic[..3] != b"CDF"
        || ![1, 2, 5].contains(&magic[3])
    {
        return Ok(None);
    }
    let mut header = Header {
        file,
        version: magic[3],
    };
    let untold = if magic[3] == 5 {
        u64::MAX
    } else {
        u64::from(u32::MAX)
    };
    let records = header.count()?;
    if records == untold {
        return Ok(None);
    }
    let dimensions = header.list(DIMENSION, |h| {
        h.name()?;
        h.count()
    })?;
    header.attributes()?;
    let variables = header.list(VARIABLE, |h| h.variable(&dimensions))?;
    Ok(Some(end(&variables, records)))
}

/// Tags of the lists of a header.
const DIMENSION: u64 = 10;
const VARIABLE: u64 = 11;
const ATTRIBUTE: u64 = 12;

/// What of a variable lies in one piece.
struct Piece {
    /// Its first byte.
    begin: u64,
    /// Its bytes, those of one record if there is a piece for each.
    size: u64,
    recorded: bool,
}

/// The byte after the last one. Records follow each other, each variable's part filled up to 4
/// bytes unless it is alone.
fn end(variables: &[Piece], records: u64) -> u64 {
    let alone = variables.iter().filter(|v| v.recorded).count() == 1;
    let part = |v: &Piece| {
        if alone {
            v.size
        } else {
            v.size.checked_next_multiple_of(4).unwrap_or(v.size)
        }
    };
    let stride: u64 = variables
        .iter()
        .filter(|v| v.recorded)
        .map(part)
        .fold(0, u64::saturating_add);
    let ends = variables
        .iter()
        .filter(|v| !v.recorded || records > 0)
        .map(|v| {
            let before = if v.recorded {
                (records - 1).saturating_mul(stride)
            } else {
                0
            };
            v.begin.saturating_add(before).saturating_add(v.size)
        });
    ends.max().unwrap_or(0)
}

fn broken(what: &str) -> std::io::Error {
    std::io::Error::new(ErrorKind::InvalidData, what)
}

/// A reader of the header.
struct Header {
    file: BufReader<File>,
    version: u8,
}

impl Header {
    fn word(&mut self) -> Result<u64> {
        let mut bytes = [0; 4];
        self.file.read_exact(&mut bytes)?;
        Ok(u64::from(u32::from_be_bytes(bytes)))
    }
    fn long(&mut self) -> Result<u64> {
        Ok(self.word()? << 32 | self.word()?)
    }
    /// A count, or a length.
    fn count(&mut self) -> Result<u64> {
        if self.version == 5 {
            self.long()
        } else {
            self.word()
        }
    }
    fn skip(&mut self, bytes: u64) -> Result<()> {
        let skipped = std::io::copy(&mut self.file.by_ref().take(bytes), &mut std::io::sink())?;
        if skipped == bytes {
            Ok(())
        } else {
            Err(ErrorKind::UnexpectedEof.into())
        }
    }
    /// A name, which is UTF-8 filled up to 4 bytes.
    fn name(&mut self) -> Result<()> {
        let length = self.count()?;
        let mut name = Vec::new();
        self.file.by_ref().take(length).read_to_end(&mut name)?;
        if name.len() as u64 != length {
            return Err(ErrorKind::UnexpectedEof.into());
        }
        std::str::from_utf8(&name).map_err(|_| broken("a name that is no text"))?;
        self.skip(length.next_multiple_of(4) - length)
    }
    /// A list is a tag and a number, both zero for an empty one, and the elements.
    fn list<T>(
        &mut self,
        tag: u64,
        mut element: impl FnMut(&mut Self) -> Result<T>,
    ) -> Result<Vec<T>> {
        match (self.word()?, self.count()?) {
            (0, 0) => Ok(vec![]),
            (marker, n) if marker == tag => (0..n).map(|_| element(self)).collect(),
            (marker, _) => Err(broken(&format!("a list of tag {marker} in place of {tag}"))),
        }
    }
    fn attributes(&mut self) -> Result<()> {
        self.list(ATTRIBUTE, |h| {
            h.name()?;
            let width = h.width()?;
            let n = h.count()?;
            h.skip(
                n.saturating_mul(width)
                    .checked_next_multiple_of(4)
                    .unwrap_or(n),
            )
        })?;
        Ok(())
    }
    /// Bytes of a number of the type that comes next.
    fn width(&mut self) -> Result<u64> {
        match self.word()? {
            1 | 2 | 7 => Ok(1),
            3 | 8 => Ok(2),
            4 | 5 | 9 => Ok(4),
            6 | 10 | 11 => Ok(8),
            other => Err(broken(&format!("a type of number {other}"))),
        }
    }
    fn variable(&mut self, dimensions: &[u64]) -> Result<Piece> {
        self.name()?;
        let ids = (0..self.count()?)
            .map(|_| self.count())
            .collect::<Result<Vec<_>>>()?;
        let lengths = ids.iter().map(|id| {
            dimensions
                .get(*id as usize)
                .copied()
                .ok_or_else(|| broken("a dimension that is not there"))
        });
        let lengths = lengths.collect::<Result<Vec<u64>>>()?;
        self.attributes()?;
        let width = self.width()?;
        // The stated size is cut off beyond 4 GB.
        self.count()?;
        let begin = if self.version == 1 {
            self.word()?
        } else {
            self.long()?
        };
        let recorded = lengths.first() == Some(&0);
        Ok(Piece {
            begin,
            size: lengths[usize::from(recorded)..]
                .iter()
                .fold(width, |size, n| size.saturating_mul(*n)),
            recorded,
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use netcdf::Options;

    /// A file of this format with 5 shorts, 3 doubles and, if `records`, two records of 3 bytes
    /// each and one of 3 shorts each.
    fn written(path: &Path, format: Options, records: bool) {
        let mut file = netcdf::create_with(path, format).unwrap();
        file.add_attribute("title", "lengths").unwrap();
        file.add_dimension("x", 3).unwrap();
        file.add_dimension("five", 5).unwrap();
        file.add_variable::<f64>("a", &["x"]).unwrap();
        if records {
            file.add_unlimited_dimension("time").unwrap();
            file.add_variable::<i8>("b", &["time", "x"]).unwrap();
            file.add_variable::<i16>("c", &["time", "x"]).unwrap();
        }
        file.add_variable::<i16>("z", &["five"])
            .unwrap()
            .put_attribute("units", "1")
            .unwrap();
        file.enddef().unwrap();
        file.variable_mut("a")
            .unwrap()
            .put_values(&[1.0, 2.0, 3.0], ..)
            .unwrap();
        if records {
            file.variable_mut("b")
                .unwrap()
                .put_values(&[1i8, 2, 3, 4, 5, 6], (..2, ..))
                .unwrap();
            file.variable_mut("c")
                .unwrap()
                .put_values(&[1i16, 2, 3, 4, 5, 6], (..2, ..))
                .unwrap();
        }
        file.variable_mut("z")
            .unwrap()
            .put_values(&[1i16, 2, 3, 4, 5], ..)
            .unwrap();
        file.close().unwrap();
    }

    fn format(name: &str) -> Options {
        match name {
            "two" => Options::_64BIT_OFFSET,
            "five" => Options::_64BIT_DATA,
            _ => Options::empty(),
        }
    }

    #[test]
    fn a_file_is_as_long_as_its_header_says_but_for_the_last_filling() {
        let folder = tempfile::tempdir().unwrap();
        for name in ["one", "two", "five"] {
            for records in [false, true] {
                let path = folder.path().join(format!("{name}{records}.nc"));
                written(&path, format(name), records);
                let (stated, length) = (
                    length(&path).unwrap().unwrap(),
                    std::fs::metadata(&path).unwrap().len(),
                );
                assert!(
                    stated <= length && length < stated + 4,
                    "{name}, records {records}: {stated} of {length}"
                );
            }
        }
        let hdf = folder.path().join("four.nc");
        written(&hdf, Options::NETCDF4, true);
        assert_eq!(length(&hdf).unwrap(), None);
    }

    #[test]
    fn a_broken_header_is_an_error_and_never_trusted() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("five.nc");
        written(&path, format("five"), true);
        let intact = std::fs::read(&path).unwrap();
        let position = |what: &[u8]| intact.windows(what.len()).position(|w| w == what).unwrap();
        // The list of dimensions, a name, and the type of an attribute.
        for (at, byte) in [
            (15, 77),
            (position(b"five"), 0xff),
            (position(b"title") + 11, 99),
        ] {
            let mut bytes = intact.clone();
            bytes[at] = byte;
            std::fs::write(&path, &bytes).unwrap();
            assert!(length(&path).is_err(), "{at}");
            assert!(
                crate::io::netcdf::list(&path)
                    .unwrap_err()
                    .to_string()
                    .contains("broken")
            );
        }
    }
}
