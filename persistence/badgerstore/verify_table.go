package badgerstore

import (
	"encoding/binary"
	"errors"
	"fmt"

	"google.golang.org/protobuf/proto"

	"github.com/dgraph-io/badger/v4/fb"
	"github.com/dgraph-io/badger/v4/pb"
	"github.com/dgraph-io/badger/v4/y"
)

var (
	errCut = errors.New("length that reaches beyond its end")
	errSum = errors.New("checksum that does not match")
)

// verifyTable checks all checksums of a table. Its layout is: blocks, an index that says
// where they are, the index's length, its checksum, the checksum's length. A block too
// ends with a checksum and its length.
func verifyTable(file []byte) error {
	rest, sum, err := cutSum(file)
	if err != nil {
		return fmt.Errorf("it has a %w", err)
	}
	blocks, index, err := cutTail(rest)
	if err != nil {
		return fmt.Errorf("it has a %w", err)
	}
	if err := verifySum(index, sum); err != nil {
		return fmt.Errorf("its index has a %w", err)
	}
	if len(index) == 0 { // whose sum is zero, as in a file of zeros
		return fmt.Errorf("its index has a %w", errCut)
	}
	root := fb.GetRootAsTableIndex(index, 0)
	next := 0
	for i := range root.OffsetsLength() {
		var block fb.BlockOffset
		if !root.Offsets(&block, i) || int(block.Offset()) != next || int(block.Len()) > len(blocks)-next {
			return fmt.Errorf("block %d has a %w", i, errCut)
		}
		if err := verifyBlock(blocks[next : next+int(block.Len())]); err != nil {
			return fmt.Errorf("block %d has a %w", i, err)
		}
		next += int(block.Len())
	}
	if next == 0 || next != len(blocks) {
		return fmt.Errorf("its index has a %w", errCut)
	}
	return nil
}

func verifyBlock(block []byte) error {
	data, sum, err := cutSum(block)
	if err != nil {
		return err
	}
	return verifySum(data, sum)
}

// cutSum takes a checksum, which is before its length, from the end.
func cutSum(b []byte) (rest []byte, sum *pb.Checksum, err error) {
	rest, encoded, err := cutTail(b)
	if err != nil {
		return nil, nil, err
	}
	sum = &pb.Checksum{}
	if proto.Unmarshal(encoded, sum) != nil {
		return nil, nil, errSum
	}
	return rest, sum, nil
}

// cutTail takes from the end what is before its length.
func cutTail(b []byte) (rest, tail []byte, err error) {
	const size = 4
	if len(b) < size {
		return nil, nil, errCut
	}
	end := len(b) - size
	length := binary.BigEndian.Uint32(b[end:])
	if uint64(length) > uint64(end) {
		return nil, nil, errCut
	}
	begin := end - int(length)
	return b[:begin], b[begin:end], nil
}

func verifySum(data []byte, sum *pb.Checksum) error {
	known := sum.Algo == pb.Checksum_CRC32C || sum.Algo == pb.Checksum_XXHash64
	if !known || y.VerifyChecksum(data, sum) != nil {
		return errSum
	}
	return nil
}
