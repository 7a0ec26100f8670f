package printer

import (
	"context"
	"fmt"
	"io"
	"net"
	"net/url"
	"runtime"
	"strings"
	"time"
)

// port is a place where a printer may be.
type port interface {
	// open connects within the limit. It reports whether a printer there could answer.
	open(ctx context.Context, limit time.Duration) (link link, talks bool, err error)
}

// link is an open way to a printer. Read and Write keep to their deadlines.
type link interface {
	io.ReadWriteCloser
	SetReadDeadline(time.Time) error
	SetWriteDeadline(time.Time) error
}

// blinder is a link to a device that must be opened in another way when the printer does not answer.
type blinder interface {
	blind(ctx context.Context, limit time.Duration) (link, error)
}

// rawPort is where printers listen, by the custom of all makers.
const rawPort = "9100"

// parseDevice reads the settings' word for a device.
func parseDevice(device string) (port, error) {
	u, err := url.Parse(device)
	if err != nil {
		return nil, fmt.Errorf("%q: %w", device, ErrDevice)
	}
	if u.User != nil || u.RawQuery != "" || u.Fragment != "" || u.Opaque != "" {
		return nil, fmt.Errorf("%q: only a scheme and a place: %w", device, ErrDevice)
	}
	switch u.Scheme {
	case "tcp":
		if u.Hostname() == "" || strings.Trim(u.Path, "/") != "" {
			return nil, fmt.Errorf("%q: tcp://host:port: %w", device, ErrDevice)
		}
		number := u.Port()
		if number == "" {
			number = rawPort
		}
		return tcpPort{address: net.JoinHostPort(u.Hostname(), number)}, nil
	case "file":
		path, ok := devicePath(u, runtime.GOOS)
		if !ok {
			return nil, fmt.Errorf("%q: file:///device: %w", device, ErrDevice)
		}
		return newFilePort(path), nil
	}
	return nil, fmt.Errorf("%q: neither tcp:// nor file://: %w", device, ErrDevice)
}

// devicePath is the path that a file URL means on an operating system.
func devicePath(u *url.URL, goos string) (path string, ok bool) {
	local := u.Host == "" || u.Host == "localhost"
	if goos != "windows" {
		return u.Path, local && len(u.Path) > 1
	}
	name := strings.ReplaceAll(strings.Trim(u.Path, "/"), "/", `\`)
	switch {
	case name == "":
		return "", false
	case !local: // file://computer/share
		return `\\` + u.Host + `\` + name, true
	case strings.HasPrefix(u.Path, "//"): // file:////computer/share
		return `\\` + name, true
	case strings.ContainsAny(name, `:\`): // file:///C:/folder/file
		return name, true
	}
	return `\\.\` + name, true // LPT1, COM3: as a device, never as a file of that name
}

// tcpPort is a printer on the network.
type tcpPort struct{ address string }

func (p tcpPort) open(ctx context.Context, limit time.Duration) (link, bool, error) {
	dialer := net.Dialer{Timeout: limit}
	conn, err := dialer.DialContext(ctx, "tcp", p.address)
	if err != nil {
		return nil, false, err
	}
	return conn.(*net.TCPConn), true, nil
}
