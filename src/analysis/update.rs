//! How a window is updated: region by region with the matrices of a form, or column by column.

use super::{Letkf, UpdateForm};
use std::fmt;
use std::sync::Arc;

/// An update of the whole state.
#[derive(Debug, Clone)]
pub enum Update {
    /// One pair of matrices for each region of the localization, blended where regions meet.
    Regional(Arc<dyn UpdateForm>),
    /// The local filter: a pair of matrices for every column and every factor, from the
    /// observations around it, with the factors theta and mu of all observations together.
    Local(Letkf),
}

impl fmt::Display for Update {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Update::Regional(form) => form.fmt(f),
            Update::Local(filter) => filter.fmt(f),
        }
    }
}
