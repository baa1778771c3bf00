//! Script functions and closures as values that native code can call, at once or after the call
//! they were given to has returned, on any thread.

use crate::error::{Error, Result};
use crate::script::bridge::errors::{Fallible, innermost_message};
use crate::script::bridge::host::Host;
use crate::script::bridge::value::{FromScript, read};
use rhai::{
    Dynamic, Engine, FnPtr, FuncArgs, GlobalRuntimeState, NativeCallContext, Position, StaticVec,
};
use std::fmt;
use std::sync::{Arc, Weak};

/// A closure or function of a script together with what it needs to run: the functions in sight
/// where it was handed over, and the engine.
#[derive(Clone)]
pub struct ScriptFunction {
    pointer: FnPtr,
    runtime: Arc<GlobalRuntimeState>,
    engine: Weak<Engine>,
    position: Position,
}

impl ScriptFunction {
    /// Takes a closure out of the call it was given to.
    pub fn new(context: &NativeCallContext, pointer: FnPtr) -> Self {
        ScriptFunction {
            pointer,
            runtime: Arc::new(context.global_runtime_state().clone()),
            engine: Host::of(context).engine(),
            position: context.call_position(),
        }
    }

    /// Calls it. A failure inside the script stays whole underneath the error, so that the report
    /// shows the script's own line.
    ///
    /// # Errors
    /// The script failed, or the session is over.
    pub fn call(&self, arguments: impl FuncArgs) -> Result<Dynamic> {
        let engine = self.engine()?;
        self.call_in(&engine, arguments).map_err(failed)
    }

    /// Calls it and reads what it gives as a `T`; `what` names the value in an error.
    ///
    /// # Errors
    /// The script failed, or gave something else.
    pub fn call_for<T: FromScript>(&self, what: &str, arguments: impl FuncArgs) -> Result<T> {
        read(what, &self.call(arguments)?)
    }

    /// Calls it with `arguments`, and with `last` after them if it takes one more.
    ///
    /// # Errors
    /// The script failed, or the session is over.
    pub fn call_and<const N: usize>(
        &self,
        arguments: [Dynamic; N],
        last: Dynamic,
    ) -> Result<Dynamic> {
        let engine = self.engine()?;
        let context = self.context(&engine);
        let name = self.pointer.fn_name();
        self.pointer
            .call_raw_with_extra_args(name, &context, None, arguments, [last], None)
            .map_err(failed)
    }

    fn engine(&self) -> Result<Arc<Engine>> {
        self.engine
            .upgrade()
            .ok_or_else(|| Error::new("a script function was called after its session had ended"))
    }

    fn context<'a>(&'a self, engine: &'a Engine) -> NativeCallContext<'a> {
        NativeCallContext::new_with_all_fields(
            engine,
            self.pointer.fn_name(),
            None,
            &self.runtime,
            self.position,
        )
    }

    fn call_in(&self, engine: &Engine, arguments: impl FuncArgs) -> Fallible<Dynamic> {
        let mut values = StaticVec::new();
        arguments.parse(&mut values);
        self.pointer.call_raw(&self.context(engine), None, values)
    }
}

fn failed(error: Box<rhai::EvalAltResult>) -> Error {
    let error: Arc<rhai::EvalAltResult> = Arc::from(error);
    Error::new(innermost_message(&error)).caused_by(error)
}

impl fmt::Display for ScriptFunction {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(if self.pointer.is_anonymous() {
            "a closure"
        } else {
            self.pointer.fn_name()
        })
    }
}

impl fmt::Debug for ScriptFunction {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(self, f)
    }
}
