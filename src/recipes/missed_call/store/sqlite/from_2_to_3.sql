-- From version 2 to version 3. Never edit it once a release has it: files of old releases pass through here for ever.

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
