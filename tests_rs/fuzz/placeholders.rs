//! `%s` and `%(name)s`.

use crate::input;
use arbitrary::{Result, Unstructured};
use sql::compile::{Marks, translate};

/// The bytes are a text; and pieces of which it is known what they become.
pub fn run(data: &[u8]) {
    let text = input::text(data);
    for marks in [Marks::Question, Marks::Numbered] {
        for with_params in [false, true] {
            if let Ok(t) = translate(&text, marks, with_params) {
                assert!(t.names.is_empty() || t.count == 0);
                let kept = t.sql.chars().filter(|c| *c == '\'').count();
                let named: usize = t.names.iter().map(|n| n.matches('\'').count()).sum();
                assert!(kept + named <= text.matches('\'').count());
            }
        }
        if !text.contains('%') {
            let t = translate(&text, marks, true);
            assert_eq!(t.as_ref().map(|t| t.sql.as_str()), Ok(text.as_str()));
        }
        // With every percent sign doubled it is the text itself.
        let t = translate(&text.replace('%', "%%"), marks, true);
        assert_eq!(t.map(|t| (t.sql, t.count)), Ok((text.clone(), 0)));
    }
    let _ = pieces(&mut Unstructured::new(data));
}

fn pieces(u: &mut Unstructured<'_>) -> Result<()> {
    let (named, numbered): (bool, bool) = u.arbitrary()?;
    let (mut given, mut expected, mut names) = (String::new(), String::new(), Vec::<String>::new());
    for _ in 0..u.int_in_range(0..=5)? {
        let piece = input::string(u)?;
        given.push_str(&piece.replace('%', "%%"));
        expected.push_str(&piece);
        let suffix = *u.choose(&["s", "b", "t"])?;
        let number = if named {
            let name = input::string(u)?.replace(')', "");
            given.push_str(&format!("%({name}){suffix}"));
            let known = names.iter().position(|n| *n == name).filter(|_| numbered);
            known.unwrap_or_else(|| {
                names.push(name);
                names.len() - 1
            })
        } else {
            given.push_str(&format!("%{suffix}"));
            names.push(String::new());
            names.len() - 1
        };
        expected.push_str(&if numbered { format!("${}", number + 1) } else { "?".to_owned() });
    }
    let marks = if numbered { Marks::Numbered } else { Marks::Question };
    let t = translate(&given, marks, true);
    let found = t.map(|t| (t.sql, if named { t.names } else { vec![String::new(); t.count] }));
    assert_eq!(found, Ok((expected, names)), "{given:?}");
    Ok(())
}
