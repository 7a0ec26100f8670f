package expirenza

import (
	"encoding/json"
	"time"

	"github.com/google/uuid"

	"github.com/skidkassa/skidkassa/internal/orders"
)

// Alarm is published on the hub when a person must look.
type Alarm struct {
	Kind      AlarmKind
	Operation string
	Bill      uuid.UUID // [uuid.Nil]: it is about no bill
	Request   string    // Expirenza's id of the request; may be empty
	Accepts   bool      // the answer says that the bill is closed
	At        time.Time
}

// AlarmKind says what is wrong.
type AlarmKind string

// The kinds.
const (
	AlarmRejected    AlarmKind = "rejected"    // Expirenza does not take an answer (400); it is not sent again
	AlarmUndelivered AlarmKind = "undelivered" // an answer could not be delivered for 24 h; it is given up
	AlarmRefused     AlarmKind = "refused"     // Expirenza refuses the key or the restaurant; everything is stopped
	AlarmUnreadable  AlarmKind = "unreadable"  // a guest has paid, and the message cannot be read: no bill is closed
)

// Settings is what Expirenza wants of the till (setSettings; PROTOCOLS.md, section 3). Published on the hub when it comes.
type Settings struct {
	PrintPrecheckQR         bool
	PrecheckQRURL           string
	MessageBeforeQR         string
	MessageAfterQR          string
	PrintDeliveryPrecheckQR bool
	BonusUsage              bool
	PaymentAllowed          bool
}

func (c *Client) alarm(a Alarm) {
	a.At = c.Now()
	c.Hub.Publish(a)
}

func alarmOf(kind AlarmKind, letter orders.Letter) Alarm {
	return Alarm{Kind: kind, Operation: letter.Topic, Bill: letter.Bill, Request: letter.Request, Accepts: letter.Accepts}
}

// takeSettings keeps what a message says, and of the rest what was said before. There is no answer to it.
func (c *Client) takeSettings(m message) {
	c.mu.Lock()
	s := &c.settings
	m.flag("printPrecheckQr", &s.PrintPrecheckQR)
	m.word("precheckQrUrl", &s.PrecheckQRURL)
	m.word("messageBeforeQr", &s.MessageBeforeQR)
	m.word("messageAfterQr", &s.MessageAfterQR)
	m.flag("printDeliveryPrecheckQr", &s.PrintDeliveryPrecheckQR)
	m.flag("bonusUsage", &s.BonusUsage)
	m.flag("paymentAllowed", &s.PaymentAllowed)
	settings := *s
	c.mu.Unlock()
	c.Log.Info("expirenza: settings came")
	c.Hub.Publish(settings)
}

// flag reads a field that is true or false.
func (m message) flag(name string, into *bool) {
	if raw, there := m.value(name); there {
		_ = json.Unmarshal(raw, into) // anything else leaves it as it was
	}
}

// word reads a field that is a short text.
func (m message) word(name string, into *string) {
	if text, ok := m.text(name); ok {
		*into = text
	}
}
