package faults

import (
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"slices"
	"strings"
	"sync"
	"syscall"
	"time"
	"unsafe"

	"golang.org/x/sys/unix"
)

// disk is what a program meets when it writes below a folder. The kernel asks the test about every write of the program
// (seccomp's user notification), so that a write fails in the system call itself, as on a bad disk, from any moment on,
// and for root too. Nothing is mounted and no privilege is needed.
type disk struct {
	folder string // without links

	mu     sync.Mutex
	refuse func(write) syscall.Errno // nil: all is well
}

// write is a write that the program is about to make.
type write struct {
	growth int64 // by how many bytes the file would grow
	used   int64 // what all files of the folder have
}

// fail lets every write meet the error from now on.
func (d *disk) fail(err syscall.Errno) {
	d.set(func(write) syscall.Errno { return err })
}

// fill leaves as much room as there is now: files may be overwritten, and grow by what others have given up.
func (d *disk) fill() {
	capacity := d.used()
	d.set(func(w write) syscall.Errno {
		if w.growth > 0 && w.used+w.growth > capacity {
			return syscall.ENOSPC
		}
		return 0
	})
}

func (d *disk) set(refuse func(write) syscall.Errno) {
	d.mu.Lock()
	defer d.mu.Unlock()
	d.refuse = refuse
}

// used is how many bytes the files of the folder have.
func (d *disk) used() (sum int64) {
	files, _ := os.ReadDir(d.folder) // it is there as long as the program runs
	for _, file := range files {
		if info, err := file.Info(); err == nil && info.Mode().IsRegular() { // one may just have gone
			sum += info.Size()
		}
	}
	return sum
}

// judge gives the error of a system call that the program waits in, or 0 to let it write.
func (d *disk) judge(call *notification) syscall.Errno {
	d.mu.Lock()
	defer d.mu.Unlock()
	if d.refuse == nil {
		return 0
	}
	file := fmt.Sprintf("/proc/%d/fd/%d", call.thread, call.arguments[0])
	path, err := os.Readlink(file)
	if err != nil || filepath.Dir(path) != d.folder {
		return 0
	}
	info, err := os.Stat(file)
	if err != nil {
		return 0
	}
	end := info.Size() + int64(call.arguments[2]) // a log is appended to, and a new file is empty
	if call.number == unix.SYS_PWRITE64 {
		end = int64(call.arguments[3] + call.arguments[2])
	}
	return d.refuse(write{growth: max(0, end-info.Size()), used: d.used()})
}

// notification and verdict are struct seccomp_notif and seccomp_notif_resp of linux/seccomp.h.
type notification struct {
	id           uint64
	thread       uint32
	_            uint32
	number       int32
	architecture uint32
	_            uint64
	arguments    [6]uint64
}

type verdict struct {
	id    uint64
	_     int64
	err   int32
	flags uint32
}

// serve answers the kernel until the program has ended.
func (d *disk) serve(listener int) {
	defer unix.Close(listener)
	for {
		events := []unix.PollFd{{Fd: int32(listener), Events: unix.POLLIN}}
		if _, err := unix.Poll(events, -1); errors.Is(err, unix.EINTR) {
			continue
		} else if err != nil || events[0].Revents&unix.POLLIN == 0 {
			return
		}
		var call notification
		if _, _, err := unix.Syscall(unix.SYS_IOCTL, uintptr(listener), unix.SECCOMP_IOCTL_NOTIF_RECV, uintptr(unsafe.Pointer(&call))); err != 0 {
			continue // the thread has been interrupted or killed meanwhile
		}
		answer := verdict{id: call.id, flags: unix.SECCOMP_USER_NOTIF_FLAG_CONTINUE}
		if refusal := d.judge(&call); refusal != 0 {
			answer.err, answer.flags = -int32(refusal), 0
		}
		// Nobody waits for the answer of a thread that was killed.
		_, _, _ = unix.Syscall(unix.SYS_IOCTL, uintptr(listener), unix.SECCOMP_IOCTL_NOTIF_SEND, uintptr(unsafe.Pointer(&answer)))
	}
}

// launchOf holds, in the environment of this test's binary, the program that it is to become.
const launchOf = "SKIDKASSA_FAULTS_LAUNCH"

// launch is the program and what it is to be deprived of.
type launch struct {
	Binary string
	Args   []string // with the program's name
	Socket bool     // file 3 takes the kernel's questions about writes
}

// deprive gives a command that does the same, but has its writes asked about when the disk is not nil, and obeys the modes
// of files even when root runs it. started is called when the command has started.
func deprive(command *exec.Cmd, d *disk) (deprived *exec.Cmd, started func() error, err error) {
	order := launch{Binary: command.Path, Args: command.Args, Socket: d != nil}
	text, err := json.Marshal(order)
	if err != nil {
		return nil, nil, err
	}
	deprived = exec.Command(os.Args[0])
	deprived.Env, deprived.Dir = append(slices.Clone(command.Env), launchOf+"="+string(text)), command.Dir
	if d == nil {
		return deprived, func() error { return nil }, nil
	}
	ends, err := unix.Socketpair(unix.AF_UNIX, unix.SOCK_STREAM|unix.SOCK_CLOEXEC, 0)
	if err != nil {
		return nil, nil, err
	}
	theirs := os.NewFile(uintptr(ends[1]), "disk")
	deprived.ExtraFiles = []*os.File{theirs}
	return deprived, func() error {
		defer unix.Close(ends[0])
		if err := theirs.Close(); err != nil {
			return err
		}
		listener, err := receive(ends[0])
		if err == nil {
			go d.serve(listener)
		}
		return err
	}, nil
}

// receive takes a file that another process has sent.
func receive(socket int) (file int, err error) {
	limit := unix.NsecToTimeval(int64(10 * time.Second))
	if err := unix.SetsockoptTimeval(socket, unix.SOL_SOCKET, unix.SO_RCVTIMEO, &limit); err != nil {
		return 0, err
	}
	control := make([]byte, unix.CmsgSpace(4))
	n, err := 0, error(unix.EINTR)
	for errors.Is(err, unix.EINTR) { // the runtime's own signals
		_, n, _, _, err = unix.Recvmsg(socket, make([]byte, 1), control, unix.MSG_CMSG_CLOEXEC)
	}
	if err != nil {
		return 0, err
	}
	messages, err := unix.ParseSocketControlMessage(control[:n])
	if err != nil || len(messages) != 1 {
		return 0, fmt.Errorf("no file was sent: %w", err)
	}
	files, err := unix.ParseUnixRights(&messages[0])
	if err != nil {
		return 0, err
	}
	return files[0], nil
}

// become replaces this process by the program that it was started for, if it was: see deprive.
func become() {
	text, ordered := os.LookupEnv(launchOf)
	if !ordered {
		return
	}
	runtime.LockOSThread() // what follows holds for one thread, and for what that becomes
	fmt.Fprintln(os.Stderr, "faults: the program cannot be started:", becomeProgram(text))
	os.Exit(1)
}

func becomeProgram(text string) error {
	var order launch
	if err := json.Unmarshal([]byte(text), &order); err != nil {
		return err
	}
	if os.Geteuid() == 0 {
		for _, power := range []uintptr{unix.CAP_DAC_OVERRIDE, unix.CAP_DAC_READ_SEARCH, unix.CAP_FOWNER} {
			if err := unix.Prctl(unix.PR_CAPBSET_DROP, power, 0, 0, 0); err != nil && !errors.Is(err, unix.EPERM) {
				return err // a root that may not drop its powers has none
			}
		}
	}
	if order.Socket {
		listener, err := listen()
		if err != nil {
			return err
		}
		err = unix.EINTR
		for errors.Is(err, unix.EINTR) {
			err = unix.Sendmsg(3, []byte{0}, unix.UnixRights(listener), nil, 0)
		}
		if err != nil {
			return err
		}
		unix.CloseOnExec(3)
	}
	var environment []string
	for _, entry := range os.Environ() {
		if !strings.HasPrefix(entry, launchOf+"=") {
			environment = append(environment, entry)
		}
	}
	return syscall.Exec(order.Binary, order.Args, environment)
}

// listen has the kernel ask about this thread's writes from now on. (The architecture is not looked at: the program makes
// system calls of its own kind only.)
func listen() (listener int, err error) {
	const load, ifEqual, give = unix.BPF_LD | unix.BPF_W | unix.BPF_ABS, unix.BPF_JMP | unix.BPF_JEQ | unix.BPF_K, unix.BPF_RET | unix.BPF_K
	filter := []unix.SockFilter{
		{Code: load, K: 0}, // the call's number
		{Code: ifEqual, K: unix.SYS_PWRITE64, Jt: 2},
		{Code: ifEqual, K: unix.SYS_WRITE, Jt: 1},
		{Code: give, K: unix.SECCOMP_RET_ALLOW},
		{Code: give, K: unix.SECCOMP_RET_USER_NOTIF},
	}
	if err := unix.Prctl(unix.PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0); err != nil {
		return 0, err
	}
	program := unix.SockFprog{Len: uint16(len(filter)), Filter: &filter[0]}
	file, _, failed := unix.RawSyscall(unix.SYS_SECCOMP, unix.SECCOMP_SET_MODE_FILTER, unix.SECCOMP_FILTER_FLAG_NEW_LISTENER, uintptr(unsafe.Pointer(&program)))
	if failed != 0 {
		return 0, failed
	}
	return int(file), nil
}
