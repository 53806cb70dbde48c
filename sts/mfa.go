package sts

import (
	"context"

	"github.com/aws/aws-sdk-go-v2/aws"

	"github.com/understudy-iam/understudy/authz"
	"github.com/understudy-iam/understudy/internal/mfa"
	"github.com/understudy-iam/understudy/persistence"
	"github.com/understudy-iam/understudy/principal"
)

// code is the MFA device and the one-time code of a request.
// https://docs.aws.amazon.com/IAM/latest/UserGuide/id_credentials_mfa_configure-api-require.html
type code struct{ serial, digits *string }

func (m code) given() bool { return m.serial != nil || m.digits != nil }

// check refuses a wrong code, and does not use up a right one: that happens only when the call is
// allowed. It does not count the try either: nothing is written before a call is allowed.
func (m code) check(q *authz.Query) error {
	if !m.given() {
		return nil
	}
	if err := m.complete(); err != nil {
		return err
	}
	v, err := mfa.Check(q.Tx, m.try(q.Caller))
	return m.verdict(v, err)
}

// spend uses up the code, which is valid once, and calls use in the same transaction, so that no
// code is used up for a call that fails. If the code is wrong, only the try is counted.
func (m code) spend(ctx context.Context, s persistence.Store, use func(persistence.Tx) error) error {
	if err := m.complete(); err != nil {
		return err
	}
	var v mfa.Verdict
	err := s.Update(ctx, func(tx persistence.Tx) (err error) {
		if v, err = mfa.Verify(tx, m.try(caller(ctx))); err != nil || v != mfa.Accepted {
			return err
		}
		return use(tx)
	})
	return m.verdict(v, err)
}

// complete reports whether the caller gave both or neither.
func (m code) complete() error {
	if m.serial == nil || m.digits == nil {
		return m.proof(mfaIncomplete(), mfa.NoDevice)
	}
	return nil
}

// try returns the code as a try of the caller. Devices belong to users and to root; a role session
// has none.
func (m code) try(c *principal.Caller) mfa.Try {
	t := mfa.Try{Account: c.AccountID, Serial: aws.ToString(m.serial), Code: aws.ToString(m.digits),
		Clocks: mfa.Clocks{Time: c.Request.Time, Real: c.Request.Received}}
	switch c.Kind {
	case principal.User:
		t.UserID = c.EntityID
	case principal.Root:
		t.UserID = c.AccountID
	}
	return t
}

func (m code) verdict(v mfa.Verdict, err error) error {
	switch {
	case err != nil:
		return err
	case v == mfa.Accepted:
		return nil
	case v == mfa.WrongCode:
		return m.proof(mfaWrongCode(), v)
	}
	return m.proof(mfaNotValidated(), v)
}

// keys returns the condition keys of a call with a right code. The code counts for the call, as if
// the caller's credentials had MFA, but not for the session that AssumeRole returns.
func (m code) keys() []authz.Key {
	if !m.given() {
		return nil
	}
	return []authz.Key{authz.String("aws:MultiFactorAuthPresent", "true"), authz.String("aws:MultiFactorAuthAge", "0")}
}

// proof explains what is wrong with the code of a call.
func (m code) proof(err error, v mfa.Verdict) error {
	serial := "none"
	if m.serial != nil {
		serial = *m.serial
	}
	known := &ProofError{Proof: ByCode, err: err}
	switch {
	case m.serial == nil || m.digits == nil:
		known.Sentence = "The call has only one of the serial number and the code, and needs both or neither."
		known.compare("serial number of the MFA device", "one, where there is a code", serial)
	case v == mfa.WrongCode:
		known.Sentence = "The code is not the one that the MFA device shows now, or it was already used."
		known.compare("code of "+serial, "the one that the device shows now; each code is accepted once", "another one")
		known.check("Wait for the next code: there is a new one every 30 seconds. understudy totp prints the code of a virtual device.")
		known.check("Compare the clock of the device with the server's: understudy clock shows whether it was moved.")
	default:
		known.Sentence = "The caller has no MFA device with this serial number, or too many wrong codes were tried."
		known.compare("serial number of the MFA device", "that of one of the caller's devices", serial)
		known.check("aws iam list-mfa-devices shows the devices of a user. Role sessions have none.")
	}
	return known
}
