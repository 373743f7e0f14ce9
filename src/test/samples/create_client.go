// The call as Go's net/http makes it. GATEWAY_URL and GATEWAY_KEY say where and as whom.
package main

import (
	"encoding/json"
	"fmt"
	"io"
	"log"
	"net/http"
	"os"
	"strings"
)

func main() {
	url := fromEnv("GATEWAY_URL", "http://localhost:8080") + "/v1/verification/itr/create-client"
	person := strings.NewReader(`{"username": "John Doe", "password": "example_string"}`)

	request, err := http.NewRequest(http.MethodPost, url, person)
	if err != nil {
		log.Fatal(err)
	}
	request.Header.Set("Content-Type", "application/json")
	request.Header.Set("Authorization", "Bearer YOUR_API_TOKEN")
	request.Header.Set("x-api-key", fromEnv("GATEWAY_KEY", "demo"))

	response, err := http.DefaultClient.Do(request)
	if err != nil {
		log.Fatal(err)
	}
	defer response.Body.Close()
	body, err := io.ReadAll(response.Body)
	if err != nil {
		log.Fatal(err)
	}
	fmt.Println(response.StatusCode)
	fmt.Println(string(body))

	var envelope struct {
		Data map[string]any `json:"data"`
	}
	if err := json.Unmarshal(body, &envelope); err != nil {
		log.Fatal(err)
	}
	if _, registered := envelope.Data["itr_client_id"]; response.StatusCode != http.StatusOK || !registered {
		os.Exit(1)
	}
}

func fromEnv(name, otherwise string) string {
	if value := os.Getenv(name); value != "" {
		return value
	}
	return otherwise
}
