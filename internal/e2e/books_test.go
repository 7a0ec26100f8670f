//go:build !windows

package e2e_test

import (
	"bytes"
	"encoding/csv"
	"os"
	"path/filepath"
	"slices"
	"testing"
	"time"

	"github.com/shopspring/decimal"

	"github.com/skidkassa/skidkassa/internal/e2e/terminal"
	"github.com/skidkassa/skidkassa/internal/loyalty"
	"github.com/skidkassa/skidkassa/skidkabot"
	"github.com/skidkassa/skidkassa/skidkabot/skidkabotsim"
)

// The journal as an administrator has it: what the commands tell, and what comes back from a backup.

// backups lists the journal's backups.
func (s *scenario) backups() []string {
	s.t.Helper()
	files, err := filepath.Glob(filepath.Join(s.shop.DataDir(), "backups", "journal-*.db"))
	s.must(err)
	return files
}

// backUp restarts the till on another day, as far as its backups tell, and gives the backup that it makes then.
func (s *scenario) backUp() (path string) {
	s.t.Helper()
	s.eventually("backup of today", func() bool { return len(s.backups()) == 1 })
	s.quit()
	yesterday := time.Now().UTC().AddDate(0, 0, -1).Format(time.DateOnly)
	old := filepath.Join(s.shop.DataDir(), "backups", "journal-"+yesterday+".db")
	s.must(os.Rename(s.backups()[0], old))
	s.start(terminal.Options{})
	s.eventually("new backup", func() bool { return len(s.backups()) == 2 })
	files := s.backups()
	return files[slices.IndexFunc(files, func(file string) bool { return file != old })]
}

func TestABackupBringsADamagedJournalBack(t *testing.T) {
	s := newTill(t)
	s.accrue()
	s.see("Начислено 25")
	backup := s.backUp()
	s.greet(maria)
	s.enterSum("300", "Начислим 6 баллов")
	s.confirmAccrual("6 баллов")
	s.see("Начислено 6")
	s.quit()
	damaged := s.damageJournal()

	s.start(terminal.Options{})
	s.see(balanceOnlyWords)
	s.showsBalancesOnly("2 390")
	s.quit()
	s.command(0, "journal", "restore", backup)
	s.keptAside(damaged)
	s.start(terminal.Options{})
	s.notSeen(balanceOnlyWords)
	s.see("Александр Татарченко", "выполнено")
	s.wantJournal("accrual 25 confirmed")
	s.lost = []string{"accrue 6"} // it came after the backup
	s.greet(alexander)
	s.enterSum("500", "Начислим 10 баллов")
	s.confirmAccrual("10 баллов")
	s.see("Начислено 10")
	s.wantLedger("accrue 25", "accrue 6", "accrue 10")
	s.wantJournal("accrual 10 confirmed", "accrual 25 confirmed")
}

// What a backup calls unsent may have been sent since: it is a person's to decide, and nothing of it is sent (I10).
func TestNothingOfARestoredJournalIsSent(t *testing.T) {
	s := newTill(t)
	s.open = []loyalty.State{loyalty.StateReview}
	s.service.FailNext(1, skidkabot.PathAccrue, skidkabotsim.CutBefore(skidkabotsim.CutReset))
	s.greet(maria)
	s.enterSum("300", "Начислим 6 баллов")
	s.confirmAccrual("6 баллов")
	s.see(unknownWords)
	s.queue()
	backup := s.backUp()
	s.wantJournal("accrual 25 queued", "accrual 6 unknown")
	s.must(s.service.SetDown(false))
	s.gone("В очереди")
	s.becomes("accrual 25 confirmed", "accrual 6 unknown") // it was sent after the backup
	s.quit()
	s.damageJournal()
	s.command(0, "journal", "restore", backup)

	s.launch(terminal.Options{})
	s.see(idleWords, "Требуют внимания", "+25 Александр Татарченко: нужно решение", "+6 Мария Коваленко: нужно решение")
	s.wantJournal("accrual 25 review", "accrual 6 review")
	for _, op := range s.journal() {
		if op.Reason != loyalty.ReasonForeign {
			t.Errorf("operation %s is for review because of %q", op.ID, op.Reason)
		}
	}
	s.greet(alexander) // the service answers, so that a queue would go
	s.enterSum("500", "Начислим 10 баллов")
	s.confirmAccrual("10 баллов")
	s.see("Начислено 10")
	s.wantLedger("accrue 25", "accrue 10")
	s.sent(skidkabot.PathAccrue, 3)

	s.openInJournal(1)
	s.see("Журнал восстановлен из копии", "Решить")
	s.person(terminal.Tab, terminal.Enter)
	s.see("Нужно решение: начисление +25")
	s.typeText("Ольга")
	s.press(terminal.Tab)
	s.typeText("видел")
	s.press(terminal.Tab, terminal.Enter)
	s.see("Баллы прошли: начисление +25?") // with no PIN set, none is asked
	s.person(terminal.Enter)
	s.see("разобрано")
	s.wantJournal("accrual 10 confirmed", "accrual 25 settled", "accrual 6 review")
	s.sent(skidkabot.PathAccrue, 3)
}

// sums are what `journal totals --json` says of each kind.
type sums struct{ Points, Inferred decimal.Decimal }

// balance is what `journal reconcile --json` says of a customer.
type balance struct {
	Client     int64
	Expected   decimal.Decimal
	Balance    decimal.NullDecimal
	Difference decimal.NullDecimal
}

func TestTheJournalsCommandsWhileTheTillRuns(t *testing.T) {
	s := newTill(t)
	s.redeem()
	s.see("Списано 125", "На остаток начислено 22")
	s.service.FailNext(1, skidkabot.PathAccrue, skidkabotsim.CutAfter(skidkabotsim.CutReset))
	s.greet(maria)
	s.enterSum("300", "Начислим 6 баллов")
	s.confirmAccrual("6 баллов")
	s.see("Начислено 6", "Проверено по балансу покупателя")

	totals := objects[struct{ Accrued, Redeemed sums }](s, s.command(0, "journal", "totals", "--json"))[0]
	for name, got := range map[string][2]decimal.Decimal{
		"28 accrued": {totals.Accrued.Points, decimal.NewFromInt(28)}, "6 of them inferred": {totals.Accrued.Inferred, decimal.NewFromInt(6)},
		"125 redeemed": {totals.Redeemed.Points, decimal.NewFromInt(125)}, "none inferred": {totals.Redeemed.Inferred, decimal.Zero},
	} {
		if !got[0].Equal(got[1]) {
			t.Errorf("want %s, the totals are %+v", name, totals)
		}
	}
	s.checkExports()
	s.checkReconciling()

	s.greet(maria) // the till has not noticed
	s.enterSum("500", "Начислим 10 баллов")
	s.confirmAccrual("10 баллов")
	s.see("Начислено 10")
	s.wantLedger("redeem 125", "accrue 22", "accrue 6", "accrue 10")
}

// checkExports holds both exports to the list, which is the other way round.
func (s *scenario) checkExports() {
	s.t.Helper()
	listed := s.journal()
	slices.Reverse(listed)
	exported := objects[entry](s, s.command(0, "journal", "export", "--format", "json"))
	rows, err := csv.NewReader(bytes.NewReader(bytes.TrimPrefix(s.command(0, "journal", "export"), []byte("\ufeff")))).ReadAll()
	s.must(err)
	if len(listed) != 3 || len(exported) != len(listed) || len(rows) != len(listed)+1 {
		s.t.Fatalf("%d are listed, %d exported as JSON, %d as CSV with a head", len(listed), len(exported), len(rows))
	}
	column := func(name string) int { return slices.Index(rows[0], name) }
	for i, op := range listed {
		if one := exported[i]; one.ID != op.ID || one.State != op.State || !one.Points.Equal(op.Points) {
			s.t.Errorf("operation %d is exported as %+v, listed as %+v", i, one, op)
		}
		row := rows[i+1]
		if row[column("id")] != op.ID || row[column("state")] != string(op.State) || row[column("points")] != op.Points.String() {
			s.t.Errorf("operation %d is exported as %q, listed as %+v", i, row, op)
		}
	}
	file := filepath.Join(s.shop.Folder, "journal.csv")
	s.command(0, "journal", "export", "--out", file)
	s.command(1, "journal", "export", "--out", file) // replaces nothing unasked
}

// checkReconciling compares with the service, before and after somebody else has moved points.
func (s *scenario) checkReconciling() {
	s.t.Helper()
	for _, b := range objects[balance](s, s.command(0, "journal", "reconcile", "--json")) {
		if !b.Expected.Equal(s.service.Balance(b.Client)) || !b.Balance.Decimal.Equal(b.Expected) || b.Difference.Valid {
			s.t.Errorf("reconciled: %+v", b)
		}
	}
	s.service.SetBalance(alexander, s.service.Balance(alexander).Sub(decimal.NewFromInt(7)))
	reconciled := objects[balance](s, s.command(1, "journal", "reconcile", "--json"))
	i := slices.IndexFunc(reconciled, func(b balance) bool { return b.Client == alexander })
	if len(reconciled) != 2 || i < 0 || !reconciled[i].Difference.Decimal.Equal(decimal.NewFromInt(-7)) {
		s.t.Errorf("reconciled after 7 points went elsewhere: %+v", reconciled)
	}
}
