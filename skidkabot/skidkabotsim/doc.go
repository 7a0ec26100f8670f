// Package skidkabotsim is the Skidkabot service as a fake, on real HTTP
// (PROTOCOLS.md, section 1): customers, QRs that live 24 hours, percents, every
// documented refusal in the service's own words, and a ledger.
//
// The zero [Server] works. It is the test shop, has no customers and listens
// nowhere:
//
//	var service skidkabotsim.Server
//	url, err := service.Start()
//	defer service.Close()
//	service.AddCustomer(skidkabotsim.Customer{Client: 83532824, FirstName: "Александр", Balance: decimal.NewFromInt(2365)})
//	card := service.IssueQR(83532824)
//
// The ledger is the oracle of tests: it holds what was really moved, whatever
// the till was told. What the till was told is spoilt by a [Fault], chosen for
// the next requests with [Server.FailNext] or for each with [Server.SetHook].
// Ready faults have names, see [Faults].
package skidkabotsim
