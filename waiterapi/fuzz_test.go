package waiterapi_test

import (
	"bufio"
	"context"
	"encoding/json"
	"io"
	"net/http"
	"net/http/httptest"
	"slices"
	"strings"
	"testing"

	"github.com/skidkassa/skidkassa/internal/orders"
	"github.com/skidkassa/skidkassa/waiterapi"
)

// FuzzCheckInBody: whatever the body, the reply is one of the document's, and the book is asked only for a value that stood in it.
func FuzzCheckInBody(f *testing.F) {
	for _, seed := range []string{
		`{"Value":"149725735","WaiterPin":"12345"}`, "\ufeff{\"value\":\"\\u0000\"}", `{"Value":null}`, `{"Value":1}`, `[]`, `{`, "",
		`{"VALUE":"a","value":"b","x":{"y":[[[1e999]]]}}`, strings.Repeat("[", 100), "{\"Value\":\"\xff\"}", `{"Value":"\ud800"}`, `{"Value":"x"} {}`,
	} {
		f.Add(seed)
	}
	var asked *string
	server, err := waiterapi.New(options(&book{checkIn: func(_ context.Context, in orders.CheckIn) (orders.Order, error) {
		asked = &in.Text
		return orders.Order{}, nil
	}}))
	must(f, err)
	f.Fuzz(func(t *testing.T, body string) {
		asked = nil
		r := localRequest("POST", order("/checkin"), strings.NewReader(body))
		a := serve(server, r)
		holdToDocument(t, r, a)
		if want := []int{204, 400, 413}; !slices.Contains(want, a.Status) || (asked != nil) != (a.Status == 204) {
			t.Fatalf("%q: got %d %s, and the book was asked: %v", body, a.Status, a.Body, asked != nil)
		}
		if asked == nil {
			return
		}
		var object map[string]any
		decoder := json.NewDecoder(strings.NewReader(strings.TrimPrefix(body, "\ufeff")))
		decoder.UseNumber()
		if err := decoder.Decode(&object); err != nil {
			t.Fatalf("%q is no object, and %q was read from it", body, *asked)
		}
		for name, value := range object {
			if strings.EqualFold(name, "value") && value == *asked {
				return
			}
		}
		t.Fatalf("%q has no value %q", body, *asked)
	})
}

// FuzzPath: whatever the path and the method, the reply is one of the document's or a problem, and never a redirect.
func FuzzPath(f *testing.F) {
	for _, path := range []string{
		"/ping", "/orders/" + orderID.String() + "/loyalty", "/ORDERS/x/checkin/", "//", "/..", "*", "", "/%2e%2e/ping", "/orders/%00/loyalty", "/a//b", "/orders/{id}/checkin",
	} {
		f.Add("GET", path)
		f.Add("DELETE", path)
	}
	server, err := waiterapi.New(options(new(book)))
	must(f, err)
	f.Fuzz(func(t *testing.T, method, path string) {
		r, err := http.ReadRequest(bufio.NewReader(strings.NewReader(method + " " + path + " HTTP/1.1\r\nHost: localhost\r\n\r\n")))
		if err != nil {
			return // net/http answers it itself
		}
		r.RemoteAddr = "127.0.0.1:1"
		asWritten := *r.URL
		a := serve(server, r)
		held := *r
		held.URL = &asWritten
		if want := []int{200, 204, 400, 401, 403, 404, 405}; !slices.Contains(want, a.Status) {
			t.Fatalf("%s %q: got %d %s", method, path, a.Status, a.Body)
		}
		if a.Status >= 400 {
			var problem struct{ Status int }
			if err := json.Unmarshal([]byte(a.Body), &problem); err != nil || problem.Status != a.Status {
				t.Fatalf("%s %q: %d without a problem: %s", method, path, a.Status, a.Body)
			}
			return
		}
		holdToDocument(t, &held, a)
	})
}

// localRequest is a request as it comes from this machine.
func localRequest(method, path string, body io.Reader) *http.Request {
	r := httptest.NewRequest(method, path, body)
	r.RemoteAddr, r.Host = "127.0.0.1:1", "localhost"
	return r
}

// serve answers a request without a socket.
func serve(server *waiterapi.Server, r *http.Request) answer {
	recorder := httptest.NewRecorder()
	server.ServeHTTP(recorder, r)
	got := recorder.Result()
	return answer{Status: got.StatusCode, Header: got.Header, Body: recorder.Body.String()}
}
