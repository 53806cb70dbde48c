package badgerstore

import (
	"github.com/dgraph-io/badger/v4"
	"github.com/dgraph-io/badger/v4/options"
)

const (
	// memTableSize is how much Badger collects before it writes a table. It
	// reserves a third more at once, which counts as used when the garbage
	// collector paces itself, and which it clears when a process opens one store
	// after another. A larger table makes scans faster: one that has to merge
	// two tables takes one and a half times as long.
	memTableSize = 16 << 20

	// valueThreshold is the size from which Badger would put a value into its
	// value log. It is Badger's maximum and above pieceSize, so no value ever
	// goes there, and there is no value log to collect the garbage of.
	valueThreshold = 1 << 20

	// levelZero is the number of tables at which compaction begins.
	levelZero = 3
)

// badgerOptions sets what differs from Badger's defaults, which are made for
// large data on servers of its own.
func badgerOptions(o Options, d *directory) badger.Options {
	b := badger.DefaultOptions(o.Dir)
	b.InMemory = o.Dir == ""
	b.Logger = logger{o.Logger}

	b.MemTableSize = memTableSize
	b.ValueThreshold = valueThreshold
	b.ValueLogFileSize = 1 << 20 // Badger's minimum: the log stays empty
	b.NumMemtables = 2           // one is filled while another is written out

	// Without compression tables are read where they are mapped, so the cache
	// of unpacked blocks, which Badger sizes at 256 MB, is not needed.
	b.Compression = options.None
	b.BlockCacheSize = 0

	b.NumCompactors = 2 // Badger's minimum

	// A scan merges all tables of level zero, so there should be few; still fewer would
	// be compacted too often. When there are four times as many, writers wait.
	b.NumLevelZeroTables = levelZero
	b.NumLevelZeroTablesStall = 4 * levelZero

	// Each Close makes a table. Processes too short for compaction in the background
	// leave it to the first process that finds too many tables.
	b.CompactL0OnClose = d.crowded()

	b.MetricsEnabled = false  // global variables that nobody reads
	b.DetectConflicts = false // Updates run one at a time
	b.NumGoroutines = 1       // of Badger's streams, which are not used

	// The directory was locked, and its tables verified, before Badger opens it.
	b.BypassLockGuard = d.locked()
	b.ChecksumVerificationMode = options.NoVerification
	return b
}
