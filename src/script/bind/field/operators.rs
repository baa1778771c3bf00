//! Operators between fields and numbers, either way round; integers are numbers. A plain number is
//! taken to be in the unit of the field it is added to or compared with.

use crate::error::Result;
use crate::field::{Field, greater, smaller};
use crate::script::bind::field::given;
use crate::script::bridge::rooms::Rooms;
use crate::script::{Fallible, attempt};
use crate::units::Unit;
use rhai::{Dynamic, NativeCallContext};

/// Binds `+ - * / % **`, the comparisons, and the negative.
pub fn bind(rooms: &mut Rooms) {
    let engine = &mut rooms.engine;
    each_value(engine, "+", Field::plus, |a, b| a + b);
    each_value(engine, "-", Field::minus, |a, b| a - b);
    each_value(engine, "*", Field::times, |a, b| a * b);
    each_value(engine, "%", Field::remainder, |a, b| a % b);
    each_value(engine, "min", Field::smaller, smaller);
    each_value(engine, "max", Field::greater, greater);
    arithmetic(
        engine,
        "/",
        Field::over,
        |f, x| Ok(f.map(|v| v / x)),
        |x, f| Field::scalar("number", Unit::none(), x).over(f.clone()),
    );
    arithmetic(
        engine,
        "**",
        |a, b| {
            a.pure("**", |v| v)?
                .zip(&b.pure("**", |v| v)?, Unit::none(), f64::powf)
        },
        |f, x| f.to_power(x),
        |x, f| f.pure("**", |v| x.powf(v)),
    );
    comparison(engine, "<", |a, b| a < b);
    comparison(engine, "<=", |a, b| a <= b);
    comparison(engine, ">", |a, b| a > b);
    comparison(engine, ">=", |a, b| a >= b);
    comparison(engine, "==", |a, b| a == b);
    comparison(engine, "!=", |a, b| a != b);
    engine.register_fn("-", |f: Field| f.map(|v| -v).undescribed());
    engine.register_fn("+", |f: Field| f);
}

/// An operator that with a plain number acts on every value and keeps the unit.
fn each_value(
    engine: &mut rhai::Engine,
    sign: &str,
    both: impl Fn(Field, Field) -> Result<Field> + Copy + Send + Sync + 'static,
    act: impl Fn(f64, f64) -> f64 + Copy + Send + Sync + 'static,
) {
    arithmetic(
        engine,
        sign,
        both,
        move |f, x| Ok(f.map(|v| act(v, x))),
        move |x, f| Ok(f.map(|v| act(x, v))),
    );
}

fn arithmetic(
    engine: &mut rhai::Engine,
    sign: &str,
    both: impl Fn(Field, Field) -> Result<Field> + Copy + Send + Sync + 'static,
    right: impl Fn(&Field, f64) -> Result<Field> + Copy + Send + Sync + 'static,
    left: impl Fn(f64, &Field) -> Result<Field> + Copy + Send + Sync + 'static,
) {
    type Out = Fallible<Dynamic>;
    let made = |field: Field| given(field.undescribed());
    engine.register_fn(
        sign,
        move |c: NativeCallContext, a: Field, b: Field| -> Out {
            attempt(&c, || both(a, b).map(given))
        },
    );
    engine.register_fn(sign, move |c: NativeCallContext, a: Field, b: f64| -> Out {
        attempt(&c, || right(&a, b).map(made))
    });
    engine.register_fn(sign, move |c: NativeCallContext, a: Field, b: i64| -> Out {
        attempt(&c, || right(&a, b as f64).map(made))
    });
    engine.register_fn(sign, move |c: NativeCallContext, a: f64, b: Field| -> Out {
        attempt(&c, || left(a, &b).map(made))
    });
    engine.register_fn(sign, move |c: NativeCallContext, a: i64, b: Field| -> Out {
        attempt(&c, || left(a as f64, &b).map(made))
    });
}

/// Single values compare to true or false, others to a field of ones and zeros.
fn comparison(engine: &mut rhai::Engine, sign: &'static str, holds: fn(f64, f64) -> bool) {
    let verdict = |mask: Field| -> Dynamic {
        match (mask.dimensions().is_empty(), mask.value()) {
            (true, Ok(v)) => Dynamic::from(v == 1.0),
            _ => Dynamic::from(mask),
        }
    };
    let number = |like: &Field, x: f64| Field::scalar("number", like.unit.clone(), x);
    type Out = Fallible<Dynamic>;
    engine.register_fn(
        sign,
        move |c: NativeCallContext, a: Field, b: Field| -> Out {
            attempt(&c, || a.compare(sign, &b, holds).map(verdict))
        },
    );
    engine.register_fn(sign, move |c: NativeCallContext, a: Field, b: f64| -> Out {
        attempt(&c, || a.compare(sign, &number(&a, b), holds).map(verdict))
    });
    engine.register_fn(sign, move |c: NativeCallContext, a: Field, b: i64| -> Out {
        attempt(&c, || {
            a.compare(sign, &number(&a, b as f64), holds).map(verdict)
        })
    });
    engine.register_fn(sign, move |c: NativeCallContext, a: f64, b: Field| -> Out {
        attempt(&c, || {
            b.compare(sign, &number(&b, a), |y, x| holds(x, y))
                .map(verdict)
        })
    });
    engine.register_fn(sign, move |c: NativeCallContext, a: i64, b: Field| -> Out {
        attempt(&c, || {
            b.compare(sign, &number(&b, a as f64), |y, x| holds(x, y))
                .map(verdict)
        })
    });
}
