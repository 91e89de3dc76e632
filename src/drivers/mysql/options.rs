//! [`Options`]: where and how to connect.

use std::time::Duration;

use base::url::QueryValue;
use base::{DbError, DbResult, Url};
use sqlx::ConnectOptions as _;
use sqlx::mysql::{MySqlConnectOptions, MySqlConnection, MySqlSslMode};

use super::error;
use crate::remote::within;

/// Where and how to connect. Text is always exchanged as `utf8mb4`.
#[derive(Clone, Debug)]
pub struct Options {
    inner: MySqlConnectOptions,
    /// How long connecting may take. `connect_timeout`, in seconds; 10 unless said otherwise.
    pub connect_timeout: Option<Duration>,
    /// How long a statement may run before it is cancelled. `read_timeout` or `command_timeout`, in seconds.
    pub command_timeout: Option<Duration>,
    /// Prepared statements kept for reuse. `prepared_statement_cache_size`; 0 prepares nothing and sends parameters as
    /// literals.
    pub cached_statements: usize,
    /// Statements to execute after connecting.
    init: Vec<String>,
}

impl Default for Options {
    fn default() -> Self {
        let inner = MySqlConnectOptions::new()
            .pipes_as_concat(false)
            .no_engine_substitution(false)
            .timezone(None)
            .charset("utf8mb4")
            .disable_statement_logging();
        Options {
            inner,
            connect_timeout: Some(Duration::from_secs(10)),
            command_timeout: None,
            cached_statements: 100,
            init: Vec::new(),
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

fn truth(value: &str) -> bool {
    matches!(value, "1" | "true" | "True" | "on" | "yes")
}

impl Options {
    /// Reads a DSN; its query holds further options as [`Self::set`] knows them.
    pub fn from_url(url: &Url) -> DbResult<Self> {
        let mut options = Options::default();
        let parts = [("host", &url.host), ("user", &url.username), ("password", &url.password), ("database", &url.database)];
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
                QueryValue::Many(values) => values.first().map_or(Ok(()), |v| options.set(name, v))?,
            }
        }
        Ok(options)
    }

    /// Sets one option by its documented name: `host`, `port`, `user`, `password` (`passwd`), `database` (`db`),
    /// `unix_socket`, `charset` and `collation`, `ssl`, `ssl_mode`, `ssl_ca`, `ssl_cert`, `ssl_key`, `ssl_disabled`,
    /// `ssl_verify_cert`, `ssl_verify_identity`, `connect_timeout`, `read_timeout`, `init_command`, `sql_mode`,
    /// `autocommit`, and `command_timeout`, `prepared_statement_cache_size`.
    pub fn set(&mut self, name: &str, value: &str) -> DbResult<()> {
        let inner = self.inner.clone();
        self.inner = match name {
            "host" => inner.host(value),
            "port" => inner.port(value.parse().map_err(|_| invalid(name, value))?),
            "user" | "username" => inner.username(value),
            "password" | "passwd" => inner.password(value),
            "database" | "db" => inner.database(value),
            "unix_socket" => inner.socket(value),
            "collation" if value.chars().all(|c| c.is_ascii_alphanumeric() || c == '_') => inner.collation(value),
            // Whatever is asked for, text is the same for Python: the server converts.
            "charset" => inner,
            "ssl_mode" | "ssl-mode" => inner.ssl_mode(value.parse().map_err(|_| invalid(name, value))?),
            "ssl" => inner.ssl_mode(if truth(value) { MySqlSslMode::Required } else { MySqlSslMode::Preferred }),
            "ssl_disabled" => {
                if truth(value) {
                    inner.ssl_mode(MySqlSslMode::Disabled)
                } else {
                    inner
                }
            }
            "ssl_verify_cert" => {
                if truth(value) {
                    inner.ssl_mode(MySqlSslMode::VerifyCa)
                } else {
                    inner
                }
            }
            "ssl_verify_identity" | "ssl_check_hostname" => {
                if truth(value) {
                    inner.ssl_mode(MySqlSslMode::VerifyIdentity)
                } else {
                    inner
                }
            }
            "ssl_ca" => match inner.get_ssl_mode() {
                MySqlSslMode::Preferred => inner.ssl_mode(MySqlSslMode::VerifyCa),
                _ => inner,
            }
            .ssl_ca(value),
            "ssl_cert" => inner.ssl_client_cert(value),
            "ssl_key" => inner.ssl_client_key(value),
            "connect_timeout" => {
                self.connect_timeout = seconds(name, value)?;
                inner
            }
            "read_timeout" | "command_timeout" => {
                self.command_timeout = seconds(name, value)?;
                inner
            }
            "prepared_statement_cache_size" | "statement_cache_size" => {
                self.cached_statements = value.parse().map_err(|_| invalid(name, value))?;
                inner
            }
            "init_command" => {
                self.init.push(value.to_owned());
                inner
            }
            "sql_mode" => {
                self.init.push(format!("SET sql_mode = '{}'", value.replace(['\'', '\\'], "")));
                inner
            }
            "autocommit" => {
                self.init.push(format!("SET autocommit = {}", u8::from(truth(value))));
                inner
            }
            "use_unicode" | "local_infile" | "client_flag" | "program_name" | "write_timeout" | "binary_prefix"
            | "max_allowed_packet" => inner,
            _ => return Err(DbError::programming(format!("invalid connection option \"{name}\""))),
        };
        Ok(())
    }

    /// Statements to execute after connecting.
    pub(super) fn init(&self) -> &[String] {
        &self.init
    }

    /// Connects through sqlx.
    pub(super) async fn connect(&self) -> DbResult<MySqlConnection> {
        // Statements come and go with our own cache; sqlx must keep at least one to execute any.
        let inner = self.inner.clone().statement_cache_capacity(self.cached_statements.max(1));
        let failed = |reason: &str| {
            let place = match self.inner.get_socket() {
                Some(path) => path.display().to_string(),
                None => self.inner.get_host().to_owned(),
            };
            DbError::operational(format!("Can't connect to MySQL server on '{place}' ({reason})"))
                .with_code(2003, None)
                .disconnect()
        };
        match within(self.connect_timeout, inner.connect()).await {
            None => Err(failed("timed out")),
            Some(Ok(conn)) => Ok(conn),
            Some(Err(sqlx::Error::Io(e))) => Err(failed(&e.to_string())),
            Some(Err(e)) => Err(error::from_sqlx(e)),
        }
    }
}
