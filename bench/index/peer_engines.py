"""The peers of the race of indexes that have Python packages.

An engine builds an index over rows, takes an effort ("64", or "32/4" where two numbers set it) and answers one query a
call. Python's share is kept small: queries are put into the form the call wants before the clock starts, and where a
package wraps its compiled call in Python, the compiled call is used. One thread.

metric: cosine (all rows have unit length), ip or l2.
"""

import importlib
import math
import pathlib
import shutil
import tempfile

import numpy as np


class Engine:
    def __init__(self, metric, k):
        self.metric = metric
        self.k = k

    def load(self):
        """Imports the package, so that its own memory is not counted as the index's."""
        self.package = importlib.import_module(self.module)

    def prepare(self, queries):
        """The queries as search() takes them, after set_effort()."""
        return list(queries)

    def bytes(self):
        """Of the index, where the growth of the process's memory would not show it."""

    def close(self):
        pass


class Faiss(Engine):
    """An index of faiss.index_factory; effort: ef_search, or nothing where it is exact."""

    module = "faiss"
    factory = None

    def build(self, rows):
        faiss = self.package
        faiss.omp_set_num_threads(1)
        measure = faiss.METRIC_L2 if self.metric == "l2" else faiss.METRIC_INNER_PRODUCT
        self.index = faiss.index_factory(rows.shape[1], self.description(*rows.shape), measure)
        self.configure()
        self.index.train(rows)
        self.index.add(rows)

    def description(self, rows, dim):
        return self.factory

    def configure(self):
        pass

    def set_effort(self, effort):
        pass

    def prepare(self, queries):
        self.queries = queries  # pointers do not keep what they point to
        self.scores = np.empty(self.k, np.float32)
        self.scores_place = self.package.swig_ptr(self.scores)
        self.found = np.empty((len(queries), self.k), np.int64)
        return [(self.package.swig_ptr(query), self.package.swig_ptr(ids)) for query, ids in zip(queries, self.found)]

    def search(self, query):
        self.index.search_c(1, query[0], self.k, self.scores_place, query[1])

    def ids(self, answers):
        return self.found[: len(answers)]


class FaissFlat(Faiss):
    factory = "Flat"


class FaissHnsw(Faiss):
    factory = "HNSW16,Flat"

    def configure(self):
        self.index.hnsw.efConstruction = 200

    def set_effort(self, effort):
        self.index.hnsw.efSearch = int(effort)


class FaissHnswSq8(FaissHnsw):
    factory = "HNSW16,SQ8"


class FaissIvfPq(Faiss):
    """4-bit product codes of two dimensions each, scanned in registers (FastScan); the best again with 32-bit floats.
    Effort: lists / how many times k are looked at again."""

    def description(self, rows, dim):
        residuals = "" if self.metric == "l2" else "r"  # by inner product they raise the recall at no cost
        return f"IVF{round(2 * math.sqrt(rows))},PQ{dim // 2}x4fs{residuals},RFlat"

    def configure(self):
        self.lists = self.package.downcast_index(self.index.base_index)

    def set_effort(self, effort):
        lists, again = effort.split("/")
        self.lists.nprobe = int(lists)
        self.index.k_factor = float(again)


class Usearch(Engine):
    """Effort: expansion_search."""

    module = "usearch.index"
    dtype = "f32"
    cosine = "ip"

    def build(self, rows):
        measure = {"cosine": self.cosine, "ip": "ip", "l2": "l2sq"}[self.metric]
        self.index = self.package.Index(
            ndim=rows.shape[1], metric=measure, dtype=self.dtype, connectivity=16, expansion_add=200
        )
        self.index.add(np.arange(len(rows)), rows, threads=1)
        self.call = self.index._compiled.search_many
        self.kind = self.package.ScalarKind.Unknown

    def set_effort(self, effort):
        self.index.expansion_search = int(effort)

    def prepare(self, queries):
        return [query[None] for query in queries]

    def search(self, query):
        return self.call(query, dtype=self.kind, count=self.k, exact=False, threads=1)

    def ids(self, answers):
        return np.vstack([answer[0] for answer in answers]).astype(np.int64)


class UsearchBf16(Usearch):
    dtype = "bf16"


class UsearchI8(Usearch):
    dtype = "i8"
    cosine = "cos"  # a higher recall than "ip" on rows of unit length


class Scann(Engine):
    """A tree, 4-bit codes of two dimensions each by anisotropic quantisation, the best again with 32-bit floats.
    Effort: leaves / rows that are looked at again."""

    module = "scann.scann_ops.py.scann_ops_pybind"

    def build(self, rows):
        leaves = round(2 * math.sqrt(len(rows)))
        builder = self.package.builder(rows, self.k, "squared_l2" if self.metric == "l2" else "dot_product")
        builder.set_n_training_threads(1).tree(leaves, 10, training_sample_size=min(len(rows), 100_000))
        searcher = builder.score_ah(2, anisotropic_quantization_threshold=0.2).reorder(100).build()
        searcher.set_num_threads(1)
        self.call = searcher.searcher.search

    def set_effort(self, effort):
        self.leaves, self.again = (int(number) for number in effort.split("/"))

    def search(self, query):
        return self.call(query, self.k, self.again, self.leaves)

    def ids(self, answers):
        out = np.full((len(answers), self.k), -1)
        for row, (ids, _) in zip(out, answers):
            row[: len(ids)] = ids
        return out


class Zvec(Engine):
    """HNSW on 8-bit codes, opened for reading only: its call for internal ids is for such collections.
    Effort: ef / rows that the refiner looks at again, in times of k, 0 for none."""

    module = "zvec"

    def build(self, rows):
        zvec = self.package
        zvec.init(query_threads=1, optimize_threads=1, log_level=zvec.LogLevel.ERROR)
        measure = zvec.MetricType.L2 if self.metric == "l2" else zvec.MetricType.IP
        index = zvec.HnswIndexParam(
            metric_type=measure,
            m=16,
            ef_construction=200,
            quantize_type=zvec.QuantizeType.INT8,
            use_contiguous_memory=True,
            use_flat_contiguous_memory=True,
        )
        vectors = zvec.VectorSchema("vector", zvec.DataType.VECTOR_FP32, rows.shape[1], index_param=index)
        self.directory = tempfile.mkdtemp(prefix="zvec-")
        path = f"{self.directory}/collection"
        collection = zvec.create_and_open(path, zvec.CollectionSchema(name="race", vectors=vectors))
        for start in range(0, len(rows), 1000):
            block = rows[start : start + 1000]
            collection.insert([zvec.Doc(id=str(start + i), vectors={"vector": row}) for i, row in enumerate(block)])
        collection.optimize(zvec.OptimizeOption(concurrency=1))
        collection.close()
        self.collection = zvec.open(path, zvec.CollectionOption(read_only=True))
        self.call = self.collection._obj.QueryInternalIds

    def bytes(self):
        """The files of the index, which lie in memory when it is open; without documents and their ids."""
        return sum(file.stat().st_size for file in pathlib.Path(self.directory).rglob("*.proxima"))

    def set_effort(self, effort):
        ef, again = (int(number) for number in effort.split("/"))
        self.param = self.package.HnswQueryParam(ef=ef, is_using_refiner=again > 0, scale_factor=again)

    def prepare(self, queries):
        context = self.package.executor.QueryContext
        build = self.collection._querier._build_search_query
        made = [self.package.Query("vector", vector=query, param=self.param) for query in queries]
        return [build(context(topk=self.k, queries=[one]), one, self.collection._obj) for one in made]

    def search(self, query):
        return self.call(query, False)

    def ids(self, answers):
        names = [self.collection.resolve_internal_ids(answer) for answer in answers]
        return np.array([[-1 if name is None else int(name) for name in row] for row in names])

    def close(self):
        shutil.rmtree(self.directory, ignore_errors=True)


ENGINES = {
    "faiss-hnsw": FaissHnsw,
    "faiss-hnsw-sq8": FaissHnswSq8,
    "faiss-ivf-pq": FaissIvfPq,
    "faiss-flat": FaissFlat,
    "usearch-f32": Usearch,
    "usearch-bf16": UsearchBf16,
    "usearch-i8": UsearchI8,
    "scann": Scann,
    "zvec": Zvec,
}
