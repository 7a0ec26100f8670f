package waiterapi

import (
	"bytes"
	"encoding/json"
	"net/http"
	"strconv"

	"github.com/shopspring/decimal"
)

// problemBody is a problem document (RFC 9457). Its words are for whoever connects the systems, hence English.
type problemBody struct {
	Type   string `json:"type"`
	Title  string `json:"title"`
	Status int    `json:"status"`
	Detail string `json:"detail"`
}

// problem answers what a caller got wrong, or what went wrong here. The detail never repeats what was sent.
func problem(w http.ResponseWriter, status int, detail string) {
	body := encode(problemBody{Type: "about:blank", Title: http.StatusText(status), Status: status, Detail: detail})
	writeBody(w, status, "application/problem+json", body)
}

const typeJSON = "application/json"

// writeBody answers with a body whose length is known, so that it is never sent in chunks.
func writeBody(w http.ResponseWriter, status int, contentType string, body []byte) {
	w.Header().Set("Content-Type", contentType)
	w.Header().Set("Content-Length", strconv.Itoa(len(body)))
	w.WriteHeader(status)
	_, _ = w.Write(body) // a client that has gone needs no answer
}

// encode writes JSON as the protocol's samples have it: on one line, without the escapes that are for web pages.
func encode(value any) []byte {
	var b bytes.Buffer
	encoder := json.NewEncoder(&b)
	encoder.SetEscapeHTML(false)
	if err := encoder.Encode(value); err != nil {
		panic(err) // every type that is encoded here is our own and can be
	}
	return bytes.TrimSuffix(b.Bytes(), []byte("\n"))
}

// number is a decimal as JSON has it here: a number in its shortest form, never a string (PROTOCOLS.md, section 2).
type number struct{ decimal.Decimal }

// MarshalJSON implements [json.Marshaler]; the decimal's own would quote.
func (n number) MarshalJSON() ([]byte, error) { return []byte(n.String()), nil }

// waiterMessage is the reply that pops up on the handheld. With it, the guest is not bound.
type waiterMessage struct {
	WaiterMessage string
}
