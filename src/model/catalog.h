// Model names: where a model lies, which are there, and whether its files are what they should be.
#ifndef SEMEME_MODEL_CATALOG_H_
#define SEMEME_MODEL_CATALOG_H_

#include <string>
#include <string_view>
#include <vector>

#include "base/file.h"
#include "sememe/embedder.h"

namespace sememe::model {

/// $SEMEME_HOME, else $XDG_DATA_HOME/sememe, else ~/.local/share/sememe. Need not exist. Throws
/// Error(kNotFound) when none of the three variables (HOME the last) is set.
Path sememe_home();

/// The directory of a model: one of sememe_home()/models by its name, else the directory that
/// `name` is. Throws Error(kNotFound) that says where it looked and what helps,
/// Error(kInvalidArgument) for an empty name.
Path resolve_model(std::string_view name);

/// A name that finds the same model from any working directory: that of an installed model as it
/// is, a directory as an absolute path.
std::string durable_model_name(std::string_view name);

/// The names in sememe_home()/models that hold a config.json or modules.json, sorted.
std::vector<std::string> list_models();

/// Everything wrong with a model's files, one line each with the command that mends it; empty when
/// all is well. A model with a published table of checksums is compared with it; any other must
/// load and hold finite weights only. Reads every byte. Throws as resolve_model.
std::vector<std::string> verify_model(std::string_view name);

/// When `directory` is sememe_home()/models/NAME of a model with a published table: throws
/// Error(kCorrupt) for the first file that is missing, or differs in size or checksum. Checksums
/// come from the cache (checksums.h), so files that have not changed cost a stat each.
void check_installed_model(const Path& directory);

}  // namespace sememe::model

#endif  // SEMEME_MODEL_CATALOG_H_
