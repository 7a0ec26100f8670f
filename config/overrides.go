package config

import (
	"errors"
	"slices"
	"strings"
)

// Override sets one key over the settings file: Key is "table.key" or
// "language", Value is what would stand in the file, without quotes. Lists are
// separated by commas, an item with a comma of its own stands in quotes; gifts
// are written sku:from.
type Override struct {
	Key   string
	Value string
}

// Overrides are the values of the flag --set. It is a flag.Value and a
// pflag.Value, so that cmd registers it as it is.
type Overrides []Override

// ErrOverrideForm refuses an override that is not written table.key=value.
var ErrOverrideForm = errors.New("want table.key=value, for example shop.register=2")

// Set adds one override, written table.key=value. What it means is judged by
// [Load], together with everything else.
func (o *Overrides) Set(written string) error {
	key, assigned, found := strings.Cut(written, "=")
	key = strings.TrimSpace(key)
	if !found || key == "" {
		// The text is not repeated: it may be a value that lost its key.
		return ErrOverrideForm
	}
	*o = append(*o, Override{Key: key, Value: assigned})
	return nil
}

// String lists the overridden keys, without their values.
func (o *Overrides) String() string {
	keys := make([]string, len(*o))
	for i, override := range *o {
		keys[i] = override.Key
	}
	return strings.Join(keys, ",")
}

// Type is the placeholder in the help of a command.
func (o *Overrides) Type() string { return "table.key=value" }

// Judge tells what is wrong with one key's value by itself; nil: nothing.
func Judge(o Override) []Problem {
	l := loader{settings: Default(), from: map[string]Problem{}}
	l.flags(Overrides{o})
	return l.problems
}

// flags applies the command line.
func (l *loader) flags(overrides Overrides) {
	for _, override := range overrides {
		if l.full() {
			return
		}
		place := Problem{Origin: FromFlag}
		if f, ok := fields()[override.Key]; ok {
			l.set(f, &value{text: override.Value}, place)
			continue
		}
		table, leaf := splitKey(override.Key)
		p := unknown(table, member{leaf, &value{}}, place)
		if p.Code == UnknownKey && table != "" && !slices.Contains(tables(), table) {
			p.Nearest = nearest(override.Key, allKeys())
		}
		l.add(p)
	}
}

func allKeys() []string {
	keys := make([]string, len(schema()))
	for i, f := range schema() {
		keys[i] = f.key
	}
	return keys
}
