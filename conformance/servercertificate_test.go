package conformance_test

import (
	"crypto/x509"
	"fmt"
	"regexp"
	"strings"
	"testing"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/iam"
	"github.com/aws/aws-sdk-go-v2/service/iam/types"

	"github.com/understudy-iam/understudy/internal/testkit"
)

const serverHead = "arn:aws:iam::000000000000:server-certificate"

// uploadOf is a call that uploads a certificate under a name.
func uploadOf(name string, c certificate) *iam.UploadServerCertificateInput {
	return &iam.UploadServerCertificateInput{ServerCertificateName: &name, CertificateBody: &c.pem, PrivateKey: &c.key}
}

func (w *world) serverCertificate(name string, c certificate) *types.ServerCertificateMetadata {
	w.t.Helper()
	return testkit.Must(w.UploadServerCertificate(w.ctx, uploadOf(name, c)))(w.t).ServerCertificateMetadata
}

func TestLifeOfAServerCertificate(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	root := newCertificate(t, "root", nil, authority)
	inter := newCertificate(t, "inter", &root, authority)
	leaf := newCertificate(t, "leaf", &inter)
	in := uploadOf("Web", leaf)
	in.Path, in.CertificateChain, in.Tags = aws.String("/cloudfront/"), aws.String(inter.pem+root.pem), tags("Team", "red", "team", "blue")
	made := testkit.Must(w.UploadServerCertificate(w.ctx, in))(t)
	row := made.ServerCertificateMetadata
	if *row.Arn != serverHead+"/cloudfront/Web" || *row.Path != "/cloudfront/" || !row.Expiration.Equal(leaf.x509.NotAfter) ||
		row.UploadDate == nil ||
		!regexp.MustCompile(`^ASCA[A-Z2-7]{17}$`).MatchString(*row.ServerCertificateId) || shown(made.Tags) != "Team=red team=blue" {
		t.Errorf("uploaded = %+v, tags %s", row, shown(made.Tags))
	}
	got := testkit.Must(w.GetServerCertificate(w.ctx,
		&iam.GetServerCertificateInput{ServerCertificateName: aws.String("WEB")}))(t).ServerCertificate
	if *got.CertificateBody+"\n" != leaf.pem || *got.CertificateChain+"\n" != inter.pem+root.pem ||
		*got.ServerCertificateMetadata.ServerCertificateName != "Web" || len(got.Tags) != 2 {
		t.Errorf("got = %+v", got)
	}
	testkit.Must(w.UpdateServerCertificate(w.ctx,
		&iam.UpdateServerCertificateInput{ServerCertificateName: aws.String("web"), NewServerCertificateName: aws.String("Site"),
			NewPath: aws.String("/a/")}))(t)
	testkit.WantError(t, testkit.Refused(w.GetServerCertificate(w.ctx,
		&iam.GetServerCertificateInput{ServerCertificateName: aws.String("Web")})),
		"NoSuchEntity", "The Server Certificate with name Web cannot be found.")
	got = testkit.Must(w.GetServerCertificate(w.ctx,
		&iam.GetServerCertificateInput{ServerCertificateName: aws.String("site")}))(t).ServerCertificate
	if *got.ServerCertificateMetadata.Arn != serverHead+"/a/Site" ||
		*got.ServerCertificateMetadata.ServerCertificateId != *row.ServerCertificateId || len(got.Tags) != 2 {
		t.Errorf("renamed = %+v", got)
	}
	testkit.Must(w.UpdateServerCertificate(w.ctx,
		&iam.UpdateServerCertificateInput{
			ServerCertificateName: aws.String("site"), NewServerCertificateName: aws.String("SITE"),
		}))(t) // its own name, in capitals
	testkit.Must(w.DeleteServerCertificate(w.ctx, &iam.DeleteServerCertificateInput{ServerCertificateName: aws.String("Site")}))(t)
	if n := testkit.Must(w.GetAccountSummary(w.ctx, nil))(t).SummaryMap["ServerCertificates"]; n != 0 {
		t.Errorf("ServerCertificates = %d", n)
	}
}

func TestKeysOfServerCertificates(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	c := newCertificate(t, "a", nil)
	der, err := x509.MarshalECPrivateKey(c.private)
	if err != nil {
		t.Fatal(err)
	}
	for why, key := range map[string]string{
		"PKCS-8":                     c.key,
		"SEC-1":                      inPEM("EC PRIVATE KEY", der),
		"SEC-1-as-OpenSSL-writes-it": inPEM("EC PARAMETERS", []byte{6, 8, 42, 134, 72, 206, 61, 3, 1, 7}) + inPEM("EC PRIVATE KEY", der),
		"PKCS-8-with-text-before-it": "key of a\n" + c.key,
	} {
		in := uploadOf(why, c)
		in.PrivateKey = &key
		if err := testkit.Refused(w.UploadServerCertificate(w.ctx, in)); err != nil {
			t.Errorf("%s: %v", why, err)
		}
	}
}

// The chain leads from the certificate to its last one; the index is where the
// walk from that one ends.
func TestChainsOfServerCertificates(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	root := newCertificate(t, "root", nil, authority)
	upper := newCertificate(t, "upper", &root, authority)
	lower := newCertificate(t, "lower", &upper, authority)
	leaf := newCertificate(t, "leaf", &lower)
	late := newCertificate(t, "late", &upper, authority, expired)
	underLate := newCertificate(t, "x", &late)
	plain := newCertificate(t, "plain", &upper)
	underPlain := newCertificate(t, "y", &plain)
	noSigner := newCertificate(t, "no-signer", &upper, authority, func(c *x509.Certificate) { c.KeyUsage = x509.KeyUsageCRLSign })
	underNoSigner := newCertificate(t, "z", &noSigner)
	impostor := newCertificate(t, "lower", nil, authority)
	for _, c := range []struct {
		why   string
		leaf  certificate
		chain []certificate
		index string // empty: accepted
	}{
		{"the issuer alone", leaf, []certificate{lower}, ""},
		{"all issuers", leaf, []certificate{lower, upper, root}, ""},
		{"the certificate itself first", leaf, []certificate{leaf, lower}, "1"},
		{"in the wrong order", leaf, []certificate{upper, lower}, "-1"},
		{"one left out", leaf, []certificate{lower, root}, "-1"},
		{"one left out in the middle", leaf, []certificate{upper, root}, "0"},
		{"another authority", leaf, []certificate{root}, "-1"},
		{"another authority of the same name", leaf, []certificate{impostor}, "0"},
		{"an authority that has expired", underLate, []certificate{late, upper}, "1"},
		{"an issuer that is not an authority", underPlain, []certificate{plain, upper}, "1"},
		{"an issuer that may not sign", underNoSigner, []certificate{noSigner, upper}, "1"},
	} {
		t.Run(c.why, func(t *testing.T) {
			in, chain := uploadOf(strings.ReplaceAll(c.why, " ", "-"), c.leaf), ""
			for _, x := range c.chain {
				chain += x.pem
			}
			in.CertificateChain = &chain
			err := testkit.Refused(w.UploadServerCertificate(w.ctx, in))
			if c.index == "" {
				if err != nil {
					t.Error(err)
				}
				return
			}
			testkit.WantError(t, err, "MalformedCertificate",
				"Unable to validate certificate chain. The certificate chain must start with the immediate signing certificate, "+
					"followed by any intermediaries in order. The index within the chain of the invalid certificate is: "+c.index)
		})
	}
}

func TestErrorsOfServerCertificates(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	a, b := newCertificate(t, "a", nil), newCertificate(t, "b", nil)
	w.serverCertificate("Web", a)
	w.serverCertificate("other", b)
	old := newCertificate(t, "old", nil, expired)
	early := newCertificate(t, "early", nil, func(c *x509.Certificate) { c.NotBefore = time.Now().Add(time.Hour) })
	with := func(change func(*iam.UploadServerCertificateInput)) error {
		in := uploadOf("x", a)
		change(in)
		return testkit.Refused(w.UploadServerCertificate(w.ctx, in))
	}
	body := func(text string) error {
		return with(func(in *iam.UploadServerCertificateInput) { in.CertificateBody = &text })
	}
	key := func(text string) error {
		return with(func(in *iam.UploadServerCertificateInput) { in.PrivateKey = &text })
	}
	web, missing := aws.String("web"), aws.String("missing")
	const (
		absent     = "The Server Certificate with name missing cannot be found."
		unreadable = "Unable to parse certificate. Please ensure the certificate is in PEM format."
		noKey      = "Unable to parse key. Please ensure the private key is in PEM format."
	)
	for _, c := range []struct {
		why, code, text string
		err             error
	}{
		{"a name that is taken", "EntityAlreadyExists", "The Server Certificate with name WEB already exists.",
			testkit.Refused(w.UploadServerCertificate(w.ctx, uploadOf("WEB", b)))},
		{"a body that is none", "MalformedCertificate", unreadable, body("rubbish")},
		{"a body that is a key", "MalformedCertificate", unreadable, body(a.key)},
		{"a broken body", "MalformedCertificate", unreadable, body(inPEM("CERTIFICATE", []byte("x")))},
		{"two in the body", "MalformedCertificate", unreadable, body(a.pem + b.pem)},
		{"a key that is none", "MalformedCertificate", noKey, key("rubbish")},
		{"a key that is a certificate", "MalformedCertificate", noKey, key(a.pem)},
		{
			"another's key", "KeyPairMismatch",
			"The private key did not match the public key provided. Please verify the key material and try again.", key(b.key),
		},
		{"what has expired", "MalformedCertificate",
			"Certificate is no longer valid. The 'Not After' date restriction on the certificate has passed.",
			testkit.Refused(w.UploadServerCertificate(w.ctx, uploadOf("x", old)))},
		{"what is not valid yet", "MalformedCertificate",
			"Certificate is not yet valid. The 'Not Before' date restriction on the certificate has not passed.",
			testkit.Refused(w.UploadServerCertificate(w.ctx, uploadOf("x", early)))},
		{"a reserved tag", "InvalidInput", "Tag keys beginning with aws: are reserved for system use.",
			with(func(in *iam.UploadServerCertificateInput) { in.Tags = tags("aws:x", "1") })},
		{"get what is not there", "NoSuchEntity", absent,
			testkit.Refused(w.GetServerCertificate(w.ctx, &iam.GetServerCertificateInput{ServerCertificateName: missing}))},
		{"list with a marker of our own", "ValidationError", "Invalid Marker.",
			testkit.Refused(w.ListServerCertificates(w.ctx, &iam.ListServerCertificatesInput{Marker: web}))},
		{"rename what is not there", "NoSuchEntity", absent,
			testkit.Refused(w.UpdateServerCertificate(w.ctx, &iam.UpdateServerCertificateInput{ServerCertificateName: missing}))},
		{"rename to a name that is taken", "EntityAlreadyExists", "The Server Certificate with name Other already exists.",
			testkit.Refused(w.UpdateServerCertificate(w.ctx,
				&iam.UpdateServerCertificateInput{ServerCertificateName: web, NewServerCertificateName: aws.String("Other")}))},
		{"delete what is not there", "NoSuchEntity", absent,
			testkit.Refused(w.DeleteServerCertificate(w.ctx, &iam.DeleteServerCertificateInput{ServerCertificateName: missing}))},
		{"tag what is not there", "NoSuchEntity", absent,
			testkit.Refused(w.TagServerCertificate(w.ctx,
				&iam.TagServerCertificateInput{ServerCertificateName: missing, Tags: tags("a", "b")}))},
		{"tag with nothing", "InvalidInput", "The provided tag map must not be null/empty.",
			testkit.Refused(w.TagServerCertificate(w.ctx, &iam.TagServerCertificateInput{ServerCertificateName: web, Tags: tags()}))},
		{"tag with a reserved key", "InvalidInput", "Tag keys beginning with aws: are reserved for system use.",
			testkit.Refused(w.TagServerCertificate(w.ctx,
				&iam.TagServerCertificateInput{ServerCertificateName: web, Tags: tags("AWS:x", "b")}))},
		{"untag what is not there", "NoSuchEntity", absent,
			testkit.Refused(w.UntagServerCertificate(w.ctx,
				&iam.UntagServerCertificateInput{ServerCertificateName: missing, TagKeys: []string{"a"}}))},
		{"untag nothing", "InvalidInput", "The provided tag keys must not be null/empty.",
			testkit.Refused(w.UntagServerCertificate(w.ctx,
				&iam.UntagServerCertificateInput{ServerCertificateName: web, TagKeys: []string{}}))},
		{"tags of what is not there", "NoSuchEntity", absent,
			testkit.Refused(w.ListServerCertificateTags(w.ctx, &iam.ListServerCertificateTagsInput{ServerCertificateName: missing}))},
	} {
		t.Run(c.why, func(t *testing.T) {
			t.Parallel()
			testkit.WantError(t, c.err, c.code, c.text)
		})
	}
	// a chain that cannot be read is refused without a string
	err := with(func(in *iam.UploadServerCertificateInput) { in.CertificateChain = aws.String("rubbish") })
	if code := testkit.Code(err); code != "MalformedCertificate" {
		t.Errorf("a chain that is none: %v", err)
	}
}

// As recorded: an update that changes nothing takes all tags away, for good.
func TestTagsOfAServerCertificate(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	name := aws.String("web")
	w.serverCertificate("web", newCertificate(t, "a", nil))
	testkit.Must(w.TagServerCertificate(w.ctx,
		&iam.TagServerCertificateInput{ServerCertificateName: name, Tags: tags("Team", "red", "team", "blue", "x", "1")}))(t)
	testkit.Must(w.TagServerCertificate(w.ctx, &iam.TagServerCertificateInput{ServerCertificateName: name, Tags: tags("team", "green")}))(t)
	testkit.Must(w.UntagServerCertificate(w.ctx,
		&iam.UntagServerCertificateInput{ServerCertificateName: name, TagKeys: []string{"x", "TEAM"}}))(t)
	var all []types.Tag
	pages := 0
	for p := iam.NewListServerCertificateTagsPaginator(w, &iam.ListServerCertificateTagsInput{
		ServerCertificateName: name, MaxItems: aws.Int32(1),
	}); p.HasMorePages(); pages++ {
		all = append(all, testkit.Must(p.NextPage(w.ctx))(t).Tags...)
	}
	if got := shown(all); got != "Team=red team=green" || pages != 2 {
		t.Errorf("%d pages: %q", pages, got)
	}
	testkit.Must(w.UpdateServerCertificate(w.ctx, &iam.UpdateServerCertificateInput{ServerCertificateName: name}))(t)
	if got := testkit.Must(w.GetServerCertificate(w.ctx, &iam.GetServerCertificateInput{
		ServerCertificateName: name,
	}))(t).ServerCertificate.Tags; len(got) != 0 {
		t.Errorf("after an empty update: %s", shown(got))
	}
	testkit.Must(w.UpdateServerCertificate(w.ctx,
		&iam.UpdateServerCertificateInput{ServerCertificateName: name, NewPath: aws.String("/a/")}))(t)
	testkit.WantError(t, testkit.Refused(w.TagServerCertificate(w.ctx,
		&iam.TagServerCertificateInput{ServerCertificateName: name, Tags: tags("a", "b")})), "InvalidInput",
		"Input tag parameters does not meet the acceptance criteria. For example, the provided tag keys/values must be unicode letters, digits, white space, and any of the following symbols: _ . : / = + - @.")
}

func TestPagesAndLimitOfServerCertificates(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	c := newCertificate(t, "a", nil)
	for i := range 20 {
		in := uploadOf(fmt.Sprintf("c%02d", i), c)
		if i%2 == 0 {
			in.Path = aws.String("/even/")
		}
		testkit.Must(w.UploadServerCertificate(w.ctx, in))(t)
	}
	testkit.WantError(t, testkit.Refused(w.UploadServerCertificate(w.ctx, uploadOf("x", c))), "LimitExceeded",
		"Cannot exceed quota for ServerCertificatesPerAccount: 20")
	for _, prefix := range []string{"/", "/ev"} {
		var names []string
		pages := 0
		for p := iam.NewListServerCertificatesPaginator(w, &iam.ListServerCertificatesInput{
			PathPrefix: &prefix, MaxItems: aws.Int32(7),
		}); p.HasMorePages(); pages++ {
			names = append(names, joined(testkit.Must(p.NextPage(w.ctx))(t).ServerCertificateMetadataList,
				func(m types.ServerCertificateMetadata) *string { return m.ServerCertificateName }))
		}
		want, wantPages := "c00 c01 c02 c03 c04 c05 c06 c07 c08 c09 c10 c11 c12 c13 c14 c15 c16 c17 c18 c19", 3
		if prefix == "/ev" {
			want, wantPages = "c00 c02 c04 c06 c08 c10 c12 c14 c16 c18", 2
		}
		if got := strings.Join(names, " "); got != want || pages != wantPages {
			t.Errorf("%s: %d pages of %q", prefix, pages, got)
		}
	}
}
