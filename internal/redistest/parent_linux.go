package redistest

import "syscall"

// dieWithParent has the kernel kill a server whose test binary is gone, say
// after a time-out that ran no clean-up.
func dieWithParent() *syscall.SysProcAttr {
	return &syscall.SysProcAttr{Pdeathsig: syscall.SIGKILL}
}
