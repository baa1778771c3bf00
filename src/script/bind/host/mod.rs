//! What a script asks of its session: settings, the output folder, warnings, help, assertions.

mod errors;
mod lengths;
mod order;
mod work;

use crate::error::{Error, Warning};
use crate::script::bridge::options::{OptionTable, options};
use crate::script::bridge::rooms::{Rooms, optional};
use crate::script::bridge::value::{FromScript, describe, kind};
use crate::script::help::glossary::Term;
use crate::script::help::{docs, glossary};
use crate::script::session::show::show;
use crate::script::{Fallible, Host, attempt, read};
use crate::table::{Column, Table};
use rhai::plugin::*;
use rhai::{Array, Dynamic, EvalAltResult, Map};

kind!(Error, "Error", "an error");

/// Binds the session's functions and the printing of maps, arrays and errors.
pub fn bind(rooms: &mut Rooms) {
    rooms.global(exported_module!(functions));
    optional!(rooms, FailOptions: "fail" = functions::fail_token);
    let engine = &mut rooms.engine;
    for name in ["print", "debug", "to_string", "to_debug"] {
        engine.register_fn(name, |context: NativeCallContext, map: Map| {
            show(&context, &map.into())
        });
        engine.register_fn(name, |context: NativeCallContext, array: Array| {
            show(&context, &array.into())
        });
    }
    errors::bind(rooms);
    lengths::bind(rooms);
    order::bind(rooms);
    work::bind(rooms);
}

options! {
    /// What more an error of a script says.
    struct FailOptions of "fail" {
        /// What was expected.
        expected: Option<Dynamic>,
        /// What was there instead.
        got: Option<Dynamic>,
        /// What to try.
        hint: Option<Dynamic>,
    }
}

#[export_module]
mod functions {
    /// Ends the script; the program ends with this code, 0 for success.
    ///
    /// # Arguments
    /// - `code`: 0 to 255.
    ///
    /// # Errors
    /// Another number.
    ///
    /// # Example
    /// ```rhai
    /// let share = 0.3;
    /// if share > 1.0 { exit(2); }
    /// ```
    #[rhai_fn(return_raw)]
    pub fn exit(context: NativeCallContext, code: i64) -> Fallible<()> {
        let code = attempt(&context, || {
            u8::try_from(code).map_err(|_| {
                Error::new("the code of an exit is out of range")
                    .expected("0 to 255")
                    .got(code)
            })
        })?;
        Host::of(&context).lock().exit = Some(code);
        Err(EvalAltResult::Exit(Dynamic::UNIT, context.call_position()).into())
    }

    #[rhai_fn(name = "exit", return_raw)]
    pub fn exit_well(context: NativeCallContext) -> Fallible<()> {
        exit(context, 0)
    }

    /// A setting of the script: the value given by `--set name=value`, else the default.
    ///
    /// # Arguments
    /// - `name`: of the setting.
    /// - `default`: a number, text, true or false, a date, or an array of them; `--set` is read as
    ///   its type.
    ///
    /// # Returns
    /// The value.
    ///
    /// # Errors
    /// The given text does not read as the type of the default.
    ///
    /// # Example
    /// ```rhai
    /// let members = setting("members", 64);
    /// assert(members == 64);
    /// ```
    #[rhai_fn(return_raw)]
    pub fn setting(context: NativeCallContext, name: &str, default: Dynamic) -> Fallible<Dynamic> {
        attempt(&context, || Host::of(&context).setting(name, &default))
    }

    /// All settings of the script with their defaults; a `--set` key that is not among them is an
    /// error.
    ///
    /// # Arguments
    /// - `defaults`: a map from names to default values.
    ///
    /// # Returns
    /// The map with the values given by `--set` in place.
    ///
    /// # Errors
    /// A `--set` key that is not declared, or a value that does not read as the type of its
    /// default.
    ///
    /// # Example
    /// ```rhai
    /// let s = settings(#{ members: 64, seed: 1, start: date("2016-01-01") });
    /// assert(s.members == 64 && s.seed == 1 && s.start.month == 1);
    /// ```
    #[rhai_fn(return_raw)]
    pub fn settings(context: NativeCallContext, defaults: Map) -> Fallible<Map> {
        let host = Host::of(&context);
        attempt(&context, || {
            let values = defaults
                .iter()
                .map(|(k, v)| Ok((k.clone(), host.setting(k, v)?)))
                .collect::<crate::error::Result<Map>>()?;
            host.refuse_unknown_settings()?;
            Ok(values)
        })
    }

    /// The path of an output file inside the run's output folder, which is made if need be.
    ///
    /// # Arguments
    /// - `name`: the file's name, with folders if wanted: `"maps/flux.png"`.
    ///
    /// # Returns
    /// The path as text.
    ///
    /// # Errors
    /// The folder cannot be made, or the name leads out of it.
    ///
    /// # Example
    /// ```rhai
    /// assert(output("scores.csv").ends_with("scores.csv"));
    /// ```
    #[rhai_fn(return_raw)]
    pub fn output(context: NativeCallContext, name: &str) -> Fallible<String> {
        attempt(&context, || {
            Ok(Host::of(&context).output(name)?.display().to_string())
        })
    }

    /// Gives a named warning; it is shown once and counted.
    ///
    /// # Arguments
    /// - `name`: a stable name to search for, such as `few_observations`.
    /// - `message`: the sentence, with the value.
    ///
    /// # Example
    /// ```rhai
    /// warn("few_observations", "only 3 in this window");
    /// ```
    pub fn warn(context: NativeCallContext, name: &str, message: &str) {
        Host::of(&context).warn(Warning::new(name, message));
    }

    /// Says how a run goes, beside what it prints: on the standard error.
    ///
    /// # Arguments
    /// - `text`: a line.
    ///
    /// # Example
    /// ```rhai
    /// note("going on after window 12");
    /// ```
    pub fn note(context: NativeCallContext, text: &str) {
        Host::of(&context).note(text);
    }

    /// Stops the script unless a condition holds.
    ///
    /// # Arguments
    /// - `condition`: true or false.
    ///
    /// # Errors
    /// The condition is false.
    ///
    /// # Example
    /// ```rhai
    /// assert(1 + 1 == 2);
    /// ```
    #[rhai_fn(return_raw)]
    pub fn assert(context: NativeCallContext, condition: bool) -> Fallible<()> {
        attempt(&context, || {
            if condition {
                Ok(())
            } else {
                Err(Error::new("the assertion does not hold")
                    .expected(true)
                    .got(false))
            }
        })
    }

    #[rhai_fn(name = "assert", return_raw)]
    pub fn assert_saying(
        context: NativeCallContext,
        condition: bool,
        message: &str,
    ) -> Fallible<()> {
        attempt(&context, || {
            if condition {
                Ok(())
            } else {
                Err(Error::new(format!(
                    "the assertion does not hold: {message}"
                )))
            }
        })
    }

    /// Stops the script unless two numbers agree within a tolerance.
    ///
    /// # Arguments
    /// - `a`, `b`: numbers.
    /// - `tolerance`: the largest difference that is accepted.
    ///
    /// # Errors
    /// They differ by more, or one is not a number.
    ///
    /// # Example
    /// ```rhai
    /// assert_near(sqrt(2), 1.41421, 1e-5);
    /// ```
    #[rhai_fn(return_raw)]
    pub fn assert_near(
        context: NativeCallContext,
        a: Dynamic,
        b: Dynamic,
        tolerance: Dynamic,
    ) -> Fallible<()> {
        attempt(&context, || {
            let (x, y) = (
                read::<f64>("the first value", &a)?,
                read::<f64>("the second value", &b)?,
            );
            let within = read::<f64>("the tolerance", &tolerance)?;
            if (x - y).abs() <= within {
                return Ok(());
            }
            Err(Error::new("the numbers are not near each other")
                .expected(format!("{y} within {within}"))
                .got(x))
        })
    }

    /// Stops the script with an error of its own.
    ///
    /// # Arguments
    /// - `message`: what went wrong.
    ///
    /// # Errors
    /// Always.
    ///
    /// # Example
    /// ```rhai
    /// try { fail("no stations"); } catch (e) { assert(e.what == "no stations"); }
    /// ```
    #[rhai_fn(return_raw)]
    pub fn fail(context: NativeCallContext, message: &str, options: Map) -> Fallible<()> {
        attempt(&context, || {
            let o = FailOptions::read(&context, options)?;
            let error = Error::new(message);
            let text = |part: Option<Dynamic>| part.map(|value| show(&context, &value));
            let error = text(o.expected).into_iter().fold(error, Error::expected);
            let error = text(o.got).into_iter().fold(error, Error::got);
            let error = text(o.hint).into_iter().fold(error, Error::hint);
            Err(error)
        })
    }

    /// Prints help on a function or module.
    ///
    /// # Arguments
    /// - `name`: such as `"mean"`, `"regions"` or `"regions::from_function"`, or a symbol such as
    ///   `"theta"`.
    ///
    /// # Errors
    /// There is none of that name; the nearest is suggested.
    ///
    /// # Example
    /// ```rhai
    /// help("sqrt");
    /// ```
    #[rhai_fn(return_raw)]
    pub fn help(context: NativeCallContext, name: &str) -> Fallible<()> {
        let host = Host::of(&context);
        attempt(&context, || {
            docs::of(&host).help(name).map(|page| host.print(&page))
        })
    }

    /// Prints the functions whose name or documentation holds a word.
    ///
    /// # Arguments
    /// - `word`: to look for.
    ///
    /// # Example
    /// ```rhai
    /// apropos("quantile");
    /// ```
    pub fn apropos(context: NativeCallContext, word: &str) {
        let host = Host::of(&context);
        host.print(&docs::of(&host).apropos(word));
    }

    /// The symbols of the equations: their names, meanings, units, and where a script meets them.
    ///
    /// # Returns
    /// A table: symbol, name, meaning, unit, script.
    ///
    /// # Example
    /// ```rhai
    /// assert(glossary().filter(|t| t.symbol == "theta").rows == 1);
    /// ```
    #[rhai_fn(return_raw)]
    pub fn glossary(context: NativeCallContext) -> Fallible<Table> {
        attempt(&context, || {
            let column =
                |of: &dyn Fn(&Term) -> &String| Column::text(glossary::terms().iter().map(of));
            let table = Table::new()
                .with("symbol", column(&|t| &t.symbol))?
                .with("name", column(&|t| &t.name))?;
            table
                .with("meaning", column(&|t| &t.meaning))?
                .with("unit", column(&|t| &t.unit))?
                .with("script", column(&|t| &t.script))
        })
    }

    /// What kind of value this is, in words.
    ///
    /// # Arguments
    /// - `value`: anything.
    ///
    /// # Returns
    /// Text such as `number 2.5` or `an array of 3`.
    ///
    /// # Example
    /// ```rhai
    /// assert(kind([1, 2, 3]) == "an array of 3");
    /// ```
    pub fn kind(value: Dynamic) -> String {
        describe(&value)
    }

    /// Reads text as a number.
    ///
    /// # Arguments
    /// - `value`: text or a number.
    ///
    /// # Returns
    /// A number.
    ///
    /// # Errors
    /// The text is not a number.
    ///
    /// # Example
    /// ```rhai
    /// assert(number("2.5") == 2.5 && number(3) == 3.0);
    /// ```
    #[rhai_fn(return_raw)]
    pub fn number(context: NativeCallContext, value: Dynamic) -> Fallible<f64> {
        attempt(&context, || match value.as_immutable_string_ref() {
            Ok(text) => text.trim().parse().map_err(|_| {
                Error::new("the text is not a number")
                    .expected(f64::expected())
                    .got(format!("\"{}\"", text.as_str()))
            }),
            Err(_) => read("the value", &value),
        })
    }
}
