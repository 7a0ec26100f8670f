package printer

import (
	"context"
	"errors"
	"sync"
	"time"
)

// The measures of a [Queue].
const (
	DefaultCapacity = 100              // jobs that wait at most
	FirstRetry      = time.Second      // after a failure; doubled with each further one of the same job
	LastRetry       = 15 * time.Second // and no longer: paper was put in, and people stand there
	MaxSent         = 3                // times that a job is sent without being known to be printed: then it is given up
	WatchPause      = 30 * time.Second // between looks at the printer while nothing is printed
	StopGrace       = 5 * time.Second  // for the print under way when the program stops
)

// Errors of a [Queue]; compare with errors.Is.
var (
	ErrFull    = errors.New("printer: too many jobs wait")
	ErrCleared = errors.New("printer: taken out of the queue")
	ErrStopped = errors.New("printer: the queue is stopped")
)

// Output is what a queue prints on: a [Printer].
type Output interface {
	Status(ctx context.Context) Status
	Print(ctx context.Context, doc Doc) error
}

// Job is a document to be printed.
type Job struct {
	Doc  Doc
	Copy bool // it was printed before, and is marked as a copy from the start
	// Done, when it is not nil, is told once what became of the job: nil when it was printed; ErrDocument; ErrCleared;
	// ErrStopped; or a PrintError whose Sent is set: it was sent MaxSent times and may be on paper. It is called from Run.
	Done func(error)
}

// QueueOptions adjust a queue.
type QueueOptions struct {
	Copy     func() string    // the label of what may have been printed before; asked each time: the till may change its language
	Capacity int              // not positive: DefaultCapacity
	Changed  func(QueueState) // told what is new, in order and one at a time; states in between may be left out
}

// QueueState is what a queue tells of itself.
type QueueState struct {
	Status  Status // of the printer, when it was last looked at
	Waiting int    // jobs not printed yet, the one being printed included
	Failed  error  // why the first of them was not printed at its last attempt; nil: not tried yet
}

// Queue prints jobs one after another, in their order, for callers that cannot wait. A job that fails is tried again until it
// is printed or the queue is cleared, and holds up those behind it. It lives in memory: what waits when the program ends is told
// ErrStopped.
type Queue struct {
	out     Output
	options QueueOptions

	wake    chan struct{} // a job was added
	skip    chan struct{} // jobs were cleared: do not wait for the next attempt
	changed chan struct{}

	mu      sync.Mutex
	jobs    []*queued
	status  Status
	failed  error
	stopped bool
}

// queued is a job with what became of it so far.
type queued struct {
	Job
	attempts int
	sent     int  // attempts after which it may be on paper
	cleared  bool // it is not wanted any more; guarded by the queue's mutex
}

// NewQueue makes a queue. It prints while [Queue.Run] runs.
func NewQueue(out Output, options QueueOptions) *Queue {
	if options.Capacity <= 0 {
		options.Capacity = DefaultCapacity
	}
	return &Queue{
		out:     out,
		options: options,
		wake:    make(chan struct{}, 1),
		skip:    make(chan struct{}, 1),
		changed: make(chan struct{}, 1),
		status:  Status{State: Unknown},
	}
}

// Add puts a job at the end. It never waits. Fails with [ErrFull] or [ErrStopped]; then the job's Done is not called.
func (q *Queue) Add(job Job) error {
	q.mu.Lock()
	defer q.mu.Unlock()
	if q.stopped {
		return ErrStopped
	}
	if len(q.jobs) >= q.options.Capacity {
		return ErrFull
	}
	q.jobs = append(q.jobs, &queued{Job: job})
	signal(q.wake)
	signal(q.changed)
	return nil
}

// Clear takes every job out that waits, and tells how many. The one being printed is among them: it is not tried again.
func (q *Queue) Clear() int {
	q.mu.Lock()
	defer q.mu.Unlock()
	waiting := q.waiting()
	for _, job := range q.jobs {
		job.cleared = true
	}
	q.failed = nil
	signal(q.skip)
	signal(q.changed)
	return waiting
}

// waiting counts the jobs that are still wanted.
func (q *Queue) waiting() int {
	waiting := 0
	for _, job := range q.jobs {
		if !job.cleared {
			waiting++
		}
	}
	return waiting
}

// State tells what is known now, without asking the printer.
func (q *Queue) State() QueueState {
	q.mu.Lock()
	defer q.mu.Unlock()
	return QueueState{Status: q.status, Waiting: q.waiting(), Failed: q.failed}
}

// Run prints until the context ends; it is called once. A print under way then has StopGrace to end.
func (q *Queue) Run(ctx context.Context) {
	stopped, published := make(chan struct{}), make(chan struct{})
	go func() {
		defer close(published)
		q.publish(stopped)
	}()
	q.watch(ctx)
	for ctx.Err() == nil {
		if job := q.first(); job != nil {
			q.attempt(ctx, job)
		} else if !q.idle(ctx) {
			q.watch(ctx)
		}
	}
	q.stop()
	close(stopped)
	<-published
}

// publish tells what has changed, until the queue has stopped, and the last state then.
func (q *Queue) publish(stopped <-chan struct{}) {
	if q.options.Changed == nil {
		return
	}
	for running := true; running; {
		select {
		case <-q.changed:
		case <-stopped:
			running = false
		}
		q.options.Changed(q.State())
	}
}

// idle waits for a job, but not longer than to the next look at the printer: then it is false.
func (q *Queue) idle(ctx context.Context) bool {
	timer := time.NewTimer(WatchPause)
	defer timer.Stop()
	select {
	case <-timer.C:
		return false
	case <-q.wake:
	case <-q.skip:
	case <-ctx.Done():
	}
	return true
}

// attempt prints the first job, and ends it, or waits for the next attempt.
func (q *Queue) attempt(ctx context.Context, job *queued) {
	if q.isCleared(job) {
		q.end(job, ErrCleared)
		return
	}
	doc := job.Doc
	if job.Copy || job.sent > 0 {
		doc = doc.Marked(q.options.Copy())
	}
	err := q.print(ctx, doc)
	q.learn(ctx, err)
	var failure *PrintError
	if errors.As(err, &failure) && failure.Sent {
		job.sent++
	}
	if err == nil || errors.Is(err, ErrDocument) || job.sent >= MaxSent {
		q.end(job, err)
		return
	}
	signal(q.changed)
	if !q.isCleared(job) {
		pause(ctx, q.skip, min(FirstRetry<<min(job.attempts, 10), LastRetry))
	}
	job.attempts++
}

func (q *Queue) isCleared(job *queued) bool {
	q.mu.Lock()
	defer q.mu.Unlock()
	return job.cleared
}

// print gives a print under way a little time when the program stops: half a receipt is worse than a late end.
func (q *Queue) print(ctx context.Context, doc Doc) error {
	printing, cancel := context.WithCancel(context.WithoutCancel(ctx))
	defer cancel()
	defer context.AfterFunc(ctx, func() {
		pause(printing, nil, StopGrace)
		cancel()
	})()
	return q.out.Print(printing, doc)
}

// learn keeps what an attempt showed of the printer: the status that it met, or that of a fresh look.
func (q *Queue) learn(ctx context.Context, err error) {
	var status Status
	var failure *PrintError
	if errors.As(err, &failure) {
		status = failure.Status
	} else {
		status = q.out.Status(ctx)
	}
	q.mu.Lock()
	defer q.mu.Unlock()
	q.status, q.failed = status, err
}

// end takes the first job out of the queue and tells what became of it.
func (q *Queue) end(job *queued, err error) {
	q.mu.Lock()
	q.jobs[0] = nil
	q.jobs = q.jobs[1:]
	q.failed = nil
	q.mu.Unlock()
	signal(q.changed)
	job.tell(err)
}

// watch looks at the printer.
func (q *Queue) watch(ctx context.Context) {
	status := q.out.Status(ctx)
	if ctx.Err() != nil {
		return
	}
	q.mu.Lock()
	changed := status != q.status
	q.status = status
	q.mu.Unlock()
	if changed {
		signal(q.changed)
	}
}

func (q *Queue) first() *queued {
	q.mu.Lock()
	defer q.mu.Unlock()
	if len(q.jobs) == 0 {
		return nil
	}
	return q.jobs[0]
}

// stop refuses new jobs and tells those that wait.
func (q *Queue) stop() {
	q.mu.Lock()
	jobs := q.jobs
	q.jobs, q.failed, q.stopped = nil, nil, true
	q.mu.Unlock()
	for _, job := range jobs {
		if job.cleared {
			job.tell(ErrCleared)
			continue
		}
		job.tell(ErrStopped)
	}
}

func (j *queued) tell(err error) {
	if j.Done != nil {
		j.Done(err)
	}
}

// signal leaves a note that is not there yet.
func signal(note chan struct{}) {
	select {
	case note <- struct{}{}:
	default:
	}
}

// pause waits for a while, until a note or the end.
func pause(ctx context.Context, note <-chan struct{}, long time.Duration) {
	timer := time.NewTimer(long)
	defer timer.Stop()
	select {
	case <-timer.C:
	case <-note:
	case <-ctx.Done():
	}
}
