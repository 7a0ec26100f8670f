//go:build !windows

package e2e_test

import (
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"github.com/skidkassa/skidkassa/internal/e2e/terminal"
	"github.com/skidkassa/skidkassa/skidkabot"
	"github.com/skidkassa/skidkassa/skidkabot/skidkabotsim"
)

// Points while the service cannot be reached, or does not work for this shop.

// queue greets Alexander and confirms the accrual of 25 points on 1250.50 when the service cannot be reached any more.
func (s *scenario) queue() {
	s.t.Helper()
	s.greet(alexander)
	s.enterSum("1250,50", "Начислим 25 баллов")
	s.must(s.service.SetDown(true))
	s.confirmAccrual("25 баллов")
	s.see("Начислим, когда появится связь", "Начисление в очереди", "В очереди: 1")
}

// backOnline lets the service be reached again, and waits until the till has found that out: before that it gives an answer
// less than a second.
func (s *scenario) backOnline() {
	s.t.Helper()
	s.must(s.service.SetDown(false))
	s.see("Сервис: работает")
}

// confirmAccrual confirms the accrual of so many points on the sum that is entered.
func (s *scenario) confirmAccrual(points string) {
	s.t.Helper()
	s.press(terminal.F2)
	s.see("Начислить " + points + "?")
	s.person(terminal.Enter)
}

// greetWithout scans Alexander's QR while there is no network to ask for his balance, and goes on without it.
func (s *scenario) greetWithout(problem ...string) {
	s.t.Helper()
	s.scan(s.service.IssueQR(alexander).Payload(), terminal.AtOnce())
	s.see("Баланс недоступен")
	if strings.Contains(s.Screen(), "Связь оборвалась") { // the question went out on a connection that was just being cut
		s.person(terminal.Esc)
		s.scan(s.service.IssueQR(alexander).Payload(), terminal.AtOnce())
	}
	s.see(append(problem, "Баланс недоступен", "Списать без связи нельзя")...)
	s.person(terminal.F2)
	s.see(guestSum, "Нет связи: баланс неизвестен")
}

// greetHeld likewise while the service works for nobody of this shop.
func (s *scenario) greetHeld(problem ...string) {
	s.t.Helper()
	s.scan(s.service.IssueQR(alexander).Payload(), terminal.AtOnce())
	s.see(append(problem, "Баланс недоступен", "Списать нельзя: баланс неизвестен")...)
	s.person(terminal.F2)
	s.see(guestSum, "Сервис не работает: баланс неизвестен")
	s.notSeen("связи")
}

func TestOfflineAccrualsAreSentOnceTheServiceIsBack(t *testing.T) {
	s := newTill(t)
	s.accrue()
	s.see("Начислено 25")
	s.must(s.service.SetDown(true))
	s.greetWithout("Нет связи с сервисом")
	s.see("Александр Татарченко", "Начисляем 2 % от оплаты деньгами, узнали")
	s.enterSum("300", "Начислим 6 баллов")
	s.see("когда появится связь", "Списать без связи нельзя")
	s.confirmAccrual("6 баллов")
	s.see("Начислим, когда появится связь", "В очереди: 1", "К оплате вся сумма: 300,00")
	s.read(terminal.Enter, idleWords, "ждёт отправки", "Сервис: нет связи")
	s.greetWithout("Нет связи с сервисом")
	s.enterSum("500", "Начислим 10 баллов")
	s.confirmAccrual("10 баллов")
	s.see("В очереди: 2")
	s.wantLedger("accrue 25")
	s.wantJournal("accrual 10 queued", "accrual 6 queued", "accrual 25 confirmed")

	s.must(s.service.SetDown(false))
	s.gone("В очереди")
	s.see("Сервис: работает", "Начислено 10")
	s.becomes("accrual 10 confirmed", "accrual 6 confirmed", "accrual 25 confirmed")
	s.wantLedger("accrue 25", "accrue 6", "accrue 10")
	s.sent(skidkabot.PathAccrue, 3)
}

func TestTheQueueOutlivesAPowerCut(t *testing.T) {
	s := newTill(t)
	s.queue()
	s.powerCut()
	s.wantJournal("accrual 25 queued")
	s.launch(terminal.Options{})
	s.see(idleWords, "Требуют внимания", "ждёт отправки", "В очереди: 1")
	s.must(s.service.SetDown(false))
	s.gone("В очереди")
	s.becomes("accrual 25 confirmed")
	s.wantLedger("accrue 25")
	s.sent(skidkabot.PathAccrue, 1)
}

func TestAQueuedAccrualIsVoidedFromTheJournal(t *testing.T) {
	s := newTill(t)
	s.queue()
	s.press(terminal.F5)
	s.see("сегодня", "в очереди 1", "Александр Татарченко")
	s.person(terminal.Enter)
	s.see("! в очереди", "Нет связи с сервисом", "Отменить")
	s.person(terminal.Tab, terminal.Enter)
	s.see("Отменить начисление 25 баллов?")
	s.person(terminal.Enter)
	s.see("Начисление 25 баллов отменено. Баллы НЕ начислены.")
	s.gone("В очереди")
	s.wantJournal("accrual 25 voided")

	s.backOnline()
	s.press(terminal.Esc)
	s.see("сегодня", "отменено 1")
	s.press(terminal.Esc)
	s.see(idleWords)
	s.greet(maria) // the till has been through its queue by the time that this one is done
	s.enterSum("300", "Начислим 6 баллов")
	s.confirmAccrual("6 баллов")
	s.see("Начислено 6")
	s.wantLedger("accrue 6")
	s.sent(skidkabot.PathAccrue, 1)
}

func TestARedemptionOfflineIsRefused(t *testing.T) {
	s := newTill(t)
	s.greet(alexander)
	s.enterSum("1250,50", "Можно списать до 125")
	s.must(s.service.SetDown(true))
	s.press(terminal.F3)
	s.see("Списать 125 баллов?")
	s.person(terminal.Enter)
	s.see("Баллы НЕ списаны.", "Нет связи с сервисом. Проверьте интернет.", "К оплате вся сумма: 1 250,50")
	s.wantJournal("accrual 22 voided", "redemption 125 voided")

	// Who comes now is told before anything is entered, and F3 leads nowhere.
	s.greetWithout("Нет связи с сервисом. Проверьте интернет.")
	s.enterSum("1000", "Начислим 20 баллов")
	s.see("Списать без связи нельзя: баланс")
	s.press(terminal.F3)
	s.confirmAccrual("20 баллов") // no question about a redemption keeps this one from coming
	s.see("Начислим, когда появится связь")
	s.must(s.service.SetDown(false))
	s.gone("В очереди")
	s.becomes("accrual 20 confirmed", "accrual 22 voided", "redemption 125 voided")
	s.wantLedger("accrue 20")
	s.sent(skidkabot.PathRedeem, 0)
}

func TestCodesOfTheWholeShopHoldTheQueue(t *testing.T) {
	t.Parallel()
	for _, hold := range []struct {
		name            string
		fault           skidkabotsim.Fault
		problem, banner string
	}{
		{"code 5", skidkabotsim.Refuse(skidkabot.CodeUnknownShop), "(код 5)", "Магазин не узнан (код 5): баллы не работают."},
		{"code 15", skidkabotsim.Refuse(skidkabot.CodeDebt), "(код 15)", "Долг магазина (код 15): баллы не работают."},
		{"code 15, broken", skidkabotsim.BrokenCode15(), "(код 15)", "Долг магазина (код 15): баллы не работают."},
	} {
		t.Run(hold.name, func(t *testing.T) {
			s := newTill(t)
			var refuses atomic.Bool
			s.service.SetHook(func(skidkabotsim.Request) *skidkabotsim.Fault {
				if !refuses.Load() {
					return nil
				}
				return &hold.fault
			})
			s.greet(maria) // so that the till knows the percent
			s.press(terminal.Esc)
			s.see(idleWords)
			refuses.Store(true)
			s.greetHeld(hold.problem, "баллы придут, когда сервис заработает")
			s.enterSum("1250,50", "Начислим 25 баллов")
			s.confirmAccrual("25 баллов")
			s.see("Начислим, когда сервис заработает", hold.banner, "Позвоните владельцу.", "Ждут отправки: 1.", "В очереди: 1")
			s.wantJournal("accrual 25 queued")
			s.scan(s.service.IssueQR(maria).Payload(), terminal.AtOnce())
			s.see(hold.problem, hold.banner)
			s.sent(skidkabot.PathAccrue, 0)

			refuses.Store(false)
			s.greet(maria)
			s.gone("Ждут отправки")
			s.gone("В очереди")
			s.notSeen(hold.banner)
			s.becomes("accrual 25 confirmed")
			s.wantLedger("accrue 25")
			s.sent(skidkabot.PathAccrue, 1)
		})
	}
}

func TestAClockThatIsWrongHoldsTheQueue(t *testing.T) {
	t.Parallel()
	for name, ahead := range map[string]time.Duration{"behind": 10 * time.Minute, "ahead": -10 * time.Minute} {
		t.Run(name, func(t *testing.T) {
			s := newTill(t)
			banner := "Часы кассы отличаются от часов сервиса больше чем на 5 минут: очередь стоит."
			s.ahead.Store(int64(ahead))
			s.greet(maria)
			s.see(banner, "Часы: НЕВЕРНЫ")
			s.queue()
			s.see("Ждут отправки: 1.")
			s.backOnline()
			s.greet(maria)
			s.see(banner, "Ждут отправки: 1.", "В очереди: 1")
			s.wantJournal("accrual 25 queued")
			s.sent(skidkabot.PathAccrue, 0)

			s.ahead.Store(0)
			s.greet(alexander)
			s.gone("В очереди")
			s.notSeen(banner, "Часы: НЕВЕРНЫ")
			s.becomes("accrual 25 confirmed")
			s.wantLedger("accrue 25")
			s.sent(skidkabot.PathAccrue, 1)
		})
	}
}

func TestNothingIsQueuedForAQRThatIsRefused(t *testing.T) {
	s := newTill(t)
	s.greet(maria) // so that the percent is no reason
	s.scan(s.service.IssueQRAt(alexander, time.Now().Add(-25*time.Hour)).Payload(), terminal.AtOnce())
	s.see("QR устарел")
	s.notSeen("Можно начислить")
	s.person(terminal.F2)
	time.Sleep(quiet)
	s.see("QR устарел")
	s.wantJournal()
}
