"""The peer of the tokenizer race, Hugging Face tokenizers on one thread: reads commands on standard input.

    time REPEATS    every text so many times -> {"cpu_s": [...], "wall_s": [...]}
    ids OUT         their ids, u32: how many texts, how many ids each, the ids
    stats           {"peak_rss_mib"}

Ways: `single` (encode, one text a call), `batch` (encode_batch), `batch_fast` (encode_batch_fast, which leaves the
offsets out that the others and sememe make). The ids are left inside the library, which spares it making Python lists.
"""

import argparse
import json
import resource
import sys
import time

import numpy
import tokenizers


def read_texts(path):
    data = open(path, "rb").read()
    count = int(numpy.frombuffer(data, "<u4", 1)[0])
    sizes = numpy.frombuffer(data, "<u4", count, 4)
    texts, offset = [], 4 + 4 * count
    for size in sizes.tolist():
        texts.append(data[offset : offset + size].decode())
        offset += size
    return texts


class Peer:
    def __init__(self, tokenizer, texts, way):
        self.tokenizer = tokenizers.Tokenizer.from_file(tokenizer)
        self.tokenizer.no_truncation()
        self.tokenizer.no_padding()
        self.texts = texts
        self.way = way

    def encode_all(self):
        if self.way == "single":
            return [self.tokenizer.encode(text) for text in self.texts]
        encode = self.tokenizer.encode_batch if self.way == "batch" else self.tokenizer.encode_batch_fast
        return encode(self.texts)

    def time(self, repeats):
        cpu, wall = [], []
        for _ in range(int(repeats)):
            wall_began, cpu_began = time.perf_counter(), time.process_time()
            result = self.encode_all()
            cpu.append(time.process_time() - cpu_began)
            wall.append(time.perf_counter() - wall_began)
            del result  # freed outside the time
        return {"cpu_s": cpu, "wall_s": wall}

    def ids(self, out):
        ids = [encoding.ids for encoding in self.encode_all()]
        words = [len(ids)] + [len(of_text) for of_text in ids] + [token for of_text in ids for token in of_text]
        numpy.array(words, dtype="<u4").tofile(out)
        return {"tokens": sum(map(len, ids))}

    def stats(self):
        return {"peak_rss_mib": resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024}


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("tokenizer")
    parser.add_argument("texts")
    parser.add_argument("way", choices=["single", "batch", "batch_fast"])
    arguments = parser.parse_args()
    peer = Peer(arguments.tokenizer, read_texts(arguments.texts), arguments.way)
    peer.encode_all()
    print(json.dumps({"ready": True}), flush=True)
    for line in sys.stdin:
        command, *words = line.rstrip("\n").split("\t")
        print(json.dumps(getattr(peer, command)(*words)), flush=True)


if __name__ == "__main__":
    main()
