-- Operations of points and their history (DESIGN.md, section 3).
--
-- Times are microseconds since 1970 UTC. Points are whole; other decimals are text in their shortest form ("0.1", never
-- "0.10"), so that equal values are equal texts. Ids are UUIDs, 16 bytes; their order is the order of their making.
--
-- Sets of more than two values are written with OR: for IN, SQLite builds a table of them at each write.

CREATE TABLE meta (
    key   TEXT NOT NULL PRIMARY KEY,
    value TEXT NOT NULL
) STRICT;

CREATE TABLE operations (
    id          BLOB    NOT NULL PRIMARY KEY CHECK (length(id) = 16),
    register    INTEGER NOT NULL,
    kind        TEXT    NOT NULL CHECK (kind IN ('accrual', 'redemption')),
    state       TEXT    NOT NULL CHECK (state = 'planned' OR state = 'queued' OR state = 'sending' OR
        state = 'confirmed' OR state = 'refused' OR state = 'unknown' OR state = 'applied' OR state = 'not_applied' OR
        state = 'review' OR state = 'settled' OR state = 'voided' OR state = 'expired'),
    vendor      INTEGER NOT NULL,
    client      INTEGER NOT NULL,
    secret      INTEGER, -- NULL: wiped
    scanned_at  INTEGER NOT NULL,
    name        TEXT    NOT NULL,
    points      INTEGER NOT NULL CHECK (points > 0),
    sum         TEXT    NOT NULL,
    money       TEXT    NOT NULL,
    percent     TEXT    NOT NULL,
    parent      BLOB    REFERENCES operations (id) DEFERRABLE INITIALLY DEFERRED,
    link        TEXT    NOT NULL CHECK (link = '' OR link = 'remainder' OR link = 'repeat' OR
        link = 'reversal'),
    baseline    TEXT    NOT NULL,
    baseline_at INTEGER, -- NULL: no balance was read yet
    planned_at  INTEGER NOT NULL,
    sent_at     INTEGER,
    deadline    INTEGER,
    changed_at  INTEGER NOT NULL,
    balance     TEXT,    -- NULL: the service did not say it
    code        INTEGER NOT NULL,
    text        TEXT    NOT NULL,
    reason      TEXT    NOT NULL,
    cashier     TEXT    NOT NULL,
    CHECK ((parent IS NULL) = (link = '')),
    CHECK (parent <> id),
    -- I1: nothing is sent without a baseline.
    CHECK (state <> 'sending' OR (baseline_at IS NOT NULL AND sent_at IS NOT NULL AND deadline IS NOT NULL))
) STRICT;

-- I4: per card at most one operation may be on the wire or unsettled.
CREATE UNIQUE INDEX operations_unsettled ON operations (vendor, client) WHERE state IN ('sending', 'unknown');

-- One index for each way in which operations are looked for (list.go). Those of few rows are partial, because every
-- index costs a page in each commit that touches it.
CREATE INDEX operations_client ON operations (client, id);
CREATE INDEX operations_planned ON operations (planned_at);
CREATE INDEX operations_parent ON operations (parent, id) WHERE parent IS NOT NULL;
CREATE INDEX operations_open ON operations (id) WHERE
    state = 'planned' OR state = 'queued' OR state = 'sending' OR state = 'unknown' OR state = 'review';
CREATE INDEX operations_rare ON operations (state, id) WHERE
    state = 'refused' OR state = 'applied' OR state = 'not_applied' OR state = 'settled' OR state = 'voided' OR
    state = 'expired';
CREATE INDEX operations_secret ON operations (scanned_at) WHERE secret IS NOT NULL;

CREATE TABLE events (
    seq        INTEGER NOT NULL PRIMARY KEY,
    operation  BLOB    NOT NULL REFERENCES operations (id),
    at         INTEGER NOT NULL,
    from_state TEXT    NOT NULL,
    to_state   TEXT    NOT NULL,
    reason     TEXT    NOT NULL,
    actor      TEXT    NOT NULL,
    register   INTEGER NOT NULL
) STRICT;

CREATE INDEX events_operation ON events (operation, seq);

-- What was planned and what has happened is never rewritten.
CREATE TRIGGER operations_facts BEFORE UPDATE OF
    id, register, kind, vendor, client, scanned_at, name, points, sum, money, percent, parent, link, planned_at, cashier
ON operations BEGIN SELECT RAISE(ABORT, 'what was planned does not change'); END;
CREATE TRIGGER operations_kept BEFORE DELETE ON operations
BEGIN SELECT RAISE(ABORT, 'operations are not deleted'); END;
CREATE TRIGGER events_facts BEFORE UPDATE ON events
BEGIN SELECT RAISE(ABORT, 'events do not change'); END;
CREATE TRIGGER events_kept BEFORE DELETE ON events
BEGIN SELECT RAISE(ABORT, 'events are not deleted'); END;
