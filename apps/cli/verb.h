// A row of the table of verbs: what a verb is called, says of itself, takes and does.
#pragma once

#include "apps/cli/options.h"

namespace pushforward::app {

struct Verb {
  const char* name;
  const char* about;    // one line
  const char* example;  // a command, or a line for each of several; a test types them
  Action (*declare)(Options&);
};

}  // namespace pushforward::app
