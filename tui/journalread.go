package tui

import (
	"context"
	"strconv"
	"strings"
	"time"

	tea "github.com/charmbracelet/bubbletea"
	"github.com/google/uuid"

	"github.com/skidkassa/skidkassa/internal/loyalty"
	"github.com/skidkassa/skidkassa/internal/texts"
)

// Limits of reading the journal for the screen, which never holds more than one page of it.
const (
	journalLimit = 10 * time.Second // of one reading
	journalPage  = 100              // operations on a page
	nameScanMax  = 5000             // operations that are looked through for a name
)

// journalQuery is what the journal screen asks for.
type journalQuery struct {
	day    time.Time // its midnight; zero: all days
	state  int       // of stateChoices
	kind   int       // of kindChoices
	client int64     // 0: any
	name   string    // a part of the customer's name, in lower case; empty: any
	before uuid.UUID // where the page begins; uuid.Nil: at the newest
}

// choice is one value of a filter.
type choice struct {
	label texts.ID
	apply func(*loyalty.Filter)
}

// stateChoices are the states that can be filtered by: all, what is open, then each.
var stateChoices = func() []choice {
	open := []loyalty.State{
		loyalty.StatePlanned, loyalty.StateQueued, loyalty.StateSending, loyalty.StateUnknown, loyalty.StateReview,
	}
	choices := []choice{
		{texts.FilterAll, func(*loyalty.Filter) {}},
		{texts.FilterOpen, func(f *loyalty.Filter) { f.States = open }},
	}
	for _, state := range loyalty.States() {
		choices = append(choices, choice{stateWords[state], func(f *loyalty.Filter) { f.States = []loyalty.State{state} }})
	}
	return choices
}()

var kindChoices = []choice{
	{texts.FilterAll, func(*loyalty.Filter) {}},
	{texts.KindAccrual, func(f *loyalty.Filter) { f.Kind = loyalty.Accrual }},
	{texts.KindRedemption, func(f *loyalty.Filter) { f.Kind = loyalty.Redemption }},
	{texts.KindReversal, func(f *loyalty.Filter) { f.Link = loyalty.LinkReversal }},
}

func (q journalQuery) filter() loyalty.Filter {
	f := loyalty.Filter{Client: q.client, Before: q.before}
	if !q.day.IsZero() {
		f.Since, f.Until = q.day, q.day.AddDate(0, 0, 1)
	}
	stateChoices[q.state].apply(&f)
	kindChoices[q.kind].apply(&f)
	return f
}

// whose reads what was typed as a customer: a number is the customer's own, anything else a part of the name.
func (q *journalQuery) whose(typed string) {
	q.client, q.name = 0, ""
	if client, err := strconv.ParseInt(typed, 10, 64); err == nil && client > 0 {
		q.client = client
		return
	}
	q.name = strings.ToLower(typed)
}

// journalPageMsg is the answer to a query.
type journalPageMsg struct {
	query  journalQuery
	ops    []loyalty.Operation
	more   bool // there are older ones
	cut    bool // the name was looked for in the newest nameScanMax operations only
	totals []loyalty.Total
	err    error
}

// journalAskAct has a page read.
type journalAskAct struct{ query journalQuery }

func (m *Model) readJournal(query journalQuery) tea.Cmd {
	journal := m.options.Journal
	return func() tea.Msg {
		ctx, cancel := context.WithTimeout(context.Background(), journalLimit)
		defer cancel()
		return readPage(ctx, journal, query)
	}
}

func readPage(ctx context.Context, journal Journal, query journalQuery) journalPageMsg {
	msg := journalPageMsg{query: query}
	if query.hasTotals() {
		filter := query.filter()
		filter.Before = uuid.Nil
		if msg.totals, msg.err = journal.Totals(ctx, filter); msg.err != nil {
			return msg
		}
	}
	if query.name != "" {
		msg.searchName(ctx, journal)
		return msg
	}
	filter := query.filter()
	filter.Limit = journalPage + 1
	msg.ops, msg.err = journal.List(ctx, filter)
	msg.more = len(msg.ops) > journalPage
	msg.ops = msg.ops[:min(len(msg.ops), journalPage)]
	return msg
}

// hasTotals reports whether totals are counted: of one day or one customer. Those of a name would not match the list,
// and those of the whole journal would take as long as it is large.
func (q journalQuery) hasTotals() bool { return q.name == "" && (!q.day.IsZero() || q.client != 0) }

// searchName looks through the operations of the query for a name. The journal has no order by names, so it goes only
// so far.
func (msg *journalPageMsg) searchName(ctx context.Context, journal Journal) {
	filter := msg.query.filter()
	filter.Limit = loyalty.ListLimit
	for seen := 0; ; {
		ops, err := journal.List(ctx, filter)
		if err != nil {
			msg.err = err
			return
		}
		for _, op := range ops {
			if !strings.Contains(strings.ToLower(op.Name), msg.query.name) {
				continue
			}
			if len(msg.ops) == journalPage {
				msg.more = true
				return
			}
			msg.ops = append(msg.ops, op)
		}
		if seen += len(ops); len(ops) < filter.Limit {
			return
		}
		if seen >= nameScanMax {
			msg.cut = true
			return
		}
		filter.Before = ops[len(ops)-1].ID
	}
}

// openNews shows the operation that the message on show is about, when something has to be decided about it; else the
// journal. Of another guest than the one at the till the journal would show nothing.
func (m *Model) openNews(id uuid.UUID) tea.Cmd {
	at := m.book.index(id)
	if at < 0 || !isPayment(m.book.ops[at]) {
		return m.openJournal()
	}
	op := m.book.ops[at]
	shown, isOpen := m.active.(*details)
	if op.State != loyalty.StateUnknown && op.State != loyalty.StateReview || isOpen && shown.op.ID == id {
		return m.openJournal()
	}
	m.openOver(&details{env: m.env, op: op, room: 1})
	return m.loadDetails(op)
}

// openJournal shows the journal. From a guest's screen it shows that guest's operations, and Esc leads back there.
func (m *Model) openJournal() tea.Cmd {
	for i, s := range m.behind {
		if _, ok := s.(*journalScreen); ok {
			m.behind = m.behind[:i+1]
			return m.goBack()
		}
	}
	j := newJournalScreen(m.env)
	if g, ok := m.active.(*guest); ok {
		j.showGuest(g)
	}
	m.openOver(j)
	return m.do(j.ask())
}
