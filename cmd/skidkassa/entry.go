package main

import (
	"encoding/json"
	"fmt"
	"strings"
	"time"
	"unicode/utf8"

	"github.com/google/uuid"

	"github.com/skidkassa/skidkassa/internal/loyalty"
	"github.com/skidkassa/skidkassa/internal/texts"
	"github.com/skidkassa/skidkassa/skidkabot"
)

// entry is an operation as --json gives it. Times are UTC; points and money
// are numbers with all their digits. What is not known yet is left out, and the
// QR's secret always is.
type entry struct {
	ID         uuid.UUID      `json:"id"`
	Register   int            `json:"register"`
	Kind       loyalty.Kind   `json:"kind"`
	State      loyalty.State  `json:"state"`
	Vendor     int64          `json:"vendor"`
	Client     int64          `json:"client"`
	Name       string         `json:"name"`
	Points     json.Number    `json:"points"`
	Sum        json.Number    `json:"sum"`
	Money      json.Number    `json:"money"`
	Percent    json.Number    `json:"percent"`
	Parent     *uuid.UUID     `json:"parent,omitempty"`
	Link       loyalty.Link   `json:"link,omitempty"`
	ScannedAt  *time.Time     `json:"scanned_at,omitempty"`
	PlannedAt  *time.Time     `json:"planned_at,omitempty"`
	SentAt     *time.Time     `json:"sent_at,omitempty"`
	Deadline   *time.Time     `json:"deadline,omitempty"`
	ChangedAt  *time.Time     `json:"changed_at,omitempty"`
	Baseline   *json.Number   `json:"baseline,omitempty"`
	BaselineAt *time.Time     `json:"baseline_at,omitempty"`
	Balance    *json.Number   `json:"balance,omitempty"`
	Code       int            `json:"code,omitempty"`
	Text       string         `json:"text,omitempty"`
	Reason     loyalty.Reason `json:"reason,omitempty"`
	Cashier    string         `json:"cashier,omitempty"`
	Note       string         `json:"note,omitempty"`
	WaitsFor   *uuid.UUID     `json:"waits_for,omitempty"`
	Order      *uuid.UUID     `json:"order,omitempty"`
	Events     []step         `json:"events,omitempty"`
}

// step is one line of an operation's history.
type step struct {
	Seq      int64          `json:"seq"`
	At       *time.Time     `json:"at"`
	From     loyalty.State  `json:"from,omitempty"`
	To       loyalty.State  `json:"to"`
	Reason   loyalty.Reason `json:"reason,omitempty"`
	Actor    string         `json:"actor,omitempty"`
	Note     string         `json:"note,omitempty"`
	Register int            `json:"register"`
}

func entryOf(o loyalty.Operation) entry {
	e := entry{
		ID:         o.ID,
		Register:   o.Register,
		Kind:       o.Kind,
		State:      o.State,
		Vendor:     o.Vendor,
		Client:     o.Client,
		Name:       o.Name,
		Points:     number(o.Points),
		Sum:        number(o.Sum),
		Money:      number(o.Money),
		Percent:    number(o.Percent),
		Link:       o.Link,
		ScannedAt:  optionalTime(o.ScannedAt),
		PlannedAt:  optionalTime(o.PlannedAt),
		SentAt:     optionalTime(o.SentAt),
		Deadline:   optionalTime(o.Deadline),
		ChangedAt:  optionalTime(o.ChangedAt),
		Baseline:   optionalNumber(o.Baseline, !o.BaselineAt.IsZero()),
		BaselineAt: optionalTime(o.BaselineAt),
		Balance:    optionalNumber(o.Balance, o.BalanceRead),
		Code:       int(o.Code),
		Text:       o.Text,
		Reason:     o.Reason,
		Cashier:    o.Cashier,
		Note:       o.Note,
	}
	if o.WaitsFor != uuid.Nil {
		e.WaitsFor = &o.WaitsFor
	}
	if o.Order != uuid.Nil {
		e.Order = &o.Order
	}
	if o.Parent != uuid.Nil {
		e.Parent = &o.Parent
	}
	return e
}

func stepOf(event loyalty.Event) step {
	return step{
		Seq:      event.Seq,
		At:       optionalTime(event.At),
		From:     event.From,
		To:       event.To,
		Reason:   event.Reason,
		Actor:    event.Actor,
		Note:     event.Note,
		Register: event.Register,
	}
}

// detailsOf lists what is known of an operation for a person to read.
func (s speaker) detailsOf(o loyalty.Operation) string {
	d := details{}
	add := func(label texts.ID, value string) { d.add(s.Say(label), value) }
	add(texts.CLILabelID, o.ID.String())
	add(texts.CLILabelKind, string(o.Kind))
	add(texts.CLILabelState, joined(string(o.State), string(o.Reason)))
	add(texts.CLILabelCustomer, joined(o.Name, fmt.Sprint(o.Client)))
	add(texts.CLILabelPoints, s.Number(o.Points))
	add(texts.CLILabelSum, s.Say(texts.CLISumAndMoney, texts.Args{
		"Sum": s.Money(o.Sum, ""), "Money": s.Money(o.Money, ""), "Percent": s.Number(o.Percent),
	}))
	if o.Parent != uuid.Nil {
		add(texts.CLILabelParent, joined(o.Parent.String(), string(o.Link)))
	}
	if !o.BaselineAt.IsZero() {
		add(texts.CLILabelBefore, s.Say(texts.CLIBalanceAt, texts.Args{
			"Balance": s.Number(o.Baseline), "Time": o.BaselineAt.Local().Format(time.DateTime),
		}))
	}
	if o.BalanceRead {
		add(texts.CLILabelAfter, s.Number(o.Balance))
	}
	if o.Code != 0 {
		add(texts.CLILabelReply, joined(s.code(o.Code), o.Text))
	}
	if o.Note != "" {
		add(texts.CLILabelNote, o.Note)
	}
	add(texts.CLILabelRegister, joined(fmt.Sprint(o.Register), o.Cashier))
	return d.String()
}

// joined puts the second, if there is one, into brackets after the first.
func joined(first, second string) string {
	switch {
	case second == "":
		return first
	case first == "":
		return second
	}
	return first + " (" + second + ")"
}

// eventColumns are the heads of an operation's history.
var eventColumns = []texts.ID{texts.CLIColTime, texts.CLIColFrom, texts.CLIColTo, texts.CLIColReason, texts.CLIColBy}

func (p *program) historyOf(events []loyalty.Event) string {
	t := table{head: p.heads(eventColumns)}
	for _, event := range events {
		t.add(event.At.Local().Format(eventTime), string(event.From), string(event.To), string(event.Reason), joined(event.Actor, event.Note))
	}
	return t.String()
}

// eventTime shows the milliseconds that a request took.
const eventTime = "2006-01-02 15:04:05.000"

// details are labelled lines.
type details [][2]string

// add makes the value harmless, as [table.add] does.
func (d *details) add(label, value string) {
	*d = append(*d, [2]string{label, skidkabot.Sanitize(value)})
}

func (d details) String() string {
	width := 0
	for _, line := range d {
		width = max(width, utf8.RuneCountInString(line[0]))
	}
	var b strings.Builder
	for _, line := range d {
		b.WriteString(padded(line[0], width+2) + line[1] + "\n")
	}
	return b.String()
}
