// A fixed set of threads that share out independent pieces of work.
#ifndef SEMEME_BASE_THREAD_POOL_H_
#define SEMEME_BASE_THREAD_POOL_H_

#include <cstddef>
#include <functional>
#include <memory>

namespace sememe {

/// The caller works too: a pool of 1 starts no thread at all.
class ThreadPool {
 public:
  /// threads: at least 1; 0 means available_threads().
  explicit ThreadPool(std::size_t threads = 0);
  ~ThreadPool();
  ThreadPool(const ThreadPool&) = delete;
  ThreadPool& operator=(const ThreadPool&) = delete;

  std::size_t size() const;

  /// Calls body(task, worker) for each task in [0, count), in any order, each once; worker in [0,
  /// size()) is not used by two calls at a time, so it may pick a scratch buffer. Waits for all.
  /// The first exception stops tasks that have not begun and is thrown here. One call at a time per
  /// pool; body must not call the same pool.
  void parallel_for(std::size_t count, const std::function<void(std::size_t, std::size_t)>& body);

 private:
  struct State;
  std::unique_ptr<State> state_;
};

}  // namespace sememe

#endif  // SEMEME_BASE_THREAD_POOL_H_
