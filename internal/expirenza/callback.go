package expirenza

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"io"
	"math/rand/v2"
	"net/http"
	"strings"
	"time"
	"unicode/utf8"
)

// fate is what became of a callback.
type fate int

const (
	fateFailed   fate = iota // the network, or trouble at Expirenza: it may be tried again
	fateTaken                // 200
	fateRejected             // 400: this message will never be taken
	fateDenied               // 401 or 403: nothing from this till will be taken
)

type outcome struct {
	fate fate
	err  error // why it was not taken
}

// post sends one callback, once, and finds out its fate. A callback that Expirenza denies stops the door.
func (c *Client) post(ctx context.Context, operation string, body []byte) outcome {
	result := c.exchange(ctx, operation, body)
	switch result.fate {
	case fateTaken:
		c.health.setFailing(operation, false)
	case fateRejected:
		c.health.setFailing(operation, false)
		c.Log.Error("expirenza: a callback was rejected", "operation", operation, "err", result.err)
	case fateDenied:
		c.stopAll(operation, result.err)
	case fateFailed:
		if ctx.Err() == nil {
			c.health.setFailing(operation, true)
			c.warn("a callback did not get through", "operation", operation, "err", result.err)
		}
	}
	return result
}

// stopAll ends the run: a wrong key would be refused for every message, and may end in a lock-out.
func (c *Client) stopAll(operation string, err error) {
	c.Log.Error("expirenza: the key or the restaurant is refused, the door is stopped", "operation", operation, "err", err)
	c.health.setRefused()
	c.alarm(Alarm{Kind: AlarmRefused, Operation: operation})
	c.refuse(ErrRefused)
}

// exchange makes the request. The transport is called directly, so there is nothing that could follow a redirect or carry
// a cookie.
func (c *Client) exchange(ctx context.Context, operation string, body []byte) outcome {
	ctx, cancel := context.WithTimeout(ctx, exchangeLimit)
	defer cancel()
	secret, err := c.currentKey(ctx)
	if err != nil {
		return outcome{err: err}
	}
	request, err := http.NewRequestWithContext(ctx, http.MethodPost, c.place.callback+operation, bytes.NewReader(body))
	if err != nil {
		return outcome{err: err}
	}
	request.Header = http.Header{
		"Content-Type": {"application/json"},
		"User-Agent":   {userAgent},
		"restoId":      {c.RestoID}, // spelled as published, for a server that minds
		"signature":    {secret.sign(body)},
	}
	response, err := c.http.RoundTrip(request)
	if err != nil {
		return outcome{err: err}
	}
	defer func() { _ = response.Body.Close() }()
	// Read to its end, so that the connection can be used again.
	reply, _ := io.ReadAll(io.LimitReader(response.Body, replyMaxBytes))
	switch status := response.StatusCode; {
	case status == http.StatusOK || status == http.StatusNoContent:
		return outcome{fate: fateTaken}
	case status == http.StatusBadRequest:
		return outcome{fate: fateRejected, err: readReplyError(status, reply)}
	case isRefusal(status):
		return outcome{fate: fateDenied, err: readReplyError(status, reply)}
	default:
		return outcome{err: readReplyError(status, reply)}
	}
}

// replyError is a callback's reply that is not 200.
type replyError struct {
	status int
	code   string   // errCode; empty when there is none
	fields []string // names of the fields that Expirenza did not like
}

func (e *replyError) Error() string {
	text := fmt.Sprintf("status %d", e.status)
	if e.code != "" {
		text += ", errCode " + e.code
	}
	if len(e.fields) > 0 {
		text += ", fields " + strings.Join(e.fields, " ")
	}
	return text
}

// Bounds of what a reply's error may bring into the log. Its sentences stay out: they may quote what was sent.
const (
	maxErrorWord   = 64 // characters
	maxErrorFields = 10
)

func readReplyError(status int, body []byte) error {
	e := &replyError{status: status}
	var reply struct {
		Code   json.RawMessage `json:"errCode"`
		Fields []struct {
			Field string `json:"field"`
		} `json:"fieldErrors"`
	}
	if err := json.Unmarshal(body, &reply); err != nil {
		return e
	}
	e.code = word(strings.Trim(string(reply.Code), `"`))
	for _, f := range reply.Fields[:min(len(reply.Fields), maxErrorFields)] {
		e.fields = append(e.fields, word(f.Field))
	}
	return e
}

// word cuts a stranger's text to what a line of the log can bear.
func word(text string) string {
	text = strings.ToValidUTF8(text, "?")
	if utf8.RuneCountInString(text) > maxErrorWord {
		text = string([]rune(text)[:maxErrorWord])
	}
	return text
}

// The pauses between attempts to deliver.
const (
	firstPause = time.Second
	lastPause  = 5 * time.Minute
)

// backoff is the pause after a failed attempt, the first being 0: doubled each time and up to a quarter longer, so that
// many tills do not come back all at once.
func backoff(attempt int) time.Duration {
	pause := min(firstPause<<min(max(attempt, 0), 20), lastPause)
	return min(pause+rand.N(pause/4+1), lastPause)
}
