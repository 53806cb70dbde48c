package policytest

import (
	"cmp"
	"encoding/json"
	"fmt"
	"slices"
	"strings"

	"github.com/understudy-iam/understudy/principal"
)

// plan is what is used of a plan of Terraform in JSON.
// https://developer.hashicorp.com/terraform/internals/json-format
type plan struct {
	FormatVersion string     `json:"format_version"`
	Planned       planValues `json:"planned_values"`
	Prior         struct {
		Values planValues `json:"values"`
	} `json:"prior_state"`
	Changes []struct {
		Address string `json:"address"`
		Type    string `json:"type"`
		Change  struct {
			Actions []string `json:"actions"`
		} `json:"change"`
	} `json:"resource_changes"`
	Configuration struct {
		Root planConfig `json:"root_module"`
	} `json:"configuration"`
}

type planValues struct {
	Root planModule `json:"root_module"`
}

// planModule is a module with its values.
type planModule struct {
	Address   string          `json:"address"` // such as module.app[0]; empty: the root
	Resources []*planResource `json:"resources"`
	Modules   []planModule    `json:"child_modules"`
}

// planResource is an instance of a resource. What is known only when the plan has been
// applied is not in its values.
type planResource struct {
	Address string          `json:"address"`
	Type    string          `json:"type"`
	Name    string          `json:"name"`
	Index   json.RawMessage `json:"index"`
	Values  map[string]any  `json:"values"`

	module string // the address of its module
	made   string // what it is called, if Terraform makes its name
}

// isPlan reports whether a file is a plan of Terraform in JSON.
func isPlan(raw []byte) bool {
	var p struct {
		FormatVersion string          `json:"format_version"`
		Planned       json.RawMessage `json:"planned_values"`
	}
	return json.Unmarshal(raw, &p) == nil && p.FormatVersion != "" && len(p.Planned) > 0
}

// planSeed makes a seed of a plan.
type planSeed struct {
	plan
	all      []*planResource // of the planned values
	account  map[string]any
	entities map[string]map[string]any // by kind and name
	outside  []outsider
	warn     func(string)
	own      principal.Account
}

// outsider is a user, group or role that the plan gives something to and does not make.
type outsider struct {
	kind, name string
	by         string // the address of what gives it
	entity     map[string]any
}

// existing finds the trust policy of a role of an account, and reports whether there is a
// user, group or role of the name.
type existing func(account, kind, name string) (trust string, ok bool, err error)

// seedOfPlan is the seed that makes what the plan makes, in the account if the plan does
// not tell another one.
func seedOfPlan(raw []byte, own principal.Account, known existing, warn func(string)) ([]byte, error) {
	s := &planSeed{entities: map[string]map[string]any{}, warn: warn, own: own}
	if err := json.Unmarshal(raw, &s.plan); err != nil {
		return nil, err
	}
	s.collect(&s.Planned.Root)
	s.callUnnamed()
	s.account = map[string]any{"id": cmp.Or(s.accountID(), own.ID)}
	for _, c := range s.Changes {
		if strings.HasPrefix(c.Type, "aws_iam_") && slices.Equal(c.Change.Actions, []string{"delete"}) {
			s.warn("the plan deletes " + c.Address + ", and what another file of the state says of it stays")
		}
	}
	for _, make := range []func(*planResource) error{s.entity, s.attached} { // entities first: others refer to them
		for _, r := range s.all {
			if err := make(r); err != nil {
				return nil, err
			}
		}
	}
	if err := s.meet(known); err != nil {
		return nil, err
	}
	return json.Marshal(map[string]any{"accounts": []any{s.account}})
}

// meet lets those be known to the seed that the plan does not make: they must be there.
func (s *planSeed) meet(known existing) error {
	account, _ := s.account["id"].(string)
	for _, o := range s.outside {
		trust, ok, err := known(account, o.kind, o.name)
		if err != nil {
			return err
		}
		if !ok {
			return fmt.Errorf("%s is about the %s %s of account %s, which neither the plan nor a file before it has; name before the plan what "+
				"aws iam get-account-authorization-details prints", o.by, o.kind, o.name, account)
		}
		if o.kind == "role" {
			o.entity["trust"] = trust
		}
	}
	return nil
}

func (s *planSeed) collect(m *planModule) {
	for _, r := range m.Resources {
		r.module = m.Address
		s.all = append(s.all, r)
	}
	for i := range m.Modules {
		s.collect(&m.Modules[i])
	}
}

// accountID is the account that the provider works in: what aws_caller_identity says, or an
// ARN of IAM; empty if the plan does not tell it.
func (s *planSeed) accountID() string {
	prior := &planSeed{}
	prior.collect(&s.Prior.Values.Root)
	for _, r := range append(prior.all, s.all...) {
		if r.Type == "aws_caller_identity" && principal.ValidAccountID(r.string("account_id")) {
			return r.string("account_id")
		}
	}
	for _, r := range append(prior.all, s.all...) {
		if arn, ok := principal.ParseARN(r.string("arn")); ok && arn.Service == "iam" && principal.ValidAccountID(arn.AccountID) {
			return arn.AccountID
		}
	}
	return ""
}

func (r *planResource) string(name string) string {
	text, _ := r.Values[name].(string)
	return text
}

func (r *planResource) list(name string) (list []string) {
	values, _ := r.Values[name].([]any)
	for _, v := range values {
		if text, ok := v.(string); ok {
			list = append(list, text)
		}
	}
	return list
}

// name is the name of what the resource makes.
func (r *planResource) name() string { return cmp.Or(r.string("name"), r.made, r.Name) }

// callUnnamed gives names to resources whose names Terraform makes when the plan is applied:
// the name of the resource, or where several have it, the address without the type.
func (s *planSeed) callUnnamed() {
	count := map[string]int{}
	for _, r := range s.all {
		count[r.Type+"/"+r.Name]++
	}
	for _, r := range s.all {
		if r.made = r.Name; count[r.Type+"/"+r.Name] > 1 {
			address := strings.NewReplacer(r.Type+".", "", "[", ".", "]", "", `"`, "").Replace(r.Address)
			r.made = notInNames.ReplaceAllString(address, "-")
		}
	}
}

// document is a policy document, which must be known.
func (r *planResource) document(name string) (string, error) {
	text, ok := r.Values[name].(string)
	if !ok {
		return "", fmt.Errorf("the %s of %s is known only when the plan has been applied; write the ARNs in it out, or test the account "+
			"when it has been (aws iam get-account-authorization-details)", name, r.Address)
	}
	return text, nil
}

// planKinds are the lists of a seed for the types that make an entity.
var planKinds = map[string]string{
	"aws_iam_user": "users", "aws_iam_group": "groups", "aws_iam_role": "roles", "aws_iam_policy": "policies",
}

// named is the user, group or role that a resource is about.
func (s *planSeed) named(r *planResource, list, name string) map[string]any {
	known := s.entities[list+"/"+strings.ToLower(name)] != nil
	e := s.find(list, name)
	if !known {
		s.outside = append(s.outside, outsider{strings.TrimSuffix(list, "s"), name, r.Address, e})
	}
	return e
}

// find is the entity of a kind with the name, which is made if there is none.
func (s *planSeed) find(list, name string) map[string]any {
	key := list + "/" + strings.ToLower(name)
	e := s.entities[key]
	if e == nil {
		e = map[string]any{"name": name}
		s.entities[key] = e
		all, _ := s.account[list].([]any)
		s.account[list] = append(all, e)
	}
	return e
}

// entity makes a user, group, role or policy.
func (s *planSeed) entity(r *planResource) error {
	list := planKinds[r.Type]
	if list == "" {
		return nil
	}
	e := s.find(list, r.name())
	if path := r.string("path"); path != "" {
		e["path"] = path
	}
	if tags, _ := cmp.Or(r.Values["tags_all"], r.Values["tags"]).(map[string]any); len(tags) > 0 && list != "groups" {
		e["tags"] = tags
	}
	var err error
	switch list {
	case "policies":
		e["document"], err = r.document("policy")
	case "roles":
		e["trust"], err = r.document("assume_role_policy")
	}
	return err
}

// add adds a name to a list of an entity, once.
func add(e map[string]any, list, name string) {
	names, _ := e[list].([]string)
	if !slices.Contains(names, name) {
		e[list] = append(names, name)
	}
}

// inline gives an entity an inline policy.
func inline(e map[string]any, name, document string) {
	policies, _ := e["inline"].(map[string]any)
	if policies == nil {
		policies = map[string]any{}
		e["inline"] = policies
	}
	policies[name] = document
}

// leaveOut warns of a policy that the state does not have.
func (s *planSeed) leaveOut(r *planResource) {
	switch {
	case strings.HasPrefix(r.Type, "aws_organizations_policy"):
		s.warn(r.Address + " is left out: policies of an organization are not read from plans; add a seed with them")
	case strings.HasSuffix(r.Type, "_policy") && r.Values["policy"] != nil && !strings.HasPrefix(r.Type, "aws_iam_"):
		s.warn(r.Address + " is left out: the plan does not tell the ARN of its resource, or its policy does not count; a seed can " +
			"declare it in resourcePolicies")
	}
}
