package skidkabot_test

import (
	"context"
	"errors"
	"fmt"
	"io"
	"testing"

	"github.com/shopspring/decimal"

	"github.com/skidkassa/skidkassa/skidkabot"
)

func TestOutcomeOf(t *testing.T) {
	refused := &skidkabot.RefusedError{Code: skidkabot.CodeWrongQR}
	notSent := &skidkabot.NotSentError{Phase: skidkabot.PhaseLookup, Err: io.EOF}
	unknown := &skidkabot.UnknownError{Reason: skidkabot.ReasonTimeout}
	amount := &skidkabot.AmountError{}
	for name, test := range map[string]struct {
		err  error
		want skidkabot.Outcome
	}{
		"nil":                  {nil, skidkabot.Confirmed},
		"refused":              {refused, skidkabot.Refused},
		"refused, wrapped":     {fmt.Errorf("desk: %w", refused), skidkabot.Refused},
		"not sent":             {notSent, skidkabot.NotSent},
		"amount":               {amount, skidkabot.NotSent},
		"unknown":              {unknown, skidkabot.Unknown},
		"foreign":              {errors.New("x"), skidkabot.Unknown},
		"bare context error":   {context.Canceled, skidkabot.Unknown},
		"config":               {&skidkabot.ConfigError{}, skidkabot.Unknown},
		"doubt beats not sent": {errors.Join(notSent, unknown), skidkabot.Unknown},
		"doubt beats refused":  {errors.Join(refused, unknown), skidkabot.Unknown},
	} {
		t.Run(name, func(t *testing.T) {
			if got := skidkabot.OutcomeOf(test.err); got != test.want {
				t.Errorf("got %v, want %v", got, test.want)
			}
		})
	}
	if zero := skidkabot.Outcome(0); zero != skidkabot.Unknown {
		t.Errorf("the zero Outcome is %v, want unknown", zero)
	}
}

func TestErrorWords(t *testing.T) {
	for want, err := range map[string]error{
		"skidkabot: refused: code 8 (wrong QR control sum)":   &skidkabot.RefusedError{Code: 8, Text: "Анна"},
		"skidkabot: not sent: tls: EOF":                       &skidkabot.NotSentError{Phase: skidkabot.PhaseTLS, Err: io.EOF},
		"skidkabot: outcome unknown: timeout":                 &skidkabot.UnknownError{Reason: skidkabot.ReasonTimeout},
		"skidkabot: outcome unknown: HTTP status, status 502": &skidkabot.UnknownError{Reason: skidkabot.ReasonStatus, Status: 502},
		"skidkabot: outcome unknown: unreadable reply, the server probably refused with code 4 (no qr_secret): EOF": &skidkabot.UnknownError{Reason: skidkabot.ReasonBadReply, Hint: 4, Err: io.EOF},
		"skidkabot: points are not a whole number from 1 to 1000000000000":                                          &skidkabot.AmountError{Points: decimal.NewFromInt(77)},
		"skidkabot: config: URL is not a URL":                                                                       &skidkabot.ConfigError{Field: "URL", Reason: "is not a URL"},
		"skidkabot: QR text: too long":                                                                              &skidkabot.QRError{Reason: skidkabot.TooLong},
	} {
		if got := err.Error(); got != want {
			t.Errorf("got  %s\nwant %s", got, want)
		}
	}
}

func TestOutcomeWords(t *testing.T) {
	for outcome, want := range map[skidkabot.Outcome]string{
		skidkabot.Confirmed: "confirmed", skidkabot.Refused: "refused", skidkabot.NotSent: "not sent", skidkabot.Unknown: "unknown",
	} {
		if got := outcome.String(); got != want {
			t.Errorf("got %s, want %s", got, want)
		}
	}
}

func TestDocumentedCodes(t *testing.T) {
	documented := map[skidkabot.Code]bool{1: true, 2: true, 3: true, 4: true, 5: true, 6: true, 7: true, 8: true, 9: true,
		11: true, 12: true, 13: true, 15: true}
	for code := skidkabot.Code(-1); code <= 20; code++ {
		if got := code.Documented(); got != documented[code] {
			t.Errorf("code %d: got %v", code, got)
		}
	}
	for code, want := range map[skidkabot.Code]string{0: "0 (success)", 15: "15 (shop account in debt)", 14: "14 (undocumented)"} {
		if got := code.String(); got != want {
			t.Errorf("got %s, want %s", got, want)
		}
	}
}
