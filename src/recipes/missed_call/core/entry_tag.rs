//! The kinds of ledger entries without their data, for queries and labels.

/// Defines the kinds with their stored names, so that no list of them can lack one.
macro_rules! tags {
    ($($(#[$doc:meta])* $tag:ident = $name:literal,)+) => {
        /// The kind of a ledger entry, without its data: what an
        /// [`EntryKind`](crate::recipes::missed_call::ledger::EntryKind) of the same name tells.
        #[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
        #[non_exhaustive]
        pub enum EntryTag {
            $($(#[$doc])* $tag,)+
        }

        impl EntryTag {
            /// All kinds.
            pub const ALL: &'static [Self] = &[$(Self::$tag),+];

            /// The stored name of the kind, such as `call_missed`.
            pub fn name(self) -> &'static str {
                match self {
                    $(Self::$tag => $name,)+
                }
            }
        }
    };
}

tags! {
    /// A call was missed and opened an episode.
    CallMissed = "call_missed",
    /// A further call was missed within the cooldown.
    CallJoined = "call_joined",
    /// A call that may have been missed or answered.
    CallUnclear = "call_unclear",
    /// An attempt at an effect begins.
    Attempted = "attempted",
    /// An attempt would begin, if it were not for a dry run.
    Would = "would",
    /// A caller is assigned to an arm of an experiment.
    Assigned = "assigned",
    /// A caller from whom a text was held back gets it after all.
    Released = "released",
    /// An experiment begins.
    ExperimentBegan = "experiment_began",
    /// An effect failed for now and is retried.
    Postponed = "postponed",
    /// A text is deferred to a permitted hour.
    Waits = "waits",
    /// The response to an attempt was lost.
    OutcomeUnknown = "outcome_unknown",
    /// An attempt whose response was lost had no effect.
    NotFound = "not_found",
    /// A step was done.
    Done = "done",
    /// A step was not done and will not be done.
    NotDone = "not_done",
    /// HighLevel says that a text was delivered.
    Delivered = "delivered",
    /// HighLevel says that a text was not delivered.
    NotDelivered = "not_delivered",
    /// The caller wrote.
    Replied = "replied",
    /// A trigger occurred.
    Happened = "happened",
    /// The caller must not be texted any longer.
    OptedOut = "opted_out",
    /// The caller may have opted out.
    Doubted = "doubted",
    /// A person decided about a doubt.
    DoubtDecided = "doubt_decided",
    /// The caller asked for their data to be erased.
    ErasureAsked = "erasure_asked",
    /// A person consented to texts.
    Consented = "consented",
    /// The caller may be texted again.
    OptedIn = "opted_in",
    /// An episode has ended early.
    Ended = "ended",
    /// An episode continues with another contact.
    ContactFollowed = "contact_followed",
    /// A sweep found a message that no webhook had reported.
    Found = "found",
    /// A sweep is finished.
    Swept = "swept",
    /// A location is halted.
    Halted = "halted",
    /// A reason why a location was halted is gone.
    Resumed = "resumed",
    /// An episode is closed.
    Closed = "closed",
}
