#include "cli/app.h"

int main(int argc, char** argv) { return sememe::cli::run(argc, argv); }
