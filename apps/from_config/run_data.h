// What a run remembers of the files that its data come from: where they were, their sizes and
// checksums. With it the files are found from any folder, and are known to be those of the training.
#pragma once

#include <string>
#include <vector>

#include "apps/config/config.h"
#include "apps/failure.h"
#include "apps/run/lock.h"

namespace pushforward::app {

// A file that the data or the source of a config is read from.
struct DataFile {
  std::string key;   // of the config, such as "/data/of/path"; of the program's own files "/data"
  std::string path;  // as the config has it; of the program's own files where they are
};

// The files of /data and /source. Throws Failure (exit 4) if one of the program's own is missing.
std::vector<DataFile> data_files(const Config& config);

// Returns the list that env.json keeps as "data": of each file that is a regular one its key, path,
// absolute path, bytes and xxh3 (XXH3, 64 bits, of the whole file, 16 hex digits). Throws FileError.
Json data_record(const Config& config);

// What becomes of a file that has changed since the training, or is nowhere: `refuse` throws Failure
// (exit 4), `warn` says it, and `ignore` does not look.
enum class ChangedData { ignore, warn, refuse };

// Returns the config of the run in the folder `run` with the paths of its data files as they are
// found here: where the training found them, else relative to the working directory. The config's
// hash stays the same. Says which is taken where both are there and differ. A run without a record
// is taken as it is. With `of_source` only the files of /source are looked at.
Config locate_data(const Config& config, const std::string& run, ChangedData changed,
                   const Say& say = {}, bool of_source = false);

// Returns the failure (exit 4) of samples that begin at `begin` > 0, at rows of the run's data, which
// cannot be read for the reason `why`. `what` begins there: "flow" or "chain".
Failure begins_without_data(const std::string& why, const char* what, double begin);

// The data files of a located config that are not there.
std::vector<std::string> missing_data(const Config& config);

}  // namespace pushforward::app
