package skidkabot

import "strconv"

// A Code is the service's verdict in a reply (PROTOCOLS.md, section 1).
type Code int

// The documented codes. 10 and 14 are "not used by accrue and redeem" and have
// no published meaning, so a reply that carries one proves nothing.
const (
	CodeSuccess         Code = 0
	CodeNoVendor        Code = 1  // the request lacks fk_vendor
	CodeNoClient        Code = 2  // the request lacks fk_client
	CodeNoVendorSecret  Code = 3  // the request lacks vendor_secret
	CodeNoQRSecret      Code = 4  // the request lacks qr_secret
	CodeUnknownShop     Code = 5  // no shop has this code and secret
	CodeUnknownClient   Code = 6  // the customer is not registered
	CodeUnknownQR       Code = 7  // the QR is not registered
	CodeWrongQR         Code = 8  // the QR's control sum is wrong; a new QR helps
	CodeExpiredQR       Code = 9  // the QR is older than 24 hours; a new QR helps
	CodeNoAccrueSum     Code = 11 // an accrual lacks summa
	CodeNoRedeemSum     Code = 12 // a redemption lacks summa
	CodeNotEnoughPoints Code = 13 // the balance is smaller than the redemption
	CodeDebt            Code = 15 // the shop owes the service, which is therefore off
)

// codeMeanings is the one list of documented refusals.
var codeMeanings = map[Code]string{
	CodeNoVendor:        "no fk_vendor",
	CodeNoClient:        "no fk_client",
	CodeNoVendorSecret:  "no vendor_secret",
	CodeNoQRSecret:      "no qr_secret",
	CodeUnknownShop:     "no shop with this code and secret",
	CodeUnknownClient:   "customer not registered",
	CodeUnknownQR:       "QR not registered",
	CodeWrongQR:         "wrong QR control sum",
	CodeExpiredQR:       "QR expired",
	CodeNoAccrueSum:     "no summa to accrue",
	CodeNoRedeemSum:     "no summa to redeem",
	CodeNotEnoughPoints: "not enough points",
	CodeDebt:            "shop account in debt",
}

// Documented reports whether c is a refusal that the service documents: 1 to
// 9, 11, 12, 13 and 15. Success is no refusal.
func (c Code) Documented() bool {
	_, ok := codeMeanings[c]
	return ok
}

// String returns the number and, of a documented code, its meaning, for logs.
func (c Code) String() string {
	number := strconv.Itoa(int(c))
	switch {
	case c == CodeSuccess:
		return number + " (success)"
	case c.Documented():
		return number + " (" + codeMeanings[c] + ")"
	default:
		return number + " (undocumented)"
	}
}
