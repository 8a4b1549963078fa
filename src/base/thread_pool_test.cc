#include "base/thread_pool.h"

#include <gtest/gtest.h>

#include <atomic>
#include <stdexcept>
#include <vector>

namespace sememe {
namespace {

TEST(ThreadPool, RunsEveryTaskOnceWhateverTheSize) {
  for (const std::size_t threads : {1U, 2U, 5U}) {
    ThreadPool pool(threads);
    EXPECT_EQ(pool.size(), threads);
    for (const std::size_t count : {0U, 1U, 3U, 1000U}) {
      std::vector<std::atomic<int>> runs(count);
      pool.parallel_for(count, [&](std::size_t task, std::size_t worker) {
        EXPECT_LT(worker, threads);
        ++runs[task];
      });
      for (const auto& run : runs) EXPECT_EQ(run.load(), 1);
    }
  }
}

TEST(ThreadPool, WorkerNumberIsNeverSharedAtATime) {
  ThreadPool pool(4);
  std::vector<std::atomic<int>> inside(4);
  pool.parallel_for(2000, [&](std::size_t, std::size_t worker) {
    EXPECT_EQ(inside[worker]++, 0);
    --inside[worker];
  });
}

TEST(ThreadPool, ThrowsTheFirstFailureAndWorksAgain) {
  ThreadPool pool(3);
  EXPECT_THROW(pool.parallel_for(100,
                                 [](std::size_t task, std::size_t) {
                                   if (task == 7) throw std::runtime_error("seven");
                                 }),
               std::runtime_error);
  std::atomic<int> done = 0;
  pool.parallel_for(10, [&](std::size_t, std::size_t) { ++done; });
  EXPECT_EQ(done.load(), 10);
}

}  // namespace
}  // namespace sememe
