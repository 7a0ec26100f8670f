package skidkabot

import (
	"fmt"
	"io"
	"log/slog"
	"time"

	"github.com/shopspring/decimal"
)

// An Account is what the service says of a customer. Names went through
// [Sanitize] and may be empty. Printed or logged, an Account hides them.
type Account struct {
	FirstName, LastName string

	Balance decimal.Decimal // points; the service may report a fraction or less than zero

	// AccruePercent (p_plus) is the percent of a purchase to accrue,
	// RedeemPercent (p_minus) the largest percent of it payable with points.
	// Each counts only when its Has field is true.
	AccruePercent, RedeemPercent       decimal.Decimal
	HasAccruePercent, HasRedeemPercent bool

	ServerDate time.Time // the reply's Date header; zero when there was none
	ReadAt     time.Time // when the whole reply had come, by Config.Now
}

// String shows the balance and hides the names.
func (a Account) String() string { return fmt.Sprintf("Account{balance %s}", a.Balance) }

// Format writes [Account.String] for every verb.
func (a Account) Format(f fmt.State, _ rune) { _, _ = io.WriteString(f, a.String()) }

// LogValue makes log/slog write [Account.String].
func (a Account) LogValue() slog.Value { return slog.StringValue(a.String()) }

// A Receipt is the service's confirmation of an accrual or redemption. Names
// went through [Sanitize] and may be empty. Printed or logged, a Receipt hides
// them.
type Receipt struct {
	FirstName, LastName string

	Balance     decimal.Decimal // points after the operation, if BalanceRead
	BalanceRead bool            // false after a bare {"code": 0}, which is documented as success too

	ServerDate time.Time // the reply's Date header; zero when there was none
}

// String shows the balance and hides the names.
func (r Receipt) String() string {
	if !r.BalanceRead {
		return "Receipt{balance unread}"
	}
	return fmt.Sprintf("Receipt{balance %s}", r.Balance)
}

// Format writes [Receipt.String] for every verb.
func (r Receipt) Format(f fmt.State, _ rune) { _, _ = io.WriteString(f, r.String()) }

// LogValue makes log/slog write [Receipt.String].
func (r Receipt) LogValue() slog.Value { return slog.StringValue(r.String()) }
