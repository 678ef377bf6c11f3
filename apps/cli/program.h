// Runs the command line `pushforward VERB ...`.
#pragma once

namespace pushforward::app {

// Parses the arguments, runs the verb (a command such as `train`) and returns the exit code
// (apps/failure.h). Messages for people go to stderr.
int program(int argc, char** argv);

}  // namespace pushforward::app
