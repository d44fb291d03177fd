package api

import (
	"bytes"
	"encoding/json"
	"reflect"

	"github.com/danielgtaylor/huma/v2"
)

// finishDocument puts our problem in place of huma's error in the document.
func (a *API) finishDocument() {
	schemas := a.huma.OpenAPI().Components.Schemas
	ours := huma.SchemaFromType(schemas, reflect.TypeFor[Problem]())
	if at, ok := schemas.Map()["ErrorModel"]; ok {
		*at = *ours
	}
	delete(schemas.Map(), "ErrorDetail")
}

// written is the OpenAPI document with two spaces of indent and sorted as it
// was built: the same code gives the same bytes.
func written(o *huma.OpenAPI) ([]byte, error) {
	b, err := json.Marshal(o)
	if err != nil {
		return nil, err
	}
	var out bytes.Buffer
	if err := json.Indent(&out, b, "", "  "); err != nil {
		return nil, err
	}
	out.WriteByte('\n')
	return out.Bytes(), nil
}
