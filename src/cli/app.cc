#include "cli/app.h"

#include <csignal>
#include <cstdio>
#include <new>
#include <system_error>

#include "base/cpu.h"
#include "base/error_context.h"
#include "cli/command.h"
#include "cli/output.h"
#include "sememe/error.h"
#include "sememe/version.h"

namespace sememe::cli {
namespace {

constexpr const char* kFooter =
    "A first search:\n"
    "  sememe index docs/\n"
    "  sememe search \"how do I undo a commit?\"\n"
    "\n"
    "Exit codes: 0 done or found, 1 found nothing, 2 wrong arguments or input, 3 some inputs "
    "failed, 4 not found,\n"
    "5 locked or made by another model, 6 not supported, 7 over a limit, 8 damaged, 9 the system "
    "refused.";

void build(Program& program) {
  CLI::App& app = program.app;
  app.name("sememe");
  app.description(
      "Search by meaning over your own files, and the vectors behind it. Offline, one program.");
  app.footer(kFooter);
  app.set_version_flag("-V,--version", [] {
    return concat("sememe ", SEMEME_VERSION, ", instruction tier ", isa_name(active_isa()));
  });
  app.require_subcommand(1);
  app.option_defaults()->always_capture_default(false);
  add_index(program);
  add_search(program);
  add_embed(program);
  add_similarity(program);
  add_tokens(program);
  add_eval(program);
  add_phrases(program);
  add_train(program);
  add_neighbors(program);
  add_model(program);
  add_store(program);
  add_bench(program);
  add_completion(program);
}

int parse_and_run(Program& program, int argc, char** argv) {
  try {
    program.app.parse(argc, argv);
  } catch (const CLI::Success& success) {  // --help and --version are results
    std::ostringstream out;
    program.app.exit(success, out, out);
    print(out.str());
  } catch (const CLI::ParseError& error) {
    std::ostringstream out;
    program.app.exit(error, out, out);
    std::fprintf(stderr, "sememe: %s\n", out.str().c_str());
    return error_info(ErrorCode::kInvalidArgument).exit_code;
  }
  flush_output();
  return program.exit_code;
}

int fail(ErrorCode code, const char* message) {
  std::fprintf(stderr, "sememe: %s\n", message);
  return error_info(code).exit_code;
}

}  // namespace

int run(int argc, char** argv) {
  std::signal(SIGPIPE, SIG_IGN);  // seen as EPIPE where it happens
  Program program;
  build(program);
  try {
    return parse_and_run(program, argc, argv);
  } catch (const BrokenPipe&) {
    return kExitDone;
  } catch (const Error& error) {
    return fail(error.code(), error.what());
  } catch (const std::bad_alloc&) {
    return fail(ErrorCode::kLimit, "out of memory");
  } catch (const std::system_error& error) {
    return fail(ErrorCode::kIo, error.what());
  }
}

}  // namespace sememe::cli
