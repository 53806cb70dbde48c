package services

import "strings"

// refineKinesis finds the stream of an iterator that GetShardIterator has answered. An upstream may
// read only the iterator, so its stream is needed besides the one that the request names.
func refineKinesis(r *reader, n *Needs) error {
	if len(n.Needs) == 0 {
		return nil
	}
	iterator, err := r.text("ShardIterator")
	named := !strings.HasSuffix(n.Needs[0].Resource, ":stream/*")
	if err != nil || iterator == "" && named {
		return err
	}
	stream := r.request.resolve(IteratorOfStream, iterator)
	if stream == "" {
		stream, n.Resolution = r.request.arn("kinesis", "stream/*"), Unresolved
	}
	if named {
		alsoNeed(n, 0, stream)
	} else {
		become(&n.Needs[0], stream)
	}
	return nil
}
