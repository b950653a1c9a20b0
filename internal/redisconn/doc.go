// Package redisconn makes go-redis clients from URLs and checks at start-up
// that the Redis behind one keeps what it acknowledges.
//
// It does not know what the Redis is used for, and it does not know the
// embedded server, which promises durability itself.
package redisconn
