package main

import (
	"errors"
	"net"
)

// notifyManager sends a state to systemd's socket (sd_notify(3)); with no
// socket there is nobody to tell. A leading "@" means an abstract address,
// as package net reads it too.
func notifyManager(socket, state string) error {
	if socket == "" {
		return nil
	}
	conn, err := net.DialUnix("unixgram", nil, &net.UnixAddr{Name: socket, Net: "unixgram"})
	if err != nil {
		return err
	}
	_, err = conn.Write([]byte(state))
	return errors.Join(err, conn.Close())
}
