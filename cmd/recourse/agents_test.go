package main

import (
	"bytes"
	"strings"
	"testing"
)

// The accounts go through all that the tools do to them; the trail has it all, and is whole.
func TestTheToolsKeepAccounts(t *testing.T) {
	dir := t.TempDir()
	tool := func(in string, args ...string) (string, error) {
		t.Helper()
		var out, said bytes.Buffer
		root := append(args, "--data", dir)
		err := runOn(t.Context(), root, strings.NewReader(in), func(string) string { return "" }, &out, &said)
		return out.String(), err
	}
	must := func(in, want string, args ...string) string {
		t.Helper()
		out, err := tool(in, args...)
		if err != nil || !strings.Contains(out, want) {
			t.Fatalf("%v: %q, %v", args, out, err)
		}
		return out
	}
	must("correct horse\n", "", "agent", "add", "li.na", "--role", "senior", "--language", "en", "--skill", "fraud", "--capacity", "3")
	if _, err := tool("correct horse\n", "agent", "add", "li.na"); err == nil {
		t.Error("added twice")
	}
	if _, err := tool("short\n", "agent", "add", "wang"); err == nil {
		t.Error("a weak password was taken")
	}
	if p := must("", "-", "agent", "add", "zhou", "--temporary"); len(strings.TrimSpace(p)) != 14 {
		t.Errorf("the temporary password is %q", p)
	}
	must("", "", "agent", "add", "wang", "--sso", "--role", "supervisor")
	if _, err := tool("", "agent", "reset", "wang"); err == nil {
		t.Error("an account without a password got one")
	}
	must("", "", "agent", "unlink", "wang")
	if _, err := tool("", "agent", "unlink", "nobody"); err == nil {
		t.Error("an account that there is not was unlinked")
	}
	must("", "", "agent", "set", "li.na", "--name", "小李")
	must("", "", "agent", "disable", "li.na")
	list := must("", "disabled", "agent", "list")
	for _, want := range []string{"小李", "senior", "fraud", "en", "temporary password", "single sign-on"} {
		if !strings.Contains(list, want) {
			t.Errorf("the list lacks %s:\n%s", want, list)
		}
	}
	must("", "", "agent", "enable", "li.na")
	must("", "-", "agent", "reset", "li.na")
	must("", "", "agent", "revoke", "li.na")
	must("", "SESSION", "agent", "show", "li.na")
	end := strings.TrimSpace(must("", ":", "audit", "verify"))
	if !strings.HasPrefix(end, "13:") {
		t.Errorf("the trail ends at %s", end)
	}
	must("", "account.disable done object=li.na", "audit", "list", "--action", "account")
	must("", "", "agent", "enable", "li.na")
	must("", "14:", "audit", "verify", "--anchor", end)
	if _, err := tool("", "audit", "verify", "--anchor", "3:no"); err == nil {
		t.Error("an anchor that the trail does not have passes")
	}
	if lines := strings.Count(must("", `"hash"`, "audit", "export"), "\n"); lines != 14 {
		t.Errorf("%d lines exported", lines)
	}
}
