// A static model from an encoder: one vector for each token of its vocabulary, so that a text's
// vector is a mean of table rows and embedding runs at the speed of the tokenizer.
#ifndef SEMEME_DISTILLATION_H_
#define SEMEME_DISTILLATION_H_

#include <cstddef>
#include <functional>
#include <string>
#include <string_view>

#include "sememe/export.h"

namespace sememe {

/// How the rows of a table are stored.
enum class TableType { kF32, kF16, kInt8 };

struct DistillOptions {
  std::string model;      ///< of the teacher: an installed model's name, or a directory
  std::string directory;  ///< of the static model
  /// Columns that are kept, those of the largest variance; 0, or as many as the teacher has: all.
  std::size_t dims = 256;
  /// How many random contexts each token is seen in beside being seen alone; 0: none.
  std::size_t contexts = 8;
  /// The a of a / (a + p), by which a token of probability p counts; 0: all tokens count the same.
  double sif = 7e-4;
  TableType type = TableType::kF32;
  std::size_t threads = 0;
  bool overwrite = false;  ///< replace what is in the directory
};

struct DistillReport {
  std::size_t tokens = 0;  ///< rows of the table
  std::size_t dim = 0;
  double explained_variance = 1;   ///< the kept columns' share of the rows' variance
  std::size_t teacher_tokens = 0;  ///< that went through the teacher
  std::size_t bytes = 0;           ///< of the model's files
};

/// Called from the calling thread or a worker, never twice at a time, with what is going on and how
/// much of it is done.
using DistillProgress =
    std::function<void(std::string_view step, std::size_t done, std::size_t total)>;

/// Makes the static model and writes it in the layout of model2vec. The directory appears whole or
/// not at all. Throws Error: kConflict when the directory is there and overwrite is not set,
/// kInvalidArgument for options out of range, kUnsupported for a static teacher, and what
/// Embedder::open throws for the teacher. The same options give the same files, with any number of
/// threads. Cost: teacher_tokens through the teacher, about (3 + 1.5 * contexts) a token of the
/// vocabulary; memory of about 6 tables of the teacher's width.
SEMEME_API DistillReport distill(const DistillOptions& options,
                                 const DistillProgress& progress = {});

}  // namespace sememe

#endif  // SEMEME_DISTILLATION_H_
