#include "index/graph_file.h"

#include <gtest/gtest.h>

#include <cstring>
#include <optional>
#include <sstream>

#include "base/error_context.h"
#include "base/section_file_testing.h"
#include "index/graph_index.h"
#include "index/index_testing.h"
#include "sememe/error.h"

namespace sememe::index {
namespace {

constexpr std::string_view kKey = "some vectors";

Path temporary(std::string_view name) { return Path(testing::TempDir()) / name; }

GraphIndex built(const Matrix& rows, vectors::Metric metric = vectors::Metric::kCosine,
                 Layout layout = Layout::kFast) {
  ThreadPool pool(2);
  GraphOptions options;
  options.metric = metric;
  options.layout = layout;
  return GraphIndex::build(rows.view(), options, pool);
}

// Rows with copies.
Matrix some_rows(std::size_t count) {
  Matrix rows = unit_clustered_rows(count, 20, 1);
  std::ranges::copy(rows.row(1), rows.row(count - 2).begin());
  return rows;
}

TEST(GraphFile, GivesTheSameIndexLoadedAndMapped) {
  for (const vectors::Metric metric :
       {vectors::Metric::kCosine, vectors::Metric::kInnerProduct, vectors::Metric::kL2}) {
    const Matrix rows = some_rows(900);
    const bool products = metric == vectors::Metric::kInnerProduct;
    const GraphIndex index = built(rows, metric, products ? Layout::kCompact : Layout::kFast);
    const Path path = temporary("back.graph");
    index.save(path, kKey);
    for (const Residence residence : {Residence::kLoaded, Residence::kMapped}) {
      const GraphIndex opened = GraphIndex::open(path, kKey, rows.view(), residence);
      EXPECT_EQ(opened.metric(), metric);
      EXPECT_EQ(opened.bytes(), index.bytes());
      EXPECT_EQ(opened.recall().curves, index.recall().curves);
      GraphSearcher here(index);
      GraphSearcher there(opened);
      const Matrix queries = unit_clustered_rows(10, 20, 2);
      for (std::size_t q = 0; q < queries.rows; ++q) {
        EXPECT_EQ(here.search(queries.row(q), {}), there.search(queries.row(q), {}));
      }
    }
    EXPECT_EQ(file_stamp(path).size % 64, 0);
  }
}

TEST(GraphFile, HoldsNoRowsAndOneRow) {
  for (const std::size_t count : {0UL, 1UL}) {
    const Matrix rows = unit_clustered_rows(count, 8, 1);
    const Path path = temporary("few.graph");
    built(rows).save(path, kKey);
    const GraphIndex opened = GraphIndex::open(path, kKey, rows.view());
    GraphSearcher searcher(opened);
    EXPECT_EQ(searcher.search(std::vector<float>(8, 0.5F), {}).size(), count);
  }
}

std::optional<ErrorCode> refusal(const Path& path, const Matrix& rows,
                                 std::string* what = nullptr) {
  try {
    GraphIndex::open(path, kKey, rows.view());
    return std::nullopt;
  } catch (const Error& error) {
    if (what != nullptr) *what = error.what();
    return error.code();
  }
}

TEST(GraphFile, RefusesOtherRowsAndOtherKeys) {
  const Matrix rows = some_rows(50);
  const Path path = temporary("other.graph");
  built(rows).save(path, kKey);
  EXPECT_EQ(refusal(path, some_rows(51)), ErrorCode::kInvalidArgument);
  EXPECT_EQ(refusal(path, unit_clustered_rows(50, 21, 1)), ErrorCode::kInvalidArgument);
  built(rows).save(path, "others");
  EXPECT_EQ(refusal(path, rows), ErrorCode::kCorrupt);
  EXPECT_EQ(refusal(temporary("none.graph"), rows), ErrorCode::kNotFound);
}

void flip_and_cut(Layout layout) {
  const Matrix rows = some_rows(12);
  const Path path = temporary("flipped.graph");
  built(rows, vectors::Metric::kCosine, layout).save(path, kKey);
  const std::string good = read_file(path);
  const auto parse = [](std::string_view bytes) -> std::optional<ErrorCode> {
    kernels::AlignedBytes memory(bytes.size());
    std::memcpy(memory.data(), bytes.data(), bytes.size());
    try {
      check_nodes(parse_graph(parse_sections(kGraphFormat, std::as_bytes(memory.span()), kKey)));
      return std::nullopt;
    } catch (const Error& error) {
      return error.code();
    }
  };
  ASSERT_FALSE(parse(good));
  for (std::size_t i = 0; i < good.size(); ++i) {
    std::string bytes = good;
    bytes[i] = static_cast<char>(bytes[i] ^ 1 << i % 8);
    const bool version = i >= 8 && i < 12;
    EXPECT_EQ(parse(bytes), version ? ErrorCode::kUnsupported : ErrorCode::kCorrupt) << i;
  }
  for (std::size_t size = 1; size < good.size(); size += 7) {
    EXPECT_EQ(parse(std::string_view(good).substr(0, size)), ErrorCode::kCorrupt) << size;
  }
}

TEST(GraphFile, FindsEveryFlippedBitAndEveryCut) {
  for (const Layout layout : {Layout::kFast, Layout::kCompact}) flip_and_cut(layout);
}

// Searches of a mapped file give what they should, or say what is wrong.
TEST(GraphFile, IsCheckedWhereSearchesComeWhenMapped) {
  for (const Layout layout : {Layout::kFast, Layout::kCompact}) {
    const Matrix rows = some_rows(60);
    const Path path = temporary("mapped.graph");
    const GraphIndex index = built(rows, vectors::Metric::kCosine, layout);
    index.save(path, kKey);
    const std::string good = read_file(path);
    const Matrix queries = unit_clustered_rows(3, 20, 2);
    const auto answers = [&](const GraphIndex& searched) {
      std::vector<std::vector<Neighbor>> out;
      GraphSearcher searcher(searched);
      RowSet some(rows.rows);
      for (std::size_t r = 0; r < rows.rows; r += 2) some.insert(r);
      for (std::size_t q = 0; q < queries.rows; ++q) {
        out.push_back(searcher.search(queries.row(q), {}));
        out.push_back(searcher.search(queries.row(q), {.k = 5, .allowed = &some}));
        out.push_back(searcher.search_range(queries.row(q), {.min_similarity = 0.5F}));
      }
      return out;
    };
    const auto expected = answers(index);
    std::size_t refused = 0;
    for (std::size_t i = 0; i < good.size(); i += 211) {
      std::string bytes = good;
      bytes[i] = static_cast<char>(bytes[i] ^ 1 << i % 8);
      write_file_atomic(path, bytes);
      try {
        EXPECT_EQ(answers(GraphIndex::open(path, kKey, rows.view(), Residence::kMapped)), expected);
      } catch (const Error& error) {
        ++refused;
        EXPECT_EQ(error.code(), ErrorCode::kCorrupt) << i;
        EXPECT_NE(std::string_view(error.what()).find("mapped.graph"), std::string::npos);
      }
    }
    // Half the rows are scanned, so that everything is checked.
    EXPECT_EQ(refused, (good.size() + 210) / 211);
  }
}

TEST(GraphFile, ChecksNoMoreThanASearchReadsWhenMapped) {
  const Matrix rows = unit_clustered_rows(3000, 20, 1);
  const Path path = temporary("part.graph");
  const GraphIndex index = built(rows);
  index.save(path, kKey);
  const std::string good = read_file(path);
  std::uint64_t blocks = 0;
  std::memcpy(&blocks, good.data() + 128 + 24, sizeof blocks);
  GraphSearcher here(index);
  const GraphSearch few = {.k = 1, .effort = {10}};
  std::size_t refused = 0;
  for (Node p = 0; p < 3000; p += 300) {
    std::string bytes = good;
    bytes[blocks + p * index.graph().layout.bytes()] ^= 1;
    write_file_atomic(path, bytes);
    const GraphIndex opened = GraphIndex::open(path, kKey, rows.view(), Residence::kMapped);
    GraphSearcher there(opened);
    // A walk to the damaged node itself always comes to it.
    const std::uint32_t row = index.graph().block(p).tail().row;
    try {
      there.search(rows.row(row), few);
      ADD_FAILURE() << "node " << p;
    } catch (const Error& error) {
      EXPECT_NE(std::string_view(error.what()).find(concat("node ", p, " at byte ")),
                std::string::npos)
          << error.what();
    }
    try {
      EXPECT_EQ(there.search(rows.row((row + 1500) % 3000), few),
                here.search(rows.row((row + 1500) % 3000), few));
    } catch (const Error&) {
      ++refused;
    }
  }
  EXPECT_LT(refused, 5U);
}

TEST(GraphFile, FindsRowsThatChangedSinceWhenMapped) {
  Matrix rows = some_rows(200);
  const Path path = temporary("rows.graph");
  built(rows).save(path, kKey);
  const GraphIndex opened = GraphIndex::open(path, kKey, rows.view(), Residence::kMapped);
  GraphSearcher searcher(opened);
  const std::vector<float> query(rows.row(7).begin(), rows.row(7).end());
  rows.row(7)[3] += 0.125F;
  try {
    searcher.search(query, {});
    ADD_FAILURE();
  } catch (const Error& error) {
    EXPECT_EQ(error.code(), ErrorCode::kCorrupt);
    EXPECT_NE(std::string_view(error.what()).find("expected row 7 of the vectors"),
              std::string::npos)
        << error.what();
  }
}

TEST(GraphFile, IsSearchedByManyThreadsWhenMapped) {
  const Matrix rows = some_rows(500);
  const Path path = temporary("threads.graph");
  const GraphIndex index = built(rows);
  index.save(path, kKey);
  const GraphIndex opened = GraphIndex::open(path, kKey, rows.view(), Residence::kMapped);
  const Matrix queries = unit_clustered_rows(64, 20, 2);
  RowSet some(rows.rows);
  for (std::size_t r = 0; r < rows.rows; r += 3) some.insert(r);
  std::vector<std::vector<Neighbor>> found(queries.rows);
  const auto search = [&](const GraphIndex& searched, std::size_t q) {
    return GraphSearcher(searched).search(queries.row(q),
                                          {.allowed = q % 4 == 0 ? &some : nullptr});
  };
  ThreadPool pool(4);
  pool.parallel_for(queries.rows,
                    [&](std::size_t q, std::size_t) { found[q] = search(opened, q); });
  for (std::size_t q = 0; q < queries.rows; ++q) EXPECT_EQ(found[q], search(index, q)) << q;
}

// With checksums that fit, the graph's own checks stand alone.
TEST(GraphFile, NamesWhatNoGraphHas) {
  const Matrix rows = some_rows(40);
  const Path path = temporary("signed.graph");
  const GraphIndex index = built(rows);
  index.save(path, kKey);
  std::string bytes = read_file(path);
  const auto section = [&bytes](std::size_t s) {
    std::uint64_t begin = 0;
    std::memcpy(&begin, bytes.data() + 128 + 24 * s, sizeof begin);
    return begin;
  };
  const std::size_t sample = section(3) + 4;
  const BlockLayout layout = index.graph().layout;
  const std::size_t node = section(1) + 7 * layout.bytes();
  const struct {
    std::size_t at;
    std::uint32_t value;
    const char* expected;
  } damages[] = {{node + layout.edges(), 39, "node 7: expected edges below 39"},
                 {node + layout.edges(), kNoNode, "node 7: expected an infinite addend"},
                 {node + layout.tail() + 8, 40, "node 7: expected a row below 40"},
                 {node + layout.tail() + 12, 1000, "node 7: expected copies within"},
                 {node + layout.tail(), 0x7F800000, "node 7: expected a finite scale"},
                 {section(3), 1000, "recall: expected 3 curves"},
                 {sample, 0, "recall: expected rising visits up to 39"},
                 {sample, 40, "recall: expected rising visits up to 39"},
                 {sample + 4, 0xBF800000, "a finite slack above -1"},
                 {sample + 4, 0x7F800000, "a finite slack above -1"},
                 {sample + 8, 0x40000000, "0 to 1, found"}};
  for (const auto& damage : damages) {
    std::string damaged = bytes;
    std::memcpy(damaged.data() + damage.at, &damage.value, sizeof damage.value);
    sign_sections(std::as_writable_bytes(std::span(damaged)), kGraphFormat.version);
    write_file_atomic(path, damaged);
    std::string what;
    EXPECT_EQ(refusal(path, rows, &what), ErrorCode::kCorrupt) << damage.expected;
    EXPECT_NE(what.find(damage.expected), std::string::npos) << what;
    EXPECT_NE(what.find("signed.graph"), std::string::npos) << what;
  }
}

TEST(GraphFile, IsAsTheFormatPageSays) {
  const std::string page = read_file(Path(SEMEME_SOURCE_DIR) / "docs/formats/graph-index.md");
  const std::size_t begin = page.find("```hex\n") + 7;
  std::istringstream hex(page.substr(begin, page.find("```", begin) - begin));
  std::string example;
  for (std::string word; hex >> word;) example += static_cast<char>(std::stoi(word, nullptr, 16));
  Matrix rows(2, 2);
  rows.values = {1, 0, 0, 1};
  const Path path = temporary("page.graph");
  built(rows, vectors::Metric::kL2).save(path, "example");
  EXPECT_EQ(read_file(path), example);
}

}  // namespace
}  // namespace sememe::index
