package journal

import (
	"math/rand/v2"
	"os"
	"sync/atomic"
)

// reserveSize is room for some forty results, each a few pages of the log.
const reserveSize = 1 << 20 // bytes

// reserve is the file <journal>.reserve, which takes room on the disk for nothing but to give it up: when the disk is
// full, an operation that was sent can still be told its result. Nothing new is begun before the reserve is whole again.
//
// Its methods are called under the journal's turn to write, or while the journal is being opened.
type reserve struct {
	path     string
	used     atomic.Bool // the file is not there
	released func()      // called after a release; nil but in tests
}

// ReserveUsed reports whether the disk was so full that the reserve for results was given up, or could not be made. Until
// there is room for it again the journal takes results only. The next [Journal.Plan],
// [Journal.Amend], [Journal.SaveOrder] or [Journal.WipeSecrets] tries to make it.
func (j *Journal) ReserveUsed() bool { return j.reserve.used.Load() }

// ensure makes the reserve when it is not there. Its error has the code [Full] when there is no room for it.
func (r *reserve) ensure() error {
	if info, err := os.Stat(r.path); err == nil && info.Size() == reserveSize {
		r.used.Store(false)
		return nil
	}
	r.used.Store(true)
	if err := r.write(); err != nil {
		_ = os.Remove(r.path) // half a reserve would hold the room that results may need
		return fileError(r.path, err)
	}
	r.used.Store(false)
	return nil
}

// write fills the file with noise.
func (r *reserve) write() error {
	if err := os.WriteFile(r.path, noise(), fileMode); err != nil {
		return err
	}
	return flush(r.path)
}

// noise has the size of the reserve: a file system makes nothing of holes and little of repetitions.
func noise() []byte {
	bytes := make([]byte, reserveSize)
	var seed [32]byte
	_, _ = rand.NewChaCha8(seed).Read(bytes) // never fails
	return bytes
}

// release gives the room up, and reports whether there was any.
func (r *reserve) release() bool {
	r.used.Store(true)
	if err := os.Remove(r.path); err != nil {
		return false
	}
	if r.released != nil {
		r.released()
	}
	return true
}

// restore makes a reserve that was used whole again, before something new is begun.
func (r *reserve) restore() error {
	if !r.used.Load() {
		return nil
	}
	return r.ensure()
}

// prepare makes the reserve at the opening. A disk without room for it is no reason not to open: what is open has to be
// seen.
func (r *reserve) prepare() error {
	if err := r.ensure(); CodeOf(err) != Full {
		return err
	}
	return nil
}
