// Runs the command line `pushforward VERB ...`.
#pragma once

namespace pushforward::app {

// Parses the arguments, runs the verb and returns the exit code (apps/failure.h). Text for people goes
// to stderr.
int program(int argc, char** argv);

}  // namespace pushforward::app
