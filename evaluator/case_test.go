package evaluator

import (
	"flag"
	"fmt"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

var update = flag.Bool("update", false, "rewrite the details of the cases in testdata")

// A case file is a text file of sections that begin with "case:" and a name in
// words. "rule:" gives the rule that this and the following cases show. Input
// lines are "name: value"; "want:" is written by hand; lines that begin with
// ">" are the details, which -update rewrites. See testdata/README.md.
type textCase struct {
	name, rule, want string
	head             []string // the lines up to the details, as written
	input            []line
	details          []string
}

type line struct{ key, value string }

// readCases reads a case file, whose first lines up to the first case or rule
// are a comment.
func readCases(t *testing.T, path string) (intro []string, cases []*textCase) {
	t.Helper()
	data, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	var c *textCase
	rule := ""
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
		case key == "rule":
			rule = value
			if c == nil {
				intro = append(intro, text)
			} else {
				pending = append(pending, text)
			}
		case key == "case":
			c = &textCase{name: value, rule: rule, head: append(pending, text)}
			pending = nil
			cases = append(cases, c)
		case c == nil || !ok && !strings.HasPrefix(text, ">"):
			t.Fatalf("%s:%d: %q is outside a case", path, n+1, text)
		case strings.HasPrefix(text, ">"):
			c.details = append(c.details, text)
		default:
			c.head = append(c.head, text)
			if key == "want" {
				c.want = value
			}
			c.input = append(c.input, line{key, value})
		}
	}
	return intro, cases
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

// runCases runs every case of the files that match: run returns the outcome
// and the details.
func runCases(t *testing.T, glob string, run func(t *testing.T, c *textCase) (string, []string)) {
	t.Helper()
	paths, err := filepath.Glob(glob)
	if err != nil || len(paths) == 0 {
		t.Fatalf("no case files match %s: %v", glob, err)
	}
	for _, path := range paths {
		intro, cases := readCases(t, path)
		for _, c := range cases {
			t.Run(filepath.Base(path)+"/"+c.name, func(t *testing.T) {
				if c.rule == "" {
					t.Error("the case shows no rule")
				}
				got, details := run(t, c)
				if got != c.want {
					t.Errorf("rule: %s\ngot %s, want %s\n%s", c.rule, got, c.want, strings.Join(details, "\n"))
				}
				if diff := cmp.Diff(c.details, details); diff != "" && !*update {
					t.Errorf("details (-want +got):\n%s", diff)
				}
				c.details = details
			})
		}
		if *update {
			writeCases(t, path, intro, cases)
		}
	}
}

func TestDecisions(t *testing.T) {
	t.Parallel()
	runCases(t, "testdata/decide/*.txt", decideCase)
}

func TestWriteChecks(t *testing.T) {
	t.Parallel()
	runCases(t, "testdata/write/*.txt", writeCase)
}

// TestCaseCount makes sure that the corpus does not shrink and that no name is used
// twice.
func TestCaseCount(t *testing.T) {
	t.Parallel()
	paths, _ := filepath.Glob("testdata/*/*.txt")
	seen := map[string]string{}
	for _, path := range paths {
		_, cases := readCases(t, path)
		for _, c := range cases {
			if other := seen[c.name]; other != "" {
				t.Errorf("case %q is in %s and in %s", c.name, other, path)
			}
			seen[c.name] = path
		}
	}
	if len(seen) < 400 {
		t.Errorf("%d cases, want at least 400", len(seen))
	}
}

const (
	testAccount  = "111122223333"
	otherAccount = "444455556666"
)

func userPrincipal(account, name string) Principal {
	arn := "arn:aws:iam::" + account + ":user/" + name
	return Principal{
		Kind: User, Account: account, ARN: arn, EntityARN: arn,
		EntityID: "AIDA" + strings.ToUpper(lastPart(name)),
	}
}

func lastPart(name string) string { return name[strings.LastIndexByte(name, '/')+1:] }

// parsePrincipal reads a caller such as "user ana", "role ops/deploy session s1",
// "federated bob by ana", "root", "service ec2.amazonaws.com", "web-identity PROVIDER",
// "saml PROVIDER" or "anonymous", optionally followed by "of ACCOUNT".
func parsePrincipal(t *testing.T, s string) Principal {
	t.Helper()
	f := strings.Fields(s)
	account := testAccount
	if n := len(f); n > 2 && f[n-2] == "of" {
		account, f = f[n-1], f[:n-2]
	}
	switch f[0] {
	case "anonymous":
		return Principal{}
	case "root":
		return Principal{Kind: Root, Account: account, ARN: "arn:aws:iam::" + account + ":root"}
	case "user":
		return userPrincipal(account, f[1])
	case "role":
		return Principal{
			Kind: RoleSession, Account: account, EntityARN: "arn:aws:iam::" + account + ":role/" + f[1],
			ARN:      "arn:aws:sts::" + account + ":assumed-role/" + lastPart(f[1]) + "/" + f[3],
			EntityID: "AROA" + strings.ToUpper(lastPart(f[1])),
		}
	case "federated":
		p := userPrincipal(account, f[3])
		p.Kind, p.ARN = FederatedUser, "arn:aws:sts::"+account+":federated-user/"+f[1]
		return p
	case "service":
		return Principal{Kind: Service, Service: f[1]}
	case "web-identity":
		return Principal{Kind: WebIdentity, Federated: f[1]}
	case "saml":
		return Principal{Kind: SAML, Federated: f[1]}
	}
	t.Fatalf("unknown caller %q", s)
	return Principal{}
}

// wrap makes a document from statements; it returns a complete document unchanged.
func wrap(version, s string) string {
	if strings.Contains(s, `"Statement"`) {
		return s
	}
	if version == "" {
		return `{"Statement":[` + s + `]}`
	}
	return `{"Version":"` + version + `","Statement":[` + s + `]}`
}

// situation is a request and policies while they are built from the lines of a
// case.
type situation struct {
	req     *Request
	pol     *Policies
	version string
}

// decideInput builds a request and policies from the lines of a case.
func decideInput(t *testing.T, c *textCase) (*Request, *Policies) {
	t.Helper()
	s := &situation{
		req: &Request{
			Principal: userPrincipal(testAccount, "ana"), Action: "iam:GetUser",
			Resource: "arn:aws:iam::" + testAccount + ":user/ana", Context: new(Context),
		},
		pol:     &Policies{},
		version: Version2012,
	}
	for _, l := range c.input {
		word, _, _ := strings.Cut(l.key, " ")
		if l.key == "want" || s.policy(t, word, l) || s.request(t, word, l.value) {
			continue
		}
		t.Fatalf("unknown line %q", l.key)
	}
	return s.req, s.pol
}

// policy reads a line that is about policies.
func (s *situation) policy(t *testing.T, word string, l line) bool {
	p := s.pol
	compile := func(kind Kind) *Policy { return s.compile(t, kind, l.key, l.value) }
	switch word {
	case "version":
		s.version = l.value
	case "identity":
		p.Identity = append(p.Identity, compile(Identity))
	case "when":
		l.value = `{"Effect":"Allow","Action":"*","Resource":"*","Condition":` + l.value + `}`
		p.Identity = append(p.Identity, compile(Identity))
	case "boundary":
		p.Boundary = compile(Boundary)
	case "session":
		p.Session = append(p.Session, compile(Session))
	case "limit":
		p.Limits = append(p.Limits, compile(Session))
	case "resource":
		p.Resource = compile(Resource)
	case "trust":
		p.Resource, p.ResourceRule = compile(Trust), TrustRule
	case "endpoint":
		p.VPCEndpoint = compile(VPCEndpoint)
	case "scp":
		p.SCP = s.level(t, SCP, p.SCP, l)
	case "rcp":
		p.RCP = s.level(t, RCP, p.RCP, l)
	default:
		return false
	}
	return true
}

func (s *situation) compile(t *testing.T, kind Kind, id, value string) *Policy {
	t.Helper()
	p, err := Compile(wrap(s.version, value), kind, Origin{ID: id})
	if err != nil {
		t.Fatalf("%s: %v", id, err)
	}
	return p
}

// level adds a policy to the level that is in the line's key, such as
// "scp 1"; an empty value makes a level without policies.
func (s *situation) level(t *testing.T, kind Kind, levels [][]*Policy, l line) [][]*Policy {
	t.Helper()
	n, err := strconv.Atoi(lastPart(strings.ReplaceAll(l.key, " ", "/")))
	if err != nil {
		t.Fatalf("%s needs a level", l.key)
	}
	for len(levels) <= n {
		levels = append(levels, nil)
	}
	if l.value != "" {
		levels[n] = append(levels[n], s.compile(t, kind, l.key, l.value))
	}
	return levels
}

// request reads a line that is about the request.
func (s *situation) request(t *testing.T, word, value string) bool {
	key, v, _ := strings.Cut(value, " = ")
	key = strings.TrimSuffix(key, " =")
	switch word {
	case "caller":
		s.req.Principal = parsePrincipal(t, value)
	case "do":
		action, resource, ok := strings.Cut(value, " on ")
		s.req.Action = action
		if ok {
			s.req.Resource = resource
		}
	case "owner":
		s.req.ResourceAccount = value
	case "set":
		s.req.Context.Set(key, v)
	case "default":
		s.req.Context.SetDefault(key, v)
	case "multi":
		var list []string
		if v != "" {
			list = strings.Split(v, " | ")
		}
		s.req.Context.SetMulti(key, list...)
	case "but":
		decideFlag(t, s.req, s.pol, value)
	default:
		return false
	}
	return true
}

func decideFlag(t *testing.T, req *Request, pol *Policies, flag string) {
	t.Helper()
	switch flag {
	case "simulated":
		req.Mode = Simulate
	case "foreign resource type":
		req.ForeignResourceType = true
	case "session policy was deleted":
		pol.SessionRequired = true
	case "trust policy decides":
		pol.ResourceRule = TrustRule
	case "key policy decides":
		pol.ResourceRule = KMSRule
	case "caller in management account":
		pol.SCPExempt = ManagementAccount
	case "owner is management account":
		pol.RCPExempt = ManagementAccount
	case "service-linked role":
		pol.SCPExempt, pol.RCPExempt = ServiceLinkedRole, ServiceLinkedRole
	case "action is exempt from RCPs":
		pol.RCPExempt = ExemptAction
	case "no resource":
		req.Resource = ""
	case "no context":
		req.Context = nil
	default:
		t.Fatalf("unknown circumstance %q", flag)
	}
}

func decideCase(t *testing.T, c *textCase) (string, []string) {
	t.Helper()
	req, pol := decideInput(t, c)
	var r Result
	Evaluate(req, pol, &r)
	if Decide(req, pol) != r.Allowed() {
		t.Error("Decide and Evaluate differ")
	}
	if diff := naiveDiff(req, pol, &r); diff != "" {
		t.Errorf("the second evaluator differs: %s", diff)
	}
	return r.Decision.String(), explain(&r)
}

// explain writes a result as the details of a case.
func explain(r *Result) []string {
	var out []string
	say := func(format string, a ...any) { out = append(out, "> "+fmt.Sprintf(format, a...)) }
	if r.DeniedBy != NoKind {
		say("denied by %s: %s", r.DeniedBy, r.Reason)
	} else {
		say("allowed: %s", r.Reason)
	}
	for _, l := range r.Layers {
		name := l.Kind.String()
		if l.Kind == SCP || l.Kind == RCP || l.Level > 0 {
			name += fmt.Sprintf(" level %d", l.Level)
		}
		text := fmt.Sprintf("%s: %s, %s", name, l.Decision, l.Reason)
		if l.Grant != NoGrant {
			text += ", names " + l.Grant.String()
		}
		if l.Waived {
			text += ", waived"
		}
		say("%s", text)
		for _, m := range l.Matches {
			s := m.Statement
			say("  %s statement %d, %d:%d-%d:%d", m.Effect(), s.Index+1,
				s.Start.Line, s.Start.Column, s.End.Line, s.End.Column)
		}
	}
	if len(r.MissingKeys) > 0 {
		say("missing: %s", strings.Join(r.MissingKeys, ", "))
	}
	return out
}

// writeCase validates a document of the case's kind.
func writeCase(t *testing.T, c *textCase) (string, []string) {
	t.Helper()
	kind := Identity
	validate := Validate
	var document string
	for _, l := range c.input {
		switch l.key {
		case "kind":
			if l.value == "managed" {
				validate = func(src string, _ Kind) error { return ValidateManaged(src) }
				continue
			}
			k, ok := ParseKind(l.value)
			if !ok {
				t.Fatalf("unknown kind %q", l.value)
			}
			kind = k
		case "document":
			document = l.value
		case "statement":
			document = wrap(Version2012, l.value)
		case "want":
		default:
			t.Fatalf("unknown line %q", l.key)
		}
	}
	err := validate(unquoted(t, document), kind)
	if err == nil {
		return "accepted", nil
	}
	m := err.(*MalformedError)
	return m.Message, []string{fmt.Sprintf("> at %d:%d", m.At.Line, m.At.Column)}
}

// unquoted returns the document, or the value if it is a Go string literal: a
// document that begins with white space is written as one.
func unquoted(t *testing.T, document string) string {
	t.Helper()
	if !strings.HasPrefix(document, "`") && !(strings.HasPrefix(document, `"`) && strings.Contains(document, "\\")) {
		return document
	}
	text, err := strconv.Unquote(document)
	if err != nil {
		t.Fatalf("%s: %v", document, err)
	}
	return text
}
