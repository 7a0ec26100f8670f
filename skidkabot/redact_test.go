package skidkabot_test

import (
	"bytes"
	"encoding/json"
	"fmt"
	"log/slog"
	"strings"
	"testing"

	"github.com/shopspring/decimal"

	"github.com/skidkassa/skidkassa/skidkabot"
)

// TestNothingShows prints every type that holds a secret or a name in every way
// that a careless programmer might.
func TestNothingShows(t *testing.T) {
	account := skidkabot.Account{FirstName: "Александр", LastName: "Татарченко", Balance: decimal.NewFromInt(2365)}
	receipt := skidkabot.Receipt{FirstName: "Александр", LastName: "Татарченко", Balance: decimal.NewFromInt(2365), BalanceRead: true}
	cfg := skidkabot.Config{URL: "https://skidkabot.ru", Vendor: 4, VendorSecret: 31766}
	client, err := skidkabot.New(cfg)
	if err != nil {
		t.Fatal(err)
	}
	for name, value := range map[string]any{
		"Config":           cfg,
		"Client":           client,
		"Secret":           publishedCard.Secret,
		"pointer to it":    &publishedCard.Secret,
		"Card":             publishedCard,
		"pointer to Card":  &publishedCard,
		"slice of Card":    []skidkabot.Card{publishedCard},
		"Account":          account,
		"Receipt":          receipt,
		"struct with them": struct{ C skidkabot.Card }{publishedCard},
	} {
		t.Run(name, func(t *testing.T) {
			var log bytes.Buffer
			slog.New(slog.NewTextHandler(&log, nil)).Info("x", "value", value)
			slog.New(slog.NewJSONHandler(&log, nil)).Info("x", "value", value)
			printed := log.String()
			for _, verb := range []string{"%v", "%+v", "%#v", "%s", "%q", "%d", "%x", "%o"} {
				printed += fmt.Sprintf(verb, value) + "\n"
			}
			for _, secret := range []string{"31766", "7c16", "76026", "Александр", "Татарченко"} {
				if strings.Contains(printed, secret) {
					t.Errorf("%s shows in:\n%s", secret, printed)
				}
			}
		})
	}
}

func TestSecretMarshalsHidden(t *testing.T) {
	type held struct{ Secret skidkabot.Secret }
	got, err := json.Marshal(map[skidkabot.Secret]held{31766: {31766}})
	if want := `{"•••":{"Secret":"•••"}}`; err != nil || string(got) != want {
		t.Errorf("got %s, %v, want %s", got, err, want)
	}
	if got := publishedCard.Secret.Reveal(); got != 31766 {
		t.Errorf("got %d revealed, want 31766", got)
	}
	if got, want := publishedCard.Secret.String()+publishedCard.Secret.GoString(), "••••••"; got != want {
		t.Errorf("got %s, want %s", got, want)
	}
}

func TestWhatIsShownInstead(t *testing.T) {
	balance := decimal.NewFromInt(7)
	for want, value := range map[string]any{
		"Card{vendor 4, client 83532824, secret •••}": publishedCard,
		"Account{balance 7}":      skidkabot.Account{FirstName: "А", Balance: balance},
		"Receipt{balance 7}":      skidkabot.Receipt{FirstName: "А", Balance: balance, BalanceRead: true},
		"Receipt{balance unread}": skidkabot.Receipt{FirstName: "А"},
	} {
		if got := fmt.Sprint(value); got != want {
			t.Errorf("got %s, want %s", got, want)
		}
	}
}
