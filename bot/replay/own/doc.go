// Package own holds the suites that the bot itself must pass before a release, and the tests that play them. A person
// plays them by
//
//	recourse replay run bot/replay/own
//
// Situations are those of the domain (§5) by their ids, flows the guided flows from their start to their end, repair
// what goes wrong in a conversation and is mended, handoff everything about who talks, policy how each reason is judged
// and when he is reminded, steps that a wish for a person is heard at each. answers.csv asks for each reviewed answer in
// each language where it is said, and wants words of it and its figures: who changes an answer changes its line.
// Nothing here knows how a case is played or judged. A test holds the conversations against what the program itself lists:
// whatever a flow asks and each press that answers it, each meaning of a text, each sentence, each state and transition is
// in one of them, in both languages, or stands in the test with the reason why not.
//
// What of the answers' own examples is held back from training is a suite as well, which
//
//	recourse replay run --held-back --baseline bot/replay/own/heldback.baseline.json
//
// plays. Not all of it is right, so it is held against that baseline. A case of tier soft is a fault that is known and
// not mended: it is reported and stops nothing.
package own
