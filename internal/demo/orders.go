package demo

import (
	"context"
	"fmt"
	"net/http"
	"strings"
	"time"

	"github.com/google/uuid"
)

// fillLimit bounds each request to the till, which is in the same process.
const fillLimit = 5 * time.Second

// fedOrders is what the demo's POS tells the till, in the form of the order
// feed (waiterapi's openapi.yaml).
var fedOrders = [...]string{
	`{"number": "101", "table": "5", "waiter": "Анна", "sum": 1250.50, "dishes": [
		{"sku": "11015", "name": "Сырники", "count": 2, "sum": 780, "printed": true},
		{"sku": "11068", "name": "Капучино", "count": 2, "sum": 470.50, "printed": true}]}`,
	`{"number": "102", "table": "12", "waiter": "Пётр", "sum": 430, "dishes": [
		{"sku": "10549", "name": "Борщ", "count": 1, "sum": 430, "printed": false}]}`,
}

// FeedToken is the token of the till's order feed, another one in each demo.
func (s *Shop) FeedToken() string { return s.token }

// Fill does at the till's waiters' door, whose address it is given, what a POS
// and a waiter do in a shop: two orders from the POS, a guest at an order of
// which nothing else is known, and a guest at one of the two. It ends with the
// first request that is not taken.
func (s *Shop) Fill(ctx context.Context, address string) error {
	door := "http://" + address + "/orders/"
	fed := make([]string, len(fedOrders))
	for i, order := range fedOrders {
		fed[i] = door + uuid.New().String()
		if err := s.call(ctx, http.MethodPut, fed[i], order); err != nil {
			return err
		}
	}
	if err := s.checkIn(ctx, door+uuid.New().String(), withoutPoints); err != nil {
		return err
	}
	return s.checkIn(ctx, fed[0], withPoints)
}

func (s *Shop) checkIn(ctx context.Context, order string, client int64) error {
	return s.call(ctx, http.MethodPost, order+"/checkin", fmt.Sprintf(`{"Value": %q}`, s.fresh(client)))
}

// call sends a request that the till answers with 204 when all is well.
func (s *Shop) call(ctx context.Context, method, url, body string) error {
	ctx, cancel := context.WithTimeout(ctx, fillLimit)
	defer cancel()
	request, err := http.NewRequestWithContext(ctx, method, url, strings.NewReader(body))
	if err != nil {
		return err
	}
	request.Header.Set("Authorization", "Bearer "+s.token)
	request.Header.Set("Content-Type", "application/json")
	transport := &http.Transport{DisableKeepAlives: true}
	response, err := transport.RoundTrip(request)
	if err != nil {
		return err
	}
	_ = response.Body.Close() // only the status counts
	if response.StatusCode != http.StatusNoContent {
		return fmt.Errorf("demo: %s was answered with status %d", method, response.StatusCode)
	}
	return nil
}
