-- What an operation waits for, why a person asked for it, and at most one reversal (DESIGN.md, section 3, I9 and I11).

ALTER TABLE operations ADD COLUMN waits_for BLOB REFERENCES operations (id) DEFERRABLE INITIALLY DEFERRED
    CHECK (waits_for <> id);
ALTER TABLE operations ADD COLUMN note TEXT NOT NULL DEFAULT '';
ALTER TABLE events ADD COLUMN note TEXT NOT NULL DEFAULT '';

-- Until now an accrual on the money part waited for its redemption without saying so.
UPDATE operations SET waits_for = parent WHERE link = 'remainder' AND parent IS NOT NULL;

CREATE INDEX operations_waits ON operations (waits_for, id) WHERE waits_for IS NOT NULL;

-- I11: per operation at most one reversal that has happened or may still happen.
CREATE UNIQUE INDEX operations_reversed ON operations (parent) WHERE link = 'reversal'
    AND state <> 'refused' AND state <> 'not_applied' AND state <> 'voided' AND state <> 'expired'
    AND (state <> 'settled' OR reason = 'decided_yes');

DROP TRIGGER operations_facts;
CREATE TRIGGER operations_facts BEFORE UPDATE OF
    id, register, kind, vendor, client, scanned_at, name, points, sum, money, percent, parent, link, planned_at, cashier,
    waits_for, note
ON operations BEGIN SELECT RAISE(ABORT, 'what was planned does not change'); END;
