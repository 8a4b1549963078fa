"""Who races: how each contender is started and which efforts it tries, the lowest first."""

import dataclasses
import itertools
import pathlib

HERE = pathlib.Path(__file__).resolve().parent
WALKS = [10, 12, 15, 20, 25, 30, 40, 50, 60, 80, 100, 120, 150, 200, 250, 300, 400, 500, 600, 800, 1000]
LISTS = [4, 8, 12, 16, 24, 32, 48, 64, 96, 128, 192, 256, 384, 512]


def pairs(first, second):
    return [f"{one}/{other}" for one, other in itertools.product(first, second)]


@dataclasses.dataclass
class Entry:
    title: str
    program: object  # the words before BASE QUERIES METRIC K
    settings: tuple = ()  # the words after
    efforts: tuple = tuple(WALKS)
    missing: str = ""  # why it is left out


def built(programs, title, name, settings=()):
    program = programs / name
    missing = "" if program.exists() else f"{program.name} is not built; run.sh --help says how"
    return Entry(title, [program], settings, missing=missing)


def entries(programs, python):
    def package(title, engine, efforts=tuple(WALKS)):
        return Entry(title, [python, HERE / "peer.py", engine], efforts=tuple(efforts))

    return [
        built(programs, "SymphonyQG EF 200", "symphonyqg_peer", ("200",)),
        built(programs, "SymphonyQG EF 400", "symphonyqg_peer", ("400",)),
        built(programs, "Glass HNSW SQ8U", "glass_peer"),
        built(programs, "hnswlib", "hnswlib_peer"),
        package("FAISS HNSW", "faiss-hnsw"),
        package("FAISS HNSW-SQ8", "faiss-hnsw-sq8"),
        package("FAISS IVF-PQ FastScan", "faiss-ivf-pq", pairs(LISTS, [2, 4, 8, 16])),
        package("FAISS Flat", "faiss-flat", ["all"]),
        package("USearch f32", "usearch-f32"),
        package("USearch bf16", "usearch-bf16"),
        package("USearch i8", "usearch-i8"),
        package("ScaNN", "scann", pairs(LISTS, [30, 60, 100, 200])),
        package("zvec INT8", "zvec", pairs(WALKS, [0, 2])),
    ]
