package advice_test

import (
	"flag"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"testing"

	"github.com/understudy-iam/understudy/advice"
	"github.com/understudy-iam/understudy/evaluator"
)

var update = flag.Bool("update", false, "rewrite the details of the cases in testdata")

// A case file is a text file of sections that begin with "case:" and a name in
// words. Lines are "name: value"; those that begin with ">" are the details, which
// -update rewrites. See testdata/README.md.
type textCase struct {
	path, name string
	head       []string // the lines up to the details, as written
	input      []line
	want       string   // the kinds of advice, written by hand
	beside     []string // requests that must stay denied, written by hand
	details    []string
}

type line struct{ key, value string }

// readCases reads a case file; the lines before the first case are a comment.
func readCases(t *testing.T, path string) (intro []string, cases []*textCase) {
	t.Helper()
	data, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	var c *textCase
	var pending []string
	for n, text := range strings.Split(strings.TrimSuffix(string(data), "\n"), "\n") {
		key, value, ok := strings.Cut(text, ":")
		value = strings.TrimSpace(value)
		switch {
		case strings.HasPrefix(text, "#"), strings.TrimSpace(text) == "":
			if c == nil {
				intro = append(intro, text)
			} else {
				pending = append(pending, text)
			}
		case key == "case":
			c = &textCase{path: path, name: value, head: append(pending, text)}
			pending = nil
			cases = append(cases, c)
		case c == nil || !ok && !strings.HasPrefix(text, ">"):
			t.Fatalf("%s:%d: %q is not part of a case", path, n+1, text)
		case strings.HasPrefix(text, ">"):
			c.details = append(c.details, text)
		default:
			c.head = append(c.head, text)
			c.add(key, value)
		}
	}
	return intro, cases
}

func (c *textCase) add(key, value string) {
	switch key {
	case "want":
		c.want = value
	case "beside":
		c.beside = append(c.beside, value)
	default:
		c.input = append(c.input, line{key, value})
	}
}

func writeCases(t *testing.T, path string, intro []string, cases []*textCase) {
	t.Helper()
	lines := intro
	for _, c := range cases {
		lines = append(append(lines, c.head...), c.details...)
	}
	if err := os.WriteFile(path, []byte(strings.Join(lines, "\n")+"\n"), 0o644); err != nil {
		t.Fatal(err)
	}
}

// situation is a request with the documents of all policies.
type situation struct {
	request   evaluator.Request
	policies  []*policy
	rule      evaluator.ResourceRule
	service   string
	operation string
	devices   advice.Devices
	powers    map[string]advice.Power // by ARN
}

// policy is a document and where it is.
type policy struct {
	kind     evaluator.Kind
	level    int
	origin   evaluator.Origin
	document string
}

const testAccount = "111122223333"

func userPrincipal(account, name string) evaluator.Principal {
	arn := "arn:aws:iam::" + account + ":user/" + name
	return evaluator.Principal{Kind: evaluator.User, Account: account, ARN: arn, EntityARN: arn,
		EntityID: "AIDA" + strings.ToUpper(lastPart(name))}
}

func lastPart(name string) string { return name[strings.LastIndexByte(name, '/')+1:] }

// parsePrincipal reads a caller such as "user ana", "role ops/deploy session s1",
// "federated bob by ana", "root", "web-identity PROVIDER", "saml PROVIDER",
// "service ec2.amazonaws.com" or "anonymous", optionally followed by "of ACCOUNT".
func parsePrincipal(t *testing.T, s string) evaluator.Principal {
	t.Helper()
	f := strings.Fields(s)
	account := testAccount
	if n := len(f); n > 2 && f[n-2] == "of" {
		account, f = f[n-1], f[:n-2]
	}
	switch f[0] {
	case "anonymous":
		return evaluator.Principal{}
	case "root":
		return evaluator.Principal{Kind: evaluator.Root, Account: account, ARN: "arn:aws:iam::" + account + ":root"}
	case "user":
		return userPrincipal(account, f[1])
	case "role":
		return evaluator.Principal{
			Kind: evaluator.RoleSession, Account: account, EntityARN: "arn:aws:iam::" + account + ":role/" + f[1],
			ARN:      "arn:aws:sts::" + account + ":assumed-role/" + lastPart(f[1]) + "/" + f[3],
			EntityID: "AROA" + strings.ToUpper(lastPart(f[1])),
		}
	case "federated":
		p := userPrincipal(account, f[3])
		p.Kind, p.ARN = evaluator.FederatedUser, "arn:aws:sts::"+account+":federated-user/"+f[1]
		return p
	case "service":
		return evaluator.Principal{Kind: evaluator.Service, Service: f[1]}
	case "web-identity":
		return evaluator.Principal{Kind: evaluator.WebIdentity, Federated: f[1]}
	case "saml":
		return evaluator.Principal{Kind: evaluator.SAML, Federated: f[1]}
	}
	t.Fatalf("unknown caller %q", s)
	return evaluator.Principal{}
}

// wrap makes a document of statements; a whole document is returned unchanged.
func wrap(s string) string {
	if strings.Contains(s, `"Statement"`) {
		return s
	}
	return `{"Version":"2012-10-17","Statement":[` + s + `]}`
}

// read builds the situation of a case.
func (c *textCase) read(t *testing.T) *situation {
	t.Helper()
	s := &situation{request: evaluator.Request{Principal: userPrincipal(testAccount, "ana"), Context: new(evaluator.Context)}}
	s.request.Context.Set("aws:CurrentTime", "2026-03-01T12:00:00Z")
	s.request.Context.Set("aws:EpochTime", "1772366400")
	for _, l := range c.input {
		word, arn, _ := strings.Cut(l.key, " ")
		if word == "power" {
			s.power(t, strings.ReplaceAll(arn, ";", ":"), l.value)
			continue
		}
		if kind, ok := evaluator.ParseKind(word); ok {
			s.policies = append(s.policies, s.policy(t, kind, l))
		} else if !s.change(t, word, l.value) {
			t.Fatalf("unknown line %q", l.key)
		}
	}
	return s
}

// policy reads a document. Its line may have more than the kind: the level and the name,
// as in "scp 1 Regions" and "identity group_devs_own".
func (s *situation) policy(t *testing.T, kind evaluator.Kind, l line) *policy {
	t.Helper()
	p := &policy{kind: kind, document: wrap(l.value), origin: evaluator.Origin{ID: kind.String()}}
	for _, word := range strings.Fields(l.key)[1:] {
		if n, err := strconv.Atoi(word); err == nil {
			p.level = n
		} else if strings.HasPrefix(word, "arn") {
			p.origin.ARN = strings.ReplaceAll(word, ";", ":")
		} else {
			p.origin.ID = word
			if holder, rest, ok := strings.Cut(word, "_"); ok { // as the simulator names an inline policy
				p.origin.Holder = holder
				p.origin.Owner, _, _ = strings.Cut(rest, "_")
			}
		}
	}
	return p
}

// change reads a line about the request.
func (s *situation) change(t *testing.T, word, value string) bool {
	t.Helper()
	key, v, _ := strings.Cut(value, " = ")
	switch word {
	case "caller":
		s.request.Principal = parsePrincipal(t, value)
	case "call":
		s.service, s.operation, _ = strings.Cut(value, ":")
	case "do":
		action, resource, ok := strings.Cut(value, " on ")
		s.request.Action = action
		if s.operation == "" {
			s.service, s.operation, _ = strings.Cut(action, ":")
		}
		if ok {
			s.request.Resource = resource
		}
	case "owner":
		s.request.ResourceAccount = value
	case "set":
		s.request.Context.Set(key, v)
	case "multi":
		s.request.Context.SetMulti(key, strings.Split(v, " | ")...)
	case "unset":
		s.request.Context.Delete(value)
	case "devices":
		s.devices = func(*evaluator.Principal) ([]string, bool) { return strings.Fields(value), true }
	case "but":
		s.circumstance(t, value)
	default:
		return false
	}
	return true
}

// power reads what a user or role may do: its statements, after "bounded" if it has a
// permissions boundary, which the statements already take into account.
func (s *situation) power(t *testing.T, arn, value string) {
	t.Helper()
	statements, bounded := strings.CutPrefix(value, "bounded ")
	p, err := evaluator.Compile(wrap(statements), evaluator.Identity, evaluator.Origin{ID: "power"})
	if err != nil {
		t.Fatal(err)
	}
	if s.powers == nil {
		s.powers = map[string]advice.Power{}
	}
	s.powers[arn] = advice.Power{Bounded: bounded, May: func(action, resource string) bool {
		r := evaluator.Request{
			Principal: userPrincipal(testAccount, "power"), Action: action, Resource: resource, Context: new(evaluator.Context),
		}
		return evaluator.Decide(&r, &evaluator.Policies{Identity: []*evaluator.Policy{p}})
	}}
}

func (s *situation) circumstance(t *testing.T, value string) {
	t.Helper()
	switch value {
	case "trust policy decides":
		s.rule = evaluator.TrustRule
	case "foreign resource type":
		s.request.ForeignResourceType = true
	default:
		t.Fatalf("unknown circumstance %q", value)
	}
}

// compiled are the policies of the situation.
func (s *situation) compiled(t *testing.T) *evaluator.Policies {
	t.Helper()
	out := &evaluator.Policies{ResourceRule: s.rule}
	for _, p := range s.policies {
		c, err := evaluator.Compile(p.document, p.kind, p.origin)
		if err != nil {
			t.Fatalf("%s: %v", p.document, err)
		}
		switch p.kind {
		case evaluator.Identity:
			out.Identity = append(out.Identity, c)
		case evaluator.Session:
			if p.level > 0 {
				out.Limits = append(out.Limits, c)
			} else {
				out.Session = append(out.Session, c)
			}
		case evaluator.Boundary:
			out.Boundary = c
		case evaluator.VPCEndpoint:
			out.VPCEndpoint = c
		case evaluator.Trust:
			out.Resource, out.ResourceRule = c, evaluator.TrustRule
		case evaluator.Resource:
			out.Resource = c
		case evaluator.SCP:
			out.SCP = atLevel(out.SCP, p.level, c)
		case evaluator.RCP:
			out.RCP = atLevel(out.RCP, p.level, c)
		}
	}
	return out
}

func atLevel(levels [][]*evaluator.Policy, n int, p *evaluator.Policy) [][]*evaluator.Policy {
	for len(levels) <= n {
		levels = append(levels, nil)
	}
	levels[n] = append(levels[n], p)
	return levels
}

func caseFiles(t *testing.T) []string {
	t.Helper()
	paths, err := filepath.Glob("testdata/*.txt")
	if err != nil || len(paths) == 0 {
		t.Fatalf("no case files: %v", err)
	}
	return paths
}
