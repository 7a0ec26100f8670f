package expirenza

import (
	"context"
	"crypto/hmac"
	"crypto/sha256"
	"encoding/base64"
	"errors"
	"fmt"
	"io"
)

// key is the SECRET_KEY. However it is printed it shows as "•••".
type key []byte

var errNoKey = errors.New("expirenza: there is no key")

// Format writes "•••" for every verb.
func (k key) Format(f fmt.State, _ rune) { _, _ = io.WriteString(f, "•••") }

// sign computes the signature of a callback: base64 of the HMAC-SHA256 over the exact bytes of its body (PROTOCOLS.md,
// section 3).
func (k key) sign(body []byte) string {
	mac := hmac.New(sha256.New, k)
	mac.Write(body)
	return base64.StdEncoding.EncodeToString(mac.Sum(nil))
}

// basic is the Authorization of the websocket.
func (k key) basic(restoID string) string {
	pair := append([]byte(restoID+":"), k...)
	return "Basic " + base64.StdEncoding.EncodeToString(pair)
}

// fetchKey asks for the key, and keeps it for the callbacks.
func (c *Client) fetchKey(ctx context.Context) (key, error) {
	text, err := c.Secret(ctx)
	if err != nil {
		return nil, fmt.Errorf("%w: %w", errNoKey, err)
	}
	if text == "" {
		return nil, errNoKey
	}
	c.mu.Lock()
	defer c.mu.Unlock()
	c.secret = key(text)
	return c.secret, nil
}

// currentKey gives the key that was fetched last, or fetches it: letters may have to go before there is a connection.
func (c *Client) currentKey(ctx context.Context) (key, error) {
	c.mu.Lock()
	secret := c.secret
	c.mu.Unlock()
	if secret != nil {
		return secret, nil
	}
	return c.fetchKey(ctx)
}
