// Writes that a full disk or a dying process stops half way.
#include <fcntl.h>
#include <gtest/gtest.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>

#include <csignal>
#include <functional>

#include "store/store.h"
#include "store/store_impl.h"
#include "store/store_testing.h"

namespace sememe::store {
namespace {

const Contents kOld{{"a", {"one"}}, {"b", {"two", "three"}}};

void put_old(const Path& directory) {
  Store store = writer(directory);
  for (const auto& [path, texts] : kOld) store.put(Batch().add(path, texts));
}

// The files of this process may not grow past `bytes`: a write beyond fails as on a full disk.
class FileSizeLimit {
 public:
  explicit FileSizeLimit(std::uint64_t bytes) {
    std::signal(SIGXFSZ, SIG_IGN);
    ::getrlimit(RLIMIT_FSIZE, &before_);
    const struct rlimit limited{bytes, before_.rlim_max};
    EXPECT_EQ(::setrlimit(RLIMIT_FSIZE, &limited), 0);
  }
  ~FileSizeLimit() { ::setrlimit(RLIMIT_FSIZE, &before_); }
  FileSizeLimit(const FileSizeLimit&) = delete;
  FileSizeLimit& operator=(const FileSizeLimit&) = delete;

 private:
  struct rlimit before_{};
};

TEST(StoreOnAFullDisk, IsUnchangedAndUsableWhenTheVectorsDoNotFit) {
  const ScratchDirectory directory;
  const Identity wide{"wide", "f", 4096};
  Store store = Store::open_for_writing(directory, wide);
  store.put(Batch(wide.dim).add("a", {"one"}));
  const Counts before = store.counts();
  std::vector<std::string> texts;
  for (int i = 0; i < 300; ++i) texts.push_back(concat("text ", i));
  {
    const FileSizeLimit limit(2'000'000);
    EXPECT_HAS(error_text(ErrorCode::kIo, [&] { store.put(Batch(wide.dim).add("b", texts)); }),
               "write \"" + (directory.path() / "vectors-000001.f32").native());
  }
  EXPECT_EQ(store.counts().vector_bytes, before.vector_bytes);
  EXPECT_EQ(store.commit(), before.commit);
  EXPECT_EQ(contents_of(store), (Contents{{"a", {"one"}}}));
  store.put(Batch(wide.dim).add("b", texts));
  EXPECT_EQ(contents_of(Store::open(directory)), (Contents{{"a", {"one"}}, {"b", texts}}));
  EXPECT_EQ(Store::verify(directory), Faults{});
}

TEST(StoreOnAFullDisk, IsUnchangedAndUsableWhenTheTextsDoNotFit) {
  const ScratchDirectory directory;
  put_old(directory);
  Store store = writer(directory);
  const std::string large(3'000'000, 'x');
  {
    const FileSizeLimit limit(1'000'000);
    EXPECT_HAS(error_text(ErrorCode::kIo, [&] { store.put(Batch().add("c", {large})); }),
               "write \"" + (directory.path() / "store.sqlite").native());
    EXPECT_EQ(contents_of(store), kOld);
    EXPECT_EQ(store.counts().vector_bytes, 64u + 3u * 32u);
    store.put(Batch().add("d", {"fits"}));
  }
  store.put(Batch().add("c", {large}));
  Contents expected = kOld;
  expected["c"] = {large};
  expected["d"] = {"fits"};
  EXPECT_EQ(contents_of(Store::open(directory)), expected);
  EXPECT_EQ(Store::verify(directory), Faults{});
}

TEST(StoreOnAFullDisk, IsNotCreatedByHalves) {
  const ScratchDirectory directory;
  {
    const FileSizeLimit limit(10'000);
    error_text(ErrorCode::kIo, [&] { writer(directory); });
  }
  error_text(ErrorCode::kNotFound, [&] { Store::open(directory); });
  put_old(directory);
  EXPECT_EQ(contents_of(Store::open(directory)), kOld);
  EXPECT_EQ(Store::verify(directory), Faults{});
}

TEST(StoreOnAFullDisk, KeepsTheOldFileWhenACompactionDoesNotFit) {
  const ScratchDirectory directory;
  const Identity wide{"wide", "f", 4096};
  Store store = Store::open_for_writing(directory, wide);
  store.put(Batch(wide.dim).add("a", {"one", "two"}).add("b", {"three"}));
  store.remove(std::vector<std::string>{"b"});
  {
    const FileSizeLimit limit(20'000);
    error_text(ErrorCode::kIo, [&] { store.compact(); });
  }
  EXPECT_FALSE(std::filesystem::exists(directory.path() / "vectors-000002.f32"));
  EXPECT_EQ(contents_of(store), (Contents{{"a", {"one", "two"}}}));
  store.compact();
  EXPECT_EQ(contents_of(store), (Contents{{"a", {"one", "two"}}}));
  EXPECT_EQ(Store::verify(directory), Faults{});
}

// What may become of bytes that were written but not synced when the power goes.
enum class Unsynced { kStay, kVanish, kRot };

// Dies before or after an operation on files, at the n-th such moment; what was not synced suffers
// first.
class DyingLayer : public FileLayer {
 public:
  DyingLayer(int deadline, Unsynced fate) : left_(deadline), fate_(fate) {}

  void write(const FileHandle& file, const Path& path, std::uint64_t offset,
             std::span<const std::byte> bytes) override {
    dirty_ = path;
    dirty_from_ = offset;
    if (left_ == 1) FileLayer::write(file, path, offset, bytes.first(bytes.size() / 2));
    count();
    FileLayer::write(file, path, offset, bytes);
    count();
  }
  void sync(const FileHandle& file, const Path& path) override {
    count();
    FileLayer::sync(file, path);
    dirty_.clear();
    count();
  }
  void truncate(const FileHandle& file, const Path& path, std::uint64_t size) override {
    count();
    FileLayer::truncate(file, path, size);
    count();
  }
  void sync_directory(const Path& directory) override {
    count();
    FileLayer::sync_directory(directory);
    count();
  }
  void unlink(const Path& path) override {
    count();
    FileLayer::unlink(path);
    count();
  }

 private:
  void count() {
    if (--left_ > 0) return;
    if (!dirty_.empty() && fate_ == Unsynced::kVanish) {
      std::filesystem::resize_file(dirty_, dirty_from_);
    }
    if (!dirty_.empty() && fate_ == Unsynced::kRot) {
      const auto size = std::filesystem::file_size(dirty_);
      std::fstream out(dirty_, std::ios::in | std::ios::out | std::ios::binary);
      out.seekp(static_cast<std::streamoff>(dirty_from_));
      out << std::string(size > dirty_from_ ? size - dirty_from_ : 0, '\xa5');
    }
    ::_exit(9);
  }

  int left_;
  Unsynced fate_;
  Path dirty_;
  std::uint64_t dirty_from_ = 0;
};

// Puts a segment's file there as `write_key` does, by the layer's operations.
void write_key_through(FileLayer& layer, const Segment& segment) {
  const Path aside = segment.path.native() + ".tmp1-2-3";
  const FileHandle file = open_file(aside, O_WRONLY | O_CREAT | O_EXCL);
  layer.write(file, aside, 0, std::as_bytes(std::span(segment.key)));
  layer.sync(file, aside);
  rename_file(aside, segment.path);
  layer.sync_directory(segment.path.parent_path());
}

// The first row of kOld is sealed.
void put_old_and_seal(const Path& directory) {
  put_old(directory);
  writer(directory).seal(1, write_key);
}

// Runs `work` on a store of kOld in a child that dies at each operation in turn, until it lives.
// Each time the store must hold kOld or `done` afterwards, and nothing between.
void expect_all_or_nothing(const std::function<void(Store&, FileLayer&)>& work,
                           const Contents& done) {
  for (const Unsynced fate : {Unsynced::kStay, Unsynced::kVanish, Unsynced::kRot}) {
    bool lived = false;
    for (int deadline = 1; !lived; ++deadline) {
      ASSERT_LT(deadline, 100);
      const ScratchDirectory directory;
      put_old_and_seal(directory);
      const pid_t child = ::fork();
      if (child == 0) {
        DyingLayer layer(deadline, fate);
        Store store = StoreAccess::open_for_writing(directory, kTestIdentity, layer);
        work(store, layer);
        ::_exit(0);
      }
      int status = 0;
      ::waitpid(child, &status, 0);
      ASSERT_TRUE(WIFEXITED(status));
      lived = WEXITSTATUS(status) == 0;
      ASSERT_TRUE(lived || WEXITSTATUS(status) == 9) << WEXITSTATUS(status);

      const Contents seen = contents_of(Store::open(directory));
      EXPECT_TRUE(seen == kOld || seen == done) << "deadline " << deadline;
      if (lived) {
        EXPECT_EQ(seen, done);
      }
      expect_whole_segment(Store::open(directory));
      Store store = writer(directory);
      EXPECT_TRUE(store.chunks_without_vector().empty());
      expect_whole_segment(store);
      EXPECT_EQ(Store::verify(directory), Faults{});
      EXPECT_EQ(contents_of(store), seen);
      store.put(Batch().add("later", {"later"}));
      EXPECT_EQ(contents_of(store).at("later"), std::vector<std::string>{"later"});
    }
  }
}

TEST(StoreOfADyingProcess, HoldsAPutWholeOrNotAtAll) {
  Contents done = kOld;
  done["a"] = {"four", "one", "five"};
  done["c"] = {"six"};
  expect_all_or_nothing(
      [](Store& store, FileLayer&) {
        store.put(Batch().add("a", {"four", "one", "five"}).add("c", {"six"}));
      },
      done);
}

TEST(StoreOfADyingProcess, HoldsTheSameAcrossACompaction) {
  expect_all_or_nothing([](Store& store, FileLayer&) { store.compact(); }, kOld);
}

TEST(StoreOfADyingProcess, HoldsTheSameWhileASegmentIsSealed) {
  expect_all_or_nothing(
      [](Store& store, FileLayer& layer) {
        store.seal(3, [&](const Segment& segment) { write_key_through(layer, segment); });
        EXPECT_EQ(store.segment()->rows, 3u);
      },
      kOld);
}

TEST(StoreOfADyingProcess, MendsAfterARepairThatWasStopped) {
  for (int deadline = 1;; ++deadline) {
    ASSERT_LT(deadline, 100);
    const ScratchDirectory directory;
    put_old(directory);
    std::filesystem::resize_file(directory.path() / "vectors-000001.f32", 64 + 32 + 40);
    const pid_t child = ::fork();
    if (child == 0) {
      DyingLayer layer(deadline, Unsynced::kVanish);
      const Store store = StoreAccess::open_for_writing(directory, kTestIdentity, layer);
      ::_exit(0);
    }
    int status = 0;
    ::waitpid(child, &status, 0);
    Store store = writer(directory);
    EXPECT_EQ(store.chunks_without_vector().size(), 2u);
    restore_all(store);
    EXPECT_EQ(contents_of(store), kOld);
    EXPECT_EQ(Store::verify(directory), Faults{});
    if (WIFEXITED(status) && WEXITSTATUS(status) == 0) break;
  }
}

TEST(StoreOfADyingProcess, IsCreatedWholeOrNotAtAll) {
  for (int deadline = 1;; ++deadline) {
    ASSERT_LT(deadline, 100);
    const ScratchDirectory directory;
    const pid_t child = ::fork();
    if (child == 0) {
      DyingLayer layer(deadline, Unsynced::kVanish);
      const Store store = StoreAccess::open_for_writing(directory, kTestIdentity, layer);
      ::_exit(0);
    }
    int status = 0;
    ::waitpid(child, &status, 0);
    put_old(directory);
    EXPECT_EQ(contents_of(Store::open(directory)), kOld);
    EXPECT_EQ(Store::verify(directory), Faults{});
    if (WIFEXITED(status) && WEXITSTATUS(status) == 0) break;
  }
}

// Holds what the disk would hold: at no commit may the database name a row that is not synced.
class WatchingLayer : public FileLayer {
 public:
  void write(const FileHandle& file, const Path& path, std::uint64_t offset,
             std::span<const std::byte> bytes) override {
    FileLayer::write(file, path, offset, bytes);
    written_ = offset + bytes.size();
  }
  void sync(const FileHandle& file, const Path& path) override {
    FileLayer::sync(file, path);
    synced_ = written_;
    commit_at_sync_ = reader_ != nullptr ? reader_->commit() : 0;
  }
  void watch(const Store* reader) { reader_ = reader; }
  std::uint64_t synced() const { return synced_; }
  std::uint64_t commit_at_sync() const { return commit_at_sync_; }

 private:
  const Store* reader_ = nullptr;
  std::uint64_t written_ = 0;
  std::uint64_t synced_ = 0;
  std::uint64_t commit_at_sync_ = 0;
};

TEST(Store, SyncsRowsBeforeTheCommitThatNamesThem) {
  const ScratchDirectory directory;
  WatchingLayer layer;
  Store store = StoreAccess::open_for_writing(directory, kTestIdentity, layer);
  const Store reader = Store::open(directory);
  layer.watch(&reader);
  for (std::uint64_t i = 1; i <= 5; ++i) {
    store.put(Batch().add("a", {concat("text ", i)}));
    EXPECT_EQ(layer.commit_at_sync(), i - 1);
    EXPECT_EQ(reader.commit(), i);
    EXPECT_EQ(layer.synced(), 64 + reader.live_vectors().vectors.rows * 32);
  }
}

// A layer that refuses one operation by throwing, as the system would.
class RefusingLayer : public FileLayer {
 public:
  void sync(const FileHandle& file, const Path& path) override {
    if (refuse) throw Error(ErrorCode::kIo, "fdatasync refused");
    FileLayer::sync(file, path);
  }
  bool refuse = false;
};

TEST(Store, IsUnchangedAndUsableWhenTheVectorsAreNotSynced) {
  const ScratchDirectory directory;
  RefusingLayer layer;
  Store store = StoreAccess::open_for_writing(directory, kTestIdentity, layer);
  store.put(Batch().add("a", {"one"}));
  layer.refuse = true;
  EXPECT_HAS(error_text(ErrorCode::kIo, [&] { store.put(Batch().add("a", {"two"})); }),
             "fdatasync refused");
  EXPECT_EQ(store.counts().vector_bytes, 64u + 32u);
  layer.refuse = false;
  store.put(Batch().add("b", {"three"}));
  EXPECT_EQ(contents_of(store), (Contents{{"a", {"one"}}, {"b", {"three"}}}));
  EXPECT_EQ(Store::verify(directory), Faults{});
}

}  // namespace
}  // namespace sememe::store
