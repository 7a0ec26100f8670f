package main

import (
	"strconv"
	"strings"
)

// Accounts that stand for many: everybody, all users, all who have logged on.
var manyAccounts = map[string]bool{"WD": true, "BU": true, "AU": true}

// The rights by which a file's content is read and written, as bits and as the
// words that stand for many of them.
const (
	bitsRead  = 0x80000000 | 0x10000000 | 0x0001                   // GENERIC_READ, GENERIC_ALL, FILE_READ_DATA
	bitsWrite = 0x40000000 | 0x10000000 | 0x0002 | 0x0004 | 0x0100 // GENERIC_WRITE, GENERIC_ALL, FILE_WRITE_DATA, FILE_APPEND_DATA, FILE_WRITE_ATTRIBUTES
)

var (
	wordsRead  = []string{"GA", "GR", "FA", "FR"}
	wordsWrite = []string{"GA", "GW", "FA", "FW"}
)

// reachOfList tells whether a Windows access list, in its text form (SDDL),
// lets many read or write. Its entries are
// (type;flags;rights;object;inherited object;account). One that only what is
// inside inherits counts as well: what is inside is what is protected.
func reachOfList(sddl string) (read, write bool) {
	if strings.Contains(sddl, "NO_ACCESS_CONTROL") { // a file without a list is everybody's
		return true, true
	}
	for part := range strings.SplitSeq(sddl, "(") {
		entry, _, _ := strings.Cut(part, ")")
		fields := strings.Split(entry, ";")
		if len(fields) != 6 || fields[0] != "A" || !manyAccounts[fields[5]] {
			continue
		}
		rights := fields[2]
		read = read || allows(rights, bitsRead, wordsRead)
		write = write || allows(rights, bitsWrite, wordsWrite)
	}
	return read, write
}

// allows reads rights: a hexadecimal number, or words of two letters.
func allows(rights string, bits uint64, words []string) bool {
	if number, err := strconv.ParseUint(rights, 0, 64); err == nil {
		return number&bits != 0
	}
	for _, word := range words {
		for i := 0; i+2 <= len(rights); i += 2 {
			if strings.EqualFold(rights[i:i+2], word) {
				return true
			}
		}
	}
	return false
}
