package offboard

import (
	"slices"
	"strings"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/iam"
	"github.com/aws/aws-sdk-go-v2/service/iam/types"
)

// disable plans that no credential of the user works any more.
func (p *Plan) disable(s *State) {
	p.Steps = []Step{}
	user, off := s.User.UserName, types.StatusTypeInactive
	for _, k := range s.Keys {
		if k.Active {
			p.add("UpdateAccessKey", "no call can be signed with the key any more", &iam.UpdateAccessKeyInput{
				UserName: user, AccessKeyId: &k.ID, Status: off})
		}
	}
	if s.Password != nil {
		p.add("DeleteLoginProfile", "nobody can sign in to the console any more; AWS cannot make a password inactive",
			&iam.DeleteLoginProfileInput{UserName: user})
	}
	for i := range s.ServiceCredentials {
		if c := &s.ServiceCredentials[i]; c.Status != off {
			p.add("UpdateServiceSpecificCredential", "the credential of "+aws.ToString(c.ServiceName)+" is refused",
				&iam.UpdateServiceSpecificCredentialInput{
					UserName: user, ServiceSpecificCredentialId: c.ServiceSpecificCredentialId, Status: off})
		}
	}
	for i := range s.SSHKeys {
		if k := &s.SSHKeys[i]; k.Status != off {
			p.add("UpdateSSHPublicKey", "CodeCommit refuses the SSH key",
				&iam.UpdateSSHPublicKeyInput{UserName: user, SSHPublicKeyId: k.SSHPublicKeyId, Status: off})
		}
	}
	for i := range s.Certificates {
		if c := &s.Certificates[i]; c.Status != off {
			p.add("UpdateSigningCertificate", "no request can be signed with the certificate",
				&iam.UpdateSigningCertificateInput{UserName: user, CertificateId: c.CertificateId, Status: off})
		}
	}
	p.step(Step{Operation: "PutUserPolicy", Account: p.Account, dated: ahead,
		Why: "sessions of GetSessionToken and GetFederationToken that began before are denied everything",
		input: func(date string) any {
			return &iam.PutUserPolicyInput{
				UserName: user, PolicyName: aws.String(PolicyName), PolicyDocument: aws.String(denial(date, nil))}
		}})
}

// remove plans that the user is deleted, after disable, in the order of
// https://docs.aws.amazon.com/IAM/latest/UserGuide/id_users_remove.html
//
// The policy of disable goes last: while others are taken away nothing is allowed for a
// moment that a policy denied.
func (p *Plan) remove(s *State) {
	from := len(p.Steps)
	user := s.User.UserName
	for _, serial := range s.Devices {
		p.add("DeactivateMFADevice", "DeleteUser refuses a user who has a device",
			&iam.DeactivateMFADeviceInput{UserName: user, SerialNumber: &serial})
		if strings.Contains(serial, ":mfa/") {
			p.add("DeleteVirtualMFADevice", "a virtual device stays behind otherwise", &iam.DeleteVirtualMFADeviceInput{SerialNumber: &serial})
		}
	}
	for i := range s.Certificates {
		p.add("DeleteSigningCertificate", "DeleteUser refuses a user who has one",
			&iam.DeleteSigningCertificateInput{UserName: user, CertificateId: s.Certificates[i].CertificateId})
	}
	for i := range s.SSHKeys {
		p.add("DeleteSSHPublicKey", "DeleteUser refuses a user who has one",
			&iam.DeleteSSHPublicKeyInput{UserName: user, SSHPublicKeyId: s.SSHKeys[i].SSHPublicKeyId})
	}
	for i := range s.ServiceCredentials {
		p.add("DeleteServiceSpecificCredential", "DeleteUser refuses a user who has one",
			&iam.DeleteServiceSpecificCredentialInput{UserName: user,
				ServiceSpecificCredentialId: s.ServiceCredentials[i].ServiceSpecificCredentialId})
	}
	for _, k := range s.Keys {
		p.add("DeleteAccessKey", "DeleteUser refuses a user who has a key", &iam.DeleteAccessKeyInput{UserName: user, AccessKeyId: &k.ID})
	}
	for _, group := range s.Groups {
		p.add("RemoveUserFromGroup", "DeleteUser refuses a user who is in a group",
			&iam.RemoveUserFromGroupInput{UserName: user, GroupName: &group})
	}
	for _, arn := range s.Attached {
		p.add("DetachUserPolicy", "DeleteUser refuses a user who has a policy", &iam.DetachUserPolicyInput{UserName: user, PolicyArn: &arn})
	}
	for _, name := range append(withoutOwn(s.Inline), PolicyName) {
		p.add("DeleteUserPolicy", "DeleteUser refuses a user who has a policy", &iam.DeleteUserPolicyInput{UserName: user, PolicyName: &name})
	}
	p.add("DeleteUser", "the person has left", &iam.DeleteUserInput{UserName: user})
	for i := from; i < len(p.Steps); i++ {
		p.Steps[i].Removes = true
	}
}

// withoutOwn are the names of inline policies without that of disable.
func withoutOwn(names []string) []string {
	return slices.DeleteFunc(slices.Clone(names), func(name string) bool { return strings.EqualFold(name, PolicyName) })
}

// remark adds what people have to know beside the steps.
func (p *Plan) remark(s *State) {
	for i := range p.Steps {
		if in, ok := p.Steps[i].Input(p.Generated).(*iam.PutRolePolicyInput); ok {
			p.Notes = append(p.Notes, Note{
				"The policy " + *in.PolicyName + " of the role " + *in.RoleName + " is not needed any more" + p.over() + ":",
				command("DeleteRolePolicy", &iam.DeleteRolePolicyInput{RoleName: in.RoleName, PolicyName: in.PolicyName})})
		}
	}
	if len(s.Devices) > 0 && !p.Delete {
		p.note("MFA devices stay: they let nobody in alone, and policies may ask for them.")
	}
	if s.EventsLost {
		p.note("More calls were made in one moment than can be read, so that a session may be missing.")
	}
	if s.Password != nil {
		p.note("It is not known whether a session of AWS's console that is open is denied too; AWS ends it within 12 hours.")
	}
}

// over is when the sessions of roles are over.
func (p *Plan) over() string {
	var last time.Time
	for i := range p.Sessions {
		if s := &p.Sessions[i]; s.Role != "" && s.Expires.After(last) {
			last = s.Expires
		}
	}
	if last.IsZero() || len(p.Left) > 0 {
		return " when the sessions from before are over"
	}
	return " after " + last.UTC().Format(time.RFC3339)
}

func (p *Plan) note(text string) { p.Notes = append(p.Notes, Note{Text: text}) }
