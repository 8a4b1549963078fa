// Any bytes as a document of each format: the rules of chunk_document hold.
//
// The first byte picks the format, the second the limit.
#include <cstdint>
#include <cstdlib>
#include <iostream>

#include "ingest/chunker_testing.h"
#include "ingest/ignore_rules.h"

namespace {

constexpr std::string_view kNames[] = {"a.md", "a.adoc", "a.py", "a.cc", "a.rst", "a.txt"};

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace sememe;
  if (size < 2) return 0;
  const std::string_view bytes(reinterpret_cast<const char*>(data), size);
  const std::string_view name = kNames[data[0] % std::size(kNames)];
  const std::size_t max_tokens = 18 + data[1];
  const std::string source = text::replace_invalid_utf8(bytes.substr(2)).text;
  const ingest::ParsedDocument document = ingest::parse_document(name, source);
  const ingest::TokenMeasure measure = ingest::tiny_measure();
  const std::vector<Passage> passages =
      ingest::chunk_document(source, document, measure, {.max_tokens = max_tokens});
  const std::string broken = ingest::broken_rule(source, document, passages, measure, max_tokens);
  if (!broken.empty()) {
    std::cerr << name << ": " << broken << "\n";
    std::abort();
  }
  ingest::IgnoreRules::parse(bytes, "").match("a/b.txt", ingest::EntryType::kFile);
  return 0;
}
