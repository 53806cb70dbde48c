package principal

// AWSAccount takes the place of an account's ID in the ARNs of AWS's own resources, such as its
// managed policies.
const AWSAccount = "aws"

// ServiceRoles is the path of service-linked roles, of which each service has its own
// below it, and of the AWS managed policies that only these roles can have.
// https://docs.aws.amazon.com/IAM/latest/UserGuide/id_roles_create-service-linked-role.html
const ServiceRoles = "/aws-service-role/"

// Account is an AWS account with the partition that it is in.
type Account struct {
	Partition Partition
	ID        string // 12 digits
}

// In returns the account with the ID in the partition.
func (p Partition) In(accountID string) Account { return Account{p, accountID} }

// IAM returns the ARN of an IAM resource of the account.
func (a Account) IAM(resource string) string { return a.Partition.IAM(a.ID, resource) }

// STS returns the ARN of an STS resource of the account.
func (a Account) STS(resource string) string { return a.Partition.STS(a.ID, resource) }

// Entity returns the ARN of an IAM entity with a path, which begins and ends with a slash. The kind
// is as in ARNs: user, group, role, policy, mfa, instance-profile or server-certificate. ARN.Entity
// is its reverse.
func (a Account) Entity(kind, path, name string) string {
	return "arn:" + a.Partition.String() + ":iam::" + a.ID + ":" + kind + path + name
}

// Root returns the ARN of the root user.
func (a Account) Root() string { return a.IAM("root") }

// RoleSession returns the ARN of a session of a role, which has no path.
func (a Account) RoleSession(role, session string) string {
	return "arn:" + a.Partition.String() + ":sts::" + a.ID + ":assumed-role/" + role + "/" + session
}

// User is a user with long-term credentials.
func (a Account) User(id, path, name string) Principal {
	return Principal{Kind: User, AccountID: a.ID, ARN: a.Entity("user", path, name), UserID: id, EntityID: id, Name: name}
}

// AssumedRole is a session of a role, without what it was assumed with.
func (a Account) AssumedRole(id, role, session string) Principal {
	return Principal{
		Kind: AssumedRole, AccountID: a.ID, ARN: a.RoleSession(role, session),
		UserID: id + ":" + session, EntityID: id, Name: role, SessionName: session,
	}
}

// RootUser is the root user with long-term credentials.
func (a Account) RootUser() Principal {
	return Principal{Kind: Root, AccountID: a.ID, ARN: a.Root(), UserID: a.ID}
}
