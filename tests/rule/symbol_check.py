#!/usr/bin/env python3
"""Fails when an object of core or server calls the outside world.

Clocks, sockets, files, processes, threads and random devices belong to adapters. The check reads the
undefined symbols of the archives with nm, so that a library call hidden behind a macro is seen too.
"""
import re
import subprocess
import sys

BANNED = {
    "clock": r"(clock_gettime|gettimeofday|^time$|localtime|_ZNSt6chrono3_V212s(ystem|teady)_clock3nowEv)",
    "socket": r"^(socket|connect|bind|listen|accept4?|send(to|msg)?|recv(from|msg)?|getaddrinfo)$",
    "file": r"^(open(at)?(64)?|fopen(64)?|read|write|pread(64)?|pwrite(64)?|unlink(at)?|rename(at2?)?|stat(x|64)?|"
            r"fstat(at)?(64)?|mkdir(at)?|opendir|mmap(64)?|_ZNSt13?basic_[io]?f(stream|ilebuf).*|"
            r"_ZNSt14basic_(i|o)fstream.*|_ZNSt10filesystem.*(status|create|remove|rename|exists).*)$",
    "process": r"^(fork|vfork|exec[vl]p?e?|posix_spawnp?|system|popen|wait(pid)?|kill)$",
    "thread": r"^(pthread_create|_ZNSt6thread15_M_start_thread.*|sleep|usleep|nanosleep)$",
    "random": r"^(getrandom|getentropy|rand|random|_ZNSt13random_device.*|RAND_bytes)$",
    "environment": r"^(getenv|secure_getenv|setenv|putenv)$",
}


def undefined(archive):
    out = subprocess.run(["nm", "-A", "--undefined-only", archive], capture_output=True, text=True, check=True)
    for line in out.stdout.splitlines():
        place, _, symbol = line.rpartition(" U ")
        if symbol:
            yield place.split("/")[-1].strip(), symbol.split("@")[0]


def main(archives):
    problems, seen = [], 0
    for archive in archives:
        for place, symbol in undefined(archive):
            seen += 1
            for what, pattern in BANNED.items():
                if re.search(pattern, symbol):
                    problems.append(f"{place} calls {symbol} ({what})")
    print("\n".join(sorted(set(problems))))
    print(f"{seen} symbols of {len(archives)} archives read, {len(set(problems))} against the rule")
    return 1 if problems or seen == 0 else 0


sys.exit(main(sys.argv[1:]))
