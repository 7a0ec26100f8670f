package main

import (
	"cmp"
	"context"
	"errors"
	"io"
	"net"
	"net/http"
	"net/netip"
	"os"
	"strings"
	"time"

	"github.com/skidkassa/skidkassa/config"
	"github.com/skidkassa/skidkassa/waiterapi"
)

// door looks whether waiters are served, or could be.
func (d *doctor) door(ctx context.Context) finding {
	if d.settingsErr != nil {
		return skipped(foundUnset)
	}
	address := d.waiter().Listen
	if address == "" {
		return fine(foundDoorOff)
	}
	var listening net.ListenConfig
	listener, err := listening.Listen(ctx, "tcp", address)
	if err == nil {
		_ = listener.Close() // it was only a try
		return fine(say(foundDoorFree, address))
	}
	if answersPing(ctx, address) {
		return fine(say(foundDoorServes, address))
	}
	if owner := portOwner(address); owner != "" {
		return failed(say(foundDoorBusyBy, address, owner), cureDoorBusy)
	}
	return failed(say(foundNoDoor, address, cause(err)), cureNoDoor)
}

func (d *doctor) waiter() config.Waiter { return d.place.loaded.Settings.Waiter }

// pingLimit bounds the one question to the till that runs.
const pingLimit = 2 * time.Second

// answersPing reports whether a waiter's door answers at the address. One that
// does not let this machine in says so in a problem document (RFC 9457).
func answersPing(ctx context.Context, address string) bool {
	ctx, cancel := context.WithTimeout(ctx, pingLimit)
	defer cancel()
	request, err := http.NewRequestWithContext(ctx, http.MethodGet, "http://"+address+"/ping", nil)
	if err != nil {
		return false
	}
	transport := &http.Transport{MaxResponseHeaderBytes: 64 << 10, DisableKeepAlives: true}
	response, err := transport.RoundTrip(request)
	if err != nil {
		return false
	}
	_ = response.Body.Close() // only the head counts
	return response.StatusCode == http.StatusNoContent || response.Header.Get("Content-Type") == "application/problem+json"
}

// allow looks who may call. The protocol knows no passwords, so it tells of
// everything wider than the one address that a WaiterServer has.
func (d *doctor) allow(context.Context) finding {
	if d.settingsErr != nil {
		return skipped(foundUnset)
	}
	listen := d.waiter().Listen
	if listen == "" {
		return skipped(foundDoorOff)
	}
	var network, wide []string
	for _, prefix := range d.waiter().Allow {
		if prefix.Addr().IsLoopback() {
			continue
		}
		network = append(network, prefix.String())
		if !prefix.IsSingleIP() {
			wide = append(wide, prefix.String())
		}
	}
	switch reachable := !isLoopback(listen); {
	case reachable && len(wide) > 0:
		return warning(say(foundAllowedNetwork, strings.Join(wide, ", ")), cureAllow)
	case reachable && len(network) == 0:
		return warning(say(foundAllowedNobody, listen), cureAllowNobody)
	case reachable:
		return fine(strings.Join(network, ", "))
	}
	return fine(foundAllowedLocal)
}

// isLoopback reports whether only this machine can reach an address.
func isLoopback(address string) bool {
	host, _, err := net.SplitHostPort(address)
	if err != nil {
		return false
	}
	parsed, err := netip.ParseAddr(host)
	return err == nil && parsed.IsLoopback() || strings.EqualFold(host, "localhost")
}

// maxPhotosCounted bounds the reading of a folder that may hold anything.
const maxPhotosCounted = 1000

// photos looks whether guests' photos can be read.
func (d *doctor) photos(context.Context) finding {
	if d.settingsErr != nil {
		return skipped(foundUnset)
	}
	path := d.waiter().Photos
	if path == "" {
		return fine(foundNoPhotos)
	}
	folder, err := os.Open(path)
	if err != nil {
		return failed(say(foundBadPhotos, path, cause(err)), curePhotos)
	}
	defer func() { _ = folder.Close() }() // only read from
	names, err := folder.Readdirnames(maxPhotosCounted)
	switch {
	case err != nil && !errors.Is(err, io.EOF):
		return failed(say(foundBadPhotos, path, cause(err)), curePhotos)
	case len(names) == maxPhotosCounted:
		return fine(say(foundManyPhotos, path, len(names)))
	}
	return fine(say(foundPhotos, path, len(names)))
}

// waiterPINs looks for waiters who were named and have no PIN: nobody can check
// in as one.
func (d *doctor) waiterPINs(ctx context.Context) finding {
	if d.settingsErr != nil {
		return skipped(foundUnset)
	}
	names := d.waiter().Waiters
	if len(names) == 0 {
		return fine(foundNoWaiters)
	}
	var without []string
	var missing error // of the first one without
	for _, name := range names {
		secret, err := config.WaiterSecret(name)
		if err != nil {
			return failed(err.Error(), cureSettings)
		}
		_, err = d.find(ctx, secret)
		switch {
		case errors.Is(err, config.ErrSecretNotFound):
			without = append(without, name)
			missing = cmp.Or(missing, err)
		case err != nil:
			return secretFailed(err)
		}
	}
	if len(without) > 0 {
		return warning(say(foundNoWaiterPIN, strings.Join(without, ", ")), secretCure(missing))
	}
	return fine(say(foundWaiters, len(names)))
}

// feed tells whether the POS may send its orders.
func (d *doctor) feed(ctx context.Context) finding {
	source, err := d.find(ctx, config.SecretFeed)
	switch {
	case errors.Is(err, config.ErrSecretNotFound):
		return fine(foundNoFeed)
	case err != nil:
		return secretFailed(err)
	}
	return fine(say(foundFeed, sourceWords[source]))
}

// payments shows what the administrator enters in the POS, a line each.
func (d *doctor) payments(context.Context) finding {
	if d.settingsErr != nil {
		return skipped(foundUnset)
	}
	vendor := d.place.loaded.Settings.Shop.Vendor
	var lines []string
	for _, payment := range waiterapi.PaymentTypes(d.waiter().System, vendor, d.waiter().Deposit) {
		lines = append(lines, payment.String())
	}
	return fine(strings.Join(append(lines, say(foundWallet, waiterapi.WalletID(vendor))), "\n"))
}
