//! [`Options`]: where and how to connect.

use std::time::Duration;

use base::url::QueryValue;
use base::{DbError, DbResult, Url};
use sqlx::ConnectOptions as _;
use sqlx::postgres::{PgConnectOptions, PgConnection, PgSslMode};

use super::error;
use crate::remote::within;

/// Where and how to connect. What is not said comes from the `PG…` environment variables, as with `libpq`.
///
/// Sessions run in the time zone UTC unless `timezone` says otherwise.
#[derive(Clone, Debug)]
pub struct Options {
    inner: PgConnectOptions,
    /// How long connecting may take. `connect_timeout`, in seconds.
    pub connect_timeout: Option<Duration>,
    /// How long a statement may run before it is cancelled. `command_timeout`, in seconds.
    pub command_timeout: Option<Duration>,
    /// Prepared statements kept for reuse. `prepared_statement_cache_size`; 0 prepares nothing at all and sends
    /// parameters as literals: what a transaction pooler (`pgbouncer`) needs.
    pub cached_statements: usize,
    /// Settings to make after connecting.
    settings: Vec<(String, String)>,
}

impl Default for Options {
    fn default() -> Self {
        Options {
            inner: PgConnectOptions::new_without_pgpass().extra_float_digits(None).disable_statement_logging(),
            connect_timeout: None,
            command_timeout: None,
            cached_statements: 100,
            settings: Vec::new(),
        }
    }
}

fn invalid(name: &str, value: &str) -> DbError {
    DbError::programming(format!("invalid value {value:?} for connection option \"{name}\""))
}

/// Seconds of an option; zero and less mean no limit.
fn seconds(name: &str, value: &str) -> DbResult<Option<Duration>> {
    let seconds: f64 = value.trim().parse().map_err(|_| invalid(name, value))?;
    Ok((seconds > 0.0).then(|| Duration::try_from_secs_f64(seconds).ok()).flatten())
}

impl Options {
    /// Reads a DSN; its query holds further options as [`Self::set`] knows them.
    pub fn from_url(url: &Url) -> DbResult<Self> {
        let mut options = Options::default();
        let parts = [("host", &url.host), ("user", &url.username), ("password", &url.password), ("dbname", &url.database)];
        for (name, value) in parts {
            if let Some(value) = value.as_deref().filter(|v| !v.is_empty()) {
                options.set(name, value)?;
            }
        }
        if let Some(port) = url.port {
            options.set("port", &port.to_string())?;
        }
        for (name, value) in &url.query {
            match value {
                QueryValue::One(value) => options.set(name, value)?,
                // Several hosts: the first one counts.
                QueryValue::Many(values) => values.first().map_or(Ok(()), |v| options.set(name, v))?,
            }
        }
        Ok(options)
    }

    /// Sets one option by its documented name: those of `libpq` (`host`, `port`, `user`, `password`, `dbname`,
    /// `sslmode`, `sslrootcert`, `sslcert`, `sslkey`, `application_name`, `options`, `connect_timeout`), and
    /// `command_timeout`, `prepared_statement_cache_size`, `prepare_threshold` (`None` is the same as a cache of 0),
    /// `timezone`.
    pub fn set(&mut self, name: &str, value: &str) -> DbResult<()> {
        let inner = self.inner.clone();
        self.inner = match name {
            "host" | "hostaddr" => match value.split_once(':') {
                Some((host, port)) if !host.contains('/') && !port.contains(':') => {
                    inner.host(host).port(port.parse().map_err(|_| invalid(name, value))?)
                }
                _ => inner.host(value.split(',').next().unwrap_or(value)),
            },
            "port" => inner.port(value.parse().map_err(|_| invalid(name, value))?),
            "user" | "username" => inner.username(value),
            "password" => inner.password(value),
            "dbname" | "database" => inner.database(value),
            "sslmode" | "ssl" => inner.ssl_mode(match value {
                "true" | "True" => PgSslMode::Require,
                "false" | "False" => PgSslMode::Disable,
                v => v.parse().map_err(|_| DbError::operational(format!("invalid sslmode value: \"{v}\"")))?,
            }),
            "sslrootcert" => inner.ssl_root_cert(value),
            "sslcert" => inner.ssl_client_cert(value),
            "sslkey" => inner.ssl_client_key(value),
            "application_name" | "fallback_application_name" => inner.application_name(value),
            "options" => {
                self.options_text(value)?;
                return Ok(());
            }
            "connect_timeout" | "timeout" => {
                self.connect_timeout = seconds(name, value)?;
                inner
            }
            "command_timeout" => {
                self.command_timeout = seconds(name, value)?;
                inner
            }
            "prepared_statement_cache_size" | "statement_cache_size" => {
                self.cached_statements = value.parse().map_err(|_| invalid(name, value))?;
                inner
            }
            "prepare_threshold" => {
                if value == "None" {
                    self.cached_statements = 0;
                }
                inner
            }
            "timezone" => {
                self.settings.push(("TimeZone".to_owned(), value.to_owned()));
                inner
            }
            "client_encoding" if matches!(value.to_ascii_lowercase().as_str(), "utf8" | "utf-8" | "unicode" | "auto") => inner,
            "keepalives"
            | "keepalives_idle"
            | "keepalives_interval"
            | "keepalives_count"
            | "gssencmode"
            | "channel_binding"
            | "target_session_attrs" => inner,
            _ => return Err(DbError::programming(format!("invalid connection option \"{name}\""))),
        };
        Ok(())
    }

    /// `-c name=value` settings; the time zone is made again afterwards because sqlx sends its own.
    fn options_text(&mut self, text: &str) -> DbResult<()> {
        let mut words = text.split_ascii_whitespace();
        while let Some(word) = words.next() {
            let setting = match word.strip_prefix("-c").or_else(|| word.strip_prefix("--")) {
                Some("") => words.next().unwrap_or_default(),
                Some(rest) => rest,
                None => return Err(invalid("options", text)),
            };
            let (name, value) = setting.split_once('=').ok_or_else(|| invalid("options", text))?;
            if name.eq_ignore_ascii_case("timezone") {
                self.settings.push((name.to_owned(), value.to_owned()));
            } else {
                self.inner = self.inner.clone().options([(name, value)]);
            }
        }
        Ok(())
    }

    /// Settings to make after connecting.
    pub(super) fn settings(&self) -> &[(String, String)] {
        &self.settings
    }

    /// Connects through sqlx.
    pub(super) async fn connect(&self) -> DbResult<PgConnection> {
        let inner = self.inner.clone().statement_cache_capacity(self.cached_statements);
        let at = self.place();
        match within(self.connect_timeout, inner.connect()).await {
            None => Err(DbError::operational("connection timeout expired").disconnect()),
            Some(Ok(conn)) => Ok(conn),
            Some(Err(sqlx::Error::Io(e))) => {
                Err(DbError::operational(format!("connection failed: connection to server {at} failed: {}", reason(&e)))
                    .disconnect())
            }
            Some(Err(e)) => {
                let e = error::from_sqlx(e, "");
                let error = DbError::operational(format!("connection failed: connection to server {at} failed: {}", severe(&e)));
                Err(match e.sqlstate() {
                    Some(state) => error.with_sqlstate(state),
                    None => error,
                })
            }
        }
    }

    fn place(&self) -> String {
        let (host, port) = (self.inner.get_host(), self.inner.get_port());
        match host.starts_with('/') {
            true => format!("on socket \"{host}/.s.PGSQL.{port}\""),
            false => format!("at \"{host}\", port {port}"),
        }
    }
}

fn severe(e: &DbError) -> String {
    match e.sqlstate() {
        Some(_) => format!("FATAL:  {}", e.message()),
        None => e.message().to_owned(),
    }
}

/// The system's text for a failed connection, without its number.
fn reason(e: &std::io::Error) -> String {
    let text = e.to_string();
    text.split(" (os error").next().unwrap_or(&text).to_owned()
}
