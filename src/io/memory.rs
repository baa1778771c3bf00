//! A file in memory, for libraries that do not survive a disk that fills: they write here, and
//! what they have written is copied to the disk.

use crate::error::{Error, Result};
use std::fs::{self, File};
use std::io::{Seek, copy};
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicU64, Ordering};

/// Where the system keeps files in memory.
const PLACE: &str = "/dev/shm";

/// A file that is gone when this is dropped.
#[derive(Debug)]
pub struct MemoryFile {
    file: File,
    path: PathBuf,
}

impl MemoryFile {
    /// An empty file, where the system has room for `bytes`.
    pub(crate) fn with_room(bytes: u64) -> Option<Self> {
        static COUNT: AtomicU64 = AtomicU64::new(0);
        let there = rustix::fs::statvfs(PLACE).ok()?;
        if there.f_bavail * there.f_frsize < bytes {
            return None;
        }
        let number = COUNT.fetch_add(1, Ordering::Relaxed);
        let path = Path::new(PLACE).join(format!("mcas-{}-{number}", std::process::id()));
        let open = File::options()
            .read(true)
            .write(true)
            .create_new(true)
            .open(&path);
        open.ok().map(|file| MemoryFile { file, path })
    }

    /// Its path until it is hidden.
    pub fn path(&self) -> &Path {
        &self.path
    }

    /// Takes its name from it, so that nothing is left should the process be killed; who has it
    /// open keeps it.
    pub fn hide(&self) {
        let _ = fs::remove_file(&self.path);
    }

    /// Copies it to a file.
    ///
    /// # Errors
    /// The file cannot be written, such as to a disk that is full.
    pub(crate) fn copy_to(mut self, path: &Path) -> Result<()> {
        let mut copied = || {
            self.file.rewind()?;
            copy(&mut self.file, &mut File::create(path)?)
        };
        copied().map(drop).map_err(Error::new)
    }
}

impl Drop for MemoryFile {
    fn drop(&mut self) {
        self.hide();
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::io::Write;

    #[test]
    fn what_is_written_by_its_path_is_copied_and_nothing_is_left() {
        let folder = tempfile::tempdir().unwrap();
        let Some(memory) = MemoryFile::with_room(10) else {
            return eprintln!("skipped: no files in memory on this system");
        };
        let path = memory.path().to_path_buf();
        let mut open = File::create(&path).unwrap();
        memory.hide();
        open.write_all(b"42").unwrap();
        assert!(!path.exists());
        memory.copy_to(&folder.path().join("a")).unwrap();
        assert_eq!(fs::read_to_string(folder.path().join("a")).unwrap(), "42");
        assert!(MemoryFile::with_room(u64::MAX).is_none());
    }

    #[test]
    fn a_full_disk_is_an_error() {
        let Some(memory) = MemoryFile::with_room(10) else {
            return eprintln!("skipped: no files in memory on this system");
        };
        fs::write(memory.path(), "42").unwrap();
        let message = memory
            .copy_to(Path::new("/dev/full"))
            .unwrap_err()
            .to_string();
        assert!(message.contains("No space left"), "{message}");
    }
}
