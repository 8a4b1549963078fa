#include "sememe/collection.h"

#include <gtest/gtest.h>

#include <cmath>
#include <filesystem>
#include <fstream>

#include "search/passage_input.h"
#include "sememe/error.h"
#include "store/store.h"

namespace sememe {
namespace {

const std::string kModel = std::string(SEMEME_GOLDEN_DIR) + "/models/tiny-bert";

class CollectionTest : public testing::Test {
 protected:
  void SetUp() override {
    const auto* info = testing::UnitTest::GetInstance()->current_test_info();
    directory_ = testing::TempDir() + "/collection-" + info->name();
    std::filesystem::remove_all(directory_);
  }

  Collection writer(const std::string& model = kModel) const {
    return Collection::open_for_writing(directory_, {.model = model, .threads = 1});
  }
  Collection reader() const { return Collection::open(directory_, {.model = "", .threads = 1}); }

  std::string directory_;
};

Passage passage(const std::string& text, std::size_t begin = 0, const std::string& heading = "") {
  return {.bytes = {begin, begin + text.size()},
          .line = 1,
          .end_line = 1,
          .heading = heading,
          .text = text};
}

Document document(const std::string& path, std::vector<Passage> passages) {
  return {.version = {.path = path, .content_hash = "h-" + path, .size = 1 << 20, .mtime_ns = 1},
          .passages = std::move(passages)};
}

std::vector<std::string> paths_of(const SearchResult& result) {
  std::vector<std::string> paths;
  for (const SearchHit& hit : result.hits) paths.push_back(hit.path);
  return paths;
}

TEST_F(CollectionTest, FindsWhatWasPutAndAPassageFindsItself) {
  Collection collection = writer();
  const std::vector<Document> documents = {
      document("a", {passage("water boils")}),
      document("b", {passage("a rose is red"), passage("the sea", 20)})};
  const PutReport report = collection.put(documents);
  EXPECT_EQ(report.passages, 3U);
  EXPECT_EQ(report.embedded, 3U);

  const SearchResult result = reader().search("a rose is red", {.k = 2});
  ASSERT_EQ(result.hits.size(), 2U);
  EXPECT_EQ(result.hits[0].path, "b");
  EXPECT_NEAR(result.hits[0].score, 1.0, 1e-5);
  EXPECT_EQ(result.hits[0].passage.text, "a rose is red");
  EXPECT_EQ(result.hits[0].rank, 1U);
  EXPECT_GE(result.hits[0].score, result.hits[1].score);
}

TEST_F(CollectionTest, EmptyCollectionFindsNothing) {
  Collection collection = writer();
  EXPECT_TRUE(collection.search("anything", {}).hits.empty());
  EXPECT_TRUE(collection.documents().empty());
}

TEST_F(CollectionTest, OnlyNewTextsAreEmbedded) {
  Collection collection = writer();
  collection.put(std::vector{document("a", {passage("one"), passage("two", 10)})});
  const PutReport same =
      collection.put(std::vector{document("a", {passage("one"), passage("three", 10)})});
  EXPECT_EQ(same.embedded, 1U);
  const PutReport copy =
      collection.put(std::vector{document("b", {passage("three"), passage("three", 10)})});
  EXPECT_EQ(copy.embedded, 0U);
  const PutReport moved =
      collection.put(std::vector{document("c", {passage("three", 0, "Other heading")})});
  EXPECT_EQ(moved.embedded, 1U) << "the heading is part of what the model reads";
}

TEST_F(CollectionTest, PassagesWithOneTextAreAllFoundInOrderOfPlace) {
  Collection collection = writer();
  collection.put(std::vector{document("z", {passage("same text")}),
                             document("a", {passage("same text", 50), passage("same text", 7)})});
  const SearchResult result = collection.search("same text", {.k = 10});
  EXPECT_EQ(paths_of(result), (std::vector<std::string>{"a", "a", "z"}));
  EXPECT_EQ(result.hits[0].passage.bytes.begin, 7U);
  EXPECT_EQ(paths_of(collection.search("same text", {.k = 2})),
            (std::vector<std::string>{"a", "a"}));
}

TEST_F(CollectionTest, ReplacedAndRemovedPassagesAreNotFound) {
  Collection collection = writer();
  collection.put(
      std::vector{document("a", {passage("old text")}), document("b", {passage("other")})});
  Collection open_reader = reader();
  EXPECT_EQ(open_reader.search("old text", {}).hits.size(), 2U);
  collection.put(std::vector{document("a", {passage("new text")})});
  collection.remove(std::vector<std::string>{"b"});
  const SearchResult result = open_reader.search("old text", {});
  ASSERT_EQ(result.hits.size(), 1U);
  EXPECT_EQ(result.hits[0].passage.text, "new text");
  EXPECT_EQ(result.commit, collection.info().commit);
}

TEST_F(CollectionTest, AnotherModelIsRefusedWithTheFix) {
  writer().put(std::vector{document("a", {passage("text")})});
  const std::string other = std::string(SEMEME_GOLDEN_DIR) + "/models/tiny-bert-f16";
  try {
    writer(other);
    FAIL();
  } catch (const Error& error) {
    EXPECT_EQ(error.code(), ErrorCode::kConflict);
    EXPECT_NE(std::string(error.what())
                  .find("--model " + std::filesystem::weakly_canonical(kModel).string()),
              std::string::npos)
        << error.what();
  }
  EXPECT_THROW(Collection::open(directory_, {.model = other, .threads = 1}), Error);
  EXPECT_EQ(reader().documents().size(), 1U);
}

TEST_F(CollectionTest, ThePrecisionItWasMadeInIsUsedWithoutBeingAsked) {
  Collection::open_for_writing(directory_,
                               {.model = kModel, .precision = Precision::kNear, .threads = 1})
      .put(std::vector{document("a", {passage("water boils")})});
  EXPECT_EQ(collection_info(directory_).precision, Precision::kNear);
  EXPECT_EQ(writer().embedder().info().precision, Precision::kNear);
  EXPECT_EQ(writer("").embedder().info().precision, Precision::kNear);
  EXPECT_EQ(reader().embedder().info().precision, Precision::kNear);
  EXPECT_NEAR(reader().search("water boils", {}).hits.at(0).score, 1.0, 1e-6);
}

TEST_F(CollectionTest, ANewOneHasTheDefaultPrecision) {
  EXPECT_EQ(writer().info().precision, kDefaultPrecision);
}

TEST_F(CollectionTest, AnotherPrecisionIsRefusedWithTheFix) {
  writer().put(std::vector{document("a", {passage("text")})});
  const CollectionOptions exact{.model = "", .precision = Precision::kExact, .threads = 1};
  const auto message = [](const auto& open) {
    try {
      open();
    } catch (const Error& error) {
      EXPECT_EQ(error.code(), ErrorCode::kConflict);
      return std::string(error.what());
    }
    return std::string("no error");
  };
  for (const std::string& found :
       {message([&] { Collection::open(directory_, exact); }),
        message([&] { Collection::open_for_writing(directory_, exact); })}) {
    for (const char* part : {"expected precision \"fast\"", "found \"exact\"", "--precision fast",
                             "rm -r", "index again"}) {
      EXPECT_NE(found.find(part), std::string::npos) << part << " in " << found;
    }
  }
  EXPECT_EQ(reader().documents().size(), 1U);
}

TEST_F(CollectionTest, PassagesOfAnotherFormAreSearchedButNotAddedTo) {
  const ModelInfo model = Embedder::open(kModel, {.threads = 1}).info();
  store::Store::open_for_writing(directory_, {.model = model.name,
                                              .fingerprint = model.fingerprint,
                                              .dim = model.dim,
                                              .precision = model.precision,
                                              .passage_form = kPassageForm + 1});
  EXPECT_EQ(collection_info(directory_).passage_form, kPassageForm + 1);
  EXPECT_TRUE(reader().search("anything", {}).hits.empty());
  try {
    writer();
    FAIL();
  } catch (const Error& error) {
    EXPECT_EQ(error.code(), ErrorCode::kConflict);
    EXPECT_NE(std::string(error.what()).find("expected passages in form 1, found form 2"),
              std::string::npos)
        << error.what();
  }
}

TEST_F(CollectionTest, DamagedVectorsAreMadeAgainFromTheText) {
  const std::vector<Document> documents = {
      document("a", {passage("one", 0, "H"), passage("two", 9)})};
  writer().put(documents);
  const SearchResult before = reader().search("two", {});
  for (const auto& entry : std::filesystem::directory_iterator(directory_)) {
    if (entry.path().extension() != ".f32") continue;
    std::fstream file(entry.path(), std::ios::in | std::ios::out | std::ios::binary);
    file.seekp(-5, std::ios::end);
    file.put('\x55');
  }
  EXPECT_FALSE(verify_collection(directory_).empty());
  EXPECT_THROW(reader().search("two", {}), Error);
  EXPECT_EQ(writer().repair(), 2U);
  EXPECT_TRUE(verify_collection(directory_).empty());
  const SearchResult after = reader().search("two", {});
  ASSERT_EQ(after.hits.size(), before.hits.size());
  for (std::size_t i = 0; i < after.hits.size(); ++i)
    EXPECT_EQ(after.hits[i].score, before.hits[i].score);
}

TEST_F(CollectionTest, FindsTheSameWithASegmentAsWithout) {
  Collection collection = writer();
  std::vector<Passage> many;
  for (std::size_t i = 0; i < 300; ++i)
    many.push_back(passage("text number " + std::to_string(i), 30 * i));
  collection.put(std::vector{document("many", many), document("gone", {passage("gone")})});
  const SealOptions options{.min_vectors = 100, .progress = {}};
  EXPECT_EQ(collection.seal_if_worthwhile(options).sealed, 301U);
  EXPECT_EQ(collection.info().sealed_vectors, 301U);
  EXPECT_EQ(segment_info(directory_).vectors, 301U);
  collection.remove(std::vector<std::string>{"gone"});
  collection.put(std::vector{document("new", {passage("text number 300")})});

  const Collection reading = reader();
  for (const char* query : {"text number 17", "text number 300", "gone"}) {
    const SearchResult exact = reading.search(query, {.k = 5, .recall = 1});
    const SearchResult found = reading.search(query, {.k = 5, .recall = 0.99});
    EXPECT_TRUE(exact.exact);
    EXPECT_FALSE(found.exact);
    EXPECT_EQ(found.notice, "");
    ASSERT_EQ(found.hits.size(), 5U);
    EXPECT_EQ(found.hits[0].passage.text, exact.hits[0].passage.text);
    EXPECT_EQ(found.hits[0].score, exact.hits[0].score);
    EXPECT_EQ(found.hits[0].passage.text == query, query != std::string("gone"));
  }
  for (const double recall : {0.0, -1.0, 1.5, std::nan("")})
    EXPECT_THROW(reading.search("text", {.k = 5, .recall = recall}), Error) << recall;
}

TEST_F(CollectionTest, ADamagedSegmentIsNamedAndMadeAgain) {
  std::vector<Passage> many;
  for (std::size_t i = 0; i < 150; ++i)
    many.push_back(passage("text number " + std::to_string(i), 30 * i));
  const SealOptions options{.min_vectors = 100, .progress = {}};
  {
    Collection collection = writer();
    collection.put(std::vector{document("many", many)});
    collection.seal_if_worthwhile(options);
  }
  EXPECT_TRUE(verify_collection(directory_).empty());
  const std::string segment = directory_ + "/vectors-000001-150.graph";
  std::filesystem::resize_file(segment, 1000);
  const std::vector<std::string> faults = verify_collection(directory_);
  ASSERT_EQ(faults.size(), 1U);
  EXPECT_NE(faults[0].find(segment), std::string::npos) << faults[0];
  const SearchResult result = reader().search("text number 17", {.k = 1});
  EXPECT_TRUE(result.exact);
  EXPECT_NE(result.notice.find(segment), std::string::npos) << result.notice;
  EXPECT_EQ(result.hits.at(0).passage.text, "text number 17");
  EXPECT_EQ(writer().seal_if_worthwhile(options).sealed, 150U);
  EXPECT_TRUE(verify_collection(directory_).empty());
  EXPECT_EQ(reader().search("text number 17", {.k = 1}).notice, "");
}

TEST_F(CollectionTest, CompactionKeepsWhatIsFound) {
  Collection collection = writer();
  std::vector<Passage> many;
  for (std::size_t i = 0; i < 1100; ++i)
    many.push_back(passage("text number " + std::to_string(i), 30 * i));
  collection.put(std::vector{document("many", many)});
  collection.put(std::vector{document("few", {passage("the last one")})});
  collection.remove(std::vector<std::string>{"many"});
  EXPECT_EQ(collection.info().unused_vectors, 1100U);
  collection.compact_if_worthwhile();
  EXPECT_EQ(collection.info().unused_vectors, 0U);
  EXPECT_EQ(paths_of(collection.search("the last one", {})), std::vector<std::string>{"few"});
  EXPECT_TRUE(verify_collection(directory_).empty());
}

}  // namespace
}  // namespace sememe
