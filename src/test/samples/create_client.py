"""The call as Python's requests makes it. GATEWAY_URL and GATEWAY_KEY say where and as whom."""

import os
import sys

import requests

response = requests.post(
    os.environ.get("GATEWAY_URL", "http://localhost:8080") + "/v1/verification/itr/create-client",
    headers={
        "Content-Type": "application/json",
        "Authorization": "Bearer YOUR_API_TOKEN",
        "x-api-key": os.environ.get("GATEWAY_KEY", "demo"),
    },
    json={"username": "John Doe", "password": "example_string"},
    timeout=60,
)
print(response.status_code)
print(response.text)

registered = response.status_code == 200 and "itr_client_id" in response.json()["data"]
sys.exit(0 if registered else 1)
