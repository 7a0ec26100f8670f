package main

import (
	"context"
	"crypto/tls"
	"errors"
	"net"
	"net/url"
	"path/filepath"
	"strings"
	"time"

	"github.com/skidkassa/skidkassa/config"
	"github.com/skidkassa/skidkassa/internal/expirenza"
	"github.com/skidkassa/skidkassa/internal/journal"
	"github.com/skidkassa/skidkassa/internal/notice"
	"github.com/skidkassa/skidkassa/internal/orders"
	"github.com/skidkassa/skidkassa/internal/printer"
	"github.com/skidkassa/skidkassa/internal/texts"
)

// printerLimit bounds the questions to a printer.
const printerLimit = 5 * time.Second

// printer asks the printer how it is. Nothing is printed.
func (d *doctor) printer(ctx context.Context) finding {
	if d.settingsErr != nil {
		return skipped(d.say(texts.CLIFoundUnset))
	}
	settings := d.place.loaded.Settings.Printer
	if settings.Device == "" {
		return fine(d.say(texts.CLIFoundNoPrinter))
	}
	status, err := d.printerStatus(ctx, settings)
	if err != nil {
		return failed(err.Error(), d.say(texts.CLICureSettings))
	}
	detail := d.say(texts.CLIFoundPrinter, texts.Args{
		"Device": settings.Device, "Columns": settings.Columns, "Page": settings.Page, "How": d.say(printerWords(status)),
	})
	switch {
	case !status.CanPrint():
		return failed(detail, d.say(printerCure(status)))
	case status.State == printer.PaperLow:
		return warning(detail, d.say(texts.CLICurePaper))
	case status.State == printer.Unknown:
		return fine(detail + "; " + d.say(texts.CLIFoundPrinterTry))
	}
	return fine(detail)
}

// printerStatus asks the printer, or the till that has it open: most printers
// listen to one at a time.
func (d *doctor) printerStatus(ctx context.Context, settings config.Printer) (printer.Status, error) {
	if d.running {
		state := d.states.Parts[notice.Printer]
		return statusOfState(state.Level, state.Code), nil
	}
	out, err := openPrinter(settings)
	if err != nil {
		return printer.Status{}, err
	}
	ctx, cancel := context.WithTimeout(ctx, printerLimit)
	defer cancel()
	return out.Status(ctx), nil
}

// expirenza looks whether guests can pay from their phones: the key is there,
// the service can be reached, and takes the key.
func (d *doctor) expirenza(ctx context.Context) finding {
	if d.settingsErr != nil {
		return skipped(d.say(texts.CLIFoundUnset))
	}
	settings := d.place.loaded.Settings.Expirenza
	if settings.URL == "" {
		return fine(d.say(texts.CLIFoundExpirenzaOff))
	}
	source, err := d.find(ctx, config.SecretExpirenza)
	if err != nil {
		return d.secretFailed(err)
	}
	began := time.Now()
	if err := reach(ctx, settings.URL); err != nil {
		return failed(d.say(texts.CLIFoundNoExpirenza, texts.Args{"Address": settings.URL, "Why": err}), d.say(texts.CLICureNoExpirenza))
	}
	found := []string{
		d.say(texts.CLIFoundExpirenza, texts.Args{
			"Address": settings.URL, "Millis": time.Since(began).Milliseconds(), "Restaurant": settings.RestoID,
		}),
		d.say(texts.CLIFoundExpirenzaKey, texts.Args{"Source": d.p.words().source(source)}),
	}
	verdict := d.connection(ctx, settings)
	verdict.Detail = strings.Join(append(found, verdict.Detail), "\n")
	left, open, err := d.leftOfPaying(ctx)
	switch {
	case err != nil:
		return d.journalFailed(err)
	case left+open > 0:
		verdict.Detail += "\n" + d.say(texts.CLIFoundPayingLeft, texts.Args{"Answers": left, "Payments": open})
		if verdict.Verdict == verdictOK {
			verdict.Verdict, verdict.Cure = verdictWarning, d.say(texts.CLICurePayingLeft)
		}
	}
	return verdict
}

// connection looks whether Expirenza takes the key. Beside a till that runs, the
// till is asked: a second connection might cost it its own.
func (d *doctor) connection(ctx context.Context, settings config.Expirenza) finding {
	if d.running {
		return d.tillsConnection()
	}
	attempts := payingKey{
		fetch: func(ctx context.Context) (string, error) {
			return expirenzaKey(ctx, func() (*config.Secrets, error) { return d.p.openSecrets(d.place.dataDir, d.keyring) })
		},
		stamp: filepath.Join(d.place.dataDir, attemptName),
	}
	if !waited(ctx, attempts.rest(d.p.now())) {
		return skipped(d.say(texts.CLIFoundNoTime))
	}
	ctx, cancel := context.WithTimeout(ctx, reachLimit)
	defer cancel()
	err := expirenza.Try(ctx, expirenza.Options{
		Secret: attempts.get, URL: settings.URL, RestoID: settings.RestoID, System: settings.System,
	})
	switch {
	case errors.Is(err, expirenza.ErrRefused):
		return failed(d.say(texts.CLIFoundKeyRefused), d.say(texts.CLICureKeyRefused))
	case err != nil:
		return failed(d.say(texts.CLIFoundNoSocket, texts.Args{"Why": err}), d.say(texts.CLICureNoExpirenza))
	}
	return fine(d.say(texts.CLIFoundKeyTaken))
}

// tillsConnection is how the connection of the till that runs is.
func (d *doctor) tillsConnection() finding {
	state, known := d.states.Parts[notice.Expirenza]
	since := texts.Args{"Time": state.At.Local().Format(time.DateTime)}
	switch {
	case !known:
		return fine(d.say(texts.CLIFoundConnecting))
	case state.Level == notice.Good:
		return fine(d.say(texts.CLIFoundConnected, since))
	case state.Code == expirenza.StateRefused:
		return failed(d.say(texts.CLIFoundKeyRefused), d.say(texts.CLICureKeyRefused))
	case state.Code == expirenza.StateCallbacks:
		return warning(d.say(texts.CLIFoundCallbacks, since), d.say(texts.CLICureNoExpirenza))
	}
	return failed(d.say(texts.CLIFoundDisconnected, since), d.say(texts.CLICureNoExpirenza))
}

// reach connects to a service, by TLS where the address wants it, and says
// nothing to it.
func reach(ctx context.Context, address string) error {
	ctx, cancel := context.WithTimeout(ctx, reachLimit)
	defer cancel()
	target, err := url.Parse(address)
	if err != nil {
		return err
	}
	port := target.Port()
	if port == "" {
		port = map[string]string{"wss": "443", "ws": "80"}[target.Scheme]
	}
	host := net.JoinHostPort(target.Hostname(), port)
	if target.Scheme == "ws" {
		conn, err := new(net.Dialer).DialContext(ctx, "tcp", host)
		if err != nil {
			return err
		}
		return conn.Close()
	}
	conn, err := new(tls.Dialer).DialContext(ctx, "tcp", host)
	if err != nil {
		return err
	}
	return conn.Close()
}

// leftOfPaying counts the answers that Expirenza has not taken yet, and the
// payments that have closed no bill.
func (d *doctor) leftOfPaying(ctx context.Context) (letters, claims int, err error) {
	j, err := journal.Open(ctx, journal.Options{Path: d.place.journal, ReadOnly: true, Now: d.p.now})
	if journal.CodeOf(err) == journal.Missing {
		return 0, 0, nil
	}
	if err != nil {
		return 0, 0, err
	}
	defer func() { _ = j.Close() }() // only read from
	waiting, err := j.Letters(ctx, expirenza.Name, d.p.now().Add(letterHorizon), orders.ListLimit)
	if err != nil {
		return 0, 0, err
	}
	open, err := j.Claims(ctx, orders.ClaimFilter{State: orders.ClaimOpen})
	return len(waiting), len(open), err
}

// letterHorizon is after the next attempt to deliver any letter.
const letterHorizon = 48 * time.Hour
