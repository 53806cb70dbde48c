package lint

import (
	"strconv"
	"strings"

	"github.com/understudy-iam/understudy/evaluator"
	"github.com/understudy-iam/understudy/evaluator/catalog"
)

// conditions looks at the operators and the keys of a statement.
func (l *linter) conditions(s *statement) {
	for _, b := range s.blocks {
		l.operator(b)
	}
	for i, c := range s.conditions {
		for _, before := range s.conditions[:min(i, maxCompared)] {
			if before.block == c.block && before.key != c.key && strings.EqualFold(before.key, c.key) {
				l.report(DuplicateKeysWithDifferentCase, c.keyAt, c.key)
			}
		}
		l.key(c)
		if len(c.values) == 0 && c.list {
			l.noValues(c)
		}
		l.kinds(c)
		l.quantified(c)
	}
}

// operator looks at the name of an operator. The fix is certain if only its case or its
// suffix is wrong.
func (l *linter) operator(b block) {
	op, known := evaluator.ParseOperator(b.name)
	if base, ok := strings.CutSuffix(b.name, "IfExists"); ok && !known {
		if null, ok := evaluator.ParseOperator(base); ok && null.Type == evaluator.NullValue {
			l.report(NullWithIfExists, b.spot).fix(b.span.From, b.span.To, strconv.Quote(base))
			return
		}
	}
	switch {
	case !known:
		f := l.report(InvalidConditionOperator, b.spot, b.name)
		if near, ok := l.names.guess(b.name, nearestOperator); ok {
			f.suggest(near)
			if strings.EqualFold(near, b.name) {
				f.fix(b.span.From, b.span.To, strconv.Quote(near))
			}
		}
	case op.Type == evaluator.NullValue && op.Quantifier != "":
		l.report(NullWithQualifier, b.spot)
	}
}

func nearestOperator(name string) (string, bool) {
	near := evaluator.NearestOperator(name)
	return near, near != ""
}

// key looks at the name of a condition key. Prefixes that are not those of services
// belong to identity providers, whose claims nobody lists.
func (l *linter) key(c *condition) {
	prefix, _, ok := strings.Cut(c.key, ":")
	if !ok {
		l.report(InvalidConditionKeyFormat, c.keyAt)
		return
	}
	if strings.EqualFold(c.key, "aws:ARN") {
		l.oldKey(c)
		return
	}
	if _, ok := l.names.key(c.key); ok {
		return
	}
	if stem, ok := l.tagless(c.key); ok {
		l.report(MissingTagKeyInCondition, c.keyAt, stem)
		return
	}
	var f *Finding
	if lower(prefix) == "aws" {
		f = l.report(InvalidGlobalConditionKey, c.keyAt, c.key)
	} else if _, ok := catalog.Find(prefix); ok {
		f = l.report(InvalidServiceConditionKey, c.keyAt, c.key, prefix)
	}
	if near, ok := l.names.guess(c.key, catalog.NearestKey); f != nil && ok {
		f.suggest(near)
	}
}

// oldKey: AWS has two checks of aws:ARN, a warning and an error. That the warning is for
// policies of IAM, where the key still counts, is inferred.
func (l *linter) oldKey(c *condition) {
	if l.hasPrincipals() || l.kind == evaluator.SCP {
		l.report(UnsupportedGlobalConditionKey, c.keyAt)
		return
	}
	l.report(DeprecatedGlobalConditionKey, c.keyAt)
}

// tagless reports whether a key needs the key of a tag behind a slash and has none; it
// returns what comes before the key of the tag.
func (l *linter) tagless(key string) (string, bool) {
	stem := strings.TrimSuffix(key, "/") + "/"
	k, ok := l.names.key(stem + "x")
	return stem, ok && strings.Contains(lower(k.Name), "tag/")
}

func (l *linter) noValues(c *condition) {
	switch {
	case c.op.IfExists:
		l.report(EmptyArrayConditionIfExists, c.body, c.key)
	case c.op.Quantifier == "ForAllValues":
		l.report(EmptyArrayConditionForAllValues, c.body, c.key)
	case c.op.Quantifier == "ForAnyValue":
		l.report(EmptyArrayConditionForAnyValue, c.body, c.key)
	default:
		l.report(EmptyArrayCondition, c.body, c.key)
	}
}

// kinds looks at how the values are written.
func (l *linter) kinds(c *condition) {
	if len(c.values) < 2 {
		return
	}
	for _, v := range c.values[1:] {
		if v.kind != c.values[0].kind {
			l.report(InvalidConditionDataType, v.spot)
			return
		}
	}
	if c.op.Type == evaluator.BoolValue {
		l.report(InvalidConditionMultipleBoolean, c.body)
	}
}

// quantified compares ForAllValues and ForAnyValue with whether the key has several
// values.
func (l *linter) quantified(c *condition) {
	if !c.known || c.op.Type == evaluator.NullValue {
		return
	}
	k, ok := l.names.key(c.key)
	switch several := catalog.MultiValued(c.key); {
	case several && c.op.Quantifier == "":
		l.report(MissingQualifier, c.keyAt, c.key)
	case ok && !several && !k.MultiValued && c.op.Quantifier == "ForAllValues":
		l.report(ForAllValuesWithSingleValuedKey, c.keyAt, c.key)
	case !ok && l.kind == evaluator.Trust:
		l.audience(c)
	}
}

// gitHub is the issuer of the tokens of GitHub's workflows; its audience is one text.
const gitHub = "token.actions.githubusercontent.com"

// audience asks to confirm how many values the audience of a provider has, if it is one of
// which that is not known.
func (l *linter) audience(c *condition) {
	issuer, ok := strings.CutSuffix(lower(c.key), ":aud")
	if ok && issuer != "saml" && (issuer != gitHub || c.op.Quantifier != "") {
		l.report(ConfirmAudienceClaimType, c.keyAt)
	}
}
