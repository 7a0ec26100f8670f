package skidkabot_test

import (
	"context"
	"net"
	"testing"

	"github.com/skidkassa/skidkassa/skidkabot"
)

func TestReachTellsUpFromDownAndMovesNothing(t *testing.T) {
	till := newTill(t)
	if err := till.client.Reach(t.Context()); err != nil {
		t.Errorf("up: %v", err)
	}
	if err := till.service.SetDown(true); err != nil {
		t.Fatal(err)
	}
	checkNotSent(t, till.client.Reach(t.Context()), skidkabot.PhaseConnect)
	if err := till.service.SetDown(false); err != nil {
		t.Fatal(err)
	}
	if err := till.client.Reach(t.Context()); err != nil {
		t.Errorf("up again: %v", err)
	}
	if entries := till.service.Ledger(); len(entries) != 0 {
		t.Errorf("reaching moved points: %v", entries)
	}
}

func TestReachIsUnknownWhenNobodyAnswers(t *testing.T) {
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = listener.Close() }()
	go func() {
		for {
			conn, err := listener.Accept()
			if err != nil {
				return
			}
			_ = conn.Close()
		}
	}()
	client := newClient(t, "http://"+listener.Addr().String())
	checkUnknown(t, client.Reach(t.Context()), skidkabot.UnknownError{Reason: skidkabot.ReasonReset})

	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	if err := client.Reach(ctx); skidkabot.OutcomeOf(err) == skidkabot.Confirmed {
		t.Error("a cancelled call says that the service was reached")
	}
}
