//! Custom objects, their records, and what is associated with what. The samples on HighLevel's pages have no `type`; a
//! body like that is an [`Event::Unknown`](crate::webhooks::Event::Unknown) without a name.

use crate::ids::UserId;
use crate::secret::Private;

payload! {
    /// A kind of custom object.
    pub struct ObjectSchema {
        /// The kind.
        id: Option<String> = scalar("id"),
        /// Its key, such as `custom_objects.pets`.
        key: Option<String> = scalar("key"),
        /// What it is for.
        description: Option<Private<String>> = scalar("description"),
        /// The property that its records are shown by.
        primary_display_property: Option<String> = scalar("primaryDisplayProperty"),
        /// The properties that can be searched.
        searchable_properties: Vec<String> = list("searchableProperties"),
        /// Such as `USER_DEFINED`.
        object_type: Option<String> = scalar("objectType"),
    }
}

payload! {
    /// A record of a custom object, or a business.
    pub struct Record {
        /// The record.
        id: Option<String> = scalar("id"),
        /// Whose it is.
        owners: Vec<UserId> = list("owners"),
        /// Who follows it.
        followers: Vec<UserId> = list("followers"),
        /// What stands in it.
        properties: Vec<RecordProperty> = payloads("properties"),
    }
}

payload! {
    /// A property of a record.
    pub struct RecordProperty {
        /// Its key.
        key: Option<String> = scalar("key"),
        /// Its value as text.
        value: Option<Private<String>> = scalar("valueString"),
    }
}

payload! {
    /// How two kinds of object can belong together.
    pub struct Association {
        /// The association.
        id: Option<String> = scalar("id"),
        /// Its key.
        key: Option<String> = scalar("key"),
        /// `USER_DEFINED` or `SYSTEM_DEFINED`.
        association_type: Option<String> = scalar("associationType"),
        /// The first kind.
        first_object_key: Option<String> = scalar("firstObjectKey"),
        /// What the first one is called in it.
        first_object_label: Option<Private<String>> = scalar("firstObjectLabel"),
        /// The second kind.
        second_object_key: Option<String> = scalar("secondObjectKey"),
        /// What the second one is called in it.
        second_object_label: Option<Private<String>> = scalar("secondObjectLabel"),
    }
}

payload! {
    /// Two records that belong together.
    pub struct Relation {
        /// The relation.
        id: Option<String> = scalar("id"),
        /// How they belong together.
        association_id: Option<String> = scalar("associationId"),
        /// The kind of the first.
        first_object_key: Option<String> = scalar("firstObjectKey"),
        /// The first.
        first_record_id: Option<String> = scalar("firstRecordId"),
        /// The kind of the second.
        second_object_key: Option<String> = scalar("secondObjectKey"),
        /// The second.
        second_record_id: Option<String> = scalar("secondRecordId"),
    }
}
