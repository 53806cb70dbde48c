// Package intake serves HTTP and bounds what clients can make the server hold:
// connections, and the bodies of requests that are being read.
//
// It guarantees that
//   - no more connections are open than the limit: a new one takes the place of the
//     one that has waited longest for a request, and is closed itself if none waits;
//   - the limit leaves files to others where the system lets the process open few,
//     and a server outlives that files or memory for a new connection are short;
//   - the body of a request ends in time: it is given up if it comes more slowly
//     than a byte rate that every client reaches, or if more bodies, or bytes of
//     bodies, are held than the limits. The handler gets an *Error from Read then;
//   - a client that does not read its answer is given up after a while;
//   - when the server stops, calls that are under way get their answer, and nothing
//     else keeps it: bodies that have not arrived are cut, and so are answers that
//     nobody reads.
//
// # Caveats
//
// A body counts by the bytes that were read of it, until its handler returns; what
// the handler makes of them does not count. A handler that passes a body on says so
// by the body's method Stream, and then the bytes that follow do not count. Deadlines go by the real time. Requests
// without a body have no deadline, so that answers may stream for any time.
package intake
