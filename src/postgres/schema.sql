-- Version 1. `@.` stands for the schema. Times are milliseconds since 1970 in UTC. A column of JSON has `json` in its name, and is
-- text: it is read as it was written. A later version may only add: the release before it works on beside it.

CREATE TABLE @.schema_version (
    only_row boolean CONSTRAINT schema_version_key PRIMARY KEY CHECK (only_row),
    version bigint NOT NULL,
    -- The oldest version whose release can work on these tables.
    works_since bigint NOT NULL
);

-- Deliveries that were taken; each name is taken once.
CREATE TABLE @.delivery (
    name text CONSTRAINT delivery_key PRIMARY KEY,
    received_at bigint NOT NULL,
    -- By which commit. It tells one whose answer was lost from another one.
    commit_mark bigint NOT NULL
);
CREATE INDEX delivery_by_age ON @.delivery (received_at);

-- The commits of the last hour that no delivery has caused.
CREATE TABLE @.commit_mark (
    mark bigint CONSTRAINT commit_mark_key PRIMARY KEY,
    at bigint NOT NULL
);
CREATE INDEX commit_mark_by_age ON @.commit_mark (at);

CREATE SEQUENCE @.opening;
CREATE TABLE @.episode (
    id text CONSTRAINT episode_key PRIMARY KEY,
    -- The one that was opened last has the highest.
    opened bigint NOT NULL DEFAULT nextval('@.opening'),
    location text NOT NULL,
    contact text NOT NULL,
    caller text,
    live boolean NOT NULL,
    revision bigint NOT NULL,
    wake_at bigint,
    state_json text NOT NULL,
    -- When the first call began, if nothing was known of the caller then.
    new_caller_at bigint
);
-- One live episode per person and location, by contact and by number.
CREATE UNIQUE INDEX episode_live_contact ON @.episode (location, contact) WHERE live;
CREATE UNIQUE INDEX episode_live_caller ON @.episode (location, caller) WHERE live AND caller IS NOT NULL;
-- The episodes of a person, those that are over too.
CREATE INDEX episode_by_contact ON @.episode (location, contact, opened);
CREATE INDEX episode_by_caller ON @.episode (location, caller, opened) WHERE caller IS NOT NULL;
CREATE INDEX episode_by_new_caller ON @.episode (location, new_caller_at) WHERE new_caller_at IS NOT NULL;
CREATE INDEX episode_to_wake ON @.episode (wake_at) WHERE wake_at IS NOT NULL;

-- The effects of a location in one lane. Locations have turns, so what is due is found by them and not by its age alone.
CREATE TABLE @.line (
    -- Empty for effects that belong to no episode.
    location text NOT NULL,
    -- 0 for what somebody waits for, 1 for the rest.
    lane smallint NOT NULL,
    -- Nothing in it is due before this time, and something may be; null if nothing is planned. It is lowered with what is
    -- planned, and raised by a claim alone.
    due_at bigint,
    -- When it had its last turn, in turns of all.
    turn bigint NOT NULL DEFAULT 0,
    -- How many effects have been claimed of it.
    given bigint NOT NULL DEFAULT 0,
    CONSTRAINT line_key PRIMARY KEY (location, lane)
);
CREATE INDEX line_due ON @.line (lane, due_at) WHERE due_at IS NOT NULL;
CREATE SEQUENCE @.turn;

-- The name of an effect is episode, step and ordinal; its row stays for ever so that it is never planned twice.
CREATE TABLE @.effect (
    episode text NOT NULL,
    step text NOT NULL,
    ordinal bigint NOT NULL,
    location text NOT NULL,
    lane smallint NOT NULL,
    -- Not before; while it is claimed, the end of the claim by the database's clock; null once it has ended.
    due_at bigint,
    -- When it was due before it was claimed; null while it is not.
    claimed_due_at bigint,
    attempt bigint NOT NULL DEFAULT 0,
    -- By which claim it was claimed last. It tells one whose answer was lost from another one.
    claim_mark bigint,
    -- By which process.
    claimed_by bigint,
    -- Null for a new effect and for one that has ended.
    progress_json text,
    CONSTRAINT effect_key PRIMARY KEY (episode, step, ordinal)
);
CREATE INDEX effect_due ON @.effect (lane, location, due_at) WHERE due_at IS NOT NULL;
CREATE INDEX effect_claimed ON @.effect (claimed_due_at) WHERE claimed_due_at IS NOT NULL;

-- The processes that have said that they are there, and when, by the database's clock.
CREATE TABLE @.process (
    id bigint CONSTRAINT process_key PRIMARY KEY,
    seen_at bigint NOT NULL
);

CREATE TABLE @.suppression (
    location text NOT NULL,
    -- SHA-256 of the number or contact.
    subject text NOT NULL,
    reason text NOT NULL,
    -- When the person last said so.
    since bigint NOT NULL,
    CONSTRAINT suppression_key PRIMARY KEY (location, subject, reason)
);

-- Added to each transaction id in a sequence of the ledger: a database that was copied into another server begins to count
-- transactions again.
CREATE TABLE @.ledger_origin (
    only_row boolean CONSTRAINT ledger_origin_key PRIMARY KEY CHECK (only_row),
    added bigint NOT NULL
);
INSERT INTO @.ledger_origin (only_row, added) VALUES (true, 0);

-- Append only.
CREATE TABLE @.ledger (
    -- The transaction that wrote it, and its place among the entries of that one.
    sequence bigint CONSTRAINT ledger_key PRIMARY KEY,
    at bigint NOT NULL,
    location text NOT NULL,
    episode text,
    -- What the columns do not say.
    entry_json text NOT NULL
);
CREATE INDEX ledger_by_time ON @.ledger (at);
CREATE INDEX ledger_by_location ON @.ledger (location, at);
CREATE INDEX ledger_by_episode ON @.ledger (episode) WHERE episode IS NOT NULL;

CREATE TABLE @.recipe (
    fingerprint text CONSTRAINT recipe_key PRIMARY KEY,
    source text NOT NULL
);

-- Consents to texts, of each kind the last.
CREATE TABLE @.consent (
    location text NOT NULL,
    -- SHA-256 of the number or contact.
    subject text NOT NULL,
    kind text NOT NULL,
    given_at bigint NOT NULL,
    -- Where the proof is kept.
    reference text NOT NULL,
    CONSTRAINT consent_key PRIMARY KEY (location, subject, kind)
);

-- The texts of the last days, by each name their receiver is known under.
CREATE TABLE @.sent_text (
    location text NOT NULL,
    -- SHA-256 of the number or contact.
    subject text NOT NULL,
    episode text NOT NULL,
    step text NOT NULL,
    ordinal bigint NOT NULL,
    sent_at bigint NOT NULL,
    CONSTRAINT sent_text_key PRIMARY KEY (location, subject, episode, step, ordinal)
);
CREATE INDEX sent_text_by_age ON @.sent_text (sent_at);

-- What became of the texts of a location, by day in UTC (days since 1970).
CREATE TABLE @.day_count (
    location text NOT NULL,
    day bigint NOT NULL,
    sent bigint NOT NULL,
    failed bigint NOT NULL,
    opted_out bigint NOT NULL,
    CONSTRAINT day_count_key PRIMARY KEY (location, day)
);

-- What halts a location, or did: the last that was said about each.
CREATE TABLE @.halt (
    location text NOT NULL,
    halt text NOT NULL,
    halted boolean NOT NULL,
    -- When that was said.
    since bigint NOT NULL,
    CONSTRAINT halt_key PRIMARY KEY (location, halt)
);

CREATE TABLE @.company_location (
    location text CONSTRAINT company_location_key PRIMARY KEY,
    company text NOT NULL
);
CREATE INDEX company_location_by_company ON @.company_location (company);

-- What is said of the app of a whole company: the last of it.
CREATE TABLE @.company_app (
    company text CONSTRAINT company_app_key PRIMARY KEY,
    -- Removed from the company, or installed.
    removed boolean NOT NULL,
    -- When that was said.
    since bigint NOT NULL
);

-- The references that lead to an episode when its contact is not known.
CREATE TABLE @.episode_reference (
    location text NOT NULL,
    -- Its kind and id.
    reference text NOT NULL,
    episode text NOT NULL,
    CONSTRAINT episode_reference_key PRIMARY KEY (location, reference)
);
CREATE INDEX episode_reference_by_episode ON @.episode_reference (episode);

-- Written by each check of the store's health.
CREATE TABLE @.beat (
    only_row boolean CONSTRAINT beat_key PRIMARY KEY CHECK (only_row),
    beats bigint NOT NULL
);
INSERT INTO @.beat (only_row, beats) VALUES (true, 0);

CREATE TABLE @.oauth_grant (
    key text CONSTRAINT oauth_grant_key PRIMARY KEY,
    revision bigint NOT NULL,
    -- The version of its form is inside.
    grant_json text NOT NULL
);

CREATE TABLE @.trigger_subscription (
    location text NOT NULL,
    workflow text NOT NULL,
    trigger_id text NOT NULL,
    trigger_key text NOT NULL,
    target text NOT NULL,
    subscription_json text NOT NULL,
    CONSTRAINT trigger_subscription_key PRIMARY KEY (location, workflow, trigger_id)
);

-- When the requests of a location were sent, as far as they count for its rate limit.
CREATE TABLE @.request_window (
    location text CONSTRAINT request_window_key PRIMARY KEY,
    sent bigint[] NOT NULL,
    -- How long the last one that asked has to wait; 0 if it was let through.
    wait bigint NOT NULL
);
