// The program: parses the command line, runs one command, turns errors into messages and exit
// codes.
#ifndef SEMEME_CLI_APP_H_
#define SEMEME_CLI_APP_H_

namespace sememe::cli {

/// Exit codes that are not in the error table of sememe/error.h.
inline constexpr int kExitDone = 0;
inline constexpr int kExitFoundNothing = 1;
inline constexpr int kExitSomeFailed = 3;

/// Runs the program and returns its exit code. Results go to stdout, everything else to stderr; a
/// closed stdout is success.
int run(int argc, char** argv);

}  // namespace sememe::cli

#endif  // SEMEME_CLI_APP_H_
