//! Locations and users of an agency.

use crate::ids::{LocationId, UserId};
use crate::phone::PhoneNumber;
use crate::secret::Private;

payload! {
    /// A location. Its id is `id` on the wire, so the delivery has no location of its own, only the company.
    pub struct Location {
        /// The location.
        id: Option<LocationId> = scalar("id"),
        /// What it is called.
        name: Option<Private<String>> = scalar("name"),
        /// Its e-mail address.
        email: Option<Private<String>> = scalar("email"),
        /// What it pays for, at Stripe.
        stripe_product_id: Option<String> = scalar("stripeProductId"),
    }
}

payload! {
    /// A user. What a user may do is in the raw body only.
    pub struct User {
        /// The user.
        user_id: Option<UserId> = scalar("id"),
        /// The first name.
        first_name: Option<Private<String>> = scalar("firstName"),
        /// The last name.
        last_name: Option<Private<String>> = scalar("lastName"),
        /// The e-mail address.
        email: Option<Private<String>> = scalar("email"),
        /// The number, if it is E.164.
        phone: Option<PhoneNumber> = scalar("phone"),
        /// The extension of the number.
        extension: Option<Private<String>> = scalar("extension"),
        /// Such as `admin` or `user`.
        role: Option<String> = scalar("role"),
    }
}
