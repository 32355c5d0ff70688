//! The app itself: installed, and for which plan.

use crate::ids::UserId;
use crate::secret::Private;

payload! {
    /// Details of an installation. Source: HighLevel's page of the `INSTALL` event.
    pub struct Install {
        /// Who installed it.
        user_id: Option<UserId> = scalar("userId"),
        /// What it was installed for, such as `Location`. HighLevel does not list the words.
        install_type: Option<String> = scalar("installType"),
        /// The version of the app.
        version_id: Option<String> = scalar("versionId"),
        /// The plan that was bought.
        plan_id: Option<String> = scalar("planId"),
        /// The name of the agency.
        company_name: Option<Private<String>> = scalar("companyName"),
    }
}
