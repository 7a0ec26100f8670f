package simcmd

// What the simulator prints. The QR texts and the vendor's secret belong to the
// fake alone, so they may be shown.
const (
	greeting = `The Skidkabot simulator listens on %[1]s (Ctrl-C stops it).
The shop's code is %[2]d, its vendor secret is %[3]d. A till that uses it:

  skidkassa --set skidkabot.url=%[1]s --set shop.vendor=%[2]d

Customers, each with a QR that is valid for 24 hours:
`
	customerLine = `
  %s %s, balance %s
  %s
  skidkassa qr --client %d --secret %d
`
	requestsFollow = "\nRequests:\n"
	requestLine    = "%s #%d %s client=%s kassa=%s summa=%s\n"
)

// What the simulator of Expirenza prints. Its key is the fake's alone.
const (
	payGreeting = `The Expirenza simulator listens on %[1]s (Ctrl-C stops it).
The restaurant is %[2]s, its key is %[3]s. A till that uses it gets the key from a folder of its own:

  mkdir -p keys; printf %[3]s > keys/expirenza
  CREDENTIALS_DIRECTORY=keys skidkassa --set expirenza.url=%[1]s --set expirenza.resto_id=%[2]s

` + payCommands + "\n\n"
	payCommands = `Commands:
  (Enter)        the open bills, as the till told of them last
  table 5        the bills of a table, as its QR asks for them
  1              pay bill 1 of the list; 1 20 with tips of 20; 1 sum 99.50 another sum
  quit`
	payNoCommand  = "that is no command\n" + payCommands
	payTrouble    = "%v\n"
	payNoSuchBill = "no bill of that number has been listed; press Enter for the list"
	payNothing    = "No open bills.\n"
	payNoBills    = "No bills: %s\n"
	payBill       = "%d. order %s, to pay %s, waiter %s\n"
	payDish       = "     %s: %s x %s %s\n"
	payAsked      = "Bill %d: %s is paid, tips %s. Waiting for the till.\n"
	payAnswer     = "%s %s: %s\n"
	payClosed     = "the bill is closed"
	payBlocked    = "the bill is not closed; it will be asked for again in 20 s"
	payNever      = "the till can never close this bill"
	payBroken     = "The till broke a rule: %s\n"
)
