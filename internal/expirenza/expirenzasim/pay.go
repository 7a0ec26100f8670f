package expirenzasim

import (
	"cmp"
	"context"
	"encoding/json"
	"fmt"
	"sync"
	"time"

	"github.com/google/uuid"
	"github.com/shopspring/decimal"
)

// A Payment is a guest's payment of a bill; the money is taken.
type Payment struct {
	Bill   uuid.UUID
	Sum    decimal.Decimal
	Tips   decimal.Decimal
	Fiscal []FiscalLine

	SameRequest bool // it is asked with one rID throughout; otherwise with a new one each time
}

// A FiscalLine is a line for the receipt.
type FiscalLine struct {
	Key   string `json:"key"`
	Value string `json:"value"`
}

// Result is what became of a payment.
type Result struct {
	Closed   bool   // SUCCESS; otherwise OTHER_ERROR, after which nobody asks again
	Substate string // of the last FAIL
	Asked    int    // how many messages it took
}

// Paying is a payment under way.
type Paying struct {
	done chan struct{}
	stop func()

	mu     sync.Mutex
	result Result
}

// Wait waits until the payment has come to its end.
func (p *Paying) Wait(ctx context.Context) (Result, error) {
	select {
	case <-p.done:
		return p.Result(), nil
	case <-ctx.Done():
		return p.Result(), ctx.Err()
	}
}

// Result returns what is known so far.
func (p *Paying) Result() Result {
	p.mu.Lock()
	defer p.mu.Unlock()
	return p.result
}

// Stop gives the payment up, as no real one would be.
func (p *Paying) Stop() { p.stop() }

// Pay pays a bill: it sends payBill, and sends it again at intervals until the till says SUCCESS or OTHER_ERROR.
func (s *Server) Pay(payment Payment) *Paying {
	ctx, cancel := context.WithCancel(context.Background())
	forget := s.network.onClose(cancel)
	p := &Paying{done: make(chan struct{}), stop: cancel}
	go func() {
		defer close(p.done)
		defer forget()
		defer cancel()
		s.pay(ctx, payment, p)
	}()
	return p
}

// maxRequests is of how many of its rIDs a payment still hears the answers.
const maxRequests = 100

func (s *Server) pay(ctx context.Context, payment Payment, p *Paying) {
	// One channel for all rIDs: a late answer to an earlier one counts as well.
	told := make(chan Callback, maxRequests)
	var heard []string
	defer func() {
		for _, rID := range heard {
			s.unlisten(rID, told)
		}
	}()
	for {
		if len(heard) == 0 || !payment.SameRequest {
			rID := s.newRID()
			s.listen(rID, told)
			heard = append(heard, rID)
		}
		if len(heard) > maxRequests {
			s.unlisten(heard[0], told)
			heard = heard[1:]
		}
		// An error means that no till is there; it will be told at the next turn.
		if err := s.Send(payment.message(heard[len(heard)-1])); err == nil {
			p.mu.Lock()
			p.result.Asked++
			p.mu.Unlock()
		}
		if !s.awaitVerdict(ctx, told, p) {
			return
		}
	}
}

// awaitVerdict waits for the time of the next message, and reports false when there is none to be sent.
func (s *Server) awaitVerdict(ctx context.Context, told <-chan Callback, p *Paying) bool {
	timer := time.NewTimer(cmp.Or(s.Repeat, 20*time.Second))
	defer timer.Stop()
	for {
		select {
		case c := <-told:
			p.mu.Lock()
			p.result.Substate = c.Substate
			p.result.Closed = c.State == "SUCCESS"
			over := p.result.Closed || c.Substate == "OTHER_ERROR"
			p.mu.Unlock()
			if over {
				return false
			}
		case <-timer.C:
			return true
		case <-ctx.Done():
			return false
		}
	}
}

func (p Payment) message(rID string) Message {
	fields := map[string]any{"billId": p.Bill.String(), "sum": json.Number(p.Sum.StringFixed(2))}
	if !p.Tips.IsZero() {
		fields["tips"] = json.Number(p.Tips.StringFixed(2))
	}
	if len(p.Fiscal) > 0 {
		fields["fiscalData"] = p.Fiscal
	}
	return Message{RID: rID, Operation: "payBill", Fields: fields}
}

// Shown is the till's answer to a getBill.
type Shown struct {
	State       string  `json:"state"`
	Substate    string  `json:"substate"`
	TableNumber string  `json:"tableNumber"`
	Orders      []Order `json:"orders"`
}

// GetBill asks for the bills of a table, of a bill, or of both; empty ones are not sent.
func (s *Server) GetBill(ctx context.Context, table, bill string) (Shown, error) {
	fields := map[string]any{}
	if table != "" {
		fields["tableNumber"] = table
	}
	if bill != "" {
		fields["billId"] = bill
	}
	rID, err := s.Ask("getBill", fields)
	if err != nil {
		return Shown{}, err
	}
	callback, err := s.Await(ctx, rID)
	if err != nil {
		return Shown{}, err
	}
	var shown Shown
	if err := json.Unmarshal(callback.Body, &shown); err != nil {
		return Shown{}, fmt.Errorf("expirenzasim: %w", err)
	}
	return shown, nil
}
