package layout

// trial reads one text by table after table. The reading with the fewest guesses stands; when two with as many differ, none does.
type trial struct {
	text        string   // The payload that was read.
	best        *table   // The table that reads it; nil if none does.
	guesses     int      // Of best.
	rivals      []*table // Those that read other payloads with as few guesses.
	lost        *table   // One that recognises the payload but cannot read its digits; nil if none does.
	lostGuesses int      // Of lost.
	reader      reader
}

// noGuesses is above any number of guesses: nothing was read yet.
const noGuesses = maxPayloadBytes + maxTextBytes

// run tries every table of some groups under which a text can begin as this one does. Plain US text is what it says: no other table is
// asked.
func (t *trial) run(hits []hit, typed []rune) {
	t.guesses, t.lostGuesses = noGuesses, noGuesses
	var present runeSet
	for _, r := range typed {
		present.add(r)
	}
	for _, h := range hits {
		for _, tables := range [...][]*table{h.group.byFirst[typed[0]], h.group.anyhow} {
			for _, candidate := range tables {
				if candidate.canType(typed, &present) {
					t.try(candidate, typed)
				}
				if t.best != nil && t.best.plain() {
					return
				}
			}
		}
	}
}

// try reads the text by one table. Outcomes that need more guesses than the best one so far are of no interest.
func (t *trial) try(candidate *table, typed []rune) {
	r := &t.reader
	r.read(candidate, typed, min(t.guesses, t.lostGuesses))
	switch {
	case r.lost || r.conflict:
		if r.guesses < t.lostGuesses || r.guesses == t.lostGuesses && candidate.rank < t.lost.rank {
			t.lost, t.lostGuesses = candidate, r.guesses
		}
	case !r.found:
	case r.guesses < t.guesses:
		t.best, t.rivals, t.text, t.guesses = candidate, nil, string(r.payload()), r.guesses
	case !samePayload(t.text, r.payload()):
		t.rivals = append(t.rivals, candidate)
	case candidate.rank < t.best.rank:
		t.best = candidate
	}
}

// isLost tells whether to refuse because digits may be missing: a table that loses digits explains the text better than the best reading,
// or as well as one that has characters of its own for digits. ASCII digits in their places are taken for what they are.
func (t *trial) isLost() bool {
	switch {
	case t.lost == nil:
		return false
	case t.best == nil:
		return true
	case t.best.digits == digitsMoved:
		return t.lostGuesses <= t.guesses
	default:
		return t.lostGuesses < t.guesses
	}
}

// ambiguity names the best table and its rivals.
func (t *trial) ambiguity() error {
	layouts := []Layout{t.best.layout}
	for _, rival := range t.rivals {
		layouts = append(layouts, rival.layout)
	}
	return &AmbiguousError{Layouts: layouts}
}
