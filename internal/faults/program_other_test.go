//go:build !linux

package faults

// The entries of disks need Linux: see disk_linux_test.go.

func programEntries() []entry { return nil }

func become() {}

func removeProgram() {}
