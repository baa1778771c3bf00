//! Files by their paths, lists of them, and folders.

use crate::error::{Error, Result};
use std::path::{Path, PathBuf};

/// How deep files lie in a folder at most: packages have them in `data/nc/`.
const DEPTH: usize = 4;

/// The files named, in the order given, and those in the folders named whose names end so, in order
/// of name.
///
/// # Errors
/// Nothing of that name, or a folder without such files.
pub(crate) fn files_in(paths: &[PathBuf], endings: &[&str]) -> Result<Vec<PathBuf>> {
    let mut files = Vec::new();
    for path in paths {
        if !path.is_dir() {
            files.push(path.clone());
            continue;
        }
        let before = files.len();
        collect(path, endings, DEPTH, &mut files).map_err(|e| {
            Error::new("a folder cannot be read")
                .got(e)
                .at(path.display())
        })?;
        files[before..].sort();
        if files.len() == before {
            return Err(Error::new("there are no such files in the folder")
                .expected(format!("names that end in {}", endings.join(" or ")))
                .at(path.display()));
        }
    }
    if files.is_empty() {
        return Err(Error::new("there are no files to read")
            .expected("the path of a file or folder, or an array of them")
            .got("none"));
    }
    Ok(files)
}

fn collect(
    folder: &Path,
    endings: &[&str],
    depth: usize,
    files: &mut Vec<PathBuf>,
) -> std::io::Result<()> {
    for entry in std::fs::read_dir(folder)? {
        let path = entry?.path();
        if path.is_dir() {
            if depth > 1 {
                collect(&path, endings, depth - 1, files)?;
            }
        } else if names_end(&path, endings) {
            files.push(path);
        }
    }
    Ok(())
}

/// Whether the name of a file ends so, in small or capital letters, and does not begin with a dot.
fn names_end(path: &Path, endings: &[&str]) -> bool {
    let name = path.file_name().unwrap_or_default().to_string_lossy();
    let lower = name.to_lowercase();
    let mut endings = endings.iter().map(|e| e.to_lowercase());
    !name.starts_with('.') && endings.any(|e| lower.ends_with(&e))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn folders_give_their_files_in_order_of_name() {
        let folder = tempfile::tempdir().unwrap();
        let at = |name: &str| folder.path().join(name);
        std::fs::create_dir_all(at("data/nc")).unwrap();
        for name in ["data/nc/b.nc", "data/nc/a.NC", "data/.a.nc", "notes.txt"] {
            std::fs::write(at(name), "").unwrap();
        }
        let files = files_in(&[folder.path().into(), at("notes.txt")], &[".nc"]).unwrap();
        assert_eq!(
            files,
            [at("data/nc/a.NC"), at("data/nc/b.nc"), at("notes.txt")]
        );
        assert!(files_in(&[folder.path().into()], &[".tbl"]).is_err());
        assert!(files_in(&[], &[".nc"]).is_err());
    }
}
