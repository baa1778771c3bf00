//! Where in a run an innovation stands, for schemes that adapt from window to window.

use crate::time::Time;
use std::any::Any;
use std::fmt;
use std::sync::{Arc, Mutex, PoisonError};

/// Region, window and memory of the analysis a scheme works for.
#[derive(Debug, Clone, Default)]
pub struct About {
    /// Name of the region; empty outside of a run.
    pub region: String,
    /// Number of the window, from 0.
    pub window: usize,
    /// When the window starts, where it has a date.
    pub start: Option<Time>,
    /// What the schemes of this region keep from window to window.
    pub memory: Memory,
}

/// What the schemes of one region keep from window to window of one run: a value of their own type.
/// Clones share it.
#[derive(Clone, Default)]
pub struct Memory(Arc<Mutex<Option<Box<dyn Any + Send>>>>);

impl Memory {
    /// The value kept; `first` is kept where there is none of this type yet.
    ///
    /// # Example
    /// ```
    /// use mcas::innovation::Memory;
    /// let memory = Memory::default();
    /// memory.set(memory.get_or(|| 1.0) * 0.9);
    /// assert_eq!(memory.get_or(|| 1.0), 0.9);
    /// ```
    pub fn get_or<T: Clone + Send + 'static>(&self, first: impl FnOnce() -> T) -> T {
        let mut memory = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(value) = memory.as_ref().and_then(|v| v.downcast_ref::<T>()) {
            return value.clone();
        }
        let value = first();
        *memory = Some(Box::new(value.clone()));
        value
    }

    /// Keeps a value in place of what was kept.
    pub fn set<T: Send + 'static>(&self, value: T) {
        *self.0.lock().unwrap_or_else(PoisonError::into_inner) = Some(Box::new(value));
    }
}

impl fmt::Display for Memory {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("memory of a run")
    }
}

impl fmt::Debug for Memory {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Memory")
    }
}
