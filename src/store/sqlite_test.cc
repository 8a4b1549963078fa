#include "store/sqlite.h"

#include <gtest/gtest.h>

#include "store/store_testing.h"

namespace sememe::store {
namespace {

class DatabaseTest : public testing::Test {
 protected:
  DatabaseTest() {
    std::filesystem::create_directories(directory_.path());
    writer_.emplace(path(), Access::kWriter);
    writer_->execute_script("PRAGMA journal_mode = WAL; CREATE TABLE t(n INTEGER, s TEXT)");
  }
  Path path() const { return directory_.path() / "a.sqlite"; }
  ScratchDirectory directory_;
  std::optional<Database> writer_;
};

TEST_F(DatabaseTest, BindsAndReadsValues) {
  EXPECT_EQ(writer_->execute("INSERT INTO t VALUES (?1, ?2), (NULL, ?3)", -7,
                             std::string_view("a\0b", 3), std::string_view()),
            2u);
  Query row = writer_->query("SELECT n, s FROM t ORDER BY rowid");
  ASSERT_TRUE(row.next());
  EXPECT_EQ(row.integer(0), -7);
  EXPECT_EQ(row.text(1), std::string("a\0b", 3));
  EXPECT_HAS(error_text(ErrorCode::kCorrupt, [&] { row.size(0); }),
             "column \"n\": expected a number of at least 0, found -7");
  ASSERT_TRUE(row.next());
  EXPECT_TRUE(row.is_null(0));
  EXPECT_FALSE(row.is_null(1));  // the empty text is a text
  EXPECT_FALSE(row.next());
}

TEST_F(DatabaseTest, KeepsReadersFromWriting) {
  Database reader(path(), Access::kReader);
  EXPECT_HAS(error_text(ErrorCode::kIo, [&] { reader.execute("INSERT INTO t VALUES (1, '')"); }),
             "attempt to write a readonly database");
  EXPECT_EQ(reader.integer("SELECT count(*) FROM t"), 0);
}

TEST_F(DatabaseTest, KeepsReadersFromCheckpointing) {
  writer_->execute("INSERT INTO t VALUES (1, '')");
  const Path wal = path().native() + "-wal";
  const auto before = std::filesystem::file_size(wal);
  ASSERT_GT(before, 0u);
  Database reader(path(), Access::kReader);
  EXPECT_EQ(reader.integer("SELECT count(*) FROM t"), 1);
  EXPECT_HAS(
      error_text(ErrorCode::kIo, [&] { reader.execute_script("PRAGMA wal_checkpoint(TRUNCATE)"); }),
      "Bad file descriptor");  // of the database file, which a reader cannot write
  EXPECT_EQ(std::filesystem::file_size(wal), before);
}

TEST_F(DatabaseTest, RollsBackATransactionThatIsNotCommitted) {
  {
    Transaction transaction(*writer_, Transaction::Kind::kWrite);
    writer_->execute("INSERT INTO t VALUES (1, '')");
  }
  EXPECT_EQ(writer_->integer("SELECT count(*) FROM t"), 0);
  {
    Transaction transaction(*writer_, Transaction::Kind::kWrite);
    writer_->execute("INSERT INTO t VALUES (1, '')");
    transaction.commit();
  }
  EXPECT_EQ(writer_->integer("SELECT count(*) FROM t"), 1);
}

TEST_F(DatabaseTest, GivesAQueryBackSoThatItHoldsUpNoCheckpoint) {
  writer_->execute("INSERT INTO t VALUES (1, ''), (2, '')");
  Database reader(path(), Access::kReader);
  {
    Query row = reader.query("SELECT n FROM t");
    ASSERT_TRUE(row.next());  // not read to its end
    writer_->execute("INSERT INTO t VALUES (3, '')");
    EXPECT_FALSE(writer_->checkpoint(1));
  }
  EXPECT_TRUE(writer_->checkpoint(1));
}

TEST_F(DatabaseTest, NamesTheFileInItsErrors) {
  EXPECT_HAS(error_text(ErrorCode::kCorrupt, [&] { writer_->query("SELECT x FROM nowhere"); }),
             "a.sqlite\": no such table: nowhere");
  EXPECT_HAS(error_text(ErrorCode::kCorrupt, [&] { writer_->integer("SELECT n FROM t"); }),
             "expected a row, found none");
  EXPECT_HAS(error_text(ErrorCode::kIo,
                        [&] { Database(directory_.path() / "no" / "b", Access::kWriter); }),
             "No such file or directory");
}

}  // namespace
}  // namespace sememe::store
