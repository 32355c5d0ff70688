//! The table: one row per target, with the result of each client, printed as Markdown.

use std::fmt;

/// One row.
pub struct Row {
    /// The scenario.
    pub scene: &'static str,
    /// The target of this crate.
    pub must: &'static str,
    /// The result of this crate, and whether it meets the target.
    pub own: (String, bool),
    /// The result of ghl-sdk, if it has the function.
    pub ghl_sdk: Option<String>,
    /// The result of highlevel-api, if it has the function.
    pub highlevel_api: Option<String>,
}

/// All rows. Displays as a Markdown table.
#[derive(Default)]
pub struct Table(Vec<Row>);

impl Table {
    pub fn push(&mut self, row: Row) {
        self.0.push(row);
    }

    /// The rows in which this crate misses the target.
    pub fn failures(&self) -> impl Iterator<Item = &Row> {
        self.0.iter().filter(|row| !row.own.1)
    }
}

impl fmt::Display for Table {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        writeln!(
            f,
            "| measured on one loopback server that keeps HighLevel's rules | ghl-sdk 0.5.2 | highlevel-api 0.2.1 \
             | this crate must | this crate |"
        )?;
        writeln!(f, "|---|---|---|---|---|")?;
        for row in &self.0 {
            let peer = |cell: &Option<String>| cell.clone().unwrap_or_else(|| "–".to_owned());
            let missed = if row.own.1 { "" } else { " **(missed)**" };
            writeln!(
                f,
                "| {} | {} | {} | {} | {}{missed} |",
                row.scene,
                peer(&row.ghl_sdk),
                peer(&row.highlevel_api),
                row.must,
                row.own.0,
            )?;
        }
        Ok(())
    }
}
