package advice

import (
	"net/netip"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/understudy-iam/understudy/evaluator"
)

// sample is a placeholder for a value that the caller chooses.
const sample = "VALUE"

// trials are values of the condition's key that may give the condition the outcome want:
// those that it lists, a different one, and none. Each of them is tried.
func (st *state) trials(c *evaluator.Condition, want bool) [][]string {
	op := readOperator(c.Operator)
	var list [][]string
	for _, v := range c.Values {
		text, ok := st.resolved(v.Value)
		if !ok {
			continue
		}
		for _, t := range op.around(text) {
			list = append(list, []string{t})
		}
	}
	found, _, _ := st.request.Context.Lookup(c.Key)
	if op.quantifier != "" {
		list = append(fewer(found, list), list...)
	}
	if len(found) == 0 && op.negated != want && op.name != "Null" {
		list = append(list, []string{sample})
	}
	return append(list, nil)
}

// around are values near one that a condition lists.
func (op operator) around(text string) []string {
	switch {
	case op.name == "Null":
		return []string{sample}
	case op.name == "Bool":
		return []string{"true", "false"}
	case strings.HasPrefix(op.name, "Numeric"):
		return aroundNumber(text)
	case strings.HasPrefix(op.name, "Date"):
		return aroundDate(text)
	case op.name == "IpAddress":
		return inNetwork(text)
	case strings.HasSuffix(op.name, "Like"), strings.HasPrefix(op.name, "Arn"):
		return []string{strings.NewReplacer("*", sample, "?", "X").Replace(text)}
	}
	return []string{text}
}

func aroundNumber(text string) []string {
	n, err := strconv.ParseInt(text, 10, 64)
	if err != nil {
		return []string{text}
	}
	return []string{text, strconv.FormatInt(n-1, 10), strconv.FormatInt(n+1, 10)}
}

func aroundDate(text string) []string {
	t, err := time.Parse(time.RFC3339, text)
	if err != nil {
		return []string{text}
	}
	return []string{text, t.Add(time.Second).UTC().Format(time.RFC3339), t.Add(-time.Second).UTC().Format(time.RFC3339)}
}

// inNetwork is an address in a network: the first that a host may have.
func inNetwork(text string) []string {
	n, err := netip.ParsePrefix(text)
	if err != nil {
		return []string{text}
	}
	address := n.Masked().Addr()
	if n.Bits() < address.BitLen()-1 {
		address = address.Next()
	}
	return []string{address.String()}
}

// fewer are the values of the request without those that the condition does not
// list, and with one that it lists.
func fewer(found []string, listed [][]string) [][]string {
	var kept []string
	for _, v := range found {
		if slices.ContainsFunc(listed, func(l []string) bool { return strings.EqualFold(l[0], v) }) {
			kept = append(kept, v)
		}
	}
	list := [][]string{kept}
	for _, l := range listed {
		list = append(list, append(slices.Clone(found), l[0]))
	}
	return list
}
