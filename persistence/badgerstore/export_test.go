package badgerstore

import "github.com/understudy-iam/understudy/persistence"

// Dir returns the directory of a store on disk.
func Dir(s persistence.Store) string { return s.(*store).directory.path }
