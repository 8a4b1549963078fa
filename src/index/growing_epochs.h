// When memory that was replaced may be used again although readers take no locks: epoch-based
// reclamation (Fraser 2004, "Practical lock-freedom", section 5.2.3).
//
// The writer numbers the times. A reader says, while it reads, at which time it began. What was
// replaced at a time is out of use when all who read began after it.
#ifndef SEMEME_INDEX_GROWING_EPOCHS_H_
#define SEMEME_INDEX_GROWING_EPOCHS_H_

#include <atomic>
#include <cstdint>
#include <deque>
#include <limits>
#include <mutex>

namespace sememe::index {

using Epoch = std::uint64_t;

/// One writer and any number of readers.
class Epochs {
  struct Slot {
    alignas(64) std::atomic<Epoch> since = kIdle;
    bool owned = false;
  };

 public:
  class Pin;
  /// One reading thread's place among the readers; outlived by the Epochs.
  class Reader {
   public:
    explicit Reader(Epochs& epochs);
    ~Reader();
    Reader(const Reader&) = delete;
    Reader& operator=(const Reader&) = delete;

   private:
    friend Pin;
    Epochs& epochs_;
    Slot& slot_;
  };
  /// While it lives, nothing that its thread can come by is used again. One at a time a reader. It
  /// takes no lock and waits for nobody.
  class Pin {
   public:
    explicit Pin(Reader& reader);
    ~Pin();
    Pin(const Pin&) = delete;
    Pin& operator=(const Pin&) = delete;

   private:
    Slot& slot_;
  };

  /// The writer's: the time of what is replaced now.
  Epoch now() const { return now_.load(std::memory_order_relaxed); }
  /// The writer's: begins the next time, and returns the first one that anybody may still read at;
  /// what was replaced at one before it is out of use.
  Epoch advance();
  /// The writer's: waits until all reading that is under way is over.
  void wait();

 private:
  static constexpr Epoch kIdle = std::numeric_limits<Epoch>::max();

  Slot& take_slot();

  std::atomic<Epoch> now_ = 1;
  std::mutex mutex_;  // of the list, not of reading
  std::deque<Slot> slots_;
};

}  // namespace sememe::index

#endif  // SEMEME_INDEX_GROWING_EPOCHS_H_
