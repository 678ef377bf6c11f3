// A row of the table of verbs (commands such as `pushforward train`).
#pragma once

#include "apps/cli/options.h"

namespace pushforward::app {

struct Verb {
  const char* name;
  const char* about;    // its one-line description in the help
  const char* example;  // one command or several, one per line; a test runs them
  Action (*declare)(Options&);
};

}  // namespace pushforward::app
