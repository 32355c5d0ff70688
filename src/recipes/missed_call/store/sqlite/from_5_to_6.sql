-- From version 5 to version 6. Never edit it once it is released: files of old releases pass through here for ever.

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
