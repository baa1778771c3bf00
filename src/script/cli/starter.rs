//! A folder to start an experiment from, and the experiment that comes with the program.

use super::arguments::How;
use super::failed;
use super::run::run_text;
use crate::error::{Error, Result};
use crate::io::write_whole;
use std::fs;
use std::path::Path;
use std::process::ExitCode;

/// What the folder holds; NAME stands for its name.
const FILES: [(&str, &str); 3] = [
    ("NAME.rhai", include_str!("starter/experiment.rhai")),
    ("stdlib/schemes.rhai", include_str!("starter/schemes.rhai")),
    ("README.md", include_str!("starter/README.md")),
];

/// Writes a folder with a script, a module of its own and a page that says how to go on.
pub(super) fn new(folder: &Path) -> ExitCode {
    match write(folder) {
        Ok(name) => {
            let folder = folder.display();
            println!("{folder}: {name}.rhai, stdlib/schemes.rhai, README.md");
            println!("cd {folder} && mcas run {name}.rhai");
            ExitCode::SUCCESS
        }
        Err(e) => failed(&format!("error: {e}\n")),
    }
}

fn write(folder: &Path) -> Result<String> {
    let name = folder.file_name().and_then(|n| n.to_str()).unwrap_or("");
    let letters = |c: char| c.is_ascii_alphanumeric() || c == '_' || c == '-';
    if name.is_empty() || !name.chars().all(letters) {
        return Err(Error::new("an experiment needs a simple name")
            .expected("letters, digits, _ and -")
            .got(format!("\"{}\"", folder.display()))
            .hint("mcas new my_experiment"));
    }
    if folder.exists() {
        return Err(Error::new(format!("{} exists already", folder.display()))
            .hint("another name, since nothing is written over"));
    }
    let at = |e: std::io::Error| Error::new(e.to_string()).at(folder.display());
    fs::create_dir_all(folder.join("stdlib")).map_err(at)?;
    for (file, text) in FILES {
        let text = text.replace("NAME", name);
        write_whole(folder.join(file.replace("NAME", name)), |path| {
            fs::write(path, &text).map_err(at)
        })?;
    }
    Ok(name.into())
}

/// Runs the experiment of Su et al. (2024) in the built-in world.
pub(super) fn demo(how: &How) -> ExitCode {
    let text = include_str!("../../../scripts/osse.rhai");
    run_text("osse", text, None, how, false)
}
