#!/usr/bin/env bash
# The whole flow with curl: register, fetch, read. GATEWAY_URL and GATEWAY_KEY say where and as whom.
set -euo pipefail

base="${GATEWAY_URL:-http://localhost:8080}/v1/verification/itr"

call() { # CURL-ARGUMENT…; prints the body, asks again while Deepvue is still processing, fails otherwise
  local answer status
  for _ in 1 2 3 4 5 6 7 8 9 10; do
    answer=$(curl --silent --show-error --header "x-api-key: ${GATEWAY_KEY:-demo}" --write-out '\n%{http_code}' "$@")
    status=${answer##*$'\n'}
    answer=${answer%$'\n'*}
    if [[ $status == 200 && ! $answer =~ \"status\"[[:space:]]*:[[:space:]]*\"pending\" ]]; then
      printf '%s\n' "$answer"
      return
    fi
    [[ $status == 200 || $status == 202 ]] || break
    sleep "${POLL_SECONDS:-5}"
  done
  printf '%s\n%s\n' "$status" "$answer" >&2
  return 1
}

post() { # OPERATION JSON
  call "$base/$1" --header 'Content-Type: application/json' --data "$2"
}

get() { # OPERATION NAME=VALUE…
  local parameters=() parameter
  for parameter in "${@:2}"; do parameters+=(--data-urlencode "$parameter"); done
  call --get "$base/$1" "${parameters[@]}"
}

member() { # NAME; the first member of that name, if it is a string
  tr -d '\n' | sed -n "s/.*\"$1\"[[:space:]]*:[[:space:]]*\"\([^\"]*\)\".*/\1/p"
}

client=$(post create-client '{"username": "John Doe", "password": "example_string"}' | member itr_client_id)
echo "registered"

itr=$(post itr-download "{\"itr_client_id\": \"$client\"}" | member itr_id)
get get-itr-details "itr_client_id=$client" "itr_id=$itr" >/dev/null
echo "ITR: read"

tds=$(post 26as-download "{\"itr_client_id\": \"$client\"}" | member tds_id)
get get-26as-details "itr_client_id=$client" "tds_id=$tds" >/dev/null
echo "26AS: read"

year=$(post ais-download "{\"itr_client_id\": \"$client\"}" | member financial_year)
get get-ais-details "itr_client_id=$client" "financial_year=$year" >/dev/null
echo "AIS: read"
