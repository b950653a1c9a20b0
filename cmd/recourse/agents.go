package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"slices"
	"strings"
	"text/tabwriter"
	"time"

	"github.com/spf13/cobra"
	"github.com/spf13/pflag"

	"recourse/dialog"
	"recourse/web"
	"recourse/web/wire"
)

// agentCommand is `recourse agent …`: the accounts of the desk. With the embedded store the server must be stopped; with
// --redis it may run, and what is done here holds at once on every node. Everything is recorded in the audit trail.
func agentCommand(getenv func(string) string) *cobra.Command {
	cmd := &cobra.Command{Use: "agent", Short: "Accounts of the desk"}
	cmd.AddCommand(
		agentAdd(getenv), agentSet(getenv), agentList(getenv), agentShow(getenv),
		agentSwitch(getenv, "disable", "Let an account in no more; its sessions end at once", true),
		agentSwitch(getenv, "enable", "Let an account in again", false), agentReset(getenv), agentRevoke(getenv), agentUnlink(getenv),
	)
	return cmd
}

// accountFlags are what an account may be given.
type accountFlags struct {
	name, role        string
	languages, skills []string
	capacity          int
	given             *pflag.FlagSet
}

func (a *accountFlags) register(f *pflag.FlagSet) {
	f.StringVar(&a.name, "name", "", "what buyers see (default: the login)")
	f.StringVar(&a.role, "role", web.RoleAgent, strings.Join(web.Roles(), ", "))
	f.StringSliceVar(&a.languages, "language", nil, "languages he speaks: zh-CN, en (default: all)")
	f.StringSliceVar(&a.skills, "skill", nil, "what he knows, as conversations ask for it")
	f.IntVar(&a.capacity, "capacity", 0, "conversations he has at a time; 0: what is usual for his role, -1: none")
	a.given = f
}

// fill makes an account what the flags say; with only, what was given.
func (a *accountFlags) fill(x *web.Agent, only bool) {
	set := func(flag string) bool { return !only || a.given.Changed(flag) }
	if set("name") {
		x.Name = a.name
	}
	if set("role") {
		x.Role = a.role
	}
	if set("language") {
		x.Languages = nil
		for _, l := range a.languages {
			x.Languages = append(x.Languages, dialog.Locale(l))
		}
	}
	if set("skill") {
		x.Skills = a.skills
	}
	if set("capacity") {
		x.Capacity = a.capacity
	}
}

// onAccount is a command that changes an account; what it did, and what came of it, is recorded.
func onAccount(s *settings, getenv func(string) string, action string, f func(ctx context.Context, t tools, login string) error) func(*cobra.Command, []string) error {
	return onKeys(s, getenv, func(ctx context.Context, t tools, args []string) error {
		e := wire.AuditEntry{At: time.Now(), Actor: "command line", Via: "command", Action: action, Object: args[0], Outcome: "done"}
		err := f(ctx, t, args[0])
		if err != nil {
			e.Outcome = "INTERNAL"
		}
		return errors.Join(err, t.audit.Record(ctx, e))
	})
}

func readPassword(in io.Reader) (string, error) {
	raw, err := io.ReadAll(io.LimitReader(in, 1024))
	if err != nil {
		return "", fmt.Errorf("read the password: %w", err)
	}
	password, _, _ := strings.Cut(string(raw), "\n")
	return strings.TrimSuffix(password, "\r"), nil
}

func agentAdd(getenv func(string) string) *cobra.Command {
	s, a := &settings{}, &accountFlags{}
	var temporary, federated bool
	cmd := &cobra.Command{
		Use: "add LOGIN", Short: "Add an account; the password is read from standard input", Args: cobra.ExactArgs(1),
		Long: "Add an account. The password is read from standard input, one line; with --temporary one is made and printed once,\nwhich lets in for three days, to choose another; with --sso there is none, and it comes in by single sign-on alone.",
	}
	cmd.RunE = onAccount(s, getenv, "account.add", func(ctx context.Context, t tools, login string) error {
		p := &web.NewPassword{Text: web.TemporaryPassword(), Temporary: temporary}
		switch {
		case federated:
			p = nil
		case !temporary:
			var err error
			if p.Text, err = readPassword(cmd.InOrStdin()); err != nil {
				return err
			}
		}
		x := web.Agent{Login: login}
		a.fill(&x, false)
		made, err := t.shared.AddAccount(ctx, x, p)
		if err != nil {
			return err
		}
		return accountTold(cmd, made.Login, "is added", p)
	})
	s.storeFlags(cmd.Flags())
	a.register(cmd.Flags())
	cmd.Flags().BoolVar(&temporary, "temporary", false, "make a temporary password and print it")
	cmd.Flags().BoolVar(&federated, "sso", false, "without a password: it comes in by single sign-on (serve --oidc-issuer)")
	cmd.MarkFlagsMutuallyExclusive("temporary", "sso")
	return cmd
}

// accountTold says what became of an account, and its temporary password on standard output alone.
func accountTold(cmd *cobra.Command, login, what string, p *web.NewPassword) error {
	fmt.Fprintf(cmd.ErrOrStderr(), "account %s %s\n", login, what)
	if p != nil && p.Temporary {
		_, err := fmt.Fprintln(cmd.OutOrStdout(), p.Text)
		return err
	}
	return nil
}

func agentSet(getenv func(string) string) *cobra.Command {
	s, a := &settings{}, &accountFlags{}
	var password bool
	cmd := &cobra.Command{
		Use: "set LOGIN", Short: "Change an account, or add it", Args: cobra.ExactArgs(1),
		Long: "Change what the flags name of an account. One that there is not is added, with the password from standard input;\n" +
			"--password reads another password for one that there is. Another role or password ends its sessions.",
	}
	cmd.RunE = onAccount(s, getenv, "account.change", func(ctx context.Context, t tools, login string) error {
		_, err := t.shared.Account(ctx, login)
		fresh := errors.Is(err, web.ErrNoAccount)
		if err != nil && !fresh {
			return err
		}
		p := web.NewPassword{}
		if password || fresh {
			if p.Text, err = readPassword(cmd.InOrStdin()); err != nil {
				return err
			}
		}
		if fresh {
			x := web.Agent{Login: login}
			a.fill(&x, false)
			if _, err := t.shared.AddAccount(ctx, x, &p); err != nil {
				return err
			}
			return accountTold(cmd, login, "is added", nil)
		}
		if _, err := t.shared.ChangeAccount(ctx, login, func(x *web.Agent) { a.fill(x, true) }); err != nil {
			return err
		}
		if password {
			if err := t.shared.SetPassword(ctx, login, p); err != nil {
				return err
			}
		}
		return accountTold(cmd, login, "is changed", nil)
	})
	s.storeFlags(cmd.Flags())
	a.register(cmd.Flags())
	cmd.Flags().BoolVar(&password, "password", false, "read another password from standard input")
	return cmd
}

func agentSwitch(getenv func(string) string, verb, short string, disabled bool) *cobra.Command {
	s := &settings{}
	cmd := &cobra.Command{Use: verb + " LOGIN", Short: short, Args: cobra.ExactArgs(1)}
	cmd.RunE = onAccount(s, getenv, "account."+verb, func(ctx context.Context, t tools, login string) error {
		if _, err := t.shared.ChangeAccount(ctx, login, func(x *web.Agent) { x.Disabled = disabled }); err != nil {
			return err
		}
		return accountTold(cmd, login, "is "+verb+"d", nil)
	})
	s.storeFlags(cmd.Flags())
	return cmd
}

func agentReset(getenv func(string) string) *cobra.Command {
	s := &settings{}
	cmd := &cobra.Command{
		Use: "reset LOGIN", Short: "Give an account a temporary password and print it; its sessions end at once", Args: cobra.ExactArgs(1),
		Long: "Give an account a temporary password and print it once. It lets in for three days, to choose another; until then the\naccount may do nothing else. Its sessions end at once.",
	}
	cmd.RunE = onAccount(s, getenv, "account.reset", func(ctx context.Context, t tools, login string) error {
		p := web.NewPassword{Text: web.TemporaryPassword(), Temporary: true}
		if err := t.shared.SetPassword(ctx, login, p); err != nil {
			return err
		}
		return accountTold(cmd, login, "is reset", &p)
	})
	s.storeFlags(cmd.Flags())
	return cmd
}

func agentRevoke(getenv func(string) string) *cobra.Command {
	s := &settings{}
	var session string
	cmd := &cobra.Command{Use: "revoke LOGIN", Short: "End the sessions of an account at once", Args: cobra.ExactArgs(1)}
	cmd.RunE = onAccount(s, getenv, "account.end_sessions", func(ctx context.Context, t tools, login string) error {
		if err := t.shared.Revoke(ctx, login, session); err != nil {
			return err
		}
		return accountTold(cmd, login, "has no such session any more", nil)
	})
	s.storeFlags(cmd.Flags())
	cmd.Flags().StringVar(&session, "session", "", "only this one (recourse agent show names them)")
	return cmd
}

func agentUnlink(getenv func(string) string) *cobra.Command {
	s := &settings{}
	cmd := &cobra.Command{
		Use: "unlink LOGIN", Short: "Forget who an account is at the identity provider; its sessions end at once", Args: cobra.ExactArgs(1),
		Long: "Forget who an account is at the identity provider, for one who was made anew there. Whoever comes in next by single\nsign-on with its login is taken for its owner. Its sessions end at once.",
	}
	cmd.RunE = onAccount(s, getenv, "account.unlink", func(ctx context.Context, t tools, login string) error {
		if err := t.shared.Unlink(ctx, login); err != nil {
			return err
		}
		return accountTold(cmd, login, "is nobody's at the identity provider", nil)
	})
	s.storeFlags(cmd.Flags())
	return cmd
}

func agentList(getenv func(string) string) *cobra.Command {
	s := &settings{}
	cmd := &cobra.Command{Use: "list", Short: "List the accounts", Args: cobra.NoArgs}
	cmd.RunE = onKeys(s, getenv, func(ctx context.Context, t tools, _ []string) error {
		list, err := t.shared.Accounts(ctx)
		if err != nil {
			return err
		}
		return printAccounts(cmd.OutOrStdout(), list)
	})
	s.storeFlags(cmd.Flags())
	return cmd
}

// printAccounts is a table of accounts.
func printAccounts(out io.Writer, list []web.Account) error {
	w := tabwriter.NewWriter(out, 0, 0, 2, ' ', 0)
	fmt.Fprintln(w, "LOGIN\tNAME\tROLE\tSTATUS\tLANGUAGES\tSKILLS\tCAPACITY")
	or := func(list []string, none string) string {
		if len(list) == 0 {
			return none
		}
		return strings.Join(list, ",")
	}
	for _, x := range list {
		status := "good"
		switch {
		case x.Disabled:
			status = "disabled"
		case x.MustChange:
			status = "temporary password"
		case x.Federated:
			status = "single sign-on"
		}
		var languages []string
		for _, l := range x.Languages {
			languages = append(languages, string(l))
		}
		fmt.Fprintf(w, "%s\t%s\t%s\t%s\t%s\t%s\t%d\n", x.Login, x.Name, x.Role, status, or(languages, "all"), or(x.Skills, "-"), x.Capacity)
	}
	return w.Flush()
}

func agentShow(getenv func(string) string) *cobra.Command {
	s := &settings{}
	cmd := &cobra.Command{Use: "show LOGIN", Short: "Show an account and its sessions", Args: cobra.ExactArgs(1)}
	cmd.RunE = onKeys(s, getenv, func(ctx context.Context, t tools, args []string) error {
		x, err := t.shared.Account(ctx, args[0])
		if err != nil {
			return err
		}
		list, err := t.shared.Sessions(ctx, args[0])
		if err != nil {
			return err
		}
		if err := printAccounts(cmd.OutOrStdout(), []web.Account{x}); err != nil {
			return err
		}
		w := tabwriter.NewWriter(cmd.OutOrStdout(), 0, 0, 2, ' ', 0)
		fmt.Fprintln(w, "\nSESSION\tBEGUN\tLAST USED\tADDRESS\tBY\tBROWSER")
		for _, one := range list {
			fmt.Fprintf(w, "%s\t%s\t%s\t%s\t%s\t%s\n", one.ID, one.Begun.Format(time.RFC3339), one.Seen.Format(time.RFC3339), one.Address, one.Via, one.Client)
		}
		return w.Flush()
	})
	s.storeFlags(cmd.Flags())
	return cmd
}

// auditCommand is `recourse audit …`: the trail of what agents did.
func auditCommand(getenv func(string) string) *cobra.Command {
	cmd := &cobra.Command{Use: "audit", Short: "The trail of what agents did"}
	cmd.AddCommand(auditVerify(getenv), auditPrint(getenv, "list"), auditPrint(getenv, "export"))
	return cmd
}

var errAnchor = errors.New("the trail does not have the entry that was noted")

func auditVerify(getenv func(string) string) *cobra.Command {
	s := &settings{}
	var anchors []string
	cmd := &cobra.Command{
		Use: "verify", Short: "Check that no entry of the trail was changed, taken out or put in", Args: cobra.NoArgs,
		Long: "Check that no entry of the trail was changed, taken out or put in, and print where it ends as NUMBER:HASH. Whoever can\n" +
			"write to Redis can make the whole chain anew; against that, note what is printed elsewhere and give it as --anchor.",
	}
	cmd.RunE = onKeys(s, getenv, func(ctx context.Context, t tools, _ []string) error {
		var seen []string
		head, err := t.audit.Walk(ctx, func(e wire.AuditEntry) error {
			if at := fmt.Sprintf("%d:%s", e.N, e.Hash); slices.Contains(anchors, at) {
				seen = append(seen, at)
			}
			return nil
		})
		if err != nil {
			return err
		}
		for _, a := range anchors {
			if !slices.Contains(seen, a) {
				return fmt.Errorf("%w: %s", errAnchor, a)
			}
		}
		fmt.Fprintf(cmd.ErrOrStderr(), "good: %d entries\n", head.N)
		_, err = fmt.Fprintln(cmd.OutOrStdout(), head)
		return err
	})
	s.storeFlags(cmd.Flags())
	cmd.Flags().StringSliceVar(&anchors, "anchor", nil, "an end that was printed before, NUMBER:HASH; the trail must have it")
	return cmd
}
