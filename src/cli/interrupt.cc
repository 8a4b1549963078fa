#include "cli/interrupt.h"

#include <atomic>
#include <csignal>

namespace sememe::cli {
namespace {

std::atomic<bool> interrupted = false;

}  // namespace

Interrupt::Interrupt() {
  interrupted = false;
  std::signal(SIGINT, [](int) {
    interrupted = true;
    std::signal(SIGINT, SIG_DFL);
  });
}
Interrupt::~Interrupt() { std::signal(SIGINT, SIG_DFL); }
bool Interrupt::seen() { return interrupted; }

}  // namespace sememe::cli
