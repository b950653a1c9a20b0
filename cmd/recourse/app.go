package main

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"maps"
	"net"
	"net/http"
	"os"
	"os/signal"
	"path/filepath"
	"syscall"
	"time"

	"github.com/redis/go-redis/v9"
	"golang.org/x/sync/errgroup"

	"recourse/bot"
	"recourse/bot/faq"
	"recourse/bot/llm"
	"recourse/bot/nlu"
	"recourse/bot/replies"
	"recourse/cases"
	"recourse/cases/complaints"
	"recourse/cases/evidence"
	"recourse/cases/orders"
	"recourse/cases/policy"
	"recourse/cases/rediscases"
	"recourse/cases/redisevidence"
	"recourse/cases/redispolicy"
	"recourse/cases/timer"
	"recourse/dialog"
	"recourse/dialog/redisdesk"
	"recourse/dialog/redisdialog"
	"recourse/internal/outbox"
	"recourse/web"
	"recourse/web/demo"
	"recourse/web/demo/demolab"
	"recourse/web/redisweb"
	"recourse/web/wire"
)

// Intervals of the parts that look around by themselves, each backed by a quicker signal.
const (
	relaySweep = time.Second
	turnSweep  = 2 * time.Second
	turnLimit  = time.Minute
	timerEvery = 500 * time.Millisecond
	waitsEvery = 5 * time.Second
	bankEvery  = 500 * time.Millisecond
	// A client that is still there finishes its upload itself; this is for those that are not.
	uploadEvery = time.Minute
	stopWait    = 20 * time.Second
	demoArrive  = 6 * time.Hour  // of the marketplace's clock, until a demo refund is accepted
	demoCredit  = 24 * time.Hour // more, until it is on the account
)

// seenFor is how long an uploaded file is remembered to be found again in other cases: what a buyer may still
// dispute, and a year more.
const seenFor = 2 * 365 * 24 * time.Hour

// app is the program put together. start builds it, serve runs it until its context ends.
type app struct {
	log      *slog.Logger
	listener net.Listener
	promise  string
	demo     *demo.Handler // nil without --demo
	lab      *demolab.Lab  // nil without --demo

	web     *web.Server
	runner  *bot.Runner
	relay   *outbox.Relay
	timers  *timer.Runner
	router  *redisdesk.Router // gives agents what waits
	reports *redisweb.Reports // what is counted by day
	pay     orders.Payments   // where refunds are ordered
	bank    *demo.Bank        // nil without --demo; then it is pay, too
	intake  *evidence.Intake
	// policies follow the policy file and the other nodes; SIGHUP makes them look at once.
	policies *redispolicy.Catalog
	faq      *faq.Shelf     // the reviewed answers; SIGHUP makes it look at its directories at once
	hooks    *hooks         // webhooks to merchants
	close    []func() error // in reverse order of opening

	complaints *complaints.Ledger

	assistant  *bot.Assistant
	waits      *waits
	models     *llm.Client // nil without --model-url
	modelWords string      // what is asked of models, for the banner
}

func start(ctx context.Context, s *settings, log *slog.Logger) (a *app, err error) {
	a = &app{log: log}
	defer func() {
		if err != nil {
			err = errors.Join(err, a.shut())
		}
	}()
	rdb, promise, closeStore, err := openStore(ctx, s, log)
	if err != nil {
		return a, err
	}
	a.promise, a.close = promise, append(a.close, closeStore)
	clock, err := redisweb.OpenClock(ctx, rdb, time.Now, s.speed)
	if err != nil {
		return a, err
	}
	shared := &redisweb.Store{RDB: rdb, Wall: time.Now}
	dialogs := &redisdialog.Store{RDB: rdb}
	stored := &rediscases.Store{RDB: rdb}
	a.policies, err = redispolicy.Open(ctx, &redispolicy.Store{RDB: rdb}, redispolicy.Options{File: s.policy, Now: clock.Now, Log: log})
	if err != nil {
		return a, err
	}
	if a.faq, err = faq.OpenShelf(s.faq, 0, faqCache(), log); err != nil {
		return a, fmt.Errorf("--faq: %w", err)
	}
	byVersion := a.policies.Policy
	ledger := &cases.Ledger{Store: stored, Policy: byVersion, Now: clock.Now}
	a.complaints = &complaints.Ledger{Store: &rediscases.Complaints{RDB: rdb}, Policy: byVersion, Now: clock.Now}
	if err := a.outside(ctx, s, rdb, shared, ledger, clock); err != nil {
		return a, err
	}
	if a.hooks, err = openHooks(rdb, s.hooks, s.demo, log); err != nil {
		return a, err
	}

	a.assistant = &bot.Assistant{Dialogs: dialogs, Ledger: ledger, Complaints: a.complaints, Policy: byVersion, Now: clock.Now, Log: log, FAQ: a.faq.Book}
	a.assistant.Payment = a.pay.Refunded
	if err := a.openDesk(s, rdb, dialogs, clock.Now); err != nil {
		return a, err
	}
	a.openReports(rdb, byVersion, clock.Now)
	a.runner = &bot.Runner{
		Turn: a.countedTurn(dialogs, clock.Now), Unanswered: dialogs.Unanswered, Now: clock.Now, Log: log, Workers: 8, Sweep: turnSweep, Limit: turnLimit,
		GiveUp: func(ctx context.Context, id dialog.ID) error { return a.assistant.Floor().GiveUp(ctx, id) },
	}
	a.timers = &timer.Runner{
		Index: stored, Now: clock.Now, Log: log, Every: timerEvery,
		Fire: fire(ledger, a.complaints, lookAt(dialogs, a.assistant.Floor)),
	}
	a.waits = &waits{floor: a.assistant.Floor, desk: a.router.Desk}
	a.relay = &outbox.Relay{RDB: rdb, Log: log, Sweep: relaySweep}
	a.openLab(rdb, shared, dialogs, ledger, clock)

	if err := a.inside(ctx, s, shared, dialogs, ledger, byVersion, clock, rdb); err != nil {
		return a, err
	}
	if err := a.startModels(ctx, s, rdb, shared.Secret); err != nil {
		return a, err
	}
	notifier := &bot.Notifier{Dialogs: dialogs, Ledger: ledger, Complaints: a.complaints, Policy: byVersion, Now: clock.Now, Desk: a.assistant.Desk, Log: log}
	a.relay.Handlers = handlers(a.router.Follow, dialogs, ledger, shared, a.reports, notifier, &web.CaseHooks{Publisher: a.hooks.publisher, Ledger: ledger}, a.pay, a.intake.Discard)
	maps.Copy(a.relay.Handlers, complaintHandlers(a.complaints, shared, notifier, &web.ComplaintHooks{Publisher: a.hooks.publisher, Ledger: a.complaints}, log))

	a.listener, err = (&net.ListenConfig{}).Listen(ctx, "tcp", s.addr)
	if err != nil {
		return a, fmt.Errorf("listen: %w", err)
	}
	a.close = append(a.close, func() error {
		if err := a.listener.Close(); err != nil && !errors.Is(err, net.ErrClosed) {
			return err
		}
		return nil
	})
	return a, a.tellDemo(ctx, rdb)
}

// outside connects orders and payments, real or demo.
func (a *app) outside(ctx context.Context, s *settings, rdb redis.UniversalClient, shared *redisweb.Store, ledger *cases.Ledger, clock *redisweb.Clock) error {
	if !s.demo {
		system := orders.NewHTTP(s.ordersURL, s.ordersKey)
		ledger.Orders, a.pay = system, system
		return nil
	}
	// The demo's orders stay where they were when it was first opened, also after a restart.
	opened, err := rdb.SetNX(ctx, "recourse:demo:opened", clock.Now().Format(time.RFC3339), 0).Result()
	if err != nil {
		return fmt.Errorf("open the demo: %w", err)
	}
	raw, err := rdb.Get(ctx, "recourse:demo:opened").Result()
	if err != nil {
		return fmt.Errorf("open the demo: %w", err)
	}
	at, err := time.Parse(time.RFC3339, raw)
	if err != nil {
		return fmt.Errorf("open the demo: %w", err)
	}
	shop := orders.NewDemo(at)
	ledger.Orders = shop
	if opened {
		for _, agent := range demo.Agents {
			if err := shared.SetAgent(ctx, agent.Agent, agent.Password); err != nil {
				return err
			}
		}
		for _, reply := range demo.Canned {
			if err := shared.PutCanned(ctx, reply); err != nil {
				return err
			}
		}
		for _, sh := range shop.Shops {
			if err := shared.SetShopKey(ctx, sh.ID, demo.ShopKey(sh.ID)); err != nil {
				return err
			}
		}
	}
	a.bank = &demo.Bank{RDB: rdb, Ledger: ledger, Now: clock.Now, After: demoArrive, Credit: demoCredit}
	a.pay = a.bank
	a.demo = &demo.Handler{
		Orders: shop, Clock: clock, Ledger: ledger, Wall: time.Now,
		Order: func(l policy.Line, locale dialog.Locale) dialog.OrderItem {
			return replies.In(locale, ledger.Policy("")).Order(l)
		},
		Moved: func(ctx context.Context) {
			if _, err := a.timers.RunOnce(ctx); err != nil {
				a.log.WarnContext(ctx, "deadlines left for the next pass", "err", err)
			}
			if err := a.bank.RunOnce(ctx); err != nil {
				a.log.WarnContext(ctx, "demo payments left for the next pass", "err", err)
			}
		},
	}
	return nil
}

// inside builds the web server and the evidence intake, which need each other.
func (a *app) inside(ctx context.Context, s *settings, shared *redisweb.Store, dialogs *redisdialog.Store, ledger *cases.Ledger,
	byVersion func(string) *policy.Policy, clock *redisweb.Clock, rdb redis.UniversalClient,
) error {
	own, err := shared.Secret(ctx, "session")
	if err != nil {
		return err
	}
	links, err := shared.Secret(ctx, "links")
	if err != nil {
		return err
	}
	receipts, err := shared.Secret(ctx, "receipts")
	if err != nil {
		return err
	}
	blobs, err := openBlobs(ctx, s)
	if err != nil {
		return err
	}
	similar := &redisevidence.Index{RDB: rdb, Keep: seenFor}
	alias, err := shared.Secret(ctx, "alias")
	if err != nil {
		return err
	}
	public, err := readPublicKey(s.publicKey)
	if err != nil {
		return err
	}
	tokens := &web.Tokens{Secret: []byte(s.secret), Public: public, Own: own, Now: time.Now}
	if s.demo {
		if tokens.Secret, err = shared.Secret(ctx, "demo"); err != nil {
			return err
		}
		a.demo.Secret = tokens.Secret
	}
	dir := filepath.Join(s.data, "evidence")
	if err := os.MkdirAll(dir, 0o700); err != nil {
		return fmt.Errorf("make the evidence directory: %w", err)
	}
	a.intake, err = evidence.New(dir, evidence.Options{
		Auth: func(r *http.Request) (evidence.Party, error) { return a.web.UploadParty(r) },
		Admit: func(ctx context.Context, p evidence.Party, m evidence.Meta) error {
			return a.web.AdmitUpload(ctx, p, m)
		},
		Accept: func(ctx context.Context, p evidence.Party, m evidence.Meta, e cases.Evidence) error {
			return a.web.AcceptUpload(ctx, p, m, e)
		},
		MayRead: func(ctx context.Context, reader evidence.Party, item evidence.Copy, info evidence.Info) error {
			return a.web.MayRead(ctx, reader, item, info)
		},
		Refuse:  func(w http.ResponseWriter, r *http.Request, err error) { a.web.Refuse(w, r, err) },
		Media:   func(k policy.EvidenceKind) []string { return byVersion("").Evidence[k].Media },
		LinkKey: links, Now: clock.Now, Blobs: blobs, Similar: similar,
		Sizes: func() (image, video int64, lasts time.Duration) {
			v := byVersion("").Values.Evidence
			return int64(v.MaxImageMiB.V) << 20, int64(v.MaxVideoMiB.V) << 20, time.Duration(v.MaxVideoSeconds.V) * time.Second
		},
	})
	if err != nil {
		return fmt.Errorf("open the evidence directory: %w", err)
	}
	a.close = append(a.close, a.intake.Close)
	cfg := web.Config{
		Dialogs: dialogs, Ledger: ledger, Policy: byVersion, Words: wording{byVersion, a.assistant.Floor}, Accounts: shared, Roster: shared, Audit: &redisweb.Audit{RDB: rdb}, Tickets: shared, CannedReplies: shared, Finder: shared, Scores: shared, Desk: a.router.Desk, Rules: a.router.Desk.Rules, Follow: a.router.Follow, Route: a.router.Wake, Shops: shared, Parcels: shared,
		Bus: shared, Uploads: a.intake, Similar: similar, Receipts: evidence.Receipts{Key: receipts}, Tokens: tokens, AliasKey: alias, Turn: a.runner.Kick, Now: clock.Now, Speed: clock.Speed, Origins: s.origins,
		Complaints: a.complaints, ComplaintIndex: shared, NewComplaint: complaintFor, ShopRate: s.shopRate, CallbackKey: s.callback, Static: web.Static(s.demo), Ready: func(ctx context.Context) error { return rdb.Ping(ctx).Err() },
		Webhooks: web.Webhooks{Registrar: a.hooks.registrar, History: a.hooks.store}, Topics: func(l dialog.Locale) []wire.TopicName { return topicNames(a.faq.Book(), l) },
	}
	cfg.Urgent = nlu.Urgent
	if cfg.SSO, err = s.oidc.open(ctx, shared); err != nil {
		return err
	}
	if cfg.Proxies, err = s.trusted(); err != nil {
		return err
	}
	cfg.Reports = a.reports
	if a.demo != nil {
		cfg.Demo = a.demoMux()
	}
	a.web = web.New(cfg, a.log)
	if a.demo != nil {
		a.demo.Refuse = a.web.Refuse
	}
	return nil
}

// topicNames are the topics that buyers are answered, in a language.
func topicNames(b *faq.Book, l dialog.Locale) []wire.TopicName {
	var out []wire.TopicName
	for _, id := range b.Topics() {
		if !b.ForMerchants(id) {
			out = append(out, wire.TopicName{ID: string(id), Label: b.Label(id)[l]})
		}
	}
	return out
}

// serve runs everything until ctx ends, then stops in order: no new work, sockets asked to come again,
// turns finished, store closed.
func (a *app) serve(ctx context.Context) error {
	defer func() {
		if err := a.shut(); err != nil {
			a.log.Error("close", "err", err)
		}
	}()
	server := &http.Server{Handler: a.web.Handler(), ReadHeaderTimeout: 10 * time.Second, IdleTimeout: 2 * time.Minute}
	g, gctx := errgroup.WithContext(ctx)
	background := []func(context.Context) error{
		a.repeat(uploadEvery, "uploads", a.intake.Finish), a.web.Listen, a.web.Heartbeat, a.web.WatchSessions, a.runner.Run, a.relay.Run, a.timers.Run, a.router.Run,
		a.policies.Run, a.faq.Run, a.hangups,
	}
	background = append(background, a.hooks.run, a.repeat(waitsEvery, "waiting buyers", a.waits.runOnce))
	if a.bank != nil {
		background = append(background, a.repeat(bankEvery, "demo payments", a.bank.RunOnce))
	}
	// The background outlives the sockets, so that what they sent last is still dealt with.
	work, stopWork := context.WithCancel(context.WithoutCancel(ctx))
	defer stopWork()
	for _, run := range background {
		g.Go(func() error { return run(work) })
	}
	g.Go(func() error {
		if err := server.Serve(a.listener); !errors.Is(err, http.ErrServerClosed) {
			return fmt.Errorf("serve: %w", err)
		}
		return nil
	})
	g.Go(func() error {
		<-gctx.Done()
		end, cancel := context.WithTimeout(context.WithoutCancel(ctx), stopWait)
		defer cancel()
		err := errors.Join(a.web.Close(end), server.Shutdown(end))
		stopWork()
		return err
	})
	return g.Wait()
}

// hangups makes SIGHUP read the policy file and the answers again at once, as servers do by custom.
func (a *app) hangups(ctx context.Context) error {
	hup := make(chan os.Signal, 1)
	signal.Notify(hup, syscall.SIGHUP)
	defer signal.Stop(hup)
	for {
		select {
		case <-ctx.Done():
			return nil
		case <-hup:
			a.policies.Again()
			a.faq.Again()
		}
	}
}

// repeat is a part that does something at once and then from time to time; what fails is done at a later time.
// For uploads that is what a crash or a fault left complete but not part of their case.
func (a *app) repeat(every time.Duration, what string, once func(context.Context) error) func(context.Context) error {
	return func(ctx context.Context) error {
		tick := time.NewTicker(every)
		defer tick.Stop()
		for {
			if err := once(ctx); err != nil && ctx.Err() == nil {
				a.log.WarnContext(ctx, "left for a later try", "what", what, "err", err)
			}
			select {
			case <-ctx.Done():
				return nil
			case <-tick.C:
			}
		}
	}
}

// shut closes what start opened, last first.
func (a *app) shut() error {
	var errs []error
	for i := len(a.close) - 1; i >= 0; i-- {
		errs = append(errs, a.close[i]())
	}
	a.close = nil
	return errors.Join(errs...)
}
