package tui

import (
	"time"

	"github.com/charmbracelet/bubbles/key"
	tea "github.com/charmbracelet/bubbletea"

	"github.com/skidkassa/skidkassa/internal/scanner"
	"github.com/skidkassa/skidkassa/internal/texts"
	"github.com/skidkassa/skidkassa/tui/look"
)

// stopMsg ends the program from outside: nobody is asked.
type stopMsg struct{}

// quitAct ends the program by the cashier's word.
type quitAct struct{}

// quitting is the last screen: it waits for what is in flight, and no key hurries it.
type quitting struct {
	*env
	since  time.Time
	until  time.Time // a result that came meanwhile is shown till then
	forced bool      // from outside: nothing may hold it up for long
}

// resultShown is how long the result of the last operation is shown before the program ends.
const resultShown = 2 * time.Second

// quitPause is how often it is looked whether something is still in flight.
const quitPause = 100 * time.Millisecond

func (q *quitting) update(tea.Msg) any { return nil }

func (q *quitting) view(width, height int) []string {
	inner := min(width-8, 64)
	title := q.spin() + " " + q.Say(texts.Quitting, texts.Args{"Seconds": q.seconds(q.since)})
	lines := []string{"", q.Text.Title.Render(title), ""}
	for _, line := range look.Wrap(q.Say(texts.QuittingDetail), inner-4) {
		lines = append(lines, q.Text.Plain.Render(line))
	}
	return look.Middle(q.Panel("", append(lines, ""), inner, q.Frame.Active), inner, width, height)
}

func (q *quitting) keys() []key.Binding { return nil }

func (q *quitting) help() texts.ID { return texts.AboutQuitting }

func (q *quitting) field() scanner.Field { return scanner.FieldNone }

func (q *quitting) wakeAt() time.Time { return q.now.Add(quitPause) }
