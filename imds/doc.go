// Package imds is the endpoint at which programs on AWS find the credentials of their
// role: the instance metadata service of EC2, and the credentials endpoints of ECS tasks
// and of EKS Pod Identity. With it on a laptop, the default credential chains of the SDKs
// find a role as they do on AWS.
//
// It guarantees that
//   - metadata needs a session token (IMDSv2) unless Options.AllowV1 says
//     otherwise;
//   - credentials are handed out again until an hour before they end, and new
//     ones then, or as soon as the role was made again;
//   - a request whose Host is not a loopback address, a link-local address that
//     AWS uses, or a name in Options.Hosts is refused, so that no web page
//     reaches the endpoint by a name that it makes up.
//
// # Caveats
//
// It makes no decisions: Roles decides whether a service may start a session of a role.
// Everybody who can open the port can get the credentials, as on an instance;
// Options.Token guards those of containers. The instance is fictitious: its values are
// derived from the account and the region, and never change. It has no spot notices,
// tags, user data or public addresses.
package imds
