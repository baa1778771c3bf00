//! A program of one's own around the language: it adds a native function, runs a script, and reads
//! what it gives.
//!
//! `cargo run --example host`

use mcas::field::Field;
use mcas::script::{Fallible, Session, attempt, session::Start};
use mcas::units::Unit;
use rhai::{FuncRegistration, NativeCallContext};

/// Rise of the global mean temperature that a change of CO2 would bring in the long run \[K\], 3 K
/// for a doubling.
fn warming(context: NativeCallContext, co2: &mut Field) -> Fallible<Field> {
    const BEFORE_INDUSTRY: f64 = 278.0;
    attempt(&context, || {
        let ppm = co2.to_unit(&Unit::parse("ppm")?)?;
        Ok(ppm
            .map(|c| 3.0 * (c / BEFORE_INDUSTRY).log2())
            .named("warming")
            .with_unit(Unit::parse("K")?))
    })
}

const SCRIPT: &str = r#"
let co2 = field("co2", [278, 556], #{ unit: "ppm" });
co2.warming()
"#;

/// Runs it; called by the tests too.
pub fn main() -> Result<(), String> {
    let mut session = Session::with(Start::default(), &|engine| {
        let documentation = [
            "/// Rise of the global mean temperature that a change of CO2 would bring in the long run \\[K\\].",
        ];
        FuncRegistration::new("warming")
            .with_comments(documentation)
            .register_into_engine(engine, warming);
    })?;
    let value = session
        .run("script", SCRIPT)
        .map_err(|e| session.report(&e))?;
    println!("{}", session.show(&value));
    let field: Field = value.try_cast().ok_or("the script gives no field")?;
    assert_eq!(field.data().iter().copied().collect::<Vec<_>>(), [0.0, 3.0]);

    // Help and completion know the function.
    assert!(
        session
            .docs()
            .help("warming")
            .is_ok_and(|page| page.contains("temperature"))
    );

    // Errors of the function are reported where the script calls it.
    let report = match session.run("wrong", "field([1], #{ unit: \"kg\" }).warming()") {
        Err(e) => session.report(&e),
        Ok(_) => return Err("kilograms are no mole fraction".into()),
    };
    println!("{report}");
    assert!(report.contains("wrong:1:29"));
    Ok(())
}
