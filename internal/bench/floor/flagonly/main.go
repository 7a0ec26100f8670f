// The command flagonly is the least that a Go program with a command line can be: it is the floor for `version`.
package main

import (
	"flag"
	"fmt"
)

func main() {
	short := flag.Bool("short", false, "print the number alone")
	flag.Parse()
	if *short {
		fmt.Println("1.0.0")
		return
	}
	fmt.Println("flagonly 1.0.0")
}
