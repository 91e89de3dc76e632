//! Text that users wrote for a driver with `%s` or `%(name)s`, as a database takes it.
//!
//! Compiled statements know their placeholders ([`super::expand_as`]); text of `exec_driver_sql` and of cursors is all there is, so
//! it has to be read. As for the drivers that have these styles, quotes and comments mean nothing here: `%%` is a percent sign
//! everywhere.

use rustc_hash::FxHashMap;

/// How the database writes placeholders.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Marks {
    /// `?`
    Question,
    /// `$1`; a name has one number, however often it stands in the text.
    Numbered,
}

/// Text for the database, and where its parameters come from.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Translated {
    /// The text.
    pub sql: String,
    /// For `%(name)s`: the name of each parameter in order.
    pub names: Vec<String>,
    /// For `%s`: how many there are.
    pub count: usize,
}

/// Translates. `with_params`: without any, percent signs that are not placeholders stand for themselves.
///
/// # Errors
/// What is wrong with the text.
pub fn translate(sql: &str, marks: Marks, with_params: bool) -> Result<Translated, String> {
    let mut out = Translated { sql: String::with_capacity(sql.len()), ..Translated::default() };
    let mut numbers: FxHashMap<&str, usize> = FxHashMap::default();
    let mut rest = sql;
    while let Some((before, after)) = rest.split_once('%') {
        out.sql.push_str(before);
        let mut behind = after.chars();
        let (mark, behind) = match behind.next() {
            Some('%') => {
                out.sql.push('%');
                rest = behind.as_str();
                continue;
            }
            Some('s' | 'b' | 't') => (None, behind.as_str()),
            Some('(') => match behind.as_str().split_once(')') {
                Some((name, tail)) if let Some(tail) = tail.strip_prefix(['s', 'b', 't']) => (Some(name), tail),
                Some((name, _)) if with_params => {
                    return Err(format!(
                        "only '%s', '%b', '%t' are allowed as placeholders, got '%({name})' without one of them"
                    ));
                }
                None if with_params => return Err("incomplete placeholder: '%('".to_owned()),
                _ => {
                    out.sql.push('%');
                    rest = after;
                    continue;
                }
            },
            found if with_params => {
                let found = found.map(String::from).unwrap_or_default();
                return Err(format!(
                    "only '%s', '%b', '%t' are allowed as placeholders, got '%{found}'; write '%%' for a percent sign"
                ));
            }
            _ => {
                out.sql.push('%');
                rest = after;
                continue;
            }
        };
        let number = match mark {
            Some(_) if out.count > 0 => return Err("positional and named placeholders cannot be mixed".to_owned()),
            None if !out.names.is_empty() => return Err("positional and named placeholders cannot be mixed".to_owned()),
            Some(name) if marks == Marks::Numbered => *numbers.entry(name).or_insert_with(|| {
                out.names.push(name.to_owned());
                out.names.len()
            }),
            Some(name) => {
                out.names.push(name.to_owned());
                out.names.len()
            }
            None => {
                out.count += 1;
                out.count
            }
        };
        match marks {
            Marks::Question => out.sql.push('?'),
            Marks::Numbered => out.sql.push_str(&format!("${number}")),
        }
        rest = behind;
    }
    out.sql.push_str(rest);
    Ok(out)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn text(sql: &str, marks: Marks) -> String {
        translate(sql, marks, true).map_or_else(|e| e, |t| t.sql)
    }

    #[test]
    fn placeholders() {
        assert_eq!(text("SELECT %s, %s", Marks::Question), "SELECT ?, ?");
        assert_eq!(text("SELECT %s, %s", Marks::Numbered), "SELECT $1, $2");
        let t = translate("%(a)s + %(b)s + %(a)s", Marks::Numbered, true).unwrap_or_default();
        assert_eq!((t.sql.as_str(), t.names), ("$1 + $2 + $1", vec!["a".to_owned(), "b".to_owned()]));
        let t = translate("%(a)s + %(b)s + %(a)s", Marks::Question, true).unwrap_or_default();
        assert_eq!((t.sql.as_str(), t.names.len()), ("? + ? + ?", 3));
        assert_eq!(text("x LIKE '%%a' || %s", Marks::Numbered), "x LIKE '%a' || $1");
    }

    #[test]
    fn what_is_wrong() {
        for bad in ["%", "%d", "%(a", "%(a)d", "%s %(a)s", "%(a)s %s", "10 % 3"] {
            assert!(translate(bad, Marks::Numbered, true).is_err(), "{bad}");
        }
    }

    #[test]
    fn without_parameters() {
        for same in ["%", "10 % 3", "'%d'", "%(", "%(a)d"] {
            assert_eq!(translate(same, Marks::Question, false).map(|t| t.sql).as_deref(), Ok(same));
        }
        assert_eq!(translate("'%%'", Marks::Question, false).map(|t| t.sql).as_deref(), Ok("'%'"));
    }
}
