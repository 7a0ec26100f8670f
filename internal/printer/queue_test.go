package printer

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"github.com/skidkassa/skidkassa/internal/printer/printertest"
)

// fakeOutput fails by a script, and keeps what it was given with the time of it.
type fakeOutput struct {
	mu      sync.Mutex
	start   time.Time
	script  []error // of each print in turn; then nil
	status  Status
	takes   time.Duration // for a print
	printed []string      // "0s Чек"
	looks   int
}

func newFakeOutput(script ...error) *fakeOutput {
	return &fakeOutput{start: time.Now(), script: script, status: Status{State: Ready}}
}

func (o *fakeOutput) Status(context.Context) Status {
	o.mu.Lock()
	defer o.mu.Unlock()
	o.looks++
	return o.status
}

func (o *fakeOutput) Print(ctx context.Context, doc Doc) error {
	o.mu.Lock()
	defer o.mu.Unlock()
	var texts []string
	for _, line := range doc.lines {
		texts = append(texts, line.left)
	}
	o.printed = append(o.printed, fmt.Sprint(time.Since(o.start).Round(time.Second), " ", strings.TrimSpace(strings.Join(texts, " "))))
	if o.takes > 0 {
		select {
		case <-time.After(o.takes):
		case <-ctx.Done():
			return &PrintError{Status: o.status, Sent: true, Err: ctx.Err()}
		}
	}
	if len(o.script) == 0 {
		return nil
	}
	err := o.script[0]
	o.script = o.script[1:]
	return err
}

func (o *fakeOutput) wantPrinted(t *testing.T, want ...string) {
	t.Helper()
	o.mu.Lock()
	defer o.mu.Unlock()
	if !slices.Equal(o.printed, want) {
		t.Errorf("got %q, want %q", o.printed, want)
	}
}

// The failures of a print: nothing was sent; something was.
var (
	errUnsent = &PrintError{Status: Status{State: NoPaper}}
	errSent   = &PrintError{Status: Status{Offline, CauseCover}, Sent: true}
)

// outcomes collect what jobs are told.
type outcomes struct {
	mu   sync.Mutex
	told []string
}

func (o *outcomes) job(name string) Job {
	return Job{Doc: slip(name), Done: func(err error) {
		o.mu.Lock()
		defer o.mu.Unlock()
		word := "printed"
		switch {
		case errors.Is(err, ErrCleared):
			word = "cleared"
		case errors.Is(err, ErrStopped):
			word = "stopped"
		case errors.Is(err, ErrDocument):
			word = "refused"
		case err != nil:
			word = "unsure"
		}
		o.told = append(o.told, name+" "+word)
	}}
}

func (o *outcomes) want(t *testing.T, want ...string) {
	t.Helper()
	o.mu.Lock()
	defer o.mu.Unlock()
	if !slices.Equal(o.told, want) {
		t.Errorf("told %q, want %q", o.told, want)
	}
}

// runQueue runs a queue until the test's bubble ends it by calling stop, which waits for its end.
func runQueue(t *testing.T, out Output, options QueueOptions) (q *Queue, stop func()) {
	t.Helper()
	options.Copy = func() string { return "КОПИЯ" }
	q = NewQueue(out, options)
	ctx, cancel := context.WithCancel(t.Context())
	done := make(chan struct{})
	go func() {
		defer close(done)
		q.Run(ctx)
	}()
	return q, func() {
		cancel()
		<-done
	}
}

func mustAdd(t *testing.T, q *Queue, jobs ...Job) {
	t.Helper()
	for _, job := range jobs {
		if err := q.Add(job); err != nil {
			t.Fatal(err)
		}
	}
}

func TestQueueKeepsTheOrderAndMarksCopies(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		out := newFakeOutput(errUnsent, errUnsent, errSent, nil, errUnsent)
		var told outcomes
		q, stop := runQueue(t, out, QueueOptions{})
		defer stop()
		mustAdd(t, q, told.job("один"), told.job("два"), Job{Doc: slip("три"), Copy: true})
		time.Sleep(time.Minute)
		out.wantPrinted(t, "0s один", "1s один", "3s один", "7s КОПИЯ один", "7s два", "8s два", "8s КОПИЯ три")
		told.want(t, "один printed", "два printed")
		if got := q.State(); got != (QueueState{Status: Status{State: Ready}}) {
			t.Errorf("got %+v", got)
		}
	})
}

func TestQueueWaitsLongerEachTimeUpToALimit(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		out := newFakeOutput(slices.Repeat([]error{errUnsent}, 100)...)
		q, stop := runQueue(t, out, QueueOptions{})
		defer stop()
		mustAdd(t, q, Job{Doc: slip("а")})
		time.Sleep(50 * time.Second)
		out.wantPrinted(t, "0s а", "1s а", "3s а", "7s а", "15s а", "30s а", "45s а")
		if got := q.State(); got.Status.State != NoPaper || got.Waiting != 1 || !errors.Is(got.Failed, error(errUnsent)) {
			t.Errorf("got %+v", got)
		}
	})
}

func TestQueueGivesUpWhatMayHaveComeOutAgainAndAgain(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		out := newFakeOutput(errSent, errUnsent, errSent, errSent)
		var told outcomes
		q, stop := runQueue(t, out, QueueOptions{})
		defer stop()
		mustAdd(t, q, told.job("один"), told.job("два"))
		time.Sleep(time.Minute)
		out.wantPrinted(t, "0s один", "1s КОПИЯ один", "3s КОПИЯ один", "7s КОПИЯ один", "7s два")
		told.want(t, "один unsure", "два printed")
	})
}

func TestQueueDropsWhatCanNeverBePrinted(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		out := newFakeOutput(fmt.Errorf("line 1: %w", ErrDocument))
		var told outcomes
		q, stop := runQueue(t, out, QueueOptions{})
		defer stop()
		mustAdd(t, q, told.job("один"), told.job("два"))
		time.Sleep(time.Second)
		told.want(t, "один refused", "два printed")
	})
}

func TestQueueIsBounded(t *testing.T) {
	q := NewQueue(newFakeOutput(), QueueOptions{Capacity: 2})
	mustAdd(t, q, Job{}, Job{})
	if err := q.Add(Job{}); !errors.Is(err, ErrFull) {
		t.Errorf("got %v, want ErrFull", err)
	}
	big := NewQueue(newFakeOutput(), QueueOptions{})
	mustAdd(t, big, slices.Repeat([]Job{{}}, DefaultCapacity)...)
	if err := big.Add(Job{}); !errors.Is(err, ErrFull) {
		t.Errorf("got %v, want ErrFull", err)
	}
}

func TestQueueIsCleared(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		out := newFakeOutput(errUnsent, errUnsent, errUnsent, errUnsent, errUnsent)
		var told outcomes
		q, stop := runQueue(t, out, QueueOptions{})
		defer stop()
		mustAdd(t, q, told.job("один"), told.job("два"))
		time.Sleep(20 * time.Second) // in a pause of 15 s
		if got := q.Clear(); got != 2 {
			t.Errorf("cleared %d, want 2", got)
		}
		synctest.Wait()
		told.want(t, "один cleared", "два cleared")
		if got := q.State(); got.Waiting != 0 || got.Failed != nil {
			t.Errorf("got %+v", got)
		}
		mustAdd(t, q, told.job("три"))
		time.Sleep(time.Second)
		told.want(t, "один cleared", "два cleared", "три printed")
	})
}

func TestQueueIsClearedWhileItPrints(t *testing.T) {
	for _, test := range []struct {
		script []error
		want   string
	}{{nil, "один printed"}, {[]error{errSent}, "один cleared"}} {
		synctest.Test(t, func(t *testing.T) {
			out := newFakeOutput(test.script...)
			out.takes = 3 * time.Second
			var told outcomes
			q, stop := runQueue(t, out, QueueOptions{})
			defer stop()
			mustAdd(t, q, told.job("один"), told.job("два"))
			time.Sleep(time.Second)
			q.Clear()
			if got := q.State().Waiting; got != 0 {
				t.Errorf("%d wait, want none", got)
			}
			time.Sleep(3 * time.Second)
			told.want(t, test.want, "два cleared")
			out.wantPrinted(t, "0s один")
		})
	}
}

func TestQueueLooksAtThePrinterWhileItIsIdle(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		out := newFakeOutput()
		var mu sync.Mutex
		var states []QueueState
		q, stop := runQueue(t, out, QueueOptions{Changed: func(state QueueState) {
			mu.Lock()
			defer mu.Unlock()
			states = append(states, state)
		}})
		time.Sleep(time.Second)
		out.mu.Lock()
		out.status = Status{State: NoPaper}
		out.mu.Unlock()
		time.Sleep(WatchPause)
		if got := q.State().Status; got.State != NoPaper {
			t.Errorf("got %v, want no paper", got)
		}
		time.Sleep(10 * WatchPause) // nothing new: nothing is told
		stop()
		want := []QueueState{{Status: Status{State: Ready}}, {Status: Status{State: NoPaper}}, {Status: Status{State: NoPaper}}}
		mu.Lock()
		defer mu.Unlock()
		if !slices.Equal(states, want) {
			t.Errorf("got %v, want %v: each change, and the end", states, want)
		}
		if out.looks != 12 {
			t.Errorf("looked %d times, want 12", out.looks)
		}
	})
}

func TestQueueStops(t *testing.T) {
	for _, test := range []struct {
		takes time.Duration
		want  string
	}{{StopGrace - time.Second, "один printed"}, {time.Minute, "один stopped"}} {
		synctest.Test(t, func(t *testing.T) {
			out := newFakeOutput()
			out.takes = test.takes
			var told outcomes
			q, stop := runQueue(t, out, QueueOptions{})
			mustAdd(t, q, told.job("один"), told.job("два"), told.job("три"))
			time.Sleep(time.Millisecond)
			start := time.Now()
			stop()
			if passed := time.Since(start); passed > StopGrace {
				t.Errorf("it took %v to stop, want at most %v", passed, StopGrace)
			}
			told.want(t, test.want, "два stopped", "три stopped")
			if err := q.Add(Job{}); !errors.Is(err, ErrStopped) {
				t.Errorf("got %v, want ErrStopped", err)
			}
			if got := q.Clear(); got != 0 {
				t.Errorf("cleared %d of a queue that stopped", got)
			}
		})
	}
}

func TestQueueStopsWithClearedJobs(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		out := newFakeOutput()
		out.takes = time.Minute
		var told outcomes
		q, stop := runQueue(t, out, QueueOptions{})
		mustAdd(t, q, told.job("один"), told.job("два"))
		time.Sleep(time.Millisecond)
		q.Clear()
		stop()
		told.want(t, "один cleared", "два cleared")
	})
}

// TestQueueOnARealPrinter runs out of paper in the middle of a slip, and goes on when there is paper again.
func TestQueueOnARealPrinter(t *testing.T) {
	fake := printertest.Start(t)
	fake.Set(printertest.Trouble{PaperFor: 2})
	paper := make(chan struct{})
	var once sync.Once
	q, stop := runQueue(t, mustOpen(t, fake.Device()), QueueOptions{Changed: func(state QueueState) {
		if state.Status.State == NoPaper && state.Failed != nil {
			once.Do(func() { close(paper) })
		}
	}})
	defer stop()
	mustAdd(t, q, Job{Doc: slip("раз\nдва\nтри")}, Job{Doc: slip("дальше")})
	<-paper
	fake.Set(printertest.Trouble{})
	wantTexts(t, fake.Wait(3), "раз два", "КОПИЯ раз два три ✂", "дальше ✂")
}
