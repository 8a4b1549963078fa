// sememe eval: how good a model is, on published evaluation sets.

#include <array>
#include <memory>
#include <vector>

#include "base/error_context.h"
#include "cli/app.h"
#include "cli/command.h"
#include "cli/command_eval_index.h"
#include "cli/command_eval_words.h"
#include "cli/output.h"
#include "cli/progress.h"
#include "eval/word_pooling.h"
#include "sememe/evaluation.h"
#include "vectors/word_vectors.h"

namespace sememe::cli {
namespace {

struct EvalFlags {
  ModelOptions model;
  std::string source;
  std::vector<std::size_t> columns = {1, 2, 3};
  std::string vectors;
  std::string pooling = "sif";
  std::string progress = "auto";
  bool json = false;
};

int run_word_sts(const EvalFlags& options) {
  const eval::WordStsReport report = eval::evaluate_word_sts(
      vectors::read_word_vectors(options.vectors), options.source,
      {options.columns[0], options.columns[1], options.columns[2]},
      options.pooling == "mean" ? eval::WordPooling::kMean : eval::WordPooling::kSif);
  if (options.json) {
    print(to_line({{"pairs", report.pairs},
                   {"spearman", report.spearman},
                   {"pearson", report.pearson},
                   {"words", report.words},
                   {"unknown_words", report.unknown_words},
                   {"pooling", options.pooling}}));
    return kExitDone;
  }
  print("pairs      " + with_separators(report.pairs) + "\n");
  print("spearman   " + fixed(report.spearman, 2) + "\n");
  print("pearson    " + fixed(report.pearson, 2) + "\n");
  print(concat("words      ", with_separators(report.words), ", ",
               with_separators(report.unknown_words), " without a vector\n"));
  return kExitDone;
}

int run_sts(const EvalFlags& options) {
  const Embedder embedder = open_embedder(options.model);
  StsReport report;
  {
    Progress progress(parse_progress_mode(options.progress));
    report = evaluate_sts(embedder, options.source,
                          {options.columns[0], options.columns[1], options.columns[2]},
                          [&](std::size_t done, std::size_t total) {
                            progress.update("embedded texts", done, total);
                          });
  }
  if (options.json) {
    print(to_line({{"pairs", report.pairs},
                   {"spearman", report.spearman},
                   {"pearson", report.pearson},
                   {"truncated", report.truncated},
                   {"precision", precision_name(embedder.info().precision)}}));
    return kExitDone;
  }
  print("pairs      " + with_separators(report.pairs) + "\n");
  print("spearman   " + fixed(report.spearman, 2) + "\n");
  print("pearson    " + fixed(report.pearson, 2) + "\n");
  print("truncated  " + with_separators(report.truncated) + "\n");
  print(concat("precision  ", precision_name(embedder.info().precision), "\n"));
  return kExitDone;
}

int run_retrieval(const EvalFlags& options) {
  const Embedder embedder = open_embedder(options.model);
  RetrievalReport report;
  {
    Progress progress(parse_progress_mode(options.progress));
    report = evaluate_retrieval(embedder, options.source, [&](std::size_t done, std::size_t total) {
      progress.update("embedded texts", done, total);
    });
  }
  if (options.json) {
    print(to_line({{"queries", report.queries},
                   {"ndcg@10", report.ndcg_10},
                   {"map", report.map},
                   {"mrr@10", report.mrr_10},
                   {"recall@10", report.recall_10},
                   {"recall@100", report.recall_100},
                   {"truncated", report.truncated},
                   {"documents", report.documents},
                   {"precision", precision_name(embedder.info().precision)}}));
    return kExitDone;
  }
  print("documents   " + with_separators(report.documents) + "\n");
  print("queries     " + with_separators(report.queries) + "\n");
  print("ndcg@10     " + fixed(report.ndcg_10, 4) + "\n");
  print("map         " + fixed(report.map, 4) + "\n");
  print("mrr@10      " + fixed(report.mrr_10, 4) + "\n");
  print("recall@10   " + fixed(report.recall_10, 4) + "\n");
  print("recall@100  " + fixed(report.recall_100, 4) + "\n");
  print("truncated   " + with_separators(report.truncated) + "\n");
  print(concat("precision   ", precision_name(embedder.info().precision), "\n"));
  return kExitDone;
}

void add_common(CLI::App* command, EvalFlags& options) {
  command->add_flag("--json", options.json, "Print one JSON object");
  command->add_option("--progress", options.progress, "Progress on standard error")
      ->check(CLI::IsMember({"auto", "always", "never"}));
  add_model_options(command, options.model);
}

}  // namespace

void add_eval(Program& program) {
  CLI::App* eval =
      add_command(program.app, "eval", "Measure a model on published evaluation sets", "");
  eval->require_subcommand(1);

  auto sts = std::make_shared<EvalFlags>();
  CLI::App* command =
      add_command(*eval, "sts",
                  "Sentence similarity: Spearman and Pearson correlation (x 100) with human scores",
                  "  sememe eval sts pairs.tsv\n"
                  "  sememe eval sts sts-test.csv --columns 5 6 7 --json\n"
                  "  sememe eval sts pairs.tsv --vectors words.bin --pooling sif");
  command->add_option("file", sts->source, "Tab separated: score, sentence 1, sentence 2")
      ->required();
  command
      ->add_option("--columns", sts->columns,
                   "Columns that hold score, sentence 1 and sentence 2, from 1")
      ->expected(3);
  CLI::Option* vectors = command->add_option(
      "--vectors", sts->vectors,
      "Measure a file of word vectors, whatever --model is: a sentence is what its words are");
  command
      ->add_option(
          "--pooling", sts->pooling,
          "With --vectors, a sentence is the mean of its words (mean), or that with frequent "
          "words counting less and without the first principal component (sif)")
      ->check(CLI::IsMember({"mean", "sif"}))
      ->needs(vectors)
      ->capture_default_str();
  add_common(command, *sts);
  on_run(program, command,
         [sts] { return sts->vectors.empty() ? run_sts(*sts) : run_word_sts(*sts); });

  auto retrieval = std::make_shared<EvalFlags>();
  command = add_command(
      *eval, "retrieval",
      "Search quality on a set in BEIR layout (corpus.jsonl, queries.jsonl, qrels/test.tsv), with "
      "the measures of trec_eval",
      "  sememe eval retrieval cranfield/ --json");
  command->add_option("directory", retrieval->source, "Directory of the set")->required();
  add_common(command, *retrieval);
  on_run(program, command, [retrieval] { return run_retrieval(*retrieval); });

  add_eval_words(program, *eval);
  add_eval_index(program, *eval);
}

}  // namespace sememe::cli
