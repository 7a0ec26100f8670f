-- The order book, and which order an operation was made for.
--
-- An order's id is the POS's own and may be any UUID, so that the order of ids means nothing. Dishes are one JSON text with
-- decimals as strings, because nothing looks for a dish. A guest is bound when client is not NULL.

ALTER TABLE operations ADD COLUMN order_id BLOB CHECK (length(order_id) = 16); -- NULL: made for none

CREATE INDEX operations_order ON operations (order_id, id) WHERE order_id IS NOT NULL;

DROP TRIGGER operations_facts;
CREATE TRIGGER operations_facts BEFORE UPDATE OF
    id, register, kind, vendor, client, scanned_at, name, points, sum, money, percent, parent, link, planned_at, cashier,
    waits_for, note, order_id
ON operations BEGIN SELECT RAISE(ABORT, 'what was planned does not change'); END;

CREATE TABLE orders (
    id         BLOB    NOT NULL PRIMARY KEY CHECK (length(id) = 16),
    register   INTEGER NOT NULL,
    source     TEXT    NOT NULL CHECK (source IN ('checkin', 'feed')),
    state      TEXT    NOT NULL CHECK (state IN ('open', 'closed')),
    reason     TEXT    NOT NULL CHECK (reason = '' OR reason = 'points' OR reason = 'expired' OR reason = 'feed' OR
        reason = 'check'),
    number     TEXT    NOT NULL,
    table_name TEXT    NOT NULL,
    waiter     TEXT    NOT NULL,
    sum        TEXT,    -- NULL: not known
    dishes     TEXT    NOT NULL,
    vendor     INTEGER, -- from here to bound_by: of the bound guest, NULL when nobody is bound
    client     INTEGER,
    secret     INTEGER, -- NULL also when it was wiped
    scanned_at INTEGER,
    guest      TEXT,
    balance    TEXT,
    balance_at INTEGER,
    bound_by   TEXT,
    opened_at  INTEGER NOT NULL,
    changed_at INTEGER NOT NULL,
    paid_at    INTEGER, -- NULL: the POS has not closed it
    version    INTEGER NOT NULL CHECK (version > 0),
    CHECK ((state = 'open') = (reason = '')),
    -- A guest is bound as a whole or not at all.
    CHECK ((client IS NULL) = (vendor IS NULL) AND (client IS NULL) = (scanned_at IS NULL) AND
        (client IS NULL) = (guest IS NULL) AND (client IS NULL) = (balance IS NULL) AND
        (client IS NULL) = (balance_at IS NULL) AND (client IS NULL) = (bound_by IS NULL)),
    CHECK (secret IS NULL OR client IS NOT NULL)
) STRICT;

-- One index for each way in which orders are looked for (ordersread.go). Open orders are few and closed ones without end,
-- so each have their own.
CREATE INDEX orders_open ON orders (changed_at, id) WHERE state = 'open';
CREATE INDEX orders_closed ON orders (changed_at, id) WHERE state = 'closed';
CREATE INDEX orders_client ON orders (client, changed_at, id) WHERE client IS NOT NULL;
CREATE INDEX orders_secret ON orders (scanned_at) WHERE secret IS NOT NULL;

CREATE TABLE order_events (
    seq      INTEGER NOT NULL PRIMARY KEY,
    order_id BLOB    NOT NULL REFERENCES orders (id),
    at       INTEGER NOT NULL,
    kind     TEXT    NOT NULL CHECK (kind = 'opened' OR kind = 'bound' OR kind = 'unbound' OR kind = 'fed' OR
        kind = 'paid' OR kind = 'closed'),
    client   INTEGER NOT NULL, -- 0: none
    actor    TEXT    NOT NULL,
    reason   TEXT    NOT NULL,
    version  INTEGER NOT NULL,
    register INTEGER NOT NULL
) STRICT;

CREATE INDEX order_events_order ON order_events (order_id, seq);

-- An order changes one version at a time and stays; its history is never rewritten.
CREATE TRIGGER orders_facts BEFORE UPDATE OF id ON orders
BEGIN SELECT RAISE(ABORT, 'an order keeps its id'); END;
CREATE TRIGGER orders_versions BEFORE UPDATE ON orders WHEN NEW.version <> OLD.version + 1
BEGIN SELECT RAISE(ABORT, 'versions follow each other'); END;
CREATE TRIGGER orders_kept BEFORE DELETE ON orders
BEGIN SELECT RAISE(ABORT, 'orders are not deleted'); END;
CREATE TRIGGER order_events_facts BEFORE UPDATE ON order_events
BEGIN SELECT RAISE(ABORT, 'events do not change'); END;
CREATE TRIGGER order_events_kept BEFORE DELETE ON order_events
BEGIN SELECT RAISE(ABORT, 'events are not deleted'); END;
