package main

import (
	"bufio"
	"encoding/binary"
	"encoding/hex"
	"io"
	"net"
	"net/netip"
	"os"
	"path/filepath"
	"strconv"
	"strings"

	"github.com/skidkassa/skidkassa/skidkabot"
)

const (
	maxSocketsBytes = 8 << 20 // of the kernel's table of connections
	maxCommBytes    = 64      // of a program's name
)

// portOwner names the program that listens where a till wants to; empty when
// nobody does, or this user may not know. It is for a person to read: between
// two looks at the kernel's tables everything may change.
func portOwner(address string) string {
	wanted, err := net.ResolveTCPAddr("tcp", address)
	if err != nil {
		return ""
	}
	sockets := make(map[string]bool)
	for _, table := range []string{"/proc/net/tcp", "/proc/net/tcp6"} {
		addListeners(sockets, table, wanted.AddrPort())
	}
	if len(sockets) == 0 {
		return ""
	}
	folders, _ := filepath.Glob("/proc/[0-9]*") // the pattern is good
	for _, folder := range folders {
		if holdsSocket(folder, sockets) {
			return commandName(folder)
		}
	}
	return ""
}

// addListeners adds the sockets of a table that keep a till from listening, as
// links to them read. The tables are described in proc_net_tcp.txt of the kernel.
func addListeners(sockets map[string]bool, table string, wanted netip.AddrPort) {
	const address, state, inode, listening = 1, 3, 9, "0A"
	file, err := os.Open(table)
	if err != nil {
		return // no IPv6, perhaps
	}
	defer func() { _ = file.Close() }() // only read from
	for lines := bufio.NewScanner(io.LimitReader(file, maxSocketsBytes)); lines.Scan(); {
		fields := strings.Fields(lines.Text())
		if len(fields) <= inode || fields[state] != listening {
			continue
		}
		if theirs, ok := kernelAddress(fields[address]); ok && collide(theirs, wanted) {
			sockets["socket:["+fields[inode]+"]"] = true
		}
	}
}

// collide reports whether one program cannot listen where another does.
func collide(a, b netip.AddrPort) bool {
	first, second := a.Addr().Unmap(), b.Addr().Unmap()
	return a.Port() == b.Port() && (first == second || first.IsUnspecified() || second.IsUnspecified() || !second.IsValid())
}

// kernelAddress reads "0100007F:238C": the address in words of this machine's
// byte order, then the port.
func kernelAddress(text string) (netip.AddrPort, bool) {
	address, port, _ := strings.Cut(text, ":")
	words, err := hex.DecodeString(address)
	number, portErr := strconv.ParseUint(port, 16, 16)
	if err != nil || portErr != nil {
		return netip.AddrPort{}, false
	}
	for i := 0; i+4 <= len(words); i += 4 {
		binary.NativeEndian.PutUint32(words[i:], binary.BigEndian.Uint32(words[i:]))
	}
	parsed, ok := netip.AddrFromSlice(words)
	return netip.AddrPortFrom(parsed, uint16(number)), ok
}

// holdsSocket reports whether a process has one of the sockets open.
func holdsSocket(process string, sockets map[string]bool) bool {
	files, _ := filepath.Glob(process + "/fd/*") // of another user: none
	for _, file := range files {
		if target, err := os.Readlink(file); err == nil && sockets[target] {
			return true
		}
	}
	return false
}

func commandName(process string) string {
	file, err := os.Open(process + "/comm")
	if err != nil {
		return "" // it has just ended
	}
	defer func() { _ = file.Close() }() // only read from
	name, _ := io.ReadAll(io.LimitReader(file, maxCommBytes))
	return skidkabot.Sanitize(strings.TrimSpace(string(name)))
}
