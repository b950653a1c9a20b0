package llm

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"strings"
	"time"

	openai "github.com/sashabaranov/go-openai"
	"github.com/sony/gobreaker/v2"

	"recourse/bot/redact"
	"recourse/dialog"
)

// job is one call to be made. rules are the instructions, data what they are about: it is sent as JSON and masked.
type job struct {
	role    Role
	id      dialog.ID
	about   string
	rules   string
	data    any
	schema  *schema // nil: text
	out     int     // tokens that the answer may have
	picture *picture
}

type schema struct {
	name string
	body json.RawMessage
}

type picture struct {
	url    string // data:
	tokens int    // what it may cost
}

// errTaken wraps what a reader of an answer returns to end it: the server did nothing wrong.
var errTaken = errors.New("answer not taken")

// run makes a call. take gets the answer: whole and with personal data put back, or piece by piece as it comes. An
// error of take ends the call. end, if set, says whether all of it may be used. What became of the call is written down.
func (c *Client) run(ctx context.Context, j job, stream bool, take func(piece string) error, end func() error) (err error) {
	model := c.Models[j.role]
	if model == "" {
		return ErrOff
	}
	now := c.Now()
	mask := c.masker(j.id)
	messages, prompt, err := j.messages(mask)
	if err != nil {
		return err
	}
	call := Call{At: now.UTC(), Conversation: j.id, About: j.about, Role: j.role, Model: model, Prompt: prompt}
	defer func() {
		call.Millis = c.Now().Sub(now).Milliseconds()
		if err == nil {
			call.Outcome = Used
		} else {
			call.Why = err.Error()
			if call.Outcome == "" {
				call.Outcome = Failed
			}
		}
		c.note(ctx, call)
	}()

	in := guess(prompt)
	if j.picture != nil {
		in += j.picture.tokens
	}
	day, most := c.day(now), c.cost(model, in, j.out)
	if err := c.take(ctx, j.id, day, most); err != nil {
		call.Outcome = Skipped
		return err
	}
	limit := c.Timeouts[j.role]
	if limit == 0 {
		limit = defaultTimeouts[j.role]
	}
	bounded, cancel := context.WithTimeout(context.WithValue(ctx, triesKey{}, &call.Tries), limit)
	defer cancel()
	req := openai.ChatCompletionRequest{Model: model, Messages: messages, MaxCompletionTokens: j.out, Temperature: temperature(j.role), ResponseFormat: c.format(j.schema)}
	if openai.NewReasoningValidator().Validate(req) != nil {
		req.Temperature = 0 // a model that reasons takes none
	}
	_, err = c.breakers[j.role].Execute(func() (any, error) {
		if stream {
			return nil, c.stream(bounded, req, &call, mask, take)
		}
		return nil, c.whole(bounded, req, &call, mask, take)
	})
	if errors.Is(err, gobreaker.ErrOpenState) || errors.Is(err, gobreaker.ErrTooManyRequests) {
		call.Outcome = Skipped
	}
	if err == nil && end != nil {
		err = taken(end())
	}
	if errors.Is(err, errTaken) || errors.Is(err, ErrRubbish) {
		call.Outcome = Refused
	}
	c.settle(ctx, &call, day, most, in, err)
	return err
}

// settle pays what a call really cost. A server that does not tell, or does not answer in time, is believed to have
// used what it was sent; a call that was not made costs nothing.
func (c *Client) settle(ctx context.Context, call *Call, day string, reserved Amount, in int, err error) {
	if call.In == 0 && (call.Answer != "" || errors.Is(err, context.DeadlineExceeded) && call.Tries > 0) {
		call.In, call.Out = in, guess(call.Answer)
	}
	spent := c.cost(call.Model, call.In, call.Out)
	call.Micro = spent.Micro
	if c.Purse == nil {
		return
	}
	ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), time.Second)
	defer cancel()
	more := Amount{Tokens: spent.Tokens - reserved.Tokens, Micro: spent.Micro - reserved.Micro}
	if err := c.Purse.Settle(ctx, call.Conversation, day, more); err != nil {
		c.Log.WarnContext(ctx, "cost of a model not counted", "dialog", call.Conversation, "err", err)
	}
}

func temperature(r Role) float32 {
	if r == Phrase || r == Copy {
		return 0.4
	}
	return 0.01 // 0 would be left out of the request
}

// messages are the instructions, and the data as JSON that is masked as a whole. prompt is what is written down.
func (j job) messages(mask *redact.Masker) (list []openai.ChatCompletionMessage, prompt string, err error) {
	var b strings.Builder
	enc := json.NewEncoder(&b)
	enc.SetEscapeHTML(false)
	if err := enc.Encode(maskAll(mask, j.data)); err != nil {
		return nil, "", fmt.Errorf("encode a prompt: %w", err)
	}
	data := b.String()
	list = []openai.ChatCompletionMessage{{Role: openai.ChatMessageRoleSystem, Content: j.rules}}
	if j.picture == nil {
		list = append(list, openai.ChatCompletionMessage{Role: openai.ChatMessageRoleUser, Content: data})
	} else {
		list = append(list, openai.ChatCompletionMessage{Role: openai.ChatMessageRoleUser, MultiContent: []openai.ChatMessagePart{
			{Type: openai.ChatMessagePartTypeText, Text: data},
			{Type: openai.ChatMessagePartTypeImageURL, ImageURL: &openai.ChatMessageImageURL{URL: j.picture.url, Detail: openai.ImageURLDetailLow}},
		}})
	}
	return list, j.rules + "\n" + data, nil
}

// maskAll masks the texts inside plain data.
func maskAll(mask *redact.Masker, v any) any {
	switch v := v.(type) {
	case string:
		return mask.Mask(v)
	case []string:
		out := make([]string, len(v))
		for i, s := range v {
			out[i] = mask.Mask(s)
		}
		return out
	case []any:
		out := make([]any, len(v))
		for i, e := range v {
			out[i] = maskAll(mask, e)
		}
		return out
	case map[string]any:
		out := make(map[string]any, len(v))
		for k, e := range v {
			out[k] = maskAll(mask, e)
		}
		return out
	case fixed:
		return v.v
	default:
		return v
	}
}

// fixed is data that is not masked: what comes from policy, and holds nobody's data.
type fixed struct{ v any }

func (c *Client) format(s *schema) *openai.ChatCompletionResponseFormat {
	switch {
	case s == nil:
		return nil
	case c.Objects:
		return &openai.ChatCompletionResponseFormat{Type: openai.ChatCompletionResponseFormatTypeJSONObject}
	}
	return &openai.ChatCompletionResponseFormat{
		Type:       openai.ChatCompletionResponseFormatTypeJSONSchema,
		JSONSchema: &openai.ChatCompletionResponseFormatJSONSchema{Name: s.name, Schema: s.body, Strict: true},
	}
}

func (c *Client) whole(ctx context.Context, req openai.ChatCompletionRequest, call *Call, mask *redact.Masker, take func(string) error) error {
	res, err := c.api.CreateChatCompletion(ctx, req)
	if err != nil {
		return fmt.Errorf("ask a model: %w", err)
	}
	call.In, call.Out = res.Usage.PromptTokens, res.Usage.CompletionTokens
	if len(res.Choices) == 0 {
		return fmt.Errorf("%w: no choice", ErrRubbish)
	}
	choice := res.Choices[0]
	call.Answer = choice.Message.Content
	if choice.FinishReason == openai.FinishReasonLength || choice.Message.Content == "" {
		return fmt.Errorf("%w: ended by %q", ErrRubbish, choice.FinishReason)
	}
	return taken(take(mask.Unmask(choice.Message.Content)))
}

func (c *Client) stream(ctx context.Context, req openai.ChatCompletionRequest, call *Call, mask *redact.Masker, take func(string) error) (err error) {
	req.StreamOptions = &openai.StreamOptions{IncludeUsage: true}
	s, err := c.api.CreateChatCompletionStream(ctx, req)
	if err != nil {
		return fmt.Errorf("ask a model: %w", err)
	}
	defer func() { err = errors.Join(err, s.Close()) }()
	var finish openai.FinishReason
	for {
		part, err := s.Recv()
		if errors.Is(err, io.EOF) {
			// A server that hangs up in the middle also ends the stream: only a reason to finish ends the answer.
			if finish != openai.FinishReasonStop {
				return fmt.Errorf("%w: ended by %q", ErrRubbish, finish)
			}
			return nil
		}
		if err != nil {
			return fmt.Errorf("read a model's answer: %w", err)
		}
		if part.Usage != nil {
			call.In, call.Out = part.Usage.PromptTokens, part.Usage.CompletionTokens
		}
		for _, choice := range part.Choices {
			if choice.FinishReason != "" {
				finish = choice.FinishReason
			}
			if choice.Delta.Content == "" {
				continue
			}
			call.Answer += choice.Delta.Content
			if len(call.Answer) > mostAnswer/16 {
				return fmt.Errorf("%w: too long", ErrRubbish)
			}
			if err := take(choice.Delta.Content); err != nil {
				return taken(err)
			}
		}
	}
}

func taken(err error) error {
	if err == nil || errors.Is(err, ErrRubbish) {
		return err
	}
	return fmt.Errorf("%w: %w", errTaken, err)
}

// object reads an answer that shall be one JSON object, in a fence or not, with no field that was not asked for.
func object(answer string, into any) error {
	answer = strings.TrimSpace(answer)
	if rest, ok := strings.CutPrefix(answer, "```"); ok {
		rest = strings.TrimPrefix(rest, "json")
		answer = strings.TrimSpace(strings.TrimSuffix(strings.TrimSpace(rest), "```"))
	}
	dec := json.NewDecoder(strings.NewReader(answer))
	dec.DisallowUnknownFields()
	if err := dec.Decode(into); err != nil {
		return fmt.Errorf("%w: %w", ErrRubbish, err)
	}
	if dec.More() {
		return fmt.Errorf("%w: more than one object", ErrRubbish)
	}
	return nil
}
