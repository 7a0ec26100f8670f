package config

import (
	"fmt"
	"strings"

	"github.com/shopspring/decimal"

	"github.com/skidkassa/skidkassa/internal/texts"
)

// Example is a commented settings file. Loading it gives [Default].
func Example() string { return Render(Default()) }

// Render writes settings as a commented settings file; loading the file gives
// the same settings again. The comments are for the shop's administrator, in the
// language of the settings.
func Render(s Settings) string {
	f := fileWriter{words: texts.New(texts.Lang(s.Language))}
	f.head(texts.CLIFileHead)
	f.key("language", quote(string(s.Language)), "ru, uk, en")
	f.table("shop")
	f.key("vendor", fmt.Sprint(s.Shop.Vendor), texts.CLIFileVendor)
	f.key("register", fmt.Sprint(s.Shop.Register), texts.CLIFileRegister)
	f.key("name", quote(s.Shop.Name), "")
	f.key("currency", quote(s.Shop.Currency), "")
	f.key("cashiers", array(quoted(s.Shop.Cashiers)), texts.CLIFileCashiers)
	f.table("skidkabot")
	f.key("url", quote(s.Skidkabot.URL), texts.CLIFileServiceURL)
	f.table("rules")
	f.key("accrue_percent", quotePercent(s.Rules.AccruePercent), texts.CLIFileAccruePercent)
	f.key("redeem_percent", quotePercent(s.Rules.RedeemPercent), texts.CLIFileRedeemPercent)
	f.key("step", quote(s.Rules.Step.String()), texts.CLIFileStep)
	f.key("min_money", quote(s.Rules.MinMoney.String()), texts.CLIFileMinMoney)
	f.key("max_sum", quote(s.Rules.MaxSum.String()), texts.CLIFileMaxSum)
	f.table("scanner")
	f.key("gap", quote(s.Scanner.Gap.String()), texts.CLIFileGap)
	f.till(s.Till)
	f.waiter(s.Waiter)
	f.table("expirenza")
	f.key("url", quote(s.Expirenza.URL), texts.CLIFileExpirenzaURL)
	f.key("resto_id", quote(s.Expirenza.RestoID), "")
	f.key("system", quote(s.Expirenza.System), "")
	f.hall(s.Hall)
	f.table("printer")
	f.key("device", quote(s.Printer.Device), texts.CLIFileDevice)
	f.key("columns", fmt.Sprint(s.Printer.Columns), texts.CLIFileColumns)
	f.key("page", quote(s.Printer.Page), texts.CLIFilePage)
	f.table("journal")
	f.key("path", quote(s.Journal.Path), texts.CLIFileJournalPath)
	return f.String()
}

// fileWriter writes the lines of a settings file.
type fileWriter struct {
	strings.Builder
	words *texts.Texts
}

func (f *fileWriter) head(line texts.ID) { f.WriteString("# " + f.words.Say(line) + "\n") }

func (f *fileWriter) table(name string) { f.WriteString("\n[" + name + "]\n") }

// key writes a setting with what it is about; an empty comment: it needs none.
func (f *fileWriter) key(name, written string, comment texts.ID) {
	line := name + " = " + written
	if comment != "" {
		line = fmt.Sprintf("%-36s # %s", line, f.words.Say(comment))
	}
	f.WriteString(line + "\n")
}

func (f *fileWriter) till(t Till) {
	f.table("till")
	f.key("lock", quote(t.Lock.String()), texts.CLIFileLock)
	f.key("bell", quote(string(t.Bell)), texts.CLIFileBell)
	f.key("mouse", quote(string(t.Mouse)), texts.CLIFileMouse)
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
	f.key("listen", quote(w.Listen), texts.CLIFileListen)
	f.key("mode", quote(string(w.Mode)), texts.CLIFileMode)
	f.key("allow", array(allow), texts.CLIFileAllow)
	f.key("hosts", array(quoted(w.Hosts)), texts.CLIFileHosts)
	f.key("system", quote(w.System), texts.CLIFileWaiterSystem)
	f.key("photos", quote(w.Photos), texts.CLIFilePhotos)
	f.waiterGuests(w, dishes)
}

func (f *fileWriter) waiterGuests(w Waiter, dishes []string) {
	f.key("gifts", array(dishes), texts.CLIFileGifts)
	f.key("waiters", array(quoted(w.Waiters)), texts.CLIFileWaiters)
	f.key("rebind", quote(string(w.Rebind)), texts.CLIFileRebind)
	f.key("unknown_sum", quote(string(w.UnknownSum)), texts.CLIFileUnknownSum)
	f.key("deposit", quote(w.Deposit), texts.CLIFileDeposit)
}

func (f *fileWriter) hall(h Hall) {
	tables := make([]string, len(h.Tables))
	for i, table := range h.Tables {
		tables[i] = strings.TrimSpace(fmt.Sprint(table.Number, " ", table.Name))
	}
	f.table("hall")
	f.key("name", quote(h.Name), texts.CLIFileHall)
	f.key("tables", array(quoted(tables)), texts.CLIFileTables)
	f.key("staff", array(quoted(h.Staff)), texts.CLIFileStaff)
}

func quoted(items []string) []string {
	written := make([]string, len(items))
	for i, item := range items {
		written[i] = quote(item)
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
