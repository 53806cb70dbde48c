package main

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"os"
	"slices"
	"strings"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/iam"
	"github.com/aws/aws-sdk-go-v2/service/iam/types"
	"github.com/aws/smithy-go"

	"github.com/understudy-iam/understudy/evaluator"
	"github.com/understudy-iam/understudy/evaluator/catalog"
	"github.com/understudy-iam/understudy/internal/textfile"
	"github.com/understudy-iam/understudy/principal"
)

// simulateCommand asks SimulatePrincipalPolicy of a running server about a
// principal, or calls SimulateCustomPolicy in this process for policies in files.
// Everything else is the same for both.
type simulateCommand struct {
	endpoint
	partitionFlag
	Principal      string   `arg:"" optional:"" help:"@simulatePrincipal"`
	Action         []string `short:"a" required:"" complete:"action" placeholder:"SERVICE:NAME" help:"@simulateAction"`
	Expand         bool     `help:"Simulate each action that a pattern such as s3:Get* stands for."`
	UnknownActions bool     `name:"unknown-actions" help:"Take actions that AWS's reference does not have."`
	Resource       []string `short:"r" sep:"none" placeholder:"ARN" help:"Resource to act on; may be repeated. Without it, the resource is *."`
	Context        []string `short:"c" sep:"none" placeholder:"KEY=VALUE" help:"@simulateContext"`
	Policy         []string `short:"p" sep:"none" complete:"file" placeholder:"FILE" help:"@simulatePolicy"`
	Boundary       string   `complete:"file" placeholder:"FILE" help:"@simulateBoundary"`
	SCP            []string `name:"scp" sep:"none" complete:"file" placeholder:"FILE,..." help:"@simulateSCP"`
	ResourcePolicy string   `name:"resource-policy" complete:"file" placeholder:"FILE" help:"@simulateResourcePolicy"`
	ResourceOwner  string   `name:"resource-owner" placeholder:"ACCOUNT" help:"Account that owns resources whose ARN does not say so."`
	Caller         string   `placeholder:"ARN" help:"User, group or role who makes the request, if not the principal."`
	Strict         bool     `help:"@simulateStrict"`
	JSON           bool     `name:"json" help:"Print JSON."`
}

// Help is the end of the help text.
func (*simulateCommand) Help() string {
	return `A table says what is decided, and the numbers in it why: the statement that decides, quoted once,` +
		` or what does not allow the request.
The exit code is 0 if everything is allowed and 1 if anything is denied; 2 and 3 mean that there was no answer.

    understudy simulate --policy read.json --action s3:GetObject \
      --resource 'arn:aws:s3:::bucket/*'
    understudy simulate --policy ReadOnlyAccess --action 's3:*' --expand
    understudy simulate --policy a.json --policy b.json --boundary limit.json \
      --action iam:CreateUser --context aws:RequestTag/team=red
    understudy simulate alice --action iam:ListUsers,iam:CreateUser`
}

// Run prints the answer; its error says how many requests are denied.
func (c *simulateCommand) Run() error {
	answer, err := c.ask(context.Background())
	if err != nil {
		return err
	}
	print := answer.printTable
	if c.JSON {
		print = answer.printJSON
	}
	if err := print(os.Stdout); err != nil {
		return usageError{err} // an error must not be taken for a denial
	}
	if n := answer.denied(); n > 0 {
		return fmt.Errorf("%d of %d simulated requests are denied", n, len(answer.requests))
	}
	return nil
}

// ask makes the simulation and fetches the documents that decided it.
func (c *simulateCommand) ask(ctx context.Context) (*simulationAnswer, error) {
	in, err := c.input()
	if err != nil {
		return nil, usageError{err}
	}
	sources := &documents{boundary: c.Boundary, strict: c.Strict, caller: c.Caller, context: in.ContextEntries}
	var p simulatedPrincipal
	if c.Principal != "" {
		if p, err = c.findPrincipal(ctx); err != nil {
			return nil, err
		}
		c.Partition = p.partition
		sources.remote = &principalDocuments{client: p.client, principal: p.arn}
		sources.caller = cmp.Or(c.Caller, p.arn)
	}
	if err := c.readFiles(in, sources); err != nil {
		return nil, usageError{err}
	}
	simulate := p.simulate
	if c.Principal == "" {
		simulate = newSimulator(c.partition(), c.Strict).simulate
	}
	results, err := inParts(ctx, in, simulate)
	if err != nil {
		return nil, err
	}
	answer := newSimulationAnswer(results)
	limits, err := c.organizationLimits(ctx, in, &p, answer)
	if err != nil {
		return nil, err
	}
	for i := range answer.requests {
		answer.requests[i].explain(ctx, sources, limits[i])
	}
	return answer, nil
}

// organizationLimits says, for each request that an organization denies, which of its
// policies deny it.
func (c *simulateCommand) organizationLimits(ctx context.Context, in *iam.SimulateCustomPolicyInput, p *simulatedPrincipal,
	a *simulationAnswer) (map[int]string, error) {
	switch {
	case !slices.ContainsFunc(a.requests, simulatedRequest.limitedByOrganization):
		return nil, nil
	case c.Principal != "":
		return p.organizationLimits(ctx, c.Context, a), nil
	}
	return c.levelLimits(ctx, in)
}

// spoken is AWS's message of an error, if the error is about the question; otherwise it
// is the error of the connection without the SDK's wrapping.
func spoken(err error) error {
	if refused := refusal(err); refused != nil {
		return refused
	}
	return noServerError{
		fmt.Errorf("the server does not answer (%w); start it with understudy serve, or name it with --addr", textfile.RootCause(err)),
	}
}

// refusal is AWS's message of an error; nil if AWS has no message for it.
func refusal(err error) error {
	var api smithy.APIError
	if errors.As(err, &api) {
		return usageError{fmt.Errorf("%s: %s", api.ErrorCode(), api.ErrorMessage())}
	}
	return nil
}

// input makes the input of a simulation from the flags, without the parts that readFiles
// adds.
func (c *simulateCommand) input() (*iam.SimulateCustomPolicyInput, error) {
	if c.Principal != "" && len(c.SCP) > 0 {
		return nil, errors.New("--scp cannot be given with a principal, whose organization the server knows; leave out --scp or the principal")
	}
	if c.Principal != "" && c.Strict {
		return nil, errors.New("--strict cannot be given with a principal, since the server simulates; leave it out, " +
			"and start the server with understudy serve --simulator=strict")
	}
	actions, err := c.actions()
	if err == nil {
		err = c.checkWho()
	}
	if err != nil {
		return nil, err
	}
	in := &iam.SimulateCustomPolicyInput{ActionNames: actions, ResourceArns: c.Resource, PolicyInputList: []string{}}
	for _, text := range c.Context {
		entry, err := contextEntry(text)
		if err != nil {
			return nil, err
		}
		note(unknownKey(*entry.ContextKeyName))
		in.ContextEntries = append(in.ContextEntries, entry)
	}
	if c.Caller != "" {
		in.CallerArn = &c.Caller
	}
	return in, nil
}

// checkWho refuses a question with neither a principal nor a policy that can allow, and
// names that are not ARNs.
func (c *simulateCommand) checkWho() error {
	if c.Principal == "" && len(c.Policy) == 0 && c.ResourcePolicy == "" {
		return errors.New("nothing says whose policies are simulated; name a user, group or role of a running server, as in " +
			"understudy simulate alice --action iam:GetUser, or give policies: --policy with a file or the name of one of AWS's")
	}
	for _, r := range c.Resource {
		if r != "*" && !strings.HasPrefix(r, "arn:") {
			return fmt.Errorf("--resource %q is not an ARN; give one such as %s, or *", r,
				c.partition().ARN(principal.ARN{Service: "s3", Resource: "bucket/key"}))
		}
	}
	if c.Caller != "" && !strings.HasPrefix(c.Caller, "arn:") {
		return fmt.Errorf("--caller %q is not an ARN; give one such as %s", c.Caller, c.partition().IAM("111122223333", "user/alice"))
	}
	if c.ResourceOwner != "" && !strings.HasPrefix(c.ResourceOwner, "arn:") && !principal.ValidAccountID(c.ResourceOwner) {
		return notAnAccount("--resource-owner", c.ResourceOwner)
	}
	return nil
}

// readFiles adds the parts that depend on the partition: the policies, and the owner of
// the resources. It remembers where the policies come from.
func (c *simulateCommand) readFiles(in *iam.SimulateCustomPolicyInput, sources *documents) (err error) {
	sources.partition = c.partition()
	if c.ResourceOwner != "" {
		in.ResourceOwner = aws.String(ownerARN(c.partition(), c.ResourceOwner))
	}
	if in.PolicyInputList, err = sources.read("PolicyInputList", evaluator.Identity, c.Policy...); err != nil {
		return err
	}
	if c.Boundary != "" {
		in.PermissionsBoundaryPolicyInputList, err = sources.read("PermissionsBoundaryPolicyInputList", evaluator.Boundary, c.Boundary)
		if err != nil {
			return err
		}
	}
	if c.ResourcePolicy != "" {
		list, err := sources.read(resourceInput, evaluator.Resource, c.ResourcePolicy)
		if err != nil {
			return err
		}
		in.ResourcePolicy = &list[0]
	}
	for _, level := range c.SCP {
		list, err := sources.read("ServiceControlPolicyInputList", evaluator.SCP, strings.Split(level, ",")...)
		if err != nil {
			return err
		}
		in.OrderedOrganizationPolicyInputList = append(in.OrderedOrganizationPolicyInputList,
			types.OrderedOrganizationPolicyType{ServiceControlPolicyInputList: list})
	}
	return nil
}

// contextEntry reads KEY=VALUE or KEY=[VALUE,...]. Every operator reads the text, so the
// types string and stringList are enough for all.
func contextEntry(text string) (types.ContextEntry, error) {
	key, value, ok := strings.Cut(text, "=")
	if !ok || key == "" {
		return types.ContextEntry{}, fmt.Errorf("--context %q is not KEY=VALUE; give one such as aws:RequestTag/team=red", text)
	}
	entry := types.ContextEntry{ContextKeyName: &key, ContextKeyType: types.ContextKeyTypeEnumString, ContextKeyValues: []string{value}}
	if list, ok := strings.CutPrefix(value, "["); ok && strings.HasSuffix(list, "]") {
		entry.ContextKeyType = types.ContextKeyTypeEnumStringList
		entry.ContextKeyValues = strings.Split(strings.TrimSuffix(list, "]"), ",")
	}
	return entry, nil
}

// unknownKey suggests a condition key for one that is not in AWS's reference; empty if it
// is there, or if no other is similar. Keys of identity providers begin with host names,
// so any such key may exist.
func unknownKey(key string) string {
	if _, known := catalog.FindKey(key); known {
		return ""
	}
	if near, ok := catalog.NearestKey(key); ok {
		return fmt.Sprintf("there is no condition key %s; did you mean %s? The question has it as it is written", key, near)
	}
	return ""
}

// ownerARN replaces an account ID by the ARN of the account's root.
func ownerARN(p principal.Partition, owner string) string {
	if strings.HasPrefix(owner, "arn:") {
		return owner
	}
	return p.In(owner).Root()
}
