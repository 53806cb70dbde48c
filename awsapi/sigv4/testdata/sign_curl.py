"""Writes curl.txt: requests that curl has signed, as a listener received them.

Run once, with curl 7.88.1: python3 sign_curl.py > curl.txt
curl signs for the time at which it runs.
"""

import socket
import subprocess
import threading

KEY, SECRET = "AKIDEXAMPLE", "wJalrXUtnFEMI/K7MDENG+bPxRfiCYEXAMPLEKEY"
TOKEN = "FwoGZXIvYXdzEBYaDK+/=="
BODY = "Action=GetUser&Version=2010-05-08&UserName=alice"


def receive(listener, out):
    connection, _ = listener.accept()
    data = b""
    while b"\r\n\r\n" not in data:
        data += connection.recv(65536)
    head, _, body = data.partition(b"\r\n\r\n")
    length = 0
    for line in head.split(b"\r\n"):
        if line.lower().startswith(b"content-length:"):
            length = int(line.split(b":")[1])
    while len(body) < length:
        body += connection.recv(65536)
    connection.sendall(b"HTTP/1.1 200 OK\r\nContent-Length: 0\r\nConnection: close\r\n\r\n")
    connection.close()
    out.append((head.replace(b"\r\n", b"\n") + b"\n\n" + body).decode())


def run(name, path, *arguments, service="iam", region="us-east-1", host="127.0.0.1"):
    listener = socket.socket()
    listener.bind(("127.0.0.1", 0))
    listener.listen()
    port = listener.getsockname()[1]
    out = []
    thread = threading.Thread(target=receive, args=(listener, out))
    thread.start()
    subprocess.run(["curl", "-sS", "--aws-sigv4", f"aws:amz:{region}:{service}", "--user", f"{KEY}:{SECRET}",
                    *arguments, f"http://{host}:{port}{path}"], check=True)
    thread.join()
    listener.close()
    print(f"=== {name}")
    print(out[0])


def main():
    version = subprocess.run(["curl", "--version"], capture_output=True, text=True).stdout.split()[1]
    print(f"# Signed by curl {version} --aws-sigv4; written by sign_curl.py.")
    print(f"# Access key {KEY}, secret {SECRET}.")
    run("POST of a form", "/", "--data", BODY)
    run("POST by host name", "/", "--data", BODY, host="localhost")
    run("sts in another region", "/", "--data", "Action=GetCallerIdentity&Version=2011-06-15",
        service="sts", region="eu-west-1")
    run("GET without a query", "/")
    run("GET with a query in order", "/?Action=GetCallerIdentity&Version=2011-06-15", service="sts")
    run("session token", "/", "--data", BODY, "-H", f"X-Amz-Security-Token: {TOKEN}")
    run("header with blanks", "/", "--data", BODY, "-H", "X-Amz-Meta-A: one  two")
    run("body of a file with a path", "/a/b", "--data-binary", BODY)


main()
