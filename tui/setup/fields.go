package setup

import (
	"net"
	"strconv"
	"strings"
	"time"

	"github.com/skidkassa/skidkassa/internal/texts"
)

// The fields of every setting that is asked for, each once: the wizard and the sections of the settings screen are made
// of them.
var (
	fieldLanguage = spec{
		key: "language", kind: kindChoice, label: texts.SetupLanguage, help: texts.SetupLanguageHelp,
		choices: languages,
	}
	fieldVendor = spec{
		key: "shop.vendor", kind: kindNumber, label: texts.SetupVendor, help: texts.SetupVendorHelp, example: "4", required: true,
	}
	fieldShopSecret = spec{
		key: SecretShop, secret: true, kind: kindSecret, label: texts.SetupShopSecret, help: texts.SetupShopSecretHelp,
		example: "12345", required: true,
	}
	fieldRegister = spec{
		key: "shop.register", kind: kindNumber, label: texts.SetupRegister, help: texts.SetupRegisterHelp, example: "1", required: true,
	}
	fieldName     = spec{key: "shop.name", label: texts.SetupName, help: texts.SetupNameHelp}
	fieldCurrency = spec{
		key: "shop.currency", kind: kindChoice, label: texts.SetupCurrency, help: texts.SetupCurrencyHelp,
		choices: values("shop.currency", "RUB", "UAH", "KZT", "BYN", "USD", "EUR"),
	}
	fieldURL = spec{
		key: "skidkabot.url", kind: kindLatin, label: texts.SetupURL, help: texts.SetupURLHelp, example: "https://skidkabot.ru",
		required: true, mean: withScheme("https://"),
	}

	fieldAccrue = spec{
		key: "rules.accrue_percent", kind: kindDecimal, label: texts.SetupAccrue, help: texts.SetupAccrueHelp, example: "2.5", mean: pointed,
	}
	fieldRedeem = spec{
		key: "rules.redeem_percent", kind: kindDecimal, label: texts.SetupRedeem, help: texts.SetupRedeemHelp, example: "30", mean: pointed,
	}
	fieldStep = spec{
		key: "rules.step", kind: kindNumber, label: texts.SetupStep, help: texts.SetupStepHelp, example: "1", required: true,
	}
	fieldMinMoney = spec{
		key: "rules.min_money", kind: kindDecimal, label: texts.SetupMinMoney, help: texts.SetupMinMoneyHelp, example: "0", required: true,
		mean: pointed,
	}
	fieldMaxSum = spec{
		key: "rules.max_sum", kind: kindDecimal, label: texts.SetupMaxSum, help: texts.SetupMaxSumHelp, example: "1000000",
		required: true, mean: pointed,
	}

	fieldGap = spec{
		key: "scanner.gap", kind: kindDecimal, label: texts.SetupGap, help: texts.SetupGapHelp, example: "50", required: true,
		mean: millis, show: asMillis,
	}

	fieldBell = spec{
		key: "till.bell", kind: kindChoice, label: texts.SetupBell, help: texts.SetupBellHelp,
		choices: words(word{"errors", texts.SetupBellErrors}, word{"all", texts.SetupBellAll}, word{"off", texts.SetupNo}),
	}
	fieldMouse = spec{
		key: "till.mouse", kind: kindChoice, label: texts.SetupMouse, help: texts.SetupMouseHelp,
		choices: words(word{"on", texts.SetupYes}, word{"off", texts.SetupNo}),
	}
	fieldLock = spec{
		key: "till.lock", kind: kindChoice, label: texts.SetupLock, help: texts.SetupLockHelp, choices: lockTimes,
	}
	fieldCashiers = spec{
		key: "shop.cashiers", label: texts.SetupCashiers, help: texts.SetupCashiersHelp, names: texts.SetupNamesExample,
	}

	fieldPrinter = spec{
		key: "printer.device", kind: kindLatin, label: texts.SetupPrinter, help: texts.SetupPrinterHelp, example: "192.168.1.50",
		mean: device, show: func(value string) string { return value },
	}
	fieldColumns = spec{
		key: "printer.columns", kind: kindChoice, label: texts.SetupColumns, help: texts.SetupColumnsHelp,
		choices: values("printer.columns", "32", "42", "48"),
	}
	fieldPage = spec{
		key: "printer.page", kind: kindLatin, label: texts.SetupPage, help: texts.SetupPageHelp, example: "cp866", required: true,
	}

	fieldFeed  = spec{key: SecretFeed, secret: true, kind: kindSecret, label: texts.SetupFeed, help: texts.SetupFeedHelp}
	fieldAdmin = spec{
		key: SecretAdmin, secret: true, kind: kindPIN, label: texts.SetupAdmin, help: texts.SetupAdminHelp, example: "2580",
	}
	fieldAdminAgain = spec{
		key: "admin_again", own: true, kind: kindPIN, label: texts.SetupAgain, help: texts.SetupAgainHelp, check: same(SecretAdmin, "admin_again"),
	}
)

// The fields of door 2.
var (
	fieldListen = spec{
		key: "waiter.listen", kind: kindLatin, label: texts.SetupListen, help: texts.SetupListenHelp, example: localListen, mean: listen,
		show: func(value string) string { return value },
	}
	fieldWaiters = spec{ // of the wizard
		key: "waiter.listen", kind: kindChoice, label: texts.SetupWaiters, help: texts.SetupWaitersHelp,
		choices: ownOr("waiter.listen", word{"", texts.SetupNo}, word{localListen, texts.SetupYes}),
	}
	fieldMode = spec{
		key: "waiter.mode", kind: kindChoice, label: texts.SetupMode, help: texts.SetupModeHelp,
		choices: words(word{"bind", texts.SetupModeBind}, word{"message", texts.SetupModeMessage}),
	}
	fieldAllow = spec{
		key: "waiter.allow", kind: kindLatin, label: texts.SetupAllow, help: texts.SetupAllowHelp, example: "127.0.0.0/8, 192.168.1.10",
	}
	fieldHosts = spec{
		key: "waiter.hosts", kind: kindLatin, label: texts.SetupHosts, help: texts.SetupHostsHelp, example: "kassa.local",
	}
	fieldWaiterSystem = spec{
		key: "waiter.system", label: texts.SetupSystem, help: texts.SetupSystemHelp, example: "Skidkabot", required: true,
	}
	fieldPhotos = spec{key: "waiter.photos", label: texts.SetupPhotos, help: texts.SetupPhotosHelp}
	fieldGifts  = spec{key: "waiter.gifts", label: texts.SetupGifts, help: texts.SetupGiftsHelp, example: "11015:500, 11068:1000"}
	fieldNames  = spec{
		key: "waiter.waiters", label: texts.SetupNames, help: texts.SetupNamesHelp, names: texts.SetupNamesExample,
	}
	fieldRebind = spec{
		key: "waiter.rebind", kind: kindChoice, label: texts.SetupRebind, help: texts.SetupRebindHelp,
		choices: words(word{"refuse", texts.SetupRebindRefuse}, word{"replace", texts.SetupRebindReplace}),
	}
	fieldUnknownSum = spec{
		key: "waiter.unknown_sum", kind: kindChoice, label: texts.SetupUnknownSum, help: texts.SetupUnknownSumHelp,
		choices: words(word{"balance", texts.SetupUnknownSumBalance}, word{"zero", texts.SetupUnknownSumZero}),
	}
	fieldDeposit = spec{key: "waiter.deposit", label: texts.SetupDeposit, help: texts.SetupDepositHelp}
)

// The fields of door 3.
var (
	fieldExpirenza = spec{
		key: "expirenza.url", kind: kindLatin, label: texts.SetupExpirenza, help: texts.SetupExpirenzaHelp, example: expirenzaURL,
		mean: withScheme("wss://"), show: func(value string) string { return value },
	}
	fieldPhones = spec{ // of the wizard
		key: "expirenza.url", kind: kindChoice, label: texts.SetupPhones, help: texts.SetupPhonesHelp,
		choices: ownOr("expirenza.url", word{"", texts.SetupNo}, word{expirenzaURL, texts.SetupYes}),
	}
	fieldResto = spec{
		key: "expirenza.resto_id", kind: kindLatin, label: texts.SetupResto, help: texts.SetupRestoHelp, example: "5210",
		check: neededWith("expirenza.url", "expirenza.resto_id"),
	}
	fieldPayingSystem = spec{
		key: "expirenza.system", kind: kindLatin, label: texts.SetupPayingSystem, help: texts.SetupPayingSystemHelp, example: "SKIDKASSA",
		required: true,
	}
	fieldExpirenzaKey = spec{
		key: SecretExpirenza, secret: true, kind: kindSecret, label: texts.SetupExpirenzaKey, help: texts.SetupExpirenzaKeyHelp,
	}
	fieldHall   = spec{key: "hall.name", label: texts.SetupHall, help: texts.SetupHallHelp}
	fieldTables = spec{key: "hall.tables", label: texts.SetupTables, help: texts.SetupTablesHelp, names: texts.SetupTablesExample}
	fieldStaff  = spec{key: "hall.staff", label: texts.SetupStaff, help: texts.SetupStaffHelp, names: texts.SetupNamesExample}
)

// The usual addresses of the doors.
const (
	localListen  = "127.0.0.1:9100"
	expirenzaURL = "wss://api.shaketopay.com.ua"
)

// whosePIN are the fields that set the PIN of one of the people who are named in another field.
func whosePIN(prefix, names string) []spec {
	who, pin := prefix+"who", prefix+"pin"
	return []spec{
		{
			key: who, own: true, kind: kindChoice, label: texts.SetupWho, help: texts.SetupWhoHelp,
			choices: func(f *form) []choice {
				choices := []choice{{"", f.Say(texts.SetupNobody)}}
				for _, name := range strings.Split(f.get(names), ",") {
					if name = strings.TrimSpace(name); name != "" {
						choices = append(choices, choice{name, name})
					}
				}
				return choices
			},
		},
		{
			key: pin, own: true, kind: kindPIN, label: texts.SetupWhosePIN, help: texts.SetupWhosePINHelp, example: "2580",
			check: func(f *form) *Fault {
				typed := f.get(pin)
				switch {
				case (f.get(who) == "") != (typed == ""):
					return &Fault{Kind: FaultRequired}
				case typed == "":
					return nil
				}
				return f.backend.JudgeSecret(Named{prefix + f.get(who), NewSecret(typed)})
			},
		},
	}
}

// languages offers each language by the name that it has for itself.
func languages(*form) []choice {
	var choices []choice
	for _, lang := range texts.Langs() {
		choices = append(choices, choice{string(lang), nameOf(lang)})
	}
	return choices
}

func nameOf(lang texts.Lang) string { return texts.New(lang).Say(texts.SetupLanguageName) }

// word is a choice with its words.
type word struct {
	value string
	label texts.ID
}

// words offers values by their words.
func words(known ...word) func(*form) []choice {
	return func(f *form) []choice {
		choices := make([]choice, len(known))
		for i, w := range known {
			choices[i] = choice{w.value, f.Say(w.label)}
		}
		return choices
	}
}

// values offers values as they are; what stands in the file is among them.
func values(key string, known ...string) func(*form) []choice {
	return func(f *form) []choice {
		var choices []choice
		isKnown := false
		for _, value := range known {
			choices = append(choices, choice{value, value})
			isKnown = isKnown || value == f.draft.file[key]
		}
		if !isKnown {
			choices = append(choices, choice{f.draft.file[key], f.draft.file[key]})
		}
		return choices
	}
}

// ownOr is words with what stands in the file, as it is, when it is another value.
func ownOr(key string, known ...word) func(*form) []choice {
	return func(f *form) []choice {
		choices := words(known...)(f)
		for _, c := range choices {
			if c.value == f.draft.file[key] {
				return choices
			}
		}
		return append(choices, choice{f.draft.file[key], f.draft.file[key]})
	}
}

// lockTimes are the times after which the till may lock itself.
func lockTimes(f *form) []choice {
	choices := []choice{{"0s", f.Say(texts.SetupLockNever)}}
	isKnown := f.draft.file["till.lock"] == "0s"
	for _, minutes := range []int{1, 2, 5, 10, 15, 30, 60} {
		value := (time.Duration(minutes) * time.Minute).String()
		choices = append(choices, choice{value, f.Say(texts.SetupLockMinutes, texts.Args{"Minutes": minutes})})
		isKnown = isKnown || value == f.draft.file["till.lock"]
	}
	if !isKnown {
		choices = append(choices, choice{f.draft.file["till.lock"], f.draft.file["till.lock"]})
	}
	return choices
}

// same demands that two fields hold the same.
func same(key, again string) func(*form) *Fault {
	return func(f *form) *Fault {
		if f.get(key) != f.get(again) {
			return &Fault{Kind: faultDiffers}
		}
		return nil
	}
}

// neededWith demands a value when another field has one.
func neededWith(other, key string) func(*form) *Fault {
	return func(f *form) *Fault {
		if f.get(other) != "" && f.get(key) == "" {
			return &Fault{Kind: FaultRequired}
		}
		return nil
	}
}

// pointed is a number with a point for the comma of those who write one.
func pointed(typed string) string { return strings.ReplaceAll(strings.TrimSpace(typed), ",", ".") }

// millis is a number of milliseconds as a duration, and asMillis the other way round.
func millis(typed string) string {
	if typed = pointed(typed); typed == "" {
		return ""
	}
	return typed + "ms"
}

func asMillis(value string) string {
	d, err := time.ParseDuration(value)
	if err != nil {
		return value
	}
	return strconv.FormatFloat(float64(d)/float64(time.Millisecond), 'f', -1, 64)
}

// withScheme completes an address of which only the host was typed.
func withScheme(scheme string) func(string) string {
	return func(typed string) string {
		typed = strings.TrimSpace(typed)
		if typed == "" || strings.Contains(typed, "://") {
			return typed
		}
		return scheme + typed
	}
}

// listen completes where waiters are served: a port alone is one of this machine.
func listen(typed string) string {
	typed = strings.TrimSpace(typed)
	if _, err := strconv.ParseUint(typed, 10, 16); err == nil {
		return net.JoinHostPort("127.0.0.1", typed)
	}
	return typed
}

// printerPort is where printers listen.
const printerPort = "9100"

// device completes a printer's address: an address of the network, a device file, or a port of Windows.
func device(typed string) string {
	typed = strings.TrimSpace(typed)
	switch {
	case typed == "", strings.Contains(typed, "://"):
		return typed
	case strings.HasPrefix(typed, "/"):
		return "file://" + typed
	case strings.HasPrefix(strings.ToUpper(typed), "LPT"), strings.HasPrefix(strings.ToUpper(typed), "COM"):
		return "file:///" + strings.ToUpper(strings.TrimSuffix(typed, ":"))
	}
	if _, _, err := net.SplitHostPort(typed); err == nil {
		return "tcp://" + typed
	}
	return "tcp://" + net.JoinHostPort(strings.ReplaceAll(typed, ",", "."), printerPort)
}
