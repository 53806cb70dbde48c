package managed

import (
	_ "embed"
	"fmt"
	"slices"
	"strconv"
	"strings"
	"sync"

	"github.com/understudy-iam/understudy/internal/frames"
	"github.com/understudy-iam/understudy/principal"
)

//go:generate go run ../../internal/cmd/genmanaged

// policies is the archive, written by genmanaged:
//
//	head:    varints: the number of current blocks, the number of history
//	         blocks, then for each frame its length and that of its content
//	frames:  zstd: index, dictionary, current blocks, history blocks
//	index:   a line a policy, fields separated by tabs: path and name,
//	         description, creation in Unix seconds, versions, rank in All,
//	         length in the current blocks, length in the history blocks
//	version: number, colon, seconds after the policy's creation; no colon if
//	         the date is unknown; newest first, separated by commas
//	current: the newest documents, in the order of the index, not indented
//	history: the patches to the older ones, in the order of the index
//
//go:embed policies.bin
var policies string

// cachedBlocks is how many inflated blocks, of 128 KB each, are kept.
const cachedBlocks = 4

// archive is the opened archive. Its records do not change.
type archive struct {
	byPath     map[string]*record
	listed     []*record // in the order of All
	dictionary []byte
	current    []frame
	history    []frame

	mu     sync.Mutex
	cached []block // the most recently used last
}

// frame is one compressed part and where its content begins among the contents
// of its kind.
type frame struct {
	data  string
	start int
	size  int
}

type block struct {
	frame   *frame
	content string
}

// record is one line of the index, split; its fields are parsed when asked for.
type record struct {
	path, description, created, dates string
	document, older                   span
}

// span is a range in the contents of the current or the history blocks.
type span struct{ start, length int }

// opened opens the archive at the first call.
var opened = sync.OnceValue(open)

func open() *archive {
	a := &archive{byPath: map[string]*record{}}
	current, rest := frames.Varint(policies)
	history, rest := frames.Varint(rest)
	list := readFrames(rest, 2+current+history)
	a.current = place(list[2 : 2+current])
	a.history = place(list[2+current:])
	a.dictionary = frames.Inflate(list[1].data, nil)
	a.read(string(frames.Inflate(list[0].data, nil)))
	return a
}

// readFrames reads the table of n frames and cuts the frames after it.
func readFrames(s string, n int) []frame {
	list, lengths := make([]frame, n), make([]int, n)
	for i := range list {
		lengths[i], s = frames.Varint(s)
		list[i].size, s = frames.Varint(s)
	}
	for i, length := range lengths {
		list[i].data, s = s[:length], s[length:]
	}
	return list
}

// place sets where each frame's content starts.
func place(frames []frame) []frame {
	start := 0
	for i := range frames {
		frames[i].start = start
		start += frames[i].size
	}
	return frames
}

// read fills the records from the index. All records are one allocation; their strings
// are parts of the index.
func (a *archive) read(index string) {
	records := make([]record, strings.Count(index, "\n"))
	a.listed = make([]*record, len(records))
	var document, older int
	for i := range records {
		line, rest, _ := strings.Cut(index, "\n")
		index = rest
		field := strings.Split(line, "\t")
		rank, n, m := number(field[4]), number(field[5]), number(field[6])
		records[i] = record{field[0], field[1], field[2], field[3], span{document, n}, span{older, m}}
		document, older = document+n, older+m
		a.listed[rank] = &records[i]
		a.byPath[field[0]] = &records[i]
	}
}

func (a *archive) find(arn string) (*record, principal.Partition, bool) {
	p, path, ok := cut(arn)
	if !ok {
		return nil, p, false
	}
	r, ok := a.byPath[path]
	return r, p, ok
}

// text returns a range of the contents of frames, which are the current or the
// history blocks. No range spans two blocks.
func (a *archive) text(frames []frame, at span) string {
	i, found := slices.BinarySearchFunc(frames, at.start, func(f frame, start int) int { return f.start - start })
	if !found {
		i--
	}
	f := &frames[i]
	offset := at.start - f.start
	return a.content(f)[offset : offset+at.length]
}

// content returns what f holds, from the cache if it is there. Two goroutines
// may inflate the same block at the same time; that costs only time.
func (a *archive) content(f *frame) string {
	if content, ok := a.recall(f); ok {
		return content
	}
	content := string(frames.Inflate(f.data, a.dictionary))
	a.mu.Lock()
	defer a.mu.Unlock()
	if len(a.cached) == cachedBlocks {
		a.cached = slices.Delete(a.cached, 0, 1)
	}
	a.cached = append(a.cached, block{f, content})
	return content
}

func (a *archive) recall(f *frame) (string, bool) {
	a.mu.Lock()
	defer a.mu.Unlock()
	i := slices.IndexFunc(a.cached, func(b block) bool { return b.frame == f })
	if i < 0 {
		return "", false
	}
	found := a.cached[i]
	a.cached = append(slices.Delete(a.cached, i, i+1), found)
	return found.content, true
}

func number(s string) int {
	n, err := strconv.Atoi(s)
	if err != nil {
		panic(fmt.Sprintf("managed: the embedded archive is damaged: %v", err))
	}
	return n
}
