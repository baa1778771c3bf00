//! How a table prints: fitted to the terminal, or as Markdown.

use super::{Cell, Column, Table};
use comfy_table::presets::{ASCII_MARKDOWN, UTF8_HORIZONTAL_ONLY};
use comfy_table::{CellAlignment, ContentArrangement, TableStyle};
use std::fmt;

/// Most rows printed; the rest is counted.
const MOST: usize = 40;

impl fmt::Display for Cell {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Cell::Number(x) => f.write_str(&short(*x)),
            Cell::Text(t) => f.write_str(t),
            Cell::Time(t) => write!(f, "{t}"),
        }
    }
}

/// A number in five significant digits.
fn short(x: f64) -> String {
    if x.is_nan() {
        return "-".into();
    }
    if x.fract() == 0.0 && x.abs() < 1e9 {
        return format!("{x}");
    }
    if !(1e-3..1e6).contains(&x.abs()) {
        return format!("{x:.4e}");
    }
    let digits = (4 - x.abs().log10().floor() as i32).clamp(0, 7) as usize;
    format!("{x:.digits$}")
}

impl Table {
    fn drawn(&self, preset: TableStyle, most: usize) -> comfy_table::Table {
        let mut drawn = comfy_table::Table::new();
        drawn.load_style(preset);
        drawn.set_header(self.columns().iter().map(|(n, c)| match c {
            Column::Numbers(_, unit) if !unit.to_string().is_empty() => format!("{n} [{unit}]"),
            _ => n.clone(),
        }));
        for row in 0..self.rows().min(most) {
            drawn.add_row(self.columns().iter().map(|(_, c)| c.cell(row).to_string()));
        }
        for (k, (_, column)) in self.columns().iter().enumerate() {
            if let (Column::Numbers(..), Some(c)) = (column, drawn.column_mut(k)) {
                c.set_cell_alignment(CellAlignment::Right);
            }
        }
        drawn
    }

    /// The whole table as Markdown.
    pub fn to_markdown(&self) -> String {
        self.drawn(ASCII_MARKDOWN, usize::MAX).to_string()
    }
}

impl fmt::Display for Table {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if self.columns().is_empty() {
            return f.write_str("a table without columns");
        }
        let mut drawn = self.drawn(UTF8_HORIZONTAL_ONLY, MOST);
        drawn.set_content_arrangement(ContentArrangement::Dynamic);
        let lines: Vec<String> = drawn.to_string().lines().map(|l| l.trim_end().to_string()).collect();
        f.write_str(&lines.join("\n"))?;
        if self.rows() > MOST {
            write!(f, "\n... {} rows in all", self.rows())?;
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::super::tests::sites;
    use super::*;

    #[test]
    fn a_table_prints_units_and_marks_missing_numbers() {
        let text = sites().to_string();
        assert!(text.contains("co2 [ppm]") && text.contains("410") && text.contains(" -"), "{text}");
        assert_eq!(sites().to_markdown().lines().next().unwrap(), "| site | co2 [ppm] |");
    }

    #[test]
    fn numbers_print_in_five_digits() {
        assert_eq!(
            [short(0.0012345678), short(123.45678), short(2e9), short(3.0), short(1e-9)],
            ["0.0012346", "123.46", "2.0000e9", "3", "1.0000e-9"]
        );
    }
}
