-- From version 4 to version 5: effects stand in lines by location and lane, so that locations have turns. Never edit it:
-- files of old releases pass through here for ever.

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

INSERT INTO line (location, lane, due_at, turn, given)
    SELECT coalesce(episode.location, ''), effect.lane, min(effect.due_at), 0, 0
    FROM effect LEFT JOIN episode ON episode.number = effect.episode GROUP BY 1, 2;

DROP INDEX effect_due;
ALTER TABLE effect RENAME COLUMN lane TO line;
UPDATE effect SET line = (
    SELECT line.number FROM line WHERE line.lane = effect.line
        AND line.location = coalesce((SELECT location FROM episode WHERE number = effect.episode), ''));
CREATE INDEX effect_due ON effect (line, due_at) WHERE due_at IS NOT NULL;
