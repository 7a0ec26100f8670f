package config

import (
	"errors"
	"io/fs"
	"slices"
	"strconv"
	"strings"
)

// Input is what [Load] reads from.
type Input struct {
	// File is the settings file that a person named (--config). Empty: the one
	// in SKIDKASSA_CONFIG, else the operating system's usual place.
	File string
	// Environ is the environment in the form of os.Environ.
	Environ []string
	// Flags are the overrides from the command line, applied in order.
	Flags Overrides
	// GOOS is runtime.GOOS; it decides the usual places.
	GOOS string
	// MayBeMissing makes a named file that is not there no error: it is to be
	// written.
	MayBeMissing bool
}

// Loaded is the result of [Load].
type Loaded struct {
	Settings Settings
	// File is the settings file that was read, or would have been; empty when
	// this user has no place for one. It is set even if Load fails.
	File string
	// FileMissing says that there is no file: nobody named one and the usual one
	// does not exist, so that this till was never set up, or it may be missing.
	FileMissing bool
	// LanguageSet says that one of the layers names the language.
	LanguageSet bool
	// Over are the keys that the environment or the command line sets, over the
	// file: to change them there changes nothing in this run.
	Over []string
}

const (
	// maxFileBytes bounds the settings file; the example has 2 KiB.
	maxFileBytes = 256 * 1024
	// maxProblems bounds what is reported: who has fifty mistakes has not
	// written a settings file.
	maxProblems = 50
)

// Load reads the settings of this till: command line over environment over file
// over [Default]. The error is always a [*SettingsError] with all mistakes of
// all layers; the settings are then not to be used. A missing file is an error
// only if somebody named it.
func Load(in Input) (Loaded, error) {
	env := newEnvironment(in.GOOS, in.Environ)
	l := loader{settings: Default(), from: map[string]Problem{}}
	loaded := Loaded{File: in.File}
	if loaded.File == "" {
		loaded.File = env[configVariable]
	}
	named := loaded.File != ""
	if !named {
		// Without a home folder (a bare service) there is no usual place, and
		// the environment and the flags are all there is.
		loaded.File, _ = DefaultFile(in.GOOS, in.Environ)
		loaded.FileMissing = loaded.File == ""
	}
	if loaded.File != "" {
		data, err := readFile(loaded.File, maxFileBytes)
		switch {
		case errors.Is(err, fs.ErrNotExist) && (!named || in.MayBeMissing):
			loaded.FileMissing = true
		case err != nil:
			l.add(fileProblem(loaded.File, err))
		default:
			l.file(loaded.File, data)
		}
	}
	l.environment(env)
	l.flags(in.Flags)
	l.together()
	if len(l.problems) > 0 {
		return loaded, &SettingsError{l.sorted()}
	}
	loaded.Settings = l.settings
	_, loaded.LanguageSet = l.from["language"]
	for key, place := range l.from {
		if place.Origin != FromFile {
			loaded.Over = append(loaded.Over, key)
		}
	}
	slices.Sort(loaded.Over)
	return loaded, nil
}

func fileProblem(name string, err error) Problem {
	p := Problem{Code: Unreadable, Origin: FromFile, File: name, Cause: err}
	switch {
	case errors.Is(err, fs.ErrNotExist):
		p.Code = NotFound
	case errors.Is(err, errTooLarge):
		p.Code = FileTooLarge
	case errors.Is(err, errNotRegular):
		p.Code = NotRegular
	}
	return p
}

// loader applies the layers one after another and gathers their problems.
type loader struct {
	settings Settings
	problems []Problem
	lines    source // of the settings file
	// from remembers where each key was last set, for what only shows when the
	// layers are together.
	from map[string]Problem
}

func (l *loader) add(problems ...Problem) {
	for _, p := range problems {
		if l.full() {
			return
		}
		if p.place > 0 {
			p.Line, p.Column = l.lines.position(p.place - 1)
		}
		if p.Line > 0 {
			p.SourceLine = displayLine(l.lines.line(p.Line))
		}
		l.problems = append(l.problems, p)
	}
}

func (l *loader) full() bool { return len(l.problems) >= maxProblems }

func (l *loader) sorted() []Problem {
	sortProblems(l.problems)
	return l.problems
}

// set gives one key's value to its rule. place says where the value stands.
func (l *loader) set(f field, v *value, place Problem) {
	place.Key = f.key
	l.from[f.key] = place
	for _, p := range f.read(v, &l.settings) {
		p.Origin, p.File, p.Variable = place.Origin, place.File, place.Variable
		if p.place == 0 {
			p.place = place.place
		}
		if p.Key == "" {
			p.Key = f.key
		}
		l.add(p)
	}
}

// file applies a settings file's text.
func (l *loader) file(name string, written []byte) {
	here := Problem{Origin: FromFile, File: name}
	data, wrong := decodeUTF8(written)
	l.lines = newSource(data)
	if wrong != nil {
		l.addFrom(here, wrong)
		return
	}
	root, problems := parseDocument(data)
	l.addFrom(here, problems)
	l.members("", root, here)
	if len(l.problems) == 0 {
		l.addFrom(here, crossCheck(data))
	}
}

func (l *loader) addFrom(here Problem, problems []Problem) {
	for _, p := range problems {
		p.Origin, p.File = here.Origin, here.File
		l.add(p)
	}
}

// members applies a table; table is "" for what stands before the first one.
func (l *loader) members(table string, v *value, here Problem) {
	for _, m := range v.members {
		if l.full() {
			return
		}
		place := here
		place.place = m.value.place
		key := strings.TrimPrefix(table+"."+m.key, ".")
		f, isField := fields()[key]
		switch {
		case table == "" && slices.Contains(tables(), m.key):
			if m.value.kind != tableValue {
				place.Code, place.Want, place.Key = WrongType, WantTable, m.key
				l.add(place)
				continue
			}
			l.members(m.key, m.value, here)
		case isField:
			l.set(f, m.value, place)
		default:
			l.add(unknown(table, m, place))
		}
	}
}

// unknown says what a key that no rule knows may have meant. A secret is
// recognised before all else: the cure is not a better spelling.
func unknown(table string, m member, place Problem) Problem {
	place.Key = joinKey(strings.Split(strings.TrimPrefix(table+"."+m.key, "."), "."))
	if name, ok := secretLike(table, m.key); ok {
		place.Code, place.Secret = SecretHere, name
		return place
	}
	if table == "" && m.value.kind == tableValue {
		place.Code, place.Nearest = UnknownTable, nearest(m.key, tables())
		for _, inner := range m.value.members[:min(len(m.value.members), maxProblems)] {
			if name, ok := secretLike(m.key, inner.key); ok {
				place.Code, place.Secret = SecretHere, name
			}
		}
		return place
	}
	place.Code, place.Nearest = UnknownKey, nearestKey(table, m.key)
	return place
}

// together judges what no single key shows.
func (l *loader) together() {
	if l.settings.Expirenza.URL != "" && l.settings.Expirenza.RestoID == "" {
		p := l.from["expirenza.url"]
		p.Code, p.Key = Required, "expirenza.resto_id"
		l.add(p)
	}
	hall := l.settings.Hall
	numbers := make([]string, len(hall.Tables))
	for i, table := range hall.Tables {
		numbers[i] = strconv.Itoa(table.Number)
	}
	l.once("hall.tables", numbers)
	l.once("hall.staff", hall.Staff)
	cashiers := make([]string, len(l.settings.Shop.Cashiers))
	for i, name := range l.settings.Shop.Cashiers {
		cashiers[i] = folded(name)
	}
	l.once("shop.cashiers", cashiers)
}

// folded is a name as people tell names apart: without case, however many spaces are in it, and with one letter for «е»
// and «ё».
func folded(name string) string {
	return strings.ReplaceAll(strings.Join(strings.Fields(strings.ToLower(name)), " "), "ё", "е")
}

// once reports the first item that a list has twice.
func (l *loader) once(key string, items []string) {
	seen := make(map[string]bool, len(items))
	for _, item := range items {
		if seen[item] {
			p := l.from[key]
			p.Code, p.Key = DuplicateKey, key+" "+item
			l.add(p)
			return
		}
		seen[item] = true
	}
}
