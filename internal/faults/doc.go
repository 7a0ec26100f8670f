// Package faults is the fault matrix: everything that can go wrong between the till, the service and the disk, one named
// test each, with the state that an operation gets and the very words that the cashier reads.
//
// The faults of the service are on real sockets, under the till's own screen. The faults of the disk are shown by the built
// program in a terminal (on Linux): its own system calls fail. docs/faults.md is written from it:
// go test ./internal/faults -update. There is no production code here.
package faults
