// A row of the table of verbs: the name of a verb, its help, its options and its action.
#pragma once

#include "apps/cli/options.h"

namespace pushforward::app {

struct Verb {
  const char* name;
  const char* about;    // one line
  const char* example;  // one command, or several on a line each; a test types them
  Action (*declare)(Options&);
};

}  // namespace pushforward::app
