package advice

import (
	"fmt"
	"slices"
	"strings"

	"github.com/understudy-iam/understudy/evaluator"
	"github.com/understudy-iam/understudy/evaluator/catalog"
)

// escalating are actions by which a caller can act as somebody else. With them count
// IAM's actions that manage permissions.
// https://docs.aws.amazon.com/IAM/latest/UserGuide/access_policies_managed-vs-inline.html
var escalating = map[string]bool{
	"iam:addusertogroup": true, "iam:createaccesskey": true, "iam:createloginprofile": true, "iam:createservicespecificcredential": true,
	"iam:deactivatemfadevice": true, "iam:passrole": true, "iam:resetservicespecificcredential": true, "iam:resyncmfadevice": true,
	"iam:updateaccesskey": true, "iam:updateassumerolepolicy": true, "iam:updateloginprofile": true, "iam:uploadsigningcertificate": true,
	"iam:uploadsshpublickey": true,
}

func escalates(r *evaluator.Request) bool {
	if strings.EqualFold(r.Resource, r.Principal.ARN) && escalating[strings.ToLower(r.Action)] {
		return false // one's own key or password gives nothing new
	}
	a, ok := catalog.FindAction(r.Action)
	return escalating[strings.ToLower(r.Action)] || ok && strings.EqualFold(a.Service, "iam") && a.Access == catalog.PermissionsManagement
}

// warned are the warnings about a way, each once.
func (s *search) warned(st *state, also []string) []Warning {
	var list []Warning
	edits := false
	for _, x := range st.steps {
		list = append(list, x.warnings...)
		edits = edits || x.Edit != nil
	}
	for _, x := range st.touched {
		list = append(list, s.shared(x)...)
	}
	if edits {
		list = append(list, s.escalation(st)...)
	}
	if len(also) > 0 {
		list = append(list, Warning{AllowsMore, "More than this request becomes allowed: " + short(also) + "."})
	}
	var out []Warning
	for _, w := range list {
		if !slices.Contains(out, w) {
			out = append(out, w)
		}
	}
	return out
}

// isAssume reports whether the action makes the caller a session of a role.
func isAssume(action string) bool {
	return beginsWith(action, "sts:AssumeRole")
}

// shared warns of a policy that other callers may have too.
func (s *search) shared(x *exam) []Warning {
	o := x.policy.Origin()
	name := policyName(o, x.at.kind)
	switch {
	case x.at.kind != evaluator.Identity:
	case o.ARN != "" && ofAWS(o) == "":
		return []Warning{{OpensToOthers, fmt.Sprintf("%s can be attached to others than the caller: they get this too.", capital(name))}}
	case strings.HasPrefix(o.ID, "group_"):
		return []Warning{{OpensToOthers, fmt.Sprintf("%s belongs to a group: all its members get this too.", capital(name))}}
	}
	return nil
}

// loosened warns that a statement of a guardrail is changed.
func (s *search) loosened(x *exam) Warning {
	if x.source.Effect == evaluator.Deny {
		return Warning{LoosensGuardrail, fmt.Sprintf("%s is a guardrail: it denies on purpose, and whoever it is for can do more then.",
			capital(s.statementName(x)))}
	}
	return s.loosenedLayer(x.at)
}

func (s *search) loosenedLayer(at place) Warning {
	return Warning{LoosensGuardrail,
		fmt.Sprintf("%s is a guardrail: it limits what other policies may allow, and everybody whom it limits "+
			"can do more then.", capital(s.layerTitle(at)))}
}

// ofAWS says that a policy of AWS cannot be changed; empty for any other policy.
func ofAWS(o evaluator.Origin) string {
	if parts := strings.Split(o.ARN, ":"); len(parts) < 5 || parts[4] != "aws" {
		return ""
	}
	return " This is a policy of AWS, which cannot be changed: put one of your own in its place."
}

func capital(s string) string { return strings.ToUpper(s[:1]) + s[1:] }

// openedByAddition warns of other callers whom a policy of a resource allows together
// with this one.
func (s *search) openedByAddition(st *state, at place) []Warning {
	if at.kind != evaluator.Trust && at.kind != evaluator.Resource {
		return nil
	}
	p := &st.request.Principal
	switch {
	case p.Kind == evaluator.RoleSession:
		return []Warning{{OpensToOthers, fmt.Sprintf("Everybody who may assume %s gets this too.", p.EntityARN)}}
	case p.Kind == evaluator.Anonymous:
		return []Warning{{OpensToOthers, "Everybody gets this: the caller is anonymous."}}
	case p.Kind == evaluator.WebIdentity || p.Kind == evaluator.SAML:
		return []Warning{{OpensToOthers, fmt.Sprintf("Everybody for whom %s vouches in the same way gets this too.", p.Federated)}}
	case p.Kind == evaluator.Service:
		return []Warning{
			{OpensToOthers, fmt.Sprintf("The service %s acts for others: whoever may have it do this gets this too.", p.Service)},
		}
	case p.Kind == evaluator.Root:
		return []Warning{{OpensToOthers, fmt.Sprintf("The ARN of the root user stands for the whole account %s: "+
			"everybody in it to whom their own policies allow this gets it too.", p.Account)}}
	case st.request.ResourceAccount != "" && p.Account != st.request.ResourceAccount:
		return []Warning{{OpensToOthers,
			fmt.Sprintf("The caller belongs to another account, %s, which decides who may use its credentials.",
				p.Account)}}
	}
	return nil
}

// othersNamed warns of the other callers that a statement of a resource's policy names,
// if no other warning is about them.
func (s *search) othersNamed(st *state, x *exam, given []Warning) []Warning {
	opens := func(w Warning) bool { return w.Concern == OpensToOthers }
	if !x.principal || x.source.Effect == evaluator.Deny || guardrail(x.at) || slices.ContainsFunc(given, opens) {
		return nil
	}
	if x.callerOnly(&st.request.Principal) {
		return nil
	}
	var names []string
	for _, ref := range x.source.Principals {
		if ref.Value == "*" {
			return []Warning{{OpensToOthers, "The statement is for everybody: all get this, where nothing else keeps it from them."}}
		}
		if ref.Value != principalElement(&st.request.Principal)[ref.Type] {
			names = append(names, ref.Value)
		}
	}
	if len(names) == 0 {
		return s.openedByAddition(st, x.at)
	}
	return []Warning{{OpensToOthers,
		fmt.Sprintf("The statement is for %s too: they get this as well, where nothing else keeps it from them.",
			short(names))}}
}

// gates are the keys that keep strangers out, by what they are about.
var gates = map[string]string{
	"aws:sourceip": "the network", "aws:vpcsourceip": "the network", "aws:sourcevpc": "the network", "aws:sourcevpce": "the network",
	"aws:requestedregion": "the region", "aws:principalorgid": "the organization", "aws:principalorgpaths": "the organization",
	"aws:principalaccount": "the account", "aws:resourceorgid": "the organization", "aws:resourceaccount": "the account",
	"aws:sourceaccount": "the account", "aws:sourceorgid": "the organization",
}

// widened warns of more values in a condition.
func (s *search) widened(st *state, x *exam, c *evaluator.Condition, add []string) []Warning {
	key, what := strings.ToLower(c.Key), strings.Join(add, ", ")
	if gate := gates[key]; gate != "" {
		return []Warning{{LoosensGuardrail, fmt.Sprintf("The condition on %s is a guardrail, and it lets %s pass then.", gate, what)}}
	}
	switch {
	case key == "sts:externalid":
		return []Warning{{OpensToOthers,
			fmt.Sprintf("Whoever the statement is for can pass %s then: an external ID tells one customer of a "+
				"third party from the others.", what)}}
	case x.at.kind == evaluator.Trust && strings.HasSuffix(key, ":sub"), x.at.kind == evaluator.Trust && strings.HasSuffix(key, ":aud"):
		return []Warning{{OpensToOthers, fmt.Sprintf("Everybody who gets a token for %s can be the role then.", what)}}
	case strings.Contains(key, "resourcetag/"):
		return []Warning{{AllowsMore, fmt.Sprintf("Every resource with the tag %s = %s is covered then.", afterSlash(c.Key), what)}}
	case strings.Contains(key, "principaltag/"), key == "aws:principalarn", key == "aws:userid", key == "aws:username":
		if isPrincipalARN(key, &st.request.Principal) {
			return nil
		}
		return []Warning{{OpensToOthers, fmt.Sprintf("Every caller whose %s is %s is admitted then.", c.Key, what)}}
	}
	return nil
}
