// Package webguard tells requests of programs from requests that a web page makes
// in a browser. A server on the loopback interface needs that: a page of any site
// can send requests to it.
//
// It guarantees two things. A request to a name that a page's owner can point to
// this machine (DNS rebinding) is refused: the Host header has the name, and a page
// cannot change it. A request that a browser marks, with Origin and Sec-Fetch-Site,
// as coming from another site's page is refused too: a Guard refuses all other
// sites, Origins those that may not call.
//
// # Caveats
//
// It authenticates nobody: a program may send any header. Browsers send
// Sec-Fetch-Site to loopback addresses, to localhost and over TLS only, and a GET
// of an image or a link has no Origin. Whether a server is
// reached from other machines is decided for each connection, by its local address
// (http.LocalAddrContextKey): a connection to a loopback address is local even if
// the server listens on all addresses. A handler that is called without a
// connection, as in a test, counts as local.
package webguard
