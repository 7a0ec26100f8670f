package printer

import (
	"fmt"
	"io"
	"log/slog"
	"strconv"
	"strings"
	"time"

	"github.com/shopspring/decimal"
)

// Words are the words on paper, and how numbers are written; all of them come from the caller. An empty word is left out.
// A function that is nil writes plainly.
type Words struct {
	Register  string // before the till's number: "Касса"
	Order     string // before the order's number: "Заказ"
	Table     string // before the table: "Стол"
	Waiter    string // before the waiter's name
	Cashier   string // before the cashier's name
	Guest     string // before the guest's name
	Total     string // what is to be paid
	Sum       string // the bill that points were accrued or redeemed on
	Tips      string
	Balance   string // of points
	Shift     string // before the number of a cash shift: "Смена"
	Opened    string // before the moment at which it was opened
	Closed    string // before the moment at which it was closed
	Orders    string // before how many orders were closed in it
	NotFiscal string // «Не является фискальным документом»

	Money  func(decimal.Decimal) string // sums, with their currency
	Number func(decimal.Decimal) string // counts and points
	Moment func(time.Time) string
}

func (w Words) money(d decimal.Decimal) string {
	if w.Money == nil {
		return d.StringFixed(2)
	}
	return w.Money(d)
}

func (w Words) number(d decimal.Decimal) string {
	if w.Number == nil {
		return d.String()
	}
	return w.Number(d)
}

func (w Words) moment(at time.Time) string {
	if w.Moment == nil {
		return at.Format("2006-01-02 15:04")
	}
	return w.Moment(at)
}

// Head is what stands above every slip. Empty fields are left out.
type Head struct {
	Shop     string
	Title    string // what the slip is: "Счёт", "Кухня"
	Register int    // 0: not named
	Cashier  string
	Waiter   string
	Order    string // its number, as people call it
	Table    string
	At       time.Time
}

// Item is a dish of an order.
type Item struct {
	Name     string
	Count    decimal.Decimal
	Sum      decimal.Decimal // of the whole line; not on kitchen tickets
	Modifier bool            // it belongs to the dish before it
	Note     string          // for the kitchen; only on its tickets
}

// Amount is a named sum or number of points.
type Amount struct {
	Label string
	Value decimal.Decimal
}

// Field is a line of data that comes from outside, such as a bank's.
type Field struct{ Key, Value string }

// Receipt is the slip for a bill, paid or to be paid.
type Receipt struct {
	Head
	Items    []Item
	Total    decimal.Decimal
	Payments []Amount            // sums of money, by way of payment
	Tips     decimal.NullDecimal // never a part of the total
	Guest    string
	Points   []Amount // what happened to the guest's points, and their balance
	Fiscal   []Field
	BeforeQR string
	QR       string // empty: none
	AfterQR  string
}

// Doc writes the receipt.
func (r Receipt) Doc(w Words) Doc {
	var d Doc
	d.head(r.Head, w, Plain)
	for _, item := range r.Items {
		d.Pair(item.text(w), w.money(item.Sum), Plain)
	}
	d.Rule()
	d.Pair(w.Total, w.money(r.Total), Double)
	for _, payment := range r.Payments {
		d.Pair(payment.Label, w.money(payment.Value), Plain)
	}
	if r.Tips.Valid {
		d.field(w.Tips, w.money(r.Tips.Decimal))
	}
	if r.Guest != "" || len(r.Points) > 0 {
		d.Rule()
		d.field(w.Guest, r.Guest)
		for _, points := range r.Points {
			d.Pair(points.Label, w.number(points.Value), Plain)
		}
	}
	if len(r.Fiscal) > 0 {
		d.Rule()
		for _, field := range r.Fiscal {
			d.Pair(field.Key, field.Value, Plain)
		}
	}
	d.code(r.BeforeQR, r.QR, r.AfterQR)
	d.end(w)
	return d
}

// PointsReceipt is the slip for an operation on points.
type PointsReceipt struct {
	Head
	Guest     string
	Operation string              // what was done: "Начислено"
	Points    decimal.Decimal     // how many
	Sum       decimal.NullDecimal // of the bill, when it was told
	Balance   decimal.NullDecimal // after it, when it could be read
	Note      string              // what else the guest should know; may be empty
}

// Doc writes the slip.
func (r PointsReceipt) Doc(w Words) Doc {
	var d Doc
	d.head(r.Head, w, Plain)
	d.field(w.Guest, r.Guest)
	if r.Sum.Valid {
		d.field(w.Sum, w.money(r.Sum.Decimal))
	}
	d.Pair(r.Operation, w.number(r.Points), Double)
	if r.Balance.Valid {
		d.Pair(w.Balance, w.number(r.Balance.Decimal), Bold)
	}
	if r.Note != "" {
		d.Text(r.Note, Plain)
	}
	d.end(w)
	return d
}

// Ticket is what the kitchen or the bar is to make.
type Ticket struct {
	Head
	Items []Item
}

// Doc writes the ticket, large enough to be read from a distance.
func (t Ticket) Doc(w Words) Doc {
	var d Doc
	d.head(t.Head, w, Bold)
	for _, item := range t.Items {
		style := Double
		if item.Modifier {
			style = Bold
		}
		d.Text(item.text(w), style)
		if item.Note != "" {
			d.Text("  "+item.Note, Bold)
		}
	}
	d.Rule()
	d.Cut()
	return d
}

// TestPage shows whether everything that receipts need comes out: the letters, the width, the styles, the QR and the knife.
type TestPage struct {
	Title  string
	Device string // where the printer is, as the settings say it
	Lines  []string
	QR     string
}

// Doc writes the page.
func (t TestPage) Doc() Doc {
	var d Doc
	d.Centre(t.Title, Double)
	d.Text(t.Device, Plain)
	d.Rule()
	d.Text("АБВГДЕЁЖЗИЙКЛМНОПРСТУФХЦЧШЩЪЫЬЭЮЯ абвгдеёжзийклмнопрстуфхцчшщъыьэюя", Plain)
	d.Text("ЄІЇҐ єіїґ  №  ABCXYZ abcxyz 0123456789", Plain)
	for _, text := range t.Lines {
		d.Text(text, Bold)
	}
	d.Pair("<", ">", Plain)
	if t.QR != "" {
		d.QR(t.QR)
	}
	d.Cut()
	return d
}

// head writes who, where and when, and a rule below it.
func (d *Doc) head(h Head, w Words, style Style) {
	if h.Shop != "" {
		d.Centre(h.Shop, Bold)
	}
	if h.Title != "" {
		d.Centre(h.Title, Double)
	}
	var register, at string
	if h.Register != 0 {
		register = named(w.Register, strconv.Itoa(h.Register))
	}
	if !h.At.IsZero() {
		at = w.moment(h.At)
	}
	if h.Order != "" || h.Table != "" {
		d.Pair(named(w.Order, h.Order), named(w.Table, h.Table), style)
	}
	if register != "" || at != "" {
		d.Pair(register, at, Plain)
	}
	d.field(w.Waiter, h.Waiter)
	d.field(w.Cashier, h.Cashier)
	d.Rule()
}

// named is a value after its name, or nothing without a value.
func named(name, value string) string {
	if value == "" {
		return ""
	}
	return strings.TrimSpace(name + " " + value)
}

// field adds a named value; one that is empty is left out.
func (d *Doc) field(name, value string) {
	if value != "" {
		d.Pair(name, value, Plain)
	}
}

// code adds a QR with the words around it.
func (d *Doc) code(before, payload, after string) {
	if payload == "" {
		return
	}
	d.Rule()
	if before != "" {
		d.Centre(before, Plain)
	}
	d.QR(payload)
	if after != "" {
		d.Centre(after, Plain)
	}
}

// end says that the slip is not a fiscal one, and cuts it.
func (d *Doc) end(w Words) {
	d.Rule()
	if w.NotFiscal != "" {
		d.Centre(w.NotFiscal, Plain)
	}
	d.Cut()
}

// text is a dish as people read it: "2 × Капучино"; one of it needs no count.
func (i Item) text(w Words) string {
	text := i.Name
	if !i.Count.Equal(decimal.NewFromInt(1)) {
		text = w.number(i.Count) + "\u00a0× " + text
	}
	if i.Modifier {
		return "  + " + text
	}
	return text
}

// Slips hold names, and their codes may be secrets: no verb of fmt and no log writes them.

func (r Receipt) String() string                   { return fmt.Sprintf("receipt of %d items", len(r.Items)) }
func (r Receipt) Format(f fmt.State, _ rune)       { _, _ = io.WriteString(f, r.String()) }
func (r Receipt) LogValue() slog.Value             { return slog.StringValue(r.String()) }
func (r PointsReceipt) String() string             { return "receipt for points" }
func (r PointsReceipt) Format(f fmt.State, _ rune) { _, _ = io.WriteString(f, r.String()) }
func (r PointsReceipt) LogValue() slog.Value       { return slog.StringValue(r.String()) }
func (t Ticket) String() string                    { return fmt.Sprintf("ticket of %d items", len(t.Items)) }
func (t Ticket) Format(f fmt.State, _ rune)        { _, _ = io.WriteString(f, t.String()) }
func (t Ticket) LogValue() slog.Value              { return slog.StringValue(t.String()) }
