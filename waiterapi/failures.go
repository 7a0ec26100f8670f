package waiterapi

import (
	"net/netip"
	"sync"
	"time"
)

// All handhelds call from one address, so check-ins as such are not limited. Failed ones are, and what they allow comes back evenly.
const (
	failuresMax      = 20 // failed check-ins that an address may make at once
	failureInterval  = 3 * time.Second
	failureAddresses = 1024 // addresses that are remembered
)

// failureMeter counts failed check-ins by address. Its zero value is ready.
type failureMeter struct {
	mu    sync.Mutex
	until map[netip.Addr]time.Time // when everything that an address failed at will be forgiven
}

// wait is how long an address must wait for its next try; 0: it need not.
func (m *failureMeter) wait(from netip.Addr, now time.Time) time.Duration {
	m.mu.Lock()
	defer m.mu.Unlock()
	next := m.until[from].Add(-(failuresMax - 1) * failureInterval)
	if !next.After(now) { // an unknown address's time is zero: a difference to now would overflow
		return 0
	}
	return next.Sub(now)
}

// count puts a failure of the given weight on an address.
func (m *failureMeter) count(from netip.Addr, weight int, now time.Time) {
	if weight == 0 {
		return
	}
	m.mu.Lock()
	defer m.mu.Unlock()
	if m.until == nil {
		m.until = make(map[netip.Addr]time.Time)
	}
	if len(m.until) >= failureAddresses {
		m.forget(now)
	}
	since := m.until[from]
	if since.Before(now) {
		since = now
	}
	m.until[from] = since.Add(time.Duration(weight) * failureInterval)
}

// forget makes room: what is forgiven goes, and if nothing is, all of it.
func (m *failureMeter) forget(now time.Time) {
	for address, until := range m.until {
		if until.Before(now) {
			delete(m.until, address)
		}
	}
	if len(m.until) >= failureAddresses {
		clear(m.until)
	}
}
