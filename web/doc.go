// Package web is the outside of Recourse: the socket of buyers and agents, the REST API of merchants, agents,
// payment channels, carriers and uploads with its OpenAPI document (openapi.json, drawn at /docs), who may do
// what, and how errors look.
//
// The REST API is registered with huma; rest.go says how to add a route. Actions on cases stand in actions.go,
// one request type each in package wire; every write takes an Idempotency-Key and the version that its sender
// saw. The document is made from the Go types and their comments, so it cannot say what the program does not do.
//
// The package does not know how a turn is made (it asks for one through a function), how anything is worded (it
// asks Wording), or where anything is kept. Internal error texts end here: what leaves the process is a public
// code with a message in the reader's language.
package web
