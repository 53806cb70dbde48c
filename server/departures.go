package server

// A Departure is a difference from AWS that is on purpose.
type Departure struct {
	Name  string // short, as in flags and comments
	Since string // the date it was decided
	Text  string
}

// Departures are all of them; the README's list is made of this table.
func Departures() []Departure {
	return []Departure{
		{"bootstrap-root", "2026-11-23", "`test`/`test` are root credentials of account 000000000000, and a 12-digit access key ID with the secret `test` is the root of that account. AWS gives root no such keys. Change them with `--root-access-key-id` and `--root-secret-access-key`."},
		{"root-assume-role", "2026-11-23", "Root may call AssumeRole where the trust policy admits the account, because local work starts as root. `--root-assume-role=deny` is AWS's behaviour."},
		{"any-region", "2026-11-23", "A credential scope may name any AWS region, for IAM too: SDKs sign for the configured region when they are given an endpoint, and one server stands for every endpoint."},
		{"host-without-port", "2026-11-23", "A signature over the host without its port is accepted beside the right one, because some clients (curl before 8) sign so."},
		{"web-pages", "2026-11-29", "A web page may call only if it is of a loopback origin (`http://localhost:3000`) or allowed with `--allow-origin`, and its origin is what `Access-Control-Allow-Origin` names. STS at AWS answers pages of every origin, with `*`; but the default keys here are known to everybody. What is refused is answered 403 with the code WebPageRefused, which AWS does not have, and is not recorded as a call. See [security](security.md)."},
		{"request-head", "2026-11-23", "A request head above 20 KiB is answered 431 by Go's HTTP server; AWS answers 400 without a body, as this server does from 16 KiB to there."},
		{"request-body", "2026-11-29", "The body of a caller whom nobody knows (not signed, or with a key that is not good) is read up to 64 KiB, and of a call that needs no signature up to what AWS's model of the operation has room for; what is longer gets the answer to an unknown caller, or 413. A body with 400,000 parameters is answered 413. AWS documents no such bounds. See [limits](limits.md)."},
		{"packed-policy-size", "2026-11-23", "AWS does not publish how it packs session policies and tags. PackedPolicySize is computed here by a rule of our own that fits the few known figures roughly; a request near the limit may be refused by one and taken by the other."},
		{"service-principals", "2026-11-23", "A trust policy may name the service principals that occur in the AWS managed policies and guides; AWS knows some that are in neither."},
		{"derived-ids", "2026-11-23", "The IDs of AWS managed policies are derived from their ARNs, and the dates of 1,738 superseded versions are those of the version before: no public source has them."},
		{"at-once", "2026-11-23", "Changes are seen by the next call. AWS is eventually consistent; `/_understudy/faults` makes calls see them late. A service-linked role is gone as soon as its deletion is asked for, and the deletion task has always succeeded."},
		{"simulated-organization", "2026-11-23", "SimulatePrincipalPolicy answers OrganizationsDecisionDetail for every account, as one whose service control policies allow everything. AWS answers it for members of an organization only. `--simulator=strict` leaves it out."},
		{"no-throttling", "2026-11-23", "Calls are not throttled, unless a rule of `/_understudy/faults` says so."},
		{"hardware-mfa", "2026-11-23", "AWS knows the hardware tokens that were made for it, with their seeds. Here every serial number of four capital letters and eight digits is a token's, and the seed is the text of the serial number. Security keys, which AWS registers in its console only, are registered with `POST /_understudy/security-keys`."},
		{"delegation-partners", "2026-11-23", "AWS admits product providers and registers the policy templates of their delegation requests; here `POST /_understudy/delegation-templates` does. What AWS sends to the provider's SNS topic, the exchange token among it, is read with `GET /_understudy/delegation-requests/{id}/notifications`. GetHumanReadableSummary answers a text made from the policy, in English."},
		{"role-templates", "2026-11-23", "The role templates are the five that AWS answered in September 2026. Its User Guide names more."},
		{"organization-access", "2026-11-23", "IAM has trusted access to an organization, and the organization has all features, unless its seed says otherwise: AWS Organizations, which changes that, is not served."},
		{"outbound-issuer", "2026-11-23", "Tokens of GetWebIdentityToken name the issuer `https://ID.tokens.sts.global.api.aws`, as AWS's do. Its discovery document and keys are served at `/_understudy/issuers/ID/.well-known/openid-configuration` and `.../jwks.json`: give them to the service that verifies the tokens."},
		{"oidc-thumbprints", "2026-11-29", "An OpenID Connect provider that is made without a thumbprint gets one that is made of its host's name, and no host is asked. AWS asks the host for its certificate, and so does this server with `--oidc-thumbprints fetch`. Hosts that cannot exist, such as names of one label and names below .invalid or .test, are refused as AWS refuses those that it does not find."},
		{"local-identity-provider", "2026-11-27", "With `--idp`, `/_understudy/idp/` signs the tokens that one asks for, without asking who asks, and STS takes them for every issuer that has a provider in the account and no `--oidc-keys`, and for Google and Cognito: whoever reaches the server can be whoever its trust policies admit from outside. Without it, which is the default, none of its tokens is taken. Its own issuer is `https://idp.understudy.test`, which need not resolve; a provider for it needs no thumbprint. It also makes the context assertions of AssumeRole, which stand in for those of IAM Identity Center; these are JSON web tokens, and AWS's are opaque."},
		{"sts-endpoints", "2026-11-27", "One address stands for every endpoint of STS. The Host header `sts.amazonaws.com` means the global one and `sts.REGION.amazonaws.com` a regional one, as through a proxy or /etc/hosts; with any other host, the region of the credential scope says which, and a request without a signature is for a regional one. `aws-global`, which AWS takes for no scope, means the global endpoint; us-east-1, the scope of both, the regional one, unless `--sts-global-region us-east-1` says otherwise. Only the global endpoint issues v1 tokens, and refuses AssumeRoot and GetWebIdentityToken."},
		{"instance-metadata", "2026-11-27", "The instance of `--imds` is made up: its IDs follow from the account and the region. The credentials of containers are asked for by the role, `/v2/credentials/ROLE` for a task of ECS and `/v1/credentials/ROLE` for a pod of EKS, since there are no tasks and no pods that a role belongs to."},
		{"reports", "2026-11-23", "The credential report and the reports on access are made when they are ordered; whoever asks first is told that they are not ready, as at AWS, and the next one gets them, after no time. They know the calls that this server was sent, which are those of IAM and STS. The actions that a report lists one by one are all that change something; AWS has a list, without those on data."},
	}
}
