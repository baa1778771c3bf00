//! Update forms and update matrices as values.

use super::Rooms;
use super::arrays::{field_of, line_of, matrix, vector};
use super::inflation::factors_of;
use super::localization::Tapering;
use super::transport::{Met, State};
use crate::analysis::{Additive, Draws, Ensrf, Etkf, Letkf, Literal, LocalUpdate, MassClosure, Perturbed, Rtpp, Rtps, UpdateForm, UpdateMatrices};
use crate::error::{Error, Result};
use crate::field::Field;
use crate::inflation::Factors;
use crate::innovation::Innovation;
use crate::script::{Fallible, Host, Options, ScriptFunction, attempt, read};
use crate::units::Unit;
use rhai::plugin::*;
use rhai::{Dynamic, FnPtr, Map};
use std::fmt;
use std::sync::Arc;

/// An update form as a script holds it.
#[derive(Debug, Clone)]
pub struct Form(pub Arc<dyn UpdateForm>);

impl fmt::Display for Form {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.fmt(f)
    }
}

/// Update matrices as a script holds them.
#[derive(Debug, Clone)]
pub struct Matrices(pub Arc<UpdateMatrices>);

impl fmt::Display for Matrices {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "update matrices of {} members", self.0.n_members())
    }
}

/// A local update as a script holds it.
#[derive(Debug, Clone)]
pub struct Local(Arc<LocalUpdate>);

impl fmt::Display for Local {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.fmt(f)
    }
}

/// A closure of (innovation, factors) that gives `#{ concentration, factor }`.
#[derive(Debug)]
struct Scripted(ScriptFunction);

impl UpdateForm for Scripted {
    fn matrices(&self, innovation: &Innovation, factors: &Factors, _: &Draws) -> Result<UpdateMatrices> {
        // With the errors as moderated, so that a closure need not know of it.
        let innovation = Arc::new(factors.moderated(innovation)?.into_owned());
        let answer = self.0.call((innovation, Factors { observations: vec![], ..factors.clone() }))?;
        let made = || {
            let mut o = Options::new("update matrices", read("update matrices", &answer)?);
            let concentration = matrix("concentration", &o.required::<Dynamic>("concentration")?)?;
            let factor = matrix("factor", &o.required::<Dynamic>("factor")?)?;
            o.finish()?;
            UpdateMatrices::new(concentration, factor)
        };
        made().map_err(|e| e.at("the update function"))
    }
}

impl fmt::Display for Scripted {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}", self.0)
    }
}

/// Binds `analysis::`.
pub fn bind(rooms: &mut Rooms) {
    rooms.value::<Form>("UpdateForm");
    rooms.value::<Matrices>("UpdateMatrices");
    rooms.value::<Letkf>("LocalFilter");
    rooms.value::<Local>("LocalUpdate");
    rooms.value::<Additive>("Additive");
    rooms.value::<MassClosure>("MassClosure");
    rooms.room("analysis", exported_module!(functions));
}

#[export_module]
mod functions {
    /// The symmetric square-root filter: exact mean and spread on a linear problem.
    ///
    /// # Returns
    /// An update form.
    ///
    /// # Example
    /// ```rhai
    /// let i = innovation(#{ a: #{ equivalents: [[1, 2, 3]], values: [3], sd: 1 } });
    /// let x = field("x", [[1, 2, 3]], #{ dims: ["state", "member"] });
    /// let b = analysis::etkf().matrices(i, inflation::none().estimate(i));
    /// assert_near(b.apply(x).mean("member").value(), 2.5, 1e-12); // half way: the spread equals the error
    /// ```
    pub fn etkf() -> Form {
        Form(Arc::new(Etkf))
    }

    /// Eq. 3 of Su et al. (2024) as printed: member innovations without perturbed observations. Its spread is too small.
    ///
    /// # Returns
    /// An update form.
    ///
    /// # Example
    /// ```rhai
    /// assert(analysis::literal().to_string() == "analysis::literal()");
    /// ```
    pub fn literal() -> Form {
        Form(Arc::new(Literal))
    }

    /// The stochastic filter: observations perturbed by their inflated errors.
    ///
    /// # Returns
    /// An update form.
    ///
    /// # Example
    /// ```rhai
    /// assert(analysis::perturbed().to_string() == "analysis::perturbed()");
    /// ```
    pub fn perturbed() -> Form {
        Form(Arc::new(Perturbed))
    }

    /// The serial square-root filter: observations one after another (Whitaker and Hamill 2002). Mean and spread are those
    /// of `etkf`.
    ///
    /// # Returns
    /// An update form.
    ///
    /// # Example
    /// ```rhai
    /// let i = innovation(#{ a: #{ equivalents: [[1, 2, 3]], values: [3], sd: 1 } });
    /// let x = field("x", [[1, 2, 3]], #{ dims: ["state", "member"] });
    /// let b = analysis::ensrf().matrices(i, inflation::none().estimate(i));
    /// assert_near(b.apply(x).mean("member").value(), 2.5, 1e-12);
    /// ```
    pub fn ensrf() -> Form {
        Form(Arc::new(Ensrf))
    }

    /// The local filter: every column of the atmosphere by the observations around it, whose errors grow with distance
    /// (Hunt et al. 2007).
    ///
    /// # Arguments
    /// - `taper`: `localization::gaspari_cohn(half_width_km)` or `localization::boxcar(radius_km)`.
    ///
    /// # Returns
    /// A local filter, with `prepare(innovation, factors, latitude, longitude)`.
    ///
    /// # Example
    /// ```rhai
    /// let i = innovation(#{ a: #{ equivalents: [[1, 2, 3]], values: [3], sd: 1 } });
    /// let near = analysis::letkf(localization::gaspari_cohn(1000)).prepare(i, inflation::none().estimate(i), [0], [0]);
    /// let x = field("x", [[1, 2, 3]], #{ dims: ["factor", "member"] });
    /// assert_near(near.analyse_factors(x, [[0, 0]]).mean("member").value(), 2.5, 1e-12); // at the observation
    /// assert_near(near.analyse_factors(x, [[0, 90]]).mean("member").value(), 2.0, 1e-12); // out of reach
    /// ```
    pub fn letkf(taper: Tapering) -> Letkf {
        Letkf::new(taper.0)
    }

    /// The local filter on one innovation.
    ///
    /// # Arguments
    /// - `innovation`: of all observations.
    /// - `factors`: as for `matrices`.
    /// - `latitude`, `longitude`: of the observations by their number \[degrees\].
    ///
    /// # Returns
    /// A local update, with `analyse(concentrations)` and `analyse_factors(factors, places)`.
    ///
    /// # Errors
    /// An observation without a place.
    ///
    /// # Example
    /// ```rhai
    /// let i = innovation(#{ a: #{ equivalents: [[1, 2, 3]], values: [3], sd: 1 } });
    /// let filter = analysis::letkf(localization::boxcar("1000 km"));
    /// print(filter.prepare(i, #{ theta: 1.2, mu: 1.0 }, [45], [10]));
    /// ```
    #[rhai_fn(global, return_raw)]
    pub fn prepare(
        context: NativeCallContext,
        filter: &mut Letkf,
        innovation: Arc<Innovation>,
        factors: Dynamic,
        latitude: Dynamic,
        longitude: Dynamic,
    ) -> Fallible<Local> {
        attempt(&context, || {
            let (lat, lon): (Vec<f64>, Vec<f64>) = (read("the latitudes", &latitude)?, read("the longitudes", &longitude)?);
            if lat.len() != lon.len() {
                return Err(Error::new("every latitude needs a longitude").expected(lat.len()).got(lon.len()));
            }
            let places: Vec<(f64, f64)> = lat.into_iter().zip(lon).collect();
            Ok(Local(Arc::new(filter.prepare(&innovation, &factors_of(&factors, &innovation)?, &places)?)))
        })
    }

    /// The concentrations analysed column by column.
    ///
    /// # Arguments
    /// - `concentrations`: of the forecast.
    ///
    /// # Returns
    /// Concentrations.
    ///
    /// # Errors
    /// Another number of members.
    ///
    /// # Example
    /// ```rhai
    /// let i = innovation(#{ a: #{ equivalents: [[1, 2, 3]], values: [3], sd: 1 } });
    /// let near = analysis::letkf(localization::boxcar(1000)).prepare(i, inflation::none().estimate(i), [0], [0]);
    /// assert(near.analyse(concentrations::uniform(grid("30x30"), 3, 400)).members == 3);
    /// ```
    #[rhai_fn(global, return_raw)]
    pub fn analyse(context: NativeCallContext, update: &mut Local, concentrations: State) -> Fallible<State> {
        attempt(&context, || {
            let mut state = Arc::unwrap_or_clone(concentrations);
            update.0.apply(&mut state)?;
            Ok(Arc::new(state))
        })
    }

    /// The factors analysed, each by the observations around its place.
    ///
    /// # Arguments
    /// - `factors`: (factor, member).
    /// - `places`: an array of `[lat, lon]` \[degrees\], one per factor.
    ///
    /// # Returns
    /// A field (factor, member).
    ///
    /// # Errors
    /// Another number of members, or of places.
    ///
    /// # Example
    /// ```rhai
    /// let i = innovation(#{ a: #{ equivalents: [[1, 2, 3]], values: [3], sd: 1 } });
    /// let near = analysis::letkf(localization::boxcar(1000)).prepare(i, inflation::none().estimate(i), [0], [0]);
    /// let x = field("x", [[1, 2, 3]], #{ dims: ["factor", "member"] });
    /// assert_near(near.analyse_factors(x, [[0, 90]])[0][2], 3.0, 1e-12);
    /// ```
    #[rhai_fn(global, return_raw)]
    pub fn analyse_factors(context: NativeCallContext, update: &mut Local, factors: Field, places: Dynamic) -> Fallible<Field> {
        attempt(&context, || {
            let places = matrix("the places", &places)?;
            if places.ncols() != 2 {
                return Err(Error::new("a place is a latitude and a longitude")
                    .expected("[[lat, lon], ...]")
                    .got(format!("{} numbers", places.ncols())));
            }
            let places: Vec<(f64, f64)> = places.outer_iter().map(|p| (p[0], p[1])).collect();
            analysed(&factors, |rows| update.0.apply_factors(rows, &places))
        })
    }

    /// Additive inflation: fresh spread drawn from a pool of perturbations, centred so that the mean stays.
    ///
    /// # Arguments
    /// - `scale`: standard deviation added, over that of the pool.
    ///
    /// # Returns
    /// Additive inflation, with `add(state, pool, options)`.
    ///
    /// # Errors
    /// A negative scale.
    ///
    /// # Example
    /// ```rhai
    /// let x = field("x", [[1, 1, 1, 1]], #{ dims: ["state", "member"] });
    /// let wider = analysis::additive(0.5).add(x, [[-1, 1]], #{ seed: 1, stream: "week 1" });
    /// assert_near(wider.mean("member").value(), 1.0, 1e-12);
    /// assert(wider.max() > 1.0);
    /// ```
    #[rhai_fn(return_raw)]
    pub fn additive(context: NativeCallContext, scale: Dynamic) -> Fallible<Additive> {
        attempt(&context, || Additive::new(read("the scale", &scale)?))
    }

    /// Adds perturbations of a pool to every member.
    ///
    /// # Arguments
    /// - `state`: concentrations, or a field of two dimensions, the last of them the member.
    /// - `pool`: concentrations, or a matrix (state, perturbation), whose members' departures from their mean are drawn from.
    /// - `options`: `seed`: 0; `stream`: text that names the draws, such as the window's.
    ///
    /// # Returns
    /// What the state was.
    ///
    /// # Errors
    /// Another grid or number of rows; a pool of fewer than two.
    ///
    /// # Example
    /// ```rhai
    /// let air = concentrations::uniform(grid("30x30"), 4, 400);
    /// assert(analysis::additive(0.1).add(air, concentrations::uniform(grid("30x30"), 2, 401), #{ seed: 1 }).members == 4);
    /// ```
    #[rhai_fn(name = "add", global, return_raw)]
    pub fn add_rows(context: NativeCallContext, additive: &mut Additive, state: Field, pool: Dynamic, options: Map) -> Fallible<Field> {
        attempt(&context, || {
            let draws = draws_from("add", options)?;
            let pool = matrix("the pool", &pool)?;
            analysed(&state, |rows| additive.apply_rows(rows, &pool, &draws))
        })
    }

    #[rhai_fn(name = "add", global, return_raw)]
    pub fn add_concentrations(context: NativeCallContext, additive: &mut Additive, state: State, pool: State, options: Map) -> Fallible<State> {
        attempt(&context, || {
            let mut state = Arc::unwrap_or_clone(state);
            additive.apply(&mut state, &pool, &draws_from("add", options)?)?;
            Ok(Arc::new(state))
        })
    }

    /// Closes the carbon of an analysis by the same mole fraction everywhere.
    ///
    /// # Returns
    /// A closure of mass, with `close(analysis, forecast, flux_change, meteorology, time)`.
    ///
    /// # Example
    /// ```rhai
    /// print(analysis::uniform_closure());
    /// ```
    pub fn uniform_closure() -> MassClosure {
        MassClosure::Uniform
    }

    /// Closes the carbon of an analysis in proportion to the size of the increment.
    ///
    /// # Returns
    /// A closure of mass, with `close(analysis, forecast, flux_change, meteorology, time)`.
    ///
    /// # Example
    /// ```rhai
    /// print(analysis::increment_closure());
    /// ```
    pub fn increment_closure() -> MassClosure {
        MassClosure::ByIncrement
    }

    /// Gives every member the forecast's carbon plus what the analysed factors emit beyond the forecast's.
    ///
    /// # Arguments
    /// - `analysis`, `forecast`: concentrations after and before the update.
    /// - `flux_change`: what each member's analysed factors emit beyond its forecast's (member) \[PgC\].
    /// - `meteorology`, `time`: whose surface pressure to use, and when.
    ///
    /// # Returns
    /// A map: concentrations; `added`, the carbon added to each member \[PgC\]; `analysed` and `wanted`, its carbon before and after.
    ///
    /// # Errors
    /// States that do not belong together; another number of changes than members.
    ///
    /// # Example
    /// ```rhai
    /// let g = grid("30x30");
    /// let air = concentrations::uniform(g, 3, 400);
    /// let closed = analysis::uniform_closure().close(air, air, [0.1, 0, -0.1], meteorology::built_in(g), "2016-01-01");
    /// assert_near(closed.added[0].value(), 0.1, 1e-6);
    /// ```
    #[rhai_fn(global, return_raw)]
    pub fn close(
        context: NativeCallContext,
        closure: &mut MassClosure,
        analysis: State,
        forecast: State,
        flux_change: Dynamic,
        meteorology: Met,
        time: Dynamic,
    ) -> Fallible<Map> {
        let (state, correction) = attempt(&context, || {
            let change = match flux_change.read_lock::<Field>() {
                Some(field) if !field.unit.is_none() => Dynamic::from(field.to_unit(&Unit::parse("PgC")?)?),
                _ => flux_change.clone(),
            };
            let change = vector("the change of flux", &change, forecast.n_members())? * 1e12;
            let air = meteorology.0.atmosphere(read("the time", &time)?)?;
            let mut state = Arc::unwrap_or_clone(analysis);
            let correction = closure.apply(&mut state, &forecast, &change.to_vec(), &air.surface_pressure)?;
            Ok((state, correction))
        })?;
        correction.warnings.iter().for_each(|w| Host::of(&context).warn(w.clone()));
        attempt(&context, || {
            let carbon = |name: &str, values: &[f64]| {
                let mut field = line_of(name, ndarray::Array1::from(values.to_vec()) * 1e-12, "member");
                field.unit = Unit::parse("PgC")?;
                Ok(Dynamic::from(field))
            };
            Ok(Map::from_iter([
                ("concentrations".into(), Dynamic::from(Arc::new(state))),
                ("added".into(), carbon("added", &correction.added())?),
                ("analysed".into(), carbon("analysed", &correction.analysed)?),
                ("wanted".into(), carbon("wanted", &correction.wanted)?),
            ]))
        })
    }

    /// Relaxation of the analysed anomalies to the forecast's (Zhang et al. 2004).
    ///
    /// # Arguments
    /// - `form`: the update form underneath.
    /// - `alpha`: how far, 0 (not at all) to 1.
    ///
    /// # Returns
    /// An update form.
    ///
    /// # Errors
    /// alpha outside 0 to 1.
    ///
    /// # Example
    /// ```rhai
    /// print(analysis::rtpp(analysis::etkf(), 0.5));
    /// ```
    #[rhai_fn(return_raw)]
    pub fn rtpp(context: NativeCallContext, form: Form, alpha: Dynamic) -> Fallible<Form> {
        attempt(&context, || Ok(Form(Arc::new(Rtpp::new(form.0.clone(), read("alpha", &alpha)?)?))))
    }

    /// Relaxation of the analysed spread to the forecast's (Whitaker and Hamill 2012).
    ///
    /// # Arguments
    /// - `form`: the update form underneath.
    /// - `alpha`: how far, 0 (not at all) to 1.
    ///
    /// # Returns
    /// An update form.
    ///
    /// # Errors
    /// alpha outside 0 to 1.
    ///
    /// # Example
    /// ```rhai
    /// print(analysis::rtps(analysis::etkf(), 0.5));
    /// ```
    #[rhai_fn(return_raw)]
    pub fn rtps(context: NativeCallContext, form: Form, alpha: Dynamic) -> Fallible<Form> {
        attempt(&context, || Ok(Form(Arc::new(Rtps::new(form.0.clone(), read("alpha", &alpha)?)?))))
    }

    /// An update form from a function of your own.
    ///
    /// # Arguments
    /// - `form`: a function of (innovation, factors) that gives `#{ concentration, factor }`, two matrices B (member x member)
    ///   with X_a = X B; the columns of each add up to one. A form is given back as it is.
    ///
    /// # Returns
    /// An update form.
    ///
    /// # Errors
    /// When it is used: another shape, numbers that are not finite, columns that do not add up to one.
    ///
    /// # Example
    /// ```rhai
    /// let keep = analysis::form(|i, f| #{ concentration: field::identity(i.members), factor: field::identity(i.members) });
    /// let i = innovation(#{ a: #{ equivalents: [[1, 2, 3]], values: [3], sd: 1 } });
    /// let x = field("x", [[1, 2, 3]], #{ dims: ["state", "member"] });
    /// assert(keep.matrices(i, inflation::none().estimate(i)).apply(x).max() == 3.0);
    /// ```
    pub fn form(context: NativeCallContext, form: FnPtr) -> Form {
        Form(Arc::new(Scripted(ScriptFunction::new(&context, form))))
    }

    #[rhai_fn(name = "form")]
    pub fn form_itself(form: Form) -> Form {
        form
    }

    /// The update matrices of one innovation.
    ///
    /// # Arguments
    /// - `innovation`: of one region and window.
    /// - `factors`: `#{ theta, mu: #{ source: value } }`, or what a scheme's `estimate` gave.
    /// - `options`: optional. `seed`: 0; `stream`: text that names the draws of a form that needs random numbers.
    ///
    /// # Returns
    /// Update matrices: `concentration` and `factor` (fields), `apply(x)` and `apply_factors(x)`.
    ///
    /// # Errors
    /// A factor that is missing or not positive.
    #[rhai_fn(global, return_raw)]
    pub fn matrices(context: NativeCallContext, form: &mut Form, innovation: Arc<Innovation>, factors: Dynamic) -> Fallible<Matrices> {
        matrices_with(context, form, innovation, factors, Map::new())
    }

    #[rhai_fn(global, name = "matrices", return_raw)]
    pub fn matrices_with(
        context: NativeCallContext,
        form: &mut Form,
        innovation: Arc<Innovation>,
        factors: Dynamic,
        options: Map,
    ) -> Fallible<Matrices> {
        attempt(&context, || {
            let draws = draws_from("matrices", options)?;
            Ok(Matrices(Arc::new(form.0.matrices(&innovation, &factors_of(&factors, &innovation)?, &draws)?)))
        })
    }

    /// The matrix B of concentration rows, X_a = X B.
    #[rhai_fn(get = "concentration", global)]
    pub fn concentration(matrices: &mut Matrices) -> Field {
        field_of("concentration", matrices.0.concentration().clone(), ["member", "analysed"], None)
    }

    /// The matrix B of factor rows, L_a = L B.
    #[rhai_fn(get = "factor", global)]
    pub fn factor(matrices: &mut Matrices) -> Field {
        field_of("factor", matrices.0.factor().clone(), ["member", "analysed"], None)
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
    #[rhai_fn(global, return_raw)]
    pub fn apply(context: NativeCallContext, matrices: &mut Matrices, x: Field) -> Fallible<Field> {
        attempt(&context, || analysed(&x, |rows| matrices.0.apply_concentration(rows)))
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
    #[rhai_fn(global, return_raw)]
    pub fn apply_factors(context: NativeCallContext, matrices: &mut Matrices, x: Field) -> Fallible<Field> {
        attempt(&context, || analysed(&x, |rows| matrices.0.apply_factor(rows)))
    }
}

fn draws_from(function: &str, options: Map) -> Result<Draws> {
    let mut o = Options::new(function, options);
    let draws = Draws::new(o.or("seed", 0u64)?, &o.or("stream", "update".to_string())?);
    o.finish()?;
    Ok(draws)
}

fn analysed(x: &Field, update: impl FnOnce(&ndarray::Array2<f64>) -> Result<ndarray::Array2<f64>>) -> Result<Field> {
    let rows = matrix("the state", &Dynamic::from(x.clone()))?;
    let names = [x.dimensions()[0].name.clone(), x.dimensions()[1].name.clone()];
    Ok(field_of(&x.name, update(&rows)?, [&names[0], &names[1]], Some(x)))
}
