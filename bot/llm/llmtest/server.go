// Package llmtest is a server that speaks the OpenAI-compatible protocol as models do, and as models fail: it streams,
// stalls, hangs up, answers rubbish, obeys an injection, refuses with 429 and 500.
//
// It is for tests, reads the wire by itself and knows nothing of the client it serves.
package llmtest

import (
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"strconv"
	"strings"
	"sync"
	"testing"
	"time"
)

// Request is a request as it came.
type Request struct {
	Key      string // bearer token
	Model    string
	Stream   bool
	Schema   string // name of the schema that the answer shall hold to; "" for none
	System   string
	User     string // text of the user's messages
	Pictures []string
	Raw      string // the whole body
}

// Data reads the user's message as JSON.
func (r Request) Data(into any) error { return json.Unmarshal([]byte(r.User), into) }

// Reply is what the server does with a request. The zero reply is an empty answer.
type Reply struct {
	Text string
	// Status other than 0 or 200 is an error; RetryAfter, in seconds, goes into its header if it is not 0.
	Status, RetryAfter int
	// Stall answers nothing until the client has gone; with Drop it stalls after that many pieces.
	Stall bool
	// Drop breaks the connection after so many pieces of a stream; 0: before the answer, if Broken.
	Drop   int
	Broken bool
	// Body is sent in place of a well-formed answer.
	Body string
	// Finish is why the answer ended; "": stop. NoUsage leaves the count of tokens out.
	Finish  string
	NoUsage bool
	// Size is how many characters a piece of a stream has; 0: 3. Pause is waited before each.
	Size  int
	Pause time.Duration
}

// Server is the server.
type Server struct {
	URL string // base URL, with /v1

	mu       sync.Mutex
	answer   func(Request) Reply // guarded by mu
	script   []Reply             // said first; guarded by mu
	requests []Request           // guarded by mu
	closed   chan struct{}
}

// Start starts a server that answers by a function, and ends it with the test.
func Start(t testing.TB, answer func(Request) Reply) *Server {
	t.Helper()
	s := &Server{answer: answer, closed: make(chan struct{})}
	mux := http.NewServeMux()
	mux.HandleFunc("POST /v1/chat/completions", s.complete)
	srv := httptest.NewServer(mux)
	s.URL = srv.URL + "/v1"
	t.Cleanup(func() { close(s.closed); srv.CloseClientConnections(); srv.Close() })
	return s
}

// Say makes the server answer by a function from now on.
func (s *Server) Say(answer func(Request) Reply) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.answer = answer
}

// Next makes these the next replies, before it answers by its function again.
func (s *Server) Next(replies ...Reply) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.script = append(s.script, replies...)
}

// Requests are those that came, oldest first.
func (s *Server) Requests() []Request {
	s.mu.Lock()
	defer s.mu.Unlock()
	return append([]Request(nil), s.requests...)
}

func (s *Server) complete(w http.ResponseWriter, r *http.Request) {
	raw, err := io.ReadAll(io.LimitReader(r.Body, 16<<20))
	if err != nil {
		return
	}
	req, err := read(r, raw)
	if err != nil {
		http.Error(w, `{"error":{"message":"bad request","type":"invalid_request_error"}}`, http.StatusBadRequest)
		return
	}
	s.mu.Lock()
	s.requests = append(s.requests, req)
	var reply Reply
	answer := s.answer
	scripted := len(s.script) > 0
	if scripted {
		reply, s.script = s.script[0], s.script[1:]
	}
	s.mu.Unlock()
	if !scripted {
		reply = answer(req)
	}
	switch {
	case reply.Status != 0 && reply.Status != http.StatusOK:
		if reply.RetryAfter != 0 {
			w.Header().Set("Retry-After", strconv.Itoa(reply.RetryAfter))
		}
		w.Header().Set("Content-Type", "application/json")
		w.WriteHeader(reply.Status)
		_, _ = fmt.Fprintf(w, `{"error":{"message":"scripted %d","type":"server_error","code":null,"param":null}}`, reply.Status)
	case reply.Stall && reply.Drop == 0:
		s.stall(r)
	case reply.Broken && reply.Drop == 0:
		panic(http.ErrAbortHandler)
	case reply.Body != "":
		_, _ = io.WriteString(w, reply.Body)
	case req.Stream:
		s.stream(w, r, req, reply)
	default:
		wait(r, reply.Pause)
		whole(w, req, reply)
	}
}

func (s *Server) stall(r *http.Request) {
	select {
	case <-r.Context().Done():
	case <-s.closed:
	}
}

func wait(r *http.Request, d time.Duration) {
	if d == 0 {
		return
	}
	t := time.NewTimer(d)
	defer t.Stop()
	select {
	case <-r.Context().Done():
	case <-t.C:
	}
}

func read(r *http.Request, raw []byte) (Request, error) {
	var body struct {
		Model    string
		Stream   bool
		Messages []struct {
			Role    string
			Content json.RawMessage
		}
		ResponseFormat struct {
			Type       string
			JSONSchema struct {
				Name   string
				Schema json.RawMessage
			} `json:"json_schema"`
		} `json:"response_format"`
	}
	if err := json.Unmarshal(raw, &body); err != nil {
		return Request{}, err
	}
	req := Request{Key: strings.TrimPrefix(r.Header.Get("Authorization"), "Bearer "), Model: body.Model, Stream: body.Stream, Schema: body.ResponseFormat.JSONSchema.Name, Raw: string(raw)}
	for _, m := range body.Messages {
		var text string
		if json.Unmarshal(m.Content, &text) != nil {
			var parts []struct {
				Type, Text string
				ImageURL   struct{ URL string } `json:"image_url"`
			}
			if err := json.Unmarshal(m.Content, &parts); err != nil {
				return req, err
			}
			for _, p := range parts {
				if p.Type == "image_url" {
					req.Pictures = append(req.Pictures, p.ImageURL.URL)
				} else {
					text += p.Text
				}
			}
		}
		if m.Role == "system" {
			req.System += text
		} else {
			req.User += text
		}
	}
	return req, nil
}

type usage struct {
	In    int `json:"prompt_tokens"`
	Out   int `json:"completion_tokens"`
	Total int `json:"total_tokens"`
}

func count(req Request, reply Reply) *usage {
	if reply.NoUsage {
		return nil
	}
	in, out := len([]rune(req.System+req.User)), len([]rune(reply.Text))
	return &usage{in, out, in + out}
}

func (r Reply) finish() string {
	if r.Finish == "" {
		return "stop"
	}
	return r.Finish
}

func whole(w http.ResponseWriter, req Request, reply Reply) {
	w.Header().Set("Content-Type", "application/json")
	_ = json.NewEncoder(w).Encode(map[string]any{
		"id": "t", "object": "chat.completion", "created": 1, "model": req.Model, "usage": count(req, reply),
		"choices": []any{map[string]any{"index": 0, "finish_reason": reply.finish(), "message": map[string]any{"role": "assistant", "content": reply.Text}}},
	})
}

func (s *Server) stream(w http.ResponseWriter, r *http.Request, req Request, reply Reply) {
	w.Header().Set("Content-Type", "text/event-stream")
	send := func(v any) {
		raw, _ := json.Marshal(v) // plain data
		_, _ = fmt.Fprintf(w, "data: %s\n\n", raw)
		_ = http.NewResponseController(w).Flush()
	}
	chunk := func(delta map[string]any, finish any) map[string]any {
		return map[string]any{
			"id": "t", "object": "chat.completion.chunk", "created": 1, "model": req.Model,
			"choices": []any{map[string]any{"index": 0, "delta": delta, "finish_reason": finish}},
		}
	}
	size := reply.Size
	if size == 0 {
		size = 3
	}
	text := []rune(reply.Text)
	for n := 1; len(text) > 0; n++ {
		piece := text[:min(size, len(text))]
		text = text[len(piece):]
		wait(r, reply.Pause)
		send(chunk(map[string]any{"content": string(piece)}, nil))
		if n == reply.Drop {
			if reply.Stall {
				s.stall(r)
			}
			panic(http.ErrAbortHandler)
		}
	}
	send(chunk(map[string]any{}, reply.finish()))
	if u := count(req, reply); u != nil {
		last := chunk(nil, nil)
		last["choices"], last["usage"] = []any{}, u
		send(last)
	}
	_, _ = io.WriteString(w, "data: [DONE]\n\n")
}
