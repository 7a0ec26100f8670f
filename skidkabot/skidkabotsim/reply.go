package skidkabotsim

import (
	"bytes"
	"encoding/json"
	"net/http"
	"strconv"
	"time"

	"github.com/skidkassa/skidkassa/skidkabot"
)

// A Reply is what goes back for one request. A [Fault] may change it.
type Reply struct {
	Status int         // 0: 200
	Header http.Header // added to the usual header; a value here replaces one there
	Fields []Field     // the JSON object, in this order
	Body   []byte      // when not nil, sent instead of Fields

	// Keep cuts the body short: that many bytes are sent under a header that
	// announces all of them, then the connection is closed. 0 keeps all.
	Keep int
	// Drip is the time between two bytes of the body. 0 sends it at once.
	Drip time.Duration
}

// A Field is a key and its value as raw JSON.
type Field struct {
	Key   string
	Value json.RawMessage
}

func textField(key, text string) Field {
	var value bytes.Buffer
	encoder := json.NewEncoder(&value)
	encoder.SetEscapeHTML(false)
	_ = encoder.Encode(text) // a string into memory: cannot fail
	return Field{Key: key, Value: bytes.TrimSpace(value.Bytes())}
}

func numberField(key, number string) Field {
	return Field{Key: key, Value: json.RawMessage(number)}
}

func codeField(code skidkabot.Code) Field {
	return numberField("code", strconv.Itoa(int(code)))
}

func refusal(code skidkabot.Code) *Reply {
	return &Reply{Fields: []Field{codeField(code), textField("text", Text(code))}}
}

func accountReply(c *customer) *Reply {
	return &Reply{Fields: []Field{
		codeField(skidkabot.CodeSuccess),
		textField("first_name", c.FirstName),
		textField("last_name", c.LastName),
		numberField("balance", c.Balance.String()),
	}}
}

// bytes returns the body, written as the service's documents write it.
func (r *Reply) bytes() []byte {
	if r.Body != nil {
		return r.Body
	}
	var b bytes.Buffer
	b.WriteString("{ ")
	for i, field := range r.Fields {
		if i > 0 {
			b.WriteString(", ")
		}
		b.WriteString(strconv.Quote(field.Key) + ": ")
		b.Write(field.Value)
	}
	b.WriteString(" }")
	return b.Bytes()
}

// field returns the value of a key for changing, nil if there is none.
func (r *Reply) field(key string) *Field {
	for i := range r.Fields {
		if r.Fields[i].Key == key {
			return &r.Fields[i]
		}
	}
	return nil
}
