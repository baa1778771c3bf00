//! The engine while it is filled: modules by name, and kinds of values.

use rhai::{Dynamic, Engine, Module, Shared};
use std::collections::BTreeMap;
use std::fmt::Display;

/// The engine while rooms are bound, with the modules made so far.
pub struct Rooms {
    /// For operators and other registrations that are not documented functions.
    pub engine: Engine,
    named: BTreeMap<String, Module>,
}

impl Rooms {
    /// Nothing bound yet.
    pub fn new(engine: Engine) -> Self {
        Rooms {
            engine,
            named: BTreeMap::new(),
        }
    }

    /// Functions in sight without a module.
    pub fn global(&mut self, functions: Module) {
        self.engine.register_global_module(Shared::new(functions));
    }

    /// Functions under `name::`; several files may add to one module.
    pub fn room(&mut self, name: &str, functions: Module) {
        self.named(name).combine(functions);
    }

    /// The module called `name`, new if need be.
    pub fn named(&mut self, name: &str) -> &mut Module {
        self.named.entry(name.to_string()).or_default()
    }

    /// Hands all modules to the engine.
    pub fn publish(&mut self) {
        for name in self.named.keys().cloned().collect::<Vec<_>>() {
            self.publish_one(&name);
        }
    }

    /// Hands one module to the engine, in place of an earlier state of it.
    pub fn publish_one(&mut self, name: &str) {
        let module = self.named[name].clone();
        self.engine
            .register_static_module(name, Shared::new(module));
    }

    /// A type that scripts hold: its name in messages, and how it prints.
    pub fn value<T: Display + Clone + Send + Sync + 'static>(&mut self, name: &str) {
        self.engine.register_type_with_name::<T>(name);
        self.engine
            .register_fn("to_string", |value: &mut T| value.to_string());
        self.engine
            .register_fn("to_debug", |value: &mut T| value.to_string());
        self.engine
            .register_fn("print", |value: &mut T| value.to_string());
        self.engine
            .register_fn("debug", |value: &mut T| value.to_string());
    }
}

/// Text for the elements of an array, as options such as dimension names are given.
pub fn texts(value: &Dynamic) -> crate::error::Result<Vec<String>> {
    if value.is_string() {
        Ok(vec![value.to_string()])
    } else {
        super::value::read("the names", value)
    }
}
