-- From version 1 to version 2: episodes have numbers, new and ended effects have no progress. Never edit it: files of
-- old releases pass through here for ever.

DROP INDEX episode_live_contact;
DROP INDEX episode_live_caller;
DROP INDEX episode_to_wake;
DROP INDEX effect_due;
DROP INDEX effect_claimed;
DROP INDEX ledger_by_location;
DROP INDEX ledger_by_episode;
ALTER TABLE episode RENAME TO old_episode;
ALTER TABLE effect RENAME TO old_effect;
ALTER TABLE ledger RENAME TO old_ledger;

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
    state_json TEXT NOT NULL
);
CREATE UNIQUE INDEX episode_live_contact ON episode (location, contact) WHERE live = 1;
CREATE UNIQUE INDEX episode_live_caller ON episode (location, caller) WHERE live = 1 AND caller IS NOT NULL;
CREATE INDEX episode_to_wake ON episode (wake_at) WHERE wake_at IS NOT NULL;

CREATE TABLE effect (
    episode INTEGER NOT NULL,
    step TEXT NOT NULL,
    ordinal INTEGER NOT NULL,
    lane INTEGER NOT NULL,
    due_at INTEGER,
    claimed_due_at INTEGER,
    attempt INTEGER NOT NULL,
    progress_json TEXT,
    PRIMARY KEY (episode, step, ordinal)
) WITHOUT ROWID;
CREATE INDEX effect_due ON effect (lane, due_at) WHERE due_at IS NOT NULL;
CREATE INDEX effect_claimed ON effect (claimed_due_at) WHERE claimed_due_at IS NOT NULL;

CREATE TABLE ledger (
    seq INTEGER PRIMARY KEY,
    at INTEGER NOT NULL,
    location TEXT NOT NULL,
    episode INTEGER,
    entry_json TEXT NOT NULL
);
CREATE INDEX ledger_by_time ON ledger (at);
CREATE INDEX ledger_by_location ON ledger (location, at);
CREATE INDEX ledger_by_episode ON ledger (episode) WHERE episode IS NOT NULL;

INSERT INTO episode_name (name)
    SELECT id FROM old_episode
    UNION SELECT episode FROM old_effect
    UNION SELECT episode FROM old_ledger WHERE episode IS NOT NULL;
INSERT INTO episode (number, location, contact, caller, live, revision, wake_at, state_json)
    SELECT number, location, contact, caller, live, revision, wake_at, state_json
    FROM old_episode JOIN episode_name ON name = id ORDER BY number;
INSERT INTO effect (episode, step, ordinal, lane, due_at, claimed_due_at, attempt, progress_json)
    SELECT number, step, ordinal, lane, due_at, claimed_due_at, attempt,
        CASE WHEN due_at IS NOT NULL THEN progress_json END
    FROM old_effect JOIN episode_name ON name = episode ORDER BY number;
INSERT INTO ledger (seq, at, location, episode, entry_json)
    SELECT seq, at, location, (SELECT number FROM episode_name WHERE name = episode), entry_json
    FROM old_ledger ORDER BY seq;
DROP TABLE old_episode;
DROP TABLE old_effect;
DROP TABLE old_ledger;
