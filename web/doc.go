// Package web is the outside of Recourse: the socket of buyers and agents, the HTTP API of merchants,
// agents and uploads, who may do what, and how errors look.
//
// It does not know how a turn is made (it asks for one through a function), how anything is worded (it
// asks Wording), or where anything is kept. Internal error texts end here: what leaves the process is a
// public code with a message in the reader's language.
package web
