package e2e_test

import (
	"os"
	"strings"
	"testing"
	"time"

	"github.com/skidkassa/skidkassa/internal/e2e/secretservice"
	"github.com/skidkassa/skidkassa/internal/e2e/terminal"
)

// The whole way of a newcomer: the program is started for the first time, asks, tries the connection and the scanner, keeps
// the secret in the keyring, and opens the till, where the first customer gets points. Keyring and service are fakes on
// their real wires; see secretservice.
func TestANewcomersFirstAccrual(t *testing.T) {
	s := newNewcomer(t)
	folder, err := os.MkdirTemp("", "bus") // a socket's path must be short
	s.must(err)
	t.Cleanup(func() { _ = os.RemoveAll(folder) }) // it is empty by then
	keyring, err := secretservice.Start(folder)
	s.must(err)
	t.Cleanup(func() { s.must(keyring.Close()) })
	s.shop.Setenv("DBUS_SESSION_BUS_ADDRESS", keyring.Address())
	s.launch(terminal.Options{})
	s.chooseRussian()

	// A scan in a field leaves no trace.
	s.scan(s.payload(alexander)(), terminal.AtOnce())
	s.see("Сканер работает")
	s.person()
	s.fill("4")
	s.see("Ещё не задан")
	s.fill("31338")
	s.answer(terminal.Enter)
	s.fill("Кофейня у дома")
	s.answer(terminal.Enter, terminal.Enter)
	s.see("Шаг 3 из 8", "не знает (код 5)", "Сверьте оба числа")
	s.answer(terminal.Enter)
	s.see("Шаг 2 из 8")
	s.answer(terminal.Down, terminal.Backspace)
	s.typeText("7")
	s.answer(terminal.Up, terminal.Up, terminal.Enter)
	s.see("Шаг 3 из 8", "знает магазин 4", "Баллы ни у кого не изменились")
	s.answer(terminal.Enter)

	s.see("Шаг 4 из 8", "Отсканируйте что угодно")
	s.scan(s.payload(alexander)(), terminal.EachRune(2*time.Millisecond))
	s.see("знаков 6", "Enter: так и нужно", "английская: всё читается")
	s.passDoors()
	s.fill(adminPIN)
	s.fill(adminPIN)
	s.answer(terminal.Enter)
	s.see("Шаг 8 из 8", "Кофейня у дома", "будет в хранилище ключей")
	if len(keyring.Secrets()) > 0 {
		t.Error("something was kept before it was said so")
	}
	s.answer(terminal.Enter)

	s.see(idleWords, "Кофейня у дома")
	s.accrue()
	s.see("Начислено 25", "2 390 баллов")
	s.wantLedger("accrue 25")
	s.wantJournal("accrual 25 confirmed")
	kept := keyring.Secrets()
	if kept["skidkabot"] != "31337" || !strings.HasPrefix(kept["admin"], "$argon2id$") || len(kept) != 2 {
		t.Errorf("the keyring has %d secrets, and not as they should be", len(kept))
	}
	if files := s.holdsSecret("31337"); len(files) > 0 {
		t.Errorf("the secret is in %v", files)
	}
	if settings := s.loadSettings(); settings.Shop.Vendor != 4 || settings.Shop.Name != "Кофейня у дома" || settings.Waiter.Listen != "" {
		t.Errorf("written %+v", settings.Shop)
	}

	// F9 is behind the PIN, which counts at once.
	s.read(terminal.Esc, idleWords)
	s.press(terminal.F9)
	s.see("PIN администратора")
	s.typeText(adminPIN)
	s.press(terminal.Enter)
	s.see("Настройки", "Правила баллов")
	s.press(terminal.Esc)
	s.see(idleWords)
	s.quit()

	// The second start finds it all.
	s.start(terminal.Options{})
	s.greet(alexander)
	s.read(terminal.Esc, idleWords)
	s.quit()
}
