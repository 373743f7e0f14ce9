"""A client in Python, with the package that openapi-generator makes of the document: it has to read what it should."""

import sys

import openapi_client
from openapi_client.models import CreateClientRequest, ItrDownloadRequest, Problem

USER_NAMES = ["ABCDE1234F", "data-null", "data-array", "code-text", "upstream-error", "upstream-rejected"]


def report(itr, username):
    registration = CreateClientRequest(username=username, password="example_string")
    try:
        data = itr.create_client(registration).data
        return "registered" if isinstance(data, dict) and "itr_client_id" in data else "no id"
    except openapi_client.ApiException as refused:
        problem = Problem.from_json(refused.body)
        return f"{problem.code} {problem.outcome}"


configuration = openapi_client.Configuration(host=sys.argv[1], api_key={"apiKey": "demo"})
with openapi_client.ApiClient(configuration) as client:
    itr = openapi_client.ITRApi(client)
    for username in USER_NAMES:
        print(f"{username}: {report(itr, username)}")
    fetched = itr.itr_download(ItrDownloadRequest(itr_client_id="itr_qkgtvIwLcuooWhtrFFbK"))
    print(f"itr-download: {fetched.data.filed_itrs[0].itr_form}")
