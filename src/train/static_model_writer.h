// Writes a static model in model2vec's layout.
#ifndef SEMEME_TRAIN_STATIC_MODEL_WRITER_H_
#define SEMEME_TRAIN_STATIC_MODEL_WRITER_H_

#include <cstddef>
#include <cstdint>
#include <string>
#include <vector>

#include "base/file.h"
#include "sememe/distillation.h"
#include "sememe/types.h"

namespace sememe::train {

struct StaticModel {
  Matrix table;                ///< [V, dim]
  std::string tokenizer_json;  ///< whose ids are the table's rows
  std::string teacher;         ///< its name
  std::size_t contexts = 0;    ///< DistillOptions::contexts
  double sif = 0;              ///< DistillOptions::sif
};

/// The table in 8 bits: the nearest of -127 .. 127 times one common factor, which a mean that is
/// normalised does not need. Values beyond the range are cut: the factor is the one of least
/// squared error among some.
std::vector<std::int8_t> quantize_table(const Matrix& table);

/// Throws Error(kConflict) unless a model may be written to `directory`: nothing is there, or an
/// empty directory, or a static model without foreign files, and `overwrite` is set.
void require_replaceable(const Path& directory, bool overwrite);

/// Writes the model beside `directory`, synced, and renames it; what was there is exchanged for it
/// and removed. Throws as require_replaceable, and Error(kIo). Returns the bytes of all files.
std::size_t write_static_model(const StaticModel& model, TableType type, const Path& directory,
                               bool overwrite);

}  // namespace sememe::train

#endif  // SEMEME_TRAIN_STATIC_MODEL_WRITER_H_
