-- From version 3 to version 4: floods are seen by the calls of new callers, episodes are found by what they have met, and
-- what is said of the app of a whole company is kept. Never edit it: files of old releases pass through here for ever.

-- When the first call began, if nothing was known of the caller then.
ALTER TABLE episode ADD COLUMN new_caller_at INTEGER;
CREATE INDEX episode_by_new_caller ON episode (location, new_caller_at) WHERE new_caller_at IS NOT NULL;

-- The references that lead to an episode when its contact is not known.
CREATE TABLE episode_reference (
    location TEXT NOT NULL,
    -- Its kind and id.
    reference TEXT NOT NULL,
    episode INTEGER NOT NULL,
    PRIMARY KEY (location, reference)
) WITHOUT ROWID;
-- What a step made may be a message: that is found by nobody, and does no harm.
INSERT OR REPLACE INTO episode_reference (location, reference, episode)
    SELECT location, 'task:' || made.value, number
    FROM episode, json_each(state_json, '$.references') AS made WHERE live = 1 ORDER BY number;
INSERT OR REPLACE INTO episode_reference (location, reference, episode)
    SELECT location, 'conversation:' || json_extract(state_json, '$.conversation'), number
    FROM episode WHERE live = 1 AND json_extract(state_json, '$.conversation') IS NOT NULL ORDER BY number;

CREATE TABLE company_app (
    company TEXT PRIMARY KEY,
    -- Removed from the company, or installed.
    removed INTEGER NOT NULL,
    -- When that was said.
    since INTEGER NOT NULL
) WITHOUT ROWID;
