// sememe model distill: a static model from an encoder.

#include "cli/command_model_distill.h"

#include <memory>

#include "base/error_context.h"
#include "cli/app.h"
#include "cli/output.h"
#include "cli/progress.h"
#include "model/catalog.h"
#include "sememe/distillation.h"
#include "sememe/embedder.h"

namespace sememe::cli {
namespace {

struct ModelDistillFlags {
  DistillOptions distill;
  std::string output;
  std::string dtype = "f32";
  std::string progress = "auto";
  bool json = false;
};

// A name is an installed model's, anything with a '/' a directory.
Path output_directory(const std::string& output) {
  if (output.contains('/')) return output;
  if (output == "." || output == "..") return Path(output) / "";
  return model::sememe_home() / "models" / output;
}

std::string default_output(const std::string& teacher) {
  const Path path = std::filesystem::weakly_canonical(model::resolve_model(teacher));
  return path.filename().native() + "-static";
}

TableType parse_dtype(const std::string& word) {
  if (word == "f16") return TableType::kF16;
  return word == "int8" ? TableType::kInt8 : TableType::kF32;
}

int run_distill(ModelDistillFlags options) {
  if (options.output.empty()) options.output = default_output(options.distill.model);
  const Path directory = output_directory(options.output);
  options.distill.directory = directory.string();
  options.distill.type = parse_dtype(options.dtype);
  DistillReport report;
  double seconds = 0;
  {
    Progress progress(parse_progress_mode(options.progress));
    report =
        distill(options.distill, [&](std::string_view step, std::size_t done, std::size_t total) {
          progress.update(concat("distilled ", step), done, total);
        });
    seconds = progress.seconds();
  }
  if (options.json) {
    print(to_line({{"name", options.output},
                   {"directory", directory.string()},
                   {"teacher", options.distill.model},
                   {"tokens", report.tokens},
                   {"dim", report.dim},
                   {"dtype", options.dtype},
                   {"explained_variance", report.explained_variance},
                   {"teacher_tokens", report.teacher_tokens},
                   {"bytes", report.bytes},
                   {"seconds", seconds}}));
    return kExitDone;
  }
  const auto line = [](std::string label, const std::string& text) {
    label.resize(20, ' ');
    print(concat(label, text, "\n"));
  };
  line("model", options.output);
  line("directory", directory.string());
  line("tokens", with_separators(report.tokens));
  line("dim", with_separators(report.dim));
  line("explained variance", fixed(100 * report.explained_variance, 1) + " %");
  line("teacher tokens", with_separators(report.teacher_tokens));
  line("bytes", with_separators(report.bytes));
  line("seconds", fixed(seconds, 1));
  return kExitDone;
}

}  // namespace

void add_model_distill(Program& program, CLI::App& model) {
  auto options = std::make_shared<ModelDistillFlags>();
  options->distill.model = kDefaultModel;
  CLI::App* command = add_command(
      model, "distill",
      "Make a static model of an encoder: a vector for each token, as fast as the tokenizer",
      "  sememe model distill\n"
      "  sememe model distill all-minilm-l6-v2 --output fast --dims 128 --dtype int8\n"
      "  sememe index --model fast docs/");
  DistillOptions& distill = options->distill;
  command
      ->add_option("model", distill.model, "The teacher: name of an installed model, or directory")
      ->capture_default_str();
  command->add_option("-o,--output", options->output,
                      "Name for the model among the installed ones, or a directory (with a '/'); "
                      "default: the teacher's name and \"-static\"");
  command->add_option("--dims", distill.dims, "Numbers in a vector; 0: as many as the teacher's")
      ->capture_default_str();
  command
      ->add_option("--contexts", distill.contexts,
                   "Random contexts in which each token is seen; 0: each is seen alone only")
      ->capture_default_str();
  command
      ->add_option("--sif", distill.sif,
                   "A token of probability p counts a / (a + p); this is a; 0: all count the same")
      ->capture_default_str();
  command->add_option("--dtype", options->dtype, "How numbers are stored")
      ->check(CLI::IsMember({"f32", "f16", "int8"}))
      ->capture_default_str();
  command->add_flag("--force", distill.overwrite, "Replace a static model that is there");
  command
      ->add_option("--threads", distill.threads, "Threads to use; 0: as many as this process may")
      ->envname("SEMEME_THREADS");
  command->add_flag("--json", options->json, "Print one JSON object");
  command->add_option("--progress", options->progress, "Progress on standard error")
      ->check(CLI::IsMember({"auto", "always", "never"}));
  on_run(program, command, [options] { return run_distill(*options); });
}

}  // namespace sememe::cli
