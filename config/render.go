package config

import (
	"fmt"
	"strings"

	"github.com/shopspring/decimal"
)

// Example is a commented settings file. Loading it gives [Default].
func Example() string { return Render(Default()) }

// Render writes settings as a commented settings file; loading the file gives
// the same settings again. The comments are for the shop's administrator.
func Render(s Settings) string {
	var f fileWriter
	f.head("# Настройки Skidkassa. Секреты здесь не хранятся: skidkassa secret set ИМЯ")
	f.key("language", quote(string(s.Language)), "ru, uk, en")
	f.table("shop")
	f.key("vendor", fmt.Sprint(s.Shop.Vendor), "код магазина")
	f.key("register", fmt.Sprint(s.Shop.Register), "номер кассы (kassa)")
	f.key("name", quote(s.Shop.Name), "")
	f.key("currency", quote(s.Shop.Currency), "")
	f.table("skidkabot")
	f.key("url", quote(s.Skidkabot.URL), "https; http только для этого же компьютера")
	f.table("rules")
	f.key("accrue_percent", quotePercent(s.Rules.AccruePercent), "сколько начислять, %; пусто: как говорит сервис")
	f.key("redeem_percent", quotePercent(s.Rules.RedeemPercent), "сколько можно оплатить баллами, %; пусто: как говорит сервис")
	f.key("step", quote(s.Rules.Step.String()), "наименьшая единица баллов, целое число")
	f.key("min_money", quote(s.Rules.MinMoney.String()), "наименьшая часть чека, которую платят деньгами")
	f.key("max_sum", quote(s.Rules.MaxSum.String()), "наибольшая сумма чека")
	f.table("scanner")
	f.key("gap", quote(s.Scanner.Gap.String()), "наибольшая пауза между знаками сканера, 10ms–200ms")
	f.waiter(s.Waiter)
	f.table("expirenza")
	f.key("url", quote(s.Expirenza.URL), "пусто: выключено; wss://api.shaketopay.com.ua")
	f.key("resto_id", quote(s.Expirenza.RestoID), "")
	f.key("system", quote(s.Expirenza.System), "")
	f.hall(s.Hall)
	f.table("printer")
	f.key("device", quote(s.Printer.Device), "пусто: нет; tcp://host:9100, file:///dev/usb/lp0")
	f.key("columns", fmt.Sprint(s.Printer.Columns), "знаков в строке: 32, 42 или 48")
	f.key("page", quote(s.Printer.Page), "таблица знаков: cp866, cp1251, cp855, pc437; cp866:7, если у принтера она под номером 7")
	f.table("journal")
	f.key("path", quote(s.Journal.Path), "пусто: в папке данных этой системы")
	return f.String()
}

// fileWriter writes the lines of a settings file.
type fileWriter struct{ strings.Builder }

func (f *fileWriter) head(line string) { f.WriteString(line + "\n") }

func (f *fileWriter) table(name string) { f.WriteString("\n[" + name + "]\n") }

func (f *fileWriter) key(name, written, comment string) {
	line := name + " = " + written
	if comment != "" {
		line = fmt.Sprintf("%-36s # %s", line, comment)
	}
	f.WriteString(line + "\n")
}

func (f *fileWriter) waiter(w Waiter) {
	allow := make([]string, len(w.Allow))
	for i, prefix := range w.Allow {
		allow[i] = quote(prefix.String())
	}
	dishes := make([]string, len(w.Gifts))
	for i, gift := range w.Gifts {
		dishes[i] = fmt.Sprintf("{ sku = %s, from = %s }", quote(gift.SKU), quote(gift.From.String()))
	}
	f.table("waiter")
	f.key("listen", quote(w.Listen), "пусто: выключено")
	f.key("mode", quote(string(w.Mode)), "bind: гость привязан (204); message: всегда сообщение (200)")
	f.key("allow", array(allow), "кому можно обращаться")
	f.key("hosts", array(quoted(w.Hosts)), "другие имена этого сервера (Host)")
	f.key("system", quote(w.System), "название в типах оплаты")
	f.key("photos", quote(w.Photos), "папка с фотографиями гостей: <client>.jpg или .png")
	f.waiterGuests(w, dishes)
}

func (f *fileWriter) waiterGuests(w Waiter, dishes []string) {
	f.key("gifts", array(dishes), "подарочные блюда: [{ sku = \"11015\", from = \"500\" }], from: баланс, с которого блюдо положено")
	f.key("waiters", array(quoted(w.Waiters)), "имена официантов, чьи PIN известны (secret set waiter/имя); пусто: любой PIN")
	f.key("rebind", quote(string(w.Rebind)), "привязка другого гостя: refuse: отказать; replace: заменить")
	f.key("unknown_sum", quote(string(w.UnknownSum)), "сколько можно списать без суммы заказа: balance или zero")
	f.key("deposit", quote(w.Deposit), "название депозита в типах оплаты; пусто: нет")
}

func (f *fileWriter) hall(h Hall) {
	tables := make([]string, len(h.Tables))
	for i, table := range h.Tables {
		tables[i] = strings.TrimSpace(fmt.Sprint(table.Number, " ", table.Name))
	}
	f.table("hall")
	f.key("name", quote(h.Name), "зал, как его видит Expirenza")
	f.key("tables", array(quoted(tables)), "столы: [\"1\", \"2\", \"20 Терраса\"]; пусто: стол с любым номером")
	f.key("staff", array(quoted(h.Staff)), "имена тех, кто обслуживает: им оставляют чаевые")
}

func quoted(texts []string) []string {
	written := make([]string, len(texts))
	for i, text := range texts {
		written[i] = quote(text)
	}
	return written
}

func array(written []string) string { return "[" + strings.Join(written, ", ") + "]" }

func quotePercent(p decimal.NullDecimal) string {
	if !p.Valid {
		return quote("")
	}
	return quote(p.Decimal.String())
}

// quote writes a TOML basic string. Validated texts hold no control characters,
// so a backslash and a quote are all there is to escape.
func quote(written string) string {
	return `"` + strings.NewReplacer(`\`, `\\`, `"`, `\"`).Replace(written) + `"`
}
