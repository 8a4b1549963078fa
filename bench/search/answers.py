#!/usr/bin/env python3
"""Search by known answers: where in the ranking does the first right passage stand?

Each line of a question file is {"set", "question", "answers"}; an answer is a pair of regular expressions, {"path",
"text"}: a passage is right when its path matches the first as a whole and its text (as stored, with its line breaks)
matches the second somewhere. The directory is indexed into a store of its own (or --store is used as it is), each
question is one `sememe search`, and the table says for each question the rank of the first right passage, for the
whole set the mean reciprocal rank (0 past rank 10) and how many are right among the first one, three and ten.

    bench/search/answers.py --program build/release/sememe --set git-manual /usr/share/doc/git-doc

A larger passage holds more text that an expression can match; compare settings with passages of like size.
"""

import argparse
import json
import pathlib
import re
import subprocess
import tempfile

HERE = pathlib.Path(__file__).resolve().parent


def first_right(hits, answers):
    """(rank, hit) of the first right passage, or (None, None)."""
    for rank, hit in enumerate(hits, 1):
        for answer in answers:
            name = pathlib.PurePath(hit["path"]).name
            if re.fullmatch(answer["path"], name) and re.search(answer["text"], hit["text"], re.MULTILINE):
                return rank, hit
    return None, None


def summary(ranks):
    count = len(ranks)
    within = lambda k: sum(1 for rank in ranks if rank is not None and rank <= k)
    mrr = sum(1 / rank for rank in ranks if rank is not None and rank <= 10) / count
    return {"questions": count, "mrr10": round(mrr, 4), "top1": within(1), "top3": within(3), "top10": within(10)}


def search(program, store, question, depth):
    command = [program, "search", "--store", store, "-k", str(depth), "--json", question]
    done = subprocess.run(command, capture_output=True, text=True, check=True)
    return json.loads(done.stdout)["results"]


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("directory", help="what the questions are about")
    parser.add_argument("--program", default="sememe", help="the sememe to measure")
    parser.add_argument("--questions", default=HERE / "questions.jsonl", type=pathlib.Path)
    parser.add_argument("--set", dest="only", help="only questions of this set")
    parser.add_argument("--store", help="use this store as it is, instead of indexing into a new one")
    parser.add_argument("--depth", type=int, default=100, help="look so far down the ranking (default: %(default)s)")
    parser.add_argument("--json", action="store_true", help="one JSON object instead of a table")
    options = parser.parse_args()

    lines = options.questions.read_text(encoding="utf-8").splitlines()
    questions = [json.loads(line) for line in lines if line.strip()]
    questions = [q for q in questions if options.only in (None, q["set"])]
    if not questions:
        parser.error(f'expected questions of the set "{options.only}" in {options.questions}, found none')

    with tempfile.TemporaryDirectory() as scratch:
        store = options.store
        if store is None:
            store = str(pathlib.Path(scratch) / "store")
            subprocess.run([options.program, "index", "--store", store, options.directory], check=True)
        rows = []
        for entry in questions:
            rank, hit = first_right(search(options.program, store, entry["question"], options.depth), entry["answers"])
            place = f'{hit["path"]}:{hit["line"]}' if hit else None
            rows.append({"set": entry["set"], "question": entry["question"], "rank": rank, "place": place})

    totals = summary([row["rank"] for row in rows])
    if options.json:
        print(json.dumps({"totals": totals, "questions": rows}))
        return
    for row in rows:
        rank = row["rank"] or f">{options.depth}"
        print(f'{rank:>5}  {row["question"]}  [{row["place"] or "not found"}]')
    print("  ".join(f"{name} {value}" for name, value in totals.items()))


if __name__ == "__main__":
    main()
