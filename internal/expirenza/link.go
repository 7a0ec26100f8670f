package expirenza

import (
	"context"
	"errors"
	"math/rand/v2"
	"net/http"
	"time"

	"github.com/coder/websocket"
)

// The rhythm of the connection (PROTOCOLS.md, section 3).
const (
	attemptPause  = 15 * time.Second // not more than one attempt in it
	attemptJitter = 5 * time.Second  // on top, so that many tills do not come back all at once
	refusedPause  = 5 * time.Minute  // after an attempt with a key that was refused
	pingPause     = 15 * time.Second
	silenceLimit  = 90 * time.Second // longer without a sign of life, the connection is taken for dead
	writeLimit    = 10 * time.Second
	closeLimit    = 2 * time.Second // for a polite end

	frameMaxBytes = 256 << 10
)

var (
	errSilent     = errors.New("expirenza: nothing was heard for too long")
	errHandshake  = errors.New("expirenza: the key was refused at the handshake")
	errRedirected = errors.New("expirenza: redirects are not followed")
)

// keepConnected connects again and again until ctx is done.
func (c *Client) keepConnected(ctx context.Context) {
	for c.awaitAttempt(ctx) {
		secret, err := c.fetchKey(ctx)
		if err != nil {
			c.setNextAttempt(attemptPause)
			c.linkLost(ctx, StateSecret, err)
			continue
		}
		err = c.connect(ctx, secret)
		switch {
		case errors.Is(err, errHandshake):
			c.setNextAttempt(refusedPause)
			c.linkLost(ctx, StateRefused, err)
		default:
			c.linkLost(ctx, StateConnect, err)
		}
	}
}

func (c *Client) linkLost(ctx context.Context, code string, err error) {
	if ctx.Err() != nil {
		return
	}
	c.health.setLink(code)
	c.warn("no connection", "code", code, "err", err)
}

// awaitAttempt waits until a connection may be tried. The time between attempts is real time, not the wall clock's: who sets
// the clock back must not keep the till offline, and who sets it forward must not make it break the rule.
func (c *Client) awaitAttempt(ctx context.Context) bool {
	return sleep(ctx, time.Until(c.nextAttempt))
}

func (c *Client) setNextAttempt(pause time.Duration) {
	c.nextAttempt = time.Now().Add(pause + rand.N(attemptJitter))
}

// connect opens a connection, serves it and returns what ended it.
func (c *Client) connect(ctx context.Context, secret key) error {
	// The connection outlives ctx a little, for a polite end.
	living, end := context.WithCancelCause(context.WithoutCancel(ctx))
	defer end(nil)
	silence := time.AfterFunc(silenceLimit, func() { end(errSilent) })
	defer silence.Stop()
	heard := func() { silence.Reset(silenceLimit) }

	conn, err := c.open(ctx, secret, heard)
	// Counted from the attempt's end: Expirenza has seen it by then, however long it was on its way.
	c.setNextAttempt(attemptPause)
	if err != nil {
		return err
	}
	defer func() { _ = conn.CloseNow() }()
	heard()
	c.health.setLink("")
	c.Log.Info("expirenza: connected")

	defer context.AfterFunc(ctx, func() { hangUp(conn, func() { end(nil) }) })()
	written := make(chan struct{})
	go func() {
		defer close(written)
		c.writePings(living, conn)
	}()
	err = c.readMessages(ctx, living, conn, heard)
	if cause := context.Cause(living); cause != nil {
		err = cause
	}
	end(nil)
	<-written
	return err
}

// open makes the handshake.
func (c *Client) open(ctx context.Context, secret key, heard func()) (*websocket.Conn, error) {
	ctx, cancel := context.WithTimeout(ctx, exchangeLimit)
	defer cancel()
	conn, response, err := websocket.Dial(ctx, c.place.socket, &websocket.DialOptions{
		HTTPClient: &http.Client{
			Transport:     c.http,
			CheckRedirect: func(*http.Request, []*http.Request) error { return errRedirected },
		},
		HTTPHeader: http.Header{
			"Authorization": {secret.basic(c.RestoID)},
			"Cookie":        {"system=" + c.System},
			"User-Agent":    {userAgent},
		},
		OnPingReceived: func(context.Context, []byte) bool { heard(); return true },
		OnPongReceived: func(context.Context, []byte) { heard() },
	})
	if err != nil {
		if response != nil && isRefusal(response.StatusCode) {
			return nil, errHandshake
		}
		return nil, err
	}
	conn.SetReadLimit(frameMaxBytes)
	return conn, nil
}

func isRefusal(status int) bool {
	return status == http.StatusUnauthorized || status == http.StatusForbidden
}

// hangUp ends a connection politely, and by force when that takes too long.
func hangUp(conn *websocket.Conn, drop func()) {
	timer := time.AfterFunc(closeLimit, drop)
	defer timer.Stop()
	_ = conn.Close(websocket.StatusGoingAway, "")
}

// readMessages is the connection's one reader. It never waits for a message's answer.
func (c *Client) readMessages(ctx, living context.Context, conn *websocket.Conn, heard func()) error {
	for {
		kind, data, err := conn.Read(living)
		if err != nil {
			return err
		}
		heard()
		if kind != websocket.MessageText {
			c.warn("a binary frame was ignored", "bytes", len(data))
			continue
		}
		c.receive(ctx, data)
	}
}

// writePings is the connection's one writer. The text is what known clients send; the ping frame makes a server that is
// alive answer, even one that does not ping by itself.
func (c *Client) writePings(ctx context.Context, conn *websocket.Conn) {
	text := []byte("Resto " + c.RestoID + " ping")
	for sleep(ctx, pingPause) {
		writing, cancel := context.WithTimeout(ctx, writeLimit)
		err := conn.Write(writing, websocket.MessageText, text)
		if err == nil {
			_ = conn.Ping(writing) // an unanswered one is the silence watch's to judge
		}
		cancel()
		if err != nil {
			return // the reader learns of it too
		}
	}
}
