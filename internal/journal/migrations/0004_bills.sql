-- Orders that the till itself opens, changes and closes: payments, cash shifts, what guests paid elsewhere, and the answers
-- that must reach whoever asked.
--
-- The words of orders and of their history grow. SQLite changes no CHECK of a table, so both tables are made anew, the way
-- that its documentation gives for it: made under another name, filled, and named as the old ones, which are gone by then.
-- The history goes first, because it refers to the orders. Indexes and triggers go with a table: they are made anew, too.

CREATE TABLE new_orders (
    id         BLOB    NOT NULL PRIMARY KEY CHECK (length(id) = 16),
    register   INTEGER NOT NULL,
    source     TEXT    NOT NULL CHECK (source = 'checkin' OR source = 'feed' OR source = 'till'),
    state      TEXT    NOT NULL CHECK (state IN ('open', 'closed')),
    reason     TEXT    NOT NULL CHECK (reason = '' OR reason = 'paid' OR reason = 'void' OR reason = 'points' OR
        reason = 'expired' OR reason = 'feed' OR reason = 'check'),
    number     TEXT    NOT NULL,
    table_name TEXT    NOT NULL,
    waiter     TEXT    NOT NULL,
    sum        TEXT,    -- NULL: not known
    dishes     TEXT    NOT NULL,
    seats      INTEGER NOT NULL, -- 0: not said
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

CREATE TABLE new_order_events (
    seq      INTEGER NOT NULL PRIMARY KEY,
    order_id BLOB    NOT NULL REFERENCES new_orders (id),
    at       INTEGER NOT NULL,
    kind     TEXT    NOT NULL CHECK (kind = 'opened' OR kind = 'bound' OR kind = 'unbound' OR kind = 'fed' OR
        kind = 'paid' OR kind = 'closed' OR kind = 'changed' OR kind = 'ticket' OR kind = 'blocked' OR kind = 'returned' OR
        kind = 'booked'),
    client   INTEGER NOT NULL, -- 0: none
    actor    TEXT    NOT NULL,
    reason   TEXT    NOT NULL,
    note     TEXT    NOT NULL,
    version  INTEGER NOT NULL,
    register INTEGER NOT NULL
) STRICT;

INSERT INTO new_orders (id, register, source, state, reason, number, table_name, waiter, sum, dishes, seats, vendor, client,
    secret, scanned_at, guest, balance, balance_at, bound_by, opened_at, changed_at, paid_at, version)
SELECT id, register, source, state, reason, number, table_name, waiter, sum, dishes, 0, vendor, client,
    secret, scanned_at, guest, balance, balance_at, bound_by, opened_at, changed_at, paid_at, version FROM orders;
INSERT INTO new_order_events (seq, order_id, at, kind, client, actor, reason, note, version, register)
SELECT seq, order_id, at, kind, client, actor, reason, '', version, register FROM order_events;

DROP TABLE order_events;
DROP TABLE orders;
ALTER TABLE new_orders RENAME TO orders; -- new_order_events refers to the new name from here on
ALTER TABLE new_order_events RENAME TO order_events;

CREATE INDEX orders_open ON orders (changed_at, id) WHERE state = 'open';
CREATE INDEX orders_closed ON orders (changed_at, id) WHERE state = 'closed';
CREATE INDEX orders_client ON orders (client, changed_at, id) WHERE client IS NOT NULL;
CREATE INDEX orders_table ON orders (table_name, changed_at, id) WHERE state = 'open' AND table_name <> '';
CREATE INDEX orders_secret ON orders (scanned_at) WHERE secret IS NOT NULL;
CREATE INDEX order_events_order ON order_events (order_id, seq);

CREATE TRIGGER orders_facts BEFORE UPDATE OF id ON orders
BEGIN SELECT RAISE(ABORT, 'an order keeps its id'); END;
CREATE TRIGGER orders_versions BEFORE UPDATE ON orders WHEN NEW.version <> OLD.version + 1
BEGIN SELECT RAISE(ABORT, 'versions follow each other'); END;
-- Only the secret of its guest is still wiped.
CREATE TRIGGER orders_over BEFORE UPDATE OF register, source, state, reason, number, table_name, waiter, sum, dishes, seats, vendor,
    client, scanned_at, guest, balance, balance_at, bound_by, opened_at, changed_at, paid_at ON orders
    WHEN OLD.reason = 'paid' OR OLD.reason = 'void'
BEGIN SELECT RAISE(ABORT, 'an order that was paid or taken back stays as it is'); END;
CREATE TRIGGER orders_kept BEFORE DELETE ON orders
BEGIN SELECT RAISE(ABORT, 'orders are not deleted'); END;
CREATE TRIGGER order_events_facts BEFORE UPDATE ON order_events
BEGIN SELECT RAISE(ABORT, 'events do not change'); END;
CREATE TRIGGER order_events_kept BEFORE DELETE ON order_events
BEGIN SELECT RAISE(ABORT, 'events are not deleted'); END;

-- The number of the last order that each till has opened.
CREATE TABLE order_numbers (
    register INTEGER NOT NULL PRIMARY KEY,
    last     INTEGER NOT NULL CHECK (last > 0)
) STRICT;

CREATE TRIGGER order_numbers_grow BEFORE UPDATE ON order_numbers WHEN NEW.register <> OLD.register OR NEW.last <= OLD.last
BEGIN SELECT RAISE(ABORT, 'no number is given twice'); END;
CREATE TRIGGER order_numbers_kept BEFORE DELETE ON order_numbers
BEGIN SELECT RAISE(ABORT, 'no number is given twice'); END;

CREATE TABLE shifts (
    id        BLOB    NOT NULL PRIMARY KEY CHECK (length(id) = 16),
    register  INTEGER NOT NULL,
    number    INTEGER NOT NULL CHECK (number > 0),
    opened_at INTEGER NOT NULL,
    opened_by TEXT    NOT NULL,
    closed_at INTEGER, -- NULL: it is open
    closed_by TEXT    NOT NULL,
    CHECK (closed_at IS NOT NULL OR closed_by = '')
) STRICT;

CREATE UNIQUE INDEX shifts_open ON shifts (register) WHERE closed_at IS NULL;
CREATE UNIQUE INDEX shifts_number ON shifts (register, number);

CREATE TRIGGER shifts_facts BEFORE UPDATE OF id, register, number, opened_at, opened_by ON shifts
BEGIN SELECT RAISE(ABORT, 'how a shift was opened does not change'); END;
CREATE TRIGGER shifts_closed BEFORE UPDATE ON shifts WHEN OLD.closed_at IS NOT NULL
BEGIN SELECT RAISE(ABORT, 'a shift is closed once'); END;
CREATE TRIGGER shifts_kept BEFORE DELETE ON shifts
BEGIN SELECT RAISE(ABORT, 'shifts are not deleted'); END;

-- Nearly always of an order of this till; but a person may book money that a guest has paid for a bill that it never had.
CREATE TABLE payments (
    seq       INTEGER NOT NULL PRIMARY KEY,
    id        BLOB    NOT NULL UNIQUE CHECK (length(id) = 16),
    order_id  BLOB    NOT NULL CHECK (length(order_id) = 16),
    shift     BLOB    REFERENCES shifts (id), -- NULL: of points, which need none
    kind      TEXT    NOT NULL CHECK (kind = 'cash' OR kind = 'card' OR kind = 'points' OR kind = 'qr'),
    sum       TEXT    NOT NULL,
    tips      TEXT    NOT NULL,
    at        INTEGER NOT NULL,
    cashier   TEXT    NOT NULL,
    request   TEXT    NOT NULL,
    operation BLOB    CHECK (length(operation) = 16), -- of points: the redemption
    register  INTEGER NOT NULL,
    CHECK ((kind = 'points') = (shift IS NULL)),
    CHECK ((kind = 'points') = (operation IS NOT NULL))
) STRICT;

CREATE INDEX payments_order ON payments (order_id, seq);
CREATE INDEX payments_shift ON payments (shift, order_id) WHERE shift IS NOT NULL;

CREATE TRIGGER payments_shift_open BEFORE INSERT ON payments WHEN NEW.shift IS NOT NULL AND
    NOT EXISTS (SELECT 1 FROM shifts WHERE id = NEW.shift AND closed_at IS NULL)
BEGIN SELECT RAISE(ABORT, 'the shift is not open'); END;
CREATE TRIGGER payments_facts BEFORE UPDATE ON payments
BEGIN SELECT RAISE(ABORT, 'payments do not change'); END;
CREATE TRIGGER payments_kept BEFORE DELETE ON payments
BEGIN SELECT RAISE(ABORT, 'payments are not deleted'); END;

-- Receipts of paid orders that are not known to have come out.
CREATE TABLE receipts (
    order_id BLOB NOT NULL PRIMARY KEY REFERENCES orders (id)
) STRICT;

-- Money that another system has taken for a bill: one row for each bill and sum, however often it asks.
CREATE TABLE claims (
    id       BLOB    NOT NULL PRIMARY KEY CHECK (length(id) = 16),
    system   TEXT    NOT NULL,
    bill     BLOB    NOT NULL CHECK (length(bill) = 16),
    sum      TEXT    NOT NULL,
    tips     TEXT    NOT NULL,
    fiscal   TEXT    NOT NULL,
    first    TEXT    NOT NULL,
    last     TEXT    NOT NULL,
    requests INTEGER NOT NULL,
    state    TEXT    NOT NULL CHECK (state = 'open' OR state = 'paid' OR state = 'booked' OR state = 'back'),
    obstacle TEXT    NOT NULL CHECK (obstacle = '' OR obstacle = 'sum' OR obstacle = 'shift' OR obstacle = 'printer' OR
        obstacle = 'ticket' OR obstacle = 'in_use' OR obstacle = 'never'),
    first_at INTEGER NOT NULL,
    last_at  INTEGER NOT NULL,
    done_at  INTEGER, -- NULL: it is open
    cashier  TEXT    NOT NULL,
    note     TEXT    NOT NULL,
    register INTEGER NOT NULL,
    version  INTEGER NOT NULL CHECK (version > 0)
) STRICT;

CREATE UNIQUE INDEX claims_bill ON claims (bill, sum, system);
CREATE INDEX claims_open ON claims (first_at, id) WHERE state = 'open';
CREATE INDEX claims_last ON claims (last_at);

CREATE TRIGGER claims_facts BEFORE UPDATE OF id, system, bill, sum, first, first_at, register ON claims
BEGIN SELECT RAISE(ABORT, 'whose money it is does not change'); END;
CREATE TRIGGER claims_versions BEFORE UPDATE ON claims WHEN NEW.version <> OLD.version + 1
BEGIN SELECT RAISE(ABORT, 'versions follow each other'); END;
CREATE TRIGGER claims_kept BEFORE DELETE ON claims
BEGIN SELECT RAISE(ABORT, 'claims are not deleted'); END;

-- The outbox. The bytes of a letter that is over remain only where they are evidence (letters.go).
CREATE TABLE letters (
    id         BLOB    NOT NULL PRIMARY KEY CHECK (length(id) = 16),
    system     TEXT    NOT NULL,
    topic      TEXT    NOT NULL,
    bill       BLOB    NOT NULL CHECK (length(bill) = 16),
    request    TEXT    NOT NULL,
    body       BLOB,
    accepts    INTEGER NOT NULL CHECK (accepts IN (0, 1)),
    created_at INTEGER NOT NULL,
    next_at    INTEGER NOT NULL,
    attempts   INTEGER NOT NULL,
    done_at    INTEGER, -- NULL: still to be delivered
    outcome    TEXT    NOT NULL CHECK (outcome = '' OR outcome = 'delivered' OR outcome = 'replaced' OR
        outcome = 'stale' OR outcome = 'refused'),
    register   INTEGER NOT NULL,
    CHECK ((outcome = '') = (done_at IS NULL)),
    CHECK (outcome <> '' OR body IS NOT NULL)
) STRICT;

-- Per bill at most one letter is on its way: the newest verdict.
CREATE UNIQUE INDEX letters_waiting ON letters (system, bill) WHERE outcome = '';

CREATE TRIGGER letters_facts BEFORE UPDATE OF id, system, topic, bill, request, accepts, created_at, register ON letters
BEGIN SELECT RAISE(ABORT, 'what a letter is does not change'); END;
CREATE TRIGGER letters_bytes BEFORE UPDATE OF body ON letters WHEN NEW.body IS NOT NULL AND NEW.body IS NOT OLD.body
BEGIN SELECT RAISE(ABORT, 'the bytes of a letter do not change'); END;
CREATE TRIGGER letters_over BEFORE UPDATE ON letters WHEN OLD.outcome <> ''
BEGIN SELECT RAISE(ABORT, 'a letter ends once'); END;
CREATE TRIGGER letters_kept BEFORE DELETE ON letters
BEGIN SELECT RAISE(ABORT, 'letters are not deleted'); END;
