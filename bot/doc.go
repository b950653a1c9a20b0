// Package bot runs one turn of a conversation: read, understand, decide, act on the case, put into words,
// commit.
//
// A turn may be cut off anywhere and run again, on this node or another: what it did to the case is keyed
// by the entry it answers, what it says carries the id of its place in the turn, and the commit is a
// compare-and-set that refuses to speak when the floor is somebody else's. The package does not know
// sockets, Redis or HTTP, and decides nothing itself: dialog.Next does.
package bot
