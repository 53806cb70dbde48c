package services

// spell is a question as the cases have it.
func spell(q *Question) string {
	s := q.Method + " " + q.URL.RequestURI() + " "
	if target := q.Header.Get("X-Amz-Target"); target != "" {
		s += target + " "
	}
	return s + string(q.Body)
}
