#include "sememe/evaluation.h"

#include <algorithm>
#include <vector>

#include "base/error_context.h"
#include "eval/correlation.h"
#include "eval/datasets.h"
#include "eval/ranking.h"
#include "vectors/similarity.h"

namespace sememe {
namespace {

// trec_eval users cut runs here; deeper documents change MAP in the fourth digit only.
constexpr std::size_t kRunDepth = 1000;

std::vector<std::string_view> texts_of(const std::vector<eval::TextWithId>& items) {
  std::vector<std::string_view> texts;
  for (const eval::TextWithId& item : items) texts.push_back(item.text);
  return texts;
}

// Every document with its cosine, best first.
std::vector<eval::Retrieved> rank_documents(std::span<const float> query, MatrixView documents,
                                            const std::vector<eval::TextWithId>& corpus) {
  std::vector<eval::Retrieved> run;
  run.reserve(corpus.size());
  for (std::size_t d = 0; d < corpus.size(); ++d) {
    run.push_back({corpus[d].id, static_cast<float>(vectors::cosine(query, documents.row(d)))});
  }
  eval::sort_as_trec_eval(run);
  if (run.size() > kRunDepth) run.resize(kRunDepth);
  return run;
}

}  // namespace

StsReport evaluate_sts(const Embedder& embedder, const std::string& file,
                       const std::array<std::size_t, 3>& columns,
                       const EvaluationProgress& progress) {
  const std::vector<eval::SentencePair> pairs = eval::read_sts(file, columns);
  std::vector<std::string_view> texts;
  for (const eval::SentencePair& pair : pairs) {
    texts.push_back(pair.first);
    texts.push_back(pair.second);
  }
  const Embeddings embedded =
      embedder.embed_batch(texts, {.role = TextRole::kPlain, .progress = [&](std::size_t done) {
                                     if (progress) progress(done, texts.size());
                                   }});
  std::vector<double> expected;
  std::vector<double> predicted;
  for (std::size_t p = 0; p < pairs.size(); ++p) {
    expected.push_back(pairs[p].score);
    predicted.push_back(
        vectors::cosine(embedded.vectors.row(2 * p), embedded.vectors.row(2 * p + 1)));
  }
  return {.pairs = pairs.size(),
          .spearman = 100 * eval::spearman(predicted, expected),
          .pearson = 100 * eval::pearson(predicted, expected),
          .truncated = embedded.truncated_count()};
}

RetrievalReport evaluate_retrieval(const Embedder& embedder, const std::string& directory,
                                   const EvaluationProgress& progress) {
  const eval::RetrievalSet set = eval::read_retrieval_set(directory);
  const std::size_t total = set.corpus.size() + set.queries.size();
  const auto embed = [&](const std::vector<eval::TextWithId>& items, TextRole role,
                         std::size_t before) {
    return embedder.embed_batch(texts_of(items),
                                {.role = role, .progress = [&, before](std::size_t done) {
                                   if (progress) progress(before + done, total);
                                 }});
  };
  const Embeddings documents = embed(set.corpus, TextRole::kDocument, 0);
  const Embeddings queries = embed(set.queries, TextRole::kQuery, set.corpus.size());
  std::vector<eval::RankingMeasures> measures;
  for (std::size_t q = 0; q < set.queries.size(); ++q) {
    const auto run = rank_documents(queries.vectors.row(q), documents.vectors.view(), set.corpus);
    measures.push_back(eval::measure_ranking(run, set.judgements.at(set.queries[q].id)));
  }
  const eval::RankingMeasures mean = eval::mean_of(measures);
  return {.documents = set.corpus.size(),
          .queries = set.queries.size(),
          .ndcg_10 = mean.ndcg_10,
          .map = mean.map,
          .mrr_10 = mean.mrr_10,
          .recall_10 = mean.recall_10,
          .recall_100 = mean.recall_100,
          .truncated = documents.truncated_count() + queries.truncated_count()};
}

}  // namespace sememe
