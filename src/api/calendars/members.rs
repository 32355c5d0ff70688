//! The team members who can be booked in a calendar, and where they meet.

use serde::{Deserialize, Serialize, Serializer};
use serde_with::{serde_as, skip_serializing_none};

use crate::ids::UserId;
use crate::lenient::{FromScalar, Lenient, LenientItems};
use crate::open_enum::open_enum;
use crate::secret::Private;

/// A team member who can be booked.
#[serde_as]
#[skip_serializing_none]
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct TeamMember {
    /// The user.
    pub user_id: UserId,
    /// How much the member is preferred.
    #[serde(default)]
    #[serde_as(deserialize_as = "Lenient")]
    pub priority: Option<TeamMemberPriority>,
    /// Whether this is the one primary member, which a collective calendar needs.
    #[serde(default)]
    #[serde_as(deserialize_as = "Lenient")]
    pub is_primary: Option<bool>,
    /// Where the member's meetings are. Several are allowed for a single member only.
    #[serde(default)]
    #[serde_as(deserialize_as = "LenientItems")]
    pub location_configurations: Option<Vec<MeetingLocation>>,
}

impl TeamMember {
    /// A member with HighLevel's default settings.
    pub fn new(user_id: UserId) -> Self {
        Self {
            user_id,
            priority: None,
            is_primary: None,
            location_configurations: None,
        }
    }
}

/// How much a member is preferred.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum TeamMemberPriority {
    /// `0`.
    Low,
    /// `0.5`.
    Medium,
    /// `1`.
    High,
}

impl Serialize for TeamMemberPriority {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        match self {
            Self::Low => serializer.serialize_u8(0),
            Self::Medium => serializer.serialize_f32(0.5),
            Self::High => serializer.serialize_u8(1),
        }
    }
}

impl FromScalar for TeamMemberPriority {
    fn from_text(text: &str) -> Option<Self> {
        match text {
            "0" => Some(Self::Low),
            "0.5" => Some(Self::Medium),
            "1" => Some(Self::High),
            _ => None,
        }
    }
}

/// A place for meetings.
#[serde_as]
#[skip_serializing_none]
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct MeetingLocation {
    /// What kind of place.
    pub kind: LocationKind,
    /// The address, link or number; conferences have none.
    #[serde(default)]
    #[serde_as(deserialize_as = "Lenient")]
    pub location: Option<Private<String>>,
    /// The id by which an appointment names the place, such as `custom_0`. HighLevel gives it; it is not written.
    #[serde(default, skip_serializing)]
    #[serde_as(deserialize_as = "Lenient")]
    pub meeting_id: Option<String>,
}

open_enum! {
    /// What kind of place a meeting has.
    pub enum LocationKind {
        /// Any text.
        Custom = "custom",
        /// Zoom; not for event calendars.
        Zoom = "zoom_conference",
        /// Google Meet; not for event calendars.
        Google = "google_conference",
        /// Microsoft Teams; not for event calendars.
        Teams = "ms_teams_conference",
        /// The booker calls.
        InboundCall = "inbound_call",
        /// The booker is called.
        OutboundCall = "outbound_call",
        /// An address.
        Physical = "physical",
        /// The booker says where.
        Booker = "booker",
    }
}
