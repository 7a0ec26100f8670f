package main

import (
	"context"
	"errors"

	"golang.org/x/sys/windows"
	"golang.org/x/sys/windows/svc"
)

// serviceName is what the service manager is told; for a service with a process
// of its own it does not look at it.
const serviceName = "skidkassa"

// underServiceManager runs a till without a screen: as a service when Windows'
// service manager has started the program, else as a shell would.
func underServiceManager(ctx context.Context, u unattended) error {
	if isService, err := svc.IsWindowsService(); err != nil || !isService && !isStreamless() {
		return errors.Join(err, u.run(ctx))
	}
	s := &managed{ctx: ctx, unattended: u}
	err := svc.Run(serviceName, s)
	if errors.Is(err, windows.ERROR_FAILED_SERVICE_CONTROLLER_CONNECT) {
		return u.run(ctx) // the manager knows nothing of it
	}
	return errors.Join(err, s.err)
}

// isStreamless reports whether the program was started without streams, as only
// services are. Where a service has a session of its own, as under wine, nothing
// else tells it. Whether it is one the manager then says, after seconds.
func isStreamless() bool { return windows.Stdin == 0 && windows.Stdout == 0 && windows.Stderr == 0 }

// managed is a till under the service manager.
type managed struct {
	unattended

	ctx context.Context
	err error // why it ended
}

// Execute implements [svc.Handler]. A stop and a shutdown of the machine end the
// till as Ctrl-C does.
func (m *managed) Execute(_ []string, requests <-chan svc.ChangeRequest, status chan<- svc.Status) (bool, uint32) {
	ctx, stop := context.WithCancel(m.ctx)
	defer stop()
	m.begun()
	ended := make(chan error, 1)
	go func() { ended <- m.run(ctx) }()
	running := svc.Status{State: svc.Running, Accepts: svc.AcceptStop | svc.AcceptShutdown}
	status <- running
	for {
		select {
		case m.err = <-ended:
			return m.failure()
		case request := <-requests:
			switch request.Cmd {
			case svc.Interrogate:
				status <- running
			case svc.Stop, svc.Shutdown:
				running = svc.Status{State: svc.StopPending, WaitHint: uint32(flightLimit.Milliseconds())}
				status <- running
				stop()
			}
		}
	}
}

// failure is how the service manager learns of one: it may start the till again.
func (m *managed) failure() (specific bool, code uint32) {
	if m.err == nil {
		return false, 0
	}
	m.failed(m.err)
	_, exit := english().explain(m.err)
	return true, uint32(exit)
}
