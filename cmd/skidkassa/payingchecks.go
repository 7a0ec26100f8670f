package main

import (
	"context"
	"crypto/tls"
	"net"
	"net/url"
	"os"
	"path/filepath"
	"strings"
	"time"

	"github.com/skidkassa/skidkassa/config"
	"github.com/skidkassa/skidkassa/internal/expirenza"
	"github.com/skidkassa/skidkassa/internal/journal"
	"github.com/skidkassa/skidkassa/internal/orders"
	"github.com/skidkassa/skidkassa/internal/printer"
)

// printerLimit bounds the questions to a printer.
const printerLimit = 5 * time.Second

// printer asks the printer how it is. Nothing is printed.
func (d *doctor) printer(ctx context.Context) finding {
	if d.settingsErr != nil {
		return skipped(foundUnset)
	}
	settings := d.place.loaded.Settings.Printer
	if settings.Device == "" {
		return fine(foundNoPrinter)
	}
	out, err := openPrinter(settings)
	if err != nil {
		return failed(err.Error(), cureSettings)
	}
	ctx, cancel := context.WithTimeout(ctx, printerLimit)
	defer cancel()
	status := out.Status(ctx)
	detail := say(foundPrinter, settings.Device, settings.Columns, settings.Page, printerWords(status))
	switch {
	case !status.CanPrint():
		return failed(detail, printerCure(status))
	case status.State == printer.PaperLow:
		return warning(detail, curePaper)
	case status.State == printer.Unknown:
		return fine(detail + say(foundPrinterTry))
	}
	return fine(detail)
}

// expirenza looks whether guests can pay from their phones: the key is there
// and the service can be reached. It opens no connection as a till does, for the
// pause between those is the till's.
func (d *doctor) expirenza(ctx context.Context) finding {
	if d.settingsErr != nil {
		return skipped(foundUnset)
	}
	settings := d.place.loaded.Settings.Expirenza
	if settings.URL == "" {
		return fine(foundExpirenzaOff)
	}
	source, err := d.find(ctx, config.SecretExpirenza)
	if err != nil {
		return secretFailed(err)
	}
	began := time.Now()
	if err := reach(ctx, settings.URL); err != nil {
		return failed(say(foundNoExpirenza, settings.URL, err), cureNoExpirenza)
	}
	lines := []string{
		say(foundExpirenza, settings.URL, time.Since(began).Milliseconds(), settings.RestoID),
		say(foundExpirenzaKey, sourceWords[source]),
		d.lastAttempt(),
	}
	left, open, err := d.leftOfPaying(ctx)
	switch {
	case err != nil:
		return d.journalFailed(err)
	case left+open > 0:
		return warning(strings.Join(append(lines, say(foundPayingLeft, left, open)), "\n"), curePayingLeft)
	}
	return fine(strings.Join(lines, "\n"))
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

// lastAttempt says when the till last tried to connect.
func (d *doctor) lastAttempt() string {
	info, err := os.Stat(filepath.Join(d.place.dataDir, attemptName))
	if err != nil {
		return foundNoAttempt
	}
	return say(foundAttempt, info.ModTime().Local().Format(time.DateTime))
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
