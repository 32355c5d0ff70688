//! The app itself: installed, updated, for which plan, paid or not, and connected with what.

use crate::ids::UserId;
use crate::open_enum::open_enum;
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
    /// The app was updated to another version. HighLevel may leave the user out.
    pub struct AppUpdate {
        /// Who updated it.
        user_id: Option<UserId> = scalar("userId"),
        /// The plan that was bought.
        plan_id: Option<String> = scalar("planId"),
        /// The version of the app until then.
        previous_version_id: Option<String> = scalar("previousVersionId"),
        /// The version of the app from here on, which HighLevel's page does not show.
        version_id: Option<String> = scalar("versionId"),
        /// The name of the agency.
        company_name: Option<Private<String>> = scalar("companyName"),
    }
}

open_enum! {
    /// Whether a paid app is paid.
    pub enum AppPaymentStatus {
        /// It is.
        Complete = "COMPLETE",
        /// A payment has failed.
        Failed = "FAILED",
        /// A payment is on its way.
        Pending = "PENDING",
    }
}

payload! {
    /// A payment for a paid app has failed, or has gone through after that.
    pub struct AppPaymentStatusChange {
        /// Who pays; `None` if HighLevel cannot tell.
        user_id: Option<UserId> = scalar("userId"),
        /// How it stood until then.
        previous_status: Option<AppPaymentStatus> = scalar("previousStatus"),
        /// How it stands from here on.
        new_status: Option<AppPaymentStatus> = scalar("newStatus"),
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
