package policytest

// Report is what became of the rows of one file, or of several.
type Report struct {
	Rows     []Row     `json:"rows"` // in the order of the files
	Failed   int       `json:"failed"`
	Coverage *Coverage `json:"coverage,omitempty"` // nil: it was not asked for
}

func (r *Report) add(row *Row) {
	r.Rows = append(r.Rows, *row)
	if !row.Passed {
		r.Failed++
	}
}

// Add adds what another report has.
func (r *Report) Add(other *Report) {
	r.Rows = append(r.Rows, other.Rows...)
	r.Failed += other.Failed
	if other.Coverage == nil {
		return
	}
	if r.Coverage == nil {
		r.Coverage = other.Coverage
		return
	}
	r.Coverage.add(other.Coverage)
}

// add adds the statements of another state. One that both have from the same place, in the
// same policy, is one.
func (c *Coverage) add(other *Coverage) {
	type place struct {
		policy, text string
		file         string
		line, column int32
	}
	at := func(s *Covered) place {
		p := place{policy: s.Policy, text: s.Text}
		if s.Source != nil {
			p.file, p.line, p.column = s.Source.File, s.Source.Line, s.Source.Column
		}
		return p
	}
	known := map[place]int{}
	for i := range c.Statements {
		known[at(&c.Statements[i])] = i
	}
	for i := range other.Statements {
		s := &other.Statements[i]
		n, ok := known[at(s)]
		if !ok {
			c.Statements = append(c.Statements, *s)
			continue
		}
		c.Statements[n].Touched += s.Touched
		c.Statements[n].Tested = c.Statements[n].Tested || s.Tested
	}
	c.Tested = 0
	for i := range c.Statements {
		if c.Statements[i].Tested {
			c.Tested++
		}
	}
}
