// Package webhooks tells other systems by HTTP what happened, in the form of Standard Webhooks 1.0.0.
//
// An owner has endpoints. An event becomes one delivery per endpoint that wants it; a delivery is attempted
// until the endpoint answers 2xx, and set aside as a dead letter when it did not for a day. Events of one lane
// (in Recourse: of one case) reach an endpoint in order: the next is not attempted before the one ahead of it
// was delivered or set aside. Lanes do not wait for each other, and owners do not wait for each other's
// endpoints. Everything stands in a store before it is attempted, so delivery is at least once and survives
// the end of the process at any point.
//
// What to do after an attempt (Schedule), what is signed (Sign, Body), who wants what (Endpoint.Wants) and where
// a connection may go (Guard) are pure; Sender makes one request, Dispatcher runs them, Registrar changes
// endpoints, Publisher takes events in. Time is the wall clock throughout, whatever clock the events follow.
//
// The package knows nothing of cases, shops or complaints: an owner, a lane and an event type are names to it,
// and data is JSON that it passes on.
package webhooks
