// Package faults is the fault matrix: everything that can go wrong between the till, the service and the disk, one named
// test each, on real sockets, with the state that an operation gets and the very words that the cashier reads.
//
// docs/faults.md is written from it: go test ./internal/faults -update. There is no production code here.
package faults
