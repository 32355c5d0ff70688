//! English phrases that ask to erase the writer's data: in the words of the laws (CCPA, CPRA, GDPR, PIPEDA) or in everyday
//! words. The notation is that of `pattern`.

/// Requests to erase the writer's data. Each is an opt-out as well.
pub(in crate::recipes::missed_call::core::reply) const ERASURE: &[&str] = &[
    "erase|delete|destroy it all",
    "delete|erase|deleted|erased|removed|destroyed my|our <data>",
    "my|our info|information|data|details removed|remove|deleted|erased|wiped|destroyed",
    "delete|erase|remove|wipe|destroy|purge|scrub|clear|expunge|forget all|any|every? of? my|our|the personal|private|contact|customer? <data>",
    "delete|erase|wipe|destroy|purge|expunge everything|anything|all|whatever * you|yall|ya|u have|know|hold|keep|got|stored|on|about",
    "delete|erase|destroy|purge all|any records|data|info|information $",
    "delete|erase|remove|wipe|destroy|purge|expunge all|any * data|information|info|records * me|about|have|hold",
    "get rid of * my|our personal? <data>",
    "delete|erase|wipe|purge|destroy my|this|all|any * <data> ~before",
    "my|our|personal * <data> * deleted|erased|remove|removed|destroyed|wiped|purged",
    "deletion|erasure|removal of * data|information|info|records",
    "data|information deletion|erasure|removal request|please|$",
    "right to be? forgotten|erasure|deletion|delete",
    "ccpa|gdpr|cpra|pipeda|ccpas request|deletion|erasure|delete|erase|right|rights|demand",
    "under|per|pursuant|exercise|exercising|invoke|invoking to? my|the? california? rights? under? ccpa|gdpr|cpra|pipeda|california|privacy",
    "dont|stop|not|never use|using|share|sharing|sell|selling or|and share|sharing|sell|selling|use|using my|our|any|this personal? data|info|information|details",
    "not allowed|permitted|authorized to keep|store|use|share|sell|have my <data>",
    "delete|erase my? account|profile|number and|plus my? <data>",
    "may not|never keep|store|use|share|sell my <data>",
    "dont|stop|not|never use|using|share|sharing|sell|selling|keep|keeping|store|storing|retain|retaining|process|processing|hold my|our|any|this personal? data|info|information|details|number",
    "dont|not have|use my data|info|information",
    "forget * about me",
    "traces of me",
    "scrub|wipe|erase|expunge me|us|my * from|in your|the|all * records|files|systems|database|system",
    "forget me",
];
