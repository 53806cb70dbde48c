package awsapi

import "slices"

// AWS lists the faults of an input in the iteration order of a Java HashMap of
// its members' names: every recorded order (value before key;
// minimumPasswordLength, passwordReusePrevention, maxPasswordAge; clientIDList,
// thumbprintList, url) is that of a map of 16 buckets.

// javaOrder returns the indexes of names in the order in which a
// java.util.HashMap yields them that they were put into one by one.
func javaOrder(names []string) []int {
	buckets := uint32(16)
	for len(names)*4 > int(buckets)*3 { // the load factor of 0.75
		buckets *= 2
	}
	order := make([]int, len(names))
	bucket := make([]uint32, len(names))
	for i, name := range names {
		h := javaHash(name)
		order[i], bucket[i] = i, (h^h>>16)&(buckets-1)
	}
	slices.SortStableFunc(order, func(a, b int) int { return int(bucket[a]) - int(bucket[b]) })
	return order
}

// javaHash is String.hashCode of an ASCII string.
func javaHash(s string) uint32 {
	var h uint32
	for i := range len(s) {
		h = 31*h + uint32(s[i])
	}
	return h
}
