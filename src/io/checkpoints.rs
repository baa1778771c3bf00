//! The folder of the checkpoints of a run: what every step came to, and what is needed to go on
//! after the last few of them.
//!
//! | file | holds |
//! |---|---|
//! | `run.json` | what the run is, by which it knows its checkpoints again |
//! | `window_0007.mcas` | the result of step 7, kept for all steps |
//! | `state_0007.mcas` | the state after step 7, kept for the last few |

use super::{Content, FolderLock, Sections, remove_partial_files, write_sections, write_whole};
use crate::error::{Error, Result};
use std::fs;
use std::path::{Path, PathBuf};

const ABOUT: &str = "run.json";

/// A folder of checkpoints.
#[derive(Debug)]
pub struct Checkpoints {
    folder: PathBuf,
    keep: usize,
    lock: Option<FolderLock>,
}

impl Checkpoints {
    /// The folder of a run, made if need be and held until the end of the run; the states after the
    /// last `keep` steps stay.
    ///
    /// # Errors
    /// The folder cannot be used, or another run uses it.
    pub fn hold(folder: &Path, keep: usize) -> Result<Self> {
        let lock = Some(FolderLock::take(folder)?);
        remove_partial_files(folder);
        let folder = folder.to_path_buf();
        Ok(Checkpoints {
            folder,
            keep: keep.max(1),
            lock,
        })
    }

    /// The folder of another run, to be read.
    ///
    /// # Errors
    /// There are no checkpoints.
    pub fn read(folder: &Path) -> Result<Self> {
        let checkpoints = Checkpoints {
            folder: folder.to_path_buf(),
            keep: 0,
            lock: None,
        };
        if !folder.join(ABOUT).is_file() {
            return Err(Error::new("the folder holds no checkpoints")
                .expected(format!("a folder with {ABOUT}"))
                .at(format!("folder \"{}\"", folder.display())));
        }
        Ok(checkpoints)
    }

    /// The folder.
    pub fn folder(&self) -> &Path {
        &self.folder
    }

    /// What the run is, if it was written down.
    ///
    /// # Errors
    /// The file cannot be read.
    pub fn about(&self) -> Result<Option<String>> {
        let path = self.folder.join(ABOUT);
        match fs::read_to_string(&path) {
            Ok(text) => Ok(Some(text)),
            Err(e) if e.kind() == std::io::ErrorKind::NotFound => Ok(None),
            Err(e) => Err(Error::new("what the run is cannot be read")
                .got(e)
                .at(format!("file \"{}\"", path.display()))),
        }
    }

    /// Writes down what the run is.
    ///
    /// # Errors
    /// The file cannot be written.
    pub fn set_about(&self, about: &str) -> Result<()> {
        self.check_held()?;
        let write = |part: &Path| fs::write(part, about).map_err(Error::new);
        write_whole(self.folder.join(ABOUT), write)
    }

    /// The steps after which there is a state, in order.
    pub fn states(&self) -> Vec<usize> {
        self.numbers("state_")
    }

    /// How many results there are from the first step on, without a gap.
    pub fn results(&self) -> usize {
        let there = self.numbers("window_");
        there
            .iter()
            .enumerate()
            .take_while(|(k, n)| k == *n)
            .count()
    }

    fn numbers(&self, lead: &str) -> Vec<usize> {
        let entries = fs::read_dir(&self.folder).into_iter().flatten().flatten();
        let number = |name: &str| {
            let digits = name.strip_prefix(lead)?.strip_suffix(".mcas")?;
            digits.parse().ok()
        };
        let mut all: Vec<usize> = entries
            .filter_map(|e| number(&e.file_name().to_string_lossy()))
            .collect();
        all.sort_unstable();
        all
    }

    /// Writes the result of a step.
    ///
    /// # Errors
    /// The file cannot be written.
    pub fn write_result(&self, step: usize, sections: &[(&str, Content)]) -> Result<()> {
        self.check_held()?;
        write_sections(&self.result_file(step), sections)
    }

    /// Writes the state after a step, and removes those that are no longer kept.
    ///
    /// # Errors
    /// The file cannot be written.
    pub fn write_state(&self, step: usize, sections: &[(&str, Content)]) -> Result<()> {
        self.check_held()?;
        write_sections(&self.state_file(step), sections)?;
        let states = self.states();
        let upto: Vec<usize> = states.into_iter().filter(|k| *k <= step).collect();
        for old in &upto[..upto.len().saturating_sub(self.keep)] {
            let _ = fs::remove_file(self.state_file(*old));
        }
        Ok(())
    }

    /// The result of a step.
    ///
    /// # Errors
    /// It is not there, or damaged.
    pub fn result(&self, step: usize) -> Result<Sections> {
        Sections::open(&self.result_file(step))
    }

    /// The state after a step.
    ///
    /// # Errors
    /// It is not there, or damaged.
    pub fn state(&self, step: usize) -> Result<Sections> {
        Sections::open(&self.state_file(step))
    }

    fn result_file(&self, step: usize) -> PathBuf {
        self.folder.join(format!("window_{step:04}.mcas"))
    }
    fn state_file(&self, step: usize) -> PathBuf {
        self.folder.join(format!("state_{step:04}.mcas"))
    }

    fn check_held(&self) -> Result<()> {
        let read_only = || Error::new("the checkpoints of another run are only read");
        self.lock.as_ref().map(|_| ()).ok_or_else(read_only)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_last_states_are_kept_and_all_results() {
        let folder = tempfile::tempdir().unwrap();
        let run_folder = folder.path().join("a/run");
        assert!(Checkpoints::read(&run_folder).is_err());
        let run = Checkpoints::hold(&run_folder, 2).unwrap();
        assert_eq!(
            (run.about().unwrap(), run.states(), run.results()),
            (None, vec![], 0)
        );
        run.set_about("{}").unwrap();
        for k in 0..5 {
            run.write_result(k, &[("value", Content::Bytes(b"r"))])
                .unwrap();
            run.write_state(k, &[("value", Content::Bytes(&[k as u8]))])
                .unwrap();
        }
        assert_eq!((run.states(), run.results()), (vec![3, 4], 5));
        assert_eq!(run.state(4).unwrap().bytes("value").unwrap(), [4]);
        fs::remove_file(run_folder.join("window_0002.mcas")).unwrap();
        assert_eq!(run.results(), 2);
        assert!(
            Checkpoints::hold(&run_folder, 2)
                .unwrap_err()
                .to_string()
                .contains("another run")
        );
        let other = Checkpoints::read(&run_folder).unwrap();
        assert_eq!(other.about().unwrap().as_deref(), Some("{}"));
        assert!(other.write_state(5, &[]).is_err());
    }

    #[test]
    fn what_a_killed_run_left_half_written_goes() {
        let folder = tempfile::tempdir().unwrap();
        let half = folder.path().join(".state_0001.partial-77-0.mcas");
        fs::write(&half, "half").unwrap();
        Checkpoints::hold(folder.path(), 1).unwrap();
        assert!(!half.exists());
    }
}
