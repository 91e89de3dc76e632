//! The little that a driver has to know of SQL text: where a statement starts and whether it changes rows.

/// The text without leading blanks and comments. Empty when nothing else is there.
pub fn strip_leading(sql: &str) -> &str {
    let mut rest = sql;
    loop {
        rest = rest.trim_start_matches([' ', '\t', '\x0c', '\n', '\r']);
        if let Some(comment) = rest.strip_prefix("--") {
            rest = comment.split_once('\n').map_or("", |(_, rest)| rest);
        } else if let Some(comment) = rest.strip_prefix("/*") {
            rest = comment.split_once("*/").map_or("", |(_, rest)| rest);
        } else {
            return rest;
        }
    }
}

/// Whether the statement begins with INSERT, UPDATE, DELETE or REPLACE: PEP 249's implicit transactions and `rowcount`
/// of Python's `sqlite3` go by that word alone, so a data-changing CTE does not count.
pub fn is_dml(sql: &str) -> bool {
    let head = strip_leading(sql).as_bytes();
    let word = |w: &[u8]| head.get(..w.len()).is_some_and(|h| h.eq_ignore_ascii_case(w));
    word(b"INSERT") || word(b"UPDATE") || word(b"DELETE") || word(b"REPLACE")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn comments_do_not_hide_the_statement() {
        assert_eq!(strip_leading(" -- a\n /* b */\tselect 1"), "select 1");
        assert_eq!(strip_leading("-- only"), "");
        assert_eq!(strip_leading("/* open"), "");
        assert!(is_dml("/* x */ insert into t values (1)"));
        assert!(!is_dml("WITH a AS (SELECT 1) INSERT INTO t SELECT * FROM a"));
        assert!(!is_dml("DEL"));
    }
}
