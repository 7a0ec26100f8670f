package notice_test

import (
	"slices"
	"testing"

	"github.com/skidkassa/skidkassa/internal/notice"
)

func TestHubTellsEverySubscriberInOrder(t *testing.T) {
	var hub notice.Hub
	var first, second []any
	cancel := hub.Subscribe(func(news any) { first = append(first, news) })
	hub.Subscribe(func(news any) { second = append(second, news) })

	hub.Publish("one")
	hub.Publish("two")
	cancel()
	hub.Publish("three")

	if want := []any{"one", "two"}; !slices.Equal(first, want) {
		t.Errorf("first subscriber got %v, want %v", first, want)
	}
	if want := []any{"one", "two", "three"}; !slices.Equal(second, want) {
		t.Errorf("second subscriber got %v, want %v", second, want)
	}
}

func TestHubDropsAStateThatIsNoNews(t *testing.T) {
	var hub notice.Hub
	var got []any
	hub.Subscribe(func(news any) { got = append(got, news) })

	good := notice.State{Part: notice.Service, Level: notice.Good}
	lost := notice.State{Part: notice.Service, Level: notice.Trouble, Code: "connect"}
	for _, state := range []notice.State{good, good, lost, lost, good} {
		hub.Publish(state)
	}

	if want := []any{good, lost, good}; !slices.Equal(got, want) {
		t.Errorf("got %v, want %v", got, want)
	}
}

func TestALateSubscriberSeesTheStates(t *testing.T) {
	var hub notice.Hub
	lost := notice.State{Part: notice.Journal, Level: notice.Trouble, Code: "full"}
	hub.Publish(lost)
	hub.Publish("news of the past")

	var got []any
	hub.Subscribe(func(news any) { got = append(got, news) })

	if want := []any{lost}; !slices.Equal(got, want) {
		t.Errorf("got %v, want %v", got, want)
	}
	if state := hub.State(notice.Journal); state != lost {
		t.Errorf("State(Journal) = %v, want %v", state, lost)
	}
	if state := hub.State(notice.Service); state != (notice.State{}) {
		t.Errorf("State(Service) = %v, want the zero state", state)
	}
}
