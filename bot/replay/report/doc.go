// Package report shows a run to people and to machines: a summary for a terminal, JUnit XML for a CI, and one HTML page
// that opens from disk. It computes what a run says of the bot (Scores, Coverage) and does not know how a run was made,
// nor what a gate thinks of it.
package report
