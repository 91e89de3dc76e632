//! DSNs.

use base::Url;

/// The bytes are the text of a DSN.
pub fn run(data: &[u8]) {
    let text = crate::input::text(data);
    for keep_blank in [false, true] {
        let Ok(url) = Url::parse_with(&text, keep_blank) else { continue };
        let rendered = url.render(false);
        // Brackets around a part of a host are taken for those of an address, in SQLAlchemy as well.
        if url.host.as_ref().is_some_and(|h| h.starts_with('[') && h.contains(']')) && url.host.as_deref() != Some("[]") {
            continue;
        }
        let again = Url::parse_with(&rendered, keep_blank);
        assert_eq!(again.as_ref(), Ok(&url), "{rendered:?}");
        hidden(&url);
        assert!(url.drivername.starts_with(url.backend_name()));
        assert!(url.driver_name().is_none_or(|d| url.drivername.ends_with(d)));
    }
    let query = Url::parse_query_string(&text, true);
    assert!(query.values().all(|v| !v.as_slice().is_empty()));
}

/// What is shown with the password hidden does not depend on the password.
fn hidden(url: &Url) {
    if url.password.is_some() {
        let other = Url { password: Some("another".to_owned()), ..url.clone() };
        assert_eq!(url.render(true), other.render(true));
    }
}
