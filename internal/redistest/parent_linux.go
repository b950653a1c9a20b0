package redistest

import (
	"os"
	"syscall"
)

// dieWithParent has the kernel kill a server whose test binary is gone, say
// after a time-out that ran no clean-up.
func dieWithParent() *syscall.SysProcAttr {
	return &syscall.SysProcAttr{Pdeathsig: syscall.SIGKILL, Setpgid: true}
}

// killGroup kills a server and what it has forked: a rewrite of the append-only file runs in a child, which
// would go on writing into a directory that the test is about to remove.
func killGroup(p *os.Process) {
	_ = syscall.Kill(-p.Pid, syscall.SIGKILL) // gone already is as good
}
