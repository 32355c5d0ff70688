-- Version 6. Times are milliseconds since 1970 in UTC. A column of JSON has `json` in its name.

-- Deliveries that were taken; each name is taken once.
CREATE TABLE delivery (
    name TEXT PRIMARY KEY,
    received_at INTEGER NOT NULL
) WITHOUT ROWID;
CREATE INDEX delivery_by_age ON delivery (received_at);

-- The names of episodes, each of which stands in many rows elsewhere by its number. Numbers count up, so what is written
-- together lies together.
CREATE TABLE episode_name (
    number INTEGER PRIMARY KEY,
    name TEXT NOT NULL UNIQUE
);

CREATE TABLE episode (
    number INTEGER PRIMARY KEY,
    location TEXT NOT NULL,
    contact TEXT NOT NULL,
    caller TEXT,
    live INTEGER NOT NULL,
    revision INTEGER NOT NULL,
    wake_at INTEGER,
    state_json TEXT NOT NULL,
    -- When the first call began, if nothing was known of the caller then.
    new_caller_at INTEGER
);
-- One live episode per person and location, by contact and by number.
CREATE UNIQUE INDEX episode_live_contact ON episode (location, contact) WHERE live = 1;
CREATE UNIQUE INDEX episode_live_caller ON episode (location, caller) WHERE live = 1 AND caller IS NOT NULL;
-- The episodes of a person, those that are over too.
CREATE INDEX episode_by_contact ON episode (location, contact);
CREATE INDEX episode_by_caller ON episode (location, caller) WHERE caller IS NOT NULL;
CREATE INDEX episode_by_new_caller ON episode (location, new_caller_at) WHERE new_caller_at IS NOT NULL;
CREATE INDEX episode_to_wake ON episode (wake_at) WHERE wake_at IS NOT NULL;

-- The effects of a location in one lane. Locations have turns, so what is due is found by them and not by its age alone.
CREATE TABLE line (
    number INTEGER PRIMARY KEY,
    -- Empty for effects that belong to no episode.
    location TEXT NOT NULL,
    -- 0 for what somebody waits for, 1 for the rest.
    lane INTEGER NOT NULL,
    -- When its first effect is due that has not ended; null if there is none.
    due_at INTEGER,
    -- When it had its last turn, in turns of all.
    turn INTEGER NOT NULL,
    -- How many effects have been claimed of it.
    given INTEGER NOT NULL,
    UNIQUE (location, lane)
);
CREATE INDEX line_due ON line (lane, due_at) WHERE due_at IS NOT NULL;
CREATE INDEX line_by_turn ON line (turn);

-- The name of an effect is episode, step and ordinal; its row stays for ever so that it is never planned twice.
CREATE TABLE effect (
    episode INTEGER NOT NULL,
    step TEXT NOT NULL,
    ordinal INTEGER NOT NULL,
    line INTEGER NOT NULL,
    -- Not before; the end of the lease while it is claimed; null once it has ended.
    due_at INTEGER,
    -- When it was due before it was claimed; null while it is not.
    claimed_due_at INTEGER,
    attempt INTEGER NOT NULL,
    -- Null for a new effect and for one that has ended.
    progress_json TEXT,
    PRIMARY KEY (episode, step, ordinal)
) WITHOUT ROWID;
CREATE INDEX effect_due ON effect (line, due_at) WHERE due_at IS NOT NULL;
CREATE INDEX effect_claimed ON effect (claimed_due_at) WHERE claimed_due_at IS NOT NULL;

CREATE TABLE suppression (
    location TEXT NOT NULL,
    -- SHA-256 of the number or contact.
    subject TEXT NOT NULL,
    reason TEXT NOT NULL,
    -- When the person last said so.
    since INTEGER NOT NULL,
    PRIMARY KEY (location, subject, reason)
) WITHOUT ROWID;

-- Append only.
CREATE TABLE ledger (
    seq INTEGER PRIMARY KEY,
    at INTEGER NOT NULL,
    location TEXT NOT NULL,
    episode INTEGER,
    -- What the columns do not say.
    entry_json TEXT NOT NULL
);
CREATE INDEX ledger_by_time ON ledger (at);
CREATE INDEX ledger_by_location ON ledger (location, at);
CREATE INDEX ledger_by_episode ON ledger (episode) WHERE episode IS NOT NULL;

CREATE TABLE recipe (
    fingerprint TEXT PRIMARY KEY,
    source TEXT NOT NULL
) WITHOUT ROWID;

-- Consents to texts, of each kind the last.
CREATE TABLE consent (
    location TEXT NOT NULL,
    -- SHA-256 of the number or contact.
    subject TEXT NOT NULL,
    kind TEXT NOT NULL,
    given_at INTEGER NOT NULL,
    -- Where the proof is kept.
    reference TEXT NOT NULL,
    PRIMARY KEY (location, subject, kind)
) WITHOUT ROWID;

-- The texts of the last days, by each name their receiver is known under.
CREATE TABLE sent_text (
    location TEXT NOT NULL,
    -- SHA-256 of the number or contact.
    subject TEXT NOT NULL,
    episode INTEGER NOT NULL,
    step TEXT NOT NULL,
    ordinal INTEGER NOT NULL,
    sent_at INTEGER NOT NULL,
    PRIMARY KEY (location, subject, episode, step, ordinal)
) WITHOUT ROWID;
CREATE INDEX sent_text_by_age ON sent_text (sent_at);

-- What became of the texts of a location, by day in UTC (days since 1970).
CREATE TABLE day_count (
    location TEXT NOT NULL,
    day INTEGER NOT NULL,
    sent INTEGER NOT NULL,
    failed INTEGER NOT NULL,
    opted_out INTEGER NOT NULL,
    PRIMARY KEY (location, day)
) WITHOUT ROWID;

-- What halts a location, or did: the last that was said about each.
CREATE TABLE halt (
    location TEXT NOT NULL,
    halt TEXT NOT NULL,
    halted INTEGER NOT NULL,
    -- When that was said.
    since INTEGER NOT NULL,
    PRIMARY KEY (location, halt)
) WITHOUT ROWID;

CREATE TABLE company_location (
    location TEXT PRIMARY KEY,
    company TEXT NOT NULL
) WITHOUT ROWID;
CREATE INDEX company_location_by_company ON company_location (company);

-- What is said of the app of a whole company: the last of it.
CREATE TABLE company_app (
    company TEXT PRIMARY KEY,
    -- Removed from the company, or installed.
    removed INTEGER NOT NULL,
    -- When that was said.
    since INTEGER NOT NULL
) WITHOUT ROWID;

-- The references that lead to an episode when its contact is not known.
CREATE TABLE episode_reference (
    location TEXT NOT NULL,
    -- Its kind and id.
    reference TEXT NOT NULL,
    episode INTEGER NOT NULL,
    PRIMARY KEY (location, reference)
) WITHOUT ROWID;

-- What was reported of people in the last minutes: it may be the answer to a call that is reported later.
CREATE TABLE early_report (
    location TEXT NOT NULL,
    -- SHA-256 of the contact.
    subject TEXT NOT NULL,
    name TEXT NOT NULL,
    received_at INTEGER NOT NULL,
    report_json TEXT NOT NULL,
    PRIMARY KEY (location, subject, name)
) WITHOUT ROWID;
CREATE INDEX early_report_by_age ON early_report (received_at);
