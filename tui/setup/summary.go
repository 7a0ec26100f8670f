package setup

import (
	"context"
	"errors"
	"maps"
	"slices"
	"strings"

	"github.com/skidkassa/skidkassa/internal/texts"
)

// newSummary is the last page of the wizard: what is to be written, and then the writing itself.
func newSummary(e *env, path string) *try {
	t := newSaving(e)
	t.title, t.atOnce, t.onGood = texts.SetupSummary, false, doneAct{}
	t.about = func() []told { return e.summary(path) }
	t.offers = func(state tryState, err error) []button {
		back := button{label: texts.KeyBack, act: backAct{}}
		if state == tryIdle {
			return []button{{label: texts.SetupWrite, act: againAct{}}, back}
		}
		again := button{label: texts.SetupAgainSave, act: againAct{}}
		var secret *SecretError
		switch {
		case errors.As(err, &secret):
			return []button{again, {label: texts.SetupWithoutSecrets, act: withoutSecretsAct{}}, back}
		case isHopeless(err):
			return []button{back}
		}
		return []button{again, back}
	}
	return t
}

// newSaving is the page that writes what was decided.
func newSaving(e *env) *try {
	return &try{
		env: e, title: texts.SetupSavingTitle, limit: saveLimit, atOnce: true, waits: true, doing: texts.SetupSaving, onGood: savedAct{},
		about: func() []told { return nil },
		work: func() func(context.Context) error {
			changes := e.draft.changes()
			return func(ctx context.Context) error { return e.backend.Save(ctx, changes) }
		},
		onBad: e.noteKept,
		result: func(err error) []told {
			return []told{{e.Say(texts.SetupNotSaved), bad}, {e.whyNotSaved(err), plain}}
		},
		offers: func(_ tryState, err error) []button {
			back := button{label: texts.KeyBack, act: backAct{}}
			if isHopeless(err) {
				return []button{back}
			}
			return []button{{label: texts.SetupAgainSave, act: againAct{}}, back}
		},
	}
}

// isHopeless reports whether to write once more cannot help: another has changed the file, or the values do not go together.
func isHopeless(err error) bool {
	var file *SaveError
	return errors.As(err, &file) && (file.Changed || file.Fault != nil)
}

// noteKept notes which secrets were kept although the whole was not: they come first, one after the other.
func (e *env) noteKept(err error) {
	var secret *SecretError
	var file *SaveError
	stopped := errors.As(err, &secret)
	if !stopped && !(errors.As(err, &file) && file.Kept) {
		return
	}
	for _, kept := range e.draft.changes().Secrets {
		if stopped && kept.Name == secret.Name {
			return
		}
		e.isInKeyring(kept.Name)
	}
}

// isInKeyring notes that a secret was kept.
func (e *env) isInKeyring(name string) {
	if e.secrets != nil {
		e.secrets[name] = SecretState{Place: PlaceKeyring}
	}
}

// withoutSecretsAct writes the settings and leaves the secrets to be kept another way.
type withoutSecretsAct struct{}

// summary lists what was decided.
func (e *env) summary(path string) []told {
	line := func(label texts.ID, value string) told {
		if value == "" {
			value = e.Say(texts.SetupNo)
		}
		return told{e.Fit(e.Say(label), labelCells) + " " + e.Truncate(value, formCells-labelCells-6), plain}
	}
	v := e.draft.values
	lines := []told{
		line(texts.SetupVendor, v["shop.vendor"]),
		line(texts.SetupShopSecret, e.secretSummary(SecretShop)),
		line(texts.SetupRegister, v["shop.register"]),
		line(texts.SetupName, v["shop.name"]),
		line(texts.SetupCurrency, v["shop.currency"]),
		line(texts.SetupGap, asMillis(v["scanner.gap"])),
		line(texts.SetupPrinter, v["printer.device"]),
		line(texts.SetupWaiters, v["waiter.listen"]),
		line(texts.SetupPhones, v["expirenza.url"]),
	}
	if v["expirenza.url"] != "" {
		lines = append(lines, line(texts.SetupExpirenzaKey, e.secretSummary(SecretExpirenza)))
	}
	lines = append(lines,
		line(texts.SetupAdmin, e.secretSummary(SecretAdmin)),
		told{"", plain},
		told{e.Say(texts.SetupWhere, texts.Args{"Path": path}), dim},
	)
	if len(e.over) > 0 {
		keys := strings.Join(slices.Sorted(maps.Keys(e.over)), ", ")
		lines = append(lines, told{e.Say(texts.SetupOverNotWritten, texts.Args{"Keys": keys}), warn})
	}
	return lines
}

// secretSummary says what becomes of a secret, and never what it is.
func (e *env) secretSummary(name string) string {
	trouble := e.secrets[name].Trouble
	switch {
	case e.draft.secrets[name] != "" && (trouble == TroubleAbsent || trouble == TroubleGiven):
		return e.Say(texts.SetupNoPlace)
	case e.draft.secrets[name] != "":
		return e.Say(texts.SetupWillKeep)
	case e.secrets[name].Place != PlaceNone:
		return e.Say(texts.SetupStays)
	}
	return ""
}

// changes are what is to be saved.
func (d *draft) changes() Changes {
	c := Changes{Values: make(map[string]string)}
	for key, value := range d.values {
		if value != d.file[key] {
			c.Values[key] = value
		}
	}
	for name, typed := range d.secrets {
		if typed != "" {
			c.Secrets = append(c.Secrets, Named{name, NewSecret(typed)})
		}
	}
	for _, prefix := range []string{cashierPrefix, waiterPrefix} {
		if who, pin := d.own[prefix+"who"], d.own[prefix+"pin"]; who != "" && pin != "" {
			c.Secrets = append(c.Secrets, Named{prefix + who, NewSecret(pin)})
		}
	}
	slices.SortFunc(c.Secrets, func(a, b Named) int { return strings.Compare(order(a.Name), order(b.Name)) })
	return c
}

// order puts the shop's secret first: without it nothing works.
func order(name string) string {
	if name == SecretShop {
		return ""
	}
	return name
}

// settled takes what was saved for granted.
func (d *draft) settled() {
	d.file = d.values
	d.reset()
}
