package services

import "testing"

// FuzzReadExpression checks that an expression touches nothing but what it or its
// placeholders name, and that only values of the request are compared.
func FuzzReadExpression(f *testing.F) {
	for _, s := range []string{
		"a = :v AND begins_with(b, :w)", "#n.x[0] <> :v", "SET a = if_not_exists(b, :v) + :w REMOVE c ADD d :v DELETE e :w",
		"a, b.c, #n[1][2]", "size(a) = :v", ":v = a", "a.", "#", ":", "a[", "NOT (a IN (:v, :w))", "é = :v",
	} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, s string) {
		p := placeholders{names: members{"#n": "name"}, values: members{":v": members{"S": "v"}, ":w": members{"S": "w"}}}
		e, err := p.readExpression("FilterExpression", s)
		if err != nil {
			return
		}
		known := map[string]bool{"name": true}
		for _, w := range expressionTokens(s) {
			known[w] = true
		}
		for _, name := range e.attributes.list {
			if !known[name] {
				t.Errorf("%q touches %q", s, name)
			}
		}
		for _, c := range e.equal {
			if !known[c.attribute] {
				t.Errorf("%q compares %q", s, c.attribute)
			}
		}
	})
}

// FuzzReadPartiQL checks that a statement that can be read has an action, and that
// its reader stops.
func FuzzReadPartiQL(f *testing.F) {
	for _, s := range []string{
		`SELECT * FROM "T"."I" WHERE a = 'x' AND b IN [1, ?] ORDER BY a DESC`,
		`SELECT a.b[0], size(c) AS n FROM T AS t WHERE NOT (t.a BETWEEN 1 AND 2) OR t.b IS NOT MISSING`,
		`INSERT INTO T VALUE {'a': 1, 'b': <<'x'>>, 'c': [1, {'d': NULL}]}`, `INSERT INTO T VALUE ?`,
		`UPDATE T SET a = b + 1 REMOVE c.d[1] WHERE k = -1e3 RETURNING ALL OLD *`,
		`DELETE FROM T WHERE k = 'it''s' AND EXISTS(SELECT * FROM U WHERE x = ?);`,
		`EXISTS(SELECT * FROM T WHERE k = 1)`, `SELECT`, `SELECT ((((`, `"`, `'`, `1e`, `<<<<`,
	} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, s string) {
		found, err := readPartiQL(s, []members{{"S": "v"}, {"M": members{"k": members{"S": "v"}}}})
		if err != nil {
			return
		}
		if found.verb == "" {
			t.Errorf("%q is read as a statement without a verb", s)
		}
		for _, name := range found.where.compared() {
			found.where.pins(name)
		}
	})
}
