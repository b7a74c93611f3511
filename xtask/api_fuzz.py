"""Starts a daemon on an empty store, gives it a case, and lets schemathesis ask it.

Whether data that fits the schema is accepted is not asked: whether an act is allowed is for the procedure to say, and it
says no to most. What follows the record never ends. Accounts, sessions and tokens are asked last, by the token of a service, which no answer
shuts out of them; what is not asked is that a session ends, for that would be this one.
"""

import json
import re
import subprocess
import sys
import tempfile
import threading
import urllib.request

PASSWORD = "four words are enough"
ENDLESS = "/v1/events"
ACCESS = "/v1/session|/v1/accounts|/v1/tokens"


def main(comity, schemathesis):
    with tempfile.TemporaryDirectory() as store:
        subprocess.run([comity, "init", store], check=True, stdout=subprocess.DEVNULL)
        config = f"{store}/comity.toml"
        with open(config, "w", encoding="utf-8") as file:
            file.write("[limits]\nrequests-a-minute = 1000000\nsign-ins-a-minute = 100000\n[log]\nfilter = \"error\"\n")
        daemon = subprocess.Popen(
            [comity, "serve", "--store", store, "--listen", "127.0.0.1:0", "--config", config],
            stderr=subprocess.PIPE, text=True)
        try:
            return asked(daemon, schemathesis)
        finally:
            daemon.terminate()
            daemon.wait(timeout=60)


def asked(daemon, schemathesis):
    said = ""
    while "described at" not in said:
        line = daemon.stderr.readline()
        if not line:
            sys.exit(f"the daemon did not start: {said}")
        said += line.strip() + " "
    # What it says later must not fill the pipe.
    threading.Thread(target=lambda: [print(line, end="") for line in daemon.stderr], daemon=True).start()
    base = re.search(r"listening at (\S+);", said).group(1)
    first = re.search(r"must be changed: (\S+)", said).group(1)

    def ask(method, path, token, body):
        request = urllib.request.Request(base + path, method=method, data=json.dumps(body).encode())
        request.add_header("Content-Type", "application/json")
        request.add_header("Authorization", f"Bearer {token}")
        with urllib.request.urlopen(request, timeout=60) as answer:
            return json.loads(answer.read() or "null")

    def sign_in(password):
        return ask("POST", "/v1/session", "", {"account": "administrator", "password": password})["token"]

    ask("POST", "/v1/session/password", sign_in(first), {"old": first, "new": PASSWORD})
    token = sign_in(PASSWORD)
    ask("PATCH", "/v1/accounts/administrator", token, {"roles": ["administrator", "head", "operator"]})
    ask("POST", "/v1/matters", token, {"reference": "0"})
    ask("POST", "/v1/cases", token,
        {"reference": "EX-1", "matter": "0", "procedure": "nz-kr/extradition", "since": "2020-01-01"})
    ask("POST", "/v1/accounts", token, {"account": "asker", "roles": ["administrator"], "is_service": True})
    asker = ask("POST", "/v1/tokens", token,
                {"kind": "service", "label": "asks", "days": 1, "account": "asker"})["token"]

    def run(token, *which):
        return subprocess.run([
            schemathesis, "run", f"{base}/v1/openapi.json", "--header", f"Authorization: Bearer {token}",
            *which, "--exclude-checks", "positive_data_acceptance",
            "--phases", "examples,coverage,fuzzing", "--max-examples", "60", "--request-timeout", "30", "--seed", "1"],
            check=False).returncode

    work = run(token, "--exclude-path-regex", f"{ENDLESS}|{ACCESS}")
    access = run(asker, "--include-path-regex", ACCESS, "--exclude-operation-id", "sign_out")
    return work or access


if __name__ == "__main__":
    sys.exit(main(*sys.argv[1:]))
