#include "base/thread_pool.h"

#include <atomic>
#include <condition_variable>
#include <exception>
#include <mutex>
#include <thread>
#include <utility>
#include <vector>

#include "base/cpu.h"

namespace sememe {

struct ThreadPool::State {
  std::mutex mutex;
  std::condition_variable work_ready;
  std::condition_variable work_done;
  const std::function<void(std::size_t, std::size_t)>* body = nullptr;
  std::size_t count = 0;
  std::size_t generation = 0;
  std::size_t busy = 0;
  bool stopping = false;
  std::atomic<std::size_t> next{0};
  std::exception_ptr failure;
  std::vector<std::jthread> threads;

  // Takes tasks until none is left; a failure makes the others stop at their next task.
  void drain(std::size_t worker) {
    for (std::size_t task = next++; task < count; task = next++) {
      try {
        (*body)(task, worker);
      } catch (...) {
        const std::lock_guard lock(mutex);
        if (!failure) failure = std::current_exception();
        next = count;
      }
    }
  }

  void run(std::size_t worker) {
    std::size_t seen = 0;
    while (true) {
      {
        std::unique_lock lock(mutex);
        work_ready.wait(lock, [&] { return stopping || generation != seen; });
        if (stopping) return;
        seen = generation;
      }
      drain(worker);
      const std::lock_guard lock(mutex);
      if (--busy == 0) work_done.notify_one();
    }
  }
};

ThreadPool::ThreadPool(std::size_t threads) : state_(std::make_unique<State>()) {
  if (threads == 0) threads = available_threads();
  for (std::size_t worker = 1; worker < threads; ++worker) {
    state_->threads.emplace_back([state = state_.get(), worker] { state->run(worker); });
  }
}

ThreadPool::~ThreadPool() {
  {
    const std::lock_guard lock(state_->mutex);
    state_->stopping = true;
  }
  state_->work_ready.notify_all();
}

std::size_t ThreadPool::size() const { return state_->threads.size() + 1; }

void ThreadPool::parallel_for(std::size_t count,
                              const std::function<void(std::size_t, std::size_t)>& body) {
  State& state = *state_;
  if (state.threads.empty() || count <= 1) {
    for (std::size_t task = 0; task < count; ++task) body(task, 0);
    return;
  }
  {
    const std::lock_guard lock(state.mutex);
    state.body = &body;
    state.count = count;
    state.next = 0;
    state.failure = nullptr;
    state.busy = state.threads.size();
    ++state.generation;
  }
  state.work_ready.notify_all();
  state.drain(0);
  std::unique_lock lock(state.mutex);
  state.work_done.wait(lock, [&] { return state.busy == 0; });
  if (state.failure) std::rethrow_exception(std::exchange(state.failure, nullptr));
}

}  // namespace sememe
