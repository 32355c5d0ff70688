-- What was reported of people in the last minutes: it may be the answer to a call that another process hears of later.
CREATE TABLE @.early_report (
    location text NOT NULL,
    -- SHA-256 of the contact.
    subject text NOT NULL,
    name text NOT NULL,
    -- By the clock of the process, and by the database's.
    received_at bigint NOT NULL,
    kept_at bigint NOT NULL,
    report_json text NOT NULL,
    CONSTRAINT early_report_key PRIMARY KEY (location, subject, name)
);
CREATE INDEX early_report_by_age ON @.early_report (kept_at);
