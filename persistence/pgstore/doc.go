// Package pgstore is the engine for several servers: they share a database that speaks
// PostgreSQL's protocol. No other package of the project imports its driver.
//
// It guarantees what persistence.Store asks for, among all servers that have the
// database open:
//   - Transactions are serializable. Each Update that writes gives the state the next
//     number, in the database, so of two Updates at once the later one runs again. The
//     Updates of one server run one at a time.
//   - A View reads the number of its state first. So what another server has committed is
//     seen by the next transaction, and what was derived from older states is used only if
//     it still holds.
//   - An Update that returned nil is as durable as the database makes its commits.
//   - If the connection is lost during a commit, the database is asked whether it happened;
//     the Update runs again only if it did not.
//   - While the database is away, transactions wait, for Options.Patience at most, and go on
//     when it is back.
//   - The password is in no error.
//
// The tables are made and upgraded by Open. It uses only what PostgreSQL shares with
// CockroachDB and YugabyteDB, but was run on PostgreSQL only.
//
// # Caveats
//
// An Update that is begun inside another Update of the same store waits until its context
// is done. A View holds a connection, also while it begins another View. The servers must
// be started again after the database was restored from a copy.
package pgstore
