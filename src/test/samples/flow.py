"""The whole flow with Python's requests: register, fetch, read. GATEWAY_URL and GATEWAY_KEY say where and as whom."""

import os
import time
import uuid

import requests

BASE = os.environ.get("GATEWAY_URL", "http://localhost:8080") + "/v1/verification/itr/"
session = requests.Session()
session.headers["x-api-key"] = os.environ.get("GATEWAY_KEY", "demo")


def call(method, operation, **arguments):
    """The data of the answer; asks again while Deepvue is still processing, and where a problem says that it may be repeated."""
    for _ in range(10):
        response = session.request(method, BASE + operation, timeout=60, **arguments)
        answer = response.json()
        data = answer.get("data")
        if response.status_code == 200 and not (isinstance(data, dict) and data.get("status") == "pending"):
            return data
        if response.status_code >= 400 and not answer["retryable"]:
            raise SystemExit(f"{operation}: {answer['code']}, {answer['outcome']}: {answer['detail']}")
        time.sleep(int(response.headers.get("Retry-After", os.environ.get("POLL_SECONDS", "5"))))
    raise SystemExit(f"{operation}: still not done")


registered = call(
    "POST",
    "create-client",
    json={"username": "John Doe", "password": "example_string"},
    headers={"Idempotency-Key": str(uuid.uuid4())},
)
client = {"itr_client_id": registered["itr_client_id"]}
print("registered")

for itr in call("POST", "itr-download", json=client)["filed_itrs"]:
    call("GET", "get-itr-details", params={**client, "itr_id": itr["itr_id"]})
print("ITR: read")

for statement in call("POST", "26as-download", json=client)["tds"]:
    call("GET", "get-26as-details", params={**client, "tds_id": statement["tds_id"]})
print("26AS: read")

year = call("POST", "ais-download", json=client)["financial_year"]
call("GET", "get-ais-details", params={**client, "financial_year": year})
print("AIS: read")
