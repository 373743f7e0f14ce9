#!/usr/bin/env bash
# The call as curl makes it. GATEWAY_URL and GATEWAY_KEY say where and as whom.
set -euo pipefail

url="${GATEWAY_URL:-http://localhost:8080}/v1/verification/itr/create-client"

answer=$(curl --silent --show-error --request POST "$url" \
  --header "Content-Type: application/json" \
  --header "Authorization: Bearer YOUR_API_TOKEN" \
  --header "x-api-key: ${GATEWAY_KEY:-demo}" \
  --data '{"username": "John Doe", "password": "example_string"}' \
  --write-out '\n%{http_code}')

status=${answer##*$'\n'}
body=${answer%$'\n'*}
printf '%s\n%s\n' "$status" "$body"

[[ $status == 200 && ${body//$'\n'/} =~ \"data\"[[:space:]]*:[[:space:]]*\{[^}]*\"itr_client_id\" ]]
