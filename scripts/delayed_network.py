#!/usr/bin/env python3
"""Two network namespaces whose packets arrive with a delay, for scripts/scaling.

usage: delayed_network.py MILLISECONDS COMMAND...    (as root)

Runs COMMAND in the first namespace. ADDRESSES are the addresses of both, and the file named by $PUSHFORWARD_RSH starts a command in the
namespace of an address, as ssh does. This process passes packets between the namespaces. Many kernels lack the module
netem, which would do the same.
"""
import collections
import ctypes
import fcntl
import os
import pathlib
import select
import socket
import struct
import subprocess
import sys
import tempfile
import threading
import time

NAMES = [f"pushforward{os.getpid()}-{k}" for k in (0, 1)]
ADDRESSES = ["10.77.77.1", "10.77.77.2"]
MTU = 65000
LIBC = ctypes.CDLL(None, use_errno=True)
CLONE_NEWNET, PR_SET_TIMERSLACK = 0x40000000, 29
TUNSETIFF, IFF_TUN, IFF_NO_PI = 0x400454CA, 1, 0x1000


def ip(*arguments):
    subprocess.run(["ip", *arguments], check=True)


def enter(name):
    """Moves this thread into a namespace."""
    descriptor = os.open(f"/run/netns/{name}" if name else "/proc/1/ns/net", os.O_RDONLY)
    if LIBC.setns(descriptor, CLONE_NEWNET) != 0:
        raise OSError(ctypes.get_errno(), "setns")
    os.close(descriptor)


def open_ends():
    """Makes both namespaces with a network device each, and returns the descriptors of the devices."""
    ends = []

    def make(name, address):
        enter(name)
        end = os.open("/dev/net/tun", os.O_RDWR | os.O_NONBLOCK)
        fcntl.ioctl(end, TUNSETIFF, struct.pack("16sH22x", b"pfnet", IFF_TUN | IFF_NO_PI))
        ip("addr", "add", f"{address}/24", "dev", "pfnet")
        ip("link", "set", "dev", "pfnet", "mtu", str(MTU), "up")
        ip("link", "set", "lo", "up")
        ends.append(end)

    for name, address in zip(NAMES, ADDRESSES):
        ip("netns", "add", name)
        thread = threading.Thread(target=make, args=(name, address))  # only the thread changes its namespace
        thread.start()
        thread.join()
    if len(ends) != 2:
        sys.exit("the network namespaces could not be made; this needs root and /dev/net/tun")
    return ends


def relay(ends, delay, stop):
    """Passes packets between the ends, each `delay` seconds after its arrival."""
    LIBC.prctl(PR_SET_TIMERSLACK, 1000, 0, 0, 0)
    waiting = collections.deque()
    poll = select.epoll()
    for end in ends:
        poll.register(end, select.EPOLLIN)
    other = {ends[0]: ends[1], ends[1]: ends[0]}
    while not stop.is_set():
        left = waiting[0][0] - time.monotonic() if waiting else 0.2
        # epoll counts in milliseconds, so the last one is slept.
        ready = poll.poll(max(0, left - 0.001) if left > 0.0015 or not waiting else 0)
        for end, _ in ready:
            for _ in range(64):
                try:
                    packet = os.read(end, MTU + 64)
                except BlockingIOError:
                    break
                waiting.append((time.monotonic() + delay, other[end], packet))
        now = time.monotonic()
        while waiting and waiting[0][0] <= now:
            _, end, packet = waiting.popleft()
            try:
                os.write(end, packet)
            except OSError:  # the device has no room: TCP sends the packet again
                pass
        if not ready and waiting and 0 < waiting[0][0] - now < 0.0015:
            time.sleep(min(waiting[0][0] - now, 0.00005))


def round_trip():
    """The median time of a byte to the other namespace and back by TCP, in seconds."""
    server = []

    def serve():
        enter(NAMES[1])
        with socket.create_server((ADDRESSES[1], 7777)) as listening:
            server.append(True)
            peer, _ = listening.accept()
            peer.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
            while byte := peer.recv(1):
                peer.send(byte)

    def measure():
        enter(NAMES[0])
        with socket.create_connection((ADDRESSES[1], 7777)) as peer:
            peer.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
            for _ in range(50):
                began = time.monotonic()
                peer.send(b"x")
                peer.recv(1)
                times.append(time.monotonic() - began)

    times = []
    threads = [threading.Thread(target=serve, daemon=True), threading.Thread(target=measure, daemon=True)]
    threads[0].start()
    while not server:
        time.sleep(0.01)
    threads[1].start()
    for thread in threads:
        thread.join(10)
    if len(times) < 50:
        sys.exit("no packet arrives in the other namespace")
    return sorted(times)[25]


def main():
    delay, command = float(sys.argv[1]) / 1000, sys.argv[2:]
    with tempfile.TemporaryDirectory(prefix="pushforward-net-") as folder:
        agent = pathlib.Path(folder) / "agent"
        agent.write_text(f'#!/bin/sh\nname={NAMES[0]}\n[ "$1" = {ADDRESSES[1]} ] && name={NAMES[1]}\nshift\n'
                         'exec ip netns exec $name unshare --uts sh -c "hostname $name; $*"\n')
        agent.chmod(0o755)
        stop = threading.Event()
        try:
            ends = open_ends()
            passing = threading.Thread(target=relay, args=(ends, delay, stop))
            passing.start()
            print(f"round_trip {round_trip():.9f}", flush=True)
            environment = dict(os.environ, PUSHFORWARD_RSH=str(agent))
            inside = ["ip", "netns", "exec", NAMES[0], "unshare", "--uts", "sh", "-c", f'hostname {NAMES[0]}; exec "$@"', "sh"]
            code = subprocess.run([*inside, *command], env=environment).returncode
        finally:
            stop.set()
            for name in NAMES:
                subprocess.run(["ip", "netns", "del", name], check=False)
        passing.join()
    sys.exit(code)


if __name__ == "__main__":
    main()
