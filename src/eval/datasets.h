// Published evaluation sets, in the files they come in. Every error names the file and the line.
#ifndef SEMEME_EVAL_DATASETS_H_
#define SEMEME_EVAL_DATASETS_H_

#include <array>
#include <map>
#include <string>
#include <string_view>
#include <vector>

#include "base/file.h"
#include "eval/ranking.h"

namespace sememe::eval {

/// Two sentences and how similar people found them.
struct SentencePair {
  double score = 0;
  std::string first;
  std::string second;
};

/// Which tab separated columns, from 1, hold score, sentence 1 and sentence 2.
using StsColumns = std::array<std::size_t, 3>;

/// Tab separated text, one pair a line, no quoting, empty lines skipped. A first line whose score
/// is not a number is a header. Lines may have more columns.
std::vector<SentencePair> read_sts(const Path& file, const StsColumns& columns = {1, 2, 3});

struct TextWithId {
  std::string id;
  std::string text;
};

/// A retrieval set in the layout of the BEIR benchmark: corpus.jsonl ("_id", "title", "text"),
/// queries.jsonl
/// ("_id", "text"), qrels/test.tsv (query id, document id, grade; the first line is a header).
struct RetrievalSet {
  std::vector<TextWithId>
      corpus;  ///< text: title and text joined by a space, without outer white space
  std::vector<TextWithId> queries;               ///< only those with judgements, in file order
  std::map<std::string, Judgements> judgements;  ///< by query id
};
RetrievalSet read_retrieval_set(const Path& directory);

}  // namespace sememe::eval

#endif  // SEMEME_EVAL_DATASETS_H_
