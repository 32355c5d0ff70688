//! Resumes a contact that waits at a step which pauses.

use std::fmt;
use std::str::FromStr;

use serde_json::Value;

use super::call::{Branch, Extras};
use crate::api::workflows::Workflows;
use crate::client::ReplaySafety;
use crate::error::{Error, Result};
use crate::workflows::highlevel_url::{HighLevelUrl, InvalidUrl};

const OPERATION: &str = "workflows.resume";
const FOLDER: &str = "/workflows-marketplace/actions/";
const USUAL: &str =
    "https://services.leadconnectorhq.com/workflows-marketplace/actions/resume-internal-action";

/// Where a paused step is resumed: the address under *Show API details* in the app's settings.
#[derive(Clone, PartialEq, Eq)]
pub struct ResumeUrl(HighLevelUrl);

impl ResumeUrl {
    /// The address that HighLevel was seen to show for every app.
    pub fn usual() -> Result<Self, InvalidUrl> {
        USUAL.parse()
    }
}

impl FromStr for ResumeUrl {
    type Err = InvalidUrl;

    fn from_str(text: &str) -> Result<Self, InvalidUrl> {
        HighLevelUrl::parse(text, FOLDER).map(Self)
    }
}

impl fmt::Debug for ResumeUrl {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("[secret]")
    }
}

impl Workflows<'_> {
    /// Lets the contact go on who waits at a step that pauses, by the branch if the step has such. `extras` are those
    /// of the step's call.
    ///
    /// It is sent once: after [`UnknownOutcome`](crate::error::ErrorKind::UnknownOutcome) the contact may still wait.
    /// Fails with [`Config`](crate::error::ErrorKind::Config) if the extras are those of another location.
    pub async fn resume(
        &self,
        url: &ResumeUrl,
        extras: &Extras,
        branch: Option<&Branch>,
    ) -> Result<()> {
        if extras.location().as_ref() != Some(self.location.id()) {
            let problem = "the step's call came from another location";
            return Err(Error::config(OPERATION, problem));
        }
        let mut body = extras.fields().clone();
        if let Some(branch) = branch {
            body.insert("branchId".to_owned(), Value::String(branch.id.clone()));
        }
        let request = url
            .0
            .post()
            .operation(OPERATION)
            .replay(ReplaySafety::Once)
            .json(&body);
        self.location.send_discarding(request).await
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_usual_address_is_one() {
        assert!(ResumeUrl::usual().is_ok());
        assert!(
            "https://services.leadconnectorhq.com/contacts/"
                .parse::<ResumeUrl>()
                .is_err()
        );
    }
}
