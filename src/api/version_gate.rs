//! Operations that only one of HighLevel's API versions has; they are refused before anything is sent.

use crate::client::Location;
use crate::error::{Error, Result};

/// Fails where the client speaks version 3. `instead` says what to call there.
pub(super) fn version_2(v3: bool, operation: &'static str, instead: &str) -> Result<()> {
    if v3 {
        let problem = format!("it exists in API version 2 only; {instead}");
        return Err(Error::config(operation, problem));
    }
    Ok(())
}

/// Fails where the client does not speak version 3. `instead` says what to do there.
pub(crate) fn version_3(v3: bool, operation: &'static str, instead: &str) -> Result<()> {
    if !v3 {
        let problem = format!("it exists in API version 3 only; {instead}");
        return Err(Error::config(operation, problem));
    }
    Ok(())
}

impl Location {
    /// Fails if the client was built for an older version. It is for an operation that only version 3 has, in one form,
    /// and that asks for version 3 by itself.
    pub(super) fn v3_possible(&self, operation: &'static str) -> Result<()> {
        let instead = "build the client without `api_version`, or with `ApiVersion::V3`";
        version_3(self.client().can_speak_v3(), operation, instead)
    }

    /// Fails if `used`, which only version 3 has, and the client does not speak it.
    pub(super) fn v3_only(
        &self,
        operation: &'static str,
        what: &'static str,
        used: bool,
    ) -> Result<()> {
        let instead = format!("leave {what} out, or build the client with `ApiVersion::V3`");
        version_3(self.speaks_v3() || !used, operation, &instead)
    }
}
