package skidkabot

import (
	"context"
	"net"
)

// SetDial lets tests fail a lookup or a connection without leaving the machine.
func (cfg *Config) SetDial(dial func(ctx context.Context, network, address string) (net.Conn, error)) {
	cfg.dial = dial
}
