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
		{
			"bootstrap-root", "2026-11-23",
			"`test`/`test` are root credentials of account 000000000000, and a 12-digit access key ID with the secret `test` is the root of that account. AWS gives root no such keys. Change them with `--root-access-key-id` and `--root-secret-access-key`.",
		},
		{
			"root-assume-role", "2026-11-23",
			"Root may call AssumeRole where the trust policy admits the account, because local work starts as root. `--root-assume-role=deny` is AWS's behaviour.",
		},
		{
			"any-region", "2026-11-23",
			"A credential scope may name any AWS region, for IAM too: SDKs sign for the configured region when they are given an endpoint, and one server stands for every endpoint. In the partition aws, which is the default, it may also be a region of another partition; with `--partition aws-cn` or `aws-us-gov` it must be one of that partition.",
		},
		{
			"partitions", "2026-11-30",
			"With `--partition aws-cn` or `aws-us-gov`, ARNs, AWS managed policies, endpoints and the regions of signatures are those of the partition. Which policies, services, operations and service principals such a partition lacks, and what it has that aws lacks, is not known: each has all of them, with its own ARNs. In China, where AWS gives root users no credentials, `test`/`test` are root's as everywhere. Issuers of tokens (`https://ID.tokens.sts.global.api.aws`, Cognito, IAM Identity Center) keep the names that they have in aws.",
		},
		{
			"host-without-port", "2026-11-23",
			"A signature over the host without its port is accepted beside the right one, because some clients (curl before 8) sign so.",
		},
		{
			"web-pages", "2026-11-29",
			"A web page may call only if it is of a loopback origin (`http://localhost:3000`) or allowed with `--allow-origin`, and its origin is what `Access-Control-Allow-Origin` names. STS at AWS answers pages of every origin, with `*`; but the default keys here are known to everybody. What is refused is answered 403 with the code WebPageRefused, which AWS does not have, and is not recorded as a call. See [security](security.md).",
		},
		{
			"secure-transport", "2026-11-30",
			"`aws:SecureTransport` is true for all calls, those that the gateway sends on too, though the connection here has no TLS: AWS's endpoints take little else, and policies that deny calls without TLS would deny everything. `--secure-transport=false` makes it what the connection is.",
		},
		{
			"gateway-resources", "2026-11-30",
			"The gateway keeps no resources of other services: all are of one account (`--upstream-account`), or each caller has those of its own. Their own policies, such as bucket policies, and the tags of those of the main services are asked of the upstream and kept for five seconds. A request that servers can read in different ways is refused, where AWS has one reading. See [gateway](gateway.md).",
		},
		{
			"request-head", "2026-11-23",
			"A request head above 20 KiB is answered 431 by Go's HTTP server; AWS answers 400 without a body, as this server does from 16 KiB to there.",
		},
		{
			"request-body", "2026-11-29",
			"The body of a caller whom nobody knows (not signed, or with a key that is not good) is read up to 64 KiB, and of a call that needs no signature up to what AWS's model of the operation has room for; what is longer gets the answer to an unknown caller, or 413. A body with 400,000 parameters is answered 413. AWS documents no such bounds. See [limits](limits.md).",
		},
		{
			"lookup-events", "2026-11-30",
			"LookupEvents finds an event as soon as its call is answered, where AWS takes some minutes, and only as many as the server keeps (`--events`, `--events-memory`), for at most 90 days. As at AWS they are those of the region that the call is signed for: IAM's are in us-east-1. It finds calls whose caller was not proved too, which AWS does not record, with a user identity of the type Unknown. Which resources an event of IAM has, and the texts of its exceptions, nobody has published; its exceptions are those that the API reference names for a value, and of several attributes the first counts, as AWS was seen to do. The other operations of CloudTrail are an upstream's.",
		},
		{
			"access-analyzer", "2026-11-30",
			"ValidatePolicy's findings have one location each, where AWS has two for a few, and are in English, whatever the locale. maxResults is a number from 1 to 1000, and all findings are on one page without it; AWS documents neither. A document that AWS would not store, where none of AWS's checks says why, has a finding with the code UNDERSTUDY_REFUSED. A check answers FAIL, with the statement, also where it cannot prove the opposite; UnprocessableEntityException is never answered. The texts of the exceptions, and of CheckNoNewAccess's PASS, nobody has published. Policies are generated from the calls that the server keeps, at once, and are shown as ready like the reports below; they have the resources that the calls named, where AWS has placeholders or `*`, so that includeResourcePlaceholders and includeServiceLevelTemplate change nothing, and the trails and the access role are not looked at. The newest 200 generations are kept in memory, and AWS's quotas of them do not hold. The other operations of Access Analyzer are an upstream's.",
		},
		{
			"packed-policy-size", "2026-11-30",
			"AWS does not publish how a session token is made. A token here is as long as AWS's of the same operation without policies, tags and context (for AssumeRoleWithSAML, AssumeRoot, GetScopedCredentials and GetDelegatedAccessToken that length is not known, and is AssumeRole's); what these add is measured in a form of our own. So SessionTokenSize, SessionTokenUtilization and PackedPolicySize, which is the same percentage since September 2026, differ from AWS's for a session that has any, and a session near 4,096 characters may be refused by one and taken by the other.",
		},
		{
			"origin-identity", "2026-11-30",
			"AWS documents the condition keys aws:OriginIdentity/* and aws:TransactionContext/*, and where their values come from, but not all of it. Here the issuer of a SAML session is the SHA-256 of the public key that signed the assertion, in hexadecimal (AWS says \"a hash\"); a token or assertion without the subject is answered InvalidIdentityToken, and so is one with a value of more than 128 characters; aws:IdentityStoreArn is never set. In tokens of GetWebIdentityToken, subject_mode is beside principal_id, and a Scope may have any length. The texts of these errors are ours.",
		},
		{
			"service-principals", "2026-11-23",
			"A trust policy may name the service principals that occur in the AWS managed policies, the service reference, the API models of the SDKs and the guides, and those of known service-linked roles; AWS knows some that are in none of them.",
		},
		{
			"derived-ids", "2026-11-23",
			"The IDs of AWS managed policies are derived from their ARNs, and the dates of 1,738 superseded versions are those of the version before: no public source has them. AmazonLexBotPolicy, of which only the name is known, has the document of LexBotPolicy.",
		},
		{
			"at-once", "2026-11-23",
			"Changes are seen by the next call. AWS is eventually consistent; `/_understudy/faults` makes calls see them late. A service-linked role is gone as soon as its deletion is asked for.",
		},
		{"simulated-organization", "2026-11-23",
			"SimulatePrincipalPolicy answers OrganizationsDecisionDetail for every account, as one whose service control policies allow everything. AWS answers it for members of an organization only. `--simulator=strict` leaves it out."},
		{"no-throttling", "2026-11-23", "Calls are not throttled, unless a rule of `/_understudy/faults` says so."},
		{
			"hardware-mfa", "2026-11-23",
			"AWS knows the hardware tokens that were made for it, with their seeds. Here every serial number of four capital letters and eight digits is a token's, and the seed is the text of the serial number. Security keys, which AWS registers in its console only, are registered with `POST /_understudy/security-keys`.",
		},
		{
			"delegation-partners", "2026-11-23",
			"AWS admits product providers and registers the policy templates of their delegation requests; here `POST /_understudy/delegation-templates` does. What AWS sends to the provider's SNS topic, the exchange token among it, is read with `GET /_understudy/delegation-requests/{id}/notifications`. GetHumanReadableSummary answers a text made from the policy, in English.",
		},
		{"role-templates", "2026-11-23", "The role templates are the five that AWS answered in September 2026. Its User Guide names more."},
		{
			"organization-access", "2026-11-23",
			"IAM has trusted access to an organization, and the organization has all features, unless its seed says otherwise: AWS Organizations, which changes that, is not served.",
		},
		{
			"outbound-issuer", "2026-11-23",
			"Tokens of GetWebIdentityToken name the issuer `https://ID.tokens.sts.global.api.aws`, as AWS's do. Its discovery document and keys are served at `/_understudy/issuers/ID/.well-known/openid-configuration` and `.../jwks.json`: give them to the service that verifies the tokens.",
		},
		{
			"oidc-thumbprints", "2026-11-29",
			"An OpenID Connect provider that is made without a thumbprint gets one that is made of its host's name, and no host is asked. AWS asks the host for its certificate, and so does this server with `--oidc-thumbprints fetch`. Hosts that cannot exist, such as names of one label and names below .invalid or .test, are refused as AWS refuses those that it does not find.",
		},
		{
			"identity-center", "2026-11-30",
			"UpdateOpenIDConnectProvider associates a provider with any instance of IAM Identity Center whose ARN has the right form: IAM Identity Center is not served, so that the instance need not exist and nobody's groups are looked up there.",
		},
		{"local-identity-provider", "2026-11-27",
			"With `--idp`, `/_understudy/idp/` signs the tokens that one asks for, without asking who asks, and STS takes them for every issuer that has a provider in the account and no `--oidc-keys`, and for Google and Cognito: whoever reaches the server can be whoever its trust policies admit from outside. Without it, which is the default, none of its tokens is taken. Its own issuer is `https://idp.understudy.test`, which need not resolve; a provider for it needs no thumbprint. It also makes the context assertions of AssumeRole, which stand in for those of IAM Identity Center; these are JSON web tokens, and AWS's are opaque."},
		{
			"sts-endpoints", "2026-11-27",
			"One address stands for every endpoint of STS. The Host header `sts.amazonaws.com` means the global one and `sts.REGION.amazonaws.com` a regional one, as through a proxy or /etc/hosts; with any other host, the region of the credential scope says which, and a request without a signature is for a regional one. `aws-global`, which AWS takes for no scope, means the global endpoint; us-east-1, the scope of both, the regional one, unless `--sts-global-region us-east-1` says otherwise. Only the global endpoint issues v1 tokens, and refuses AssumeRoot, GetScopedCredentials and GetWebIdentityToken.",
		},
		{
			"instance-metadata", "2026-11-27",
			"The instance of `--imds` is made up: its IDs follow from the account and the region. The credentials of containers are asked for by the role, `/v2/credentials/ROLE` for a task of ECS and `/v1/credentials/ROLE` for a pod of EKS, since there are no tasks and no pods that a role belongs to.",
		},
		{
			"reports", "2026-11-23",
			"The credential report and the reports on access are made when they are ordered, and a service-linked role is gone when its deletion is. They are shown as ready, and the deletion as done, when a second has passed on the server's clock, or to whoever asks for the second time after the order, so that a clock that stands still ends no poller; AWS takes some seconds. The reports know the calls that this server was sent: those of IAM and STS, and those that the gateway decided. The actions that a report lists one by one are found by a rule; AWS has a list.",
		},
	}
}
