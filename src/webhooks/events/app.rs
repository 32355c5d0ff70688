//! The app itself: installed, for which plan, and connected with what.

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

payload! {
    /// The plan of a paid app was changed.
    pub struct PlanChange {
        /// Who changed it.
        user_id: Option<UserId> = scalar("userId"),
        /// The plan so far.
        current_plan_id: Option<String> = scalar("currentPlanId"),
        /// The plan from here on.
        new_plan_id: Option<String> = scalar("newPlanId"),
    }
}

payload! {
    /// A user has connected the app with an account elsewhere.
    pub struct ExternalAuth {
        /// `oauth2` or `basic`.
        auth_type: Option<String> = scalar("authType"),
        /// What was allowed, with OAuth.
        scopes: Option<String> = scalar("scopes"),
        /// Whether HighLevel renews the token, with OAuth.
        renews_itself: Option<bool> = scalar("isAutoRefreshTokenEnabled"),
    }
}
