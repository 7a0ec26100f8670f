package main

import (
	"context"
	"errors"

	"golang.org/x/sys/windows/svc"
)

// serviceName is what the service manager is told; for a service with a process
// of its own it does not look at it.
const serviceName = "skidkassa"

// underServiceManager runs a till without a screen: as a service when Windows'
// service manager has started the program, else as a shell would.
func underServiceManager(ctx context.Context, run func(context.Context) error) error {
	isService, err := svc.IsWindowsService()
	if err != nil || !isService {
		return errors.Join(err, run(ctx))
	}
	s := &managed{ctx: ctx, run: run}
	return errors.Join(svc.Run(serviceName, s), s.err)
}

// managed is a till under the service manager.
type managed struct {
	ctx context.Context
	run func(context.Context) error
	err error // why it ended
}

// Execute implements [svc.Handler]. A stop and a shutdown of the machine end the
// till as Ctrl-C does.
func (m *managed) Execute(_ []string, requests <-chan svc.ChangeRequest, status chan<- svc.Status) (bool, uint32) {
	ctx, stop := context.WithCancel(m.ctx)
	defer stop()
	ended := make(chan error, 1)
	go func() { ended <- m.run(ctx) }()
	running := svc.Status{State: svc.Running, Accepts: svc.AcceptStop | svc.AcceptShutdown}
	status <- running
	for {
		select {
		case m.err = <-ended:
			return failureOf(m.err)
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

// failureOf is how the service manager learns of a failure: it may start the
// till again.
func failureOf(err error) (specific bool, code uint32) {
	if err == nil {
		return false, 0
	}
	_, exit := explain(err)
	return true, uint32(exit)
}
