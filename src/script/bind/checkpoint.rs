//! Checkpoints of a run as values.

use crate::error::{Error, Result, Warning};
use crate::grid::Grid;
use crate::io;
use crate::script::bridge::options::{OptionTable, options};
use crate::script::bridge::rooms::{Rooms, optional};
use crate::script::bridge::value::kind;
use crate::script::session::show::show;
use crate::script::tools::identity;
use crate::script::tools::stored::{self, Parts};
use crate::script::{Fallible, Host, attempt, read};
use rhai::plugin::*;
use rhai::{Dynamic, Map};
use std::fmt;
use std::path::Path;
use std::sync::Arc;

/// The checkpoints of a run as a script holds them.
#[derive(Debug, Clone)]
pub struct Checkpoints(Arc<io::Checkpoints>);

kind!(Checkpoints, "Checkpoints", "the checkpoints of a run");

impl fmt::Display for Checkpoints {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(
            f,
            "{} windows in {}",
            self.0.results(),
            self.0.folder().display()
        )
    }
}

/// Binds `checkpoint::`.
pub fn bind(rooms: &mut Rooms) {
    rooms.kind::<Checkpoints>();
    rooms.room("checkpoint", exported_module!(functions));
    optional!(rooms, FolderOptions: "checkpoint::folder" = functions::folder_token);
}

options! {
    /// How checkpoints are kept.
    struct FolderOptions of "checkpoint::folder" {
        /// Of how many last windows the state is kept.
        keep: usize = 2,
    }
}

/// Refuses to go on with what is another run.
fn check(host: &Host, checkpoints: &io::Checkpoints, now: &serde_json::Value) -> Result<()> {
    let Some(text) = checkpoints.about()? else {
        let text = serde_json::to_string_pretty(now).map_err(Error::new)?;
        return checkpoints.set_about(&(text + "\n"));
    };
    let folder = format!("folder \"{}\"", checkpoints.folder().display());
    let then: serde_json::Value = serde_json::from_str(&text).map_err(|e| {
        Error::new("what the run is cannot be read")
            .got(e)
            .at(format!("{folder}, run.json"))
    })?;
    if let Some(difference) = identity::difference(&then, now) {
        let windows = checkpoints.states().last().map_or(0, |k| k + 1);
        return Err(Error::new(format!(
            "the run cannot go on: {} is not what it was",
            difference.what
        ))
        .expected(difference.then)
        .got(difference.now)
        .at(folder)
        .hint(format!(
            "another folder; branch: #{{ from: {:?}, window: {windows} }} takes up what is there",
            checkpoints.folder().display().to_string()
        )));
    }
    for warning in identity::warnings(&then, now) {
        host.warn(warning);
    }
    Ok(())
}

fn step(what: &str, number: i64) -> Result<usize> {
    usize::try_from(number).map_err(|_| {
        Error::new(format!("{what} is out of range"))
            .expected("0 or more")
            .got(number)
    })
}

#[export_module]
mod functions {
    /// The folder of the checkpoints of this run, held until the run ends: what every window came
    /// to, and the state after the last ones. A folder with checkpoints of another run is refused.
    ///
    /// # Arguments
    /// - `name`: of the folder, inside the output folder, or an absolute path.
    /// - `given`: a map of what the run depends on besides script, settings and inputs.
    ///
    /// # Returns
    /// Checkpoints.
    ///
    /// # Errors
    /// Another run uses the folder; the folder holds checkpoints of a run that differs, with the
    /// difference.
    ///
    /// # Example
    /// ```rhai
    /// let c = checkpoint::folder("checkpoints", #{ seed: 1 });
    /// c.write_result(0, #{ theta: 1.2 });
    /// c.write_state(0, #{ last: [1.0, 2.0] });
    /// assert(c.resumable == 1 && c.state(()).last == [1.0, 2.0] && c.result(0).theta == 1.2);
    /// ```
    #[rhai_fn(return_raw)]
    pub fn folder(
        context: NativeCallContext,
        name: &str,
        given: Map,
        options: Map,
    ) -> Fallible<Checkpoints> {
        attempt(&context, || {
            let o = FolderOptions::read(&context, options)?;
            let host = Host::of(&context);
            let absolute = Path::new(name).is_absolute();
            let path = if absolute {
                name.into()
            } else {
                host.inside(name)?
            };
            let checkpoints = io::Checkpoints::hold(&path, o.keep)?;
            let now = identity::of_run(&host, &given, &|v| show(&context, v));
            check(&host, &checkpoints, &now)?;
            Ok(Checkpoints(Arc::new(checkpoints)))
        })
    }

    /// The checkpoints of another run, or of this one, to be read; also while it goes on.
    ///
    /// # Arguments
    /// - `path`: of the folder.
    ///
    /// # Returns
    /// Checkpoints.
    ///
    /// # Errors
    /// The folder holds no checkpoints.
    ///
    /// # Example
    /// ```rhai
    /// checkpoint::folder(output("earlier"), #{}).write_result(0, 7);
    /// assert(checkpoint::read(output("earlier")).results == 1);
    /// ```
    #[rhai_fn(name = "read", return_raw)]
    pub fn read_folder(context: NativeCallContext, path: &str) -> Fallible<Checkpoints> {
        attempt(&context, || {
            Ok(Checkpoints(Arc::new(io::Checkpoints::read(Path::new(
                path,
            ))?)))
        })
    }

    /// After how many windows the run can go on.
    #[rhai_fn(get = "resumable", global)]
    pub fn resumable(c: &mut Checkpoints) -> i64 {
        let states = c.0.states();
        let finished = states.iter().rev().find(|k| **k < c.0.results());
        finished.map_or(0, |k| *k as i64 + 1)
    }

    /// Of how many windows, from the first on, there are results.
    #[rhai_fn(get = "results", global)]
    pub fn results(c: &mut Checkpoints) -> i64 {
        c.0.results() as i64
    }

    /// The folder.
    #[rhai_fn(get = "path", global)]
    pub fn path(c: &mut Checkpoints) -> String {
        c.0.folder().display().to_string()
    }

    /// Writes what a window came to.
    ///
    /// # Arguments
    /// - `window`: its number, from 0.
    /// - `result`: a value.
    ///
    /// # Errors
    /// The file cannot be written; a value that cannot be kept, such as a closure.
    ///
    /// # Example
    /// ```rhai
    /// let c = checkpoint::folder("checkpoints_a", #{});
    /// c.write_result(0, 7);
    /// c.write_state(0, #{ x: 1.5 });
    /// assert(c.result(0) == 7);
    /// ```
    #[rhai_fn(global, return_raw)]
    pub fn write_result(
        context: NativeCallContext,
        c: &mut Checkpoints,
        window: i64,
        result: Dynamic,
    ) -> Fallible<()> {
        attempt(&context, || {
            let window = step("the window", window)?;
            let parts = Parts::of("the result", &result)?;
            parts.with(|sections| c.0.write_result(window, sections))
        })
    }

    /// Writes the state after a window, from which the run can go on, and removes those that are no
    /// longer kept.
    ///
    /// # Arguments
    /// - `window`: its number, from 0.
    /// - `state`: a value.
    ///
    /// # Errors
    /// The file cannot be written; a value that cannot be kept, such as a closure.
    ///
    /// # Example
    /// ```rhai
    /// let c = checkpoint::folder("checkpoints_b", #{});
    /// c.write_result(0, 7);
    /// c.write_state(0, #{ x: 1.5 });
    /// assert(c.state(()).x == 1.5);
    /// ```
    #[rhai_fn(global, return_raw)]
    pub fn write_state(
        context: NativeCallContext,
        c: &mut Checkpoints,
        window: i64,
        state: Dynamic,
    ) -> Fallible<()> {
        attempt(&context, || {
            let window = step("the window", window)?;
            let parts = Parts::of("the state", &state)?;
            parts.with(|sections| c.0.write_state(window, sections))
        })
    }

    /// What a window came to.
    ///
    /// # Arguments
    /// - `window`: its number, from 0.
    ///
    /// # Returns
    /// A value.
    ///
    /// # Errors
    /// There is none, or the file is damaged.
    ///
    /// # Example
    /// ```rhai
    /// let c = checkpoint::folder("checkpoints_c", #{});
    /// c.write_result(0, 7);
    /// c.write_state(0, #{ x: 1.5 });
    /// assert(c.result(0) == 7);
    /// ```
    #[rhai_fn(global, return_raw)]
    pub fn result(
        context: NativeCallContext,
        c: &mut Checkpoints,
        window: i64,
    ) -> Fallible<Dynamic> {
        attempt(&context, || {
            stored::read(&mut c.0.result(step("the window", window)?)?, None)
        })
    }

    /// The state after the last window that is whole, with its number as `window`: one that is
    /// damaged is warned of and passed over.
    ///
    /// # Arguments
    /// - `grid`: of concentrations in it; () where there are none.
    ///
    /// # Returns
    /// A map.
    ///
    /// # Errors
    /// None is whole, and why.
    ///
    /// # Example
    /// ```rhai
    /// let c = checkpoint::folder("checkpoints_d", #{});
    /// c.write_result(0, 7);
    /// c.write_state(0, #{ x: 1.5 });
    /// assert(c.state(()) == #{ x: 1.5, window: 0 });
    /// ```
    #[rhai_fn(global, return_raw)]
    pub fn state(
        context: NativeCallContext,
        c: &mut Checkpoints,
        grid: Dynamic,
    ) -> Fallible<Dynamic> {
        attempt(&context, || {
            let mut last = Error::new("there is no state to go on from");
            for window in
                c.0.states()
                    .into_iter()
                    .rev()
                    .filter(|k| *k < c.0.results())
            {
                match state_after(c, window, &grid) {
                    Ok(state) => return Ok(state),
                    Err(e) => {
                        let said = format!("window {window} is passed over: {e}");
                        Host::of(&context).warn(Warning::new("damaged_checkpoint", said));
                        last = e;
                    }
                }
            }
            Err(last)
        })
    }

    /// The state after one window.
    #[rhai_fn(name = "state", global, return_raw)]
    pub fn state_of_window(
        context: NativeCallContext,
        c: &mut Checkpoints,
        window: i64,
        grid: Dynamic,
    ) -> Fallible<Dynamic> {
        attempt(&context, || {
            let window = step("the window", window)?;
            let states = c.0.states();
            if !states.contains(&window) {
                let there: Vec<String> = states.iter().map(|k| (k + 1).to_string()).collect();
                return Err(Error::new(format!(
                    "no state is kept for a start at window {}",
                    window + 1
                ))
                .expected(format!("one of {}", there.join(", ")))
                .at(format!("folder \"{}\"", c.0.folder().display()))
                .hint("keep_last: 10, in the run that is branched from"));
            }
            state_after(c, window, &grid)
        })
    }
}

fn state_after(c: &Checkpoints, window: usize, grid: &Dynamic) -> Result<Dynamic> {
    let grid = match grid.is_unit() {
        true => None,
        false => Some(read::<Arc<Grid>>("the grid", grid)?),
    };
    let mut state = stored::read(&mut c.0.state(window)?, grid.as_ref())?;
    if let Ok(mut map) = state.as_map_mut() {
        map.insert("window".into(), (window as i64).into());
    }
    Ok(state)
}
