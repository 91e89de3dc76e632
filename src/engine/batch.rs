//! Cutting many rows of parameters into statements: a multi-row INSERT may have so many rows (`page_size`) and so many
//! parameters (the database's limit), whichever comes first.

use std::ops::Range;

/// How many rows one statement takes: at least one, even when a single row exceeds the limit, so that the database
/// reports that. `max_parameters` 0: no limit. `other_parameters`: those of the statement that are not a row's.
pub fn rows_per_statement(parameters_per_row: usize, page_size: usize, max_parameters: usize, other_parameters: usize) -> usize {
    let page = page_size.max(1);
    if max_parameters == 0 || parameters_per_row == 0 {
        return page;
    }
    (max_parameters.saturating_sub(other_parameters) / parameters_per_row).clamp(1, page)
}

/// The rows of each statement: consecutive ranges of `size`, the last one shorter.
pub fn statements(rows: usize, size: usize) -> impl ExactSizeIterator<Item = Range<usize>> {
    let size = size.max(1);
    (0..rows.div_ceil(size)).map(move |i| i * size..rows.min((i + 1) * size))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn pages_are_bounded_by_rows_and_by_parameters() {
        assert_eq!(rows_per_statement(3, 1000, 0, 0), 1000);
        assert_eq!(rows_per_statement(40, 1000, 32766, 0), 819);
        assert_eq!(rows_per_statement(40, 1000, 32, 0), 1);
        assert_eq!(rows_per_statement(0, 0, 32, 0), 1);
        assert_eq!(statements(5, 2).collect::<Vec<_>>(), [0..2, 2..4, 4..5]);
        assert_eq!(statements(0, 2).len(), 0);
    }
}
