package main

import "github.com/skidkassa/skidkassa/config"

// Every sentence of the command line stands in this file: for administrators
// and scripts, in English. What the cashier reads on the screen is in
// internal/texts.

// The help of the commands.
const (
	helpRoot     = "The till for Skidkabot points"
	helpRootLong = `The till for Skidkabot points: scan the customer's QR, see name and balance,
accrue or redeem points.

Without a command it starts the till. To look at it without setting anything up:

  skidkassa demo

Exit codes: 0 done, 1 failed, 2 wrong usage, 3 refused by the service,
4 ended while an operation was still being sent.`
	helpDemo     = "Try the till with a simulated service; nothing to set up, nothing kept"
	helpDemoLong = `Try the till with a simulated service and customers. F6 lists ready scans,
trouble included. No settings are read, no keyring is asked, and nothing is kept.`
	helpServe     = "Serve waiters and paying guests without a screen"
	helpServeLong = `Serve waiters, and guests who pay from their phones, without a screen: the same till,
with its journal, for a machine that nobody sits at. It prints one line when it is ready, "ready"
and the waiters' address, and logs to the file in the data folder. systemd is told too. Ctrl-C or
SIGTERM stops it.

The screen and "serve" share one journal: only one of them runs at a time, and the
screen serves both as well.`
	exampleServe = `  skidkassa serve
  skidkassa serve --json --set waiter.listen=192.168.1.20:9100`
	helpBalance     = "Show a customer's name and balance"
	helpBalanceLong = `Show the name and balance of the customer whose QR text is given. No points move.

A QR holds a secret, and other users of this machine can see arguments: give
"-" and the text on the standard input instead. Text that a scanner typed under
a foreign keyboard layout is repaired.`
	exampleBalance = `  skidkassa balance -        # then scan
  skidkassa balance --json - < qr.txt`
	helpJournal        = "Look into the journal of operations"
	helpJournalLong    = "Look into the journal of operations. It works while the till runs and, but for restore, changes nothing."
	helpJournalList    = "List operations, newest first"
	exampleJournalList = `  skidkassa journal list --day 2025-11-21
  skidkassa journal list --state unknown,review --json`
	helpJournalShow       = "Show an operation with its history"
	helpJournalTotals     = "Add up a day's operations by kind and state"
	helpJournalTotalsLong = `Add up a day's operations by kind and state, and what has moved: confirmed by the
service, inferred from balances (named once more), or decided by a person. Points that reversals moved stand apart.`
	exampleJournalTotals  = `  skidkassa journal totals --day 2025-11-21`
	helpJournalExport     = "Write operations to a file or the standard output, oldest first"
	helpJournalExportLong = `Write operations as a table for a spreadsheet (csv, UTF-8) or as JSON, an object
a line. QR secrets are never written. A file that is there is not replaced.`
	exampleJournalExport = `  skidkassa journal export --out november.csv
  skidkassa journal export --format json --day 2025-11-21`
	helpJournalReconcile     = "Compare the service's balances with what the journal expects"
	helpJournalReconcileLong = `Read the balance of each customer whose QR of the last 24 hours is still known,
and compare it with what the journal expects: the last balance that the service named, and what moved after it.
No points move. A difference may be another till's work.
The exit code is 1 if a balance differs, cannot be read, or has an open operation.`
	helpJournalBackups     = "List the journal's backups, newest first"
	helpJournalRestore     = "Put a backup in the journal's place"
	helpJournalRestoreLong = `Put a copy of a backup in the journal's place; the old one is kept aside. The till must
be closed. What the backup calls open may have been sent since: the till sends none of it and shows it for a person to decide.`
	exampleJournalRestore = `  skidkassa journal backups
  skidkassa journal restore journal-2025-11-21.db`
	helpSecret     = "Set, check or delete a secret of this till"
	helpSecretLong = `Set, check or delete a secret of this till in the operating system's keyring.

Names: skidkabot (the shop's vendor secret), expirenza, feed, admin (PIN),
cashier/NAME and waiter/NAME (PINs).`
	helpSecretSet        = "Ask for a secret and keep it"
	helpSecretCheck      = "Tell where a secret is kept, without showing it"
	helpSecretDelete     = "Delete a secret"
	helpSim              = "Run a service that the till speaks with as a simulator"
	helpSimSkidkabot     = "Run the Skidkabot service as a simulator"
	helpSimSkidkabotLong = `Run the Skidkabot service as a simulator: two customers, whose QRs it prints,
and a line for each request. It keeps nothing. Ctrl-C stops it.`
	exampleSimSkidkabot = `  skidkassa sim skidkabot --listen 127.0.0.1:8080
  skidkassa sim skidkabot --fault reply-lost`
	helpSimExpirenza     = "Run Expirenza as a simulator, and pay bills by hand"
	helpSimExpirenzaLong = `Run Expirenza as a simulator: it lists the till's open bills, pays them as a guest's
phone does, and asks again and again until the till has closed them. It keeps nothing.
Ctrl-C stops it.`
	exampleSimExpirenza = `  skidkassa sim expirenza --listen 127.0.0.1:8081`
	helpPrinter         = "Try the printer"
	helpPrinterTest     = "Print a test page"
	helpPrinterTestLong = `Print a test page: letters, widths, a QR, the cut. It works while the till runs.`
	helpQR              = "Draw a simulated customer's QR for a real scanner"
	helpQRLong          = `Draw the QR of a customer of "skidkassa sim skidkabot", to try a real scanner on
the screen. It talks to nobody. The secret is a simulator's: a real QR's secret
does not belong on a command line.`
	exampleQR = `  skidkassa qr
  skidkassa qr --client 7045112233 --secret 39685`
	helpDoctor     = "Look for what keeps the till from working, and say what to do"
	helpDoctorLong = `Look at the settings, the data folder, the journal, the secrets, the service, the
clock and the terminal. No points move. The exit code is 1 if anything failed.`
	helpVersion = "Show the version"
)

// The help of the flags.
const (
	flagConfig     = "settings `FILE`"
	flagData       = "`DIR` of the journal and the log"
	flagLogLevel   = "what goes to the log: debug, info, warn or error"
	flagSet        = "set one setting over the file's, for example shop.register=2; repeatable"
	flagJSON       = "print JSON"
	flagNewJournal = "keep a damaged or newer journal aside and begin a new one"
	flagDay        = "only this `DAY`, YYYY-MM-DD"
	flagState      = "only these `STATES`, separated by commas"
	flagClient     = "only this customer's `NUMBER`"
	flagLimit      = "at most so many"
	flagFormat     = "csv or json"
	flagOut        = "write to `FILE` instead of the standard output"
	flagForce      = "replace the file if it is there"
	flagListen     = "`ADDRESS` to listen on, host:port; port 0 is a free one"
	flagFault      = "`NAME` of a fault that every accrual and redemption meets"
	flagQRVendor   = "shop `CODE`"
	flagQRClient   = "customer's `NUMBER`"
	flagQRSecret   = "the QR's control `NUMBER`"
	flagASCII      = "draw with # alone"
	flagInvert     = "without colours: draw for dark text on a light ground"
)

// What is wrong with a command line.
const (
	saySeeHelp        = `See "skidkassa --help".`
	sayNoArguments    = " takes no arguments"
	sayWantsArguments = " wants exactly: "
	sayNoCommand      = "there is no command %q"
	sayLongNoCommand  = "that is no command"
	sayDidYouMean     = " (did you mean %s?)"
	sayDemoSettings   = "the demo reads no settings and keeps nothing: it takes no --config, --data or --set"
	sayBadFlag        = "--%s: %v"
	sayBadLimit       = "--limit must be from 1 to %d"
	sayBadClient      = "--client must be a customer's number"
	sayBadState       = "--state must be one or several of: %s"
	sayBadDay         = "--day must be a date, YYYY-MM-DD"
	sayBadFormat      = "--format must be csv or json"
	sayBadID          = "ID must be an operation's id, as \"skidkassa journal list\" shows it"
	sayBadFault       = "--fault must be one of: %s"
	sayBadCard        = "--vendor and --client must be 1 or more, --secret 0 or more"
)

// Why a till does not start or a command fails: what happened, and what to do.
const (
	sayNotSetUp = `this till is not set up: there is no settings file %s
Write one with at least "[shop]" and "vendor = CODE", then keep the shop's secret: skidkassa secret set skidkabot
To look around first, with nothing to set up: skidkassa demo`
	saySettings    = "the settings cannot be used:"
	sayNoHome      = "this user has no home folder\nName the data folder with --data or SKIDKASSA_DATA."
	sayNoDataDir   = "the data folder %s cannot be made: %v\nMake it writable for this user, or name another with --data."
	sayNoTerminal  = "the till needs a terminal: neither its input nor its output may be redirected\nStart it from a terminal window."
	sayWrongPIN    = "that is not the admin's PIN; nothing was changed"
	sayCancelled   = "cancelled, nothing was changed"
	sayNoInput     = "nothing came on the standard input"
	sayInterrupted = "interrupted"
	sayInFlight    = "the till ended while an operation was still being sent; its result is unknown\n" +
		"Start the till again: it finds out, and sends nothing twice."
	sayNoDoor = "there is nobody to serve: the waiter's door is off, and guests do not pay from their phones\n" +
		"Set listen under [waiter] in the settings, for example \"127.0.0.1:9100\", or url under [expirenza]."
	sayPortBusy   = "waiters cannot be served at %s: another program has the port\nClose it, or change listen under [waiter] in the settings."
	sayPortBusyBy = "waiters cannot be served at %s: %s has the port\nClose it, or change listen under [waiter] in the settings."
	sayNoPort     = "waiters cannot be served at %s: %v\nCorrect listen under [waiter] in the settings."
	sayNoPrinter  = "no printer is set\nName one with device under [printer] in the settings, for example \"tcp://192.168.1.50:9100\"."
	sayBadDevice  = "the printer cannot be used: %v\nCorrect device under [printer] in the settings."
	sayNotPrinted = "the page was not printed: %s"
	sayIll        = "%d checks failed; see above"

	sayLocked   = "another till has this journal open\nUse that one, or close it first."
	sayLockedBy = "another till has this journal open:\nprocess %d, since %s\nUse that one, or close it first."
	sayDamaged  = "the journal %s is damaged; it was left as it is\n" +
		"Restore a backup (skidkassa journal backups, skidkassa journal restore), or start with --new-journal:\n" +
		"it keeps this one aside and begins a new one."
	sayNewer = "the journal %s was written by a newer skidkassa; it was left as it is\n" +
		"Update this program, or start with --new-journal: it keeps that one aside and begins a new one."
	sayAside       = "skidkassa: the old journal is kept as %s, a new one is begun\n"
	sayOlder       = "the journal %s was written by an older skidkassa\nStart the till once: it brings the journal up to date."
	sayMissing     = "there is no journal %s\nThe till begins one when it is first started."
	sayFull        = "the disk is full: the journal %s cannot be written\nMake room, then start again."
	sayUnwritable  = "the journal %s cannot be written or opened: %v\nMake its folder writable for this user, or name another with --data."
	sayBusy        = "the journal %s is held by another program\nClose that program, then start again."
	sayJournal     = "the journal %s failed: %v\nRun: skidkassa doctor"
	sayNoOperation = "the journal has no such operation"
	sayUnrestored  = "the backup %s was not restored: %v\nThe journal is as it was. Try another one: skidkassa journal backups"
	sayFileThere   = "the file %s is there already; it was left as it is\nName another with --out, or replace it with --force."
	sayDiffers     = "not everything agrees; see above"

	sayNoSecret      = "no secret %q: %s\n%s"
	saySecretTrouble = "secret %q: %s\n%s"
	sayScanForeign   = "that is the QR of another shop"
	sayScanDamaged   = "that is a Skidkabot QR, but damaged: scan it again"
	sayScanLayout    = "the text was typed under a keyboard layout from which it cannot be read back\nSwitch the layout to English and scan again."
	sayScanBarcode   = "that is a product's barcode, not a customer's QR"
	sayScanLink      = "that is a web address, not a customer's QR"
	sayScanOther     = "that is not a customer's QR"
	sayRefused       = "the service refused: code %v\n%s"
	sayUnavailable   = "the balance is not available: %v\nNo points have moved. Run: skidkassa doctor"
)

// What commands print when all is well.
const (
	sayUnknown       = "unknown"
	sayVersion       = "skidkassa %s\ncommit %s\nbuilt  %s\ngo     %s %s\n"
	sayBalance       = "%s\nbalance %s\naccrue  %s\nredeem  %s\n"
	askSecret        = "%s: "
	askAdminPIN      = "Admin PIN: "
	sayReady         = "ready %s"
	sayPrinted       = "The test page is printed on %s, %d columns, %s.\n"
	saySecretSet     = "The secret %q is kept in the keyring.\n"
	saySecretDeleted = "The secret %q is deleted from the keyring.\n"
	saySecretThere   = "The secret %q is kept in %s.\n"
	sayNoOperations  = "No operations.\n"
	sayNoBackups     = "No backups.\n"
	sayBackupFine    = "in order"
	sayReplaced      = "The old journal is kept as %s.\n"
	sayRestored      = "The backup is now the journal %s. What it calls open is for a person to decide: start the till.\n"
	sayExported      = "%d operations"
	sayTotals        = "accrued     %s, of these inferred %s\nredeemed    %s, of these inferred %s\n" +
		"given back  %s, of these inferred %s\ntaken back  %s, of these inferred %s\n"

	sayNothingToReconcile = "No customer's balance can be read: no QR of the last 24 hours is known.\n"
	saySumAndMoney        = "%s, in money %s, percent %s"
	sayBalanceAt          = "%s, read at %s"
)

// sourceWords name where a secret is kept.
var sourceWords = map[config.Source]string{
	config.FromKeyring:     "the keyring",
	config.FromCredentials: "$CREDENTIALS_DIRECTORY",
}

// The heads and labels of the journal's tables.
var (
	operationColumns = []string{"TIME", "KIND", "STATE", "POINTS", "SUM", "CUSTOMER", "ID", "NAME"}
	totalColumns     = []string{"KIND", "COUNT", "POINTS", "STATE"}
	reconcileColumns = []string{"CUSTOMER", "EXPECTED", "BALANCE", "DIFFERENCE", "OPEN", "NAME"}
	backupColumns    = []string{"TIME", "OPERATIONS", "VERDICT", "FILE"}
	eventColumns     = []string{"TIME", "FROM", "TO", "REASON", "BY"}
)

const (
	labelID       = "id"
	labelKind     = "kind"
	labelState    = "state"
	labelCustomer = "customer"
	labelPoints   = "points"
	labelSum      = "sum"
	labelParent   = "parent"
	labelBefore   = "balance before"
	labelAfter    = "balance after"
	labelReply    = "reply"
	labelNote     = "why"
	labelRegister = "register"
)

// The doctor's checks, findings and cures.
const (
	checkSettings  = "settings"
	checkFolder    = "folder"
	checkJournal   = "journal"
	checkBackups   = "backups"
	checkReserve   = "reserve"
	checkSecret    = "secret"
	checkAdmin     = "admin PIN"
	checkService   = "service"
	checkClock     = "clock"
	checkDoor      = "waiters"
	checkAllow     = "allowed"
	checkPhotos    = "photos"
	checkPINs      = "PINs"
	checkFeed      = "feed"
	checkPayments  = "payments"
	checkPrinter   = "printer"
	checkExpirenza = "expirenza"
	checkTerminal  = "terminal"

	foundUnset              = "not looked at: the settings or the data folder cannot be used"
	foundNoSettings         = "there is no settings file %s"
	foundSettings           = "%s: shop %d, register %d"
	foundNoFolder           = "%s is not there yet; the till makes it"
	foundNotFolder          = "%s is not a folder"
	foundOpenFolder         = "%s can be read by others (mode %o)"
	foundNoJournal          = "%s is not there yet; the till begins it"
	foundOpenOperations     = "%s: %d operations are open"
	foundNoBackup           = "there is none in %s yet; the till makes one each day"
	foundOldBackup          = "the newest is %d days old: %s"
	foundBackup             = "%d, the newest of %s holds %d operations"
	foundNoReserve          = "%s is not there: the disk was full, or the till has not run yet"
	foundReserve            = "%s: results can be written on a full disk"
	foundSecret             = "the shop's secret is kept in %s"
	foundNoPIN              = "no admin PIN is set, so none is asked for"
	foundPIN                = "set"
	foundNoService          = "%s cannot be reached: %v"
	foundService            = "%s answers with status %d after %d ms"
	foundNoDate             = "not compared: the service did not say its time"
	foundAhead              = "this machine is %s ahead of the service"
	foundBehind             = "this machine is %s behind the service"
	foundDoorOff            = "the waiter's door is off"
	foundDoorFree           = "%s is free; the till serves waiters there"
	foundDoorServes         = "%s: waiters are served"
	foundDoorBusyBy         = "%s is taken by %s"
	foundNoDoor             = "%s cannot be listened on: %v"
	foundAllowedLocal       = "this machine alone"
	foundAllowedNobody      = "%s can be reached from the network, but this machine alone may call"
	foundAllowedNetwork     = "everybody in %s may bind guests and see their balances"
	foundNoPhotos           = "none are shown"
	foundPhotos             = "%s: %d"
	foundManyPhotos         = "%s: %d or more"
	foundBadPhotos          = "%s cannot be read: %v"
	foundNoWaiters          = "none are asked for: no waiters are named"
	foundWaiters            = "%d waiters, each with a PIN"
	foundNoWaiterPIN        = "without a PIN, and so shut out: %s"
	foundNoFeed             = "off: no token is set"
	foundFeed               = "on: the token is kept in %s"
	foundWallet             = "wallet: %s"
	foundNoPrinter          = "none: receipts and kitchen tickets are not printed, everything else works"
	foundPrinter            = "%s, %d columns, %s: %s"
	foundPrinterTry         = "; print a page: skidkassa printer test"
	foundPrinterReady       = "ready"
	foundPrinterLow         = "ready, but the paper is nearly out"
	foundPrinterNoPaper     = "no paper"
	foundPrinterCover       = "the cover is open"
	foundPrinterError       = "it reports an error: a jammed cutter or the like"
	foundPrinterSwitched    = "it is switched offline"
	foundPrinterUnreachable = "it does not answer"
	foundPrinterUnknown     = "it does not tell how it is"
	foundExpirenzaOff       = "guests do not pay from their phones"
	foundNoExpirenza        = "%s cannot be reached: %v"
	foundExpirenza          = "%s answers after %d ms, restaurant %s"
	foundExpirenzaKey       = "the key is kept in %s"
	foundNoAttempt          = "this till has not connected yet"
	foundAttempt            = "this till last tried to connect at %s"
	foundPayingLeft         = "answers that Expirenza has not taken yet: %d; payments that have closed no bill: %d"
	foundNoTerminal         = "not looked at: this is not a terminal"
	foundTerminal           = "TERM %s, %dx%d, locale %s"

	cureSettings           = "correct the settings"
	cureNoSettings         = "write one with at least [shop] and vendor = CODE"
	cureFolder             = "make %s a folder that this user can write, or name another with --data"
	cureOpenFolder         = "chmod 700 %s"
	cureOpenOperations     = "start the till: it shows them first"
	cureBackup             = "start the till and leave it running for a minute; if it stays, see the log in the data folder"
	cureIllBackup          = "move the file away, and look for what is wrong with the disk"
	cureReserve            = "make room on the disk and start the till"
	cureNoPIN              = "skidkassa secret set admin"
	cureNoService          = "check the network, the name in [skidkabot] url, and this machine's date"
	cureIllService         = "try again later; if it stays, ask the service"
	cureClock              = "set this machine's clock, best by a time service"
	cureDoorBusy           = "close that program, or change listen under [waiter] in the settings"
	cureNoDoor             = "correct listen under [waiter] in the settings: an address of this machine, and a port"
	cureAllow              = "name in allow under [waiter] the WaiterServer's address alone; the protocol has no passwords"
	cureAllowNobody        = "add the WaiterServer's address to allow under [waiter], or listen on 127.0.0.1"
	curePhotos             = "make it a folder that this user can read, or empty photos under [waiter]"
	curePaper              = "put paper in"
	curePrinterCover       = "close the printer's cover"
	curePrinterError       = "look at the printer: switch it off and on if it stays"
	curePrinterUnreachable = "switch the printer on, look at its cable, and check device under [printer] in the settings"
	cureNoExpirenza        = "check the network, url under [expirenza] in the settings, and this machine's date"
	curePayingLeft         = "start the till and leave it running: it delivers them, and F4 shows the payments"
	cureTerminal           = "use another terminal program"
	cureSmall              = "make the window at least %dx%d"
	cureLocale             = "set a UTF-8 locale, for example LANG=C.UTF-8"

	cureLocked     = "unlock the keyring of this user, or log in to the desktop, and try again"
	cureAbsent     = "start a keyring service for this user, or pass systemd credentials"
	cureDenied     = "try again and allow it when the keyring asks"
	cureTimeout    = "look whether the keyring is waiting for an answer, and try again"
	cureNotFound   = "nothing of that name is kept, so nothing was changed"
	cureUnset      = "run: skidkassa secret set %s"
	cureCredential = "add LoadCredential=%s to the service"
	cureFailed     = "see the log in the data folder"
)
