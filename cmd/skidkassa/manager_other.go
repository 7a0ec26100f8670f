//go:build !windows

package main

import "context"

// underServiceManager runs a till without a screen. systemd starts and stops
// such a one as a shell does.
func underServiceManager(ctx context.Context, run func(context.Context) error) error { return run(ctx) }
