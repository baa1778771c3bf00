//! One folder, one run: a lock that says who holds it and since when.

use crate::error::{Error, Result};
use std::fs::{self, File, TryLockError};
use std::io::{Read, Seek, Write};
use std::os::unix::fs::MetadataExt;
use std::path::{Path, PathBuf};

/// Name of the lock's file in the folder.
const NAME: &str = ".lock";

/// A folder that is held until this is dropped or the process ends, however it ends.
#[derive(Debug)]
pub struct FolderLock {
    file: File,
    path: PathBuf,
}

impl FolderLock {
    /// Makes the folder if need be and locks it for this process.
    ///
    /// # Errors
    /// The folder cannot be made or written to; another run holds it, which is named.
    pub fn take(folder: &Path) -> Result<Self> {
        let location = || format!("folder \"{}\"", folder.display());
        let unusable = |e: std::io::Error| {
            Error::new("the folder cannot be used")
                .got(e)
                .at(location())
                .hint("another folder, or its permissions")
        };
        crate::limits::may_write(folder)?;
        fs::create_dir_all(folder).map_err(unusable)?;
        let path = folder.join(NAME);
        let open = || {
            File::options()
                .read(true)
                .write(true)
                .create(true)
                .truncate(false)
                .open(&path)
        };
        let mut file = open().map_err(unusable)?;
        loop {
            match file.try_lock() {
                Ok(()) => {}
                Err(TryLockError::WouldBlock) => {
                    let mut holder = String::new();
                    let _ = file.read_to_string(&mut holder);
                    return Err(Error::new("another run uses the folder")
                        .got(holder.trim())
                        .at(location())
                        .hint("another folder, or wait until it has ended"));
                }
                Err(TryLockError::Error(e)) => return Err(unusable(e)),
            }
            // The run that had it may have removed the file between opening and locking.
            let held = file.metadata().map_err(unusable)?.ino();
            if fs::metadata(&path).is_ok_and(|there| there.ino() == held) {
                break;
            }
            file = open().map_err(unusable)?;
        }
        let said = format!("{}\n", holder());
        let note = file.set_len(0).and_then(|()| file.rewind());
        note.and_then(|()| file.write_all(said.as_bytes()))
            .map_err(unusable)?;
        Ok(FolderLock { file, path })
    }
}

impl Drop for FolderLock {
    fn drop(&mut self) {
        let _ = fs::remove_file(&self.path);
        let _ = self.file.unlock();
    }
}

/// This process: its number, user and machine, and the time.
pub fn holder() -> String {
    let user = std::env::var("USER").or_else(|_| std::env::var("LOGNAME"));
    let user = user.map(|u| format!("{u}@")).unwrap_or_default();
    let machine = gethostname::gethostname();
    let since = jiff::Timestamp::now().strftime("%Y-%m-%dT%H:%M:%SZ");
    format!(
        "process {} of {user}{}, since {since}",
        std::process::id(),
        machine.display()
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_folder_is_held_by_one_at_a_time_and_free_afterwards() {
        let folder = tempfile::tempdir().unwrap();
        let run_folder = folder.path().join("run");
        let held = FolderLock::take(&run_folder).unwrap();
        let message = FolderLock::take(&run_folder).unwrap_err().to_string();
        let process = format!("process {}", std::process::id());
        assert!(
            message.contains("another run") && message.contains(&process),
            "{message}"
        );
        assert!(message.contains("since 20"), "{message}");
        drop(held);
        assert_eq!(fs::read_dir(&run_folder).unwrap().count(), 0);
        FolderLock::take(&run_folder).unwrap();
    }

    #[test]
    fn a_folder_that_cannot_be_used_is_named() {
        let folder = tempfile::tempdir().unwrap();
        let file = folder.path().join("a file");
        fs::write(&file, "").unwrap();
        let message = FolderLock::take(&file.join("run")).unwrap_err().to_string();
        assert!(
            message.contains("cannot be used") && message.contains("a file"),
            "{message}"
        );
    }
}
