package evaluator

import (
	"errors"
	"strings"
	"testing"
)

func TestTrustDocumentsAreShownNormalised(t *testing.T) {
	t.Parallel()
	for _, c := range []struct{ name, src, want string }{
		{
			"members are put in order, lists of one become that element",
			`{ "Statement": [{"Action":["sts:AssumeRole"],"Effect":"Allow","Principal":{"Service":["ec2.amazonaws.com"]}}], "Version":"2012-10-17" }`,
			`{"Version":"2012-10-17","Statement":[{"Effect":"Allow","Principal":{"Service":"ec2.amazonaws.com"},"Action":"sts:AssumeRole"}]}`,
		}, {
			"a single statement stays one",
			`{"Statement":{"Condition":{"Bool":{"aws:MultiFactorAuthPresent":[true]}},"Sid":"","Effect":"Deny","Action":"sts:AssumeRole","Principal":{"AWS":"*"}}}`,
			`{"Statement":{"Sid":"","Effect":"Deny","Principal":{"AWS":"*"},"Action":"sts:AssumeRole","Condition":{"Bool":{"aws:MultiFactorAuthPresent":true}}}}`,
		}, {
			"longer lists and several statements stay lists",
			`{"Statement":[{"Effect":"Allow","Action":["sts:AssumeRole","sts:TagSession"],"Principal":{"AWS":[]}},{"Effect":"Allow","Principal":{"AWS":"1"},"Action":"sts:<x>"}]}`,
			`{"Statement":[{"Effect":"Allow","Principal":{"AWS":[]},"Action":["sts:AssumeRole","sts:TagSession"]},{"Effect":"Allow","Principal":{"AWS":"1"},"Action":"sts:<x>"}]}`,
		},
	} {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			got, err := NormalizeTrust(c.src)
			if err != nil || got != c.want {
				t.Errorf("got  %s, %v\nwant %s", got, err, c.want)
			}
			again, err := NormalizeTrust(got)
			if err != nil || again != got {
				t.Errorf("a second time it becomes %s, %v", again, err)
			}
		})
	}
}

func TestNormalizingWhatIsNoDocumentFails(t *testing.T) {
	t.Parallel()
	var syntax *SyntaxError
	if _, err := NormalizeTrust(`{"Statement":1}`); !errors.As(err, &syntax) {
		t.Errorf("got %v", err)
	}
}

func TestPrincipalsAreRewrittenInPlace(t *testing.T) {
	t.Parallel()
	const src = "{\n  \"Statement\": [{\"Effect\": \"Allow\", \"Principal\": {\"AWS\": [\"arn:a\", \"arn:b\"], \"Service\": \"arn:a\"}},\n" +
		"\t{\"Effect\": \"Deny\", \"NotPrincipal\": {\"AWS\": \"arn:\\u0061\"}}, {\"Effect\": \"Deny\", \"Principal\": \"*\"}]}"
	const want = "{\n  \"Statement\": [{\"Effect\": \"Allow\", \"Principal\": {\"AWS\": [\"AIDA<1>\", \"arn:b\"], \"Service\": \"arn:a\"}},\n" +
		"\t{\"Effect\": \"Deny\", \"NotPrincipal\": {\"AWS\": \"AIDA<1>\"}}, {\"Effect\": \"Deny\", \"Principal\": \"*\"}]}"
	var seen []string
	got, err := RewritePrincipals(src, func(p PrincipalRef) (string, error) {
		seen = append(seen, p.Type+"="+p.Value)
		if p.Type == "AWS" && p.Value == "arn:a" {
			return "AIDA<1>", nil
		}
		return p.Value, nil
	})
	if err != nil || got != want {
		t.Errorf("got  %s, %v\nwant %s", got, err, want)
	}
	if s := strings.Join(seen, " "); s != "AWS=arn:a AWS=arn:b Service=arn:a AWS=arn:a =*" {
		t.Errorf("saw %s", s)
	}
}

func TestRewritingEndsWithAnError(t *testing.T) {
	t.Parallel()
	stop := errors.New("stop")
	_, err := RewritePrincipals(`{"Statement":{"Effect":"Allow","Principal":"*"}}`, func(PrincipalRef) (string, error) { return "", stop })
	if !errors.Is(err, stop) {
		t.Errorf("got %v", err)
	}
	if _, err := RewritePrincipals(`x`, nil); err == nil {
		t.Error("text that is not a document is rewritten")
	}
}

func TestSizeCountsNoWhiteSpace(t *testing.T) {
	t.Parallel()
	for text, want := range map[string]int{"": 0, " \t\r\n": 0, `{"a": "b c"}`: 10, "é😀": 2} {
		if got := Size(text); got != want {
			t.Errorf("Size(%q) = %d, want %d", text, got, want)
		}
	}
}
