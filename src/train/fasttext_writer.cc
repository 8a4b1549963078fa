#include "train/fasttext_writer.h"

#include <algorithm>
#include <functional>

#include "vectors/fasttext_file.h"

namespace sememe::train {

void write_fasttext_model(const Path& path, const Word2Vec& model, const WordCorpus& corpus,
                          const Word2VecOptions& options, std::uint64_t min_count) {
  using Settings = vectors::FastTextSettings;
  const WordVocabulary& vocabulary = corpus.vocabulary();
  const bool tree = options.objective == Objective::kHierarchicalSoftmax;
  std::vector<float> negated(options.dim);
  // fastText has the tree's nodes in this order too, but a yes where HuffmanTree has a no.
  const auto output = [&](std::size_t i) {
    const std::span<const float> row = model.output().values(i);
    if (!tree) return row;
    std::ranges::transform(row, negated.begin(), std::negate());
    return std::span<const float>(negated);
  };
  vectors::write_fasttext(path, {.settings = {.model = options.architecture == Architecture::kCbow
                                                           ? Settings::Model::kCbow
                                                           : Settings::Model::kSkipGram,
                                              .loss = tree ? Settings::Loss::kHierarchicalSoftmax
                                                           : Settings::Loss::kNegativeSampling,
                                              .window = options.window,
                                              .epochs = options.epochs,
                                              .min_count = min_count,
                                              .negative = options.negative,
                                              .sample = options.sample,
                                              .subwords = options.subwords,
                                              .tokens = corpus.words_read()},
                                 .words = vocabulary.size(),
                                 .dim = options.dim,
                                 .word = [&](std::size_t i) { return vocabulary.word(i); },
                                 .counts = vocabulary.counts(),
                                 .input = {model.input().rows(),
                                           [&](std::size_t i) { return model.input().values(i); }},
                                 .output = {model.output().rows(), output}});
}

}  // namespace sememe::train
