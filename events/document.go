package events

// DocumentFault is where a policy document of a call is at fault, for people: AWS's
// answer says less.
type DocumentFault struct {
	Line     int32  `json:"line"`   // from 1
	Column   int32  `json:"column"` // from 1
	Member   string `json:"member,omitempty"`
	Sentence string `json:"sentence,omitempty"` // what is wrong there, if more can be said than AWS's message does
	Nearest  string `json:"nearest,omitempty"`  // the right word that is nearest to what is there
}

// bytes is about what it takes.
func (d *DocumentFault) bytes() int {
	if d == nil {
		return 0
	}
	return 100 + len(d.Member) + len(d.Sentence) + len(d.Nearest)
}
