package audit

// Same reports whether both are about the same: the check, the principal, the resource and
// what is said of them. Evidence may differ.
func (f *Finding) Same(other Finding) bool { return f.key() == other.key() }

func (f *Finding) key() [4]string { return [4]string{f.ID, f.Principal, f.Resource, f.Title} }

// Diff returns the findings of the later report that the earlier one does not have, and
// those of the earlier one that are gone, each in its order.
func Diff(before, after *Report) (appeared, gone []Finding) {
	return missing(after.Findings, before.Findings), missing(before.Findings, after.Findings)
}

// missing are those of the list that the others do not have.
func missing(list, others []Finding) (out []Finding) {
	known := make(map[[4]string]bool, len(others))
	for i := range others {
		known[others[i].key()] = true
	}
	for i := range list {
		if !known[list[i].key()] {
			out = append(out, list[i])
		}
	}
	return out
}
