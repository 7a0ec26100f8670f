package skidkabotsim

import (
	"bytes"
	"compress/gzip"
	"encoding/json"
	"net/http"
	"slices"
	"strconv"
	"time"

	"github.com/skidkassa/skidkassa/skidkabot"
)

// A Fault is what goes wrong with one request. The zero value is nothing.
//
// Before happens when the request has been read and the service has done
// nothing yet, After when it has committed, and Reply spoils the reply that is
// about to be sent.
type Fault struct {
	Before Step
	After  Step
	Reply  func(*Reply)
}

// A Step is what happens at one moment: a wait first, then perhaps the end.
type Step struct {
	// Delay is how long to wait, in real time. The request goes on when the
	// client is gone: a commit can come after the till gave up.
	Delay time.Duration
	// Hold waits until the channel is closed, so that a test needs no delay.
	Hold <-chan struct{}
	// Cut ends the connection without a reply.
	Cut Cut
	// Answer ends the request with this reply.
	Answer *Reply
}

// A Cut is a way to end a connection.
type Cut int

const (
	NoCut    Cut = iota
	CutReset     // a TCP reset
	CutClose     // an orderly close
)

// DelayBefore waits before the commit.
func DelayBefore(d time.Duration) Fault { return Fault{Before: Step{Delay: d}} }

// DelayAfter waits between the commit and the reply.
func DelayAfter(d time.Duration) Fault { return Fault{After: Step{Delay: d}} }

// HoldBefore waits for the channel before the commit.
func HoldBefore(release <-chan struct{}) Fault { return Fault{Before: Step{Hold: release}} }

// HoldAfter waits for the channel between the commit and the reply.
func HoldAfter(release <-chan struct{}) Fault { return Fault{After: Step{Hold: release}} }

// CutBefore ends the connection, and nothing is committed.
func CutBefore(cut Cut) Fault { return Fault{Before: Step{Cut: cut}} }

// CutAfter ends the connection after the commit: the reply gets lost.
func CutAfter(cut Cut) Fault { return Fault{After: Step{Cut: cut}} }

// StatusBefore answers with a status and an HTML page, and nothing is committed.
func StatusBefore(status int) Fault { return Fault{Before: Step{Answer: page(status)}} }

// StatusAfter answers with a status and an HTML page after the commit.
func StatusAfter(status int) Fault { return Fault{After: Step{Answer: page(status)}} }

// RawBefore answers with status 200 and a body, and nothing is committed.
func RawBefore(body string) Fault { return Fault{Before: Step{Answer: raw(body)}} }

// RawAfter answers with status 200 and a body after the commit.
func RawAfter(body string) Fault { return Fault{After: Step{Answer: raw(body)}} }

// Refuse answers with a refusal in the service's words, and nothing is committed.
func Refuse(code skidkabot.Code) Fault { return Fault{Before: Step{Answer: refusal(code)}} }

// Redirect answers 307, which asks for the POST to be sent again to location.
func Redirect(location string) Fault {
	return Fault{Before: Step{Answer: &Reply{
		Status: http.StatusTemporaryRedirect,
		Header: http.Header{"Location": {location}},
		Body:   []byte{},
	}}}
}

// Truncate sends the first n bytes of the reply and closes. The commit is done.
func Truncate(n int) Fault { return Fault{Reply: func(r *Reply) { r.Keep = n }} }

// Drip sends the reply byte by byte with a pause after each. The commit is done.
func Drip(pause time.Duration) Fault { return Fault{Reply: func(r *Reply) { r.Drip = pause }} }

// HugeBody pads the reply with a field of n bytes. The commit is done.
func HugeBody(n int) Fault {
	return Fault{Reply: func(r *Reply) {
		r.Fields = append(r.Fields, textField("padding", string(bytes.Repeat([]byte{'x'}, n))))
	}}
}

// Gzip compresses the reply and says so. The commit is done.
func Gzip() Fault {
	return Fault{Reply: func(r *Reply) {
		var b bytes.Buffer
		w := gzip.NewWriter(&b)
		_, _ = w.Write(r.bytes()) // into memory: cannot fail
		_ = w.Close()
		r.Body = b.Bytes()
		r.Header = http.Header{"Content-Encoding": {"gzip"}}
	}}
}

// BOM puts a byte order mark before the reply. The commit is done.
func BOM() Fault {
	return Fault{Reply: func(r *Reply) { r.Body = append([]byte("\ufeff"), r.bytes()...) }}
}

// NumbersAsStrings quotes every number of the reply. The commit is done.
func NumbersAsStrings() Fault {
	return Fault{Reply: func(r *Reply) {
		for i, field := range r.Fields {
			if bytes.ContainsAny(field.Value[:1], "-0123456789") {
				r.Fields[i].Value = json.RawMessage(strconv.Quote(string(field.Value)))
			}
		}
	}}
}

// DuplicateKeys writes every key of the reply twice. The commit is done.
func DuplicateKeys() Fault {
	return Fault{Reply: func(r *Reply) { r.Fields = append(r.Fields, slices.Clone(r.Fields)...) }}
}

// CodeOnly leaves nothing but the code. The commit is done.
func CodeOnly() Fault {
	return Fault{Reply: func(r *Reply) { r.Fields = r.Fields[:1] }}
}

// TrailingGarbage adds text after the reply. The commit is done.
func TrailingGarbage() Fault {
	return Fault{Reply: func(r *Reply) { r.Body = append(r.bytes(), "<!-- 0.02 s -->"...) }}
}

// BadUTF8 puts a byte into the first name that is no UTF-8. The commit is done.
func BadUTF8() Fault {
	return Fault{Reply: func(r *Reply) {
		if name := r.field("first_name"); name != nil {
			name.Value = json.RawMessage("\"\xff\"")
		}
	}}
}

// The two refusals that the service publishes in a broken form (PROTOCOLS.md,
// section 1).
const (
	brokenCode4 = `{"code": 4, "text"" "Не хватает обязательного параметра: Временный ключ QR-кода (qr_secret)"}`
	brokenDebt  = `{"code"=>15,"text"=>"Извините, на вашем счете отрицательный баланс и СкидкаБот не работает. ` +
		`Пополните ваш баланс на сайте http://skidkabot.ru))"`
)

// BrokenCode4 refuses with code 4 as it is published: no JSON. Nothing is committed.
func BrokenCode4() Fault { return RawBefore(brokenCode4) }

// BrokenCode15 refuses with code 15 as it is published: PHP notation. Nothing is committed.
func BrokenCode15() Fault { return RawBefore(brokenDebt) }

func raw(body string) *Reply { return &Reply{Body: []byte(body)} }

func page(status int) *Reply {
	return &Reply{
		Status: status,
		Header: http.Header{"Content-Type": {"text/html; charset=utf-8"}},
		Body:   []byte("<html><body><h1>" + http.StatusText(status) + "</h1></body></html>"),
	}
}
