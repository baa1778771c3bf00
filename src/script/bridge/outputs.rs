//! Where the files of a session go, and which it has written.

use crate::error::{Error, Result};
use crate::io::holder;
use crate::script::bridge::errors::{Fallible, attempt};
use crate::script::bridge::host::{Host, Inner};
use rhai::NativeCallContext;
use serde_json::json;
use std::path::{Component, Path, PathBuf};

/// Writes a file whose name a script gives, inside the output folder unless it is absolute, and
/// remembers it; its path.
///
/// # Errors
/// A name that leaves the output folder, a folder that cannot be written to, and those of `work`.
pub fn write_and_note(
    context: &NativeCallContext,
    name: &str,
    work: impl FnOnce(&Path) -> Result<()>,
) -> Fallible<String> {
    attempt(context, || {
        let path = Host::of(context).writable(name)?;
        work(&path)?;
        Ok(path.display().to_string())
    })
}

impl Inner {
    /// The files written, by their names inside the output folder.
    pub fn outputs(&self) -> Vec<String> {
        self.written.iter().map(|p| self.inside(p)).collect()
    }
    fn inside(&self, path: &Path) -> String {
        let name = path.strip_prefix(&self.output).unwrap_or(path);
        name.display().to_string()
    }
    /// What was written, in a line: the folder and the first names.
    pub fn wrote_in_words(&self) -> Option<String> {
        const NAMED: usize = 6;
        let there: Vec<&PathBuf> = self.written.iter().filter(|p| p.exists()).collect();
        let names: Vec<String> = there.iter().take(NAMED).map(|p| self.inside(p)).collect();
        let more = match there.len().saturating_sub(NAMED) {
            0 => String::new(),
            more => format!(" and {more} more"),
        };
        let folder = self.output.display();
        (!names.is_empty()).then(|| format!("wrote {}{more} in {folder}", names.join(", ")))
    }
}

impl Host {
    /// The path of an output file inside the output folder, which is made if need be.
    ///
    /// # Errors
    /// The name leads out of the folder, or the folder cannot be made.
    pub fn output(&self, name: &str) -> Result<PathBuf> {
        let full = self.inside(name)?;
        let folder = full.parent().unwrap_or(Path::new("."));
        std::fs::create_dir_all(folder).map_err(|e| {
            Error::new(format!("the folder {} cannot be made", folder.display())).got(e)
        })?;
        self.expect(&full)?;
        Ok(full)
    }

    /// The path of this name inside the output folder.
    ///
    /// # Errors
    /// The name leads out of the folder.
    pub fn inside(&self, name: &str) -> Result<PathBuf> {
        let output = self.lock().output.clone();
        // A path that `output` gave before is the same file.
        let path = Path::new(name);
        let path = path.strip_prefix(&output).unwrap_or(path);
        if path.is_absolute() || path.components().any(|c| c == Component::ParentDir) {
            return Err(Error::new("an output stays inside the output folder")
                .got(name)
                .hint("a relative name, and --out DIR"));
        }
        Ok(output.join(path))
    }

    /// The path to write a file of this name to: inside the output folder unless it is absolute.
    ///
    /// # Errors
    /// As [`Host::output`].
    pub fn writable(&self, name: &str) -> Result<PathBuf> {
        let output = self.lock().output.clone();
        let path = Path::new(name);
        if path.is_absolute() && !path.starts_with(&output) {
            self.wrote(path);
            return Ok(path.to_path_buf());
        }
        self.output(name)
    }

    /// Remembers a file that is about to be written into the output folder; while a script runs an
    /// earlier one is kept until the run has finished.
    fn expect(&self, path: &Path) -> Result<()> {
        self.wrote(path);
        let inner = self.lock();
        let (Some(run), Ok(name)) = (&inner.run, path.strip_prefix(&inner.output)) else {
            return Ok(());
        };
        let outputs = json!(inner.outputs());
        let record = json!({ "outcome": "unfinished", "by": holder(), "outputs": outputs });
        run.expect(name, &record.to_string())
    }

    /// Remembers a file that was written, once, for the record of the run.
    pub fn wrote(&self, path: &Path) {
        let mut inner = self.lock();
        if !inner.written.iter().any(|p| p == path) {
            inner.written.push(path.into());
        }
    }
}
