package services

import (
	"encoding/json"
	"errors"
)

// partiQLBatch removes statements from a BatchExecuteStatement that has the given number of them.
type partiQLBatch int

// errAnswer is returned for an answer that does not fit its request.
var errAnswer = errors.New("the answer cannot be read, so that the errors of what was denied cannot be put into it")

// jsonObject is an object of which only some members are read; the others are left unchanged.
type jsonObject map[string]json.RawMessage

func (partiQLBatch) without(body []byte, denied []DeniedItem) ([]byte, error) {
	var in jsonObject
	var statements, kept []json.RawMessage
	if err := json.Unmarshal(body, &in); err != nil {
		return nil, err
	}
	if err := json.Unmarshal(in["Statements"], &statements); err != nil {
		return nil, err
	}
	for i, s := range statements {
		if _, ok := deniedAt(denied, i); !ok {
			kept = append(kept, s)
		}
	}
	in["Statements"], _ = json.Marshal(kept)
	return json.Marshal(in)
}

// merge inserts the errors among the responses, which are in the order of the statements.
func (total partiQLBatch) merge(answer []byte, denied []DeniedItem) ([]byte, error) {
	out := jsonObject{}
	var given, all []json.RawMessage
	if answer != nil {
		if err := json.Unmarshal(answer, &out); err != nil {
			return nil, errAnswer
		}
		if err := json.Unmarshal(out["Responses"], &given); err != nil {
			return nil, errAnswer
		}
	}
	if len(given)+len(denied) != int(total) {
		return nil, errAnswer
	}
	for i := range int(total) {
		if d, ok := deniedAt(denied, i); ok {
			all = append(all, statementError(d))
		} else {
			all, given = append(all, given[0]), given[1:]
		}
	}
	out["Responses"], _ = json.Marshal(all)
	return json.Marshal(out)
}

// statementError returns the response to a statement that may not be executed. Its code is that of
// the model; AWS's message was not seen.
func statementError(d DeniedItem) json.RawMessage {
	b, _ := json.Marshal(map[string]map[string]string{"Error": {"Code": "AccessDenied", "Message": d.Message}})
	return b
}
