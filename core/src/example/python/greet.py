"""Sends strings to the Java example TwoProcesses, or prints what a pipe holds, from Python.

    cc -std=c11 -O2 -fPIC -shared -I core/src/main/c -o libsluice_ends.so core/src/example/python/sluice_ends.c
    java @core/src/example/args io.sluice.example.TwoProcesses receive /dev/shm/greetings
    python3 core/src/example/python/greet.py ./libsluice_ends.so send /dev/shm/greetings
"""

import ctypes
import sys
import time

NOT_FOUND = -4
END = -2
NO_TIMEOUT = ctypes.c_int64(-1)


class End:
    """An end of a pipe, in memory that Python owns."""

    def __init__(self, library, side, path):
        self.call = lambda name: getattr(library, f"{side}_{name}")
        self.call("size").restype = ctypes.c_size_t
        self.call("error").restype = ctypes.c_char_p
        self.memory = ctypes.create_string_buffer(self.call("size")())
        while (result := self.call("open")(self.memory, path.encode())) == NOT_FOUND:
            time.sleep(0.01)
        self.check(result)

    def check(self, result):
        if result < 0:
            raise OSError(result, self.call("error")(self.memory).decode())
        return result

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.call("close")(self.memory)


class Sender(End):
    def __init__(self, library, path):
        super().__init__(library, "sender", path)

    def send(self, data):
        length = ctypes.c_size_t(len(data))
        self.check(self.call("send")(self.memory, data, length, NO_TIMEOUT))


class Receiver(End):
    def __init__(self, library, path):
        super().__init__(library, "receiver", path)
        self.call("receive").restype = ctypes.c_int64
        self.call("data").restype = ctypes.c_void_p

    def __iter__(self):
        while (length := self.call("receive")(self.memory, NO_TIMEOUT)) != END:
            self.check(length)
            yield ctypes.string_at(self.call("data")(self.memory), length)
            self.call("advance")(self.memory)


def main(library, what, path):
    library = ctypes.CDLL(library)
    if what == "send":
        with Sender(library, path) as sender:
            sender.send("hello from Python".encode())
    else:
        with Receiver(library, path) as receiver:
            for message in receiver:
                print("received:", message.decode(), flush=True)
            print("end of stream")


if __name__ == "__main__":
    main(*sys.argv[1:])
