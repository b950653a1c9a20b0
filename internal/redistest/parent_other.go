//go:build !linux

package redistest

import (
	"os"
	"syscall"
)

// dieWithParent has no counterpart here: a killed test binary leaves its
// servers behind.
func dieWithParent() *syscall.SysProcAttr { return nil }

// killGroup kills a server; what it has forked ends by itself.
func killGroup(p *os.Process) {
	_ = p.Kill() // gone already is as good
}
