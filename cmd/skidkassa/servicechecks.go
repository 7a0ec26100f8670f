package main

import (
	"context"
	"errors"
	"net"
	"net/http"
	"strings"
	"time"

	"github.com/skidkassa/skidkassa/config"
	"github.com/skidkassa/skidkassa/internal/journal"
	"github.com/skidkassa/skidkassa/internal/texts"
	"github.com/skidkassa/skidkassa/skidkabot"
)

// secret looks whether the shop's secret can be had, and from where.
func (d *doctor) secret(ctx context.Context) finding {
	source, err := d.find(ctx, config.SecretSkidkabot)
	if err != nil {
		return d.secretFailed(err)
	}
	return fine(d.say(texts.CLIFoundSecret, texts.Args{"Source": d.p.words().source(source)}))
}

// admin tells that nobody is asked for a PIN, where that is so.
func (d *doctor) admin(ctx context.Context) finding {
	_, err := d.find(ctx, config.SecretAdmin)
	switch {
	case errors.Is(err, config.ErrSecretNotFound):
		return warning(d.say(texts.CLIFoundNoPIN), d.cureNoPIN(err))
	case err != nil:
		return d.secretFailed(err)
	}
	return fine(d.say(texts.CLIFoundPIN))
}

// cureNoPIN is the way to an admin's PIN: where the secrets come from a service
// manager the program cannot set one.
func (d *doctor) cureNoPIN(err error) string {
	var missing *config.NoSecretError
	if errors.As(err, &missing) && missing.Source == config.FromCredentials {
		return d.p.words().secretCure(err)
	}
	return d.say(texts.CLICureNoPIN)
}

// cashiers looks for cashiers who were named and have no PIN: nobody can log in
// as one.
func (d *doctor) cashiers(ctx context.Context) finding {
	if d.settingsErr != nil {
		return skipped(d.say(texts.CLIFoundUnset))
	}
	names := d.place.loaded.Settings.Shop.Cashiers
	if len(names) == 0 {
		return fine(d.say(texts.CLIFoundNoCashiers))
	}
	if ill := d.withoutPIN(ctx, names, config.CashierSecret, texts.CLIFoundNoCashierPIN); ill != nil {
		return *ill
	}
	return fine(strings.Join(names, ", "))
}

// withoutPIN tells of people who have no PIN, or why that cannot be told; nil:
// each has one.
func (d *doctor) withoutPIN(ctx context.Context, names []string, secretOf func(string) (config.SecretName, error), words texts.ID) *finding {
	var without []string
	var missing error // of the first one without
	for _, name := range names {
		secret, err := secretOf(name)
		if err != nil {
			ill := failed(err.Error(), d.say(texts.CLICureSettings))
			return &ill
		}
		_, err = d.find(ctx, secret)
		switch {
		case errors.Is(err, config.ErrSecretNotFound):
			if len(without) == 0 {
				missing = err
			}
			without = append(without, name)
		case err != nil:
			ill := d.secretFailed(err)
			return &ill
		}
	}
	if len(without) == 0 {
		return nil
	}
	ill := warning(d.say(words, texts.Args{"Names": strings.Join(without, ", ")}), d.p.words().secretCure(missing))
	return &ill
}

func (d *doctor) find(ctx context.Context, name config.SecretName) (config.Source, error) {
	secrets, err := d.p.openSecrets(d.place.dataDir, d.keyring)
	if err != nil {
		return "", err
	}
	_, source, err := secrets.Find(ctx, name)
	return source, err
}

// secretFailed says why a secret cannot be had. On a full disk that is not the
// secret's fault: where it is cannot be noted.
func (d *doctor) secretFailed(err error) finding {
	if journal.IsFull(err) {
		return d.diskFull(d.place.dataDir)
	}
	return failed(d.p.words().secretTrouble(err), d.p.words().secretCure(err))
}

const (
	// reachLimit bounds each of the requests to a service.
	reachLimit = 10 * time.Second
	// clockWarning and clockFail are how far the till's clock may be off. At
	// the second a QR's 24 hours and a queue's order can no longer be trusted.
	clockWarning = time.Minute
	clockFail    = 5 * time.Minute
)

// service asks for the head of the service's first page: it has to be found,
// reached, and trusted, but no customer and no points are in it.
func (d *doctor) service(ctx context.Context) finding {
	if d.settingsErr != nil {
		return skipped(d.say(texts.CLIFoundUnset))
	}
	ctx, cancel := context.WithTimeout(ctx, reachLimit)
	defer cancel()
	address := d.place.loaded.Settings.Skidkabot.URL
	request, err := http.NewRequestWithContext(ctx, http.MethodHead, address+"/", nil)
	if err != nil {
		return failed(err.Error(), d.say(texts.CLICureSettings))
	}
	transport := &http.Transport{
		DialContext:            (&net.Dialer{Timeout: reachLimit / 2}).DialContext,
		TLSHandshakeTimeout:    reachLimit / 2,
		MaxResponseHeaderBytes: 64 << 10,
		DisableKeepAlives:      true,
	}
	began := time.Now()
	response, err := transport.RoundTrip(request)
	if err != nil {
		return failed(d.say(texts.CLIFoundNoService, texts.Args{"Address": address, "Why": err}), d.say(texts.CLICureNoService))
	}
	_ = response.Body.Close() // the reply to HEAD has none
	d.reached = true
	d.serviceTime, _ = http.ParseTime(response.Header.Get("Date"))
	detail := d.say(texts.CLIFoundService, texts.Args{
		"Address": address, "Status": response.StatusCode, "Millis": time.Since(began).Milliseconds(),
	})
	if response.StatusCode >= http.StatusInternalServerError {
		return warning(detail, d.say(texts.CLICureIllService))
	}
	return fine(detail)
}

// shop asks the service whether it knows the shop by its code and secret.
func (d *doctor) shop(ctx context.Context) finding {
	if !d.reached {
		return skipped(d.say(texts.CLIFoundNotAsked))
	}
	ctx, cancel := context.WithTimeout(ctx, reachLimit)
	defer cancel()
	client, err := d.p.newClient(ctx, d.place, d.keyring)
	if err != nil {
		return skipped(d.say(texts.CLIFoundNotAskedSecret)) // the check of the secret says why
	}
	defer client.Close()
	vendor := d.place.loaded.Settings.Shop.Vendor
	said := texts.Args{"Shop": vendor}
	err = checkShop(ctx, client, vendor)
	var refused *skidkabot.RefusedError
	switch {
	case err == nil:
		return fine(d.say(texts.CLIFoundShop, said))
	case errors.As(err, &refused) && refused.Code == skidkabot.CodeUnknownShop:
		return failed(d.say(texts.CLIFoundNoShop, said), d.say(texts.CLICureNoShop))
	case errors.As(err, &refused) && refused.Code == skidkabot.CodeDebt:
		return failed(d.say(texts.CLIFoundDebt), d.say(texts.CLICureDebt))
	}
	said["Why"] = err
	return warning(d.say(texts.CLIFoundOddAnswer, said), d.say(texts.CLICureIllService))
}

// clock compares this machine's clock with the service's, whose Date has whole
// seconds.
func (d *doctor) clock(context.Context) finding {
	if d.serviceTime.IsZero() {
		return skipped(d.say(texts.CLIFoundNoDate))
	}
	ahead := d.p.now().Sub(d.serviceTime).Round(time.Second)
	detail := d.say(texts.CLIFoundAhead, texts.Args{"Time": ahead})
	if ahead < 0 {
		detail = d.say(texts.CLIFoundBehind, texts.Args{"Time": -ahead})
	}
	switch off := ahead.Abs(); {
	case off > clockFail:
		return failed(detail, d.say(texts.CLICureClock))
	case off > clockWarning:
		return warning(detail, d.say(texts.CLICureClock))
	}
	return fine(detail)
}
