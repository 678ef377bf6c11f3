// The main function. All other code is in a library, so that the tests can call it.
#include "apps/cli/program.h"

int main(int argc, char** argv) { return pushforward::app::program(argc, argv); }
