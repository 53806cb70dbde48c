package main

import (
	"fmt"
	"strings"
)

// patches writes, for each version but the first, how to make its lines from those
// of the previous version. Each patch ends with a line that is a full stop.
func patches(versions []version) string {
	var out strings.Builder
	for i := 1; i < len(versions); i++ {
		patch(&out, versions[i-1].lines, versions[i].lines)
		out.WriteString(".\n")
	}
	return out.String()
}

// patch writes the lines of target: a run that base has too as "=SKIP,COUNT",
// where SKIP is the distance from the end of the last copied run to the
// beginning of this one, and every other line as it is. A line of JSON never
// begins with an equals sign or a full stop.
func patch(out *strings.Builder, base, target []string) {
	where := map[string][]int{}
	for i, line := range base {
		where[line] = append(where[line], i)
	}
	next := 0
	for j := 0; j < len(target); {
		start, count := longestRun(base, target[j:], where[target[j]], next)
		if count == 0 {
			out.WriteString(target[j] + "\n")
			j++
			continue
		}
		fmt.Fprintf(out, "=%d,%d\n", start-next, count)
		next = start + count
		j += count
	}
}

// longestRun returns the longest common run of base and target that starts at the
// beginning of target and at one of the given lines of base; if several are equally
// long, the one nearest to next.
func longestRun(base, target []string, starts []int, next int) (start, count int) {
	for _, s := range starts {
		n := 0
		for n < len(target) && s+n < len(base) && base[s+n] == target[n] {
			n++
		}
		if n > count || n == count && abs(s-next) < abs(start-next) {
			start, count = s, n
		}
	}
	return start, count
}

func abs(n int) int { return max(n, -n) }
