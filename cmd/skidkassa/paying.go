package main

import (
	"context"
	"os"
	"path/filepath"
	"strconv"
	"sync"
	"time"

	"github.com/google/uuid"

	"github.com/skidkassa/skidkassa/config"
	"github.com/skidkassa/skidkassa/internal/expirenza"
	"github.com/skidkassa/skidkassa/internal/texts"
	"github.com/skidkassa/skidkassa/tui"
)

// hasPaying reports whether guests may pay from their phones.
func (t *till) hasPaying() bool { return t.book != nil && t.options.settings.Expirenza.URL != "" }

// makePaying prepares the paying guest's door. It connects to nobody.
func (t *till) makePaying() error {
	if !t.hasPaying() {
		return nil
	}
	settings := t.options.settings
	t.key = &payingKey{fetch: t.options.expirenzaKey, stamp: filepath.Join(t.options.dataDir, attemptName)}
	client, err := expirenza.New(expirenza.Options{
		Book:      t.book,
		Outbox:    t.orders,
		Hub:       t.hub,
		Secret:    t.key.get,
		GuestName: guestNames(t.options.words),
		URL:       settings.Expirenza.URL,
		RestoID:   settings.Expirenza.RestoID,
		System:    settings.Expirenza.System,
		Version:   thisBuild().Version,
		Tables:    tablesOf(settings),
		Halls:     hallsOf(settings),
		Users:     staffOf(settings),
		Now:       t.options.now,
		Log:       t.log,
	})
	t.paying = client
	return err
}

// keepPaying keeps the paying guest's door until ctx is done. A key that
// Expirenza refuses stops it until there is another one.
func (t *till) keepPaying(ctx context.Context) {
	if !waited(ctx, t.key.rest(time.Now())) {
		return
	}
	for {
		err := t.paying.Run(ctx)
		if err == nil {
			return
		}
		refused := t.key.lastGiven()
		t.log.Error("guests cannot pay from their phones", "err", err)
		if !t.awaitOtherKey(ctx, refused) || !waited(ctx, t.key.rest(time.Now())) {
			return
		}
	}
}

// awaitOtherKey waits until the key is another one than that which was refused;
// false: ctx was done first.
func (t *till) awaitOtherKey(ctx context.Context, refused string) bool {
	for waited(ctx, t.pause) {
		if key, err := t.options.expirenzaKey(ctx); err == nil && key != refused {
			return true
		}
	}
	return false
}

// attemptName is the file in the data folder whose time is that of the last
// attempt to connect.
const attemptName = "expirenza.attempt"

// attemptPause is between attempts to connect (PROTOCOLS.md, section 3), with a
// second for the file system's idea of time.
const attemptPause = 16 * time.Second

// payingKey is the key as it was last given to the door. The door asks for it
// before each attempt to connect, which is noted in a file: a till that is
// started again and again must keep Expirenza's pause as well.
type payingKey struct {
	fetch func(context.Context) (string, error)
	stamp string

	mu   sync.Mutex
	last string
}

func (k *payingKey) get(ctx context.Context) (string, error) {
	key, err := k.fetch(ctx)
	if err != nil {
		return "", err
	}
	k.mu.Lock()
	defer k.mu.Unlock()
	k.last = key
	// Without the note a till that cannot write its folder might connect too
	// soon once, and has other worries.
	_ = os.WriteFile(k.stamp, []byte(time.Now().UTC().Format(time.RFC3339)+"\n"), 0o600)
	return key, nil
}

func (k *payingKey) lastGiven() string {
	k.mu.Lock()
	defer k.mu.Unlock()
	return k.last
}

// rest is how long the next attempt has to wait, whoever has set the clock.
func (k *payingKey) rest(now time.Time) time.Duration {
	info, err := os.Stat(k.stamp)
	if err != nil {
		return 0
	}
	rest := info.ModTime().Add(attemptPause).Sub(now)
	return min(max(rest, 0), attemptPause)
}

// expirenzaKey reads the SECRET_KEY.
func expirenzaKey(ctx context.Context, open func() (*config.Secrets, error)) (string, error) {
	secrets, err := open()
	if err != nil {
		return "", err
	}
	key, err := secrets.Get(ctx, config.SecretExpirenza)
	return key.Reveal(), err
}

// guestNames says what a phone calls the guest of a seat.
func guestNames(words *texts.Texts) func(seat int) string {
	return func(seat int) string {
		if seat == 0 {
			return words.Say(texts.PhoneShared)
		}
		return words.Say(texts.PhoneSeat, texts.Args{"Number": strconv.Itoa(seat)})
	}
}

// hallSpace is the space of the ids of tables, halls and staff. They are made
// of the shop's code and the name, so they are the same at each start.
var hallSpace = uuid.MustParse("0a8f0a0e-6f3a-4b1c-9a35-2c1d64f3c7b2")

func hallID(shop config.Shop, kind, name string) string {
	return uuid.NewSHA1(hallSpace, []byte(strconv.FormatInt(shop.Vendor, 10)+"/"+kind+"/"+name)).String()
}

func tablesOf(settings config.Settings) []expirenza.Table {
	var found []expirenza.Table
	for _, table := range settings.Hall.Tables {
		number := strconv.Itoa(table.Number)
		name := table.Name
		if name == "" {
			name = number
		}
		found = append(found, expirenza.Table{
			Number: table.Number, Name: name, ID: hallID(settings.Shop, "table", number), Hall: hallsOf(settings)[0].ID,
		})
	}
	return found
}

// hallsOf gives the one hall. One that nobody has named is the shop.
func hallsOf(settings config.Settings) []expirenza.Hall {
	name := settings.Hall.Name
	if name == "" {
		name = settings.Shop.Name
	}
	return []expirenza.Hall{{ID: hallID(settings.Shop, "hall", ""), Name: name}}
}

// staffOf gives those who serve. No role of theirs is known to Expirenza.
func staffOf(settings config.Settings) []expirenza.User {
	var found []expirenza.User
	for _, name := range settings.Hall.Staff {
		found = append(found, expirenza.User{ID: hallID(settings.Shop, "staff", name), Name: name})
	}
	return found
}

// translate puts news of the paying guest's door, which the screen does not
// know, into the screen's own.
func translate(news any) any {
	alarm, ok := news.(expirenza.Alarm)
	if !ok {
		return news
	}
	kind, told := alarmKinds[alarm.Kind]
	if !told {
		return news // the state of the door tells it
	}
	return tui.PaymentAlarm{Kind: kind, Bill: alarm.Bill, Accepts: alarm.Accepts, At: alarm.At}
}

var alarmKinds = map[expirenza.AlarmKind]tui.PaymentAlarmKind{
	expirenza.AlarmRejected:    tui.PaymentRejected,
	expirenza.AlarmUndelivered: tui.PaymentUndelivered,
	expirenza.AlarmUnreadable:  tui.PaymentUnreadable,
}
