-- Texts of which it is not known yet whether they were delivered.
CREATE TABLE @.awaited_receipt (
    location text NOT NULL,
    message text NOT NULL,
    episode text NOT NULL,
    accepted_at bigint NOT NULL,
    -- When HighLevel is asked for the next time.
    due_at bigint NOT NULL,
    CONSTRAINT awaited_receipt_key PRIMARY KEY (location, message)
);
CREATE INDEX awaited_receipt_due ON @.awaited_receipt (due_at);
CREATE INDEX awaited_receipt_by_location ON @.awaited_receipt (location, due_at);
