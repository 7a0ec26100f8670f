//go:build !windows

package e2e_test

import (
	"bytes"
	"fmt"
	"io"
	"math"
	"net"
	"strings"
	"testing"
	"time"

	"github.com/google/uuid"

	"github.com/skidkassa/skidkassa/internal/e2e/terminal"
)

// crowdFrameLimit is how soon a key must be seen whatever goes on at the door, on a busy machine: much sooner than a till that
// lets the crowd in first, which hangs up after ten seconds. At one of a few keys.
const crowdFrameLimit = 2 * time.Second

// Whoever is allowed to call can do it badly. A thousand connections that ask nothing, heads that never end and bodies
// without end keep neither the cashier nor a waiter from working.
func TestBadCallersDoNotStopTheTill(t *testing.T) {
	const idle, slow, huge = 1000, 50, 5
	s := newDoor(t)
	s.start(terminal.Options{})
	w := s.door()
	address := strings.TrimPrefix(w.url, "http://")
	dial := func() net.Conn {
		t.Helper()
		conn, err := net.DialTimeout("tcp", address, terminal.Patience)
		s.must(err)
		t.Cleanup(func() { _ = conn.Close() })
		return conn
	}
	for range idle {
		dial()
	}
	for range slow {
		_, _ = io.WriteString(dial(), "POST /orders/"+uuid.NewString()+"/checkin HTTP/1.1\r\nHost: localhost\r\nX-Half: ") // it may be closed
	}
	body := bytes.Repeat([]byte("["), 10<<20)
	for range huge {
		conn := dial()
		go func() { // the till hangs up in the middle
			_, _ = fmt.Fprintf(conn, "POST /orders/%s/checkin HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/json\r\nContent-Length: %d\r\n\r\n",
				uuid.New(), len(body))
			_, _ = conn.Write(body)
		}()
	}

	s.greet(alexander)
	const keys = 5
	took := time.Duration(math.MaxInt64)
	for range keys {
		took = min(took, s.keyToFrame("5", "С такой суммы баллы не начисляются")) // 2 % of 5 is no whole point
		s.press(terminal.Backspace)
		s.gone("С такой суммы баллы не начисляются")
	}
	if took > crowdFrameLimit {
		t.Errorf("a key is seen after %s at the soonest", took)
	}
	s.enterSum("1250,50", "Начислим 25 баллов")
	bill := order(uuid.New())
	s.wants(w, 204, "POST", bill+"/checkin", checkIn(s.service.IssueQR(maria)))
	s.wants(w, 200, "GET", bill+"/loyalty", "", "UserWallets")
	s.press(terminal.F2)
	s.see("Начислить 25 баллов?")
	s.person(terminal.Enter)
	s.see("Начислено 25")
	s.wantLedger("accrue 25")
}
