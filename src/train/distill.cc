#include <algorithm>
#include <span>
#include <string>
#include <utility>

#include "base/error_context.h"
#include "base/file.h"
#include "base/thread_pool.h"
#include "model/catalog.h"
#include "model/sentence_transformers.h"
#include "sememe/distillation.h"
#include "sememe/error.h"
#include "train/contexts.h"
#include "train/pca.h"
#include "train/static_model_writer.h"
#include "train/static_vocabulary.h"
#include "train/teacher.h"
#include "train/token_weights.h"

namespace sememe {
namespace {

using namespace train;

// Tokens of a random context; decision 0009 has other lengths.
constexpr std::size_t kContextTokens = 4;
constexpr std::size_t kMaxContexts = 1000;
constexpr std::uint64_t kSeed = 1;

void check(const DistillOptions& options, const model::ModelConfig& teacher) {
  if (options.contexts > kMaxContexts) {
    throw Error(ErrorCode::kInvalidArgument,
                concat("contexts: expected 0 to ", kMaxContexts, ", found ", options.contexts));
  }
  if (!(options.sif >= 0 && options.sif < 1)) {
    throw Error(ErrorCode::kInvalidArgument, concat("sif: expected 0 to 1, found ", options.sif));
  }
  if (teacher.architecture == model::Architecture::kStatic) {
    throw Error(ErrorCode::kUnsupported,
                concat("model ", quote(options.model),
                       ": expected an encoder to distill, found a static model"));
  }
}

// The rows as the teacher gives them, before they are projected and weighted.
Matrix measure_rows(const Teacher& teacher, std::size_t count, const Sequences& contexts,
                    ThreadPool& pool, const DistillProgress& progress) {
  const auto step = [&](const char* name, std::size_t total) -> SequenceProgress {
    if (!progress) return {};
    return [&progress, name, total](std::size_t done) { progress(name, done, total); };
  };
  Matrix rows = teacher.tokens(step("tokens alone", count));
  subtract_mean(rows);
  if (contexts.size() == 0) return rows;
  Matrix targets = teacher.texts(contexts, step("tokens in contexts", contexts.size()));
  fit_rows(contexts, std::move(targets), rows, pool);
  return rows;
}

void weigh(Matrix& rows, std::span<const float> weights) {
  for (std::size_t r = 0; r < rows.rows; ++r) {
    for (float& value : rows.row(r)) value *= weights[r];
  }
}

}  // namespace

DistillReport distill(const DistillOptions& options, const DistillProgress& progress) {
  const Path directory = model::resolve_model(options.model);
  const model::ModelConfig config = model::read_model_config(directory);
  check(options, config);
  require_replaceable(options.directory, options.overwrite);
  ThreadPool pool(options.threads);
  const StaticVocabulary vocabulary = within(quote(config.tokenizer_file.native()), [&] {
    return static_vocabulary(read_file(config.tokenizer_file, std::uint64_t{1} << 28));
  });
  const std::size_t count = vocabulary.tokens.size();
  const std::size_t special = vocabulary.before.size() + vocabulary.after.size();
  const Teacher teacher(directory, vocabulary, pool);
  if (teacher.max_tokens() < special + kContextTokens) {
    throw Error(ErrorCode::kUnsupported,
                concat("model ", quote(options.model), ": expected a limit of at least ",
                       special + kContextTokens, " tokens, found ", teacher.max_tokens()));
  }
  const Sequences contexts = random_contexts(count, options.contexts, kContextTokens, kSeed);
  const Matrix rows = measure_rows(teacher, count, contexts, pool, progress);
  const std::size_t dims =
      options.dims == 0 ? teacher.width() : std::min(options.dims, teacher.width());
  Projection projection = principal_components(rows, dims, pool);
  weigh(projection.rows, token_weights(vocabulary, options.sif));

  DistillReport report = {
      .tokens = count,
      .dim = dims,
      .explained_variance = projection.explained_variance,
      .teacher_tokens = count * (special + 1) + contexts.ids.size() + contexts.size() * special,
      .bytes = 0};
  report.bytes = write_static_model({.table = std::move(projection.rows),
                                     .tokenizer_json = vocabulary.tokenizer_json,
                                     .teacher = model::durable_model_name(options.model),
                                     .contexts = options.contexts,
                                     .sif = options.sif},
                                    options.type, options.directory, options.overwrite);
  return report;
}

}  // namespace sememe
