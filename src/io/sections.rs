//! A file of named sections of bytes or single-precision numbers, for checkpoints: versioned,
//! checksummed and compressed.
//!
//! | bytes | hold |
//! |---|---|
//! | 0..8 | `MCASCKPT` |
//! | 8..12 | version of this layout, little-endian like all that follows |
//! | 12.. | blocks of the sections, one after another, each compressed (LZ4) |
//! | then | the index (MessagePack): name, width and blocks of each section |
//! | last 24 | where the index begins, its XXH3 checksum, `MCASLAST` |
//!
//! A block holds at most 1 MB. Numbers are stored byte by byte, all first bytes of a block, then
//! all second ones, as signs and exponents are alike and mantissas are not.

use super::write_whole;
use crate::error::{Error, Result};
use serde::{Deserialize, Serialize};
use std::fs::File;
use std::io::{BufWriter, Read, Seek, SeekFrom, Write};
use std::path::{Path, PathBuf};
use twox_hash::XxHash3_64;

const MAGIC: &[u8; 8] = b"MCASCKPT";
const LAST: &[u8; 8] = b"MCASLAST";
/// Version of the layout.
pub const VERSION: u32 = 1;
/// Bytes of a block before it is compressed.
const BLOCK: usize = 1 << 20;
const HEAD: usize = 12;
const TAIL: usize = 24;

/// What a section holds.
#[derive(Debug, Clone, Copy)]
pub enum Content<'a> {
    /// Bytes.
    Bytes(&'a [u8]),
    /// Numbers, of which every bit is kept.
    Singles(&'a [f32]),
}

#[derive(Debug, Serialize, Deserialize)]
struct Section {
    name: String,
    /// Bytes of one number: 1 or 4.
    width: usize,
    length: usize,
    blocks: Vec<Block>,
}

#[derive(Debug, Serialize, Deserialize)]
struct Block {
    at: u64,
    stored: usize,
    length: usize,
    checksum: u64,
}

/// Writes a file of sections, whole or not at all.
///
/// # Errors
/// The file cannot be written.
pub fn write_sections(path: &Path, sections: &[(&str, Content)]) -> Result<()> {
    write_whole(path, |part| {
        let mut out = BufWriter::new(File::create(part).map_err(Error::new)?);
        put(&mut out, sections).map_err(Error::new)?;
        out.flush().map_err(Error::new)
    })
}

fn put(out: &mut impl Write, sections: &[(&str, Content)]) -> std::io::Result<()> {
    out.write_all(MAGIC)?;
    out.write_all(&VERSION.to_le_bytes())?;
    let (mut at, mut index) = (HEAD as u64, vec![]);
    for (name, content) in sections {
        let (width, length) = match content {
            Content::Bytes(bytes) => (1, bytes.len()),
            Content::Singles(numbers) => (4, 4 * numbers.len()),
        };
        let mut blocks = vec![];
        let mut add = |raw: &[u8]| {
            let packed = lz4_flex::block::compress(raw);
            let (stored, length) = (packed.len(), raw.len());
            let checksum = XxHash3_64::oneshot(&packed);
            blocks.push(Block {
                at,
                stored,
                length,
                checksum,
            });
            at += stored as u64;
            out.write_all(&packed)
        };
        match content {
            Content::Bytes(bytes) => bytes.chunks(BLOCK).try_for_each(&mut add)?,
            Content::Singles(numbers) => {
                let mut blocks = numbers.chunks(BLOCK / 4);
                blocks.try_for_each(|numbers| add(&parted(numbers)))?;
            }
        }
        index.push(Section {
            name: name.to_string(),
            width,
            length,
            blocks,
        });
    }
    let index = rmp_serde::to_vec(&index).map_err(std::io::Error::other)?;
    out.write_all(&index)?;
    out.write_all(&at.to_le_bytes())?;
    out.write_all(&XxHash3_64::oneshot(&index).to_le_bytes())?;
    out.write_all(LAST)
}

/// The first bytes of all numbers, then the second ones, and so on.
fn parted(numbers: &[f32]) -> Vec<u8> {
    let mut bytes = vec![0; 4 * numbers.len()];
    for (k, plane) in bytes.chunks_mut(numbers.len().max(1)).enumerate() {
        for (byte, number) in plane.iter_mut().zip(numbers) {
            *byte = number.to_le_bytes()[k];
        }
    }
    bytes
}

fn joined(bytes: &[u8], numbers: &mut Vec<f32>) {
    let n = bytes.len() / 4;
    numbers.extend(
        (0..n).map(|k| {
            f32::from_le_bytes([bytes[k], bytes[n + k], bytes[2 * n + k], bytes[3 * n + k]])
        }),
    );
}

/// A file of sections that is read.
#[derive(Debug)]
pub struct Sections {
    path: PathBuf,
    file: File,
    index: Vec<Section>,
}

impl Sections {
    /// Opens a file.
    ///
    /// # Errors
    /// It cannot be read, is no checkpoint, is of another version, or was cut short.
    pub fn open(path: &Path) -> Result<Self> {
        let location = || format!("file \"{}\"", path.display());
        let unread = |e| {
            Error::new("the checkpoint cannot be read")
                .got(e)
                .at(location())
        };
        crate::limits::may_read(path)?;
        let mut file = File::open(path).map_err(unread)?;
        let mut head = Vec::new();
        (&mut file)
            .take(HEAD as u64)
            .read_to_end(&mut head)
            .map_err(unread)?;
        if head.len() >= 8 && &head[..8] != MAGIC {
            return Err(Error::new("the file is not a checkpoint").at(location()));
        }
        let short = || Error::new("the checkpoint was cut short").at(location());
        let version = head[..].get(8..).and_then(|v| v.try_into().ok());
        let version = u32::from_le_bytes(version.ok_or_else(short)?);
        if version != VERSION {
            return Err(Error::new("the checkpoint was written by another version")
                .expected(format!("version {VERSION} of the layout"))
                .got(format!("version {version}"))
                .at(location()));
        }
        let size = file.metadata().map_err(unread)?.len();
        let index = match index_of(&mut file, size).map_err(unread)? {
            Some(index) => index,
            None => return Err(short()),
        };
        let path = path.to_path_buf();
        Ok(Sections { path, file, index })
    }

    /// The bytes of a section.
    ///
    /// # Errors
    /// No such section, or a checksum that differs.
    pub fn bytes(&mut self, name: &str) -> Result<Vec<u8>> {
        let mut bytes = Vec::new();
        self.each(name, 1, |block| bytes.extend_from_slice(&block))?;
        Ok(bytes)
    }

    /// The numbers of a section.
    ///
    /// # Errors
    /// No such section, or a checksum that differs.
    pub fn singles(&mut self, name: &str) -> Result<Vec<f32>> {
        let mut numbers = Vec::new();
        self.each(name, 4, |block| joined(&block, &mut numbers))?;
        Ok(numbers)
    }

    fn each(&mut self, name: &str, width: usize, mut take: impl FnMut(Vec<u8>)) -> Result<()> {
        let location = format!("file \"{}\", section \"{name}\"", self.path.display());
        let known = self
            .index
            .iter()
            .find(|s| s.name == name && s.width == width);
        let section =
            known.ok_or_else(|| Error::new("the checkpoint lacks a section").at(&location))?;
        let damaged = || Error::new("the checkpoint is damaged: a checksum differs").at(&location);
        let mut length = 0;
        for block in &section.blocks {
            let mut packed = vec![0; block.stored];
            self.file
                .seek(SeekFrom::Start(block.at))
                .and_then(|_| self.file.read_exact(&mut packed))
                .map_err(|e| damaged().got(e))?;
            if XxHash3_64::oneshot(&packed) != block.checksum {
                return Err(damaged());
            }
            let raw = lz4_flex::block::decompress(&packed, block.length);
            let raw = raw.map_err(|e| damaged().got(e))?;
            length += raw.len();
            take(raw);
        }
        if length == section.length {
            Ok(())
        } else {
            Err(damaged())
        }
    }
}

/// The index at the end of a file; none where it is not whole.
fn index_of(file: &mut File, size: u64) -> std::io::Result<Option<Vec<Section>>> {
    let Some(end) = size
        .checked_sub(TAIL as u64)
        .filter(|end| *end >= HEAD as u64)
    else {
        return Ok(None);
    };
    let mut tail = [0; TAIL];
    file.seek(SeekFrom::Start(end))?;
    file.read_exact(&mut tail)?;
    let number = |k: usize| {
        let bytes = tail[k..k + 8].try_into();
        u64::from_le_bytes(bytes.unwrap_or_default())
    };
    let (at, checksum) = (number(0), number(8));
    if &tail[16..] != LAST || at > end {
        return Ok(None);
    }
    let mut index = Vec::new();
    file.seek(SeekFrom::Start(at))?;
    file.take(end - at).read_to_end(&mut index)?;
    if XxHash3_64::oneshot(&index) != checksum {
        return Ok(None);
    }
    Ok(rmp_serde::from_slice(&index).ok())
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::fs;

    fn written() -> (tempfile::TempDir, PathBuf, Vec<f32>) {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("w.mcas");
        // More than one block; a missing value and both zeros keep their bits.
        let mut numbers: Vec<f32> = (0..1_100_000).map(|k| (k as f32).sin() * 1e-6).collect();
        numbers.extend([f32::NAN, -0.0, 0.0, f32::MIN_POSITIVE / 2.0]);
        let sections = [
            ("value", Content::Bytes(b"a window")),
            ("state", Content::Singles(&numbers)),
            ("empty", Content::Singles(&[])),
        ];
        write_sections(&path, &sections).unwrap();
        (folder, path, numbers)
    }

    /// Reads all of a file; the message of the refusal.
    fn refused(path: &Path) -> Option<String> {
        let read = Sections::open(path).and_then(|mut s| {
            s.bytes("value")?;
            s.singles("state")?;
            s.singles("empty")
        });
        read.err().map(|e| e.to_string())
    }

    #[test]
    fn every_bit_comes_back() {
        let (_folder, path, numbers) = written();
        let mut sections = Sections::open(&path).unwrap();
        assert_eq!(sections.bytes("value").unwrap(), b"a window");
        let back = sections.singles("state").unwrap();
        assert!(
            back.iter()
                .map(|v| v.to_bits())
                .eq(numbers.iter().map(|v| v.to_bits()))
        );
        assert!(sections.singles("empty").unwrap().is_empty());
        assert!(sections.bytes("state").is_err() && sections.bytes("other").is_err());
        assert_eq!(fs::read_dir(path.parent().unwrap()).unwrap().count(), 1);
    }

    #[test]
    fn a_flipped_byte_anywhere_is_found() {
        let (_folder, path, _) = written();
        let bytes = fs::read(&path).unwrap();
        let ends = (0..40).chain(bytes.len() - 200..bytes.len());
        let middle = (40..bytes.len() - 200).step_by(bytes.len() / 40);
        for at in ends.chain(middle) {
            let mut other = bytes.clone();
            other[at] ^= 0x10;
            fs::write(&path, &other).unwrap();
            assert!(refused(&path).is_some(), "byte {at}");
        }
    }

    #[test]
    fn what_is_wrong_is_named() {
        let (_folder, path, _) = written();
        let bytes = fs::read(&path).unwrap();
        let said = |bytes: &[u8]| {
            fs::write(&path, bytes).unwrap();
            refused(&path).unwrap()
        };
        for length in [0, 5, 11, 30, bytes.len() / 2, bytes.len() - 1] {
            assert!(
                said(&bytes[..length]).contains("cut short"),
                "{length} bytes"
            );
        }
        assert!(said(b"CDF\x01 and more than that").contains("not a checkpoint"));
        let mut other = bytes.clone();
        other[8] = 7;
        let message = said(&other);
        assert!(
            message.contains("another version") && message.contains("version 7"),
            "{message}"
        );
        let mut flipped = bytes.clone();
        flipped[5000] ^= 1;
        let message = said(&flipped);
        assert!(
            message.contains("checksum") && message.contains("section \"state\""),
            "{message}"
        );
    }
}
