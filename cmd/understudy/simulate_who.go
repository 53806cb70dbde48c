package main

import (
	"context"
	"fmt"
	"strings"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/iam"

	"github.com/understudy-iam/understudy/internal/localclient"
	"github.com/understudy-iam/understudy/management"
	"github.com/understudy-iam/understudy/principal"
)

// simulatedPrincipal is the user, group or role of a server whose policies count.
type simulatedPrincipal struct {
	manager   *manager
	client    *iam.Client // of the root user of its account
	arn       string
	partition string // of the server
}

// findPrincipal finds the principal that is meant, in any account.
func (c *simulateCommand) findPrincipal(ctx context.Context) (p simulatedPrincipal, err error) {
	if p.manager, err = c.manage(); err != nil {
		return p, err
	}
	health, err := p.manager.Health(ctx)
	if err != nil {
		return p, p.manager.told(err)
	}
	p.arn, p.partition = c.Principal, health.Partition
	arn, ok := principal.ParseARN(c.Principal)
	if own := ok && arn.Service == "iam" && arn.AccountID == health.Account; !own {
		who, err := p.manager.Principal(ctx, c.Principal)
		if err != nil {
			return p, usageError{p.manager.told(err)}
		}
		p.arn = who.ARN
		arn, _ = principal.ParseARN(p.arn)
	}
	if arn.Resource == "root" {
		return p, usageError{fmt.Errorf("%s has no policies to simulate; ask understudy can root ACTION", p.arn)}
	}
	key := aws.Credentials{AccessKeyID: c.RootAccessKeyID, SecretAccessKey: c.RootSecretAccessKey}
	if arn.AccountID != health.Account {
		key.AccessKeyID = arn.AccountID
	}
	p.client = iam.NewFromConfig(localclient.Config(p.manager.url, principal.Partition(p.partition).Region(), key))
	return p, nil
}

// mostLimits is how many of the requests denied by SCPs the server is asked about.
const mostLimits = 20

// organizationLimits asks what enforcement would do, because that answer names the
// policies. They are not named for groups, which make no calls, nor for more than
// mostLimits requests, nor where enforcement would not be denied by an SCP.
func (p *simulatedPrincipal) organizationLimits(ctx context.Context, keys []string, a *simulationAnswer) map[int]string {
	limits := map[int]string{}
	contextKeys, err := contextMap(keys)
	if err != nil || strings.Contains(p.arn, ":group/") {
		return limits
	}
	for i := range a.requests {
		r := &a.requests[i]
		if !r.limitedByOrganization() || len(limits) == mostLimits {
			continue
		}
		record, err := p.manager.Authorize(ctx, &management.Question{
			Principal: p.arn, Enforce: true, Access: management.Access{Action: r.Action, Resource: r.Resource, Context: contextKeys},
		})
		if err != nil || len(record.Checks) == 0 {
			continue
		}
		for _, l := range record.Checks[0].Layers {
			if l.Layer == "scp" && l.Decision != "allowed" {
				limits[i] = limitOfLayer(&l)
				break
			}
		}
	}
	return limits
}
