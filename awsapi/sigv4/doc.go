// Package sigv4 is AWS Signature Version 4: it reads the signature of a request, verifies it, and
// signs requests. It knows no protocol, service or store, and imports only the standard library.
//
// A server reads a request with Parse, checks its time and its scope with CheckTime (or CheckLife)
// and CheckScope, finds the secret of the access key, and calls Verify, or Open to verify the body
// while it streams. A client or a proxy signs with a Signer; a proxy passes an opened body on with
// Body.Attach.
//
// It guarantees that
//   - a signature is read from the Authorization header or from the query of a
//     presigned request, made with SigV4 or with SigV4A, and is refused if there
//     are two;
//   - if there are several faults, the one that AWS reports is returned, as an *Error whose
//     fields hold what AWS's messages need;
//   - Verify covers the method, path, query, signed headers, payload and scope,
//     and takes the same time whichever byte of the signature is wrong;
//   - a path is signed as the service of the scope has it, in one spelling only: S3's
//     as it was sent, any other without empty and dot segments and encoded twice;
//   - Open reads a body with a declared hash, an unsigned one, and an aws-chunked one
//     in all forms that S3 has. Memory does not grow with the body, and a body that is
//     not the one that was signed never completes;
//   - a request that a Signer has signed verifies here, and is signed as AWS's
//     SDK for Go signs it.
//
// # Caveats
//
// Nothing that Parse returns is verified until Verify has returned nil. A session token is not
// always covered by the signature: whoever looks up the secret must compare the token too. The only
// protection against replay is the time window, as at AWS.
//
// ECDSA signatures, which SigV4A uses, are malleable: from one valid signature, another for the
// same request can be made without the key. Do not use the bytes of a signature as an identity, as
// the key of a cache, or as proof that a request was not seen before.
//
// It signs only with SigV4, not with SigV4A, and does not sign chunks: a body that is passed on is
// unsigned, or has one hash. It does not verify the events of an event stream
// (STREAMING-AWS4-HMAC-SHA256-EVENTS); Open refuses such a request.
package sigv4
