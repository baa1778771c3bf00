//! The output folder of a run while it runs: held by one run at a time, and at any moment either
//! with the files of the last run that finished or told apart from them.
//!
//! | name | holds |
//! |---|---|
//! | `record.json` | the record of the run whose files lie beside it |
//! | `record.unfinished.json` | that of the run that is under way: its outputs so far |
//! | `.earlier/` | files of the earlier run that this one has written anew, until it has finished |
//! | `.parts/` | parts of the run that are done, until it has finished |
//! | `failed/` | files and record of a run that failed or was killed, where an earlier one had finished |

use super::{FolderLock, remove_partial_files, write_whole};
use crate::error::{Error, Result};
use std::fs;
use std::path::{Path, PathBuf};

const RECORD: &str = "record.json";
const UNFINISHED: &str = "record.unfinished.json";
const EARLIER: &str = ".earlier";
const FAILED: &str = "failed";
const PARTS: &str = ".parts";

/// The output folder of a run that is under way.
#[derive(Debug)]
pub struct RunFolder {
    folder: PathBuf,
    /// Whether the files of an earlier run that finished are there.
    guarded: bool,
    /// The folders that were made for it, the innermost first.
    made: Vec<PathBuf>,
    lock: Option<FolderLock>,
}

impl RunFolder {
    /// Makes the folder, holds it, puts right what a killed run left, and writes down that a run is
    /// under way.
    ///
    /// # Errors
    /// The folder cannot be used, or another run uses it.
    pub fn begin(folder: &Path, record: &str) -> Result<Self> {
        let absent = |p: &&Path| !p.as_os_str().is_empty() && !p.exists();
        let made = folder.ancestors().take_while(absent).map(Path::to_path_buf);
        let made = made.collect();
        let lock = Some(FolderLock::take(folder)?);
        let folder = folder.to_path_buf();
        let mut run = RunFolder {
            folder,
            guarded: false,
            made,
            lock,
        };
        remove_partial_files(&run.folder);
        remove_partial_files(&run.parts());
        run.guarded = run.outcome(RECORD) == "finished";
        if run.at(UNFINISHED).exists() {
            run.settle().map_err(|e| run.unusable(e))?;
        }
        let _ = fs::remove_dir_all(run.at(EARLIER));
        run.write(UNFINISHED, record)?;
        Ok(run)
    }

    /// The file of this name, inside the folder, is about to be written: an earlier one of a run
    /// that finished is kept, and `record` then lists the new one.
    ///
    /// # Errors
    /// The folder cannot be written to.
    pub fn expect(&self, name: &Path, record: &str) -> Result<()> {
        let (there, earlier) = (self.folder.join(name), self.at(EARLIER).join(name));
        if self.guarded && there.is_file() && !earlier.exists() {
            let keep = || {
                fs::create_dir_all(earlier.parent().unwrap_or(&earlier))?;
                fs::hard_link(&there, &earlier).or_else(|_| fs::copy(&there, &earlier).map(drop))
            };
            keep().map_err(|e| self.unusable(e))?;
        }
        self.write(UNFINISHED, record)
    }

    /// The run has finished: its record takes the place of the earlier one.
    ///
    /// # Errors
    /// The record cannot be written.
    pub fn finish(mut self, record: &str) -> Result<()> {
        self.write(UNFINISHED, record)?;
        let renamed = fs::rename(self.at(UNFINISHED), self.at(RECORD));
        renamed.map_err(|e| self.unusable(e))?;
        let _ = fs::remove_dir_all(self.at(EARLIER));
        let _ = fs::remove_dir_all(self.at(PARTS));
        self.leave();
        Ok(())
    }

    /// Whether parts of the run are kept.
    pub fn has_parts(&self) -> bool {
        self.parts().exists()
    }

    /// The folder of parts that are kept until the run has finished.
    pub fn parts(&self) -> PathBuf {
        self.at(PARTS)
    }

    /// The run has failed. Where an earlier one had finished, its files come back, and those of
    /// this one go to a folder of their own, which is given.
    ///
    /// # Errors
    /// The record cannot be written, or a file not be moved.
    pub fn fail(mut self, record: &str) -> Result<Option<PathBuf>> {
        self.write(UNFINISHED, record)?;
        self.settle().map_err(|e| self.unusable(e))?;
        self.leave();
        Ok(self.guarded.then(|| self.at(FAILED)))
    }

    /// The run has nothing to leave.
    pub fn abandon(mut self) {
        let _ = fs::remove_file(self.at(UNFINISHED));
        let _ = fs::remove_dir_all(self.at(PARTS));
        self.leave();
    }

    /// Lets the folder go; what was made for it and is empty goes too.
    fn leave(&mut self) {
        self.lock = None;
        for folder in &self.made {
            if fs::remove_dir(folder).is_err() {
                break;
            }
        }
    }

    /// Ends a run that did not finish. Every step may be taken again by the next run, should this
    /// one be killed in between.
    fn settle(&self) -> std::io::Result<()> {
        if !self.guarded {
            return fs::rename(self.at(UNFINISHED), self.at(RECORD));
        }
        let (failed, earlier) = (self.at(FAILED), self.at(EARLIER));
        if failed.join(RECORD).exists() {
            fs::remove_dir_all(&failed)?; // of an older failure
        }
        fs::create_dir_all(&failed)?;
        for name in self.outputs() {
            let (there, aside) = (self.folder.join(&name), failed.join(&name));
            let put_back = aside.exists() && !earlier.join(&name).exists();
            if there.is_file() && !put_back {
                fs::create_dir_all(aside.parent().unwrap_or(&failed))?;
                fs::rename(&there, &aside)?;
            }
        }
        put_back(&earlier, &self.folder)?;
        let _ = fs::remove_dir_all(&earlier);
        fs::rename(self.at(UNFINISHED), failed.join(RECORD))
    }

    /// The outputs that the record of the run under way lists.
    fn outputs(&self) -> Vec<PathBuf> {
        let record = self.read(UNFINISHED);
        let listed = record["outputs"].as_array().into_iter().flatten();
        let names = listed.filter_map(|v| v.as_str().map(PathBuf::from));
        names.filter(|name| name.is_relative()).collect()
    }

    fn outcome(&self, name: &str) -> String {
        self.read(name)["outcome"]
            .as_str()
            .unwrap_or_default()
            .to_string()
    }
    fn read(&self, name: &str) -> serde_json::Value {
        let text = fs::read_to_string(self.at(name)).unwrap_or_default();
        serde_json::from_str(&text).unwrap_or_default()
    }
    fn write(&self, name: &str, text: &str) -> Result<()> {
        write_whole(self.at(name), |part| {
            fs::write(part, text).map_err(Error::new)
        })
    }
    fn at(&self, name: &str) -> PathBuf {
        self.folder.join(name)
    }
    fn unusable(&self, cause: std::io::Error) -> Error {
        Error::new("the files of a run cannot be put in their place")
            .got(cause)
            .at(format!("folder \"{}\"", self.folder.display()))
    }
}

/// Moves all files of a folder and the folders in it to the same places of another.
fn put_back(from: &Path, to: &Path) -> std::io::Result<()> {
    let Ok(entries) = fs::read_dir(from) else {
        return Ok(());
    };
    for entry in entries.flatten() {
        let (from, to) = (entry.path(), to.join(entry.file_name()));
        if from.is_dir() {
            put_back(&from, &to)?;
        } else {
            fs::rename(from, to)?;
        }
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn record(outcome: &str, outputs: &[&str]) -> String {
        serde_json::json!({ "outcome": outcome, "outputs": outputs }).to_string()
    }

    /// All files of a folder with what they hold; of a record its outcome.
    fn files(folder: &Path) -> Vec<String> {
        let mut all = vec![];
        for entry in fs::read_dir(folder).unwrap().flatten() {
            let name = entry.file_name().to_string_lossy().into_owned();
            if entry.path().is_dir() {
                all.extend(
                    files(&entry.path())
                        .into_iter()
                        .map(|f| format!("{name}/{f}")),
                );
            } else {
                let text = fs::read_to_string(entry.path()).unwrap();
                let json: serde_json::Value = serde_json::from_str(&text).unwrap_or_default();
                let text = json["outcome"].as_str().unwrap_or(&text).to_string();
                all.push(format!("{name} {text}"));
            }
        }
        all.sort();
        all
    }

    /// A run that writes `a` and `b`, as far as it comes.
    fn write(run: &RunFolder, text: &str, names: &[&str]) {
        for k in 0..names.len() {
            run.expect(Path::new(names[k]), &record("unfinished", &names[..=k]))
                .unwrap();
            write_whole(run.folder.join(names[k]), |p| {
                fs::write(p, text).map_err(Error::new)
            })
            .unwrap();
        }
    }

    fn finished() -> (tempfile::TempDir, PathBuf) {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("out/run");
        let run = RunFolder::begin(&path, &record("unfinished", &[])).unwrap();
        write(&run, "one", &["a", "maps/b"]);
        run.finish(&record("finished", &["a", "maps/b"])).unwrap();
        (folder, path)
    }
    const FIRST: [&str; 3] = ["a one", "maps/b one", "record.json finished"];

    #[test]
    fn a_run_that_finishes_takes_the_place_of_the_earlier() {
        let (_folder, path) = finished();
        assert_eq!(files(&path), FIRST);
        let run = RunFolder::begin(&path, &record("unfinished", &[])).unwrap();
        write(&run, "two", &["a"]);
        assert!(
            RunFolder::begin(&path, "{}")
                .unwrap_err()
                .to_string()
                .contains("another run")
        );
        run.finish(&record("finished", &["a"])).unwrap();
        assert_eq!(
            files(&path),
            ["a two", "maps/b one", "record.json finished"]
        );
    }

    #[test]
    fn a_run_that_fails_leaves_the_earlier_as_it_was() {
        let (_folder, path) = finished();
        for text in ["two", "three"] {
            let run = RunFolder::begin(&path, &record("unfinished", &[])).unwrap();
            write(&run, text, &["maps/b", "new"]);
            let aside = run.fail(&record("failed", &["maps/b", "new"])).unwrap();
            assert_eq!(aside, Some(path.join("failed")));
            let new = [
                format!("failed/maps/b {text}"),
                format!("failed/new {text}"),
            ];
            let wanted = [
                "a one",
                &new[0],
                &new[1],
                "failed/record.json failed",
                "maps/b one",
                "record.json finished",
            ];
            assert_eq!(files(&path), wanted);
        }
    }

    #[test]
    fn what_a_killed_run_left_is_put_right_by_the_next() {
        let (_folder, path) = finished();
        // As killed after the first file, before, and within the second.
        let run = RunFolder::begin(&path, &record("unfinished", &[])).unwrap();
        write(&run, "two", &["a"]);
        fs::write(path.join(".b.partial-1-0"), "half").unwrap();
        drop(run);
        assert_eq!(
            files(&path)[..3],
            [".b.partial-1-0 half", ".earlier/a one", "a two"]
        );
        RunFolder::begin(&path, &record("unfinished", &[]))
            .unwrap()
            .abandon();
        let wanted = [
            "a one",
            "failed/a two",
            "failed/record.json unfinished",
            "maps/b one",
            "record.json finished",
        ];
        assert_eq!(files(&path), wanted);
    }

    #[test]
    fn putting_right_may_be_interrupted_anywhere() {
        let (_folder, path) = finished();
        let run = RunFolder::begin(&path, &record("unfinished", &[])).unwrap();
        write(&run, "two", &["a", "maps/b"]);
        drop(run);
        // "a" was moved and put back, "maps/b" was only moved.
        let failed = path.join("failed");
        fs::create_dir_all(failed.join("maps")).unwrap();
        fs::rename(path.join("a"), failed.join("a")).unwrap();
        fs::rename(path.join(".earlier/a"), path.join("a")).unwrap();
        fs::rename(path.join("maps/b"), failed.join("maps/b")).unwrap();
        RunFolder::begin(&path, &record("unfinished", &[]))
            .unwrap()
            .abandon();
        let wanted = [
            "a one",
            "failed/a two",
            "failed/maps/b two",
            "failed/record.json unfinished",
            "maps/b one",
            "record.json finished",
        ];
        assert_eq!(files(&path), wanted);
    }

    #[test]
    fn a_run_without_outputs_leaves_nothing() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("out/run");
        RunFolder::begin(&path, "{}").unwrap().abandon();
        assert_eq!(fs::read_dir(folder.path()).unwrap().count(), 0);
        // Without an earlier one a run that fails keeps its files where they are.
        let run = RunFolder::begin(&path, "{}").unwrap();
        write(&run, "one", &["a"]);
        assert_eq!(run.fail(&record("failed", &["a"])).unwrap(), None);
        assert_eq!(files(&path), ["a one", "record.json failed"]);
    }
}
