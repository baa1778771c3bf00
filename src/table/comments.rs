//! Comments in a text of columns.

use super::Layout;
use std::borrow::Cow;

/// The text with lines left empty that start with the mark of a comment, but for those within
/// quotes; so the lines keep their numbers.
pub(super) fn without_comments<'a>(text: &'a str, layout: &Layout) -> Cow<'a, str> {
    let marks: Vec<&str> = layout.comments.iter().map(|m| m.trim_end()).collect();
    let mut marks = marks.into_iter().filter(|m| !m.is_empty()).peekable();
    if marks.peek().is_none() {
        return Cow::Borrowed(text);
    }
    let marks: Vec<&str> = marks.collect();
    let mut lines = String::with_capacity(text.len());
    let mut quoted = false;
    for line in text.split_inclusive('\n') {
        if !quoted && marks.iter().any(|m| line.starts_with(m)) {
            lines.push('\n');
        } else {
            quoted = ends_quoted(line, layout.separator, quoted);
            lines.push_str(line);
        }
    }
    Cow::Owned(lines)
}

/// Whether a line ends within quotes, which open a value only at its start.
fn ends_quoted(line: &str, separator: char, mut quoted: bool) -> bool {
    if !line.contains('"') {
        return quoted;
    }
    let mut start = true;
    for c in line.chars() {
        match c {
            '"' if quoted => quoted = false,
            '"' if start => quoted = true,
            _ => {}
        }
        start = c == separator || (start && c.is_whitespace()) || (c == '"' && !quoted);
    }
    quoted
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::table::{Column, Table};

    #[test]
    fn comments_start_with_any_of_several_marks_outside_quotes() {
        let layout = |marks: &[&str]| Layout {
            comments: marks.iter().map(|m| m.to_string()).collect(),
            ..Layout::default()
        };
        let text = "// a, b\nREM c\nsite,note\nMLO,\"one\n// two\"\n// end\n";
        let table = Table::from_text(text, &layout(&["//", "REM"])).unwrap().0;
        assert_eq!(table.names(), ["site", "note"]);
        assert_eq!(
            table.column("note").unwrap(),
            &Column::text(["one\n// two"])
        );
        let heights = "height\n5\"\n#6\n7\n";
        assert_eq!(
            Table::from_text(heights, &layout(&["#"])).unwrap().0.rows(),
            2
        );
        // Comments count in the line number of a wrong row, which is where the row before ends.
        let message = Table::from_text("# 1\na,b\n# 3\n1\n", &layout(&["#"])).unwrap_err();
        assert!(message.to_string().contains("line: 3"), "{message}");
    }
}
