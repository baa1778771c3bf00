//! The superblock of an HDF5 file: the length that it states, and whether it can be one.

use std::fs::File;
use std::io::{Error, ErrorKind, Read, Result, Seek, SeekFrom};
use std::path::Path;

const SIGNATURE: &[u8; 8] = b"\x89HDF\r\n\x1a\n";
/// Bytes before the signature that are tried: none, then powers of two from 512.
const LAST_PLACE: u64 = 1 << 30;

/// Bytes that the superblock of a file says it holds; `None` where there is no signature (HDF5 File
/// Format Specification 3.0, II.A, versions 0 to 3).
///
/// # Errors
/// A file that cannot be read, or a superblock that is broken.
pub fn length(path: &Path) -> Result<Option<u64>> {
    let mut file = File::open(path)?;
    let size = file.metadata()?.len();
    let mut place = 0;
    while place <= LAST_PLACE && place + 64 <= size {
        let mut block = [0; 64];
        file.seek(SeekFrom::Start(place))?;
        file.read_exact(&mut block)?;
        if block.starts_with(SIGNATURE) {
            return end(&block).map(|end| Some(place + end));
        }
        place = (2 * place).max(512);
    }
    Ok(None)
}

fn broken(what: String) -> Error {
    Error::new(ErrorKind::InvalidData, what)
}

/// The address behind the last byte.
fn end(block: &[u8; 64]) -> Result<u64> {
    let (version, widths, addresses) = match block[8] {
        version @ 0 => (version, (block[13], block[14]), 24),
        version @ 1 => (version, (block[13], block[14]), 28),
        version @ (2 | 3) => (version, (block[9], block[10]), 12),
        version => return Err(broken(format!("a superblock of version {version}"))),
    };
    if ![4, 8].contains(&widths.0) || ![4, 8].contains(&widths.1) {
        return Err(broken(format!(
            "addresses of {} bytes, lengths of {}",
            widths.0, widths.1
        )));
    }
    let width = usize::from(widths.0);
    // Base address, address of the free space or extension, end of the file.
    let address = |k: usize| {
        let at = addresses + k * width;
        let bytes = block.get(at..at + width).unwrap_or_default();
        bytes
            .iter()
            .rev()
            .fold(0, |n, byte| n << 8 | u64::from(*byte))
    };
    match address(2) {
        0 => Err(broken(format!(
            "an end at 0 in a superblock of version {version}"
        ))),
        end => Ok(end),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_superblock_states_the_length_of_the_file() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("a.nc");
        let mut file = netcdf::create(&path).unwrap();
        file.add_dimension("x", 1000).unwrap();
        file.add_variable::<f64>("a", &["x"]).unwrap();
        file.close().unwrap();
        let bytes = std::fs::read(&path).unwrap();
        assert_eq!(length(&path).unwrap(), Some(bytes.len() as u64));
        std::fs::write(&path, &bytes[..bytes.len() - 1]).unwrap();
        let message = super::super::list(&path).unwrap_err().to_string();
        assert!(message.contains("cut off"), "{message}");
        // 512 bytes of a user before the signature.
        std::fs::write(&path, [&[0; 512][..], &bytes].concat()).unwrap();
        assert_eq!(length(&path).unwrap(), Some(bytes.len() as u64 + 512));
        for (at, byte) in [(8, 9), (9, 3)] {
            let mut wrong = bytes.clone();
            wrong[at] = byte;
            std::fs::write(&path, wrong).unwrap();
            let message = super::super::list(&path).unwrap_err().to_string();
            assert!(message.contains("broken"), "{at}: {message}");
        }
    }
}
