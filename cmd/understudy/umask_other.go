//go:build !unix

package main

// keepFilesPrivate does nothing on systems where files inherit their permissions.
func keepFilesPrivate() {}
