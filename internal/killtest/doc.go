// Package killtest kills the till, as a power cut does, at every named moment and at random ones while it works, and
// holds its journal to the service's ledger: nothing lost, nothing doubled. There is no production code here.
package killtest
