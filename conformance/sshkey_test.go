package conformance_test

import (
	"regexp"
	"testing"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/iam"
	"github.com/aws/aws-sdk-go-v2/service/iam/types"

	"github.com/understudy-iam/understudy/internal/testkit"
)

// sshKey uploads a public key of a user.
func (w *world) sshKey(user, body string) *types.SSHPublicKey {
	w.t.Helper()
	return testkit.Must(w.UploadSSHPublicKey(w.ctx,
		&iam.UploadSSHPublicKeyInput{UserName: &user, SSHPublicKeyBody: &body}))(w.t).SSHPublicKey
}

func (w *world) getSSHKey(user string, id *string, encoding types.EncodingType) (*iam.GetSSHPublicKeyOutput, error) {
	return w.GetSSHPublicKey(w.ctx, &iam.GetSSHPublicKeyInput{UserName: &user, SSHPublicKeyId: id, Encoding: encoding})
}

func TestLifeOfAnSSHPublicKey(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	me := w.user("Anna", allow("iam:ListSSHPublicKeys"))
	anna := aws.String("Anna")
	k := sshKeys()[0]
	made := w.sshKey("anna", k.openSSH+" anna@laptop\n")
	if *made.UserName != "Anna" || *made.SSHPublicKeyBody != k.openSSH+" anna@laptop\n" || *made.Fingerprint != k.fingerprint ||
		made.Status != "Active" || made.UploadDate == nil {
		t.Errorf("uploaded = %+v", made)
	}
	if !regexp.MustCompile(`^APKA[A-Z2-7]{16}$`).MatchString(*made.SSHPublicKeyId) {
		t.Errorf("id = %q", *made.SSHPublicKeyId)
	}
	for encoding, want := range map[types.EncodingType]string{"SSH": k.openSSH, "PEM": k.pem} {
		got := testkit.Must(w.getSSHKey("anna", made.SSHPublicKeyId, encoding))(t).SSHPublicKey
		if *got.SSHPublicKeyBody != want || *got.Fingerprint != k.fingerprint {
			t.Errorf("%s = %+v", encoding, got)
		}
	}
	testkit.Must(w.UpdateSSHPublicKey(w.ctx,
		&iam.UpdateSSHPublicKeyInput{UserName: anna, SSHPublicKeyId: made.SSHPublicKeyId, Status: "Inactive"}))(t)
	list := testkit.Must(me.ListSSHPublicKeys(w.ctx, nil))(t).SSHPublicKeys
	if len(list) != 1 || list[0].Status != "Inactive" || *list[0].UserName != "Anna" || *list[0].SSHPublicKeyId != *made.SSHPublicKeyId ||
		list[0].UploadDate == nil {
		t.Errorf("list = %+v", list)
	}
	testkit.Must(w.DeleteSSHPublicKey(w.ctx, &iam.DeleteSSHPublicKeyInput{UserName: anna, SSHPublicKeyId: made.SSHPublicKeyId}))(t)
	if list := testkit.Must(me.ListSSHPublicKeys(w.ctx, nil))(t).SSHPublicKeys; len(list) != 0 {
		t.Errorf("left = %+v", list)
	}
	w.sshKey("anna", k.pem) // it may come again, in either encoding
}

func TestErrorsOfSSHPublicKeys(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	w.user("anna", "")
	w.user("bob", "")
	k, missing := sshKeys()[0], aws.String("APKAAAAAAAAAAAAAAAAA")
	made := w.sshKey("anna", k.openSSH)
	w.sshKey("bob", k.pem) // another user may have the same key
	upload := func(user, body string) error {
		return testkit.Refused(w.UploadSSHPublicKey(w.ctx, &iam.UploadSSHPublicKeyInput{UserName: &user, SSHPublicKeyBody: &body}))
	}
	update := func(user string, id *string, status types.StatusType) error {
		return testkit.Refused(w.UpdateSSHPublicKey(w.ctx,
			&iam.UpdateSSHPublicKeyInput{UserName: &user, SSHPublicKeyId: id, Status: status}))
	}
	remove := func(user string, id *string) error {
		return testkit.Refused(w.DeleteSSHPublicKey(w.ctx, &iam.DeleteSSHPublicKeyInput{UserName: &user, SSHPublicKeyId: id}))
	}
	c := newCertificate(t, "a", nil)
	weak := newSSHKey(1024)
	const (
		ed25519    = "ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIGPl3pXW1CrvJmCdGPW3a0LYPsV3U1rEDbyGbDNaZsTa"
		noUser     = "The user with name nobody cannot be found."
		unreadable = "Invalid public key uploaded."
		foreign    = "User has no Public Key with id "
	)
	absent := "The Public Key with id " + *missing + " cannot be found."
	for _, c := range []struct {
		why, code, text string
		err             error
	}{
		{"upload for nobody", "NoSuchEntity", noUser, upload("nobody", k.openSSH)},
		{"upload rubbish", "UnrecognizedPublicKeyEncoding", unreadable, upload("anna", "rubbish")},
		{"upload two keys", "UnrecognizedPublicKeyEncoding", unreadable, upload("anna", k.openSSH+"\n"+k.openSSH)},
		{"upload a key with options", "UnrecognizedPublicKeyEncoding", unreadable, upload("anna", "no-pty "+k.openSSH)},
		{"upload another algorithm", "UnrecognizedPublicKeyEncoding", unreadable, upload("anna", ed25519)},
		{"upload a certificate", "UnrecognizedPublicKeyEncoding", unreadable, upload("anna", c.pem)},
		{"upload a broken PEM key", "UnrecognizedPublicKeyEncoding", unreadable, upload("anna", inPEM("PUBLIC KEY", []byte("x")))},
		{"upload another algorithm in PEM", "InvalidPublicKey", "Invalid body for public key",
			upload("anna", inPEM("PUBLIC KEY", c.x509.RawSubjectPublicKeyInfo))},
		{"upload a weak key", "InvalidPublicKey", "Invalid body for public key", upload("anna", weak.openSSH)},
		{"upload a weak key in PEM", "InvalidPublicKey", "Invalid body for public key", upload("anna", weak.pem)},
		{"upload again", "DuplicateSSHPublicKey", "Duplicate SSH public key uploaded.", upload("anna", k.openSSH+" again")},
		{"upload again in PEM", "DuplicateSSHPublicKey", "Duplicate SSH public key uploaded.", upload("anna", k.pem)},
		{"get for nobody", "NoSuchEntity", noUser, testkit.Refused(w.getSSHKey("nobody", made.SSHPublicKeyId, "SSH"))},
		{"get another's", "NoSuchEntity", foreign + *made.SSHPublicKeyId + ".",
			testkit.Refused(w.getSSHKey("bob", made.SSHPublicKeyId, "SSH"))},
		{"get what is not there", "NoSuchEntity", absent, testkit.Refused(w.getSSHKey("anna", missing, "PEM"))},
		{"get in no encoding", "ValidationError",
			"1 validation error detected: Value at 'encoding' failed to satisfy constraint: Member must satisfy enum value set: [SSH, PEM]",
			testkit.Refused(w.getSSHKey("anna", made.SSHPublicKeyId, "ssh"))},
		{"list for nobody", "NoSuchEntity", noUser,
			testkit.Refused(w.ListSSHPublicKeys(w.ctx, &iam.ListSSHPublicKeysInput{UserName: aws.String("nobody")}))},
		{"list for root", "ValidationError", "Must specify userName when calling with non-User credentials",
			testkit.Refused(w.ListSSHPublicKeys(w.ctx, nil))},
		{"list with a marker of our own", "ValidationError", "Invalid Marker.",
			testkit.Refused(w.ListSSHPublicKeys(w.ctx,
				&iam.ListSSHPublicKeysInput{UserName: aws.String("anna"), Marker: aws.String("x")}))},
		{"update another's", "NoSuchEntity", foreign + *made.SSHPublicKeyId + ".", update("bob", made.SSHPublicKeyId, "Inactive")},
		{"update what is not there", "NoSuchEntity", absent, update("anna", missing, "Inactive")},
		{"let expire", "InvalidInput", "Operation does not support status Expired", update("anna", made.SSHPublicKeyId, "Expired")},
		{"delete another's", "NoSuchEntity", foreign + *made.SSHPublicKeyId + ".", remove("bob", made.SSHPublicKeyId)},
		{"delete what is not there", "NoSuchEntity", absent, remove("anna", missing)},
	} {
		t.Run(c.why, func(t *testing.T) {
			t.Parallel()
			testkit.WantError(t, c.err, c.code, c.text)
		})
	}
}

func TestPagesAndLimitOfSSHPublicKeys(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	w.user("anna", "")
	keys, want := sshKeys(), map[string]bool{}
	for _, k := range keys[:5] {
		want[*w.sshKey("anna", k.openSSH).SSHPublicKeyId] = true
	}
	testkit.WantError(t, testkit.Refused(w.UploadSSHPublicKey(w.ctx,
		&iam.UploadSSHPublicKeyInput{UserName: aws.String("anna"), SSHPublicKeyBody: &keys[5].pem})),
		"LimitExceeded", "Cannot exceed quota for SSHPublicKeysPerUser: 5")
	pages := 0
	for p := iam.NewListSSHPublicKeysPaginator(w, &iam.ListSSHPublicKeysInput{
		UserName: aws.String("anna"), MaxItems: aws.Int32(2),
	}); p.HasMorePages(); pages++ {
		for _, k := range testkit.Must(p.NextPage(w.ctx))(t).SSHPublicKeys {
			if !want[*k.SSHPublicKeyId] {
				t.Errorf("%s was not uploaded, or came twice", *k.SSHPublicKeyId)
			}
			delete(want, *k.SSHPublicKeyId)
		}
	}
	if pages != 3 || len(want) != 0 {
		t.Errorf("%d pages; left out: %v", pages, want)
	}
}
