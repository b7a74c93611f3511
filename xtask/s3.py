"""Starts moto, which speaks S3, makes a bucket, and has the tests of files at such a place run against it: those of the store, and a case
whose file is put there and fetched by the command line."""

import os
import subprocess
import sys
import tempfile
import time
import urllib.error
import urllib.request


def main(server, comity, *tests):
    comity = os.path.abspath(comity)
    moto = subprocess.Popen([server, "-H", "127.0.0.1", "-p", "0"], stderr=subprocess.PIPE, text=True)
    try:
        address = started(moto)
        urllib.request.urlopen(urllib.request.Request(f"{address}/comity", method="PUT"), timeout=60).read()
        environment = dict(
            os.environ, AWS_ENDPOINT=address, AWS_ALLOW_HTTP="true", AWS_ACCESS_KEY_ID="a", AWS_SECRET_ACCESS_KEY="b",
            AWS_REGION="us-east-1", COMITY_S3_TRIAL="s3://comity")
        if subprocess.run(tests, env=environment, check=False).returncode:
            sys.exit("files at a place that speaks S3 are not as they should be")
        a_case(comity, dict(environment, COMITY_FILES="s3://comity/office"))
    finally:
        moto.terminate()
        moto.wait(timeout=60)


def started(moto):
    """The address at which it listens, once it does."""
    deadline = time.time() + 60
    while time.time() < deadline:
        line = moto.stderr.readline()
        if "Running on http://" in line:
            return "http://" + line.split("Running on http://")[1].split()[0]
        if not line:
            break
    sys.exit("moto did not start")


def a_case(comity, environment):
    with tempfile.TemporaryDirectory() as folder:
        def run(*words):
            subprocess.run([comity, *words, "--store", "data"], cwd=folder, env=environment, check=True,
                           stdout=subprocess.DEVNULL)
        subprocess.run([comity, "init", "data"], cwd=folder, check=True, stdout=subprocess.DEVNULL)
        run("matter", "open", "M-1", "--title", "Made up")
        run("case", "open", "EX-1", "--matter", "M-1", "--procedure", "nz-kr/extradition", "--title", "Made up")
        content = os.urandom(6 << 20)
        with open(f"{folder}/warrant.pdf", "wb") as file:
            file.write(content)
        run("case", "file", "EX-1", "warrant.pdf", "--media", "application/pdf")
        run("case", "fetch", "EX-1", "2", "--out", "back.pdf")
        with open(f"{folder}/back.pdf", "rb") as file:
            if file.read() != content:
                sys.exit("the file of a case did not come back as it was")
        if os.path.isdir(f"{folder}/data/files"):
            sys.exit("the file lies beside the store, and was to lie elsewhere")
        print("a file of a case was put there and fetched")


if __name__ == "__main__":
    main(*sys.argv[1:])
