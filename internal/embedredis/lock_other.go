//go:build !(darwin || dragonfly || freebsd || linux || netbsd || openbsd)

package embedredis

import "os"

// lockDir only makes the file: there is no flock here, and a lock that
// outlived a crash would be worse than none.
func lockDir(path string) (*os.File, error) {
	return os.OpenFile(path, os.O_RDWR|os.O_CREATE, 0o600)
}
