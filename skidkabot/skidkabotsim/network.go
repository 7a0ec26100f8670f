package skidkabotsim

import (
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/tls"
	"crypto/x509"
	"errors"
	"fmt"
	"math/big"
	"net"
	"net/http"
	"sync"
	"time"
)

var (
	errListening    = errors.New("skidkabotsim: the server listens already")
	errNotListening = errors.New("skidkabotsim: the server does not listen")
)

// network is the part of a server that listens.
type network struct {
	mu      sync.Mutex
	address string // host:port that was got, the same again after a time of being down; "": not listening
	tls     *tls.Config
	stop    func() error  // nil while down
	release func()        // gives the port free, while down; otherwise nil
	closed  chan struct{} // closed by Close, to end the waits of faults
}

// Start listens on a free port of 127.0.0.1 and returns the URL for a client.
func (s *Server) Start() (string, error) { return s.Listen("127.0.0.1:0") }

// Listen listens on an address and returns the URL for a client.
func (s *Server) Listen(address string) (string, error) {
	got, err := s.network.listen(address, nil, s)
	if err != nil {
		return "", err
	}
	return "http://" + got, nil
}

// StartTLS is [Server.Start] with https. The certificate is made for this run;
// the pool is for a client that shall trust it.
func (s *Server) StartTLS() (string, *x509.CertPool, error) {
	certificate, roots, err := newCertificate()
	if err != nil {
		return "", nil, err
	}
	got, err := s.network.listen("127.0.0.1:0", &tls.Config{Certificates: []tls.Certificate{certificate}}, s)
	if err != nil {
		return "", nil, err
	}
	return "https://" + got, roots, nil
}

// SetDown makes the service unreachable: connections break and new ones are
// refused by the machine. A request that is being served goes on and may
// commit. SetDown(false) listens on the same port again.
func (s *Server) SetDown(down bool) error { return s.network.setDown(down, s) }

// Close stops listening, breaks all connections and ends the waits of faults:
// what had not been committed is not. The customers and the ledger remain.
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

// open listens before it returns, so that a busy port is the caller's error.
func (n *network) open(address string, handler http.Handler) error {
	listener, err := net.Listen("tcp", address)
	if err != nil {
		return fmt.Errorf("skidkabotsim: %w", err)
	}
	n.address = listener.Addr().String()
	if n.tls != nil {
		listener = tls.NewListener(listener, n.tls)
	}
	if n.closed == nil {
		n.closed = make(chan struct{})
	}
	n.stop = serve(newHTTPServer(handler), listener)
	return nil
}

// serve serves in the background. The function that it returns frees the port
// before it returns: http.Server.Close alone does not if it comes so early that
// Serve has not taken the listener yet.
func serve(server *http.Server, listener net.Listener) (stop func() error) {
	done := make(chan struct{})
	go func() {
		defer close(done)
		_ = server.Serve(listener) // always ends with an error, by stop
	}()
	return func() error {
		err := server.Close()
		<-done // Serve closes its listener as it returns
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
		err := stop()
		n.release = hold(n.address)
		return err
	default:
		n.letGo()
		return n.open(n.address, handler)
	}
}

// letGo gives the port free that was held while down.
func (n *network) letGo() {
	if n.release != nil {
		n.release()
		n.release = nil
	}
}

func (n *network) close() error {
	n.mu.Lock()
	defer n.mu.Unlock()
	n.letGo()
	stop := n.stop
	n.address, n.stop = "", nil
	if n.closed != nil {
		close(n.closed)
		n.closed = nil
	}
	if stop == nil {
		return nil
	}
	return stop()
}

// closing returns a channel that is closed by Close. It is nil, and so never
// ready, if the server is served by somebody else's listener.
func (n *network) closing() <-chan struct{} {
	n.mu.Lock()
	defer n.mu.Unlock()
	return n.closed
}

// newCertificate makes a certificate for this machine and for the real name of
// the service, and the pool that alone trusts it.
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
		DNSNames:              []string{"localhost", "skidkabot.ru"},
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
