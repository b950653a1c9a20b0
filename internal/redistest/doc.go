// Package redistest starts the stores that tests run against: real
// redis-server processes (one, a cluster, one behind a sentinel) and the
// embedded server. Each test gets its own, so tests need no agreement about
// databases or key names.
//
// It does not know what is tested. A missing redis-server fails a test, it
// does not skip it: a green run must mean that the real thing was tried.
package redistest
