#!/usr/bin/env python3
"""A whole client with nothing but Python's standard library, written from docs/PROTOCOL.md.

Makes an account over HTTP, signs in over TCP, makes a room, sends a message and receives it.
usage: minimal_client.py HTTP_URL HOST TCP_PORT USERNAME
"""
import json, socket, struct, sys, urllib.request, uuid

http_url, host, port, username = sys.argv[1], sys.argv[2], int(sys.argv[3]), sys.argv[4]


def post(path, body):
    request = urllib.request.Request(
        http_url + "/api/v1" + path, json.dumps(body).encode(), {"Content-Type": "application/json"}
    )
    with urllib.request.urlopen(request, timeout=10) as response:
        return json.load(response)


class Connection:
    def __init__(self):
        self.socket = socket.create_connection((host, port), timeout=10)
        self.file = self.socket.makefile("rb")
        self.events = []
        self.last_id = 0

    def send(self, message):
        payload = json.dumps(message).encode()
        self.socket.sendall(struct.pack(">I", len(payload)) + payload)

    def read(self):
        length = struct.unpack(">I", self.file.read(4))[0]
        return json.loads(self.file.read(length))

    def call(self, command, **params):
        self.last_id += 1
        self.send({"type": command, "request_id": str(self.last_id), **params})
        while (message := self.read()).get("request_id") != str(self.last_id):
            self.events.append(message)
        if not message.get("success"):
            raise SystemExit(f"{command} failed: {message}")
        return message

    def expect(self, name):
        while True:
            message = self.events.pop(0) if self.events else self.read()
            if message["type"] == name:
                return message


account = post("/auth/register", {"username": username, "password": str(uuid.uuid4())})
chat = Connection()
assert chat.read()["type"] == "server_hello"
chat.send({"type": "client_hello", "version": "1.0", "client_name": "minimal", "features": ["client_ids", "log"]})
chat.call("authenticate", token=account["token"])
room = chat.call("create_room", name=f"room of {username}")["room"]
target = {"type": "room", "room_id": room["id"]}
sent = chat.call("send_message", target=target, content="Hello from Python", client_id=str(uuid.uuid4()))["message"]
received = chat.expect("message_received")["message"]
assert received["id"] == sent["id"] and received["content"] == "Hello from Python"
history = chat.call("get_log", target=target)
print("sent and received", received["content"], "as seq", received["seq"], "of", history["head"])
