package expirenzasim

import (
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/tls"
	"crypto/x509"
	"errors"
	"fmt"
	"io"
	"log"
	"math/big"
	"net"
	"net/http"
	"sync"
	"time"
)

var (
	errListening    = errors.New("expirenzasim: the server listens already")
	errNotListening = errors.New("expirenzasim: the server does not listen")
)

// network is the part of a server that listens.
type network struct {
	mu      sync.Mutex
	address string // host:port that was got, the same again after a time of being down; "": not listening
	tls     *tls.Config
	stop    func() error // nil while down
	closed  chan struct{}
	ends    map[int]func() // what Close ends
	next    int
}

// Start listens on a free port of 127.0.0.1 and returns the URL for a till.
func (s *Server) Start() (string, error) { return s.Listen("127.0.0.1:0") }

// Listen listens on an address and returns the URL for a till.
func (s *Server) Listen(address string) (string, error) {
	got, err := s.network.listen(address, nil, s)
	if err != nil {
		return "", err
	}
	return "ws://" + got, nil
}

// StartTLS is [Server.Start] with wss and https. The certificate is made for this run; the pool is for a till that shall
// trust it.
func (s *Server) StartTLS() (string, *x509.CertPool, error) {
	certificate, roots, err := newCertificate()
	if err != nil {
		return "", nil, err
	}
	got, err := s.network.listen("127.0.0.1:0", &tls.Config{Certificates: []tls.Certificate{certificate}}, s)
	if err != nil {
		return "", nil, err
	}
	return "wss://" + got, roots, nil
}

// Serve serves on a listener in the background, for tests without a network. [Server.Close] ends it.
func (s *Server) Serve(listener net.Listener) {
	s.network.mu.Lock()
	defer s.network.mu.Unlock()
	s.network.begin(listener, s)
}

// SetDown makes the service unreachable: the till's connection breaks and new ones are refused by the machine.
// SetDown(false) listens on the same port again.
func (s *Server) SetDown(down bool) error {
	err := s.network.setDown(down, s)
	if down {
		_ = s.Drop() // none may be connected
	}
	return err
}

// Close stops listening, drops the till and ends payments under way. What was written down remains.
func (s *Server) Close() error { return s.network.close() }

func (n *network) listen(address string, config *tls.Config, handler http.Handler) (string, error) {
	n.mu.Lock()
	defer n.mu.Unlock()
	if n.address != "" {
		return "", errListening
	}
	n.tls = config
	if err := n.open(address, handler); err != nil {
		return "", err
	}
	return n.address, nil
}

// open listens before it returns, so that a busy port is the caller's error; mu is held.
func (n *network) open(address string, handler http.Handler) error {
	listener, err := net.Listen("tcp", address)
	if err != nil {
		return fmt.Errorf("expirenzasim: %w", err)
	}
	n.address = listener.Addr().String()
	if n.tls != nil {
		listener = tls.NewListener(listener, n.tls)
	}
	n.begin(listener, handler)
	return nil
}

// begin serves in the background; mu is held. What stops it frees the port before it returns: http.Server.Close alone does
// not if it comes so early that Serve has not taken the listener yet. Nothing is said on standard error: in a demo that is
// the till's own screen.
func (n *network) begin(listener net.Listener, handler http.Handler) {
	if n.closed == nil {
		n.closed = make(chan struct{})
	}
	server := &http.Server{Handler: handler, ReadHeaderTimeout: 5 * time.Second, ErrorLog: log.New(io.Discard, "", 0)}
	done := make(chan struct{})
	go func() {
		defer close(done)
		_ = server.Serve(listener) // always ends with an error, by stop
	}()
	n.stop = func() error {
		err := server.Close()
		<-done
		return err
	}
}

func (n *network) setDown(down bool, handler http.Handler) error {
	n.mu.Lock()
	defer n.mu.Unlock()
	switch {
	case n.address == "":
		return errNotListening
	case down == (n.stop == nil):
		return nil
	case down:
		stop := n.stop
		n.stop = nil
		return stop()
	default:
		return n.open(n.address, handler)
	}
}

func (n *network) close() error {
	n.mu.Lock()
	defer n.mu.Unlock()
	stop := n.stop
	n.address, n.stop = "", nil
	if n.closed != nil {
		close(n.closed)
		n.closed = nil
	}
	for _, end := range n.ends {
		end()
	}
	clear(n.ends)
	if stop == nil {
		return nil
	}
	return stop()
}

// onClose has end called by Close, until the function that it returns is called.
func (n *network) onClose(end func()) (forget func()) {
	n.mu.Lock()
	defer n.mu.Unlock()
	if n.ends == nil {
		n.ends = make(map[int]func())
	}
	id := n.next
	n.next++
	n.ends[id] = end
	return func() {
		n.mu.Lock()
		defer n.mu.Unlock()
		delete(n.ends, id)
	}
}

// pause lives through what an answer waits for, and reports false when the server was closed meanwhile.
func (n *network) pause(answer Answer) bool {
	n.mu.Lock()
	closed := n.closed
	n.mu.Unlock()
	if answer.Delay > 0 {
		timer := time.NewTimer(answer.Delay)
		defer timer.Stop()
		select {
		case <-timer.C:
		case <-closed:
			return false
		}
	}
	if answer.Hold != nil {
		select {
		case <-answer.Hold:
		case <-closed:
			return false
		}
	}
	return true
}

// newCertificate makes a certificate for this machine and for the real name of the service, and the pool that alone
// trusts it.
func newCertificate() (tls.Certificate, *x509.CertPool, error) {
	key, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		return tls.Certificate{}, nil, err
	}
	template := &x509.Certificate{
		SerialNumber:          big.NewInt(1),
		NotBefore:             time.Now().Add(-time.Hour),
		NotAfter:              time.Now().Add(24 * time.Hour),
		IPAddresses:           []net.IP{net.IPv4(127, 0, 0, 1)},
		DNSNames:              []string{"localhost", "api.shaketopay.com.ua"},
		KeyUsage:              x509.KeyUsageDigitalSignature,
		ExtKeyUsage:           []x509.ExtKeyUsage{x509.ExtKeyUsageServerAuth},
		BasicConstraintsValid: true,
	}
	der, err := x509.CreateCertificate(rand.Reader, template, template, &key.PublicKey, key)
	if err != nil {
		return tls.Certificate{}, nil, err
	}
	leaf, err := x509.ParseCertificate(der)
	if err != nil {
		return tls.Certificate{}, nil, err
	}
	roots := x509.NewCertPool()
	roots.AddCert(leaf)
	return tls.Certificate{Certificate: [][]byte{der}, PrivateKey: key}, roots, nil
}
