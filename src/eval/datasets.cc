#include "eval/datasets.h"

#include <algorithm>
#include <optional>

#include "base/error_context.h"
#include "base/json.h"
#include "eval/lines.h"

namespace sememe::eval {
namespace {

// An id as text: BEIR sets have strings, some hand-made ones numbers.
std::string id_of(const Json& object, std::string_view key, std::string_view place) {
  const Json& value = json_member(object, key, place);
  if (value.is_number_integer()) return value.dump();
  return json_get<std::string>(object, key, place);
}

std::vector<TextWithId> read_texts(const Path& file) {
  std::vector<TextWithId> texts;
  for_each_line(file, [&](std::string_view line, std::size_t, const std::string& place) {
    const Json object = parse_json(line, place);
    const std::string title = json_get_or<std::string>(object, "title", "", place);
    const std::string text = json_get_or<std::string>(object, "text", "", place);
    texts.push_back({id_of(object, "_id", place), std::string(strip(concat(title, " ", text)))});
  });
  return texts;
}

std::map<std::string, Judgements> read_judgements(const Path& file) {
  std::map<std::string, Judgements> judgements;
  for_each_line(file, [&](std::string_view line, std::size_t number, const std::string& place) {
    const auto columns = split(line, '\t');
    const auto grade = columns.size() == 3 ? to_number<int>(columns[2]) : std::nullopt;
    if (grade) {
      judgements[std::string(columns[0])][std::string(columns[1])] = *grade;
    } else if (number != 1) {  // the first line is the header
      throw Error(
          ErrorCode::kCorrupt,
          concat(place, ": expected query id, document id and a whole number between tabs, found ",
                 columns.size(), " columns: ", quote(line.substr(0, 80))));
    }
  });
  return judgements;
}

}  // namespace

std::vector<SentencePair> read_sts(const Path& file, const StsColumns& columns) {
  const std::size_t needed = *std::ranges::max_element(columns);
  if (*std::ranges::min_element(columns) == 0) {
    throw Error(ErrorCode::kInvalidArgument, "columns: expected numbers from 1, found 0");
  }
  std::vector<SentencePair> pairs;
  for_each_line(file, [&](std::string_view line, std::size_t number, const std::string& place) {
    const auto cells = split(line, '\t');
    if (cells.size() < needed) {
      throw Error(ErrorCode::kCorrupt, concat(place, ": expected ", needed,
                                              " columns between tabs, found ", cells.size()));
    }
    const auto score = to_number<double>(cells[columns[0] - 1]);
    if (!score && number == 1) return;
    if (!score) {
      throw Error(ErrorCode::kCorrupt, concat(place, ": expected a number as score, found ",
                                              quote(cells[columns[0] - 1].substr(0, 80))));
    }
    pairs.push_back(
        {*score, std::string(cells[columns[1] - 1]), std::string(cells[columns[2] - 1])});
  });
  if (pairs.size() < 2) {
    throw Error(
        ErrorCode::kInvalidArgument,
        concat(quote(file.native()), ": expected at least 2 sentence pairs, found ", pairs.size()));
  }
  return pairs;
}

RetrievalSet read_retrieval_set(const Path& directory) {
  RetrievalSet set;
  set.judgements = read_judgements(directory / "qrels" / "test.tsv");
  set.corpus = read_texts(directory / "corpus.jsonl");
  set.queries = read_texts(directory / "queries.jsonl");
  std::erase_if(set.queries,
                [&](const TextWithId& query) { return !set.judgements.contains(query.id); });
  if (set.corpus.empty() || set.queries.empty()) {
    throw Error(ErrorCode::kInvalidArgument,
                concat(quote(directory.native()),
                       ": expected documents and queries with judgements, found ",
                       set.corpus.size(), " and ", set.queries.size()));
  }
  return set;
}

}  // namespace sememe::eval
