//! Inflation schemes made of others.

use crate::error::Result;
use crate::inflation;
use crate::inflation::{Chain, Moderated, Pooled};
use crate::script::bind::inflation::{Inflation, Scripted};
use crate::script::bridge::rooms::Rooms;
use crate::script::{Fallible, ScriptFunction, attempt, read};
use rhai::plugin::*;
use rhai::{Dynamic, FnPtr};
use std::sync::Arc;

/// Binds `inflation::chain`, `inflation::moderated` and `inflation::pooled`.
pub fn bind(rooms: &mut Rooms) {
    rooms.room("inflation", exported_module!(functions));
}

#[export_module]
mod functions {
    /// Schemes one after another: each starts from the factors of the one before, and falls back on
    /// them where it has too few observations; the last has the word.
    ///
    /// # Arguments
    /// - `schemes`: an array of schemes or functions, first to last.
    ///
    /// # Returns
    /// An inflation scheme.
    ///
    /// # Errors
    /// No scheme, or something that is none.
    ///
    /// # Example
    /// ```rhai
    /// let scheme = inflation::chain([inflation::one_mu(), inflation::maximum_likelihood()]);
    /// assert(scheme.to_string() == "inflation::chain([inflation::one_mu(), inflation::maximum_likelihood()])");
    /// ```
    #[rhai_fn(return_raw)]
    pub fn chain(context: NativeCallContext, schemes: rhai::Array) -> Fallible<Inflation> {
        attempt(&context, || {
            let one = |s: &Dynamic| match s.clone().try_cast::<FnPtr>() {
                Some(closure) => Ok(Arc::new(Scripted(ScriptFunction::new(&context, closure)))
                    as Arc<dyn inflation::Inflation>),
                None => Ok(read::<Inflation>("a scheme of the chain", s)?.0),
            };
            Ok(Inflation(Arc::new(Chain::new(
                schemes.iter().map(one).collect::<Result<Vec<_>>>()?,
            )?)))
        })
    }

    /// One set of factors for all regions: those the scheme finds from all observations together.
    ///
    /// # Arguments
    /// - `scheme`: the scheme underneath.
    ///
    /// # Returns
    /// An inflation scheme; a region that is given pooled factors takes them.
    ///
    /// # Example
    /// ```rhai
    /// let i = innovation(#{ a: #{ equivalents: [[1, 2, 3]], values: [3], sd: 1 } });
    /// let scheme = inflation::pooled(inflation::maximum_likelihood());
    /// assert(scheme.estimate(i, #{ pooled: #{ theta: 1.5, mu: 2 } }).mu.a == 2.0);
    /// ```
    pub fn pooled(scheme: Inflation) -> Inflation {
        Inflation(Arc::new(Pooled::new(scheme.0)))
    }

    /// A scheme whose outliers are moderated: the error of an observation is enlarged so that it
    /// alone would move the analysis by no more than so many standard deviations of the forecast
    /// (Sakov and Sandery 2017).
    ///
    /// # Arguments
    /// - `scheme`: the scheme underneath.
    /// - `limit`: standard deviations of the forecast; 2 is usual.
    ///
    /// # Returns
    /// An inflation scheme; its factors also hold `observations`.
    ///
    /// # Errors
    /// A limit that is not positive.
    ///
    /// # Example
    /// ```rhai
    /// let i = innovation(#{ a: #{ equivalents: [[1, 2, 3], [2, 3, 1]], values: [2, 50], sd: 1 } });
    /// let factors = inflation::moderated(inflation::none(), 2).estimate(i);
    /// assert(factors.observations.len() == 1 && factors.observations[0].observation == 1);
    /// ```
    #[rhai_fn(return_raw)]
    pub fn moderated(
        context: NativeCallContext,
        scheme: Inflation,
        limit: Dynamic,
    ) -> Fallible<Inflation> {
        attempt(&context, || {
            Ok(Inflation(Arc::new(Moderated::new(
                scheme.0.clone(),
                read("the limit", &limit)?,
            )?)))
        })
    }
}
