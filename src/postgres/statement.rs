//! Statements with typed values, which the database plans without having seen them before.

use std::fmt;

use tokio_postgres::types::{ToSql, Type};

/// The database's clock, in milliseconds since 1970.
pub(crate) const NOW: &str = "(extract(epoch FROM clock_timestamp()) * 1000)::bigint";

/// A condition that lets a transaction fail as a whole where it does not hold, without a round trip to look at it.
#[cfg(feature = "missed-call")]
pub(crate) fn guard(condition: &str) -> String {
    format!("1 / (CASE WHEN {condition} THEN 1 ELSE 0 END)")
}

/// A value of a statement.
pub(crate) trait Value: ToSql + Send + Sync + Sized + 'static {
    /// Its type in the database.
    const TYPE: Type;

    /// The same, as the database can hold it.
    fn stored(self) -> Self {
        self
    }
}

/// PostgreSQL holds no character 0.
fn without_zero(text: String) -> String {
    if text.contains('\0') {
        text.replace('\0', "\u{fffd}")
    } else {
        text
    }
}

macro_rules! values {
    ($($own:ty, $one:ident, $many:ident;)+) => {
        $(
            impl Value for $own {
                const TYPE: Type = Type::$one;
            }
            impl Value for Option<$own> {
                const TYPE: Type = Type::$one;
            }
            impl Value for Vec<$own> {
                const TYPE: Type = Type::$many;
            }
            impl Value for Vec<Option<$own>> {
                const TYPE: Type = Type::$many;
            }
        )+
    };
}

values!(
    bool, BOOL, BOOL_ARRAY;
    i16, INT2, INT2_ARRAY;
    i64, INT8, INT8_ARRAY;
);

impl Value for String {
    const TYPE: Type = Type::TEXT;

    fn stored(self) -> Self {
        without_zero(self)
    }
}

impl Value for Option<String> {
    const TYPE: Type = Type::TEXT;

    fn stored(self) -> Self {
        self.map(without_zero)
    }
}

impl Value for Vec<String> {
    const TYPE: Type = Type::TEXT_ARRAY;

    fn stored(self) -> Self {
        self.into_iter().map(without_zero).collect()
    }
}

impl Value for Vec<Option<String>> {
    const TYPE: Type = Type::TEXT_ARRAY;

    fn stored(self) -> Self {
        let text = |text: Option<String>| text.map(without_zero);
        self.into_iter().map(text).collect()
    }
}

/// A statement and its values. `@.` in it stands for the schema.
pub(crate) struct Statement {
    sql: String,
    values: Vec<(Box<dyn ToSql + Sync + Send>, Type)>,
}

impl Statement {
    pub(crate) fn new(sql: impl Into<String>) -> Self {
        Self {
            sql: sql.into(),
            values: Vec::new(),
        }
    }

    /// With the next value, which is `$1`, `$2`, …
    pub(crate) fn with<V: Value>(mut self, value: V) -> Self {
        self.values.push((Box::new(value.stored()), V::TYPE));
        self
    }

    /// With the next text.
    pub(crate) fn text(self, text: &str) -> Self {
        self.with(text.to_owned())
    }

    /// Goes on with this SQL.
    #[cfg(feature = "missed-call")]
    pub(crate) fn and(&mut self, sql: &str) {
        self.sql.push_str(sql);
    }

    /// Adds a value and returns its name.
    #[cfg(feature = "missed-call")]
    pub(crate) fn named<V: Value>(&mut self, value: V) -> String {
        self.values.push((Box::new(value.stored()), V::TYPE));
        format!("${}", self.values.len())
    }

    pub(super) fn sql(&self) -> &str {
        &self.sql
    }

    pub(super) fn values(&self) -> Vec<(&(dyn ToSql + Sync), Type)> {
        let values = self.values.iter();
        values
            .map(|(value, kind)| (&**value as &(dyn ToSql + Sync), kind.clone()))
            .collect()
    }
}

impl fmt::Debug for Statement {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        // Its values may be private.
        f.debug_tuple("Statement").field(&self.sql).finish()
    }
}
