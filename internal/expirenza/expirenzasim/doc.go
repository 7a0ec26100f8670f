// Package expirenzasim is Expirenza as a fake, on real websockets and HTTP (PROTOCOLS.md, section 3): it sends every
// operation, asks for a payment again and again until the bill is closed, checks what the till does against the
// published rules, and keeps every callback with its bytes.
//
// The zero [Server] works. It has the test restaurant and listens nowhere:
//
//	var service expirenzasim.Server
//	url, err := service.Start()
//	defer service.Close()
//	// … a till connects to url …
//	err = service.AwaitTill(ctx)
//	paying := service.Pay(expirenzasim.Payment{Bill: bill, Sum: decimal.RequireFromString("129.20")})
//	result, err := paying.Wait(ctx)
//
// [Server.Violations] is the oracle of tests: it lists every rule that the till broke. It uses nothing of the till's own code,
// so a mistake there is not repeated here. What goes wrong on the way is a [Fault], or [Server.Drop], [Server.CloseTill]
// and [Server.SetDeaf].
package expirenzasim
