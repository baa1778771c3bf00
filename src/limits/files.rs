//! Which files may be read and written.

use super::{Limits, held};
use crate::error::{Error, Result};
use std::path::{Component, Path, PathBuf};
use std::sync::Arc;

/// Refuses to read a file outside the folders that may be read.
///
/// # Errors
/// The file is outside.
pub fn may_read(path: &Path) -> Result<()> {
    let done = ("read", "--read");
    let inside = |limits: &Arc<Limits>| inside(path, limits.read.as_deref(), done);
    held().iter().try_for_each(inside)
}

/// Refuses to write a file outside the folders that may be written.
///
/// # Errors
/// The file is outside.
pub fn may_write(path: &Path) -> Result<()> {
    let done = ("written", "--write");
    let inside = |limits: &Arc<Limits>| inside(path, limits.write.as_deref(), done);
    held().iter().try_for_each(inside)
}

fn inside(path: &Path, allowed: Option<&[PathBuf]>, (done, flag): (&str, &str)) -> Result<()> {
    let Some(allowed) = allowed else {
        return Ok(());
    };
    let at = resolved(path);
    if allowed
        .iter()
        .any(|folder| at.starts_with(resolved(folder)))
    {
        return Ok(());
    }
    let names: Vec<String> = allowed.iter().map(|f| f.display().to_string()).collect();
    let folder = path.parent().unwrap_or(path);
    Err(
        Error::new(format!("the file may not be {done} in the sandbox"))
            .expected(format!("a path in {}", names.join(", ")))
            .got(format!("\"{}\"", path.display()))
            .hint(format!("{flag} {}", folder.display())),
    )
}

/// Where a path leads: links followed as far as it exists, the rest without `.` and `..`.
fn resolved(path: &Path) -> PathBuf {
    let whole = std::path::absolute(path).unwrap_or_else(|_| path.to_path_buf());
    let mut at = PathBuf::new();
    for part in whole.components() {
        match part {
            Component::CurDir => {}
            Component::ParentDir => {
                at.pop();
            }
            part => {
                at.push(part);
                at = std::fs::canonicalize(&at).unwrap_or(at);
            }
        }
    }
    at
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn neither_dots_nor_links_lead_out_of_a_folder() {
        let folder = tempfile::tempdir().unwrap();
        let own = folder.path().join("own");
        std::fs::create_dir_all(own.join("deep")).unwrap();
        let link = own.join("link");
        std::os::unix::fs::symlink(folder.path(), &link).unwrap();
        let allowed = [own.clone()];
        let may = |path: PathBuf| inside(&path, Some(&allowed), ("read", "--read")).is_ok();
        assert!(may(own.join("a.csv")) && may(own.join("deep/../not/yet.csv")));
        assert!(!may(own.join("../a.csv")) && !may(link.join("a.csv")));
        assert!(!may(folder.path().join("owned.csv")) && !may(own.join("no/../../x")));
        assert!(inside(Path::new("/etc/passwd"), None, ("read", "--read")).is_ok());
    }
}
