//! English words around an opt-out phrase that change its meaning. The notation is that of `pattern`.

/// Requests to end calls. They end texts too, unless the writer asks for texts.
pub(in crate::recipes::missed_call::core::reply) const CALLS: &[&str] = &[
    "stop|quit|cease calling|phoning",
    "stop|quit|cease with|all|the|your|these|those * calling|calls",
    "stop|quit|cease call|calls",
    "no more calls",
    "dont|never call me|us|here|this again|anymore|ever|number",
    "never call ~before|after|until",
];

/// The writer asks for texts, or accepts them.
pub(in crate::recipes::missed_call::core::reply) const TEXTS_WANTED: &[&str] = &[
    "text|texting|message me|us|instead|only|is|works|would|better|fine|rather",
    "just|only|please|can|rather|prefer|prefers|and|but|to|could|should text ~me again",
    "text please $",
    "text|texting|texts are|is|was fine|ok|okay|better|best|easier|good",
    "text $",
];

/// A "don't" before an opt-out phrase, which negates it, and the words that may come between.
pub(in crate::recipes::missed_call::core::reply) const NEGATIONS: &[&str] =
    &["dont|never|did|wont|thought"];
pub(in crate::recipes::missed_call::core::reply) const BETWEEN_NEGATION: &[&str] =
    &["ever|please|want|need|to|you|me|him|wish|mean|get|have|be|like|i|just|really"];

/// Words after `stop` that make it a place, another verb, or the end of something else.
pub(in crate::recipes::missed_call::core::reply) const AFTER_STOP: &[&str] = &[
    "by|and|in|at|over|sign|light|lights|signs|through|working|for|laughing|there|here|taking|using|my|the|a|an",
    "our|his|her|their|its|it|on|off|up|service|services|payment|payments|delivery|deliveries|water|autopay",
    "billing|order|orders|mail|charges|charge|charging|leak|leaks|loss|motion|watch|gap|valve|bleeding|smoking",
    "running|leaking|to|work|eating|drinking|going|making|getting|doing|watering|mowing|digging|barking|hurting",
    "coughing|crying|worrying|being|growing|treatment|meds|medication|production|construction|gas|electric",
    "power|lift|bleed|button|codon|cock|shop|store|sale|foreclosure|eviction|before|after|when|if|until|between",
    "around|along|outside|inside|near|next|from|short|only|while|losing|feeling|thinking|talking|walking",
    "driving|snoring|freezing|dripping|recurring|membership|subscription|appointment|appointments|paying",
    "selling|providing|offering|him",
    "me if|from|before|when",
];

/// Words before `stop` as the last word that make it a place, or something that somebody or something does or does not.
pub(in crate::recipes::missed_call::core::reply) const BEFORE_STOP: &[&str] = &[
    "bus|next|last|first|second|third|one|non|wont|cant|dont|didnt|doesnt|isnt|never|to|will|would|ill|could",
    "should|shall|must|might|may|i|we|he|she|it|they|that|my|our|his|her|their|a|an|another|each|every|other",
    "which|what|pit|full|truck|rest|train|subway|metro|tram|quick|short|final|nearest|closest|f|hard|dead|door",
    "at|by|near|or|of|before|without|help|emergency|route|tour|gas|traffic|taxi|school|coffee|lunch|food|potty",
    "layover|on|only|long|mid|whistle|your|the|hasnt|havent|wouldnt|couldnt|shouldnt|this|nor|then|for|with|is",
    "not|back|left|right|two|three|more|sudden|complete|abrupt",
];
