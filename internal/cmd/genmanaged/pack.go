package main

import (
	"cmp"
	"encoding/binary"
	"fmt"
	"maps"
	"slices"
	"strings"

	"github.com/klauspost/compress/zstd"

	"github.com/understudy-iam/understudy/internal/frames"
)

const (
	// blockSize is the size at which a block of documents is closed. Larger blocks
	// compress better, but a look-up decompresses a whole block.
	blockSize = 128 << 10

	// dictionarySize is the largest size of the dictionary with which every block is
	// compressed.
	dictionarySize = 64 << 10
)

// pack builds the archive: an index, a dictionary and blocks of documents, each a
// zstd frame. Policies are sorted by name, so that those of one product are
// compressed together; the index says where each is in the source.
func pack(policies []policy) ([]byte, error) {
	var index strings.Builder
	var current, history blocks
	for _, i := range byName(policies) {
		document := strings.Join(policies[i].versions[0].lines, "\n")
		older := patches(policies[i].versions)
		current.add(document)
		history.add(older)
		if err := writeRecord(&index, policies[i]); err != nil {
			return nil, err
		}
		fmt.Fprintf(&index, "\t%d\t%d\t%d\n", i, len(document), len(older))
	}
	return compress(index.String(), dictionary(policies), current, history)
}

// byName returns the indexes of policies in the order of their names, without
// path and without the maker's name in front.
func byName(policies []policy) []int {
	order := make([]int, len(policies))
	names := make([]string, len(policies))
	for i, p := range policies {
		order[i] = i
		name := p.path[strings.LastIndexByte(p.path, '/')+1:]
		names[i] = strings.TrimPrefix(strings.TrimPrefix(name, "AWS"), "Amazon")
	}
	slices.SortFunc(order, func(a, b int) int {
		return cmp.Or(strings.Compare(names[a], names[b]), cmp.Compare(a, b))
	})
	return order
}

// dictionary returns the lines that most policies have, the most frequent last:
// zstd writes short distances in fewer bits.
func dictionary(policies []policy) string {
	count := map[string]int{}
	for _, p := range policies {
		seen := map[string]bool{}
		for _, line := range p.versions[0].lines {
			line = strings.TrimSuffix(line, ",")
			if !seen[line] {
				seen[line] = true
				count[line]++
			}
		}
	}
	common := slices.SortedFunc(maps.Keys(count), func(a, b string) int {
		return cmp.Or(cmp.Compare(count[b], count[a]), strings.Compare(a, b))
	})
	size, n := 0, 0
	for n < len(common) && size+len(common[n])+2 <= dictionarySize {
		size += len(common[n]) + 2
		n++
	}
	slices.Reverse(common[:n])
	return strings.Join(common[:n], ",\n")
}

// blocks collects strings into blocks; a string is never split.
type blocks []string

func (b *blocks) add(text string) {
	last := len(*b) - 1
	if last < 0 || len((*b)[last])+len(text) > blockSize && (*b)[last] != "" {
		*b = append(*b, "")
		last++
	}
	(*b)[last] += text
}

// writeRecord writes the part of an index line about the policy itself.
func writeRecord(out *strings.Builder, p policy) error {
	if strings.ContainsAny(p.path+p.description, "\t\n") {
		return fmt.Errorf("%s: a field holds a tab or a line end", p.path)
	}
	if !p.updated.Equal(p.versions[0].created) {
		return fmt.Errorf("%s: updated at another time than its newest version", p.path)
	}
	fmt.Fprintf(out, "%s\t%s\t%d\t", p.path, p.description, p.created.Unix())
	for i, v := range p.versions {
		if i > 0 {
			out.WriteByte(',')
		}
		fmt.Fprint(out, v.number)
		if !v.created.IsZero() {
			fmt.Fprintf(out, ":%d", v.created.Unix()-p.created.Unix())
		}
	}
	return nil
}

// compress joins the frames after a head of varints: the numbers of frames in
// current and in history, then for every frame its length and the length of what it
// holds. Only documents use the dictionary.
func compress(index, dictionary string, current, history blocks) ([]byte, error) {
	plain, against, err := frames.NewEncoders(dictionary)
	if err != nil {
		return nil, err
	}
	head := binary.AppendUvarint(nil, uint64(len(current)))
	head = binary.AppendUvarint(head, uint64(len(history)))
	var body []byte
	add := func(encoder *zstd.Encoder, text string) {
		before := len(body)
		body = encoder.EncodeAll([]byte(text), body)
		head = binary.AppendUvarint(head, uint64(len(body)-before))
		head = binary.AppendUvarint(head, uint64(len(text)))
	}
	add(plain, index)
	add(plain, dictionary)
	for _, block := range slices.Concat(current, history) {
		add(against, block)
	}
	return append(head, body...), nil
}
