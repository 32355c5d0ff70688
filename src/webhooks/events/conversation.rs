//! Conversations and campaigns.

use jiff::Timestamp;

use crate::ids::{CampaignId, ContactId, ConversationId, TemplateId};
use crate::secret::Private;

payload! {
    /// How many messages of a conversation are unread has changed. HighLevel's page is called
    /// `ConversationUnreadWebhook`; the event itself is not.
    pub struct ConversationUnread {
        /// The conversation.
        conversation_id: Option<ConversationId> = scalar("id"),
        /// With whom.
        contact_id: Option<ContactId> = scalar("contactId"),
        /// The number of unread messages.
        unread_count: Option<u32> = scalar("unreadCount"),
        /// Whether it stands in the inbox.
        inbox: Option<bool> = scalar("inbox"),
        /// Whether it is starred.
        starred: Option<bool> = scalar("starred"),
        /// Whether it was deleted.
        deleted: Option<bool> = scalar("deleted"),
    }
}

payload! {
    /// A live chat has turned out to be with a contact who has a conversation already, and has become part of that one.
    pub struct ConversationMerge {
        /// The conversation that the chat was, and is no more.
        old_conversation_id: Option<ConversationId> = scalar("oldConversationId"),
        /// The conversation that the chat is part of now.
        new_conversation_id: Option<ConversationId> = scalar("newConversationId"),
        /// With whom.
        contact_id: Option<ContactId> = scalar("contactId"),
    }
}

payload! {
    /// A contact's way through a campaign has changed.
    pub struct CampaignStatus {
        /// The campaign.
        campaign_id: Option<CampaignId> = scalar("id"),
        /// Whose way.
        contact_id: Option<ContactId> = scalar("contactId"),
        /// Such as `paused`.
        status: Option<String> = scalar("status"),
        /// The template.
        template_id: Option<TemplateId> = scalar("templateId"),
        /// What the contact has replied.
        replied: Option<Private<String>> = scalar("replied"),
        /// When the contact entered it.
        date_added: Option<Timestamp> = scalar("dateAdded"),
    }
}
