-- From version 2 to version 3: stores the facts that decide on one more text, and finds the closed episodes of a person.
-- Never edit it: files of old releases pass through here for ever.

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

-- The episodes of a person, those that are over too.
CREATE INDEX episode_by_contact ON episode (location, contact);
CREATE INDEX episode_by_caller ON episode (location, caller) WHERE caller IS NOT NULL;

-- Locations can be halted, and belong to companies.
CREATE TABLE halt (
    location TEXT NOT NULL,
    halt TEXT NOT NULL,
    halted INTEGER NOT NULL,
    since INTEGER NOT NULL,
    PRIMARY KEY (location, halt)
) WITHOUT ROWID;

CREATE TABLE company_location (
    location TEXT PRIMARY KEY,
    company TEXT NOT NULL
) WITHOUT ROWID;
CREATE INDEX company_location_by_company ON company_location (company);
