package expirenza

import (
	"context"
	"errors"
	"testing"
	"time"

	"github.com/skidkassa/skidkassa/internal/expirenza/expirenzasim"
)

func TestTry(t *testing.T) {
	var sim expirenzasim.Server
	address, err := sim.Start()
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = sim.Close() })
	try := func(secret string, change func(*Options)) error {
		options := Options{
			Secret: func(context.Context) (string, error) { return secret, nil },
			URL:    address, RestoID: expirenzasim.TestRestoID, System: "SKIDKASSA",
		}
		if change != nil {
			change(&options)
		}
		ctx, cancel := context.WithTimeout(t.Context(), 2*time.Minute)
		defer cancel()
		return Try(ctx, options)
	}
	if err := try(expirenzasim.TestSecret, nil); err != nil {
		t.Errorf("a good key: %v", err)
	}
	if err := try("another", nil); !errors.Is(err, ErrRefused) {
		t.Errorf("another key: %v, want ErrRefused", err)
	}
	if err := try("", nil); !errors.Is(err, errNoKey) {
		t.Errorf("no key: %v", err)
	}
	var wrong *OptionError
	if err := try(expirenzasim.TestSecret, func(o *Options) { o.URL = "https://example.org" }); !errors.As(err, &wrong) || wrong.Field != "URL" {
		t.Errorf("a wrong URL: %v", err)
	}
	if err := sim.Close(); err != nil {
		t.Fatal(err)
	}
	if err := try(expirenzasim.TestSecret, nil); err == nil || errors.Is(err, ErrRefused) {
		t.Errorf("nobody there: %v", err)
	}
}
