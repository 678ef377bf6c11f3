// The program. Everything it does is in the library of apps, where the tests reach it.
#include "apps/cli/program.h"

int main(int argc, char** argv) { return pushforward::app::program(argc, argv); }
