#include "model/encoder.h"

#include "base/error_context.h"
#include "model/bert.h"
#include "model/catalog.h"
#include "model/packed_cache.h"
#include "model/sentence_transformers.h"
#include "model/static_encoder.h"
#include "model/workspace.h"

namespace sememe::model {

Workspace::Workspace() : buffers_(std::make_unique<Buffers>()) {}
Workspace::Workspace(Workspace&&) noexcept = default;
Workspace& Workspace::operator=(Workspace&&) noexcept = default;
Workspace::~Workspace() = default;

std::unique_ptr<Encoder> Encoder::load(const Path& directory, const LoadOptions& options) {
  return within(concat("load model ", quote(directory.native())), [&] {
    check_installed_model(directory);
    ModelConfig config = read_model_config(directory);
    const PackedCache cache = PackedCache::of_model(directory, config);
    vectors::SafetensorsFile file =
        vectors::SafetensorsFile::open(config.transformer_directory / "model.safetensors");
    std::unique_ptr<Encoder> encoder;
    if (config.architecture == Architecture::kStatic) {
      encoder = std::make_unique<StaticEncoder>(config, std::move(file));
    } else {
      encoder = std::make_unique<BertEncoder>(std::move(config), std::move(file), options.precision,
                                              active_isa(), cache);
    }
    return encoder;
  });
}

}  // namespace sememe::model
