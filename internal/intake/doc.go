// Package intake serves HTTP and bounds what clients can make the server hold:
// connections, and the bodies of requests that are being read.
//
// It guarantees that
//   - no more connections are open than the limit: a new one takes the place of the
//     one that has waited longest for a request, and is closed itself if none waits;
//   - where the system lets the process open few files, the limit leaves some for
//     other uses, and a server survives a lack of files or memory for a new
//     connection;
//   - the body of a request ends in time: it is given up if it comes more slowly
//     than a byte rate that every client reaches, or if more bodies, or bytes of
//     bodies, are held than the limits. Read then returns an *Error to the handler;
//   - a client that does not read its answer is given up after a while;
//   - when the server stops, calls in progress get their answer, and nothing else
//     delays it: bodies that have not arrived are cut, and so are answers that
//     nobody reads.
//
// # Caveats
//
// A body counts by the bytes that were read from it, until its handler returns; what the handler makes of them does
// not count. A handler that passes a body on calls the body's method Stream, and the bytes that follow do not
// count. Deadlines use the real time. Requests without a body have no deadline, so answers may stream for any time.
package intake
