package tui

import (
	"strconv"
	"time"

	"github.com/charmbracelet/bubbles/key"
	tea "github.com/charmbracelet/bubbletea"
	"github.com/google/uuid"

	"github.com/skidkassa/skidkassa/internal/loyalty"
	"github.com/skidkassa/skidkassa/internal/scanner"
	"github.com/skidkassa/skidkassa/internal/texts"
)

// journalScreen lists the till's operations: filters above, a page of the list below, and what it adds up to between.
type journalScreen struct {
	*env
	query    journalQuery
	focus    journalFocus
	customer textField
	name     string // of the guest whose number stands in the field; empty: it was typed

	page   journalPageMsg
	shown  bool        // page holds an answer
	asked  bool        // a question is on its way
	again  bool        // something has changed since it was asked
	starts []uuid.UUID // where the pages before this one begin
	chosen int
	first  int // the first line of the list in sight
	room   int // lines that the last drawing had room for
}

type journalFocus int

const (
	journalList journalFocus = iota
	journalState
	journalKind
	journalCustomer
	journalFocusCount
)

// reloadMsg says that what a screen shows may have changed while it was not on show.
type reloadMsg struct{}

func newJournalScreen(e *env) *journalScreen {
	return &journalScreen{env: e, query: journalQuery{day: midnight(e.now)}, customer: textField{max: textMax}, room: 1}
}

func midnight(at time.Time) time.Time {
	year, month, day := at.Local().Date()
	return time.Date(year, month, day, 0, 0, 0, 0, time.Local)
}

// showGuest narrows the list to one guest, on all days.
func (j *journalScreen) showGuest(g *guest) {
	j.customer.set(strconv.FormatInt(g.card.Client, 10))
	j.query.whose(j.customer.text())
	j.query.day = time.Time{}
	if g.known != nil {
		j.name = g.known.Name
	}
}

// ask has the page read, one question at a time: what is typed meanwhile is asked when the answer has come.
func (j *journalScreen) ask() any {
	if j.asked {
		j.again = true
		return nil
	}
	j.asked, j.again = true, false
	return journalAskAct{j.query}
}

func (j *journalScreen) update(msg tea.Msg) any {
	switch msg := msg.(type) {
	case journalPageMsg:
		j.asked = false
		if msg.query != j.query {
			return j.ask()
		}
		j.page, j.shown = msg, true
		j.chosen = min(j.chosen, max(0, len(msg.ops)-1))
		if j.again {
			return j.ask()
		}
	case loyalty.OperationChanged, reloadMsg:
		return j.ask()
	case tea.KeyMsg:
		return j.press(msg)
	}
	return nil
}

func (j *journalScreen) press(press tea.KeyMsg) any {
	switch press.Type {
	case tea.KeyEsc:
		return backAct{}
	case tea.KeyTab:
		j.focus = (j.focus + 1) % journalFocusCount
	case tea.KeyShiftTab:
		j.focus = (j.focus + journalFocusCount - 1) % journalFocusCount
	case tea.KeyLeft:
		return j.turn(-1)
	case tea.KeyRight:
		return j.turn(1)
	case tea.KeyUp, tea.KeyDown, tea.KeyPgUp, tea.KeyPgDown, tea.KeyHome:
		return j.walk(press.Type)
	case tea.KeyEnter, tea.KeyCtrlJ:
		if j.focus != journalList {
			j.focus = journalList
		} else if j.chosen < len(j.page.ops) {
			return detailsAct{j.page.ops[j.chosen]}
		}
	default:
		if j.focus == journalCustomer && j.customer.edit(press) {
			j.name = ""
			j.query.whose(j.customer.text())
			return j.restart()
		}
	}
	return nil
}

// click goes to a filter, chooses a line, and opens the one that is chosen already.
func (j *journalScreen) click(kind place, number int) bool {
	if kind == placeFilter {
		j.focus = journalFocus(number)
		return false
	}
	again := j.focus == journalList && j.chosen == number
	j.focus, j.chosen = journalList, min(number, max(0, len(j.page.ops)-1))
	return again
}

func (j *journalScreen) wheels() bool { return true }

// restart asks for the newest page of a changed query.
func (j *journalScreen) restart() any {
	j.query.before, j.starts, j.chosen, j.first = uuid.Nil, nil, 0, 0
	return j.ask()
}

// turn changes the filter that has the focus; over the list that is the day.
func (j *journalScreen) turn(step int) any {
	switch j.focus {
	case journalState:
		j.query.state = (j.query.state + step + len(stateChoices)) % len(stateChoices)
	case journalKind:
		j.query.kind = (j.query.kind + step + len(kindChoices)) % len(kindChoices)
	case journalCustomer:
		return nil
	default:
		if !j.turnDay(step) {
			return nil
		}
	}
	return j.restart()
}

// turnDay goes to the next day; behind today stand all days.
func (j *journalScreen) turnDay(step int) bool {
	today := midnight(j.now)
	switch {
	case j.query.day.IsZero() && step > 0:
		return false
	case j.query.day.IsZero():
		j.query.day = today
	case step > 0 && !j.query.day.Before(today):
		j.query.day = time.Time{}
	default:
		j.query.day = j.query.day.AddDate(0, 0, step)
	}
	return true
}

// walk moves through the list, and from page to page at its ends.
func (j *journalScreen) walk(press tea.KeyType) any {
	j.focus = journalList
	last := len(j.page.ops) - 1
	switch {
	case press == tea.KeyHome:
		return j.restart()
	case press == tea.KeyUp && j.chosen > 0:
		j.chosen--
	case press == tea.KeyDown && j.chosen < last:
		j.chosen++
	case press == tea.KeyPgUp && j.chosen > 0:
		j.chosen = max(0, j.chosen-j.room)
	case press == tea.KeyPgDown && j.chosen < last:
		j.chosen = min(last, j.chosen+j.room)
	case press == tea.KeyDown || press == tea.KeyPgDown:
		return j.older()
	default:
		return j.newer()
	}
	return nil
}

func (j *journalScreen) older() any {
	if !j.page.more || j.asked || len(j.page.ops) == 0 {
		return nil
	}
	j.starts = append(j.starts, j.query.before)
	j.query.before = j.page.ops[len(j.page.ops)-1].ID
	j.chosen, j.first = 0, 0
	return j.ask()
}

func (j *journalScreen) newer() any {
	if len(j.starts) == 0 || j.asked {
		return nil
	}
	j.query.before = j.starts[len(j.starts)-1]
	j.starts = j.starts[:len(j.starts)-1]
	j.chosen = journalPage - 1
	return j.ask()
}

// mark remembers the typed customer for a scan that may have begun to type into the field.
func (j *journalScreen) mark() func() {
	customer, name, query := j.customer, j.name, j.query
	return func() { j.customer, j.name, j.query = customer, name, query }
}

func (j *journalScreen) keys() []key.Binding {
	arrows := texts.KeyDay
	if j.focus == journalState || j.focus == journalKind {
		arrows = texts.KeyChange
	}
	enter := texts.KeyOpen
	if j.focus != journalList {
		enter = texts.KeyToList
	}
	keys := []key.Binding{j.bind("Enter", enter, "enter"), j.bind("Tab", texts.KeyFilters, "tab")}
	if j.focus != journalCustomer {
		keys = append([]key.Binding{j.bind(j.Shapes.LeftRight, arrows, "left", "right")}, keys...)
	}
	if j.page.more || len(j.page.ops) > j.room {
		keys = append(keys, j.bind("PgDn", texts.KeyOlder, "pgdown"))
	}
	return append(keys, j.bind("Esc", texts.KeyBack, "esc"))
}

func (j *journalScreen) help() texts.ID { return texts.AboutJournal }

func (j *journalScreen) field() scanner.Field {
	if j.focus == journalCustomer {
		return scanner.FieldText
	}
	return scanner.FieldNone
}

func (j *journalScreen) wakeAt() time.Time {
	if j.asked {
		return j.now.Add(spinPause)
	}
	return time.Time{}
}
