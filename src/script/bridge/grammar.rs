//! The language's grammar and limits, the same for every engine.

use rhai::{Engine, OptimizationLevel};

/// Deepest nesting of calls.
const CALLS: usize = 96;
/// Deepest nesting of expressions, the same in debug and release builds.
const EXPRESSIONS: usize = 128;

/// Deepest nesting of comments that are looked for.
const NESTED: usize = 8;

/// Words held once however often they are written: more than the stdlib has, because a full store
/// is searched for what to forget at every new word.
const WORDS: usize = 16_384;

/// Knows the grammar and our limits, but no function.
pub fn grammar() -> Engine {
    let mut engine = Engine::new_raw();
    limit(&mut engine);
    engine
}

/// Where a block comment begins that the text does not close, in bytes.
pub fn unclosed_comment(text: &str) -> Option<usize> {
    let open = text.matches("/*").count().min(NESTED);
    let engine = grammar();
    let closes = |n: usize| {
        engine
            .compile(format!("{text}\n{}", "*/".repeat(n)))
            .is_ok()
    };
    if !(1..=open).any(closes) {
        return None;
    }
    let after = text.rfind("*/").map_or(0, |at| at + 2);
    text[after..].find("/*").map(|at| after + at)
}

/// Sets our limits.
pub fn limit(engine: &mut Engine) {
    engine.set_optimization_level(OptimizationLevel::None);
    // Text run as a script has no place of its own in a report.
    engine.disable_symbol("eval");
    engine.set_fail_on_invalid_map_property(true);
    engine.set_max_call_levels(CALLS);
    engine.set_max_expr_depths(EXPRESSIONS, EXPRESSIONS);
    engine.set_max_strings_interned(WORDS);
}
