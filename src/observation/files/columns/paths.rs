//! The files that paths name.

use crate::error::{Error, Result};
use crate::observation::files::files_in;
use std::path::{Path, PathBuf};

/// The files at `paths` in their order; of a folder those that are `named` as files of a format, in
/// order of their names.
///
/// # Errors
/// No path, a folder that cannot be read, or one without such files.
pub fn files(
    paths: &[PathBuf],
    format: &str,
    named: impl Fn(&str) -> bool,
) -> Result<Vec<PathBuf>> {
    if paths.is_empty() {
        return Err(Error::new(format!("no {format} file is named"))
            .expected("the path of a file, of a folder, or an array of paths"));
    }
    let each = paths.iter().map(|path| match path.is_dir() {
        true => in_folder(path, format, &named),
        false => Ok(vec![path.clone()]),
    });
    Ok(each.collect::<Result<Vec<_>>>()?.concat())
}

fn in_folder(folder: &Path, format: &str, named: &impl Fn(&str) -> bool) -> Result<Vec<PathBuf>> {
    let of_format = |p: &PathBuf| {
        let name = p.file_name().map(|n| n.to_string_lossy().into_owned());
        name.is_some_and(|n| named(&n))
    };
    let all = files_in(&[folder.into()], &[""])?;
    let files: Vec<PathBuf> = all.into_iter().filter(of_format).collect();
    if files.is_empty() {
        return Err(Error::new(format!("the folder has no {format} file"))
            .at(format!("folder \"{}\"", folder.display()))
            .hint("the path of a file, if its name is not the usual one"));
    }
    Ok(files)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_folder_gives_its_files_of_the_format_in_order() {
        let folder = tempfile::tempdir().unwrap();
        for name in ["b.nc", "a.nc", "c.txt"] {
            std::fs::write(folder.path().join(name), "").unwrap();
        }
        let named = |n: &str| n.ends_with(".nc");
        let named_files = files(&[folder.path().into(), "x.nc".into()], "test", named).unwrap();
        let names: Vec<_> = named_files.iter().map(|p| p.file_name().unwrap()).collect();
        assert_eq!(names, ["a.nc", "b.nc", "x.nc"]);
        let none = files(&[folder.path().into()], "test", |_| false).unwrap_err();
        assert!(none.to_string().contains("no test file"), "{none}");
        assert!(files(&[], "test", named).is_err());
    }
}
