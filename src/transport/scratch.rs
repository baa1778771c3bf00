//! Scratch memory kept between steps, one piece for each thread at work.

use std::sync::{Mutex, PoisonError};

/// A stack of scratch pieces: a thread takes one or makes one, and puts it back.
pub struct Pool<S>(Mutex<Vec<S>>);

impl<S> Pool<S> {
    /// An empty pool.
    pub fn new() -> Self {
        Pool(Mutex::new(Vec::new()))
    }

    /// Passes a piece to `work`. Its contents are undefined.
    pub fn with(&self, make: impl FnOnce() -> S, work: impl FnOnce(&mut S)) {
        let spare = self.0.lock().unwrap_or_else(PoisonError::into_inner).pop();
        let mut piece = spare.unwrap_or_else(make);
        work(&mut piece);
        self.0
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
            .push(piece);
    }
}
