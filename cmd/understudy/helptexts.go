package main

import (
	"fmt"
	"strings"

	"github.com/alecthomas/kong"
)

// setHelpTexts gives the commands and flags whose help is "@NAME" the text with that
// name. The texts are not variables of kong, because kong looks at each variable for each
// flag: with them the command takes three times as long to start.
func setHelpTexts(k *kong.Kong) error {
	return kong.Visit(k.Model, func(node kong.Visitable, next kong.Next) error {
		help := new(string)
		switch n := node.(type) {
		case *kong.Node:
			help = &n.Help
		case *kong.Flag:
			if help = &n.Help; n.Name == "help" {
				*help = "Show this help."
			}
		case *kong.Value:
			help = &n.Help
		}
		if name, ok := strings.CutPrefix(*help, "@"); ok {
			if *help, ok = helpTexts[name]; !ok {
				return fmt.Errorf("there is no help text %s", name)
			}
		}
		return next(nil)
	})
}

// helpTexts are the help texts that are longer than a line of the struct that names them.
var helpTexts = map[string]string{
	"alertsAllow": "Let webhooks of --alerts go to this host too, a name or an address; may be given several times. Without it they " +
		"go to loopback addresses only.",
	"alertsExpect": "Names of the rules that should fire, with commas: exit code 1 if one of them does not, or another rule does; none: no rule should.",
	"alertsFiles": "Look at each call with the rules of this file, in YAML, and tell its sinks of those that somebody should know about, " +
		"or the log; builtin: with the built-in rules. May be given several times. The file is read again when it changes.",

	"lintFiles": "Policies in JSON, several in a file too; a seed; what aws iam get-account-authorization-details prints; a plan of " +
		"Terraform in JSON; a folder with such files; - is standard input.",
	"lintServer": "Look at what the running server holds instead: all policies of all accounts, and of the organization.",
	"lintType": "Take each policy for one of this type: identity, resource, trust, boundary, session, scp or rcp. Without it, the policy " +
		"shows which it is.",
	"lintResourceType": "What resource-based policies are attached to, such as AWS::S3::Bucket.",
	"lintFailOn":       "The exit code is 1 if a finding is at least as bad: error, security, warning or suggestion.",
	"askedDetails": "Ask this file instead of a server: what aws iam get-account-authorization-details prints of a real " +
		"account, or a seed; - is standard input.",
	"auditAccount":          "The account, by its 12 digits. Without it, that of the server, or the one of the file.",
	"auditFrom":             "Look only for ways of this user or role.",
	"auditTo":               "Look only for ways to this user or role, whether or not it is an administrator.",
	"auditBaseline":         "Mark what this earlier report, in JSON, does not have. Only that counts for the exit code.",
	"auditFormat":           "text; json: what audit diff and --baseline read; or sarif, for tools that show findings.",
	"auditFailOn":           "How bad a finding must be for exit code 1: critical, high, medium, low or info.",
	"accessResource":        "The ARN of what it is done to. Without it, the resource is *, as for actions that take none.",
	"accessContext":         "Condition key of the request; KEY=[A,B] is a list. May be repeated.",
	"accessResourcePolicy":  "Policy of the resource. The trust policy of a role is known.",
	"accessResourceAccount": "Account that owns a resource whose ARN does not say so; without it, the caller's.",

	"assertionSubject": "The subject of the assertion. It is the name of the session too, unless --session-name says otherwise.",

	"draftCheck": "Say whether the policy document in this file allows all that the calls needed, instead of drafting one. " +
		"Several documents may be in it, one behind the other. With --trust it is a trust policy.",
	"draftFrom": "Ask a file that serve --events-file has written instead of a server; - is standard input. May be repeated. Events do not " +
		"say what was decided, so that the draft is less exact.",
	"draftKeep": "Keep this condition key of calls that have it, such as aws:RequestedRegion. May be repeated. Keys such as " +
		"iam:PassedToService and kms:ViaService are always kept.",
	"draftPrincipal": "Whose calls: the name of a user or role, user/NAME, role/NAME, root, or an ARN. The sessions of a role are the role. " +
		"Without it, the one user or role that has called.",
	"draftSize": "Characters that a document may have, without white space; more are written as several documents. By default 6144, " +
		"which is AWS's quota of a managed policy, and with --trust 2048.",
	"draftWildcards": "none: the resources that were called; ids: what AWS makes up, such as the ID of a key, becomes *; names: so does the " +
		"last part of each ARN.",

	"compareType":      "What the documents are: identity, resource, trust, boundary, session, scp or rcp. By default what the new one looks like.",
	"canSessionPolicy": "Session policy that limits the principal too; AWS's managed ones by name.",

	"sessionSessionName": "Name of the session.",
	"sessionDuration":    "How long it lasts, 15m to 12h; the role's maximum bounds it.",
	"sessionSkipTrust":   "Do not ask the trust policy, which would have to admit the account's root user; for roles of services.",

	"envAs": "Be this user or role, by name or ARN; user/NAME or role/NAME where both have it. Without it, be the root " +
		"user.",
	"envRegion": "Region that the client signs for. By default us-east-1, cn-north-1 or us-gov-west-1, depending on the " +
		"partition.",

	"eventsCount": "Show the last N, at most 1000 of a server; without it, the last 100 of a server and all of a file. With --follow, end " +
		"after N.",
	"eventsFrom": "Ask a file that serve --events-file has written instead of a server; - is standard input. May be repeated, the " +
		"oldest file first.",
	"eventsKept": "Keep the last N calls for explain, watch and events; 0 keeps none. --decisions is the same.",
	"eventsMemory": "Keep fewer calls where they would take more memory than this: a size such as 64MiB, 512KiB, 1GiB or " +
		"1000000 (bytes). --decisions-memory is the same.",
	"eventsFile": "Append each call to this file, as CloudTrail records it, in a line of JSON; a new file can be read by its owner " +
		"only. No call waits for the file or fails because of it.",
	"eventsFileSize": "Put the --events-file aside before it has more bytes than this: FILE becomes FILE.1, that becomes FILE.2, " +
		"and so on.",
	"eventsFilesKept": "Keep this many of the files that were put aside.",

	"explainWhat": "A request ID, the name or ARN of a principal, or the text of an error. Without it, the last denial.",

	"exportOut": "Write to this file, which only its owner may read; without it, to standard output.",

	"faultsAddKind": "throttle: 400 Throttling; error: --code, 500 InternalFailure by default; expire: session tokens have " +
		"expired; hang: no answer; drop: the connection is closed; delay: the answer comes later; lag: the state " +
		"of some time ago is seen.",

	"imdsAddr": "Serve EC2's instance metadata and the credentials of containers on this address too, so that default " +
		"credential chains find a role; port 0 takes a free one.",
	"imdsRole": "The role of the instance: name or ARN of an instance profile or of a role. It must trust " +
		"ec2.amazonaws.com (in China also ec2.amazonaws.com.cn), and may be made later.",
	"imdsRegion": "The region of the instance. By default the region of IAM in the partition, such as us-east-1 in aws.",
	"imdsV1":     "Let requests for metadata pass without a token, as IMDSv1 does.",
	"imdsToken":  "What containers must send to get credentials: the value of their AWS_CONTAINER_AUTHORIZATION_TOKEN.",
	"imdsHosts": "Other names by which clients reach --imds, such as the name of a container. Loopback addresses and the " +
		"addresses at which AWS serves metadata need none.",

	"importFile": "A seed in YAML or JSON, or what aws iam get-account-authorization-details prints; - is standard input.",

	"limitConnections": "Keep at most this many connections open; a new one replaces the one that has waited longest for a " +
		"request.",
	"limitBodies":         "Read the bodies of at most this many requests at once; other clients are told to try again.",
	"limitBodyMemory":     "Hold at most this many bytes of these bodies; an import may have 256MiB.",
	"limitAccounts":       "Create accounts at their first use only while there are fewer than this.",
	"limitSnapshots":      "Keep at most this many snapshots of the state.",
	"limitSnapshotMemory": "Keep at most this many bytes of snapshots.",
	"limitFollowers":      "Let at most this many clients follow what happens at once, as understudy watch does.",

	"coverageService": "Show only this service, by its name in botocore, and list which of its operations are not resolved.",

	"cliEnv":         "Print the exports that point an AWS client at the server, or write an AWS profile.",
	"cliCredentials": "Print credentials of a role or user, in the form that credential_process of AWS profiles takes.",
	"cliImport":      "Apply a seed to the running server, or what the AWS CLI prints of a real account.",
	"cliExport":      "Write the state of the server as a seed, with secrets only if they are asked for.",
	"cliClock":       "Show, move or stop the server's clock, to test what happens hours later.",
	"cliFaults": "Make chosen calls throttle, fail, hang, drop, come late or see an older state, to test a client's " +
		"retries.",
	"cliOffboard":         "Find all that a user holds, and end it: keys, password, sessions, the user.",
	"offboardPlan":        "Show what the user holds and what --disable would do, and change nothing; this is the default.",
	"offboardDisable":     "Make all credentials inactive, delete the password, and end the sessions that are open; rights stay.",
	"offboardRevokeRoles": "End all older sessions of the roles whose sessions cannot be told from those of others, too.",
	"offboardScript":      "Print a bash script for the AWS CLI that does it, instead of doing it.",
	"cliRotate":           "Give a user a new access key beside the old one, or end the old one once it is unused.",
	"rotateFinish":        "Make the old key inactive, if it has not been used for --grace.",
	"rotateOld":           "With --finish: the key to end, if that is not the older one.",
	"rotateGrace":         "With --finish: how long the old key must not have been used, 1h by default.",
	"onboardLike":         "Join the groups that this user is in. Policies that the user has directly are named and not copied.",
	"cliToken":            "Print a token for AssumeRoleWithWebIdentity, which the server signs if it was started with --idp.",
	"cliAssertion":        "Print a SAML response that the local identity provider signs, or its metadata.",

	"partitionFlagPartition": "Partition of the server: aws, aws-cn (China) or aws-us-gov (GovCloud). ARNs, the regions that clients " +
		"may sign for and AWS's endpoints are those of the partition.",

	"endpointAddr":                "Address of the server, host:port; with serve, port 0 takes a free one.",
	"endpointRootAccessKeyID":     "Access key ID of the account's root user.",
	"endpointRootSecretAccessKey": "Secret access key of the account's root user.",
	"serveDataDir":                "Keep the state in this directory; without it, state is in memory and gone at the end.",
	"serveStore": "Keep the state in this PostgreSQL database, such as postgres://USER@HOST:5432/NAME, which several servers can share. " +
		"The password is better in PGPASSWORD or a password file than in the URL. See docs/replicas.md.",
	"serveSync": "Answer a change only when it is written to the disk of --data-dir, so that it survives a power cut. " +
		"Without this flag, changes of the last second may be lost.",
	"serveAcceptLoss":  "Start with what is left of a --data-dir that is damaged and has lost data.",
	"serveEnforcement": "on: deny what policies do not allow; log: record it and let it pass; off: do neither.",
	"serveLint": "What becomes of what lint finds in policies that callers put, if it is an error or a security warning. log: it is " +
		"logged, a line for each finding; refuse: it is logged, and the policy is refused; off: policies are not looked at.",
	"serveSeed": "Fill the state from this file, YAML or what the AWS CLI prints of a real account; may be given several " +
		"times. Applied whole or not at all; what exists is brought to what it says. SIGHUP applies it again.",
	"serveWatchSeed":  "Apply the seed again whenever it, or a file that it refers to, has changed.",
	"serveFaults":     "Inject faults from the start, by the rules in this file, YAML or JSON; see understudy faults.",
	"serveLogLevel":   "Least level that is logged: debug, info, warn or error; info has a line for each request.",
	"serveLogFormat":  "Form of the log on standard error: text or json.",
	"serveRootAssume": "allow: root may assume a role that trusts its account; deny: it may not, as in AWS.",
	"serveNameARN": "End the messages of explicit denials with the ARN of the managed policy that denies, as AWS has begun to " +
		"do in 2026. By default they end without it.",
	"serveSimulator": "aws: the simulation calls answer as AWS's policy simulator does; strict: they answer what enforcement " +
		"would decide.",
	"serveConsole": "Whether web pages at /_understudy/console/ show people what the server holds and decides (on), or there are " +
		"none (off).",
	"serveAllowHost": "A further name by which clients may call the server, such as iam.example.com, or .example.com for all " +
		"names below it; may be given several times. Addresses, localhost, names below .internal and .test, AWS's " +
		"own and, from other machines, names of containers and services need none. Other names are refused, since " +
		"a web page can make them lead here.",
	"serveAllowOrigin": "A further origin of web pages that may make AWS's calls, such as https://app.example.com; may be given " +
		"several times. Pages of localhost and of loopback addresses, with any port, need none. Other pages are " +
		"refused, since the default keys are known to all of them; /_understudy/ refuses these too.",
	"serveSignatures": "Let the record of a wrong signature say which single change would have matched: another secret, path, " +
		"query, host, header or body. Whoever reads records then learns whose secret made a signature.",
	"serveTrustProxy": "Take aws:SourceIp from X-Forwarded-For. Use this only behind a proxy that sets that header.",
	"serveSAML": "aws: AssumeRoleWithSAML checks what AWS checks; strict: it also checks audience, recipient, NotBefore " +
		"and the response's issuer, and accepts each assertion only once.",
	"serveOIDCKeys": "Read the keys of an OpenID Connect issuer (https://...) from this JSON Web Key Set, and do not ask the " +
		"issuer for them.",
	"serveThumbs": "derive: an OpenID Connect provider that is created without a thumbprint gets one that is derived from " +
		"the name of its host; fetch: the host is asked for its certificate, as AWS does.",
	"serveSTSGlobal": "Treat requests to STS that are signed for this region as requests to the global endpoint, " +
		"sts.amazonaws.com, which issues v1 session tokens. us-east-1 is the scope of that endpoint and of a " +
		"regional one; by default it means the regional one.",
	"serveIDP": "Turn on the local identity provider at /_understudy/idp/, which signs any token that it is asked for; " +
		"see understudy token. Whoever can reach the server can then act as any outside identity that a trust " +
		"policy admits.",
	"serveSecureTransport": "Let aws:SecureTransport be true for all calls, as at AWS, whose endpoints accept only TLS. With " +
		"--secure-transport=false it says whether the connection has TLS.",
	"serveMaxUsers": "Users per account; AWS's quota is 5000.",

	"upstreamUpstreams": "Decide the calls of services other than IAM and STS, and send those that are allowed on to this " +
		"emulator: http://127.0.0.1:5000 for all services, or s3,dynamodb=http://127.0.0.1:9000 for some; " +
		"emulator or emulator:PORT is AWS's own emulator on this machine, whose files are read from " +
		"~/.aws/emulator. May be given several times; in the variable, put blanks between them.",
	"upstreamCredentials": "How calls are signed for the upstream. account: again, with the account ID as the key ID, which " +
		"LocalStack reads, and with the header x-moto-account-id; keep: with the client's own signature; strip: " +
		"not at all; KEYID:SECRET: again, with this key.",
	"upstreamAccount": "The account that owns the resources of the upstream; by default --account. caller: the account of the " +
		"caller, for upstreams that keep accounts apart by the key ID.",
	"upstreamCA":       "Trust the certificates in this file (PEM) for upstreams with https.",
	"upstreamInsecure": "Accept any certificate of an upstream.",
	"upstreamMirror": "on: a role that a call passes, such as to a function of Lambda, and an instance profile or a server certificate " +
		"that it names, are made at the upstream before the call is sent on, and deleted there when they are deleted " +
		"here; off: the upstream is left alone.",
	"upstreamGateway": "strict: a call whose operation is not known is denied; lenient: it is decided by its name, on every " +
		"resource.",

	"simulatePrincipal": "User, group or role of a running server whose policies count: a name, user/NAME, group/NAME or " +
		"role/NAME, an access key ID, or an ARN, of any account. Without it, only the files count, and no server " +
		"is needed.",
	"simulateAction":  "Actions to simulate, separated by commas.",
	"simulateContext": "Condition key of the request; KEY=[A,B] is a list. May be repeated.",
	"simulatePolicy": "Identity policy: a file, or the name of one of AWS's managed policies, such as ReadOnlyAccess; may be " +
		"repeated.",
	"simulateBoundary": "Permissions boundary: a file, or the name of one of AWS's managed policies.",
	"simulateSCP": "Service control policies of one level of an organization; repeat it from the root down to the account. " +
		"Only without a principal.",
	"simulateResourcePolicy": "Policy of the resources; needs --caller or a principal.",
	"simulateStrict": "Answer what enforcement would decide, without the quirks of AWS's policy simulator. For a principal, " +
		"start the server with --simulator=strict instead.",

	"testCoverage": "Find out which statements of the state the rows test: each is removed, and a row must fail then. AWS's own policies do " +
		"not count.",
	"testFormat":      "text, junit (XML for CI servers), tap, json, or github: errors that GitHub Actions shows beside the lines.",
	"testMinCoverage": "The exit code is 1 if fewer percent of the statements are tested; this makes --coverage.",
	"tokenAudience":   "The audience of the token, aud: a client ID of the provider. sts.amazonaws.com by default.",
	"tokenClaimJSON":  "Another claim, as JSON: a number, a list, true; null takes a claim away.",
	"tokenSource":     "The source identity. The trust policy must allow sts:SetSourceIdentity.",
	"tokenExpires": "How long the token is valid, such as 15m; with a negative duration, --expires=-10m, it has expired " +
		"already.",
	"tokenIssuedAgo":    "How long ago the token was issued; with a negative duration it is issued in the future.",
	"tokenAlgorithm":    "RS256, RS384, RS512, ES256, ES384 or ES512.",
	"tokenOut":          "Write the token to this file, which only its owner can read, instead of printing it.",
	"gitHubJobWorkflow": "The reusable workflow of the job: OWNER/NAME/.github/workflows/FILE@REF.",
	"cognitoLogin": "The provider with which the identity has signed in, such as " +
		"cognito-idp.us-east-1.amazonaws.com/us-east-1_example.",
	"identityCenterUserID": "The user of the identity store: identitystore:UserId in conditions.",

	"totpDevice": "Serial number of an MFA device, the name of a virtual one of the server's own account, or a seed " +
		"(Base32StringSeed), for which no server is asked.",

	"watchDecision": "Only this outcome: allowed, denied, would-be-denied, faulted or refused.",

	"whoCanAccount": "Accounts whose users, roles and root users are asked about. Without it: the account of the resource, or " +
		"the server's own; all accounts where a policy of the resource may let in others, as for sts:AssumeRole.",
}
