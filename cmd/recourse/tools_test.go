package main

import (
	"bytes"
	"os"
	"path/filepath"
	"strings"
	"testing"
)

// command runs the program in process.
func command(t *testing.T, env map[string]string, args ...string) (string, error) {
	t.Helper()
	var out bytes.Buffer
	err := run(t.Context(), args, func(k string) string { return env[k] }, &out, &out)
	return out.String(), err
}

func TestTheToolsSayWhatIsWrong(t *testing.T) {
	dir := t.TempDir()
	bad := filepath.Join(dir, "bad.yaml")
	if err := os.WriteFile(bad, []byte("version: x\nvalues:\n  apply:\n    no_reson_days: {value: 7}\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	for _, tt := range []struct {
		name string
		env  map[string]string
		args []string
		want string // in the error
	}{
		{"nobody could come in", nil, []string{"serve"}, "--token-secret"},
		{"no orders", nil, []string{"serve", "--token-secret", strings.Repeat("s", 32)}, "--orders-url"},
		{"a short secret", nil, []string{"serve", "--token-secret", "short", "--orders-url", "http://x"}, "32 bytes"},
		{"a clock that stands", nil, []string{"serve", "--demo", "--clock-speed", "0"}, "--clock-speed"},
		{"the environment is wrong", map[string]string{"RECOURSE_CLOCK_SPEED": "fast"}, []string{"serve", "--demo"}, "RECOURSE_CLOCK_SPEED"},
		{"the environment is used", map[string]string{"RECOURSE_CLOCK_SPEED": "-1", "RECOURSE_DEMO": "true"}, []string{"serve"}, "--clock-speed"},
		{"a flag wins over the environment", map[string]string{"RECOURSE_CLOCK_SPEED": "1"}, []string{"serve", "--demo", "--clock-speed", "-2"}, "--clock-speed"},
		{"an origin that is none", nil, []string{"serve", "--demo", "--origin", "https://shop.example; script-src *"}, "--origin"},
		{"an unknown flag", nil, []string{"serve", "--deno"}, "unknown flag"},
		{"a URL that is none", nil, []string{"serve", "--demo", "--redis", "http://x"}, "redis"},
		{"a policy with a typo", nil, []string{"policy", "check", bad}, "bad.yaml:4"},
		{"a policy that is not there", nil, []string{"policy", "check", filepath.Join(dir, "none.yaml")}, "none.yaml"},
		{"a role that is none", nil, []string{"agent", "add", "lee", "--temporary", "--role", "king", "--data", dir}, "a role is one of"},
		{"a token without a secret", nil, []string{"token", "b1"}, "--token-secret"},
	} {
		if out, err := command(t, tt.env, tt.args...); err == nil || !strings.Contains(err.Error(), tt.want) {
			t.Errorf("%s: %v, want %q in it\n%s", tt.name, err, tt.want, out)
		}
	}
}

func TestTheToolsDoTheirWork(t *testing.T) {
	dir := t.TempDir()
	if out, err := command(t, nil, "policy", "check", "../../cases/policy/default.yaml"); err != nil || !strings.Contains(out, "19 reasons") {
		t.Errorf("policy check: %s, %v", out, err)
	}
	out, err := command(t, nil, "shop", "key", "s1", "--data", dir)
	if err != nil || !strings.HasPrefix(out, "rk_") {
		t.Errorf("shop key: %s, %v", out, err)
	}
	id := strings.TrimSpace(out[strings.LastIndex(out, " ")+1:])
	if out, err := command(t, nil, "shop", "key", "create", "s2", "--label", "erp", "--read-only", "--expires", "720h", "--data", dir); err != nil || !strings.HasPrefix(out, "rk_") {
		t.Errorf("shop key create: %s, %v", out, err)
	}
	if out, err := command(t, nil, "shop", "key", "revoke", id, "--data", dir); err != nil || !strings.Contains(out, "shop s1 is revoked") {
		t.Errorf("shop key revoke %s: %s, %v", id, out, err)
	}
	if _, err := command(t, nil, "shop", "key", "revoke", "k_NONE", "--data", dir); err == nil || !strings.Contains(err.Error(), "list") {
		t.Errorf("to revoke what is not there: %v", err)
	}
	if out, err := command(t, nil, "shop", "key", "list", "--data", dir); err != nil || strings.Count(out, "\n") != 3 || !strings.Contains(out, "revoked") || !strings.Contains(out, "erp") || strings.Contains(out, "rk_") {
		t.Errorf("shop key list: %s, %v", out, err)
	}
	if out, err := command(t, nil, "shop", "key", "list", "s2", "--data", dir); err != nil || strings.Contains(out, id) || !strings.Contains(out, "read") {
		t.Errorf("shop key list s2: %s, %v", out, err)
	}
	secret := strings.Repeat("s", 32)
	if out, err := command(t, map[string]string{"RECOURSE_TOKEN_SECRET": secret}, "token", "b1"); err != nil || strings.Count(out, ".") != 2 {
		t.Errorf("token: %s, %v", out, err)
	}
}
