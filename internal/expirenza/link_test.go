package expirenza

import (
	"context"
	"errors"
	"net"
	"net/http"
	"slices"
	"strings"
	"sync/atomic"
	"testing"
	"testing/synctest"
	"time"

	"github.com/coder/websocket"

	"github.com/skidkassa/skidkassa/internal/expirenza/expirenzasim"
	"github.com/skidkassa/skidkassa/internal/notice"
)

func TestTheHandshake(t *testing.T) {
	inBubble(t, func(t *testing.T) {
		s := newShop(t)
		s.open()
		defer s.close()
		attempts := s.sim.Attempts()
		if len(attempts) != 1 || attempts[0].Status != http.StatusSwitchingProtocols {
			t.Fatalf("attempts: %v", attempts)
		}
		// base64 of "R-1:sim-secret-key", by openssl
		if got, want := attempts[0].Header.Get("Authorization"), "Basic Ui0xOnNpbS1zZWNyZXQta2V5"; got != want {
			t.Errorf("Authorization %q, want %q", got, want)
		}
		if got, want := attempts[0].Header.Get("Cookie"), "system=SKIDKASSA"; got != want {
			t.Errorf("Cookie %q, want %q", got, want)
		}
		if state := s.hub.State(notice.Expirenza); state.Level != notice.Good {
			t.Errorf("state %v", state)
		}
	})
}

func TestTheConnectionIsKeptAlive(t *testing.T) {
	inBubble(t, func(t *testing.T) {
		s := newShop(t)
		s.open()
		defer s.close()
		after(10*time.Minute + time.Second)
		if got := s.sim.TextPings(); got != 40 {
			t.Errorf("%d text pings in ten minutes, want one each 15 s", got)
		}
		if got := len(s.sim.Attempts()); got != 1 {
			t.Errorf("%d attempts, want the first to last", got)
		}
	})
}

// Either end's pings are a sign of life: a server need not do both.
func TestAnySignOfLifeKeepsTheConnection(t *testing.T) {
	for name, c := range map[string]struct{ pings, pongs bool }{"it only pings": {pings: true}, "it only answers": {pongs: true}} {
		t.Run(name, func(t *testing.T) {
			inBubble(t, func(t *testing.T) {
				wire, connections := newWire(), 0
				server := &http.Server{Handler: http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
					if r.URL.Path != socketPath {
						return // a callback, taken
					}
					connections++
					conn, err := websocket.Accept(w, r, &websocket.AcceptOptions{
						OnPingReceived: func(context.Context, []byte) bool { return c.pongs },
					})
					if err != nil {
						return
					}
					ctx, cancel := context.WithCancel(context.Background())
					go func() {
						defer cancel()
						for err == nil {
							_, _, err = conn.Read(ctx)
						}
					}()
					for sleep(ctx, 40*time.Second) {
						if c.pings {
							_ = conn.Ping(ctx)
						}
					}
				})}
				s := newShop(t, func(o *Options) { o.dial = wire.dial })
				go func() { _ = server.Serve(wire) }()
				s.open()
				after(10 * time.Minute)
				s.close()
				_ = server.Close()
				if connections != 1 {
					t.Errorf("%d connections, want the first to last", connections)
				}
			})
		})
	}
}

func TestAHalfOpenConnectionIsDropped(t *testing.T) {
	inBubble(t, func(t *testing.T) {
		s := newShop(t)
		s.sim.Silence = time.Hour // the till must find it out
		s.open()
		defer s.close()
		after(15*time.Second + time.Millisecond) // the first ping is heard
		s.sim.SetDeaf(true)
		after(89 * time.Second)
		if got := s.states(); !slices.Equal(got, []string{""}) {
			t.Errorf("states after 89 s of silence: %q, want a good one", got)
		}
		after(2 * time.Second)
		if got := s.states(); !slices.Equal(got, []string{"", StateConnect, ""}) {
			t.Errorf("states after 90 s of silence: %q, want a new connection", got)
		}
		s.sim.SetDeaf(false)
		after(5 * time.Minute)
		if got := len(s.sim.Attempts()); got != 2 {
			t.Errorf("%d attempts, want the second to last", got)
		}
	})
}

func TestAttemptsAreFarApart(t *testing.T) {
	inBubble(t, func(t *testing.T) {
		s := newShop(t)
		s.open()
		defer s.close()
		for len(s.sim.Attempts()) <= 20 {
			if err := s.sim.Drop(); err != nil {
				t.Fatal(err)
			}
			synctest.Wait() // the old one is gone
			if err := s.sim.AwaitTill(t.Context()); err != nil {
				t.Fatal(err)
			}
			synctest.Wait()
		}
		attempts := s.sim.Attempts()
		pauses := map[time.Duration]bool{}
		for i := 1; i < len(attempts); i++ {
			pause := attempts[i].At.Sub(attempts[i-1].At)
			if pause < attemptPause {
				t.Errorf("attempt %d came %s after the last", i, pause)
			}
			pauses[pause] = true
		}
		if len(pauses) < 10 {
			t.Error("the pauses have no jitter")
		}
	})
}

// A till that is started again at once by its operator goes through Run anew.
func TestAnotherRunKeepsTheDistance(t *testing.T) {
	inBubble(t, func(t *testing.T) {
		s := newShop(t)
		for range 3 {
			s.open()
			after(time.Second)
			s.stop()
		}
		s.open()
		after(time.Minute)
		s.close()
	})
}

func TestAnUnreachableServiceIsTriedAgain(t *testing.T) {
	inBubble(t, func(t *testing.T) {
		var dials []time.Time
		s := newShop(t, func(o *Options) {
			dial := o.dial
			o.dial = func(ctx context.Context, network, address string) (net.Conn, error) {
				dials = append(dials, time.Now())
				if len(dials) <= 3 {
					return nil, errors.New("no route")
				}
				return dial(ctx, network, address)
			}
		})
		s.open()
		after(time.Minute + 20*time.Second)
		s.close()
		for i := 1; i < 4; i++ {
			if pause := dials[i].Sub(dials[i-1]); pause < attemptPause || pause > attemptPause+attemptJitter {
				t.Errorf("attempt %d came %s after the last", i, pause)
			}
		}
		if got := s.states(); !slices.Equal(got, []string{StateConnect, ""}) {
			t.Errorf("states %q", got)
		}
	})
}

func TestARefusedHandshakeIsNotRepeatedSoon(t *testing.T) {
	inBubble(t, func(t *testing.T) {
		var secret atomic.Value
		secret.Store("wrong")
		s := newShop(t, func(o *Options) {
			o.Secret = func(context.Context) (string, error) { return secret.Load().(string), nil }
		})
		s.open()
		after(4*time.Minute + 59*time.Second)
		if got := len(s.sim.Attempts()); got != 1 {
			t.Errorf("%d attempts with a refused key in five minutes", got)
		}
		if state := s.hub.State(notice.Expirenza); state.Level != notice.Trouble || state.Code != StateRefused {
			t.Errorf("state %v", state)
		}
		secret.Store(expirenzasim.TestSecret)
		after(10 * time.Second)
		if state := s.hub.State(notice.Expirenza); state.Level != notice.Good {
			t.Errorf("state after the key was corrected: %v", state)
		}
		s.close()
	})
}

func TestWithoutAKeyNothingIsDialled(t *testing.T) {
	for name, secret := range map[string]func(context.Context) (string, error){
		"locked": func(context.Context) (string, error) { return "", errors.New("locked") },
		"empty":  func(context.Context) (string, error) { return "", nil },
	} {
		t.Run(name, func(t *testing.T) {
			inBubble(t, func(t *testing.T) {
				s := newShop(t, func(o *Options) { o.Secret = secret })
				s.open()
				after(time.Minute)
				if got := s.states(); !slices.Equal(got, []string{StateSecret}) {
					t.Errorf("states %q", got)
				}
				s.close()
				if got := len(s.sim.Attempts()); got != 0 {
					t.Errorf("%d attempts", got)
				}
			})
		})
	}
}

// A keyring may take its time and ask a person: it is asked once for each connection.
func TestTheKeyIsFetchedOnceForEachConnection(t *testing.T) {
	inBubble(t, func(t *testing.T) {
		var fetched atomic.Int32
		s := newShop(t, func(o *Options) {
			o.Secret = func(context.Context) (string, error) {
				fetched.Add(1)
				return expirenzasim.TestSecret, nil
			}
		})
		s.open()
		defer s.close()
		after(time.Minute) // a dozen callbacks
		if got := fetched.Load(); got != 1 {
			t.Errorf("the key was fetched %d times", got)
		}
		if err := s.sim.Drop(); err != nil {
			t.Fatal(err)
		}
		after(time.Minute)
		if got := fetched.Load(); got != 2 {
			t.Errorf("the key was fetched %d times for two connections", got)
		}
	})
}

func TestARedirectIsNotFollowed(t *testing.T) {
	inBubble(t, func(t *testing.T) {
		wire, asked := newWire(), 0
		server := &http.Server{Handler: http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
			asked++
			http.Redirect(w, r, "http://127.0.0.1/elsewhere", http.StatusTemporaryRedirect)
		})}
		go func() { _ = server.Serve(wire) }()
		s := newShop(t, func(o *Options) { o.dial = wire.dial })
		s.open()
		after(time.Second)
		if asked != 1 {
			t.Errorf("%d requests, want the redirect to be left alone", asked)
		}
		s.close()
		_ = server.Close()
	})
}

func TestTheServerMayCloseTheConnection(t *testing.T) {
	inBubble(t, func(t *testing.T) {
		s := newShop(t)
		s.open()
		defer s.close()
		if err := s.sim.CloseTill(websocket.StatusServiceRestart, "restart"); err != nil {
			t.Fatal(err)
		}
		after(21 * time.Second)
		if got := s.states(); !slices.Equal(got, []string{"", StateConnect, ""}) {
			t.Errorf("states %q", got)
		}
	})
}

func TestTheDoorClosesPolitely(t *testing.T) {
	inBubble(t, func(t *testing.T) {
		s := newShop(t)
		s.open()
		began := time.Now()
		s.stop()
		if took := time.Since(began); took > time.Second {
			t.Errorf("closing took %s", took)
		}
		s.closeSim()
	})
}

func TestADeafServiceDoesNotHoldUpTheEnd(t *testing.T) {
	inBubble(t, func(t *testing.T) {
		wire := newWire()
		server := &http.Server{Handler: http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
			conn, err := websocket.Accept(w, r, nil)
			if err != nil {
				return
			}
			<-wire.closed // and reads nothing
			_ = conn.CloseNow()
		})}
		go func() { _ = server.Serve(wire) }()
		s := newShop(t, func(o *Options) { o.dial = wire.dial })
		s.open()
		began := time.Now()
		s.stop()
		if took := time.Since(began); took > stopGrace {
			t.Errorf("closing took %s", took)
		}
		s.closeSim()
		_ = server.Close()
	})
}

func TestWhatIsNoMessageIsIgnored(t *testing.T) {
	inBubble(t, func(t *testing.T) {
		s := newShop(t)
		s.open()
		defer s.close()
		for _, frame := range []string{"Welcome", "", "null", "[]", "{}", `{"operation":7}`, `{"operation":"splitOrder","rID":"1"}`,
			`{"operation":"danceInfo","rID":"1"}`, `{"operation":"getBill"}`, `{"operation":"checkWork","rID":[]}`, "\xff"} {
			if err := s.sim.SendFrame(websocket.MessageText, []byte(frame)); err != nil {
				t.Fatal(err)
			}
		}
		if err := s.sim.SendFrame(websocket.MessageBinary, []byte(`{"operation":"checkWork","rID":"1"}`)); err != nil {
			t.Fatal(err)
		}
		after(time.Second)
		if got := s.ask(opCheckWork, nil); got.Status != http.StatusOK {
			t.Errorf("the next message was answered with %d", got.Status)
		}
		if got := len(s.sim.Attempts()); got != 1 {
			t.Errorf("%d attempts, want the connection to live on", got)
		}
		if got := strings.Count(s.log.String(), "a frame was ignored"); got != 1 {
			t.Errorf("%d lines of the log on ignored frames in a minute, want one", got)
		}
		for _, want := range []string{"not implemented", "danceInfo", "without a rID", "binary"} {
			if !strings.Contains(s.log.String(), want) {
				t.Errorf("the log does not say %q", want)
			}
		}
	})
}

func TestAFrameBeyondTheLimitEndsTheConnection(t *testing.T) {
	inBubble(t, func(t *testing.T) {
		s := newShop(t)
		s.open()
		defer s.close()
		_ = s.sim.SendFrame(websocket.MessageText, make([]byte, frameMaxBytes+1)) // the till may hang up in the middle
		after(21 * time.Second)
		if got := s.states(); !slices.Equal(got, []string{"", StateConnect, ""}) {
			t.Errorf("states %q", got)
		}
	})
}
