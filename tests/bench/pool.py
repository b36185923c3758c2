# pool.py N CHUNK: each line of stdin through a function, by N processes.
import multiprocessing
import sys


def same(line):
    return line


if __name__ == "__main__":
    with multiprocessing.Pool(int(sys.argv[1])) as pool:
        sys.stdout.writelines(pool.imap(same, sys.stdin, int(sys.argv[2])))
