package evaluator

import (
	"math/bits"
	"unicode/utf8"
)

// positions is a set of places in a string, a bit for each: those up to which the tokens of a
// pattern match so far. Each token turns the set into the next one, 64 places at a time. The
// places are those of bytes; the place between the two UTF-16 units of a character above
// U+FFFF, which only a "?" can reach, is the middle of its four bytes.
type positions struct {
	s         string
	fold      bool
	built     bool
	set       []uint64
	low, high int // the words of set outside are zero
	steps     int // words that were processed since the table was built

	words []uint64    // the set and the rows of the table
	rows  [256]int32  // where the row of a byte begins in words; 0 if the byte does not occur
	units [4][]uint64 // where a unit of 1, 2 or 3 bytes begins; at 0 all of them, and the end
}

// build makes the table of the places of each byte in s.
func (x *positions) build(s string, fold bool) {
	x.s, x.fold, x.built, x.steps = s, fold, true, 0
	x.reserve()
	for i := 0; i < len(s); i++ {
		x.words[int(x.rows[x.letter(s[i])])+i/64] |= 1 << (i % 64)
	}
	for i := 0; i < len(s); {
		_, size := utf8.DecodeRuneInString(s[i:])
		if size == utf8.UTFMax {
			x.addUnit(i, 2)
			x.addUnit(i+2, 2)
		} else {
			x.addUnit(i, size)
		}
		i += size
	}
	x.units[0][len(s)/64] |= 1 << (len(s) % 64)
}

// reserve allocates memory for the set, the rows and the units.
func (x *positions) reserve() {
	size := len(x.s)/64 + 1
	total := size
	x.rows = [256]int32{}
	for i := 0; i < len(x.s); i++ {
		if row := &x.rows[x.letter(x.s[i])]; *row == 0 {
			*row = int32(total)
			total += size
		}
	}
	if need := total + len(x.units)*size; cap(x.words) < need {
		x.words = make([]uint64, need)
	} else {
		x.words = x.words[:need]
		clear(x.words)
	}
	for i := range x.units {
		x.units[i] = x.words[total+i*size:][:size]
	}
	x.set, x.low, x.high = x.words[:size], 0, -1
}

func (x *positions) letter(c byte) byte {
	if x.fold {
		return lowerByte(c)
	}
	return c
}

func (x *positions) addUnit(at, size int) {
	x.units[0][at/64] |= 1 << (at % 64)
	x.units[size][at/64] |= 1 << (at % 64)
}

// start makes the place the only one in the set.
func (x *positions) start(at int) {
	clear(x.set[x.low : x.high+1])
	x.low, x.high = at/64, at/64
	x.set[x.low] = 1 << (at % 64)
}

func (x *positions) empty() bool { return x.low > x.high }

// ended reports whether the end of the text is in the set.
func (x *positions) ended() bool { return x.set[len(x.s)/64]>>(len(x.s)%64)&1 != 0 }

// moved ends a move: more is what was moved out of the highest word.
func (x *positions) moved(more uint64) {
	x.steps += x.high - x.low + 1
	if more != 0 {
		x.high++
		x.set[x.high] = more
	}
	for !x.empty() && x.set[x.low] == 0 {
		x.low++
	}
	for !x.empty() && x.set[x.high] == 0 {
		x.high--
	}
}

// text keeps the places where s is and moves them after it.
func (x *positions) text(s string) {
	for i := 0; i < len(s) && !x.empty(); i++ {
		row := x.row(x.letter(s[i]))
		if row == nil {
			x.none()
			return
		}
		x.behind(row)
	}
}

// behind moves the places in the row after their bytes.
func (x *positions) behind(row []uint64) {
	more := uint64(0)
	for i := x.low; i <= x.high; i++ {
		b := x.set[i] & row[i]
		x.set[i] = b<<1 | more
		more = b >> 63
	}
	x.moved(more)
}

// none removes all places.
func (x *positions) none() {
	clear(x.set[x.low : x.high+1])
	x.low, x.high = 0, -1
}

// retain keeps the places that are in the row.
func (x *positions) retain(row []uint64) {
	for i := x.low; i <= x.high; i++ {
		x.set[i] &= row[i]
	}
	x.moved(0)
}

// remove removes the places that are in the row.
func (x *positions) remove(row []uint64) {
	for i := x.low; i <= x.high; i++ {
		x.set[i] &^= row[i]
	}
	x.moved(0)
}

// mark moves each place after the UTF-16 unit that begins there.
func (x *positions) mark() {
	more := uint64(0)
	for i := x.low; i <= x.high; i++ {
		b := x.set[i]
		one, two, three := b&x.units[1][i], b&x.units[2][i], b&x.units[3][i]
		x.set[i] = one<<1 | two<<2 | three<<3 | more
		more = one>>63 | two>>62 | three>>61
	}
	x.moved(more)
}

// star adds every place after the first one.
func (x *positions) star() {
	if x.empty() {
		return
	}
	x.set[x.low] = ^uint64(0) << bits.TrailingZeros64(x.set[x.low])
	last := len(x.set) - 1
	for i := x.low + 1; i <= last; i++ {
		x.set[i] = ^uint64(0)
	}
	x.set[last] &= ^uint64(0) >> (63 - len(x.s)%64)
	x.high = last
	x.steps += last - x.low + 1
}

// starInPart adds the places after each one up to the next colon: in an addition the carry
// goes equally far through the ones of a binary number.
func (x *positions) starInPart() {
	colons, last := x.row(':'), len(x.set)-1
	carry := uint64(0)
	for i := x.low; i <= last && (i <= x.high || carry != 0); i++ {
		free := ^uint64(0)
		if colons != nil {
			free = ^colons[i]
		}
		if i == last {
			free &= 1<<(len(x.s)%64) - 1
		}
		var sum uint64
		sum, carry = bits.Add64(x.set[i]&free, free, carry)
		x.set[i] |= sum ^ free
		x.high = max(x.high, i)
	}
	x.moved(0)
}

// row returns the places of a byte; nil if it does not occur.
func (x *positions) row(c byte) []uint64 {
	if at := int(x.rows[c]); at != 0 {
		return x.words[at:][:len(x.set)]
	}
	return nil
}
