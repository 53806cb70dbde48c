package alerts

import "slices"

// Holdings is what a Watcher knows: who has which goal, in order. That a role reaches
// itself is left out.
func (w *Watcher) Holdings() []string {
	list := []string{}
	for _, s := range w.all {
		for _, g := range s.goals() {
			if g.kind == Reaches && s.ways[g] == s {
				continue
			}
			list = append(list, s.standing.ARN()+" "+s.standing.Holder().ID+" "+g.kind+" "+g.what+" "+g.account)
		}
	}
	slices.Sort(list)
	return list
}

// Size is how many subjects a Watcher keeps.
func (w *Watcher) Size() int { return len(w.all) + len(w.subjects) }
