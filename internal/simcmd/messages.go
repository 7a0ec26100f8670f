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
