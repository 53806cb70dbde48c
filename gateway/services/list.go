package services

import (
	"maps"
	"slices"
)

// Operations returns the operations of all services, such as "s3:GetObject", by the prefix of the
// service's actions and the name of the operation. The call unpacks the tables of all services.
func Operations() []string {
	var all unique
	for _, s := range List() {
		for _, names := range [][]string{
			slices.Sorted(maps.Keys(s.loaded().operations)),
			slices.Sorted(maps.Keys(byHand()[s.Name])), // PostObject is in no table
		} {
			for _, name := range names {
				all.add(s.Prefix + ":" + name)
			}
		}
	}
	return all.list
}
