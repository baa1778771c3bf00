//! Where arithmetic failed: the engine gives operators on plain numbers no location in their
//! errors.

use rhai::{AST, ASTNode, EvalAltResult, Expr, Position};

/// Gives an error of arithmetic its place, if only one operation of the text can have caused it.
pub fn locate(error: &mut EvalAltResult, text: &AST) {
    match error {
        EvalAltResult::ErrorInFunctionCall(name, _, inner, _) if is_of(name, text) => {
            locate(inner, text)
        }
        EvalAltResult::ErrorArithmetic(message, position) if position.is_none() => {
            let failed = operation(message)
                .map(|operation| like(operation, text))
                .unwrap_or_default();
            if let [only] = failed[..] {
                *position = only;
            }
        }
        _ => {}
    }
}

/// Whether a function is one of the text.
fn is_of(name: &str, text: &AST) -> bool {
    text.iter_functions().any(|f| f.name == name)
}

/// The operator and its operands, from a message such as `Division by zero: 1 / 0`.
fn operation(message: &str) -> Option<(&str, i64, i64)> {
    let mut words = message.rsplit(": ").next()?.split(' ');
    let (left, sign, right) = (words.next()?, words.next()?, words.next()?);
    Some((sign, left.parse().ok()?, right.parse().ok()?))
}

/// The places where a text has this operator, with these operands as far as they are written out.
fn like((sign, left, right): (&str, i64, i64), text: &AST) -> Vec<Position> {
    let may_be = |operand: &Expr, value: i64| match operand {
        Expr::IntegerConstant(written, _) => *written == value,
        _ => true,
    };
    let mut positions = Vec::new();
    text.walk(&mut |path: &[ASTNode]| {
        if let Some(ASTNode::Expr(Expr::FnCall(call, position))) = path.last()
            && call.name == sign
            && let [a, b] = &call.args[..]
            && may_be(a, left)
            && may_be(b, right)
        {
            positions.push(*position);
        }
        true
    });
    positions
}
