//go:build !unix

package badgerstore

// noFollow has no bits here: the kinds of the files in the directory were checked before.
const noFollow = 0
