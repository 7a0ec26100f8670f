package expirenza

import (
	"context"
	"time"

	"github.com/skidkassa/skidkassa/internal/orders"
)

// The rhythm of ORDERS_CACHE (PROTOCOLS.md, section 3).
const (
	cachePause = 5 * time.Second
	cacheLimit = 15 * time.Second // older, Expirenza does not use it

	// maxCacheLines bounds the callback to some 10 MB. Beyond it Expirenza asks for each bill instead.
	maxCacheLines = 40_000
)

// cacheOrders tells Expirenza of the open orders, unasked, while there is a connection. After a failure it waits longer and
// longer: what was missed is worth nothing.
func (c *Client) cacheOrders(ctx context.Context) {
	failures := 0
	for pause := cachePause; sleep(ctx, pause); {
		pause = cachePause
		if !c.health.connected() {
			failures = 0
			continue
		}
		began := time.Now()
		if c.sendCache(ctx) {
			failures = 0
			pause = max(cachePause-time.Since(began), 0)
			continue
		}
		pause = max(cachePause, backoff(failures))
		failures++
	}
}

// sendCache sends the open orders once, and reports whether they were taken.
func (c *Client) sendCache(ctx context.Context) bool {
	defer c.survive(topicWebhook)
	ctx, cancel := context.WithTimeout(ctx, cacheLimit)
	defer cancel()
	bills, err := c.Book.Bills(ctx, orders.BillQuery{})
	if err != nil {
		c.warn("the open orders could not be read", "err", err)
		return false
	}
	lines := 0
	for _, b := range bills {
		lines += len(b.Order.Dishes)
	}
	if lines > maxCacheLines {
		c.warn("too many open lines to tell Expirenza of them unasked", "lines", lines)
		return false
	}
	return c.post(ctx, topicWebhook, c.cacheBody(bills)).fate == fateTaken
}

func (c *Client) cacheBody(bills []orders.Bill) []byte {
	return encode(cacheHook{WebhookType: webhookOrders, EventTime: stampUTC(c.Now()), ActualOrders: c.openOrders(bills)})
}
