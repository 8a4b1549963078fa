// Ctrl-C that ends a step of long work, and not the program.
#ifndef SEMEME_CLI_INTERRUPT_H_
#define SEMEME_CLI_INTERRUPT_H_

namespace sememe::cli {

/// While there is one, the first Ctrl-C is seen here, and the next one ends the program.
class Interrupt {
 public:
  Interrupt();
  ~Interrupt();
  Interrupt(const Interrupt&) = delete;
  Interrupt& operator=(const Interrupt&) = delete;
  static bool seen();
};

}  // namespace sememe::cli

#endif  // SEMEME_CLI_INTERRUPT_H_
