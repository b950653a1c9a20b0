package faq

import (
	"context"
	"fmt"
	"log/slog"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"recourse/dialog"
)

// A shelf takes a change over while it runs, keeps the old book when the change has a fault, and takes the mended one.
func TestAShelfTakesAChangedDirectoryOver(t *testing.T) {
	dir := t.TempDir()
	write := func(old, new string) {
		t.Helper()
		text := strings.Replace(fmt.Sprintf(sound, "zz-own-topic"), old, new, 1)
		file := filepath.Join(dir, "zz-own-topic.yaml")
		if err := os.WriteFile(file+".new", []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
		if err := os.Rename(file+".new", file); err != nil {
			t.Fatal(err)
		}
	}
	write("", "")
	s, err := OpenShelf([]string{dir}, time.Millisecond, "", slog.New(slog.DiscardHandler))
	if err != nil {
		t.Fatal(err)
	}
	// Over another topic instead of the built-in ones, which take longer to learn.
	under := topicFS(map[string]string{"a-topic": strings.NewReplacer("卖家三天没动静", "怎么寄回去", "shop is silent", "where do I send it").Replace(fmt.Sprintf(sound, "a-topic"))})
	s.read = func() (*Book, error) { return load(under, source{name: dir, files: os.DirFS(dir)}) }
	if err := s.open(); err != nil {
		t.Fatal(err)
	}
	ctx, cancel := context.WithCancel(t.Context())
	ended := make(chan error)
	go func() { ended <- s.Run(ctx) }()
	says := func() string { return s.Book().Answers("zz-own-topic")[0].Words[dialog.ZH] }
	first := s.Book().Version()
	until := func(what string, ok func() bool) {
		t.Helper()
		deadline := time.NewTimer(20 * time.Second)
		defer deadline.Stop()
		for !ok() {
			select {
			case <-deadline.C:
				t.Fatalf("%s does not happen: %s", what, says())
			case <-time.After(2 * time.Millisecond):
			}
		}
	}
	write("商家超时了", "商家还没有处理")
	until("the change", func() bool { return strings.HasPrefix(says(), "商家还没有处理") && s.Book().Version() != first })

	if found, ok := s.Book().Find("卖家三天没动静", Context{}); !ok || found.Topics[0].Topic != "zz-own-topic" {
		t.Errorf("what was taken over finds %+v, %v", found, ok)
	}
	good := s.Book()
	write("{hard}", "{hardest}")
	s.Again()
	write("商家超时了", "商家到今天仍未处理") // not as long as the fault: within a tick of the file system's clock nothing else tells them apart
	until("the mended change", func() bool { return strings.HasPrefix(says(), "商家到今天仍未处理") })
	if strings.Contains(good.Answers("zz-own-topic")[0].Words[dialog.ZH], "hardest") {
		t.Error("a fault was served")
	}
	cancel()
	if err := <-ended; err != nil {
		t.Error(err)
	}
}

func TestAShelfRefusesFaultsAtTheStart(t *testing.T) {
	dir := t.TempDir()
	if err := os.WriteFile(filepath.Join(dir, "zz-own-topic.yaml"), []byte(strings.Replace(fmt.Sprintf(sound, "zz-own-topic"), "{hard}", "{hardest}", 1)), 0o600); err != nil {
		t.Fatal(err)
	}
	if _, err := OpenShelf([]string{dir}, 0, "", slog.New(slog.DiscardHandler)); err == nil || !strings.Contains(err.Error(), "zz-own-topic.yaml:9") {
		t.Errorf("opened: %v", err)
	}
}
