//go:build !windows

package main

import "context"

// underServiceManager runs a till without a screen. systemd starts and stops
// such a one as a shell does, and reads what it says.
func underServiceManager(ctx context.Context, u unattended) error { return u.run(ctx) }
