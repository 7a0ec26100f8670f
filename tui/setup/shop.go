package setup

import (
	"context"
	"maps"
	"time"

	"github.com/skidkassa/skidkassa/internal/texts"
)

// The limits of what takes time: longer than one request, one page, and a person whom the keyring asks may take.
const (
	askLimit   = 20 * time.Second
	printLimit = 30 * time.Second
	saveLimit  = 2 * time.Minute
	lookLimit  = 30 * time.Second
)

// newConnection is the page that asks the service whether it knows the shop.
func newConnection(e *env, whenDone button) *try {
	return &try{
		env: e, title: texts.SetupConnection, limit: askLimit, atOnce: true, doing: texts.SetupAsking,
		about: func() []told { return nil },
		work: func() func(context.Context) error {
			values, secret := maps.Clone(e.draft.values), NewSecret(e.draft.secrets[SecretShop])
			return func(ctx context.Context) error { return e.backend.CheckShop(ctx, values, secret) }
		},
		result: e.tellShop,
		offers: func(_ tryState, err error) []button {
			again := button{label: texts.SetupAgainAsk, act: againAct{}}
			correct := button{label: texts.SetupCorrect, act: backAct{}}
			switch judgeShop(err) {
			case shopKnown:
				return onward(whenDone, again)
			case shopUnknown:
				return []button{correct, again, whenDone}
			}
			return []button{again, correct, whenDone}
		},
	}
}

// tellShop says what the service's answer, or none, means for the code and the secret.
func (e *env) tellShop(err error) []told {
	shop := texts.Args{"Vendor": e.draft.values["shop.vendor"]}
	switch judgeShop(err) {
	case shopKnown:
		return []told{{e.Say(texts.SetupShopKnown, shop), good}, {e.Say(texts.SetupNoPointsMoved), dim}}
	case shopInDebt:
		return []told{{e.Say(texts.SetupShopKnown, shop), good}, {e.Say(texts.SetupShopDebt), warn}}
	case shopUnknown:
		return []told{{e.Say(texts.SetupShopUnknown, shop), bad}, {e.Say(texts.SetupShopUnknownCure), plain}}
	}
	return []told{{e.Say(texts.SetupShopUntold), warn}, {e.whyUntold(err), plain}, {e.Say(texts.SetupShopUntoldCure), dim}}
}

// newPrintTest is the page that prints a page.
func newPrintTest(e *env) *try {
	return &try{
		env: e, title: texts.SetupPrintTest, limit: printLimit, atOnce: true, doing: texts.SetupPrinting,
		about: func() []told { return nil },
		work: func() func(context.Context) error {
			values := maps.Clone(e.draft.values)
			return func(ctx context.Context) error { return e.backend.PrintTest(ctx, values) }
		},
		result: func(err error) []told {
			if err != nil {
				return []told{{e.Say(texts.SetupNotPrinted), bad}, {e.whyNotPrinted(err), plain}}
			}
			return []told{{e.Say(texts.SetupPrinted), good}, {e.Say(texts.SetupPrintedLook), plain}}
		},
		offers: func(tryState, error) []button {
			return []button{{label: texts.KeyBack, act: backAct{}}, {label: texts.SetupAgainPrint, act: againAct{}}}
		},
	}
}
