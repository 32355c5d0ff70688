//! Contacts: made, changed, tagged, deleted.

use jiff::Timestamp;

use crate::ids::{ContactId, CustomFieldId, UserId};
use crate::phone::PhoneNumber;
use crate::secret::Private;

payload! {
    /// A contact as an event shows it. Its id is `id` on the wire, and not `contactId` as in other events.
    pub struct Contact {
        /// The contact.
        contact_id: Option<ContactId> = scalar("id" | "contactId"),
        /// The first name.
        first_name: Option<Private<String>> = scalar("firstName"),
        /// The last name.
        last_name: Option<Private<String>> = scalar("lastName"),
        /// Both names.
        name: Option<Private<String>> = scalar("name"),
        /// The number, if it is E.164.
        phone: Option<PhoneNumber> = scalar("phone"),
        /// The e-mail address.
        email: Option<Private<String>> = scalar("email"),
        /// The company that the contact works for.
        company_name: Option<Private<String>> = scalar("companyName"),
        /// Street and number.
        address1: Option<Private<String>> = scalar("address1"),
        /// The city.
        city: Option<Private<String>> = scalar("city"),
        /// The state, as it was typed.
        state: Option<Private<String>> = scalar("state"),
        /// The postal code.
        postal_code: Option<Private<String>> = scalar("postalCode"),
        /// The country, as two letters.
        country: Option<String> = scalar("country"),
        /// The website.
        website: Option<Private<String>> = scalar("website"),
        /// The day of birth, in one of the many forms that HighLevel has for it.
        date_of_birth: Option<Private<String>> = scalar("dateOfBirth"),
        /// Where the contact came from.
        source: Option<Private<String>> = scalar("source"),
        /// The user whose contact it is.
        assigned_to: Option<UserId> = scalar("assignedTo"),
        /// All tags.
        tags: Vec<String> = list("tags"),
        /// The switch of do-not-disturb for all channels.
        dnd: Option<bool> = scalar("dnd"),
        /// When it was made.
        date_added: Option<Timestamp> = scalar("dateAdded"),
        /// The custom fields that are filled in.
        custom_fields: Vec<ContactField> = payloads("customFields"),
    }
}

payload! {
    /// A custom field of a contact.
    pub struct ContactField {
        /// The field.
        id: Option<CustomFieldId> = scalar("id"),
        /// What stands in it, where that is a text, a number or a flag. Anything else, such as a list, is in the raw
        /// body only.
        value: Option<Private<String>> = scalar("value"),
    }
}
