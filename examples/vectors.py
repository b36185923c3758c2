# A stand-in for a model that takes a while to load and then answers fast: it
# reads a sentence per line and writes a vector per line, of so many words that
# begin with each letter of the alphabet.
import sys

# Here a model would be loaded, once in each process.
print("loaded", file=sys.stderr)
letters = "abcdefghijklmnopqrstuvwxyz"

for line in sys.stdin:
    words = line.lower().split()
    counts = [sum(w[0] == c for w in words) for c in letters]
    # Each answer is one line, and flushed at once: ppx waits for it.
    print(*counts, flush=True)
