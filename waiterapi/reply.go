package waiterapi

import (
	"bytes"
	"crypto/rand"
	"net/http"
	"strconv"
	"sync"
	"sync/atomic"
	"time"

	"github.com/google/uuid"

	"github.com/skidkassa/skidkassa/internal/loyalty"
	"github.com/skidkassa/skidkassa/internal/orders"
)

// reply is an encoded answer of loyalty.
type reply struct {
	contentType   []string // header values as net/http keeps them, so that sending costs nothing
	contentLength []string // nil: short enough for net/http to count itself, which is cheaper than one more header
	body          []byte
	client        int64     // whose points it tells
	until         time.Time // fresh before it
}

// countedBytes is the length of a body that net/http surely counts itself.
const countedBytes = 2 << 10

func newReply(contentType string, body []byte, client int64, until time.Time) reply {
	r := reply{contentType: []string{contentType}, body: body, client: client, until: until}
	if len(body) > countedBytes {
		r.contentLength = []string{strconv.Itoa(len(body))}
	}
	return r
}

func (r reply) write(w http.ResponseWriter) {
	header := w.Header()
	header["Content-Type"] = r.contentType
	if r.contentLength != nil {
		header["Content-Length"] = r.contentLength
	}
	w.WriteHeader(http.StatusOK)
	_, _ = w.Write(r.body) // a client that has gone needs no answer
}

// photoBody is LoyaltyResponse as it stands in the multipart (PROTOCOLS.md, section 2).
type photoBody struct {
	ProductSKUs   []string      `json:"productSKUs"`
	UserWallets   []photoWallet `json:"userWallets"`
	Suggestions   []string      `json:"suggestions"`
	WaiterMessage *string       `json:"waiterMessage"` // null: only of a failed operation, and that has no photo
}

type photoWallet struct {
	ID      uuid.UUID `json:"id"`
	Name    string    `json:"name"`
	Balance number    `json:"balance"`
}

// photoReply is the multipart with a guest's photo. It is written by hand, because mime/multipart sorts the headers and the
// published order is another.
func photoReply(body loyaltyBody, photo []byte, client int64, until time.Time) reply {
	wallets := make([]photoWallet, len(body.UserWallets))
	for i, wallet := range body.UserWallets {
		wallets[i] = photoWallet(wallet)
	}
	boundary := rand.Text()
	var b bytes.Buffer
	b.WriteString("--" + boundary + "\r\nContent-Type: application/json\r\nContent-Disposition: form-data; name=loyalty\r\n\r\n")
	b.Write(encode(photoBody{ProductSKUs: body.ProductSKUs, UserWallets: wallets, Suggestions: body.Suggestions}))
	b.WriteString("\r\n--" + boundary + "\r\nContent-Disposition: form-data; name=photo\r\n\r\n")
	b.Write(photo)
	b.WriteString("\r\n--" + boundary + "--\r\n")
	return newReply("multipart/form-data; boundary="+boundary, b.Bytes(), client, until)
}

// replyCache keeps replies while they are fresh. Its zero value is empty and ready.
type replyCache struct {
	news atomic.Int64 // grows with everything that may make a reply wrong

	mu      sync.RWMutex
	replies map[uuid.UUID]reply // by the order
	bytes   int                 // of their bodies
}

// find gives the reply about an order when it is still fresh.
func (c *replyCache) find(order uuid.UUID, now time.Time) (kept reply, ok bool) {
	c.mu.RLock()
	defer c.mu.RUnlock()
	kept, ok = c.replies[order]
	return kept, ok && now.Before(kept.until)
}

// keep keeps a reply that was made since the news stood as given. When there has been some meanwhile, the reply may already be
// wrong and is not kept.
func (c *replyCache) keep(order uuid.UUID, r reply, news int64, now time.Time) {
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.news.Load() != news || !now.Before(r.until) {
		return
	}
	c.drop(order)
	if c.full(r) {
		for other, kept := range c.replies {
			if !now.Before(kept.until) {
				c.drop(other)
			}
		}
	}
	if c.full(r) {
		c.empty()
	}
	c.replies[order] = r
	c.bytes += len(r.body)
}

// full reports whether a reply has no room.
func (c *replyCache) full(r reply) bool {
	return c.replies == nil || len(c.replies) >= repliesKept || c.bytes+len(r.body) > repliesKeptBytes
}

func (c *replyCache) drop(order uuid.UUID) {
	c.bytes -= len(c.replies[order].body)
	delete(c.replies, order)
}

func (c *replyCache) empty() { c.replies, c.bytes = make(map[uuid.UUID]reply), 0 }

// hear drops at once what news have made wrong. It runs on the publisher's goroutine, and only deletes from a map.
func (c *replyCache) hear(news any) {
	switch news := news.(type) {
	case orders.Changed:
		c.forget(func(order uuid.UUID, _ reply) bool { return order == news.Order.ID })
	case loyalty.OperationChanged:
		op := news.Operation
		c.forget(func(order uuid.UUID, kept reply) bool { return order == op.Order || kept.client == op.Client })
	}
}

func (c *replyCache) forget(isWrong func(uuid.UUID, reply) bool) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.news.Add(1)
	for order, kept := range c.replies {
		if isWrong(order, kept) {
			c.drop(order)
		}
	}
}

// clear forgets everything.
func (c *replyCache) clear() { c.forget(func(uuid.UUID, reply) bool { return true }) }
