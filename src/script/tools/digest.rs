//! Digests (SHA-256) of texts and files, as `sha256sum` gives them.

use crate::flux::FluxBasis;
use sha2::{Digest, Sha256};
use std::fs::File;
use std::io::{Read, Result, Seek, SeekFrom};
use std::path::Path;

/// Bytes up to which a file is read whole.
const WHOLE: u64 = 1 << 26;
/// Bytes read at each end of a longer file.
const END: u64 = 1 << 20;

/// The digest of a text.
pub fn of_text(text: &str) -> String {
    written(Sha256::new_with_prefix(text))
}

/// The digest of bytes and single-precision numbers one after another.
pub fn of_parts<'a>(
    bytes: impl Iterator<Item = &'a [u8]>,
    singles: impl Iterator<Item = &'a [f32]>,
) -> String {
    let mut digest = Sha256::new();
    bytes.for_each(|b| digest.update(b));
    for numbers in singles.flat_map(|n| n.chunks(1 << 16)) {
        let bytes: Vec<u8> = numbers.iter().flat_map(|v| v.to_le_bytes()).collect();
        digest.update(bytes);
    }
    written(digest)
}

/// The digest of the fluxes of one interval.
pub fn of_basis(basis: &FluxBasis) -> String {
    let mut digest = Sha256::new();
    for numbers in [&basis.fixed, &basis.value] {
        numbers.iter().for_each(|v| digest.update(v.to_le_bytes()));
    }
    for positions in [&basis.first, &basis.factor] {
        positions
            .iter()
            .for_each(|k| digest.update((*k as u64).to_le_bytes()));
    }
    written(digest)
}

/// The size of a file and its digest; of one beyond 64 MB that of its first and last MB.
///
/// # Errors
/// It cannot be read.
pub fn of_file(path: &Path) -> Result<(u64, String)> {
    let mut file = File::open(path)?;
    let size = file.metadata()?.len();
    let mut digest = Sha256::new();
    let mut take = |file: &mut File, length: u64| -> Result<()> {
        let mut bytes = Vec::new();
        file.take(length).read_to_end(&mut bytes)?;
        digest.update(&bytes);
        Ok(())
    };
    if size <= WHOLE {
        take(&mut file, WHOLE)?;
    } else {
        take(&mut file, END)?;
        file.seek(SeekFrom::End(-(END as i64)))?;
        take(&mut file, END)?;
    }
    Ok((size, written(digest)))
}

fn written(digest: Sha256) -> String {
    let bytes = digest.finalize();
    bytes.iter().map(|b| format!("{b:02x}")).collect()
}
