//! Update forms and update matrices as values.

mod additive;
mod forms;
mod letkf;
mod mass;
mod scripted;

use crate::analysis;
use crate::analysis::Draws;
use crate::error::Result;
use crate::field::Field;
use crate::innovation::{Innovation, Memory};
use crate::script::bind::inflation::factors::factors_of;
use crate::script::bind::innovation::about::AboutOptions;
use crate::script::bridge::arrays::{field_of, matrix};
use crate::script::bridge::options::{OptionTable, options};
use crate::script::bridge::rooms::{Rooms, optional};
use crate::script::bridge::value::kind;
use crate::script::{Fallible, attempt, read};
use rhai::plugin::*;
use rhai::{Dynamic, Map};
use std::fmt;
use std::sync::Arc;

/// An update form as a script holds it.
#[derive(Debug, Clone)]
pub struct UpdateForm(pub Arc<dyn analysis::UpdateForm>);

impl fmt::Display for UpdateForm {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.fmt(f)
    }
}

/// Update matrices as a script holds them.
#[derive(Debug, Clone)]
pub struct UpdateMatrices(pub Arc<analysis::UpdateMatrices>);

impl fmt::Display for UpdateMatrices {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "update matrices of {} members", self.0.n_members())
    }
}

kind!(UpdateForm, "UpdateForm", "an update form");
kind!(UpdateMatrices, "UpdateMatrices", "update matrices");
kind!(Memory, "Memory", "a memory, such as analysis::memory()");

/// Binds `analysis::`.
pub fn bind(rooms: &mut Rooms) {
    rooms.kind::<UpdateForm>();
    rooms.kind::<UpdateMatrices>();
    rooms.kind::<Memory>();
    rooms.room("analysis", exported_module!(functions));
    optional!(rooms, MatricesOptions: "matrices" = functions::matrices_token);
    optional!(rooms, DrawsOptions: "analysis::rotation" = functions::rotation_token);
    additive::bind(rooms);
    forms::bind(rooms);
    letkf::bind(rooms);
    mass::bind(rooms);
}

options! {
    /// The random numbers of an action.
    pub(super) struct DrawsOptions of "analysis::rotation", "analysis::add" {
        /// The seed of the draws.
        seed: u64 = 0,
        /// The name of the draws; regions that meet need one name, such as the window's.
        stream: String = "update".into(),
    }
}

impl DrawsOptions {
    /// Which random numbers they are.
    pub(super) fn draws(&self) -> Draws {
        Draws::new(self.seed, &self.stream)
    }
}

options! {
    /// The update matrices of one innovation.
    struct MatricesOptions of "analysis::matrices" with draws: DrawsOptions, about: AboutOptions {
        /// The region and window this is about, for errors.
        place: Option<String>,
    }
}

#[export_module]
mod functions {
    /// The update matrices of one innovation.
    ///
    /// # Arguments
    /// - `innovation`: of one region and window.
    /// - `factors`: `#{ theta, mu: #{ source: value } }`, or what a scheme's `estimate` gave.
    ///
    /// # Returns
    /// Update matrices: `concentration` and `factor` (fields), `apply(x)` and `apply_factors(x)`.
    ///
    /// # Errors
    /// A factor that is missing or not positive.
    ///
    /// # Example
    /// ```rhai
    /// let i = innovation(#{ flask: #{ equivalents: [[1, 2, 3], [2, 2, 5]], values: [3, 4], sd: 0.5 } });
    /// let b = analysis::etkf().matrices(i, #{ theta: 1.2, mu: #{ flask: 2 } });
    /// assert(b.concentration.shape == [3, 3]);
    /// ```
    #[rhai_fn(global, return_raw)]
    pub fn matrices(
        context: NativeCallContext,
        form: &mut UpdateForm,
        innovation: Arc<Innovation>,
        factors: Dynamic,
        options: Map,
    ) -> Fallible<UpdateMatrices> {
        attempt(&context, || {
            let o = MatricesOptions::read(&context, options)?;
            let (place, draws) = (o.place, o.draws.draws().at(o.about.about()));
            let made = form
                .0
                .matrices(&innovation, &factors_of(&factors, &innovation)?, &draws);
            Ok(UpdateMatrices(Arc::new(made.map_err(|e| {
                place.iter().fold(e, |e, place| e.at(place))
            })?)))
        })
    }

    /// An empty memory for the schemes of one region of a run, which closures see as
    /// `about.memory`. `cycle::run` keeps one for each region.
    ///
    /// # Returns
    /// A memory, for the option `memory` of `estimate` and `matrices`.
    ///
    /// # Example
    /// ```rhai
    /// let i = innovation(#{ a: #{ equivalents: [[1, 2, 3]], values: [3], sd: 1 } });
    /// let counting = inflation::scheme(|i, about| {
    ///     about.memory.calls = if "calls" in about.memory { about.memory.calls + 1 } else { 1 };
    ///     #{ theta: 1.0 * about.memory.calls }
    /// });
    /// let memory = analysis::memory();
    /// assert(counting.estimate(i, #{ memory: memory }).theta == 1.0);
    /// assert(counting.estimate(i, #{ memory: memory }).theta == 2.0);
    /// assert(counting.estimate(i, #{ memory: analysis::memory() }).theta == 1.0);
    /// ```
    pub fn memory() -> Memory {
        Memory::default()
    }

    /// A random rotation of the members, which keeps their mean and covariance; a symmetric square
    /// root leaves few members with most of the spread after many cycles. Turn all rows of a state
    /// alike.
    ///
    /// # Arguments
    /// - `members`: how many.
    ///
    /// # Returns
    /// Update matrices.
    ///
    /// # Errors
    /// Fewer than 3 members.
    ///
    /// # Example
    /// ```rhai
    /// let x = field("x", [[1, 2, 6]], #{ dims: ["state", "member"] });
    /// let turned = analysis::rotation(3, #{ seed: 1, stream: "cycle 1" }).apply(x);
    /// assert_near(turned.sd("member").value(), x.sd("member").value(), 1e-12);
    /// ```
    #[rhai_fn(return_raw)]
    pub fn rotation(
        context: NativeCallContext,
        members: Dynamic,
        options: Map,
    ) -> Fallible<UpdateMatrices> {
        attempt(&context, || {
            Ok(UpdateMatrices(Arc::new(analysis::rotation(
                read("members", &members)?,
                &DrawsOptions::read(&context, options)?.draws(),
            )?)))
        })
    }

    /// The update where regions meet: B = I + sum of weight times (B_r - I), as `analyse` does in
    /// every cell.
    ///
    /// # Arguments
    /// - `matrices`: update matrices, one per region.
    /// - `weights`: of the regions at the place, not negative, adding up to one or less.
    ///
    /// # Returns
    /// Update matrices.
    ///
    /// # Errors
    /// Another number of weights than matrices, weights that are negative or add up to more than
    /// one.
    ///
    /// # Example
    /// ```rhai
    /// let i = innovation(#{ a: #{ equivalents: [[1, 2, 3]], values: [3], sd: 1 } });
    /// let b = analysis::etkf().matrices(i, inflation::none().estimate(i));
    /// let x = field("x", [[1, 2, 3]], #{ dims: ["state", "member"] });
    /// assert_near(analysis::blend([b], [0.5]).apply(x).mean("member").value(), 2.25, 1e-12); // half of the way to 2.5
    /// ```
    #[rhai_fn(return_raw)]
    pub fn blend(
        context: NativeCallContext,
        matrices: rhai::Array,
        weights: Dynamic,
    ) -> Fallible<UpdateMatrices> {
        attempt(&context, || {
            let matrices = matrices_of(&matrices)?;
            Ok(UpdateMatrices(Arc::new(analysis::UpdateMatrices::blended(
                &matrices,
                &read::<Vec<f64>>("the weights", &weights)?,
            )?)))
        })
    }

    /// The matrix B of concentration rows, X_a = X B.
    #[rhai_fn(get = "concentration", global)]
    pub fn concentration(matrices: &mut UpdateMatrices) -> Field {
        field_of(
            "concentration",
            matrices.0.concentration().clone(),
            ["member", "analysed"],
            None,
        )
    }

    /// The matrix B of factor rows, L_a = L B.
    #[rhai_fn(get = "factor", global)]
    pub fn factor(matrices: &mut UpdateMatrices) -> Field {
        field_of(
            "factor",
            matrices.0.factor().clone(),
            ["member", "analysed"],
            None,
        )
    }

    /// The analysed members of concentration-like rows.
    ///
    /// # Arguments
    /// - `x`: a field of two dimensions, the last of them the member.
    ///
    /// # Returns
    /// A field of the same dimensions and unit.
    ///
    /// # Errors
    /// Another number of members.
    ///
    /// # Example
    /// ```rhai
    /// let i = innovation(#{ flask: #{ equivalents: [[1, 2, 3], [2, 2, 5]], values: [3, 4], sd: 0.5 } });
    /// let b = analysis::etkf().matrices(i, inflation::none().estimate(i));
    /// let x = field("x", [[1, 2, 3]], #{ dims: ["state", "member"] });
    /// assert(b.apply(x).sd("member").value() < x.sd("member").value());
    /// ```
    #[rhai_fn(global, return_raw)]
    pub fn apply(
        context: NativeCallContext,
        matrices: &mut UpdateMatrices,
        x: Field,
    ) -> Fallible<Field> {
        attempt(&context, || {
            analysed(&x, |rows| matrices.0.apply_concentration(rows))
        })
    }

    /// The analysed members of factor rows, which theta never inflates.
    ///
    /// # Arguments
    /// - `x`: a field of two dimensions, the last of them the member.
    ///
    /// # Returns
    /// A field of the same dimensions and unit.
    ///
    /// # Errors
    /// Another number of members.
    ///
    /// # Example
    /// ```rhai
    /// let i = innovation(#{ flask: #{ equivalents: [[1, 2, 3], [2, 2, 5]], values: [3, 4], sd: 0.5 } });
    /// let b = analysis::etkf().matrices(i, #{ theta: 4, mu: 1 });
    /// let x = field("x", [[1, 1, 1]], #{ dims: ["factor", "member"] });
    /// assert_near(b.apply_factors(x).max(), 1.0, 1e-12); // what all members agree on stays
    /// ```
    #[rhai_fn(global, return_raw)]
    pub fn apply_factors(
        context: NativeCallContext,
        matrices: &mut UpdateMatrices,
        x: Field,
    ) -> Fallible<Field> {
        attempt(&context, || {
            analysed(&x, |rows| matrices.0.apply_factor(rows))
        })
    }
}

/// Update matrices of an array of handles.
pub fn matrices_of(list: &rhai::Array) -> Result<Vec<analysis::UpdateMatrices>> {
    let one = |m| {
        Ok(read::<UpdateMatrices>("the update matrices", m)?
            .0
            .as_ref()
            .clone())
    };
    list.iter().map(one).collect()
}

/// A field of rows and members after an update of its rows.
pub fn analysed(
    x: &Field,
    update: impl FnOnce(&ndarray::Array2<f64>) -> Result<ndarray::Array2<f64>>,
) -> Result<Field> {
    let rows = matrix("the state", &Dynamic::from(x.clone()))?;
    let names = [
        x.dimensions()[0].name.clone(),
        x.dimensions()[1].name.clone(),
    ];
    Ok(field_of(
        &x.name,
        update(&rows)?,
        [&names[0], &names[1]],
        Some(x),
    ))
}
