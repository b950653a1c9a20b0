package main

import (
	"archive/zip"
	"bytes"
	"context"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"io"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"recourse/cases"
	"recourse/cases/evidence"
	"recourse/dialog"
	"recourse/web/wire"
)

// withComment puts a note into a JPEG that names its maker, as a phone's EXIF does.
func withComment(jpg []byte, text string) []byte {
	seg := append([]byte{0xff, 0xfe, byte((len(text) + 2) >> 8), byte(len(text) + 2)}, text...)
	return slices.Concat(jpg[:2], seg, jpg[2:])
}

func evidenceOf(t *testing.T, v dialog.CaseView, kind string) dialog.EvidenceView {
	t.Helper()
	for _, e := range v.Evidence {
		if e.Kind == kind {
			return e
		}
	}
	t.Fatalf("no %s among %+v", kind, v.Evidence)
	panic("unreachable")
}

func fetched[T any](w *world, path, token string, want int) T {
	w.t.Helper()
	status, raw := w.call("GET", path, token, nil, nil)
	var v T
	if status != want {
		w.t.Fatalf("GET %s: %d %s", path, status, raw)
	}
	if err := json.Unmarshal(raw, &v); err != nil {
		w.t.Fatalf("GET %s: %v in %.200s", path, err, raw)
	}
	return v
}

// Through the whole program: who sees which copy, before and after the submission; a draft's file that is taken out is
// gone; receipts and the pack are good.
func TestEvidenceFromUploadToPack(t *testing.T) {
	t.Parallel()
	data := t.TempDir()
	w := newWorld(t, "--data", data)
	b := newBand(w, "zh-CN")
	for _, s := range bandStory[:3] {
		s.do(b)
	}
	const maker = "ACME-PHONE-7 N30.2592"
	first, second := withComment(photo(1), maker), withComment(photo(2), maker)
	b.buyer.upload(b.id, "item_photo", first, nil)
	b.buyer.upload(b.id, "fault_video", second, nil)
	b.buyer.await("both in the draft", func() bool {
		return b.buyer.state.Case != nil && len(b.buyer.state.Case.Evidence) == 2
	})
	mine := evidenceOf(t, *b.buyer.state.Case, "item_photo")
	if mine.Stage != string(cases.Staged) || mine.Remove == nil || mine.Original == "" || mine.Thumb == "" || mine.SHA256 == "" || len(mine.Flags) > 0 {
		t.Errorf("the buyer sees %+v", mine)
	}

	// The same bytes again are refused by name.
	_, loc := w.call("POST", "/api/uploads", b.buyer.session, map[string]string{
		"Tus-Resumable": "1.0.0", "Upload-Length": sizeOf(first), "Upload-Metadata": uploadMeta(b.id, "item_photo"),
	}, nil)
	status, raw := w.call("PATCH", string(loc), b.buyer.session, map[string]string{
		"Tus-Resumable": "1.0.0", "Upload-Offset": "0", "Content-Type": "application/offset+octet-stream",
	}, first)
	if !strings.Contains(string(raw), string(cases.RejectTwice)) || errorCode(t, raw) != string(cases.CodeEvidenceRejected) {
		t.Errorf("the same file twice: %d %s", status, raw)
	}

	// A draft does not exist for the merchant; nor does its evidence, whatever link he holds.
	if status, _ := w.call("GET", "/api/merchant/cases/"+b.id, shopKey, nil, nil); status != 404 {
		t.Errorf("the merchant sees a draft: %d", status)
	}

	// Taken out, it is gone, with its link and its bytes.
	fault := evidenceOf(t, *b.buyer.state.Case, "fault_video")
	b.buyer.sure(func(id string) any {
		return wire.Press{T: wire.TPress, ID: id, Action: fault.Remove.Action, Args: fault.Remove.Args}
	})
	b.buyer.awaitKey("evidence.removed")
	b.buyer.await("the draft without it", func() bool { return len(b.buyer.state.Case.Evidence) == 1 })
	if status, _ := w.call("GET", fault.URL, "", nil, nil); status != 404 {
		t.Errorf("a removed file is still lent out: %d", status)
	}
	until(t, "its bytes are gone", func() bool {
		_, err := os.Stat(filepath.Join(data, "evidence", "blobs", fault.SHA256[:2], fault.SHA256))
		return os.IsNotExist(err)
	})

	b.buyer.upload(b.id, "fault_video", second, nil)
	b.buyer.await("the new summary", func() bool {
		last := b.buyer.entries[len(b.buyer.entries)-1]
		return last.Key == "summary.ready" && b.buyer.state.Live == last.Seq
	})
	for _, s := range bandStory[5:10] { // to the agent who has the case
		s.do(b)
	}

	// The merchant gets the view, and never the maker's note.
	theirs := evidenceOf(t, view(t, must(w, "/api/merchant/cases/"+b.id, shopKey)), "item_photo")
	if theirs.Original != "" || theirs.URL == "" || theirs.Stage != string(cases.Submitted) || theirs.Remove != nil {
		t.Errorf("the merchant sees %+v", theirs)
	}
	agents := evidenceOf(t, agentView(b), "item_photo")
	for name, tt := range map[string]struct {
		url   string
		notes bool
	}{
		"merchant's view": {theirs.URL, false}, "merchant's thumb": {theirs.Thumb, false},
		"agent's look": {agents.URL, true}, "agent's original": {agents.Original, true}, "agent's thumb": {agents.Thumb, false},
	} {
		status, raw := w.call("GET", tt.url, "", nil, nil)
		if status != 200 || bytes.Contains(raw, []byte(maker)) != tt.notes {
			t.Errorf("%s: %d, names the maker: %v", name, status, bytes.Contains(raw, []byte(maker)))
		}
	}
	if status, _ := w.call("GET", strings.Replace(theirs.URL, "copy=view", "copy=original", 1), "", nil, nil); status != 403 {
		t.Errorf("a link changed to the original: %d", status)
	}

	// A receipt is for its giver, and is good until a letter is changed.
	receipt := fetched[evidence.Receipt](w, "/api/evidence/"+mine.ID+"/receipt", b.buyer.session, 200)
	sum := sha256.Sum256(first)
	if receipt.SHA256 != hex.EncodeToString(sum[:]) || receipt.Bytes != int64(len(first)) || receipt.Stage != cases.Submitted {
		t.Errorf("receipt %+v", receipt)
	}
	if status, _ := w.call("GET", "/api/evidence/"+mine.ID+"/receipt", shopKey, nil, nil); status != 404 {
		t.Errorf("the other party's receipt: %d", status)
	}
	for _, good := range []bool{true, false} {
		if !good {
			receipt.Bytes++
		}
		_, raw := w.call("POST", "/api/receipts/verify", "", nil, receipt)
		var check wire.ReceiptCheck
		if err := json.Unmarshal(raw, &check); err != nil || check.Valid != good {
			t.Errorf("verified: %s, want %v", raw, good)
		}
	}

	detail := fetched[wire.EvidenceDetail](w, "/api/agent/cases/"+b.id+"/evidence/"+mine.ID, b.agent.token, 200)
	if detail.Width != 800 || detail.Height != 600 || detail.SHA256 != receipt.SHA256 {
		t.Errorf("detail %+v", detail)
	}

	// The pack: every hash is right, every piece is there.
	if status, _ := w.call("GET", "/api/agent/cases/"+b.id+"/pack", shopKey, nil, nil); status != 401 {
		t.Errorf("a shop asks for the pack: %d", status)
	}
	m := checkPack(t, must(w, "/api/agent/cases/"+b.id+"/pack", b.agent.token))
	if len(m.Items) != 2 || m.Case.ID != cases.ID(b.id) || m.MadeBy != "agent" {
		t.Errorf("manifest %+v", m)
	}

	// The same from the command line, with the server stopped.
	good := fetched[evidence.Receipt](w, "/api/evidence/"+mine.ID+"/receipt", b.buyer.session, 200)
	w.kill()
	out := filepath.Join(t.TempDir(), "pack.zip")
	if err := run(context.Background(), []string{"case", "pack", b.id, "-o", out, "--data", data}, noEnv, io.Discard, io.Discard); err != nil {
		t.Fatal(err)
	}
	zipped, err := os.ReadFile(out)
	if err != nil {
		t.Fatal(err)
	}
	if m := checkPack(t, zipped); len(m.Items) != 2 {
		t.Errorf("manifest %+v", m)
	}
	file := filepath.Join(t.TempDir(), "receipt.json")
	for _, wrong := range []bool{false, true} {
		if wrong {
			good.SHA256 = strings.Repeat("0", 64)
		}
		raw, err := json.Marshal(good)
		if err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(file, raw, 0o600); err != nil {
			t.Fatal(err)
		}
		if err := run(context.Background(), []string{"case", "receipt", "verify", file, "--data", data}, noEnv, io.Discard, io.Discard); (err != nil) != wrong {
			t.Errorf("verify, changed %v: %v", wrong, err)
		}
	}
}

func noEnv(string) string { return "" }

func sizeOf(b []byte) string {
	raw, _ := json.Marshal(len(b)) // a number
	return string(raw)
}

func must(w *world, path, token string) []byte {
	w.t.Helper()
	status, raw := w.call("GET", path, token, nil, nil)
	if status != 200 {
		w.t.Fatalf("GET %s: %d %.300s", path, status, raw)
	}
	return raw
}

// checkPack recomputes every hash of a pack.
func checkPack(t *testing.T, raw []byte) evidence.Manifest {
	t.Helper()
	z, err := zip.NewReader(bytes.NewReader(raw), int64(len(raw)))
	if err != nil {
		t.Fatal(err)
	}
	files := map[string][]byte{}
	for _, f := range z.File {
		r, err := f.Open()
		if err != nil {
			t.Fatal(err)
		}
		if files[f.Name], err = io.ReadAll(r); err != nil {
			t.Fatal(err)
		}
	}
	n := 0
	for line := range strings.Lines(string(files[evidence.PackSums])) {
		want, name, _ := strings.Cut(strings.TrimSpace(line), "  ")
		if got := sha256.Sum256(files[name]); hex.EncodeToString(got[:]) != want {
			t.Errorf("%s has another hash", name)
		}
		n++
	}
	if n != len(files)-1 {
		t.Errorf("%d files, %d hashes", len(files), n)
	}
	var m evidence.Manifest
	if err := json.Unmarshal(files[evidence.PackManifest], &m); err != nil {
		t.Fatal(err)
	}
	for _, item := range m.Items {
		if item.Original == nil || item.Original.SHA256 == "" || item.View == nil || item.Changed || item.Missing {
			t.Errorf("item %+v", item)
		}
	}
	page := string(files[evidence.PackIndex])
	if !strings.Contains(page, "<h1>凭证包") || strings.Contains(page, "<script") || !strings.Contains(page, m.Items[0].View.Path) {
		t.Errorf("page %.300s", page)
	}
	return m
}
