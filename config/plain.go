package config

import (
	"encoding/csv"
	"errors"
	"io"
	"strings"
)

// Values gives settings by key, each written as on the command line: [Override] takes it back as the same.
func Values(s Settings) map[string]string {
	_, root := rendered(s)
	values := make(map[string]string, len(schema()))
	for _, f := range schema() {
		values[f.key] = root.at(f.key).plain()
	}
	return values
}

// literals gives settings by key, each written as in a settings file.
func literals(s Settings) map[string]string {
	text, _ := rendered(s)
	o := outlineOf(text)
	written := make(map[string]string, len(schema()))
	for _, f := range schema() {
		found, _, _ := o.find(strings.Split(f.key, "."))
		written[f.key] = string(o.text[found.value.start:found.value.end])
	}
	return written
}

// rendered is what [Render] writes, as text and as a tree; it has every key, and a test holds that.
func rendered(s Settings) ([]byte, *value) {
	text, _ := decodeUTF8([]byte(Render(s)))
	root, _ := parseDocument(text)
	return text, root
}

// at finds a key with its tables.
func (v *value) at(key string) *value {
	for _, part := range strings.Split(key, ".") {
		v = v.find(part)
	}
	return v
}

// plain writes a value as on the command line.
func (v *value) plain() string {
	switch v.kind {
	case arrayValue:
		items := make([]string, len(v.items))
		for i, item := range v.items {
			items[i] = item.plain()
		}
		return joinList(items)
	case tableValue: // a gift
		return v.find("sku").text + ":" + v.find("from").text
	}
	return v.text
}

// joinList writes a list with commas; an item that could be misread stands in quotes.
func joinList(items []string) string {
	written := make([]string, len(items))
	for i, item := range items {
		written[i] = item
		if strings.ContainsAny(item, `,"`) {
			written[i] = `"` + strings.ReplaceAll(item, `"`, `""`) + `"`
		}
	}
	return strings.Join(written, ", ")
}

// splitList reads a list that was written with commas, items in quotes among them.
func splitList(written string) ([]string, error) {
	if strings.ContainsAny(written, "\r\n") {
		return nil, errors.New("a list of several lines")
	}
	reader := csv.NewReader(strings.NewReader(written))
	reader.LazyQuotes, reader.TrimLeadingSpace = true, true
	items, err := reader.Read()
	if errors.Is(err, io.EOF) {
		return nil, nil
	}
	for i, item := range items {
		items[i] = strings.TrimSpace(item)
	}
	return items, err
}
