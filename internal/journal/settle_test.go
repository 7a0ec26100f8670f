package journal

import (
	"bytes"
	"encoding/binary"
	"errors"
	"fmt"
	"os"
	"reflect"
	"strings"
	"testing"
	"time"

	"github.com/google/uuid"
	"github.com/shopspring/decimal"

	"github.com/skidkassa/skidkassa/internal/loyalty"
	"github.com/skidkassa/skidkassa/internal/orders"
	"github.com/skidkassa/skidkassa/internal/orders/orderstest"
	"github.com/skidkassa/skidkassa/skidkabot"
)

// The system that the tests' letters go to, and what a bill of theirs comes to.
const system = "expirenza"

var billSum = decimal.RequireFromString("129.2")

// newID is a new UUIDv7.
func newID() uuid.UUID { return uuid.Must(uuid.NewV7()) }

// newBill is an open order of this till with a guest, two lines and a sum.
func newBill(client int64) orders.Order {
	o := newOrder(client)
	o.Source, o.Number, o.Table, o.Seats = orders.SourceTill, "17", "Терраса 7", 2
	o.Sum = decimal.NewNullDecimal(billSum)
	o.Dishes = []orders.Dish{
		{ID: newID(), Name: "Шаурма царська", Count: decimal.RequireFromString("1.3"), Sum: decimal.RequireFromString("79.2"), Kitchen: true, Printed: true, Seat: 2},
		{ID: newID(), Name: "Чай", Count: decimal.NewFromInt(1), Sum: decimal.NewFromInt(50)},
	}
	return o
}

// closing is the settlement that closes a bill by a payment of the guest's phone, with tips: all that a settlement can have.
func closing(o orders.Order, shift uuid.UUID) orders.Settlement {
	accrual := newOperation(o.Guest.Card.Client)
	accrual.Order, accrual.Secret = o.ID, o.Guest.Card.Secret
	accrual.Sum, accrual.Money = billSum, billSum
	tips := decimal.RequireFromString("19.24")
	claim := newClaim(o.ID)
	claim.State, claim.DoneAt = orders.ClaimPaid, noon
	letter := newLetter(o.ID)
	letter.Accepts = true
	closed := o
	closed.State, closed.Reason, closed.ChangedAt = orders.StateClosed, orders.ReasonPaid, noon.Add(time.Minute)
	return orders.Settlement{
		Order:  &closed,
		Events: []orders.Event{{At: noon, Kind: orders.EventClosed, Reason: orders.ReasonPaid}},
		Payments: []orders.Payment{{
			ID: newID(), Order: o.ID, Shift: shift, Kind: orders.PaidQR, Sum: billSum, Tips: tips, At: noon, Request: claim.Last,
			Register: orderstest.Register,
		}},
		Accruals: []loyalty.Operation{accrual}, Claim: &claim, Letter: &letter, Receipt: true,
	}
}

// newClaim is an open claim on a bill.
func newClaim(bill uuid.UUID) orders.Claim {
	request := "2021-03-13 00:32:04.942046#" + bill.String()
	return orders.Claim{
		ID: newID(), System: system, Bill: bill, Sum: billSum, Tips: decimal.RequireFromString("19.24"),
		Fiscal: []orders.FiscalLine{{Key: "ЕКВАЙЕР", Value: "Universal Bank"}}, First: request, Last: request, Requests: 1,
		State: orders.ClaimOpen, FirstAt: noon, LastAt: noon, Register: orderstest.Register,
	}
}

// newLetter is a verdict on a bill that waits to be delivered.
func newLetter(bill uuid.UUID) orders.Letter {
	return orders.Letter{
		ID: newID(), System: system, Topic: "payBill", Bill: bill, Request: "request of " + bill.String(),
		Body: fmt.Appendf(nil, `{"billId":"%s","state":"SUCCESS"}`, bill), CreatedAt: noon, NextAt: noon,
	}
}

func mustShift(t testing.TB, j *Journal) orders.Shift {
	t.Helper()
	s, err := j.OpenShift(t.Context(), newID(), "Оля", noon)
	must(t, err)
	return s
}

// mustBill saves an open bill.
func mustBill(t testing.TB, j *Journal, client int64) orders.Order {
	t.Helper()
	return mustSave(t, j, newBill(client), orders.Event{At: noon, Kind: orders.EventOpened, Actor: "Оля"})
}

func mustSettle(t testing.TB, j *Journal, s orders.Settlement) orders.Order {
	t.Helper()
	saved, err := j.Settle(t.Context(), s)
	must(t, err)
	return saved
}

func mustLetters(t testing.TB, j *Journal) []orders.Letter {
	t.Helper()
	letters, err := j.Letters(t.Context(), system, noon, 100)
	must(t, err)
	return letters
}

// parts is what the journal has of a settlement, each part by its number; nothing of it is all zeros.
type parts struct {
	version                            int64
	events, payments, accruals, claims int
	letters, receipts                  int
}

// partsOf counts what there is of a bill.
func partsOf(t *testing.T, j *Journal, bill uuid.UUID) (p parts) {
	t.Helper()
	for _, count := range []struct {
		into  any
		query string
	}{
		{&p.version, `SELECT coalesce(max(version), 0) FROM orders WHERE id = ?`},
		{&p.events, `SELECT count(*) FROM order_events WHERE order_id = ?`},
		{&p.payments, `SELECT count(*) FROM payments WHERE order_id = ?`},
		{&p.accruals, `SELECT count(*) FROM operations WHERE order_id = ?`},
		{&p.claims, `SELECT count(*) FROM claims WHERE bill = ?`},
		{&p.letters, `SELECT count(*) FROM letters WHERE bill = ?`},
		{&p.receipts, `SELECT count(*) FROM receipts WHERE order_id = ?`},
	} {
		must(t, j.reader.QueryRowContext(t.Context(), count.query, bill[:]).Scan(count.into))
	}
	return p
}

// opened and settledWhole are the two things that a bill of these tests can be.
var (
	opened       = parts{version: 1, events: 1}
	settledWhole = parts{version: 2, events: 2, payments: 1, accruals: 1, claims: 1, letters: 1, receipts: 1}
)

// TestSettlementIsAllOrNothing makes each part of a settlement fail in turn, by a trigger that refuses what it writes.
func TestSettlementIsAllOrNothing(t *testing.T) {
	t.Parallel()
	j := mustOpen(t, newPath(t))
	shift := mustShift(t, j)
	for i, table := range []string{
		"UPDATE ON orders", "INSERT ON order_events", "INSERT ON payments", "INSERT ON operations", "INSERT ON events", "INSERT ON claims",
		"INSERT ON letters", "INSERT ON receipts",
	} {
		bill := mustBill(t, j, int64(i+1))
		mustExec(t, j, `CREATE TRIGGER refuses BEFORE `+table+` BEGIN SELECT RAISE(ABORT, 'refused'); END`)
		_, err := j.Settle(t.Context(), closing(bill, shift.ID))
		wantCode(t, err, Other)
		if got := partsOf(t, j, bill.ID); got != opened {
			t.Errorf("%s refused: %+v is there, want %+v", table, got, opened)
		}
		mustExec(t, j, `DROP TRIGGER refuses`)
		mustSettle(t, j, closing(bill, shift.ID))
		if got := partsOf(t, j, bill.ID); got != settledWhole {
			t.Errorf("%+v is there, want %+v", got, settledWhole)
		}
	}
}

// TestSettlementOutOfRange shows that numbers that the journal cannot keep are refused whole, whichever part has them.
func TestSettlementOutOfRange(t *testing.T) {
	t.Parallel()
	j := mustOpen(t, newPath(t))
	shift, bill := mustShift(t, j), mustBill(t, j, 1)
	huge := decimal.New(1, 1_000_000_000)
	for name, spoil := range map[string]func(*orders.Settlement){
		"accrual": func(s *orders.Settlement) { s.Accruals[0].Points = huge },
		"balance": func(s *orders.Settlement) { guest := *s.Order.Guest; guest.Balance = huge; s.Order.Guest = &guest },
	} {
		s := closing(bill, shift.ID)
		spoil(&s)
		if _, err := j.Settle(t.Context(), s); !errors.Is(err, ErrRange) || CodeOf(err) != "" {
			t.Errorf("%s: got error %v", name, err)
		}
	}
	if _, err := j.Claim(t.Context(), system, bill.ID, huge); !errors.Is(err, ErrRange) {
		t.Errorf("asked for such a claim: %v", err)
	}
	if got := partsOf(t, j, bill.ID); got != opened {
		t.Errorf("%+v is there, want %+v", got, opened)
	}
}

// TestSettlementOnAFullDisk leaves the reserve to results: a payment is refused, what has become of a letter is not.
func TestSettlementOnAFullDisk(t *testing.T) {
	t.Parallel()
	j := mustOpen(t, newPath(t))
	shift, first, second := mustShift(t, j), mustBill(t, j, 1), mustBill(t, j, 2)
	mustSettle(t, j, closing(first, shift.ID))
	fillDisk(t, j, 100)
	large := closing(second, shift.ID)
	large.Letter.Body = bytes.Repeat([]byte("x"), 1<<20)
	_, err := j.Settle(t.Context(), large)
	wantCode(t, err, Full)
	if j.ReserveUsed() {
		t.Error("a payment used the reserve")
	}
	if got := partsOf(t, j, second.ID); got != opened {
		t.Errorf("%+v is there, want %+v", got, opened)
	}
	must(t, j.Posted(t.Context(), mustLetters(t, j)[0].ID, orders.LetterDelivered, noon, time.Time{}))
	if letters := mustLetters(t, j); len(letters) != 0 {
		t.Errorf("%d letters wait", len(letters))
	}
}

// TestBillsReadOnlyAndClosed reads beside the till, and after its end.
func TestBillsReadOnlyAndClosed(t *testing.T) {
	t.Parallel()
	path := newPath(t)
	j := mustOpen(t, path)
	shift, bill := mustShift(t, j), mustBill(t, j, 1)
	s := closing(bill, shift.ID)
	mustSettle(t, j, s)
	reader, err := Open(t.Context(), Options{Path: path, ReadOnly: true, Register: orderstest.Register})
	must(t, err)
	read := func(j *Journal) []error {
		_, payments := j.Payments(t.Context(), bill.ID)
		_, current := j.Shift(t.Context())
		_, shifts := j.Shifts(t.Context(), 1)
		_, totals := j.ShiftTotals(t.Context(), shift.ID)
		_, claim := j.Claim(t.Context(), system, bill.ID, billSum)
		_, claims := j.Claims(t.Context(), orders.ClaimFilter{})
		_, letters := j.Letters(t.Context(), system, noon, 1)
		_, next := j.NextLetter(t.Context(), system)
		return []error{payments, current, shifts, totals, claim, claims, letters, next}
	}
	write := func(j *Journal) []error {
		_, settle := j.Settle(t.Context(), s)
		_, number := j.NextNumber(t.Context())
		_, open := j.OpenShift(t.Context(), newID(), "", noon)
		_, shut := j.CloseShift(t.Context(), "", noon)
		_, decided := j.DecideClaim(t.Context(), s.Claim.ID, orders.ClaimBack, "", "", noon)
		posted := j.Posted(t.Context(), s.Letter.ID, orders.LetterDelivered, noon, noon)
		return []error{settle, number, open, shut, decided, posted}
	}
	for i, err := range read(reader) {
		if err != nil {
			t.Errorf("read %d beside the till: %v", i, err)
		}
	}
	for _, err := range write(reader) {
		wantCode(t, err, ReadOnly)
	}
	mustClose(t, reader)
	mustClose(t, j)
	for _, err := range append(read(j), write(j)...) {
		wantCode(t, err, Other)
	}
}

// TestWordsOfBills writes every word that the contract has: the database knows them all.
func TestWordsOfBills(t *testing.T) {
	t.Parallel()
	j := mustOpen(t, newPath(t))
	shift := mustShift(t, j)
	o := mustSave(t, j, newBill(1))
	for i, kind := range []orders.EventKind{
		orders.EventChanged, orders.EventTicket, orders.EventBlocked, orders.EventReturned, orders.EventBooked,
	} {
		o = mustSave(t, j, o, orders.Event{At: noon, Kind: kind, Note: "гости ушли"})
		wantWhole(t, j, o, i+1)
	}
	o.State, o.Reason = orders.StateClosed, orders.ReasonVoid
	mustSave(t, j, o)
	for _, kind := range []orders.PaymentKind{orders.PaidCash, orders.PaidCard, orders.PaidPoints, orders.PaidQR} {
		s := closing(mustBill(t, j, 1), shift.ID)
		if kind == orders.PaidPoints {
			op := newOperation(s.Order.Guest.Card.Client)
			op.Kind, op.Points, op.Order = loyalty.Redemption, decimal.NewFromInt(100), s.Order.ID
			must(t, j.Plan(t.Context(), op))
			must(t, j.Move(t.Context(), toSending(op.ID)))
			must(t, j.Move(t.Context(), toConfirmed(op.ID)))
			rest := s.Payments[0]
			rest.ID, rest.Kind, rest.Tips, rest.Sum = newID(), orders.PaidCash, decimal.Zero, rest.Sum.Sub(op.Points)
			s.Payments[0].Shift, s.Payments[0].Operation, s.Payments[0].Sum = uuid.Nil, op.ID, op.Points
			s.Payments = append(s.Payments, rest)
		}
		if s.Payments[0].Kind = kind; kind != orders.PaidQR {
			s.Payments[0].Tips = decimal.Zero
		}
		mustSettle(t, j, s)
	}
	for _, obstacle := range []orders.Obstacle{
		orders.ObstacleNone, orders.ObstacleSum, orders.ObstacleShift, orders.ObstaclePrinter, orders.ObstacleTicket, orders.ObstacleInUse,
		orders.ObstacleNever,
	} {
		for _, state := range []orders.ClaimState{orders.ClaimOpen, orders.ClaimPaid, orders.ClaimBooked, orders.ClaimBack} {
			claim := newClaim(newID())
			claim.Obstacle, claim.State = obstacle, state
			mustSettle(t, j, orders.Settlement{Claim: &claim})
		}
	}
	for _, outcome := range []orders.LetterOutcome{
		orders.LetterDelivered, orders.LetterReplaced, orders.LetterStale, orders.LetterRefused,
	} {
		letter := newLetter(newID())
		mustSettle(t, j, orders.Settlement{Letter: &letter})
		must(t, j.Posted(t.Context(), letter.ID, outcome, noon, time.Time{}))
	}
}

// TestBytesOfLetters shows which bytes remain when a letter is over: those of an acceptance, and those that were not understood.
func TestBytesOfLetters(t *testing.T) {
	t.Parallel()
	j := mustOpen(t, newPath(t))
	for _, test := range []struct {
		outcome orders.LetterOutcome
		accepts bool
		kept    bool
	}{
		{orders.LetterWaiting, false, true}, {orders.LetterWaiting, true, true},
		{orders.LetterDelivered, false, false}, {orders.LetterDelivered, true, true},
		{orders.LetterReplaced, false, false}, {orders.LetterReplaced, true, false},
		{orders.LetterStale, false, false}, {orders.LetterStale, true, false},
		{orders.LetterRefused, false, true}, {orders.LetterRefused, true, true},
	} {
		letter := newLetter(newID())
		letter.Accepts = test.accepts
		mustSettle(t, j, orders.Settlement{Letter: &letter})
		if test.outcome == orders.LetterReplaced {
			newer := newLetter(letter.Bill)
			mustSettle(t, j, orders.Settlement{Letter: &newer})
		} else {
			must(t, j.Posted(t.Context(), letter.ID, test.outcome, noon, noon))
		}
		var body []byte
		var outcome string
		must(t, j.reader.QueryRowContext(t.Context(), `SELECT body, outcome FROM letters WHERE id = ?`, letter.ID[:]).Scan(&body, &outcome))
		if kept := bytes.Equal(body, letter.Body); kept != test.kept || (body == nil) != !test.kept || outcome != string(test.outcome) {
			t.Errorf("%+v: the letter is %q with the bytes %q", test, outcome, body)
		}
	}
}

// TestSettlementsLeaveNoSecrets looks for the bytes and the digits of the QR secrets of guests who have paid, in every file.
func TestSettlementsLeaveNoSecrets(t *testing.T) {
	t.Parallel()
	j, folder := mustOpen(t, newPath(t)), backupFolder(t)
	const guests = 30
	secret := func(i int) skidkabot.Secret { return skidkabot.Secret(0x5EC2_E700_0000_0000 + int64(i)*0x0101_0101) }
	shift := mustShift(t, j)
	for i := range guests {
		o := newBill(int64(i + 1))
		o.Guest.Card.Secret = secret(i)
		mustSettle(t, j, closing(mustSave(t, j, o), shift.ID))
	}
	traces := func(path string) (count int) {
		for _, side := range append([]string{""}, sideFiles...) {
			content, err := os.ReadFile(path + side)
			if side == "" {
				must(t, err)
			}
			for i := range guests {
				count += bytes.Count(content, binary.BigEndian.AppendUint64(nil, uint64(secret(i).Reveal())))
				count += bytes.Count(content, fmt.Append(nil, secret(i).Reveal()))
			}
		}
		return count
	}
	if got := traces(j.path); got < 2*guests {
		t.Fatalf("%d traces before wiping: the test does not see them", got)
	}
	if got := traces(mustBackup(t, j, folder)); got != 0 {
		t.Errorf("%d traces in a backup", got)
	}
	wiped, err := j.WipeSecrets(t.Context(), noon.AddDate(0, 0, 1))
	must(t, err)
	if got := traces(j.path); wiped != 2*guests || got != 0 {
		t.Errorf("wiped %d secrets, want %d; %d traces are left", wiped, 2*guests, got)
	}
}

// TestBillsAreRestored brings a backup back: what was paid is there, and numbers go on.
func TestBillsAreRestored(t *testing.T) {
	t.Parallel()
	j, folder, path := mustOpen(t, newPath(t)), backupFolder(t), newPath(t)
	shift := mustShift(t, j)
	s := closing(mustBill(t, j, 1), shift.ID)
	mustSettle(t, j, s)
	_, err := j.NextNumber(t.Context())
	must(t, err)
	_, err = RestoreBackup(t.Context(), mustBackup(t, j, folder), path, noon)
	must(t, err)
	restored := mustOpen(t, path)
	want := settledWhole
	want.version++ // a copy has no secrets
	if got := partsOf(t, restored, s.Order.ID); got != want {
		t.Errorf("restored: %+v, want %+v", got, want)
	}
	if letters := mustLetters(t, restored); len(letters) != 1 || !bytes.Equal(letters[0].Body, s.Letter.Body) {
		t.Errorf("the letters that wait are %+v", letters)
	}
	if number, err := restored.NextNumber(t.Context()); err != nil || number != 2 {
		t.Errorf("the next number is %d (%v), want 2", number, err)
	}
}

// TestTills shows that each till of a shop has its own shift and numbers.
func TestTills(t *testing.T) {
	t.Parallel()
	path := newPath(t)
	for _, register := range []int{1, 2} {
		j, err := Open(t.Context(), Options{Path: path, Register: register, Now: clock})
		must(t, err)
		if _, err := j.Shift(t.Context()); !errors.Is(err, orders.ErrShiftClosed) {
			t.Errorf("till %d: got error %v", register, err)
		}
		for want := range int64(3) {
			if got, err := j.NextNumber(t.Context()); err != nil || got != want+1 {
				t.Errorf("till %d: number %d (%v), want %d", register, got, err, want+1)
			}
		}
		s := mustShift(t, j)
		if all, err := j.Shifts(t.Context(), 10); err != nil || len(all) != 1 || s.Number != 1 || all[0] != s || s.Register != register {
			t.Errorf("till %d: shift %+v of %+v (%v)", register, s, all, err)
		}
		mustClose(t, j)
	}
}

// TestDatabaseHoldsTheRulesOfBills goes around the Go code: the file itself refuses what must not be.
func TestDatabaseHoldsTheRulesOfBills(t *testing.T) {
	t.Parallel()
	j := mustOpen(t, newPath(t))
	before := mustShift(t, j)
	_, err := j.CloseShift(t.Context(), "Оля", noon)
	must(t, err)
	shift := mustShift(t, j)
	mustSettle(t, j, closing(mustBill(t, j, 1), shift.ID))
	done := newLetter(newID())
	mustSettle(t, j, orders.Settlement{Letter: &done})
	must(t, j.Posted(t.Context(), done.ID, orders.LetterDelivered, noon, noon))
	_, err = j.NextNumber(t.Context())
	must(t, err)
	closedShift := fmt.Sprintf("x'%x'", before.ID[:])
	for name, statement := range map[string]string{
		"a payment changes":             `UPDATE payments SET sum = '1'`,
		"a payment goes":                `DELETE FROM payments`,
		"the same payment again":        copyOfRow("payments", paymentColumns, "id", "id"),
		"points of no redemption":       copyOfRow("payments", paymentColumns, "kind", "'points'", "shift", "NULL"),
		"a redemption of money":         copyOfRow("payments", paymentColumns, "operation", "randomblob(16)"),
		"a payment in a closed shift":   copyOfRow("payments", paymentColumns, "shift", closedShift),
		"a payment in no shift":         copyOfRow("payments", paymentColumns, "shift", "NULL"),
		"a payment in an unknown shift": copyOfRow("payments", paymentColumns, "shift", "randomblob(16)"),
		"points in a shift":             copyOfRow("payments", paymentColumns, "kind", "'points'"),
		"no such payment":               copyOfRow("payments", paymentColumns, "kind", "'shells'"),
		"a sum as a real":               copyOfRow("payments", paymentColumns, "sum", "x'00'"),
		"half an operation":             copyOfRow("payments", paymentColumns, "operation", "x'00'"),
		"two open shifts":               copyOfShift("number", "9", "closed_at", "NULL", "closed_by", "''"),
		"the same shift number":         copyOfShift(),
		"a shift opens again":           `UPDATE shifts SET closed_at = NULL, closed_by = '' WHERE closed_at IS NOT NULL`,
		"a shift closes again":          `UPDATE shifts SET closed_by = 'other' WHERE closed_at IS NOT NULL`,
		"a shift's beginning":           `UPDATE shifts SET opened_at = opened_at + 1`,
		"an open shift closed by":       `UPDATE shifts SET closed_by = 'other'`,
		"a shift goes":                  `DELETE FROM shifts`,
		"a number goes back":            `UPDATE order_numbers SET last = 0`,
		"a number again":                `UPDATE order_numbers SET last = last`,
		"the numbers go":                `DELETE FROM order_numbers`,
		"a claim on the same money":     copyOfRow("claims", claimColumns),
		"another's money":               `UPDATE claims SET sum = '1', version = version + 1`,
		"no such claim":                 `UPDATE claims SET state = 'lost', version = version + 1`,
		"no such obstacle":              `UPDATE claims SET obstacle = 'weather', version = version + 1`,
		"a change without version":      `UPDATE claims SET note = 'other'`,
		"a claim goes":                  `DELETE FROM claims`,
		"two letters on the way":        copyOfRow("letters", letterColumns+", register"),
		"other bytes":                   `UPDATE letters SET body = x'00' WHERE outcome = ''`,
		"no bytes to send":              `UPDATE letters SET body = NULL WHERE outcome = ''`,
		"another bill's letter":         `UPDATE letters SET bill = randomblob(16) WHERE outcome = ''`,
		"no such outcome":               `UPDATE letters SET outcome = 'lost', done_at = 0 WHERE outcome = ''`,
		"an end without a moment":       `UPDATE letters SET outcome = 'stale' WHERE outcome = ''`,
		"a letter comes back":           `UPDATE letters SET outcome = '', done_at = NULL WHERE outcome <> ''`,
		"a letter ends again":           `UPDATE letters SET outcome = 'refused' WHERE outcome <> ''`,
		"a letter goes":                 `DELETE FROM letters`,
	} {
		if _, err := j.writer.ExecContext(t.Context(), statement); err == nil {
			t.Errorf("%s: done", name)
		}
	}
	for _, statement := range []string{
		copyOfRow("payments", paymentColumns),
		copyOfRow("payments", paymentColumns, "kind", "'points'", "shift", "NULL", "operation", "randomblob(16)"),
		`UPDATE claims SET note = 'other', version = version + 1`,
		copyOfRow("claims", claimColumns, "sum", "'1'"),
		copyOfRow("letters", letterColumns+", register", "bill", "randomblob(16)"),
		copyOfShift("number", "9", "closed_at", "1"),
		`UPDATE letters SET body = NULL, outcome = 'stale', done_at = 0 WHERE outcome = ''`,
		`UPDATE shifts SET closed_at = 0, closed_by = 'Оля' WHERE closed_at IS NULL`,
		`UPDATE order_numbers SET last = last + 1`,
	} {
		if _, err := j.writer.ExecContext(t.Context(), statement); err != nil {
			t.Errorf("a statement of these tests is refused for itself: %v: %s", err, statement)
		}
	}
}

// copyOfRow is a statement that writes the rows of a table again under new ids, with some columns changed to SQL expressions.
func copyOfRow(table, columns string, changes ...string) string {
	values := map[string]string{"id": "randomblob(16)"}
	for i := 0; i < len(changes); i += 2 {
		values[changes[i]] = changes[i+1]
	}
	list := strings.Fields(strings.ReplaceAll(columns, ",", " "))
	for i, name := range list {
		if value := values[name]; value != "" {
			list[i] = value
		}
	}
	return `INSERT INTO ` + table + ` (` + columns + `) SELECT ` + strings.Join(list, ", ") + ` FROM ` + table
}

// copyOfShift copies the first shift.
func copyOfShift(changes ...string) string {
	return copyOfRow("shifts", shiftColumns, changes...) + ` WHERE number = 1`
}

// TestDamagedFiscalLines puts another text in their place: that is an error with a code, and no claim without lines.
func TestDamagedFiscalLines(t *testing.T) {
	t.Parallel()
	j := mustOpen(t, newPath(t))
	claim := newClaim(newID())
	mustSettle(t, j, orders.Settlement{Claim: &claim})
	mustExec(t, j, `UPDATE claims SET fiscal = '[', version = version + 1`)
	_, err := j.Claim(t.Context(), system, claim.Bill, claim.Sum)
	wantCode(t, err, Other)
	_, err = j.Claims(t.Context(), orders.ClaimFilter{})
	wantCode(t, err, Other)
	_, err = j.DecideClaim(t.Context(), claim.ID, orders.ClaimBack, "Оля", "", noon)
	if err == nil {
		t.Error("decided")
	}
	mustExec(t, j, `UPDATE claims SET fiscal = '', version = version + 1`)
	if got, err := j.Claim(t.Context(), system, claim.Bill, claim.Sum); err != nil || got.State != orders.ClaimOpen {
		t.Errorf("after a decision that failed: %+v, %v", got, err)
	}
}

// TestSettledParts reads back what a settlement wrote, field by field.
func TestSettledParts(t *testing.T) {
	t.Parallel()
	j := mustOpen(t, newPath(t))
	shift := mustShift(t, j)
	s := closing(mustBill(t, j, 1), shift.ID)
	saved := mustSettle(t, j, s)
	got, err := j.Order(t.Context(), saved.ID)
	must(t, err)
	payments, err := j.Payments(t.Context(), saved.ID)
	must(t, err)
	claim, err := j.Claim(t.Context(), system, saved.ID, decimal.RequireFromString("129.200"))
	must(t, err)
	letters := mustLetters(t, j)
	s.Claim.Version = 1
	for _, pair := range [][2]any{
		{got, saved}, {payments, s.Payments}, {claim, *s.Claim}, {letters, []orders.Letter{*s.Letter}},
	} {
		if got, want := fmt.Sprintf("%+v", pair[0]), fmt.Sprintf("%+v", pair[1]); got != want && !reflect.DeepEqual(pair[0], pair[1]) {
			t.Errorf("\n got %s\nwant %s", got, want)
		}
	}
}

// TestOrderThatIsOver changes what was paid and what was taken back past the program, each column in turn: the database keeps
// all but the secret that is wiped, whoever writes.
func TestOrderThatIsOver(t *testing.T) {
	t.Parallel()
	j := mustOpen(t, newPath(t))
	paid := mustSettle(t, j, closing(mustBill(t, j, 1), mustShift(t, j).ID))
	void := newBill(2)
	void.State, void.Reason = orders.StateClosed, orders.ReasonVoid
	void = mustSave(t, j, void)
	open := mustBill(t, j, 3)
	var columns []string
	rows, err := j.writer.QueryContext(t.Context(), `SELECT name FROM pragma_table_info('orders')`)
	must(t, err)
	for rows.Next() {
		var name string
		must(t, rows.Scan(&name))
		columns = append(columns, name)
	}
	must(t, errors.Join(rows.Err(), rows.Close()))
	for _, o := range []orders.Order{paid, void, open} {
		for _, column := range columns {
			if column == "version" || column == "id" {
				continue
			}
			_, err := j.writer.ExecContext(t.Context(), `UPDATE orders SET `+column+` = `+column+`, version = version + 1 WHERE id = ?`, o.ID[:])
			if kept := o.State == orders.StateClosed && column != "secret"; kept != (err != nil) {
				t.Errorf("%s of an order that is %q: %v", column, o.Reason, err)
			}
		}
	}
}
