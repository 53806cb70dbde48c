package advice

import (
	"bytes"
	"encoding/json"
	"strings"
)

// diff are the lines of a statement before and after a change. Without a statement
// before, all are new.
func diff(before, after json.RawMessage) []string {
	was, is := lines(before), lines(after)
	// common[i][j] is how many lines was[i:] and is[j:] have in common.
	common := make([][]int, len(was)+1)
	for i := range common {
		common[i] = make([]int, len(is)+1)
	}
	for i := len(was) - 1; i >= 0; i-- {
		for j := len(is) - 1; j >= 0; j-- {
			if was[i] == is[j] {
				common[i][j] = common[i+1][j+1] + 1
			} else {
				common[i][j] = max(common[i+1][j], common[i][j+1])
			}
		}
	}
	var out []string
	i, j := 0, 0
	for i < len(was) || j < len(is) {
		switch {
		case i < len(was) && j < len(is) && was[i] == is[j]:
			out = append(out, "  "+was[i])
			i, j = i+1, j+1
		case i < len(was) && (j == len(is) || common[i+1][j] >= common[i][j+1]):
			out = append(out, "- "+was[i])
			i++
		default:
			out = append(out, "+ "+is[j])
			j++
		}
	}
	return out
}

// maxLines bounds the work of a comparison: a statement of more lines is shown whole.
const maxLines = 400

// lines are the lines of a statement.
func lines(raw json.RawMessage) []string {
	if len(raw) == 0 {
		return nil
	}
	list, ok := Pretty(string(raw))
	if !ok || len(list) > maxLines {
		return []string{string(raw)}
	}
	return list
}

// Pretty formats JSON as people write policies: one member a line, and a short list on
// one line. Strings in it stay as they are written. False: it is not JSON.
func Pretty(text string) (lines []string, ok bool) {
	var b bytes.Buffer
	if json.Indent(&b, []byte(text), "", "  ") != nil {
		return nil, false
	}
	return joinLists(strings.Split(b.String(), "\n")), true
}

// listWidth is how long a line with a whole list may be.
const listWidth = 48

// joinLists writes each short list on one line.
func joinLists(lines []string) []string {
	var out []string
	for i := 0; i < len(lines); i++ {
		end := i + 1
		for end < len(lines) && !strings.ContainsAny(lines[end][len(lines[end])-1:], "[{]}") && !strings.HasSuffix(lines[end], "],") {
			end++
		}
		if !strings.HasSuffix(lines[i], "[") || end == len(lines) || !strings.HasPrefix(strings.TrimSpace(lines[end]), "]") {
			out = append(out, lines[i])
			continue
		}
		var values []string
		for _, line := range lines[i+1 : end] {
			values = append(values, strings.TrimSpace(line))
		}
		joined := lines[i] + strings.Join(values, " ") + strings.TrimSpace(lines[end])
		if len(joined) > listWidth {
			out = append(out, lines[i])
			continue
		}
		out = append(out, joined)
		i = end
	}
	return out
}
