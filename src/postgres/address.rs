//! The address of a database, as people write it: the parameters that tokio-postgres does not know are taken off it.

use percent_encoding::percent_decode_str;
use tokio_postgres::Config;
use tokio_postgres::config::SslMode;

use super::error::DatabaseError;

/// An address, read.
pub(super) struct Address {
    pub(super) config: Config,
    /// The file of the root certificate that it names.
    pub(super) root_file: Option<String>,
}

/// Reads an address. The error does not quote it, because it holds the password.
pub(super) fn read(url: &str) -> Result<Address, DatabaseError> {
    let invalid = |what: String| DatabaseError::new(format!("the database's address: {what}"));
    if !["postgres://", "postgresql://"]
        .iter()
        .any(|scheme| url.starts_with(scheme))
    {
        return Err(invalid("begin it with `postgres://`".into()));
    }
    let (place, parameters) = url.split_once('?').unwrap_or((url, ""));
    let mut root_file = None;
    let mut mode = None;
    let mut known = Vec::new();
    for parameter in parameters.split('&').filter(|text| !text.is_empty()) {
        let (name, value) = parameter.split_once('=').unwrap_or((parameter, ""));
        let value = percent_decode_str(value).decode_utf8_lossy().into_owned();
        match name {
            // libpq's word for the roots that everybody knows, which are used where no file is named.
            "sslrootcert" if value == "system" => {}
            "sslrootcert" => root_file = Some(value),
            "sslmode" => mode = Some(mode_of(&value).ok_or_else(|| {
                invalid(format!(
                    "sslmode `{value}` is not known; use disable, prefer, require or verify-full"
                ))
            })?),
            "sslcert" | "sslkey" | "sslpassword" | "sslcrl" => {
                return Err(invalid(format!(
                    "`{name}` is not supported; open the database with a pool of your own (`Database::from_pool`)"
                )));
            }
            // A hint for other clients that a pooler is in between, which makes no difference here.
            "pgbouncer" => {}
            _ => known.push(parameter),
        }
    }
    let text = if known.is_empty() {
        place.to_owned()
    } else {
        format!("{place}?{}", known.join("&"))
    };
    let mut config: Config = text.parse().map_err(|error: tokio_postgres::Error| {
        let cause = std::error::Error::source(&error).map(ToString::to_string);
        invalid(cause.unwrap_or_else(|| error.to_string()))
    })?;
    // A root of one's own is named to be used.
    let default = root_file.is_some().then_some(SslMode::Require);
    if let Some(mode) = mode.or(default) {
        config.ssl_mode(mode);
    }
    Ok(Address { config, root_file })
}

/// A certificate is verified wherever one is used, so that libpq's stricter modes are the same as `require`.
fn mode_of(name: &str) -> Option<SslMode> {
    match name {
        "disable" => Some(SslMode::Disable),
        "allow" | "prefer" => Some(SslMode::Prefer),
        "require" | "verify-ca" | "verify-full" => Some(SslMode::Require),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn parameters_of_libpq_are_taken_off() {
        let address = read(
            "postgresql://me:p%40ss@a.example,b.example:6432/app?sslrootcert=%2Fetc%2Fca.pem&application_name=x&target_session_attrs=read-write&pgbouncer=true",
        )
        .ok()
        .unwrap();
        assert_eq!(address.root_file.as_deref(), Some("/etc/ca.pem"));
        assert_eq!(address.config.get_ssl_mode(), SslMode::Require);
        assert_eq!(address.config.get_application_name(), Some("x"));
        assert_eq!(address.config.get_hosts().len(), 2);
        assert_eq!(address.config.get_password(), Some(&b"p@ss"[..]));
        for (mode, expected) in [
            ("?sslmode=verify-full", SslMode::Require),
            ("?sslmode=disable&sslrootcert=ca.pem", SslMode::Disable),
            ("?sslmode=require&channel_binding=require", SslMode::Require),
            ("?sslrootcert=system", SslMode::Prefer),
            ("", SslMode::Prefer),
        ] {
            let address = read(&format!("postgres://h/db{mode}")).ok().unwrap();
            assert_eq!(address.config.get_ssl_mode(), expected, "{mode}");
        }
    }

    #[test]
    fn a_wrong_address_is_reported_without_its_password() {
        for wrong in [
            "host=h password=hunter2",
            "postgres://me:hunter2@h/db?sslmode=hunter",
            "postgres://me:hunter2@h/db?sslcert=a",
            "postgres://me:hunter2@h:port/db",
            "postgres://me:hunter2@h/db?nothing=known",
        ] {
            let error = read(wrong).err().unwrap().to_string();
            assert!(!error.contains("hunter2"), "{error}");
        }
    }
}
