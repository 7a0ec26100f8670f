package main

import (
	"context"
	"fmt"
	"strings"
	"testing"

	"github.com/skidkassa/skidkassa/config"
	"github.com/skidkassa/skidkassa/internal/printer"
	"github.com/skidkassa/skidkassa/internal/printer/printertest"
)

func TestPrinterTest(t *testing.T) {
	r := newRun(t, "")
	r.demand(t, exitFailed, "printer", "test")
	if said := r.err.String(); !strings.Contains(said, "no printer is set") || !strings.Contains(said, "[printer]") {
		t.Errorf("without a printer it says %q", said)
	}
	fake := printertest.Start(t)
	r.environ = append(r.environ, "SKIDKASSA_PRINTER_DEVICE="+fake.Device(), "SKIDKASSA_PRINTER_COLUMNS=32")
	r.demand(t, exitDone, "printer", "test")
	page := fake.Wait(1)[0].Text()
	for _, want := range []string{"Проверка", fake.Device(), "АБВГД", "[QR https://skidkabot.ru]", "✂"} {
		if !strings.Contains(page, want) {
			t.Errorf("no %q on the page\n%s", want, page)
		}
	}
	if said := r.out.String(); !strings.Contains(said, fake.Device()+", 32 columns, cp866") {
		t.Errorf("it says %q", said)
	}
	for _, test := range []struct {
		trouble printertest.Trouble
		words   []string
	}{
		{printertest.Trouble{NoPaper: true}, []string{"no paper", "put paper in"}},
		{printertest.Trouble{CoverOpen: true}, []string{"cover is open", "close the printer's cover"}},
		{printertest.Trouble{Failure: true}, []string{"reports an error", "switch it off and on"}},
		{printertest.Trouble{Offline: true}, []string{"switched offline", "switch it off and on"}},
	} {
		fake.Set(test.trouble)
		r.demand(t, exitFailed, "printer", "test")
		for _, want := range test.words {
			if said := r.err.String(); !strings.Contains(said, want) {
				t.Errorf("%+v: no %q in %q", test.trouble, want, said)
			}
		}
	}
	fake.Stop()
	r.demand(t, exitFailed, "printer", "test")
	if said := r.err.String(); !strings.Contains(said, "does not answer") || !strings.Contains(said, "cable") {
		t.Errorf("of one that is off it says %q", said)
	}
	r.demand(t, exitUsage, "--set", "printer.page=x", "printer", "test")
	r.demand(t, exitUsage, "printer", "tset")
	if sentence, code := explain(fmt.Errorf("%q: %w", "file://x/y", printer.ErrDevice)); code != exitFailed || !strings.Contains(sentence, "[printer]") {
		t.Errorf("a wrong device is explained by %q, %d", sentence, code)
	}
}

// A till whose printer cannot be meant does not start without saying so.
func TestAPrinterThatCannotBe(t *testing.T) {
	options := optionsFor(t, &fakeService{})
	options.settings.Printer.Device = "usb"
	if _, err := openTill(t.Context(), options); err == nil {
		t.Error("it starts")
	}
	options.settings.Printer = config.Printer{Device: "tcp://127.0.0.1:9100", Page: "utf8"}
	if _, err := openTill(t.Context(), options); err == nil {
		t.Error("it starts")
	}
	options.settings.Printer.Device = ""
	options.settings.Expirenza.URL = "https://not.a.websocket"
	options.expirenzaKey = func(context.Context) (string, error) { return "", nil }
	if _, err := openTill(t.Context(), options); err == nil {
		t.Error("it starts")
	}
}
