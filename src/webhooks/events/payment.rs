//! Invoices, orders, products and prices. Their ids are `_id` on the wire and have no types of their own. Several of the
//! samples on HighLevel's pages have no `type`; a body like that is an [`Event::Unknown`](crate::webhooks::Event::Unknown)
//! without a name.

use jiff::Timestamp;

use crate::ids::{ContactId, LocationId, UserId};
use crate::secret::Private;

payload! {
    /// An invoice. The event's name says what happened to it.
    pub struct Invoice {
        /// The invoice.
        id: Option<String> = scalar("_id" | "id"),
        /// What it is called.
        name: Option<Private<String>> = scalar("name"),
        /// Its number, as the contact reads it.
        invoice_number: Option<String> = scalar("invoiceNumber"),
        /// Such as `draft`, `sent`, `partially_paid`, `paid` or `void`.
        status: Option<String> = scalar("status"),
        /// The location, which some invoices name only so.
        alt_id: Option<LocationId> = scalar("altId"),
        /// The currency, as three letters.
        currency: Option<String> = scalar("currency"),
        /// The whole sum.
        total: Option<f64> = scalar("total" | "invoiceTotal"),
        /// What is paid.
        amount_paid: Option<f64> = scalar("amountPaid"),
        /// What is not.
        amount_due: Option<f64> = scalar("amountDue"),
        /// Whether it is about real money.
        live_mode: Option<bool> = scalar("liveMode"),
        /// When it was made.
        created_at: Option<Timestamp> = scalar("createdAt"),
        /// When it was last changed.
        updated_at: Option<Timestamp> = scalar("updatedAt"),
    }
}

payload! {
    /// An order.
    pub struct Order {
        /// The order.
        id: Option<String> = scalar("_id" | "id"),
        /// Who ordered.
        contact_id: Option<ContactId> = scalar("contactId"),
        /// Such as `pending` or `completed`.
        status: Option<String> = scalar("status"),
        /// Such as `unfulfilled`.
        fulfillment_status: Option<String> = scalar("fulfillmentStatus"),
        /// The currency, as three letters.
        currency: Option<String> = scalar("currency"),
        /// The whole sum.
        amount: Option<f64> = scalar("amount"),
        /// What was ordered.
        items: Vec<OrderItem> = payloads("items"),
        /// Whether it is about real money.
        live_mode: Option<bool> = scalar("liveMode"),
        /// When it was made.
        created_at: Option<Timestamp> = scalar("createdAt"),
        /// When it was last changed.
        updated_at: Option<Timestamp> = scalar("updatedAt"),
    }
}

payload! {
    /// A line of an order.
    pub struct OrderItem {
        /// What it is called.
        name: Option<Private<String>> = scalar("name"),
        /// How many.
        quantity: Option<u32> = scalar("qty"),
    }
}

payload! {
    /// A product.
    pub struct Product {
        /// The product.
        id: Option<String> = scalar("_id" | "id"),
        /// What it is called.
        name: Option<Private<String>> = scalar("name"),
        /// Such as `PHYSICAL`, `DIGITAL` or `SERVICE`.
        product_type: Option<String> = scalar("productType"),
        /// Whether the store sells it.
        available_in_store: Option<bool> = scalar("availableInStore"),
        /// Who made it.
        user_id: Option<UserId> = scalar("userId"),
        /// When it was made.
        created_at: Option<Timestamp> = scalar("createdAt"),
        /// When it was last changed.
        updated_at: Option<Timestamp> = scalar("updatedAt"),
    }
}

payload! {
    /// A price of a product.
    pub struct Price {
        /// The price.
        id: Option<String> = scalar("_id" | "id"),
        /// The product.
        product: Option<String> = scalar("product"),
        /// What it is called.
        name: Option<Private<String>> = scalar("name"),
        /// `one_time` or `recurring`.
        price_type: Option<String> = scalar("priceType"),
        /// The currency, as three letters.
        currency: Option<String> = scalar("currency"),
        /// The sum.
        amount: Option<f64> = scalar("amount"),
        /// Who made it.
        user_id: Option<UserId> = scalar("userId"),
        /// When it was made.
        created_at: Option<Timestamp> = scalar("createdAt"),
        /// When it was last changed.
        updated_at: Option<Timestamp> = scalar("updatedAt"),
    }
}
