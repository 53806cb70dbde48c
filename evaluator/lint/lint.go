package lint

import (
	"errors"

	"github.com/understudy-iam/understudy/evaluator"
	"github.com/understudy-iam/understudy/principal"
)

// MaxFindings is how many findings a document can have. What comes later is not
// reported.
const MaxFindings = 1000

// Options say what a document is. The zero value lets the document be guessed.
type Options struct {
	// Kind is the kind of the policy; NoKind guesses it, see Guess.
	Kind evaluator.Kind

	// ResourceType is what a resource-based policy is attached to, such as
	// "AWS::S3::Bucket"; empty if that is not known. ResourceTypes has all that are.
	ResourceType string

	// Partition is where the policy is written, such as "aws-cn": AWS refuses resources of
	// another one. Empty if it is not known: then a document is right that is right in one
	// of them.
	Partition string

	// Account is the account that has the document, 12 digits: a trust policy may let it
	// in without sts:ExternalId. Empty if it is not known.
	Account string

	// Template says that the document is a policy template of a delegation request: parts
	// that are written @{NAME} get their values later, and @Enabled says when a statement
	// counts. Nothing is found of a part that has one of these in it, and nothing that
	// depends on one.
	Template bool
}

// Lint returns what is wrong with the document, in the order of the text.
func Lint(src string, o Options) []Finding {
	l := &linter{
		src: src, kind: o.Kind, resourceType: o.ResourceType, account: o.Account, names: newNames(), seen: make(map[mark]bool),
	}
	root, err := evaluator.ParseTree(src)
	if err != nil {
		l.kind = o.kind(nil)
		l.notJSON(err)
		return l.findings
	}
	l.read(root)
	l.kind = o.kind(l.doc)
	for _, pass := range passes {
		pass(l)
	}
	for _, s := range l.doc.statements {
		for _, pass := range statementPasses {
			pass(l, s)
		}
	}
	if o.Template {
		l.settle()
	}
	if !o.Template || !isOpen(src) {
		l.refused(o.Partition)
	}
	sortFindings(l.findings)
	return l.findings
}

// passes look at the whole document.
var passes = []func(*linter){
	(*linter).document,
	(*linter).sids,
	(*linter).size,
	(*linter).repeated,
	(*linter).dead,
}

// statementPasses look at one statement.
var statementPasses = []func(*linter, *statement){
	(*linter).elements,
	(*linter).effect,
	(*linter).empties,
	(*linter).variables,
	(*linter).actions,
	(*linter).grants,
	(*linter).resources,
	(*linter).conditions,
	(*linter).values,
	(*linter).support,
	(*linter).principals,
	(*linter).trust,
	(*linter).rcp,
	(*linter).reachable,
	(*linter).certain,
	(*linter).world,
	(*linter).escalation,
	(*linter).exceptions,
}

// linter looks at one document.
type linter struct {
	src          string
	kind         evaluator.Kind
	resourceType string
	account      string // that has the document
	doc          *document
	names        *names
	findings     []Finding
	seen         map[mark]bool
}

// mark is what is reported once: a check of a part of the document.
type mark struct {
	code Code
	from int
}

// spot is a part of the document.
type spot struct {
	path string
	span evaluator.Span
}

// report adds a finding, whose message is filled with the values. The answer may be
// given a Fix; it is nil if the same was reported before, or too much was.
func (l *linter) report(code Code, at spot, values ...string) *Finding {
	m := mark{code, at.span.From}
	if l.seen[m] || len(l.findings) >= MaxFindings {
		return nil
	}
	l.seen[m] = true
	c := index[code]
	l.findings = append(l.findings, Finding{Code: code, Type: c.Type, Message: c.fill(values), Path: at.path, Span: at.span})
	return &l.findings[len(l.findings)-1]
}

// fix says what puts the finding right.
func (f *Finding) fix(from, to int, text string) {
	if f != nil {
		f.Fix = &Fix{from, to, text}
	}
}

// failed reports whether a finding of the type ERROR was reported.
func (l *linter) failed() bool {
	for i := range l.findings {
		if l.findings[i].Type == Error {
			return true
		}
	}
	return false
}

// refused reports what AWS would refuse to store, if no check has found why.
func (l *linter) refused(partition string) {
	if l.failed() {
		return
	}
	var malformed *evaluator.MalformedError
	if err := l.stored(partition); !errors.As(err, &malformed) {
		return
	}
	at := l.doc.spot
	if p, ok := evaluator.Locate(l.src, malformed); ok {
		from := offset(l.src, p.At)
		at = spot{p.Member, evaluator.Span{Start: p.At, End: p.At, From: from, To: from}}
	}
	l.report(Refused, at, malformed.Message)
}

// stored is AWS's error for the document in the partition; in aws, if none is known and
// each has one.
func (l *linter) stored(partition string) (err error) {
	partitions := []string{partition}
	if partition == "" {
		partitions = principal.Partitions()
	}
	for i, p := range partitions {
		refusal := evaluator.Validation{Partition: p}.Validate(l.src, l.kind)
		if refusal == nil {
			return nil
		}
		if i == 0 {
			err = refusal
		}
	}
	return err
}
