package suite

import (
	"fmt"
	"slices"

	"go.yaml.in/yaml/v3"
)

// What a file is that is no suite. Files of a directory that were not meant get one line each, answers one a directory,
// in place of one for every field.
const (
	answers  = "these are answers and no suite: give their directory with --faq, or name it in a fixture (faq: [directory])"
	aPolicy  = "this is a policy and no suite: give it with --policy, or name it in a fixture (policy: file)"
	noTalk   = "this is no conversation: it has none of conversation, fixture and steps; what is no suite belongs in another directory"
	noTable  = "this is no table of questions: it has no columns text and topic; what is no suite belongs in another directory"
	noObject = "this is no list of questions: its first object has neither text nor topic; what is no suite belongs in another directory"
)

// otherwise is what is said of a directory with n files of answers.
func otherwise(n int) string {
	if n == 1 {
		return "a file here holds answers and is no suite: give the directory with --faq, or name it in a fixture (faq: [directory])"
	}
	return fmt.Sprintf("%d files here hold answers and are no suites: give the directory with --faq, or name it in a fixture (faq: [directory])", n)
}

// stranger says what a document is if it is no conversation, and is not meant to be one; else "".
func stranger(n *yaml.Node) string {
	has := func(names ...string) bool {
		return slices.ContainsFunc(names, func(name string) bool { return child(n, name) != nil })
	}
	switch {
	case n.Kind != yaml.MappingNode, has("conversation", "fixture", "steps"):
		return ""
	case has("answers"), has("examples") && has("id", "pieces"):
		return answers
	case has("values") && has("version", "clauses"):
		return aPolicy
	case !has("about", "lang", "langs", "tags", "tier", "review", "never", "once"):
		return noTalk
	}
	return ""
}
