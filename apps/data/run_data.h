// The record that a run keeps of its data files: their places, sizes and checksums. With this
// record the files are found from any working directory, and changes since the training are
// noticed.
#pragma once

#include <string>
#include <vector>

#include "apps/config/config.h"
#include "apps/failure.h"
#include "apps/formats/file_mark.h"
#include "apps/run/lock.h"

namespace pushforward::app {

// A file that the data, the source or the held-out rows of a config are read from.
struct DataFile {
  std::string key;   // the key, such as "/data/of/path"; "/data" for files of the program
  std::string path;  // as in the config, or the installed path of a file of the program
};

// Returns the files of /data and /source, and that of /train/holdout. Throws Failure (exit 4) if a
// file that is installed with the program is missing.
std::vector<DataFile> data_files(const Config& config);

// Returns the list "data" of env.json. For each regular file it has the key, the path, the absolute
// path, the size in bytes and the XXH3 hash (64 bit, 16 hex digits) of the content. Throws
// FileError.
Json data_record(const Config& config);

// Adds to each entry of that list, as "read", the report of the file that was read for its key
// (files_read.h): names and kinds of the columns, layout, missing cells.
void add_reports(Json& record);

// Returns one entry of that list, for a file with this mark.
Json file_record(const std::string& key, const std::string& path, const FileMark& now);

// Returns the entry for the pairs that the run in the folder `run` has made and keeps there. They are
// always looked for in that folder, so their path in the record is relative to it.
Json record_of_pairs(const std::string& run, const std::string& bytes);

// Throws Failure (exit 2) if `train --overwrite` into `folder` would delete data files, or a run that
// the new run reads.
void check_overwritten(const Config& config, const std::string& folder);

// The reaction to a file that is missing or has changed since the training. `refuse` throws Failure
// (exit 4), `warn` prints a warning, and `ignore` does not look.
enum class ChangedData { ignore, warn, refuse };

// Returns the config of the run in the folder `run` with the present paths of its data files. A file
// is looked for where the training found it, then relative to the working directory. If both exist
// and differ, a message says which one is used. The hash of the config does not change. A config of
// a run without a record is returned as it is. What the run remembers of its tables of text
// (table_memory.h) is in the config that is returned, so that nothing about them is guessed again. With
// `of_source` only the files of /source are looked for.
Config locate_data(const Config& config, const std::string& run, ChangedData changed,
                   const Say& say = {}, bool of_source = false);

// What the run in this folder remembers of the table of text of its data (table_memory.h), or null, and
// the mark of the table's file.
struct MemoryOfTable {
  Json table = nullptr;
  FileMark file{};
};
MemoryOfTable memory_of_run(const std::string& run);

// Returns the failure (exit 4) of samples that begin at `begin` > 0, at rows of the run's data, which
// cannot be read for the reason `why`. `what` is "flow" or "chain", the name of what begins at
// these rows.
Failure begins_without_data(const std::string& why, const char* what, double begin);

// Returns the paths of the data files that do not exist, for a config as locate_data returns it.
std::vector<std::string> missing_data(const Config& config);

}  // namespace pushforward::app
