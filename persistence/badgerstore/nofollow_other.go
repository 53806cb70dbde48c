//go:build !unix

package badgerstore

// noFollow is nothing here: what the directory holds was looked at before.
const noFollow = 0
