package skidkabot

import (
	"bytes"
	"encoding/json"
	"errors"
	"unicode/utf8"
)

// maxDepth bounds the nesting of a JSON object: a reply has one level, and a
// few more leave room for fields that the service may add.
const maxDepth = 8

var (
	errNotJSON      = errors.New("not exactly one JSON object")
	errDuplicateKey = errors.New("a key occurs twice")
	errTooDeep      = errors.New("nested too deep")
)

// parseObject reads exactly one JSON object and returns its fields as raw
// JSON. It is stricter than package json: bad UTF-8 is an error and not a
// replacement character, and so are two keys that differ by case at most, at
// any level. An ambiguous text is no evidence.
func parseObject(data []byte) (map[string]json.RawMessage, error) {
	if !utf8.Valid(data) || !json.Valid(data) {
		return nil, errNotJSON
	}
	data = bytes.TrimLeft(data, " \t\r\n")
	if data[0] != '{' {
		return nil, errNotJSON
	}
	return objectFields(data, maxDepth)
}

// objectFields reads the fields of valid JSON that starts with "{".
func objectFields(data []byte, depth int) (map[string]json.RawMessage, error) {
	if depth == 0 {
		return nil, errTooDeep
	}
	dec := json.NewDecoder(bytes.NewReader(data))
	if _, err := dec.Token(); err != nil {
		return nil, errNotJSON
	}
	fields := make(map[string]json.RawMessage)
	seen := make(map[string]bool)
	for dec.More() {
		token, err := dec.Token()
		key, ok := token.(string)
		if err != nil || !ok {
			return nil, errNotJSON
		}
		if seen[lowerASCII(key)] {
			return nil, errDuplicateKey
		}
		seen[lowerASCII(key)] = true
		var raw json.RawMessage
		if err := dec.Decode(&raw); err != nil {
			return nil, errNotJSON
		}
		if err := checkValue(raw, depth-1); err != nil {
			return nil, err
		}
		fields[key] = raw
	}
	return fields, nil
}

// checkValue finds duplicate keys and excess depth below a field.
func checkValue(raw json.RawMessage, depth int) error {
	switch raw[0] {
	case '{':
		_, err := objectFields(raw, depth)
		return err
	case '[':
		if depth == 0 {
			return errTooDeep
		}
		var items []json.RawMessage
		if err := json.Unmarshal(raw, &items); err != nil {
			return errNotJSON
		}
		for _, item := range items {
			if err := checkValue(item, depth-1); err != nil {
				return err
			}
		}
	}
	return nil
}
