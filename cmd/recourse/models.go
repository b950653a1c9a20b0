package main

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"net/url"
	"strconv"
	"strings"
	"time"

	"github.com/redis/go-redis/v9"
	"github.com/spf13/pflag"

	"recourse/bot/llm"
	"recourse/bot/llm/redisllm"
	"recourse/cases"
	"recourse/cases/policy"
	"recourse/dialog"
	"recourse/web"
	"recourse/web/wire"
)

// modelSettings are those of language models, which are optional. The key has no flag, so that it stands in no list
// of processes: it comes from RECOURSE_MODEL_KEY or a file.
type modelSettings struct {
	url, key, keyFile string
	model             string
	roles             map[llm.Role]*string
	format            string
	prices            []string
	think, glance     time.Duration
	dialogTokens      int64
	dayTokens         int64
	dialogMoney       float64
	dayMoney          float64
}

func (m *modelSettings) serveFlags(f *pflag.FlagSet) {
	f.StringVar(&m.url, "model-url", "", "base URL of an OpenAI-compatible API, e.g. https://host/v1; without it no model is asked. Its key comes from RECOURSE_MODEL_KEY or --model-key-file")
	f.StringVar(&m.keyFile, "model-key-file", "", "file with the key for --model-url")
	f.StringVar(&m.model, "model", "", "model of the roles that have none of their own")
	m.roles = map[llm.Role]*string{}
	for role, what := range map[llm.Role]string{
		llm.Understand: "understands texts that the rules do not", llm.Phrase: "words replies to texts anew", llm.Read: "looks at pictures (a vision model)", llm.Copy: "helps agents",
	} {
		m.roles[role] = f.String("model-"+string(role), "", "model that "+what+`; "off" for none`)
	}
	f.StringVar(&m.format, "model-format", "schema", "how answers are asked for: schema, or object for servers that know no JSON schemas")
	f.StringSliceVar(&m.prices, "model-price", nil, "price of a million tokens in and out, in any one currency: model=0.3/0.6")
	f.DurationVar(&m.think, "model-think", 2500*time.Millisecond, "how long one turn of the chat may wait for models, all in all")
	f.DurationVar(&m.glance, "model-glance", 6*time.Second, "how long the answer to an uploaded picture may wait for a model to look at it")
	f.Int64Var(&m.dialogTokens, "model-tokens-dialog", 60_000, "tokens that one conversation may use; 0: any number")
	f.Int64Var(&m.dayTokens, "model-tokens-day", 0, "tokens that all conversations may use in a day; 0: any number")
	f.Float64Var(&m.dialogMoney, "model-money-dialog", 0, "what one conversation may cost, by --model-price; 0: anything")
	f.Float64Var(&m.dayMoney, "model-money-day", 0, "what a day may cost, by --model-price; 0: anything")
}

// readKey takes the key from the environment or the file.
func (m *modelSettings) readKey(getenv func(string) string) error {
	return readSecret(&m.key, getenv("RECOURSE_MODEL_KEY"), "--model-key-file", m.keyFile)
}

func (m *modelSettings) check() error {
	if m.url == "" {
		return nil
	}
	var errs []error
	if u, err := url.Parse(m.url); err != nil || u.Scheme != "http" && u.Scheme != "https" || u.Host == "" || u.User != nil || u.RawQuery != "" {
		errs = append(errs, errors.New("--model-url must be like https://host/v1"))
	}
	if len(m.models()) == 0 {
		errs = append(errs, errors.New("--model-url needs --model, or a model for one role, e.g. --model-phrase"))
	}
	if m.format != "schema" && m.format != "object" {
		errs = append(errs, errors.New("--model-format must be schema or object"))
	}
	prices, err := m.priceList()
	errs = append(errs, err)
	if m.think <= 0 || m.glance <= 0 || m.dialogTokens < 0 || m.dayTokens < 0 || m.dialogMoney < 0 || m.dayMoney < 0 {
		errs = append(errs, errors.New("--model-think and --model-glance must be above 0, and the budgets of models not below 0"))
	}
	if m.dialogMoney > 0 || m.dayMoney > 0 {
		for role, model := range m.models() {
			if _, known := prices[model]; !known {
				errs = append(errs, fmt.Errorf("a budget of money needs --model-price %s=in/out, for %s", model, role))
			}
		}
	}
	return errors.Join(errs...)
}

// models are the models of the roles that have one.
func (m *modelSettings) models() map[llm.Role]string {
	out := map[llm.Role]string{}
	for _, role := range llm.Roles {
		model := *m.roles[role]
		if model == "" {
			model = m.model
		}
		if model != "" && model != "off" {
			out[role] = model
		}
	}
	return out
}

func (m *modelSettings) priceList() (map[string]llm.Price, error) {
	out := map[string]llm.Price{}
	for _, p := range m.prices {
		at := strings.LastIndex(p, "=")
		in, outText, ok := strings.Cut(p[at+1:], "/")
		a, errA := strconv.ParseFloat(in, 64)
		b, errB := strconv.ParseFloat(outText, 64)
		if at <= 0 || !ok || errors.Join(errA, errB) != nil || a < 0 || b < 0 {
			return nil, fmt.Errorf("--model-price %q must be like model=0.3/0.6", p)
		}
		out[p[:at]] = llm.Price{In: a, Out: b}
	}
	return out, nil
}

// openModels opens the client, nil without --model-url, and says in words what it does.
func openModels(m *modelSettings, rdb redis.UniversalClient, mask []byte, p *policy.Policy, log *slog.Logger) (*llm.Client, string, error) {
	if m.url == "" {
		return nil, "none: rules and reviewed wordings alone", nil
	}
	prices, err := m.priceList()
	if err != nil {
		return nil, "", err
	}
	store := &redisllm.Store{RDB: rdb}
	micro := func(money float64) int64 { return int64(money * 1e6) }
	c, err := llm.Open(llm.Options{
		URL: strings.TrimRight(m.url, "/"), Key: m.key, Models: m.models(), Objects: m.format == "object", Prices: prices,
		PerDialog: llm.Amount{Tokens: m.dialogTokens, Micro: micro(m.dialogMoney)}, PerDay: llm.Amount{Tokens: m.dayTokens, Micro: micro(m.dayMoney)},
		Purse: store, Book: store, MaskKey: mask, Now: time.Now, Zone: p.Zone(), Log: log,
	})
	if err != nil {
		return nil, "", err
	}
	var roles []string
	for _, role := range llm.Roles {
		if c.Has(role) {
			roles = append(roles, string(role)+" by "+c.Models[role])
		}
	}
	words := strings.Join(roles, ", ") + " at " + m.url
	if m.dayTokens == 0 && m.dayMoney == 0 {
		words += ", without a limit for a day"
	}
	return c, words, nil
}

// pictureSide is how many pixels the longer side of a picture has that a model is shown: a waybill is still legible.
const pictureSide = 1024

// startModels connects the client to the turns.
func (a *app) startModels(ctx context.Context, s *settings, rdb redis.UniversalClient, secret func(context.Context, string) ([]byte, error)) error {
	mask, err := secret(ctx, "mask")
	if err != nil {
		return err
	}
	a.models, a.modelWords, err = openModels(&s.models, rdb, mask, a.policies.Policy(""), a.log)
	if err != nil || a.models == nil {
		return err
	}
	a.web.Copilot = copilot{a.models, a.models.Book}
	a.assistant.Think = s.models.think
	if a.models.Has(llm.Understand) {
		a.assistant.Understander = a.models
	}
	if a.models.Has(llm.Read) {
		a.assistant.Reader, a.assistant.Glance = a.models, s.models.glance
		a.assistant.Picture = func(ctx context.Context, id string) (string, []byte, error) {
			raw, err := a.intake.Small(ctx, cases.EvidenceID(id), pictureSide)
			return "image/jpeg", raw, err
		}
	}
	if a.models.Has(llm.Phrase) {
		a.assistant.Phraser, a.assistant.Show = a.models, a.web.ShowDraft
	}
	return nil
}

// copilot lends the model to the web, which may not import it.
type copilot struct {
	client *llm.Client
	book   llm.Book
}

var _ web.Copilot = copilot{}

func (c copilot) On() bool { return c.client.Has(llm.Copy) }

func (c copilot) Help(ctx context.Context, ask web.CopilotAsk) (wire.CopilotText, error) {
	if !c.On() {
		return wire.CopilotText{}, web.ErrNoCopilot
	}
	got, err := c.client.Help(ctx, llm.Help{Kind: llm.HelpKind(ask.Kind), Conversation: ask.Conversation, Entries: ask.Entries, Case: ask.Facts, To: ask.To, Text: ask.Text})
	if err != nil {
		return wire.CopilotText{}, fmt.Errorf("%w: %w", web.ErrCopilotBusy, err)
	}
	return wire.CopilotText{Text: got.Text, Doubts: got.Doubts}, nil
}

func (c copilot) Calls(ctx context.Context, id dialog.ID, limit int) ([]wire.ModelCall, error) {
	calls, err := c.book.Calls(ctx, id, limit)
	if err != nil {
		return nil, err
	}
	var out []wire.ModelCall
	for _, x := range calls {
		out = append(out, wire.ModelCall{
			At: x.At, Role: string(x.Role), Model: x.Model, About: x.About, Prompt: x.Prompt, Answer: x.Answer, In: x.In, Out: x.Out,
			Micro: x.Micro, Millis: x.Millis, Tries: x.Tries, Outcome: string(x.Outcome), Why: x.Why,
		})
	}
	return out, nil
}
