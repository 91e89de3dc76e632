//! DSNs: parsing never panics, and what is rendered is parsed to the same parts.

use base::Url;
use base::url::QueryValue;
use proptest::prelude::*;

fn text() -> impl Strategy<Value = String> {
    prop_oneof!["[a-z0-9]{1,8}", "\\PC{1,12}", "[ @:/?#%&=+;\\[\\]]{1,6}"]
}

fn url() -> impl Strategy<Value = Url> {
    let user = prop::option::of(prop_oneof![Just(String::new()), text()]);
    let password = prop::option::of(prop_oneof![Just(String::new()), text()]);
    let host = prop::option::of(prop_oneof!["[a-z0-9.-]{1,12}", Just("::1".to_owned())]);
    let port = prop::option::of(0i64..70_000);
    let database = prop::option::of(prop_oneof![Just(String::new()), text()]);
    let values = prop_oneof![text().prop_map(QueryValue::One), prop::collection::vec(text(), 2..4).prop_map(QueryValue::Many),];
    let query = prop::collection::btree_map(text(), values, 0..3);
    ("[a-z]{1,6}(\\+[a-z]{1,6})?", user, password, host, port, database, query).prop_map(
        |(drivername, username, password, host, port, database, query)| Url {
            drivername,
            // A password without a user has no text form.
            password: password.filter(|_| username.is_some()),
            username,
            host,
            port,
            database,
            query: query.into_iter().collect(),
        },
    )
}

proptest! {
    #[test]
    fn parsing_never_panics(text in "\\PC*") {
        let _ = Url::parse(&text);
        let _ = Url::parse(&format!("a://{text}"));
    }

    #[test]
    fn rendered_and_parsed_again(url in url()) {
        let text = url.render(false);
        let again = Url::parse(&text).map_err(|e| TestCaseError::fail(format!("{text}: {e}")))?;
        prop_assert_eq!(again, url, "{}", text);
    }

    #[test]
    fn a_hidden_password_does_not_show(url in url()) {
        let secret = "s3cr3tXYZ";
        let url = Url { username: Some("u".into()), password: Some(secret.into()), ..url };
        prop_assert!(!url.render(true).contains(secret));
    }
}
