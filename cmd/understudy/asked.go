package main

import (
	"context"
	"fmt"
	"maps"
	"slices"
	"strings"

	"github.com/aws/aws-sdk-go-v2/service/iam/types"

	"github.com/understudy-iam/understudy/decisions"
	"github.com/understudy-iam/understudy/evaluator"
	"github.com/understudy-iam/understudy/evaluator/catalog"
	"github.com/understudy-iam/understudy/internal/textfile"
	"github.com/understudy-iam/understudy/management"
	"github.com/understudy-iam/understudy/management/client"
	"github.com/understudy-iam/understudy/persistence"
	"github.com/understudy-iam/understudy/persistence/memstore"
	"github.com/understudy-iam/understudy/principal"
	"github.com/understudy-iam/understudy/seed"
	"github.com/understudy-iam/understudy/server"
)

// asked is where questions are sent: the server at the address, or a file.
type asked struct {
	endpoint
	Details string `complete:"file" placeholder:"FILE" help:"@askedDetails"`
}

// open makes a manager of the server, or of a server within this process that has the
// state of the file. The flag then names the partition of the server.
func (a *asked) open(ctx context.Context, f *partitionFlag) (*manager, error) {
	m, err := a.connect(ctx, f.partition())
	if err != nil {
		return nil, err
	}
	health, err := m.Health(ctx)
	if err != nil {
		return nil, m.told(err)
	}
	f.Partition = health.Partition
	return m, nil
}

func (a *asked) connect(ctx context.Context, p principal.Partition) (*manager, error) {
	if a.Details == "" {
		return a.manage()
	}
	s, err := serverOf(ctx, p, a.Details)
	if err != nil {
		return nil, usageError{err}
	}
	return managerOf(client.Options{URL: "http://localhost", Transport: client.Within(s)})
}

// serverOf is a server in memory with the part of a file for a partition. If the file has
// only one account, it is the server's own account.
func serverOf(ctx context.Context, p principal.Partition, file string) (*server.Server, error) {
	name, text, err := (&importCommand{File: file}).read()
	if err != nil {
		return nil, err
	}
	store := memstore.New()
	o := seed.Options{Store: store, Partition: p, Warn: func(f *seed.Fault) { say("warning: " + decisions.Clean(f.Error())) }}
	o.Open = func(other string) ([]byte, error) { return textfile.Read(seed.Beside(name, other), textfile.Seed) }
	if err := seed.Apply(ctx, o, name, text); err != nil {
		return nil, err
	}
	account, err := onlyAccount(ctx, store)
	if err != nil {
		return nil, err
	}
	return server.New(server.Options{Store: store, Account: account, Partition: p})
}

// onlyAccount is the only account of the store; the default account if there are several.
func onlyAccount(ctx context.Context, store persistence.Store) (account string, err error) {
	err = store.View(ctx, func(tx persistence.Tx) error {
		n := 0
		for id, err := range persistence.AllAccounts(tx) {
			if err != nil {
				return err
			}
			account = id
			n++
		}
		if n != 1 {
			account = server.DefaultAccount
		}
		return nil
	})
	return account, err
}

// accessFlags describe an access: an action on a resource, and its condition keys.
type accessFlags struct {
	partitionFlag
	Action          string   `arg:"" complete:"action" help:"The action, such as s3:GetObject."`
	Resource        string   `arg:"" optional:"" help:"@accessResource"`
	Context         []string `short:"c" sep:"none" placeholder:"KEY=VALUE" help:"@accessContext"`
	ResourcePolicy  string   `name:"resource-policy" complete:"file" placeholder:"FILE" help:"@accessResourcePolicy"`
	ResourceAccount string   `name:"resource-account" placeholder:"ACCOUNT" help:"@accessResourceAccount"`
	UnknownActions  bool     `name:"unknown-actions" help:"Take an action that AWS's reference does not have."`
}

// access returns the access that the flags describe.
func (f *accessFlags) access() (*management.Access, error) {
	if err := f.check(); err != nil {
		return nil, err
	}
	a := &management.Access{Action: f.Action, Resource: f.Resource, ResourceAccount: f.ResourceAccount, AskUpstream: f.ResourcePolicy == ""}
	var err error
	if a.Context, err = contextMap(f.Context); err != nil {
		return nil, err
	}
	for _, key := range slices.Sorted(maps.Keys(a.Context)) {
		note(unknownKey(key))
	}
	if f.ResourcePolicy == "" {
		return a, nil
	}
	a.ResourcePolicy, err = readPolicyFile(f.partition(), f.ResourcePolicy, evaluator.Resource)
	return a, err
}

// contextMap reads condition keys, each KEY=VALUE or KEY=[VALUE,...].
func contextMap(list []string) (map[string]any, error) {
	keys := map[string]any{}
	for _, text := range list {
		entry, err := contextEntry(text)
		if err != nil {
			return nil, err
		}
		name := *entry.ContextKeyName
		if known, _ := catalog.FindKey(name); known.MultiValued || entry.ContextKeyType == types.ContextKeyTypeEnumStringList {
			keys[name] = entry.ContextKeyValues
		} else {
			keys[name] = entry.ContextKeyValues[0]
		}
	}
	return keys, nil
}

func (f *accessFlags) check() error {
	if strings.ContainsAny(f.Action, "*?") {
		return fmt.Errorf("%s stands for many actions, and the question is about one; name it, or ask understudy simulate --expand",
			f.Action)
	}
	if err := checkAction(f.Action, f.UnknownActions); err != nil {
		return err
	}
	if f.ResourceAccount != "" && !principal.ValidAccountID(f.ResourceAccount) {
		return notAnAccount("--resource-account", f.ResourceAccount)
	}
	if f.Resource != "" && f.Resource != "*" && !strings.HasPrefix(f.Resource, "arn:") {
		return fmt.Errorf("%q is not an ARN; give one such as %s", f.Resource, f.exampleResource())
	}
	return nil
}

func notAnAccount(flag, value string) error {
	return fmt.Errorf("%s %q is not the ID of an account; give its 12 digits", flag, value)
}

// checkAction refuses an action that is not in AWS's reference, and suggests a similar
// one.
func checkAction(name string, unknown bool) error {
	service, action, ok := strings.Cut(name, ":")
	if !ok || service == "" || action == "" {
		return fmt.Errorf("%q is not an action; write SERVICE:NAME, such as s3:GetObject", name)
	}
	if _, known := catalog.FindAction(name); known || unknown {
		return nil
	}
	if near, ok := catalog.Nearest(name); ok {
		return fmt.Errorf("there is no action %s; did you mean %s? --unknown-actions takes it as it is", name, near)
	}
	if _, ok := catalog.Find(service); !ok {
		return fmt.Errorf("there is no action %s, and no service %s; --unknown-actions takes it as it is", name, service)
	}
	return fmt.Errorf("there is no action %s; --unknown-actions takes it as it is", name)
}

// exampleResource is the form of what the action acts on.
func (f *accessFlags) exampleResource() string {
	if forms := f.resourceForms(); len(forms) > 0 {
		return forms[0]
	}
	return f.partition().ARN(principal.ARN{Service: "s3", Resource: "bucket/key"}) + ", or *"
}

// resourceForms are the forms of the ARNs that the action acts on, the shortest first;
// none if it takes no resource, or is not known.
func (f *accessFlags) resourceForms() (forms []string) {
	a, _ := catalog.FindAction(f.Action)
	for _, r := range a.Resources {
		for _, pattern := range r.Patterns {
			forms = append(forms, strings.ReplaceAll(pattern, "${Partition}", f.Partition))
		}
	}
	slices.SortStableFunc(forms, func(a, b string) int { return len(a) - len(b) })
	return forms
}

// resourceNote says that the answer may be about another resource than the one that was
// meant; empty if it is not.
func (f *accessFlags) resourceNote() string {
	a, _ := catalog.FindAction(f.Action)
	forms := f.resourceForms()
	where, here := f.partition().Elsewhere(f.Resource)
	switch {
	case where != "":
		return fmt.Sprintf("there is no %s: %s; give %s", f.Resource, where, here)
	case len(forms) == 0:
		return ""
	case f.Resource == "" || f.Resource == "*":
		return fmt.Sprintf("the answer is about every resource (*); name one to ask about it alone: %s", forms[0])
	case !a.Accepts(f.Resource):
		return fmt.Sprintf("%s does not act on such a resource, but on %s", f.Action, strings.Join(forms, ", "))
	}
	return ""
}

// note tells the user something in addition to the answer.
func note(text string) {
	if text != "" {
		say("note: " + decisions.Clean(text))
	}
}
