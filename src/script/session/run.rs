//! Runs a script with the record of the run beside its outputs.

use super::Session;
use crate::error::Error;
use crate::random;
use crate::script::bridge::errors::{Fallible, thrown};
use crate::script::tools::digest;
use rhai::{Dynamic, Position};
use std::path::{Path, PathBuf};
use std::time::Instant;

impl Session {
    /// Runs a script file and leaves the record of the run beside its outputs.
    ///
    /// # Errors
    /// The file cannot be read, the script fails, or the record cannot be written.
    pub fn run_file(&mut self, path: &Path) -> Fallible<Dynamic> {
        let text = std::fs::read_to_string(path).map_err(|e| {
            thrown(
                Error::new(format!("the script {} cannot be read", path.display())).got(e),
                Position::NONE,
            )
        })?;
        self.run_script(path, &text)
    }

    /// The files that this session has read and not written, and their digests.
    pub fn inputs(&self) -> Vec<(PathBuf, String)> {
        let inner = self.host().lock();
        let read = self.inputs.iter().cloned().chain(crate::io::inputs());
        let texts = inner.parts.iter().map(|p| p.file.clone());
        let mut files: Vec<PathBuf> = read.chain(texts).collect();
        files.sort();
        files.dedup();
        files.retain(|file| !inner.written.contains(file));
        let with_digest = |file: PathBuf| {
            let sha256 = digest::of_file(&file).map(|(_, sha256)| sha256);
            (file, sha256.unwrap_or_default())
        };
        files.into_iter().map(with_digest).collect()
    }

    /// Runs the text of a script and leaves the record of the run beside its outputs, also when it
    /// fails or is stopped.
    ///
    /// # Errors
    /// The script fails, or the record cannot be written.
    pub fn run_script(&mut self, path: &Path, text: &str) -> Fallible<Dynamic> {
        self.inputs.extend(crate::io::inputs());
        crate::io::forget_inputs();
        random::forget_seeds();
        let at_start = |e| thrown(e, Position::NONE);
        self.begin_record((path, text)).map_err(at_start)?;
        self.host.lock().script = Some(digest::of_text(text));
        crate::script::bind::forget_parts(&self.host);
        let start = Instant::now();
        let outcome = self.run(&path.display().to_string(), text);
        if outcome.is_ok() {
            self.host.warn_of_unused_settings();
        }
        self.host.count_warnings();
        let seconds = start.elapsed().as_secs_f64();
        let recorded = self.end_record(
            (path, text),
            seconds,
            outcome.as_ref().err().map(Box::as_ref),
        );
        self.host.lock().script = None;
        let value = outcome?;
        recorded.map_err(|e| thrown(e, Position::NONE))?;
        Ok(value)
    }
}
