-- From version 2 to version 3: whoever had an episode is found when it is over, too. Never edit it: files of old
-- releases pass through here for ever.

CREATE INDEX episode_by_contact ON episode (location, contact);
CREATE INDEX episode_by_caller ON episode (location, caller) WHERE caller IS NOT NULL;
