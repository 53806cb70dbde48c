package server

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"

	"github.com/understudy-iam/understudy/authz"
	"github.com/understudy-iam/understudy/events"
	"github.com/understudy-iam/understudy/iam"
	"github.com/understudy-iam/understudy/management"
	"github.com/understudy-iam/understudy/persistence"
	"github.com/understudy-iam/understudy/principal"
)

// maxNeeds is about how many bytes the needs of an answer may take. Further needs are left out, and the answer is not
// complete.
const maxNeeds = 16 << 20

// Needs are the permissions that the recorded calls of a principal needed.
func (b backend) Needs(ctx context.Context, q *management.NeedQuery) (*management.Needs, error) {
	return b.s.Needs(ctx, q)
}

// Needs are the permissions that the recorded calls of a principal needed, for a draft of
// its policy. The error is a *management.Fault if nobody or more than one is meant, or if no calls are kept.
func (s *Server) Needs(ctx context.Context, q *management.NeedQuery) (*management.Needs, error) {
	if s.events == nil {
		return nil, management.Conflict(errors.New("the server keeps no calls; start it with --events N"))
	}
	from, err := q.From(s.clock.Now())
	if err != nil {
		return nil, management.Invalid(err)
	}
	all := s.events.List(0, &events.Filter{Since: from})
	who, err := s.whoNeeded(ctx, q.Principal, all)
	if err != nil {
		return nil, err
	}
	n := &management.Needs{
		Principal: *who, Whole: true,
		Needs: []management.Need{}, Assumptions: []management.Assumption{}, Policies: []management.HeldDocument{},
	}
	if at := s.events.Whole(); !at.IsZero() && !at.Before(from) {
		n.Whole, n.WholeSince = false, &at
	}
	(&needed{Needs: n, needs: map[string]int{}, assumptions: map[string]int{}}).collect(all)
	return n, s.addHeld(ctx, n)
}

// whoNeeded finds the principal that is meant, or the one that has called if none was given.
func (s *Server) whoNeeded(ctx context.Context, written string, all []*events.Event) (*management.Identity, error) {
	if written == "" {
		return s.onlyCaller(all)
	}
	found, err := s.find(ctx, written)
	if err == nil && found.principal.Kind == principal.Nobody {
		group := found.holder.ARN(s.options.Partition)
		return nil, management.Invalid(fmt.Errorf("%s is a group, and groups make no calls; give a user or role", group))
	}
	if err == nil {
		who := found.identity(s.options.Partition)
		who.Session = ""
		return who, nil
	}
	if !errors.Is(err, errBadQuestion) {
		return nil, err
	}
	for _, e := range all { // one that was deleted
		who := s.caller(e)
		if who == nil {
			continue
		}
		named := who.Account == s.options.Account && (who.Name == written || who.Type+"/"+who.Name == written)
		if named || who.ARN == written {
			return who, nil
		}
	}
	return nil, management.NotFound("%v", badQuestion(err))
}

// caller is the user, role or root user with whose policies a call was made; nil if there is none.
func (s *Server) caller(e *events.Event) *management.Identity {
	p := e.Principal()
	who := &management.Identity{Account: p.AccountID, Name: p.Name}
	switch p.Kind {
	case principal.User:
		who.Type, who.ARN = "user", p.ARN
	case principal.FederatedUser:
		who.Type, who.ARN = "user", s.in(p.AccountID).Entity("user", p.EntityPath, p.Name)
	case principal.AssumedRole:
		who.Type, who.ARN = "role", s.in(p.AccountID).Entity("role", p.EntityPath, p.Name)
	case principal.Root:
		who.Type, who.ARN, who.Name = "root", s.in(p.AccountID).Root(), ""
	default:
		return nil
	}
	return who
}

// onlyCaller is the one user or role that has made calls.
func (s *Server) onlyCaller(all []*events.Event) (*management.Identity, error) {
	found := map[string]*management.Identity{}
	var names []string
	for _, e := range all {
		who := s.caller(e)
		if who == nil || who.Type == "root" || found[who.ARN] != nil {
			continue
		}
		found[who.ARN], names = who, append(names, who.ARN)
	}
	switch len(names) {
	case 0:
		return nil, management.NotFound("no user and no role has made a call that is recorded; give root as principal for the calls of the root user")
	case 1:
		return found[names[0]], nil
	}
	slices.Sort(names)
	more := ""
	if len(names) > 10 {
		names, more = names[:10], ", ..."
	}
	return nil, management.Invalid(fmt.Errorf("several users and roles have made calls: %s%s; say which one, by its name or ARN as principal",
		strings.Join(names, ", "), more))
}

// needed collects needs that are alike.
type needed struct {
	*management.Needs
	needs, assumptions map[string]int // where they are
	bytes              int
}

func (n *needed) collect(all []*events.Event) {
	who := &n.Principal
	for _, e := range all {
		if who.Type == "role" {
			n.assumed(e, who.ARN)
		}
		if !e.IsOf(who.Account, who.Type, who.Name) {
			continue
		}
		calls := e.Needs()
		if len(calls) > 0 {
			n.Calls++
		}
		if e.Mode == authz.Off && e.Code == "" {
			n.Undecided++
		}
		for i := range calls {
			need := management.NewNeed(&calls[i])
			same := need.Same()
			if at, ok := n.needs[same]; ok {
				n.Needs.Needs[at].RequestIDs = append(n.Needs.Needs[at].RequestIDs, need.RequestIDs...)
			} else if n.room(len(same)) {
				n.needs[same] = len(n.Needs.Needs)
				n.Needs.Needs = append(n.Needs.Needs, need)
			}
		}
	}
}

func (n *needed) assumed(e *events.Event, role string) {
	for _, a := range e.Assumptions(role) {
		c := a.Call()
		need := management.NewNeed(&c)
		same := need.Same() + a.Principal.Type + a.Principal.Value
		if at, ok := n.assumptions[same]; ok {
			n.Assumptions[at].RequestIDs = append(n.Assumptions[at].RequestIDs, a.RequestID)
		} else if n.room(len(same)) {
			n.assumptions[same] = len(n.Assumptions)
			n.Assumptions = append(n.Assumptions, management.Assumption{
				Need: need, PrincipalType: a.Principal.Type, PrincipalValue: a.Principal.Value,
			})
		}
	}
}

// room reports whether one more need fits.
func (n *needed) room(size int) bool {
	if n.bytes += size; n.bytes <= maxNeeds {
		return true
	}
	n.Whole = false
	return false
}

// addHeld adds the policies that the principal has now.
func (s *Server) addHeld(ctx context.Context, n *management.Needs) error {
	who := &n.Principal
	if who.Type == "root" {
		return nil
	}
	return s.options.Store.View(ctx, func(tx persistence.Tx) error {
		h, err := authz.FindHolder(tx, who.Account, who.Type, who.Name)
		if errors.Is(err, persistence.ErrNotFound) {
			return nil // it was deleted
		}
		if err != nil {
			return err
		}
		n.Policies = []management.HeldDocument{} // View may run again
		for p, err := range authz.EffectivePolicies(tx, &h) {
			if err != nil {
				return err
			}
			held, err := s.heldDocument(tx, who.Account, &p)
			if err != nil {
				return err
			}
			n.Policies = append(n.Policies, held)
		}
		return s.addTrust(tx, n)
	})
}

func (s *Server) heldDocument(tx persistence.Tx, account string, p *authz.HeldPolicy) (management.HeldDocument, error) {
	if p.Inline != nil {
		name := fmt.Sprintf("inline policy %s of %s %s", p.Inline.Name, p.Holder.Kind, p.Holder.Name)
		return management.HeldDocument{Name: name, Document: p.Inline.Document}, nil
	}
	text, err := s.authorizer.Document(tx, account, p.ARN)
	return management.HeldDocument{Name: "managed policy " + p.ARN[strings.LastIndexByte(p.ARN, '/')+1:], ARN: p.ARN, Document: text}, err
}

func (s *Server) addTrust(tx persistence.Tx, n *management.Needs) error {
	if n.Principal.Type != "role" {
		return nil
	}
	role, err := persistence.Roles.Get(tx, n.Principal.Account, n.Principal.Name)
	if err != nil {
		return err
	}
	n.TrustPolicy, err = iam.ShownTrust(tx, s.in(n.Principal.Account), role.TrustPolicy)
	return err
}
