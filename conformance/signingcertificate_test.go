package conformance_test

import (
	"crypto/sha1"
	"encoding/base32"
	"testing"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/iam"
	"github.com/aws/aws-sdk-go-v2/service/iam/types"

	"github.com/understudy-iam/understudy/internal/testkit"
)

// signing uploads a certificate of a user, of the caller if the name is nil.
func (w *world) signing(user *string, body string) *types.SigningCertificate {
	w.t.Helper()
	return testkit.Must(w.UploadSigningCertificate(w.ctx,
		&iam.UploadSigningCertificateInput{UserName: user, CertificateBody: &body}))(w.t).Certificate
}

func (w *world) setSigning(user, id *string, status types.StatusType) error {
	return testkit.Refused(w.UpdateSigningCertificate(w.ctx,
		&iam.UpdateSigningCertificateInput{UserName: user, CertificateId: id, Status: status}))
}

func TestLifeOfASigningCertificate(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	me := w.user("Anna", allow("iam:*SigningCertificate*"))
	c := newCertificate(t, "a", nil)
	sum := sha1.Sum(c.x509.Raw)
	made := testkit.Must(me.UploadSigningCertificate(w.ctx, &iam.UploadSigningCertificateInput{CertificateBody: &c.pem}))(t).Certificate
	if *made.UserName != "Anna" || *made.CertificateBody != c.pem || made.Status != "Active" || made.UploadDate == nil ||
		*made.CertificateId != base32.StdEncoding.EncodeToString(sum[:]) {
		t.Errorf("uploaded = %+v", made)
	}
	if err := w.setSigning(aws.String("anna"), made.CertificateId, types.StatusTypeInactive); err != nil {
		t.Error(err)
	}
	if again := w.signing(aws.String("anna"), c.pem); *again.CertificateId != *made.CertificateId || again.Status != "Active" {
		t.Errorf("uploaded again = %+v", again)
	}
	list := testkit.Must(me.ListSigningCertificates(w.ctx, nil))(t).Certificates
	if len(list) != 1 || list[0].Status != "Inactive" || *list[0].CertificateBody != c.pem || *list[0].UserName != "Anna" {
		t.Errorf("list = %+v", list)
	}
	testkit.Must(me.DeleteSigningCertificate(w.ctx, &iam.DeleteSigningCertificateInput{CertificateId: made.CertificateId}))(t)
	if list := testkit.Must(me.ListSigningCertificates(w.ctx, nil))(t).Certificates; len(list) != 0 {
		t.Errorf("left = %+v", list)
	}
}

// Root's own certificates have no user's name, and the account summary says
// that there are some.
func TestSigningCertificatesOfRoot(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	made := w.signing(nil, newCertificate(t, "root", nil).pem)
	if made.UserName != nil {
		t.Errorf("uploaded = %+v", made)
	}
	if n := testkit.Must(w.GetAccountSummary(w.ctx, nil))(t).SummaryMap["AccountSigningCertificatesPresent"]; n != 1 {
		t.Errorf("AccountSigningCertificatesPresent = %d", n)
	}
	testkit.Must(w.DeleteSigningCertificate(w.ctx, &iam.DeleteSigningCertificateInput{CertificateId: made.CertificateId}))(t)
	if list := testkit.Must(w.ListSigningCertificates(w.ctx, nil))(t).Certificates; len(list) != 0 {
		t.Errorf("left = %+v", list)
	}
}

func TestErrorsOfSigningCertificates(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	anna, bob, nobody := aws.String("anna"), aws.String("bob"), aws.String("nobody")
	w.user("anna", "")
	w.user("bob", "")
	first, second, old := newCertificate(t, "a", nil), newCertificate(t, "b", nil), newCertificate(t, "old", nil, expired)
	made := w.signing(anna, first.pem)
	w.signing(anna, second.pem)
	missing := aws.String("AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA")
	upload := func(user *string, body string) error {
		return testkit.Refused(w.UploadSigningCertificate(w.ctx,
			&iam.UploadSigningCertificateInput{UserName: user, CertificateBody: &body}))
	}
	const noUser = "The user with name nobody cannot be found."
	for _, c := range []struct {
		why, code, text string
		err             error
	}{
		{"upload for nobody", "NoSuchEntity", noUser, upload(nobody, first.pem)},
		{"upload what is not a certificate", "MalformedCertificate", "Certificate rubbish is malformed.", upload(anna, "rubbish")},
		{"upload a key", "MalformedCertificate", "Certificate " + first.key + " is malformed.", upload(anna, first.key)},
		{"upload what has expired", "MalformedCertificate", "Certificate " + old.pem + " is malformed.", upload(anna, old.pem)},
		{"upload another's", "DuplicateCertificate", "Duplicate certificate uploaded.", upload(bob, first.pem)},
		{"upload a third", "LimitExceeded", "Cannot exceed quota for CertificatesPerUser: 2",
			upload(anna, newCertificate(t, "c", nil).pem)},
		{"list for nobody", "NoSuchEntity", noUser,
			testkit.Refused(w.ListSigningCertificates(w.ctx, &iam.ListSigningCertificatesInput{UserName: nobody}))},
		{"list with a marker of our own", "ValidationError", "Invalid Marker.",
			testkit.Refused(w.ListSigningCertificates(w.ctx, &iam.ListSigningCertificatesInput{UserName: anna, Marker: bob}))},
		{"update for nobody", "NoSuchEntity", noUser, w.setSigning(nobody, made.CertificateId, "Inactive")},
		{"update another's", "NoSuchEntity", "The Certificate with id " + *made.CertificateId + " cannot be found.",
			w.setSigning(bob, made.CertificateId, "Inactive")},
		{"update what is not there", "NoSuchEntity", "The Certificate with id " + *missing + " cannot be found.",
			w.setSigning(anna, missing, "Inactive")},
		{"let expire", "InvalidInput", "Operation does not support status Expired", w.setSigning(anna, made.CertificateId, "Expired")},
		{"update to no status", "ValidationError",
			"1 validation error detected: Value at 'status' failed to satisfy constraint: Member must satisfy enum value set",
			w.setSigning(anna, made.CertificateId, "active")},
		{"delete what is not there", "NoSuchEntity", "The Certificate with id " + *missing + " cannot be found.",
			testkit.Refused(w.DeleteSigningCertificate(w.ctx, &iam.DeleteSigningCertificateInput{UserName: anna, CertificateId: missing}))},
	} {
		t.Run(c.why, func(t *testing.T) {
			t.Parallel()
			testkit.WantError(t, c.err, c.code, c.text)
		})
	}
}

func TestPagesOfSigningCertificates(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	anna := aws.String("anna")
	w.user("anna", "")
	want := map[string]bool{}
	for _, name := range []string{"a", "b"} {
		want[*w.signing(anna, newCertificate(t, name, nil).pem).CertificateId] = true
	}
	pages := 0
	for p := iam.NewListSigningCertificatesPaginator(w, &iam.ListSigningCertificatesInput{
		UserName: anna, MaxItems: aws.Int32(1),
	}); p.HasMorePages(); pages++ {
		for _, c := range testkit.Must(p.NextPage(w.ctx))(t).Certificates {
			if !want[*c.CertificateId] {
				t.Errorf("%s was not uploaded, or came twice", *c.CertificateId)
			}
			delete(want, *c.CertificateId)
		}
	}
	if pages != 2 || len(want) != 0 {
		t.Errorf("%d pages; left out: %v", pages, want)
	}
}
