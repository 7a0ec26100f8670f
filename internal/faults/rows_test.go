package faults

import (
	"net/http"
	"time"

	"github.com/skidkassa/skidkassa/config"
	"github.com/skidkassa/skidkassa/internal/loyalty"
	"github.com/skidkassa/skidkassa/skidkabot"
	"github.com/skidkassa/skidkassa/skidkabot/skidkabotsim"
)

// row is one fault.
type row struct {
	name  string // of the test
	words string // for docs/faults.md
	// cause lets the next request for a path meet the fault.
	cause func(s *shop, path string)
	// greets, accrual and redemption are what becomes of each action: whether the balance is read, and the states.
	greets              bool
	accrual, redemption loyalty.State
	// booked says whether the service moved the points of an accrual or redemption: the truth, which the till may not know.
	booked bool
}

// wire makes a row of a fault of the service.
func wire(fault skidkabotsim.Fault) func(*shop, string) {
	return func(s *shop, path string) { s.sim.FailNext(1, path, fault) }
}

// late makes a row of a fault of the service that outlasts the till's patience.
func late(fault skidkabotsim.Fault) func(*shop, string) {
	return func(s *shop, path string) {
		s.service.exchange(s.client(s.url, hurry))
		s.sim.FailNext(1, path, fault)
	}
}

// forever is never closed: the request is held until the service closes.
var forever = make(chan struct{})

// reply is a whole reply with another balance.
func reply(balance string) string {
	return `{"code": 0, "first_name": "Александр", "last_name": "Татарченко", "balance": ` + balance + `, "p_plus": 2, "p_minus": 10}`
}

const (
	confirmed = loyalty.StateConfirmed
	refused   = loyalty.StateRefused
	unknown   = loyalty.StateUnknown
	queued    = loyalty.StateQueued
	voided    = loyalty.StateVoided
	planned   = loyalty.StatePlanned
	nothing   = loyalty.State("") // the request was refused before anything was planned
)

// rows is the matrix. The rows of doors that do not exist yet come with them.
func rows() []row {
	return append(append(unsentRows(), wireRows()...), append(replyRows(), placeRows()...)...)
}

// unsentRows are those in which no byte can have left.
func unsentRows() []row {
	return []row{
		{"refused", "соединение отвергнуто", func(s *shop, _ string) {
			if err := s.sim.SetDown(true); err != nil {
				s.Fatal(err)
			}
		}, false, queued, voided, false},
		{"dns", "имя сервиса не находится", func(s *shop, _ string) {
			s.service.exchange(s.client("https://skidkabot.invalid", skidkabot.Limits{}))
		}, false, queued, voided, false},
		{"tls", "сертификату сервиса нельзя доверять", func(s *shop, _ string) {
			other := &skidkabotsim.Server{}
			url, _, err := other.StartTLS()
			if err != nil {
				s.Fatal(err)
			}
			s.Cleanup(func() { _ = other.Close() })
			s.service.exchange(s.client(url, skidkabot.Limits{}))
		}, false, queued, voided, false},
		{"keyring_locked", "хранилище секретов заперто", func(s *shop, _ string) {
			s.service.exchange(withoutSecret{config.ErrKeyringLocked})
		}, false, queued, voided, false},
		{"keyring_absent", "хранилища секретов нет", func(s *shop, _ string) {
			s.service.exchange(withoutSecret{config.ErrKeyringAbsent})
		}, false, queued, voided, false},
	}
}

// wireRows are those in which a request or a reply gets lost.
func wireRows() []row {
	return []row{
		{"reset_before", "обрыв до проведения", wire(skidkabotsim.CutBefore(skidkabotsim.CutReset)), false, unknown, unknown, false},
		{"reset_after", "обрыв после проведения", wire(skidkabotsim.CutAfter(skidkabotsim.CutReset)), false, unknown, unknown, true},
		{"timeout_before", "нет ответа, не проведено", late(skidkabotsim.HoldBefore(forever)), false, unknown, unknown, false},
		{"timeout_after", "нет ответа, проведено", late(skidkabotsim.HoldAfter(forever)), false, unknown, unknown, true},
		{"drip", "ответ по байту", late(skidkabotsim.Drip(100 * time.Millisecond)), false, unknown, unknown, true},
		{"truncated", "ответ оборван", wire(skidkabotsim.Truncate(20)), false, unknown, unknown, true},
		{"status_500", "ошибка 500", wire(skidkabotsim.StatusAfter(http.StatusInternalServerError)), false, unknown, unknown, true},
		{"status_502_html", "ошибка 502 со страницей HTML", wire(skidkabotsim.StatusBefore(http.StatusBadGateway)), false, unknown, unknown, false},
		{"redirect", "перенаправление", wire(skidkabotsim.Redirect("/elsewhere")), false, unknown, unknown, false},
	}
}

// replyRows are those in which a whole reply is not what it should be.
func replyRows() []row {
	return []row{
		{"html_200", "страница HTML вместо ответа", wire(skidkabotsim.RawAfter("<html><body>Database error</body></html>")), false, unknown, unknown, true},
		{"broken_json", "испорченный JSON (код 4 из документации)", wire(skidkabotsim.BrokenCode4()), false, unknown, unknown, false},
		{"php_style", "запись PHP вместо JSON (код 15 из документации)", wire(skidkabotsim.BrokenCode15()), false, unknown, unknown, false},
		{"duplicate_keys", "повторённые ключи", wire(skidkabotsim.DuplicateKeys()), false, unknown, unknown, true},
		{"gzip", "сжатый ответ", wire(skidkabotsim.Gzip()), false, unknown, unknown, true},
		{"undocumented_code", "код, которого нет в документации", wire(skidkabotsim.RawBefore(`{"code": 99, "text": "?"}`)), false, unknown, unknown, false},
		{"bom", "метка порядка байтов в начале", wire(skidkabotsim.BOM()), true, confirmed, confirmed, true},
		{"string_numbers", "числа в кавычках", wire(skidkabotsim.NumbersAsStrings()), true, confirmed, confirmed, true},
		{"code_only", "только код 0", wire(skidkabotsim.CodeOnly()), false, confirmed, confirmed, true},
		{"huge_balance", "баланс без меры", wire(skidkabotsim.RawAfter(reply("99999999999999999999999"))), false, unknown, unknown, true},
		{"negative_balance", "отрицательный баланс", wire(skidkabotsim.RawAfter(reply("-5"))), true, confirmed, confirmed, true},
		{"code_5", "код 5: магазин не найден", wire(skidkabotsim.Refuse(skidkabot.CodeUnknownShop)), false, refused, refused, false},
		{"code_9", "код 9: QR устарел", wire(skidkabotsim.Refuse(skidkabot.CodeExpiredQR)), false, refused, refused, false},
		{"code_13", "код 13: баллов не хватает", wire(skidkabotsim.Refuse(skidkabot.CodeNotEnoughPoints)), false, refused, refused, false},
		{"code_15", "код 15: сервис отключён за долг", wire(skidkabotsim.Refuse(skidkabot.CodeDebt)), false, refused, refused, false},
	}
}

// placeRows are those of this machine, as far as no program of its own is needed to show them: its clock.
func placeRows() []row {
	return []row{
		{"clock_jump", "часы кассы переведены на час", func(s *shop, _ string) {
			s.service.exchange(ahead{s.service.now(), time.Hour})
		}, true, confirmed, confirmed, true},
	}
}
