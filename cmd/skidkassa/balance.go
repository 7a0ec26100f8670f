package main

import (
	"bufio"
	"context"
	"encoding/json"
	"errors"
	"io"
	"strings"
	"time"

	"github.com/shopspring/decimal"
	"github.com/spf13/cobra"

	"github.com/skidkassa/skidkassa/config"
	"github.com/skidkassa/skidkassa/internal/loyalty"
	"github.com/skidkassa/skidkassa/internal/texts"
	"github.com/skidkassa/skidkassa/skidkabot"
)

// maxScanBytes bounds what is read as a QR from stdin: twice a QR's limit,
// which a foreign layout can take.
const maxScanBytes = 2 * skidkabot.MaxQRBytes

func balanceCommand(p *program, f *flags) *cobra.Command {
	var asJSON bool
	command := &cobra.Command{
		Use:     "balance QR",
		Short:   string(texts.CLIHelpBalance),
		Long:    string(texts.CLILongBalance),
		Example: string(texts.CLIExampleBalance),
		Args:    exactly("QR"),
		RunE: func(command *cobra.Command, args []string) error {
			text, err := p.scanned(args[0])
			if err != nil {
				return err
			}
			return p.balance(command.Context(), f, text, asJSON)
		},
	}
	jsonFlag(command, &asJSON)
	return command
}

// scanned gives the text of a QR: the argument, or for "-" a line from stdin,
// which is where a scanner can type it.
func (p *program) scanned(argument string) (string, error) {
	if argument != "-" {
		return argument, nil
	}
	line, err := bufio.NewReader(io.LimitReader(p.stdin, maxScanBytes)).ReadString('\n')
	if err != nil && !errors.Is(err, io.EOF) {
		return "", err
	}
	return strings.TrimSpace(line), nil
}

// shown is a balance as --json gives it.
type shown struct {
	Client        int64        `json:"client"`
	FirstName     string       `json:"first_name"`
	LastName      string       `json:"last_name"`
	Balance       json.Number  `json:"balance"`
	AccruePercent *json.Number `json:"accrue_percent,omitempty"` // left out when nobody says it
	RedeemPercent *json.Number `json:"redeem_percent,omitempty"`
	ReadAt        time.Time    `json:"read_at"`
	Layout        string       `json:"layout,omitempty"` // the keyboard layout from which the text was repaired
}

// balance asks the service for a customer's balance. It moves nothing and
// needs no journal, so it works beside a running till.
func (p *program) balance(ctx context.Context, f *flags, text string, asJSON bool) error {
	found, err := p.loadShop(f)
	if err != nil {
		return err
	}
	settings := found.loaded.Settings
	scan, err := loyalty.Identify(text, settings.Shop.Vendor)
	if err != nil {
		return err
	}
	client, err := p.newClient(ctx, found, p.keyring(false))
	if err != nil {
		return err
	}
	defer client.Close()
	account, err := client.Balance(ctx, scan.Card)
	if err != nil {
		return &balanceError{err: err}
	}
	rules := ruleSettings(settings.Rules).For(account)
	if asJSON {
		repairedFrom := ""
		if scan.Repaired {
			repairedFrom = scan.Layout.ID
		}
		return p.printJSON(shown{
			Client:        scan.Card.Client,
			FirstName:     account.FirstName,
			LastName:      account.LastName,
			Balance:       number(account.Balance),
			AccruePercent: optionalNumber(rules.AccruePercent.Decimal, rules.AccruePercent.Valid),
			RedeemPercent: optionalNumber(rules.RedeemPercent.Decimal, rules.RedeemPercent.Valid),
			ReadAt:        account.ReadAt.UTC(),
			Layout:        repairedFrom,
		})
	}
	s, lines := p.words(), details{}
	lines.add(s.Say(texts.CLIBalanceBalance), s.Number(account.Balance))
	lines.add(s.Say(texts.CLIBalanceAccrue), s.percent(rules.AccruePercent))
	lines.add(s.Say(texts.CLIBalanceRedeem), s.percent(rules.RedeemPercent))
	name := skidkabot.Sanitize(strings.TrimSpace(account.FirstName + " " + account.LastName))
	return p.print("%s\n%s", s.orUnknown(name), lines)
}

func (s speaker) percent(p decimal.NullDecimal) string {
	if !p.Valid {
		return s.Say(texts.CLIUnknown)
	}
	return s.Percent(p.Decimal)
}

// orUnknown stands in for what is not known.
func (s speaker) orUnknown(text string) string {
	if text == "" {
		return s.Say(texts.CLIUnknown)
	}
	return text
}

// balanceError tells a failed `balance` from a failed operation: no points
// can have moved.
type balanceError struct{ err error }

func (e *balanceError) Error() string { return e.err.Error() }
func (e *balanceError) Unwrap() error { return e.err }

// newClient makes a client of the service with this till's secret.
func (p *program) newClient(ctx context.Context, found place, keyring config.Backend) (*skidkabot.Client, error) {
	secrets, err := p.openSecrets(found.dataDir, keyring)
	if err != nil {
		return nil, err
	}
	value, err := secrets.Get(ctx, config.SecretSkidkabot)
	if err != nil {
		return nil, err
	}
	secret, err := value.Int64()
	if err != nil {
		return nil, err
	}
	settings := found.loaded.Settings
	return skidkabot.New(skidkabot.Config{
		URL:          settings.Skidkabot.URL,
		Vendor:       settings.Shop.Vendor,
		VendorSecret: skidkabot.Secret(secret),
		Register:     int(settings.Shop.Register),
		Now:          p.now,
	})
}

// ruleSettings turns the shop's settings into the rules of points.
func ruleSettings(rules config.Rules) loyalty.RuleSettings {
	return loyalty.RuleSettings{
		AccruePercent: rules.AccruePercent,
		RedeemPercent: rules.RedeemPercent,
		Step:          rules.Step,
		MinMoney:      rules.MinMoney,
		MaxSum:        rules.MaxSum,
	}
}
