// Package demo is a shop to try the till in: a simulated Skidkabot service with
// customers, and ready scans of everything that can lie before a cashier's
// scanner, trouble included; a POS with a waiter, who have orders and guests at
// the waiters' door; and a simulated Expirenza, by which a guest pays an order of
// the till. Nothing has to be set up and nothing is kept.
package demo

import (
	"context"
	"crypto/rand"
	"errors"
	"os"
	"path/filepath"
	"strconv"
	"time"

	"github.com/shopspring/decimal"

	"github.com/skidkassa/skidkassa/config"
	"github.com/skidkassa/skidkassa/internal/expirenza/expirenzasim"
	"github.com/skidkassa/skidkassa/internal/loyalty"
	"github.com/skidkassa/skidkassa/skidkabot"
	"github.com/skidkassa/skidkassa/skidkabot/skidkabotsim"
)

// The demo's customers. The second number does not fit 32 bits, and the second
// name is longer than a till's designer likes.
const (
	withPoints    int64 = 83532824
	withoutPoints int64 = 7045112233
)

// Shop is the demo's shop. Make one with [Open].
type Shop struct {
	service *skidkabotsim.Server
	client  *skidkabot.Client
	phones  *expirenzasim.Server
	url     string
	phone   string // where the phones' service is
	token   string // of the order feed
	folder  string
	now     func() time.Time
}

// Open starts the simulators on free ports of this machine and makes a temporary
// folder for the till's data.
func Open(now func() time.Time) (*Shop, error) {
	s := &Shop{
		service: &skidkabotsim.Server{Now: now}, phones: &expirenzasim.Server{Now: now, Repeat: askAgain}, token: rand.Text(), now: now,
	}
	s.service.SetPercents(decimal.NewFromInt(2), decimal.NewFromInt(10))
	s.service.AddCustomer(skidkabotsim.Customer{
		Client: withPoints, FirstName: "Александр", LastName: "Татарченко", Balance: decimal.NewFromInt(2365),
	})
	s.service.AddCustomer(skidkabotsim.Customer{
		Client: withoutPoints, FirstName: "Анна-Мария", LastName: "Константинопольская-Рождественская",
	})
	if err := s.open(); err != nil {
		return nil, errors.Join(err, s.Close())
	}
	return s, nil
}

func (s *Shop) open() (err error) {
	if s.folder, err = os.MkdirTemp("", "skidkassa-demo-"); err != nil {
		return err
	}
	if s.url, err = s.service.Start(); err != nil {
		return err
	}
	if s.phone, err = s.phones.Start(); err != nil {
		return err
	}
	s.client, err = skidkabot.New(skidkabot.Config{
		URL:          s.url,
		Vendor:       skidkabotsim.TestVendor,
		VendorSecret: skidkabotsim.TestVendorSecret,
		Register:     int(s.Settings().Shop.Register),
		Now:          s.now,
	})
	return err
}

// Settings are those of the demo's till: the built-in ones, at the simulators,
// with the waiters' door on a free port of this machine.
func (s *Shop) Settings() config.Settings {
	settings := config.Default()
	settings.Shop.Vendor = skidkabotsim.TestVendor
	settings.Skidkabot.URL = s.url
	settings.Waiter.Listen = "127.0.0.1:0"
	settings.Expirenza.URL, settings.Expirenza.RestoID = s.phone, expirenzasim.TestRestoID
	settings.Journal.Path = filepath.Join(s.folder, "journal.db")
	return settings
}

// DataDir is the folder that [Shop.Close] removes.
func (s *Shop) DataDir() string { return s.folder }

// Service is the client of the simulator; no keyring is asked for its secret.
func (s *Shop) Service(context.Context) (loyalty.Service, error) { return s.client, nil }

// ExpirenzaKey is the simulated Expirenza's.
func (s *Shop) ExpirenzaKey() string { return expirenzasim.TestSecret }

// Secrets are the demo's, by their names at the till: for its settings screen, which tries them.
func (s *Shop) Secrets() map[string]string {
	return map[string]string{
		string(config.SecretSkidkabot): strconv.FormatInt(skidkabotsim.TestVendorSecret.Reveal(), 10),
		string(config.SecretExpirenza): s.ExpirenzaKey(),
		string(config.SecretFeed):      s.token,
	}
}

// Close stops the simulators and removes the folder.
func (s *Shop) Close() error {
	if s.client != nil {
		s.client.Close()
	}
	err := errors.Join(s.service.Close(), s.phones.Close())
	if s.folder != "" {
		err = errors.Join(err, os.RemoveAll(s.folder))
	}
	return err
}
