package main

import (
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"math"
	"os"
	"slices"
	"strings"
	"time"

	"github.com/spf13/cobra"

	"recourse/bot/replies"
	"recourse/cases/policy"
	"recourse/dialog"
)

// factFlags are facts given one by one, over those of a file.
type factFlags struct {
	policy, at, reason, status, shipped, signed, promised, lastSeen, logistics, want string
	paid, freight, refunded, ask                                                     float64
	flags, tags, evidence, answers                                                   []string
	confirmed, final                                                                 bool
	attempts, rejections                                                             int
	lang                                                                             string
	asJSON                                                                           bool
}

func policyExplainCommand() *cobra.Command {
	f := &factFlags{}
	cmd := &cobra.Command{
		Use: "explain [FILE]", Short: "Print what the policy says of given facts, and every check that led there", Args: cobra.MaximumNArgs(1),
		Long: "Print what the policy says of given facts, and every check that led there, with the rule and the article behind it.\n\n" +
			"The facts come from a YAML or JSON file (\"-\" is standard input) and from flags, which win. A file holds one situation:\n" +
			"  at: 2026-03-04 18:00\n" +
			"  line: {paid_goods_fen: 19900, status: signed, signed_at: 2026-03-02 15:20}\n" +
			"  reason: wrong_item\n" +
			"  answers: {spec_diff: \"yes\"}\n" +
			"  evidence: [parcel_photo]\n" +
			"  history: {attempts: 1}\n" +
			"Times without a zone are Shanghai's. What is not given is not known; the policy then asks.\n\n" +
			"Exit codes: 0 explained, whatever the verdict; 1 the facts or the policy cannot be read.",
		Example: "  recourse policy explain --reason quality_defect --status signed --signed \"2026-03-02 15:20\" --at \"2026-03-04 09:00\" --paid 199",
		RunE: func(cmd *cobra.Command, args []string) error {
			p, err := readPolicy(f.policy)
			if err != nil {
				return err
			}
			s, err := f.situation(cmd, args)
			if err != nil {
				return err
			}
			v, steps := p.Explain(s.Facts, s.At)
			if f.asJSON {
				enc := json.NewEncoder(cmd.OutOrStdout())
				enc.SetIndent("", "  ")
				return enc.Encode(map[string]any{"at": s.At, "facts": s.Facts, "path": steps, "verdict": v})
			}
			explain(cmd.OutOrStdout(), p, s, v, steps, dialog.Locale(f.lang))
			return nil
		},
	}
	fl := cmd.Flags()
	fl.StringVar(&f.policy, "policy", builtin, "policy file")
	fl.StringVar(&f.lang, "lang", "zh-CN", "language of the output: zh-CN or en")
	fl.BoolVar(&f.asJSON, "json", false, "print facts, path and verdict as JSON")
	fl.StringVar(&f.at, "at", "", "when it is judged (default: now)")
	fl.StringVar(&f.reason, "reason", "", "reason, e.g. quality_defect")
	fl.StringVar(&f.status, "status", "", "order status: paid_unshipped, shipped, signed, completed, closed")
	fl.StringVar(&f.shipped, "shipped", "", "when it was shipped")
	fl.StringVar(&f.signed, "signed", "", "when it was signed for")
	fl.StringVar(&f.promised, "promised", "", "by when it was promised to ship")
	fl.StringVar(&f.lastSeen, "last-seen", "", "when the carrier last reported it")
	fl.StringVar(&f.logistics, "logistics", "", "what the carrier says: moving, stalled, lost, signed, refused")
	fl.Float64Var(&f.paid, "paid", 0, "paid for the goods, in yuan")
	fl.Float64Var(&f.freight, "freight", 0, "paid for postage, in yuan")
	fl.Float64Var(&f.refunded, "refunded", 0, "refunded before, in yuan")
	fl.StringSliceVar(&f.flags, "category", nil, "category flags of the goods, e.g. custom_made")
	fl.BoolVar(&f.confirmed, "confirmed", false, "the exclusion was confirmed at purchase")
	fl.StringSliceVar(&f.tags, "tag", nil, "service tags, e.g. price_protection")
	fl.StringSliceVar(&f.answers, "answer", nil, "what the buyer said, e.g. intact=yes,pickup=no")
	fl.StringVar(&f.want, "want", "", "refund type the buyer wants")
	fl.Float64Var(&f.ask, "ask", 0, "how much he asks for, in yuan (with --want partial)")
	fl.StringSliceVar(&f.evidence, "evidence", nil, "kinds of evidence shown")
	fl.IntVar(&f.attempts, "attempts", 0, "applications filed on the line before")
	fl.IntVar(&f.rejections, "rejections", 0, "refusals of the merchant on the line before")
	fl.BoolVar(&f.final, "final-ruling", false, "a ruling on the line is final")
	return cmd
}

// situation is the file's, with the flags put over it.
func (f *factFlags) situation(cmd *cobra.Command, args []string) (policy.Situation, error) {
	s := policy.Situation{}
	if len(args) == 1 {
		raw, err := readFactFile(cmd.InOrStdin(), args[0])
		if err != nil {
			return s, err
		}
		if s, err = policy.ParseFacts(args[0], raw); err != nil {
			return s, err
		}
	} else {
		s.Facts.Buyer, s.Facts.Line.BuyerID = "buyer", "buyer"
	}
	var errs []error
	set := cmd.Flags().Changed
	moment := func(flag, value string, into *time.Time) {
		if !set(flag) {
			return
		}
		t, err := policy.ParseTime(value)
		if err != nil {
			errs = append(errs, fmt.Errorf("--%s: %w", flag, err))
		}
		*into = t
	}
	l, h := &s.Facts.Line, &s.Facts.History
	moment("at", f.at, &s.At)
	moment("shipped", f.shipped, &l.ShippedAt)
	moment("signed", f.signed, &l.SignedAt)
	moment("promised", f.promised, &l.PromisedShipAt)
	moment("last-seen", f.lastSeen, &l.LastLogisticAt)
	for flag, apply := range map[string]func(){
		"reason": func() { s.Facts.Reason = policy.ReasonID(f.reason) }, "status": func() { l.Status = policy.Status(f.status) },
		"logistics": func() { l.Logistics = policy.Logistics(f.logistics) }, "paid": func() { l.PaidGoodsFen = fen(f.paid) },
		"freight": func() { l.PaidFreightFen = fen(f.freight) }, "refunded": func() { h.RefundedFen = fen(f.refunded) },
		"category": func() { l.Categories = f.flags }, "confirmed": func() { l.ExclusionConfirmed = f.confirmed }, "tag": func() { l.Tags = f.tags },
		"want": func() { s.Facts.Answers.Want = policy.RefundType(f.want) }, "ask": func() { s.Facts.Answers.AskFen = fen(f.ask) },
		"attempts": func() { h.Attempts = f.attempts }, "rejections": func() { h.Rejections = f.rejections }, "final-ruling": func() { h.FinalRuling = f.final },
		"evidence": func() {
			s.Facts.Evidence = nil
			for _, k := range f.evidence {
				s.Facts.Evidence = append(s.Facts.Evidence, policy.EvidenceKind(k))
			}
		},
	} {
		if set(flag) {
			apply()
		}
	}
	for _, a := range f.answers {
		name, value, _ := strings.Cut(a, "=")
		q, ok := policy.QuestionAbout(name)
		if !ok || value != string(policy.Yes) && value != string(policy.No) {
			errs = append(errs, fmt.Errorf("--answer %q: want one of %v with =yes or =no", a, policy.AnswerNames()))
			continue
		}
		s.Facts.Answers = s.Facts.Answers.With(q, policy.Tri(value))
	}
	if s.At.IsZero() {
		s.At = time.Now()
	}
	return s, errors.Join(errs...)
}

func fen(yuan float64) int64 { return int64(math.Round(yuan * 100)) }

func readFactFile(stdin io.Reader, name string) ([]byte, error) {
	if name == "-" {
		return io.ReadAll(stdin)
	}
	raw, err := os.ReadFile(name)
	if err != nil {
		return nil, fmt.Errorf("read the facts: %w", err)
	}
	return raw, nil
}

// checkNames are the checks in words.
var checkNames = map[string]policy.Name{
	"owner": {ZH: "是不是本人的订单", EN: "own order"}, "scope": {ZH: "是不是可以处理的订单", EN: "within scope"},
	"open_case": {ZH: "有没有进行中的申请", EN: "open case"}, "attempts": {ZH: "申请次数", EN: "attempts"},
	"final_ruling": {ZH: "有没有最终裁定", EN: "final ruling"}, "reason": {ZH: "原因", EN: "reason"}, "status": {ZH: "订单状态", EN: "order status"},
	"window": {ZH: "期限", EN: "window"}, "rule": {ZH: "条件", EN: "condition"}, "alert": {ZH: "请人工关注", EN: "alert"},
	"amount": {ZH: "金额", EN: "amount"}, "evidence": {ZH: "凭证", EN: "evidence"}, "freight": {ZH: "退货运费", EN: "return postage"},
}

// explain prints the path and the verdict for a reader.
func explain(w io.Writer, p *policy.Policy, s policy.Situation, v policy.Verdict, steps []policy.Step, locale dialog.Locale) {
	lang, words := string(locale), replies.In(locale, p)
	say := func(zh, en string) string { return policy.Name{ZH: zh, EN: en}.In(lang) }
	fmt.Fprintf(w, "%s %s, %s %s\n\n", say("规则", "policy"), p.Version, say("时间", "at"), s.At.In(p.Zone()).Format("2006-01-02 15:04"))
	for i, st := range steps {
		fmt.Fprintf(w, "%2d  %-24s %s", i+1, checkNames[st.Check].In(lang), st.Found)
		var looked []string
		for _, l := range st.Looked {
			if l.Value != "" {
				looked = append(looked, l.Fact+"="+l.Value)
			}
		}
		if len(looked) > 0 {
			fmt.Fprintf(w, "  [%s]", strings.Join(looked, ", "))
		}
		if st.Clause != "" {
			fmt.Fprintf(w, "  (%s)", strings.Join(slices.Concat([]string{st.Clause}, st.Facts), " "))
		}
		fmt.Fprintln(w)
	}
	fmt.Fprintf(w, "\n%s: %s %s", say("结论", "verdict"), v.Kind, v.Code)
	if v.Reason != "" {
		fmt.Fprintf(w, ", %s", p.ReasonName(v.Reason, lang))
	}
	fmt.Fprintln(w)
	row := func(zh, en, value string) {
		if value != "" {
			fmt.Fprintf(w, "  %s: %s\n", say(zh, en), value)
		}
	}
	if v.Question != "" {
		if words.Has("question." + string(v.Question)) {
			row("下一个问题", "next question", string(v.Question)+": "+words.Say("question."+string(v.Question), nil))
		} else {
			row("下一个问题", "next question", string(v.Question))
		}
	}
	if v.Kind == policy.Eligible || v.Kind == policy.EligibleIfEvidence {
		row("方式", "type", words.Say("type."+string(v.Type), nil))
		row("金额", "amount", replies.Money(v.AmountFen))
	}
	row("截止", "deadline", words.Time(v.Deadline))
	row("最早", "not before", words.Time(v.NotBefore))
	var missing []string
	for _, m := range v.Missing {
		var any []string
		for _, k := range m.AnyOf {
			any = append(any, p.EvidenceName(k, lang))
		}
		missing = append(missing, strings.Join(any, say("或", " or ")))
	}
	row("还缺凭证", "missing evidence", strings.Join(missing, say("、", ", ")))
	var open []string
	for _, a := range v.Alternatives {
		open = append(open, words.Say("alt."+string(a), dialog.Slots{"fault_until": v.FaultUntil}))
	}
	row("还可以", "still open", strings.Join(open, say("；", "; ")))
	for _, a := range v.Alerts {
		row("请人工关注", "alert", string(a))
	}
	for _, c := range v.Clauses {
		row("依据 "+c.ID, "rests on "+c.ID, policy.Name{ZH: c.TextZH, EN: c.TextEN}.In(lang))
	}
}
