package services

import "encoding/json"

// secretsOfBatch needs the permission to get each secret. A secret that the caller may not get
// becomes an error in the answer, and the others are returned.
// https://docs.aws.amazon.com/secretsmanager/latest/apireference/API_BatchGetSecretValue.html
func secretsOfBatch(r *reader, n *Needs) error {
	names, err := r.list("SecretIdList[]")
	if err != nil {
		return err
	}
	if len(names) == 0 {
		filteredSecrets(r.request, n)
		return nil
	}
	for _, name := range names {
		arn := name
		if !isARN(arn) {
			arn = r.request.arn("secretsmanager", "secret:"+name+unknownSuffix)
		}
		if err := r.request.checkARN("secretsmanager", arn); err != nil {
			return err
		}
		n.Items = append(n.Items, Item{len(n.Needs), len(n.Needs) + 1})
		n.Needs = append(n.Needs, r.request.need("secretsmanager:GetSecretValue", arn))
	}
	n.parts = secretBatch(names)
	return nil
}

// filteredSecrets needs the permissions to list the secrets and to get all that the filters find.
func filteredSecrets(r *Request, n *Needs) {
	n.Needs = append(n.Needs, r.need("secretsmanager:ListSecrets", "*"),
		r.need("secretsmanager:GetSecretValue", r.arn("secretsmanager", "secret:*")))
	n.Resolution = Unresolved
}

// secretBatch removes secrets from a BatchGetSecretValue that names these.
type secretBatch []string

func (names secretBatch) without(body []byte, denied []DeniedItem) ([]byte, error) {
	var in jsonObject
	if err := json.Unmarshal(body, &in); err != nil {
		return nil, err
	}
	var kept []string
	for i, name := range names {
		if _, ok := deniedAt(denied, i); !ok {
			kept = append(kept, name)
		}
	}
	in["SecretIdList"], _ = json.Marshal(kept)
	return json.Marshal(in)
}

// merge adds the errors after those of the upstream.
func (names secretBatch) merge(answer []byte, denied []DeniedItem) ([]byte, error) {
	out := jsonObject{"SecretValues": json.RawMessage("[]")}
	var failures []json.RawMessage
	if answer != nil {
		if err := json.Unmarshal(answer, &out); err != nil {
			return nil, errAnswer
		}
		if given := out["Errors"]; given != nil && json.Unmarshal(given, &failures) != nil {
			return nil, errAnswer
		}
	}
	for _, d := range denied {
		failure, _ := json.Marshal(map[string]string{"SecretId": names[d.Index], "ErrorCode": d.Code, "Message": d.Message})
		failures = append(failures, failure)
	}
	out["Errors"], _ = json.Marshal(failures)
	return json.Marshal(out)
}
