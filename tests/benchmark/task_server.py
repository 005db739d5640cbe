"""A provider of tasks for the benchmark: Todoist's answers, as late as asked for. Ends with its standard input."""
import json
import sys
import threading
import time
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

LATENCY = [0.0]
COUNT = [0]
LOCK = threading.Lock()


class Answers(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    disable_nagle_algorithm = True
    wbufsize = -1

    def do_GET(self):
        if self.path == "/count":
            return self.say({"count": COUNT[0]})
        self.say({"results": [], "next_cursor": None})

    def do_POST(self):
        self.rfile.read(int(self.headers.get("content-length", 0)))
        if LATENCY[0]:
            time.sleep(LATENCY[0])
        with LOCK:
            COUNT[0] += 1
            number = COUNT[0]
        self.say({"id": f"T{number}"})

    def say(self, document):
        body = json.dumps(document).encode()
        self.send_response(200)
        self.send_header("content-type", "application/json")
        self.send_header("content-length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *_):
        pass


class Server(ThreadingHTTPServer):
    request_queue_size = 128
    daemon_threads = True


def main():
    LATENCY[0] = float(sys.argv[1])
    server = Server(("127.0.0.1", 0), Answers)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    print(server.server_address[1], flush=True)
    sys.stdin.read()


if __name__ == "__main__":
    main()
