package waiterapi

import (
	_ "embed"
	"net/http"
)

// document describes the door, the order feed included; the tests hold every reply to it.
//
//go:embed openapi.yaml
var document []byte

func openAPI(w http.ResponseWriter, _ *http.Request) {
	writeBody(w, http.StatusOK, "application/yaml", document)
}
