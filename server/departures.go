package server

// A Departure is an intended difference from AWS.
type Departure struct {
	Name  string // short, as in flags and comments
	Since string // the date it was decided
	Text  string
}

// Departures returns all departures; the README's list is made from this table.
func Departures() []Departure {
	return []Departure{
		{
			"bootstrap-root", "2026-11-23",
			"`test`/`test` are root credentials of account 000000000000, and a 12-digit access key ID with the secret `test` is the root of that account. AWS gives root no such keys. Change them with `--root-access-key-id` and `--root-secret-access-key`.",
		},
		{
			"root-assume-role", "2026-11-23",
			"Root may call AssumeRole if the trust policy allows the account, because local work starts as root. `--root-assume-role=deny` is AWS's behaviour.",
		},
		{
			"any-region", "2026-11-23",
			"A credential scope may name any AWS region, for IAM too: SDKs sign for the configured region when they are given an endpoint, and one server is every endpoint. In the partition aws, which is the default, it may also be a region of another partition; with `--partition aws-cn` or `aws-us-gov` it must be one of that partition.",
		},
		{
			"partitions", "2026-11-30",
			"With `--partition aws-cn` or `aws-us-gov`, ARNs, AWS managed policies, endpoints and the regions of signatures are those of the partition. It is not known which policies, services, operations and service principals such a partition lacks, or has in addition to aws: here each has all of them, with its own ARNs. In China, where AWS gives root users no credentials, `test`/`test` are root's here as elsewhere. Issuers of tokens (`https://ID.tokens.sts.global.api.aws`, Cognito, IAM Identity Center) keep the names that they have in aws.",
		},
		{
			"host-without-port", "2026-11-23",
			"A signature over the host without its port is accepted too, because some clients (curl before 8) sign that.",
		},
		{
			"web-pages", "2026-11-29",
			"A web page may call only if it comes from a loopback origin (`http://localhost:3000`) or allowed with `--allow-origin`, and its origin is what `Access-Control-Allow-Origin` names. STS at AWS answers pages of every origin, with `*`; but the default keys here are known to everybody. Other pages are answered 403 with the code WebPageRefused, which AWS does not have, and are not recorded as calls. See [security](security.md).",
		},
		{
			"browsers", "2026-12-01",
			"A browser that opens the server's address (GET `/` with `Accept: text/html`, unsigned and without a query) is led to the [console](console.md). AWS leads everybody who makes no call to a page about IAM, and so does this server with `--console=off`.",
		},
		{
			"secure-transport", "2026-11-30",
			"`aws:SecureTransport` is true for all calls, also for those that the gateway forwards, although the connection here has no TLS: AWS's endpoints accept little else, and policies that deny calls without TLS would deny everything. With `--secure-transport=false` it says what the connection is.",
		},
		{
			"gateway-resources", "2026-11-30",
			"The gateway keeps no resources of other services: all are in one account (`--upstream-account`), or each caller's account has its own. Their policies, such as bucket policies, and the tags of resources of the main services are fetched from the upstream and kept for five seconds. A request that servers can read in different ways is refused; AWS reads it in one way. See [gateway](gateway.md).",
		},
		{
			"request-head", "2026-11-23",
			"A request head above 20 KiB is answered 431 by Go's HTTP server; AWS answers 400 without a body, as this server does for heads of 16 to 20 KiB.",
		},
		{
			"request-body", "2026-11-29",
			"The body of an unknown caller (not signed, or with a key that is not valid) is read up to 64 KiB, and that of a call that needs no signature up to the length that AWS's model of the operation allows; a longer body gets the answer to an unknown caller, or 413. A body with 400,000 parameters is answered 413. AWS documents no such limits. See [limits](limits.md).",
		},
		{
			"lookup-events", "2026-11-30",
			"LookupEvents finds an event as soon as its call is answered, where AWS takes some minutes, and only as many as the server keeps (`--events`, `--events-memory`), for at most 90 days. As at AWS they are those of the region for which the call is signed: IAM's are in us-east-1. It also finds calls whose caller was not proved, which AWS does not record, with a user identity of the type Unknown. It is not published which resources an event of IAM has, nor what the texts of the exceptions are; the exceptions are those that the API reference names for a value, and if there are several attributes the first counts, as AWS was seen to do. The other operations of CloudTrail are left to an upstream.",
		},
		{
			"access-analyzer", "2026-11-30",
			"ValidatePolicy's findings have one location each, where AWS has two for a few, and are in English, whatever the locale. maxResults is a number from 1 to 1000, and without it all findings are on one page; AWS documents neither. A document that AWS would not store gets a finding with the code UNDERSTUDY_REFUSED if none of AWS's checks says why. A check answers FAIL, with the statement, also if it cannot prove the opposite; UnprocessableEntityException is never answered. The texts of the exceptions, and of CheckNoNewAccess's PASS, are not published. Policies are generated at once from the calls that the server keeps, and are shown as ready like the reports below. They have the resources that the calls named, where AWS has placeholders or `*`; so includeResourcePlaceholders and includeServiceLevelTemplate change nothing, and the trails and the access role are ignored. The newest 200 generations are kept in memory, and AWS's quotas for them do not apply. The other operations of Access Analyzer are left to an upstream.",
		},
		{
			"packed-policy-size", "2026-11-30",
			"AWS does not publish how a session token is made. Without policies, tags and context a token here is as long as AWS's of the same operation (for AssumeRoleWithSAML, AssumeRoot, GetScopedCredentials and GetDelegatedAccessToken that length is not known, and AssumeRole's is used); the size of policies, tags and context is that of a format of our own. So SessionTokenSize, SessionTokenUtilization and PackedPolicySize, which is the same percentage since September 2026, differ from AWS's for a session that has any, and a session near 4,096 characters may be refused by one and accepted by the other.",
		},
		{
			"origin-identity", "2026-11-30",
			"AWS documents the condition keys aws:OriginIdentity/* and aws:TransactionContext/*, and where their values come from, but not all of it. Here the issuer of a SAML session is the SHA-256 of the public key that signed the assertion, in hexadecimal (AWS says \"a hash\"); a token or assertion without the subject is answered InvalidIdentityToken, and so is one with a value of more than 128 characters; aws:IdentityStoreArn is never set. In tokens of GetWebIdentityToken, subject_mode is next to principal_id, and a Scope may have any length. The texts of these errors are ours.",
		},
		{
			"service-principals", "2026-11-23",
			"A trust policy may name the service principals that occur in the AWS managed policies, the service reference, the API models of the SDKs and the guides, and those of known service-linked roles; AWS accepts some that are in none of them.",
		},
		{
			"derived-ids", "2026-11-23",
			"The IDs of AWS managed policies are derived from their ARNs, and 1,738 superseded versions have the date of the version before: no public source has these IDs and dates. AmazonLexBotPolicy, of which only the name is known, has the document of LexBotPolicy.",
		},
		{
			"at-once", "2026-11-23",
			"Changes are seen by the next call. AWS is eventually consistent; a rule of `/_understudy/faults` makes calls see changes late. A service-linked role is deleted as soon as its deletion is requested.",
		},
		{"simulated-organization", "2026-11-23",
			"SimulatePrincipalPolicy answers OrganizationsDecisionDetail for every account, as one whose service control policies allow everything. AWS answers it for members of an organization only. `--simulator=strict` leaves it out."},
		{"no-throttling", "2026-11-23", "Calls are not throttled, unless a rule of `/_understudy/faults` says so."},
		{
			"hardware-mfa", "2026-11-23",
			"AWS knows the hardware tokens that were made for it, with their seeds. Here every serial number of four capital letters and eight digits is a token, and the serial number is its seed. Security keys, which AWS registers in its console only, are registered with `POST /_understudy/security-keys`.",
		},
		{
			"delegation-partners", "2026-11-23",
			"AWS approves product providers and registers the policy templates of their delegation requests; here `POST /_understudy/delegation-templates` does. What AWS sends to the provider's SNS topic, including the exchange token, is read with `GET /_understudy/delegation-requests/{id}/notifications`. GetHumanReadableSummary answers a summary made from the policy, in English.",
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
			"An OpenID Connect provider that is created without a thumbprint gets one derived from its host's name, without a connection to the host. AWS fetches the host's certificate, and so does this server with `--oidc-thumbprints fetch`. Hosts that cannot exist, such as names of one label and names below .invalid or .test, are refused as AWS refuses those that it does not find.",
		},
		{
			"identity-center", "2026-11-30",
			"UpdateOpenIDConnectProvider associates a provider with any instance of IAM Identity Center whose ARN has the right form: IAM Identity Center is not served, so the instance need not exist and no groups are looked up there.",
		},
		{"local-identity-provider", "2026-11-27",
			"With `--idp`, `/_understudy/idp/` signs any token on request, without authentication, and STS accepts them for every issuer that has a provider in the account and no `--oidc-keys`, and for Google and Cognito: everybody who reaches the server can assume any role that trusts a provider. Without `--idp`, which is the default, none of its tokens is accepted. Its own issuer is `https://idp.understudy.test`, which need not resolve; a provider for it needs no thumbprint. It also makes the context assertions of AssumeRole, which replace those of IAM Identity Center; they are JSON web tokens, and AWS's are opaque."},
		{
			"sts-endpoints", "2026-11-27",
			"One address serves every endpoint of STS. The Host header `sts.amazonaws.com` means the global one and `sts.REGION.amazonaws.com` a regional one, as through a proxy or /etc/hosts; with any other host, the region of the credential scope says which, and a request without a signature is for a regional one. `aws-global`, which AWS accepts for no scope, means the global endpoint; us-east-1, the scope of both, means the regional one, unless `--sts-global-region us-east-1` says otherwise. Only the global endpoint issues v1 tokens, and refuses AssumeRoot, GetScopedCredentials and GetWebIdentityToken.",
		},
		{
			"instance-metadata", "2026-11-27",
			"The instance of `--imds` does not exist: its IDs are derived from the account and the region. The path of a container's credentials has the role's name, `/v2/credentials/ROLE` for an ECS task and `/v1/credentials/ROLE` for an EKS pod, since there are no tasks and pods to which a role could belong.",
		},
		{
			"reports", "2026-11-23",
			"The credential report and the reports on access are made as soon as they are ordered, and a service-linked role is deleted as soon as its deletion is ordered. The report is shown as ready, and the deletion as done, after a second of the server's clock, or when it is asked for a second time, so that polling ends even if the clock is stopped; AWS takes some seconds. The reports contain the calls that this server has seen: those to IAM and STS, and those that the gateway decided. A rule finds the actions that a report lists one by one; AWS has a list.",
		},
	}
}
