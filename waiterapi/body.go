package waiterapi

import (
	"bytes"
	"encoding/json"
	"errors"
	"io"
	"mime"
	"net/http"
	"os"
	"strings"
	"unicode/utf8"
)

// depthMax is how deep a body may be nested: what ASP.NET's own reader takes.
const depthMax = 64

// readBody reads a request's body into a struct, as an ASP.NET server would: property names without case, of doubled ones the last,
// unknown ones ignored, a BOM dropped. When the body is no such thing, the request is answered and ok is false.
func readBody(w http.ResponseWriter, r *http.Request, maxBytes int64, into any) (ok bool) {
	data, status, detail := bodyBytes(w, r, maxBytes)
	if detail == "" {
		if detail = decodeBody(data, into); detail != "" {
			status = http.StatusBadRequest
		}
	}
	if detail != "" {
		problem(w, status, detail)
	}
	return detail == ""
}

// readOptionalBody is [readBody] for a DELETE, which may come without one.
func readOptionalBody(w http.ResponseWriter, r *http.Request, maxBytes int64, into any) (ok bool) {
	if r.ContentLength == 0 {
		return true
	}
	return readBody(w, r, maxBytes, into)
}

// bodyBytes reads the body; a detail says why not, for a reply with the status.
func bodyBytes(w http.ResponseWriter, r *http.Request, maxBytes int64) (data []byte, status int, detail string) {
	if !isJSON(r.Header.Get("Content-Type")) {
		return nil, http.StatusUnsupportedMediaType, "the body must be application/json in UTF-8"
	}
	data, err := io.ReadAll(http.MaxBytesReader(w, r.Body, maxBytes))
	if err == nil {
		return data, 0, ""
	}
	w.Header().Set("Connection", "close") // what is left of the body is not worth reading
	var tooLarge *http.MaxBytesError
	switch {
	case errors.As(err, &tooLarge):
		return nil, http.StatusRequestEntityTooLarge, "the body is too large"
	case errors.Is(err, os.ErrDeadlineExceeded):
		return nil, http.StatusRequestTimeout, "the body did not come in time"
	}
	return nil, http.StatusBadRequest, "the body cannot be read"
}

// isJSON reports whether a Content-Type is one of JSON in UTF-8. None at all is taken for it.
func isJSON(contentType string) bool {
	if contentType == "" {
		return true
	}
	media, parameters, err := mime.ParseMediaType(contentType)
	if err != nil {
		return false
	}
	charset := parameters["charset"]
	return (media == typeJSON || media == "text/json" || strings.HasSuffix(media, "+json")) &&
		(charset == "" || strings.EqualFold(charset, "utf-8"))
}

var bom = []byte("\ufeff")

// decodeBody says what is wrong with a body, and never what stood in it.
func decodeBody(data []byte, into any) (detail string) {
	data = bytes.TrimSpace(bytes.TrimPrefix(data, bom))
	switch {
	case !utf8.Valid(data):
		return "the body is not UTF-8"
	case len(data) == 0 || data[0] != '{':
		return "the body is not a JSON object"
	case tooDeep(data):
		return "the body is nested too deep"
	}
	err := json.Unmarshal(data, into)
	var wrongType *json.UnmarshalTypeError
	switch {
	case errors.Is(err, errAmount):
		return "a number of the body is not a plain one of at most 12 digits before and 6 behind the point"
	case errors.As(err, &wrongType):
		return "a property of the body has a wrong type: " + wrongType.Field
	case err != nil:
		return "the body is not JSON"
	}
	return ""
}

// tooDeep reports nesting beyond [depthMax] before anything is decoded, which costs a stack frame for each level.
func tooDeep(data []byte) bool {
	depth, inString, escaped := 0, false, false
	for _, c := range data {
		switch {
		case escaped:
			escaped = false
		case inString:
			escaped, inString = c == '\\', c != '"'
		case c == '"':
			inString = true
		case c == '{' || c == '[':
			if depth++; depth > depthMax {
				return true
			}
		case c == '}' || c == ']':
			depth--
		}
	}
	return false
}
