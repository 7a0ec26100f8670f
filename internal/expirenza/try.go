package expirenza

import (
	"context"
	"errors"
)

// Try opens the connection as a till does and ends it: nil means that Expirenza takes the key. Of the options it needs
// Secret, URL, RestoID and System.
//
// It is for when no till is running: a second connection of one restaurant may cost the first one its place. The caller
// keeps the pause between attempts (PROTOCOLS.md, section 3). What Expirenza asks meanwhile it asks again.
//
// Errors: [ErrRefused] when the key or the restaurant is refused, an [*OptionError], or why there is no connection.
func Try(ctx context.Context, options Options) error {
	where, err := checkWire(options)
	if err != nil {
		return err
	}
	if where.loopback {
		options.Proxy = nil
	}
	c := &Client{Options: options, place: where, http: newTransport(options)}
	defer c.http.CloseIdleConnections()
	secret, err := c.fetchKey(ctx)
	if err != nil {
		return err
	}
	conn, err := c.open(ctx, secret, func() {})
	if errors.Is(err, errHandshake) {
		return ErrRefused
	}
	if err != nil {
		return err
	}
	hangUp(conn, func() { _ = conn.CloseNow() })
	return nil
}
