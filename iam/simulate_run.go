package iam

import (
	"context"
	"crypto/sha256"
	"encoding/base64"
	"encoding/hex"
	"strconv"
	"strings"

	"github.com/aws/aws-sdk-go-v2/service/iam/types"

	"github.com/understudy-iam/understudy/authz"
	"github.com/understudy-iam/understudy/evaluator"
)

// A simulatedRequest is one action on one resource.
type simulatedRequest struct {
	action   *simulatedAction
	resource string
	owner    string // account of the resource; empty: the actor's own
}

// run decides the actions of the page, unless the context ends first.
func (m *simulation) run(ctx context.Context) (*simulated, error) {
	out := &simulated{results: []types.EvaluationResult{}}
	start := min(m.limit.start, len(m.actions))
	end := min(start+m.limit.size, len(m.actions))
	size := 0
	for i := start; i < end; i++ {
		a := &m.actions[i]
		var outcomes []outcome
		for _, resource := range m.resources() {
			if err := ctx.Err(); err != nil {
				return nil, err
			}
			o, err := m.decide(ctx, a, resource)
			if err != nil {
				return nil, err
			}
			outcomes = append(outcomes, o)
			if size += 1 + len(o.matched) + len(o.missing); size > maxSimulationSize {
				return nil, simulationTooLarge(maxSimulationSize)
			}
		}
		out.results = append(out.results, m.result(a, outcomes))
	}
	if end < len(m.actions) {
		out.marker = simulationMarker(end)
	}
	return out, nil
}

// decide asks the evaluator in the same way as enforcement does.
func (m *simulation) decide(ctx context.Context, a *simulatedAction, resource string) (outcome, error) {
	if o, ok := m.settled(a); ok {
		return o, nil
	}
	r := &simulatedRequest{action: a, resource: resource}
	policies, err := m.withResourcePolicy(r)
	if err != nil {
		return outcome{}, err
	}
	if policies.Resource != nil || !m.has(quirkOwnerIgnored) {
		r.owner = m.ownerOf(resource)
	}
	var keys evaluator.Context
	if err := m.fillContext(&keys, r, &policies); err != nil {
		return outcome{}, err
	}
	request := &evaluator.Request{
		Principal: m.actor.principal(), Action: a.name, Resource: resource, ResourceAccount: r.owner,
		ForeignResourceType: m.has(quirkForeignType) && a.foreign(resource),
		Context:             &keys,
	}
	if !m.service.strict {
		request.Mode = evaluator.Simulate
	}
	var result evaluator.Result
	if err := authz.EvaluateContext(ctx, request, &policies, &result); err != nil {
		return outcome{}, err
	}
	return newOutcome(&result, r.owner != "" && r.owner != m.actor.account), nil
}

// withResourcePolicy adds the policy of the resource: ResourcePolicy, or the
// trust policy of a role where enforcement would consult it.
func (m *simulation) withResourcePolicy(r *simulatedRequest) (evaluator.Policies, error) {
	p := m.policies
	if m.has(quirkTrustIgnored) {
		if !r.action.assumes() {
			p.Resource = m.resource
		}
		return p, nil
	}
	p.Resource = m.resource
	switch {
	case r.action.needsTrust():
		p.ResourceRule, p.Resource = evaluator.TrustRule, m.trust
		if m.trust == nil {
			var err error
			p.Resource, err = m.storedTrust(r.resource)
			return p, err
		}
	case m.resource != nil && strings.HasPrefix(strings.ToLower(r.action.name), "kms:"):
		p.ResourceRule = evaluator.KMSRule
	}
	return p, nil
}

// limits describes the page that is asked for. Pages count actions. A marker is a
// position, and can be used with other inputs too (recorded).
type limits struct{ start, size int }

func (m *simulation) readPage() error {
	m.limit.size = defaultPageSize
	if m.in.maxItems != nil {
		m.limit.size = int(*m.in.maxItems)
	}
	if m.in.marker == nil {
		return nil
	}
	start, ok := readSimulationMarker(*m.in.marker)
	if !ok {
		return invalidSimulationMarker()
	}
	m.limit.start = start
	return nil
}

func simulationMarker(position int) *string {
	n := strconv.Itoa(position)
	text := base64.StdEncoding.EncodeToString([]byte(n + "/" + markerSum(n)))
	return &text
}

func readSimulationMarker(text string) (int, bool) {
	raw, err := base64.StdEncoding.DecodeString(text)
	n, check, found := strings.Cut(string(raw), "/")
	if err != nil || !found || check != markerSum(n) {
		return 0, false
	}
	position, err := strconv.Atoi(n)
	return position, err == nil && position > 0
}

// markerSum tells markers that we made from others. It protects no secret.
func markerSum(n string) string {
	h := sha256.Sum256([]byte("simulation\x00" + n))
	return hex.EncodeToString(h[:8])
}
