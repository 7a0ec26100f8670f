// Package bench measures the built till as its users meet it, always beside a floor in the same run: the least that a
// program of its kind can be (the programs in floor). Machines are noisy, so that only such ratios count.
//
// The benchmarks count their own samples and take turns with the floor; one run of each is enough:
//
//	go test -run '^$' -bench . ./internal/bench
//	go run ./internal/bench/report > docs/performance.md
//
// They need a pseudo-terminal, and for the processor time Linux. There is no production code here.
package bench
