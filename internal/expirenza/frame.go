package expirenza

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"time"
	"unicode/utf8"

	"github.com/google/uuid"
	"github.com/shopspring/decimal"
)

// The operations (PROTOCOLS.md, section 3).
const (
	opPayBill     = "payBill"
	opGetBill     = "getBill"
	opTables      = "tablesInfo"
	opHalls       = "hallplansInfo"
	opUsers       = "usersInfo"
	opCheckWork   = "checkWork"
	opVersion     = "versionInfo"
	opSettings    = "setSettings"
	topicWebhook  = "webhook" // where what nobody asked for goes
	webhookOrders = "ORDERS_CACHE"
)

// Limits of what a message may say.
const (
	maxRequest   = 200 // characters of a rID; as many as the order book keeps
	maxEcho      = 800 // bytes of a value that is sent back as it came
	maxWord      = 200 // characters of any other text
	maxDigits    = 24  // of a sum; its power of ten is within ±maxPower
	maxPower     = 12
	maxSumLength = 40 // characters
)

// Why a frame is ignored.
var (
	errNotObject   = errors.New("not exactly one JSON object")
	errNoOperation = errors.New("no operation")
	errRequest     = errors.New("the rID is neither a text nor a number, or too long")
)

// message is what Expirenza asks. Fields are found by their exact names: package json alone would also take "SUM" for "sum".
type message struct {
	operation string
	request   string          // the rID as text; empty when there is none
	rid       json.RawMessage // the rID as it came; null when there is none
	fields    map[string]json.RawMessage
}

// parseMessage reads a frame. With errRequest the message is what could be read all the same.
func parseMessage(frame []byte) (message, error) {
	frame = bytes.TrimPrefix(frame, []byte("\ufeff"))
	if !utf8.Valid(frame) {
		return message{}, errNotObject
	}
	m := message{rid: json.RawMessage("null")}
	if err := json.Unmarshal(frame, &m.fields); err != nil || m.fields == nil {
		return message{}, errNotObject
	}
	operation, ok := m.text("operation")
	if !ok || operation == "" || m.fields["operation"][0] != '"' {
		return message{}, errNoOperation
	}
	m.operation = operation
	if raw, there := m.value("rID"); there {
		request, ok := textOf(raw)
		if !ok || request == "" || utf8.RuneCountInString(request) > maxRequest || len(raw) > 6*maxRequest {
			return m, errRequest
		}
		m.request, m.rid = request, raw
	}
	return m, nil
}

// value gives a field as it came; null is no field.
func (m message) value(name string) (json.RawMessage, bool) {
	raw, there := m.fields[name]
	return raw, there && string(raw) != "null"
}

// text gives a field that is a text, or a number as it was written, when it is not too long.
func (m message) text(name string) (string, bool) {
	raw, there := m.value(name)
	if !there {
		return "", false
	}
	text, ok := textOf(raw)
	return text, ok && utf8.RuneCountInString(text) <= maxWord
}

// textOf reads a JSON text, or a JSON number as it was written.
func textOf(raw json.RawMessage) (string, bool) {
	switch raw[0] {
	case '"':
		var text string
		err := json.Unmarshal(raw, &text)
		return text, err == nil
	case '-', '0', '1', '2', '3', '4', '5', '6', '7', '8', '9':
		return string(raw), true
	}
	return "", false
}

// amount gives a field that is a sum of money; a number is wanted, a number in quotes is taken. Its size is bounded before
// anything computes with it: 1e999999999 is short to write and takes gigabytes to print.
func (m message) amount(name string) (decimal.Decimal, error) {
	text, ok := m.text(name)
	if !ok || len(text) > maxSumLength {
		return decimal.Zero, fmt.Errorf("expirenza: %s is not a sum", name)
	}
	sum, err := decimal.NewFromString(text)
	if err != nil || sum.IsNegative() || sum.Exponent() < -maxPower || sum.Exponent() > maxPower || sum.NumDigits() > maxDigits {
		return decimal.Zero, fmt.Errorf("expirenza: %s is not a sum", name)
	}
	return sum, nil
}

// echo gives a field to be sent back as it came; null when it is absent or too long for that.
func (m message) echo(name string) json.RawMessage {
	raw, there := m.value(name)
	if !there || len(raw) > maxEcho {
		return json.RawMessage("null")
	}
	return raw
}

// foreignBills is the space of the ids that [message.bill] makes.
var foreignBills = uuid.MustParse("5d3a5b7c-3c1e-4a57-9a7e-6f2f3b8f0c11")

// bill gives the order that a message is about, whatever the letters' case. What is no UUID can be no order of this till, and
// still names a bill that somebody paid: it gets an id that is always the same one for it.
func (m message) bill() uuid.UUID {
	raw, _ := m.value("billId")
	if text, ok := m.text("billId"); ok {
		if id, err := uuid.Parse(text); err == nil && id != uuid.Nil {
			return id
		}
	}
	return uuid.NewSHA1(foreignBills, raw)
}

// received is a message with the moment until which somebody waits for its answer.
type received struct {
	message
	until time.Time // monotonic
}
