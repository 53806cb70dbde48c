package advice

import (
	"fmt"
	"slices"
	"strings"

	"github.com/understudy-iam/understudy/evaluator"
)

// beside is a request similar to the one that was denied.
type beside struct {
	request evaluator.Request
	words   string
	matters weight
}

// weight says how serious it is if a request similar to this one becomes allowed.
type weight uint8

const (
	told     weight = iota // the advice says so
	strict                 // the advice is wrong
	harmless               // it is only one more way to make the request
)

// strictIf is the weight of a request that only some changes may let in.
func strictIf(b bool) weight {
	if b {
		return strict
	}
	return told
}

// beside are the requests that are decided again with the changes made.
func (s *search) beside(st *state) []beside {
	var list []beside
	if st.changesRequest() {
		list = append(list, beside{s.unchanged(), "the request as it was made", strict})
		list = append(list, s.otherValues(st)...)
	}
	list = append(list, s.withoutConditions(st)...)
	if len(st.touched) > 0 {
		list = append(list, s.otherCallers(st)...)
	}
	list = append(list, s.crossed(st)...)
	list = append(list, s.otherResources(st)...)
	list = append(list, s.listedResources(st)...)
	if len(st.touched) > 0 {
		list = append(list, s.otherActions(st)...)
	}
	return list
}

func (st *state) changesRequest() bool {
	for i := range st.steps {
		if st.steps[i].Request != nil {
			return true
		}
	}
	return false
}

func (s *search) unchanged() evaluator.Request { return changed(s.Request, &Request{}) }

// crossed are the requests that combine a value that was added with one that the
// statement listed before in another element.
func (s *search) crossed(st *state) []beside {
	var list []beside
	for i := range st.steps {
		for _, c := range st.steps[i].crossed {
			r := changed(&st.request, &c)
			words := actionAndResource(&r)
			if len(c.Set) > 0 {
				words = alterationWords(&c)
			}
			list = append(list, beside{r, words, told})
		}
	}
	return list
}

// otherValues are requests with other values of the keys that have to change.
func (s *search) otherValues(st *state) []beside {
	var list []beside
	for i := range st.steps {
		for _, k := range st.steps[i].keysSet() {
			if k.Multi || strings.EqualFold(k.Name, "aws:EpochTime") {
				continue
			}
			other := Request{Set: []Key{{Name: k.Name, Values: []string{otherValue(k.Values)}}}}
			list = append(list, beside{changed(&st.request, &other), alterationWords(&other), harmless})
		}
	}
	return list
}

// otherValue is a different value of the same type.
func otherValue(values []string) string {
	v := strings.Join(values, "")
	switch {
	case v == "true":
		return "false"
	case v == "false":
		return "true"
	case evaluator.IsAddress(v):
		return "192.0.2.77" // from a network reserved for documentation
	}
	if _, ok := evaluator.DateText(v); ok && strings.Contains(v, "T") {
		return "1970-01-01T00:00:00Z"
	}
	if _, ok := evaluator.NumberText(v); ok {
		return "999999999999"
	}
	return besideName(v)
}

// besideName is a similar name: user/ana-other for user/ana, and user/other for user/.
func besideName(name string) string {
	if name == "" || strings.HasSuffix(name, "/") || strings.HasSuffix(name, ":") {
		return name + "other"
	}
	return name + "-other"
}

// withoutConditions are requests that lack what the conditions of the changed statements
// ask for. They count where the condition tells them apart.
func (s *search) withoutConditions(st *state) []beside {
	var list []beside
	for _, x := range st.touched {
		if x.source.Effect == evaluator.Deny {
			continue
		}
		for i := range x.source.Conditions {
			c := &x.source.Conditions[i]
			for _, change := range alterations(st, c) {
				if !s.meetsWhen(st, x, c, &change) {
					list = append(list, beside{changed(&st.request, &change), alterationWords(&change), strict})
				}
			}
		}
	}
	return append(list, s.otherwiseSpared(st)...)
}

// otherwiseSpared are requests with another value of the key by which a Deny lists its
// exceptions.
func (s *search) otherwiseSpared(st *state) []beside {
	var list []beside
	for i := range st.steps {
		if st.steps[i].edited < 0 || st.steps[i].Edit == nil {
			continue
		}
		for _, x := range st.touched {
			if x.source.Effect != evaluator.Deny || st.steps[i].edited >= len(x.source.Conditions) {
				continue
			}
			c := &x.source.Conditions[st.steps[i].edited]
			for _, change := range alterations(st, c) {
				if s.meetsWhen(st, x, c, &change) {
					list = append(list, beside{changed(&st.request, &change), alterationWords(&change), strict})
				}
			}
		}
	}
	return list
}

// alterations are changes that remove the key of a condition or give it another value.
func alterations(st *state, c *evaluator.Condition) []Request {
	values, multi, ok := st.request.Context.Lookup(c.Key)
	list := []Request{}
	if ok {
		list = append(list, Request{Unset: []string{c.Key}})
	}
	other := Key{Name: c.Key, Values: []string{otherValue(values)}, Multi: multi}
	if multi {
		other.Values = append(append([]string{}, values...), "other")
	}
	return append(list, Request{Set: []Key{other}})
}

func alterationWords(c *Request) string {
	if len(c.Unset) > 0 {
		return "the same without " + c.Unset[0]
	}
	return fmt.Sprintf("the same with %s = %s", c.Set[0].Name, strings.Join(c.Set[0].Values, ", "))
}

// otherCallers are the requests by other callers that a policy of a resource might allow.
func (s *search) otherCallers(st *state) []beside {
	var list []beside
	for _, x := range st.touched {
		if !hasPrincipal(x.at.kind) || x.source.Effect == evaluator.Deny {
			continue // a Deny tells callers apart by its conditions
		}
		for _, p := range strangers(&st.request.Principal) {
			r := changed(&st.request, &Request{})
			r.Principal = p
			if _, _, ok := r.Context.Lookup("aws:PrincipalArn"); ok && p.ARN != "" {
				r.Context.Set("aws:PrincipalArn", p.ARN) // always the ARN of the caller
			}
			name := p.ARN
			if name == "" {
				name = "an anonymous caller"
			}
			list = append(list, beside{
				r, "the same by " + name, strictIf(len(x.source.Principals) > 0 && len(st.touched) == 1 && x.mine(st)),
			})
		}
	}
	return list
}

// mine reports whether a new statement is for the caller alone.
func (x *exam) mine(st *state) bool {
	for i := range st.steps {
		if st.steps[i].Kind == AddStatement && st.steps[i].Layer == x.at.kind.String() {
			return true
		}
	}
	return false
}

// strangers are another user of the caller's account, a user of another account, and an
// anonymous caller.
func strangers(p *evaluator.Principal) []evaluator.Principal {
	user := func(account, name string) evaluator.Principal {
		arn := "arn:" + partition(p.ARN) + ":iam::" + account + ":user/" + name
		return evaluator.Principal{Kind: evaluator.User, Account: account, ARN: arn, EntityARN: arn, EntityID: "AIDAOTHER"}
	}
	list := []evaluator.Principal{user("999999999999", "other")}
	if p.Account != "" && p.Kind != evaluator.Root { // the ARN of the root user also stands for all users of its account
		list = append(list, user(p.Account, "other"))
	}
	return append(list, evaluator.Principal{})
}

// otherResources are requests on resources with similar names; none if a trust policy
// changes, which is about one role.
func (s *search) otherResources(st *state) []beside {
	name := st.request.Resource
	if strings.HasSuffix(exactResource(name), "*") || st.changesOneRole() {
		return nil
	}
	r := changed(&st.request, &Request{Resource: besideName(name)})
	return []beside{{r, actionAndResource(&r), strictIf(s.addsExactly(st))}}
}

// changesOneRole reports whether a trust policy changes. It is about one role, so it
// cannot be asked about others.
func (st *state) changesOneRole() bool {
	return st.policies.ResourceRule == evaluator.TrustRule && st.touches(evaluator.Trust)
}

// actionAndResource describes another request for people.
func actionAndResource(r *evaluator.Request) string { return r.Action + " on " + r.Resource }

// addsExactly reports whether policies change only by new statements.
func (s *search) addsExactly(st *state) bool {
	for i := range st.steps {
		if st.steps[i].Edit != nil && len(st.steps[i].Edit.Before) > 0 {
			return false
		}
	}
	return len(st.touched) > 0
}

// touches reports whether a statement of that kind of policy is changed or added.
func (st *state) touches(kind evaluator.Kind) bool {
	return slices.ContainsFunc(st.touched, func(x *exam) bool { return x.at.kind == kind })
}
