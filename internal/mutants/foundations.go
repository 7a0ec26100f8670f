package main

// wireGuards keep the client's proofs: what is called unsent, refused and confirmed (I2, I3, I7).
func wireGuards() []guard {
	list := []guard{
		{rule: "I2", name: "a move has no second body", file: "skidkabot/exchange.go",
			from: "\tif path != PathBalance {\n\t\trequest.GetBody = nil\n\t}\n",
			to:   ""},
		{rule: "I2", name: "a move has a fresh connection", file: "skidkabot/client.go",
			from: "moving:       newTransport(cfg, false),",
			to:   "moving:       newTransport(cfg, true),"},
		{rule: "I3", name: "only status 200 is evidence", file: "skidkabot/exchange.go",
			from: "case status != http.StatusOK:",
			to:   "case false:"},
		{rule: "I3", name: "half a reply is no evidence", file: "skidkabot/exchange.go",
			from: "case readErr != nil:",
			to:   "case false:"},
		{rule: "I3", name: "only documented codes refuse", file: "skidkabot/exchange.go",
			from: "case got.code.Documented():",
			to:   "case got.code != CodeSuccess:"},
		{rule: "I3", name: "a compressed reply is no evidence", file: "skidkabot/exchange.go",
			from: "case isEncoded(response.Header):",
			to:   "case false:"},
		{rule: "I3", name: "a reply is bounded", file: "skidkabot/exchange.go",
			from: "case int64(len(body)) > c.limits.ReplyBytes:",
			to:   "case false:"},
		{rule: "I3", name: "keys are unique", file: "skidkabot/object.go",
			from: "if seen[lowerASCII(key)] {",
			to:   "if false {"},
		{rule: "I3", name: "exactly one object", file: "skidkabot/object.go",
			from: "if !utf8.Valid(data) || !json.Valid(data) {",
			to:   "if !utf8.Valid(data) || len(bytes.TrimSpace(data)) == 0 {"},
		{rule: "I3", name: "a code must be there", file: "skidkabot/reply.go",
			from: "return 0, errNoCode",
			to:   "return 0, nil"},
		{rule: "I3", name: "doubt wins", file: "skidkabot/errors.go",
			from: "\tdefault:\n\t\treturn Unknown\n",
			to:   "\tdefault:\n\t\treturn Refused\n"},
		{rule: "I7", name: "unsent is proven", file: "skidkabot/exchange.go",
			from: "\tif p.got {",
			to:   "\tif false {"},
		{rule: "wire", name: "another shop's card stays here", file: "skidkabot/client.go",
			from: "case card.Vendor != c.vendor:",
			to:   "case false:"},
		{rule: "wire", name: "https but to loopback", file: "skidkabot/client.go",
			from: "base.Scheme == \"http\" && isLoopback(base.Hostname()):",
			to:   "base.Scheme == \"http\":"},
	}
	for i := range list {
		list[i].tests = []string{clientTests}
	}
	return list
}

// journalGuards keep what the rules stand on: that a row is durable, and that the store holds the machine.
func journalGuards() []guard {
	list := []guard{
		{rule: "I1", name: "a commit is flushed", file: "internal/journal/connect.go",
			from: "\"synchronous(FULL)\",",
			to:   "\"synchronous(NORMAL)\","},
		{rule: "I1", name: "settings are read back", file: "internal/journal/connect.go",
			from: "if value != s.want {",
			to:   "if false {"},
		{rule: "I2", name: "a step starts where the row stands", file: "internal/journal/write.go",
			from: "if o.State != m.From {",
			to:   "if false {"},
		{rule: "I9", name: "plans change while their reason holds", file: "internal/journal/write.go",
			from: "if err == nil && o.State != amendment.Is {",
			to:   "if false {"},
		{rule: "I10", name: "one till per journal", file: "internal/journal/lock.go",
			from: "if !taken {",
			to:   "if !taken && false {"},
		{rule: "I10", name: "a restored journal is known", file: "internal/journal/install.go",
			from: "return j.foreign != own, j.foreign",
			to:   "return false, own"},
		// The desk asks, too, but the store alone has the last word when two forms come at once.
		{rule: "I11", name: "one reversal per operation", file: "internal/journal/migrations/0002_waiting.sql",
			from: "CREATE UNIQUE INDEX operations_reversed",
			to:   "CREATE INDEX operations_reversed"},
		{rule: "I4", name: "one open operation per card", file: "internal/journal/migrations/0001_operations.sql",
			from: "CREATE UNIQUE INDEX operations_unsettled",
			to:   "CREATE INDEX operations_unsettled"},
		{rule: "I8", name: "a failed write is rolled back", file: "internal/journal/write.go",
			from: "_ = t.exec(ctx, `ROLLBACK`)",
			to:   "_ = t.exec(ctx, `COMMIT`)"},
	}
	for i := range list {
		list[i].tests = []string{journalTests}
	}
	return list
}
